"""Links to calendars, and the duties that stand in them. A link is known here by the hash of its token alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin.ledger.audit import Audit
from plugin.ledger.obligations import ObligationRow, obligation_of
from plugin.ledger.store import Store
from plugin.ledger.text import digest, instant, made, or_none, stamp

TOKEN_BYTES = 32
_FEED = "SELECT id, unit, made_by, made_at, revoked_at FROM calendar_feeds "
_DUTIES = (
    "SELECT p.name, p.unit, o.updated_at, o.project_code, o.key, o.duty, o.article, o.due_on,"
    " o.overdue_after, o.window_opens_on, o.fulfilled_on, o.responsible, o.provisional, o.detail, o.state,"
    " o.revision FROM obligations AS o JOIN projects AS p ON p.code = o.project_code JOIN watched_duties AS w"
    " ON w.project_code = o.project_code AND w.key = o.key WHERE o.state = 'open' AND o.due_on IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Feed:
    """One link. `unit` None: the bureau's, with the duties of all units."""

    id: int
    unit: str | None
    made_by: str
    made_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenDuty:
    """An open duty that has a day and does not rest, with what is needed of its project."""

    project_name: str
    unit: str
    changed_at: datetime
    row: ObligationRow


class Feeds:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def add(self, token: str, unit: str | None, by: str, now: datetime) -> int:
        """Make a link; its id. The token is random, 256 bits: its plain hash can be neither guessed nor reversed."""
        with self._store.writing():
            [(id,)] = self._store.rows(
                "INSERT INTO calendar_feeds (token_hash, unit, made_by, made_at) VALUES (?, ?, ?, ?) RETURNING id",
                *(digest(token), unit, by, stamp(now)),
            )
            self._audit.append(now, by, "calendar_feed.added", f"calendar_feed:{id}", {})
        return int(id)

    def find(self, token: str) -> Feed | None:
        """The link with this token, unless revoked. Compared are hashes, so that the time taken tells nothing of a token."""
        row = self._store.row(_FEED + "WHERE token_hash = ? AND revoked_at IS NULL", digest(token))
        return None if row is None else made(Feed, row, made_at=instant, revoked_at=or_none(instant))

    def revoke(self, id: int, by: str, now: datetime) -> bool:
        """From now on the link is unknown. False if there is none in use with this id."""
        with self._store.writing():
            revoked = self._store.changed(
                "UPDATE calendar_feeds SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL",
                *(stamp(now), by, id),
            )
            if revoked:
                self._audit.append(now, by, "calendar_feed.revoked", f"calendar_feed:{id}", {})
            return revoked

    def duties(self, unit: str | None) -> list[OpenDuty]:
        """Open duties with a day, of one unit's projects or of all, in the order of their days."""
        sql, values = (_DUTIES, ()) if unit is None else (_DUTIES + " AND p.unit = ?", (unit,))
        rows = self._store.rows(sql + " ORDER BY o.due_on, o.project_code, o.key", *values)
        return [OpenDuty(name, of, instant(at), obligation_of(tuple(row))) for name, of, at, *row in rows]

    def changed_at(self, unit: str | None) -> datetime | None:
        """When a project of the unit, or any, last changed: a duty that is fulfilled or rests has left the calendar."""
        sql = (
            "SELECT max(max(o.updated_at), max(p.updated_at)) FROM obligations AS o JOIN projects AS p ON p.code ="
            " o.project_code"
        )
        row = self._store.row(sql) if unit is None else self._store.row(sql + " WHERE p.unit = ?", unit)
        return instant(row[0]) if row and row[0] else None

    def list(self) -> list[Feed]:
        """All that were ever made, in that order."""
        rows = self._store.rows(_FEED + "ORDER BY id")
        return [made(Feed, row, made_at=instant, revoked_at=or_none(instant)) for row in rows]
