"""Reminders: each moment of a duty recorded once, gathered into one digest a person and working day, and its outcome."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plugin.ledger.audit import Audit
from plugin.ledger.outgoing import Kind, Outgoing, Syncing
from plugin.ledger.store import Row, Store
from plugin.ledger.text import day, digest, instant, made, or_none, stamp

_SELECT = "SELECT id, project_code, key, mark, role, platform, person, wanted_at, digest, digest_on, outcome FROM reminders "
# Untold ones of a person who was sent no digest today, and has none on its way.
_NEXT_PERSON = (
    "SELECT r.platform, r.person FROM untold_reminders AS r WHERE r.wanted_at <= ? AND NOT EXISTS"
    " (SELECT 1 FROM reminders AS t JOIN outbox AS o ON o.key = t.digest WHERE t.platform = r.platform"
    " AND t.person = r.person AND t.digest_on = ? AND o.state <> 'cancelled') LIMIT 1"
)
_WAITING = "SELECT id FROM untold_reminders WHERE platform = ? AND person = ? AND wanted_at <= ?"


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One moment for one person; `person` is empty where nobody was known. `outcome`: told, or rested when it came."""

    id: int
    project_code: str
    key: str
    mark: str
    role: str
    platform: str
    person: str
    wanted_at: datetime
    digest: str | None
    digest_on: date | None
    outcome: str | None


class Reminders:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def record(
        self,
        project_code: str,
        key: str,
        mark: str,
        role: str,
        platform: str,
        persons: Collection[str],
        wanted_at: datetime,
    ) -> None:
        """One moment for these persons, once for good: a moment that was ever recorded stays as it is."""
        with self._store.writing():
            known = "SELECT 1 FROM reminders WHERE project_code = ? AND key = ? AND mark = ? LIMIT 1"
            if self._store.row(known, project_code, key, mark):
                return
            for person in dict.fromkeys(persons or ("",)):
                self._store.changed(
                    "INSERT INTO reminders (project_code, key, mark, role, platform, person, wanted_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    *(project_code, key, mark, role, platform, person, stamp(wanted_at)),
                )

    def gather_next(self, now: datetime, today: date) -> bool:
        """Queue the digest of one person who has none today. False if nobody waits for one.

        What an earlier digest certainly did not tell goes into it; one that may have arrived is left to be asked for.
        """
        at = stamp(now)
        if self._store.row(_NEXT_PERSON, at, today.isoformat()) is None:
            return False
        with self._store.writing():
            found = self._store.row(_NEXT_PERSON, at, today.isoformat())
            if found is not None:
                self._gather(found[0], found[1], now, today)
        return found is not None

    def _gather(self, platform: str, person: str, now: datetime, today: date) -> None:
        ids = [id for (id,) in self._store.rows(_WAITING, platform, person, stamp(now))]
        subject = f"digest:{today}:{digest(f'{platform}:{person}')[:16]}"
        lane = subject.replace(f":{today}:", ":")
        wanted = Outgoing(Kind.REMINDER, subject, lane, None, now, {"platform": platform, "person": person})
        Syncing(self._store, self._audit, lane, now).run([wanted])
        newest = "SELECT key FROM outbox WHERE subject = ? ORDER BY revision DESC LIMIT 1"
        key = self._store.rows(newest, subject)[0][0]
        for id in ids:
            self._store.changed(
                "UPDATE reminders SET digest = ?, digest_on = ? WHERE id = ?", key, today.isoformat(), id
            )

    def in_digest(self, key: str) -> list[ReminderRow]:
        """What a digest is to tell, without what rested when it was first put into words."""
        sql = _SELECT + "WHERE digest = ? AND outcome IS NOT 'rested' ORDER BY id"
        return [_reminder(row) for row in self._store.rows(sql, key)]

    def rest(self, ids: Collection[int]) -> None:
        """Done, moved or at rest by now: left out of the digest."""
        if not ids:
            return
        with self._store.writing():
            for id in ids:
                self._store.changed("UPDATE reminders SET outcome = 'rested' WHERE id = ?", id)

    def told(self, key: str) -> None:
        with self._store.writing():
            self._store.changed(
                "UPDATE reminders SET outcome = 'told' WHERE digest = ? AND outcome IS NULL", key
            )

    def list(
        self, project_code: str | None = None, person: str | None = None, limit: int = 1_000_000
    ) -> list[ReminderRow]:
        """In the order of their mornings."""
        sql, values = _SELECT + "WHERE 1 = 1 ", list[Any]()
        for column, value in (("project_code", project_code), ("person", person)):
            if value is not None:
                sql, values = sql + f"AND {column} = ? ", [*values, value]
        rows = self._store.rows(sql + "ORDER BY wanted_at, id LIMIT ?", *values, limit)
        return [_reminder(row) for row in rows]


def _reminder(row: Row) -> ReminderRow:
    return made(ReminderRow, row, wanted_at=instant, digest_on=or_none(day))
