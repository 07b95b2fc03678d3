"""What leaves the house: a row is an intention, claimed before it is sent under its own idempotency key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.outgoing import Kind, Outgoing, Syncing
from plugin.ledger.store import Row, Store
from plugin.ledger.text import digest, dump, instant, load, made, or_none, stamp

__all__ = ["Kind", "Outbox", "OutboxItem", "OutboxRow", "Outgoing"]

LEASE = timedelta(minutes=2)
# The oldest due row of a kind whose lane is free: nothing in flight in it, and nothing earlier whose time
# has come.
_NEXT = (
    "SELECT due_at, id FROM outbox AS o WHERE state = 'pending' AND kind = ? AND due_at <= ? AND NOT"
    " EXISTS (SELECT 1 FROM outbox AS e WHERE e.lane = o.lane AND e.state IN ('pending', 'leased') AND"
    " e.id <> o.id AND (e.state = 'leased' OR (e.id < o.id AND e.wanted_at <= ?))) ORDER BY due_at, id"
    " LIMIT 1"
)
_CLAIM = (
    "UPDATE outbox SET state = 'leased', due_at = ?, attempts = attempts + 1, updated_at = ? WHERE id = ?"
    " AND state = 'pending' RETURNING id, key, kind, subject, revision, lane, project_code, payload,"
    " attempts, unclear, superseded, wanted_at"
)
_FINISH = {
    "sent": "UPDATE outbox SET state = 'sent', receipt = ?, error = NULL, updated_at = ?"
    " WHERE id = ? AND state <> 'sent' RETURNING key",
    "dead": "UPDATE outbox SET state = 'dead', error = ?, updated_at = ?"
    " WHERE id = ? AND state = 'leased' RETURNING key",
    "cancelled": "UPDATE outbox SET state = 'cancelled', error = ?, updated_at = ?"
    " WHERE id = ? AND state = 'leased' RETURNING key",
}
_ROW = (
    "SELECT id, key, kind, subject, revision, lane, project_code, state, wanted_at, due_at, attempts,"
    " unclear, superseded, error, payload, receipt, updated_at FROM outbox "
)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A claimed row. `unclear`: an earlier attempt may have arrived, so ask by the key before sending again.

    `superseded`: nobody wants it any more; if it is not there, `cancel` it instead of sending.
    """

    id: int
    key: str
    kind: str
    subject: str
    revision: int
    lane: str
    project_code: str | None
    payload: dict[str, Any]
    attempts: int
    unclear: bool
    superseded: bool
    wanted_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row as the bureau's pages show it."""

    id: int
    key: str
    kind: str
    subject: str
    revision: int
    lane: str
    project_code: str | None
    state: str
    wanted_at: datetime
    due_at: datetime
    attempts: int
    unclear: bool
    superseded: bool
    error: str | None
    payload: dict[str, Any]
    receipt: dict[str, Any] | None
    updated_at: datetime


class Outbox:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def sync(self, scope: str, wanted: Iterable[Outgoing], now: datetime) -> None:
        """Make these the wanted set of the scope: the changed is a new revision, the gone is cancelled."""
        with self._store.writing():
            Syncing(self._store, self._audit, scope, now).run(wanted)

    def claim(self, kinds: Iterable[str], now: datetime, lease: timedelta = LEASE) -> OutboxItem | None:
        """Take the oldest due row of these kinds whose lane is free, for the time of the lease."""
        at, kinds = stamp(now), tuple(kinds)
        if not self._expired(at) and self._next(kinds, at) is None:
            return None
        with self._store.write_tx():
            self._take_back_expired(at)
            id = self._next(kinds, at)
            claimed = [] if id is None else self._store.rows(_CLAIM, stamp(now + lease), at, id)
        if not claimed:
            return None
        self._store.at("after-claim")
        return _item(claimed[0])

    def _expired(self, at: str) -> bool:
        sql = "SELECT 1 FROM outbox WHERE state = 'leased' AND due_at <= ? LIMIT 1"
        return self._store.row(sql, at) is not None

    def _take_back_expired(self, at: str) -> None:
        """Whoever held these died or hung: what they sent may have arrived."""
        sql = "UPDATE outbox SET state = 'pending', unclear = 1 WHERE state = 'leased' AND due_at <= ?"
        self._store.changed(sql, at)

    def _next(self, kinds: tuple[str, ...], at: str) -> int | None:
        found = (self._store.row(_NEXT, str(kind), at, at) for kind in kinds)
        oldest = min((row for row in found if row is not None), default=None)
        return None if oldest is None else int(oldest[1])

    def sent(self, id: int, receipt: dict[str, Any], now: datetime) -> bool:
        """It arrived: kept whatever became of the row meanwhile. False if that was known before."""
        return self._finish("sent", id, now, dump(receipt))

    def retry_later(self, id: int, error: str, at: datetime, unclear: bool = False) -> bool:
        """Try again then. A clear failure of what nobody wants any more ends it. `error` holds no content."""
        with self._store.writing():
            if not unclear and self._cancelled_if_superseded(id, error):
                return True
            return self._store.changed(
                "UPDATE outbox SET state = 'pending', due_at = ?, error = ?, unclear = ? WHERE id = ? AND"
                " state = 'leased'",
                *(stamp(at), error, int(unclear), id),
            )

    def _cancelled_if_superseded(self, id: int, error: str) -> bool:
        return self._store.changed(
            "UPDATE outbox SET state = 'cancelled', error = ?, unclear = 0 WHERE id = ? AND state ="
            " 'leased' AND superseded = 1",
            *(error, id),
        )

    def dead(self, id: int, error: str, now: datetime) -> bool:
        """Give up until a person replays it; its lane goes on."""
        return self._finish("dead", id, now, error)

    def cancel(self, id: int, reason: str, now: datetime) -> bool:
        """A claimed row that must not leave: superseded and not there, or classified meanwhile."""
        return self._finish("cancelled", id, now, reason)

    def _finish(self, action: str, id: int, now: datetime, value: str) -> bool:
        with self._store.writing():
            found = self._store.rows(_FINISH[action], value, stamp(now), id)
            if found:
                self._audit.append(now, SYSTEM, f"outbox.{action}", found[0][0], {"why": digest(value)})
            return bool(found)

    def replay(self, id: int, now: datetime, by: str = SYSTEM) -> bool:
        """Try a dead letter again, at once. False if it is not dead."""
        with self._store.writing():
            found = self._store.rows(
                "UPDATE outbox SET state = 'pending', due_at = ?, attempts = 0, updated_at = ? WHERE id ="
                " ? AND state = 'dead' RETURNING key",
                *(stamp(now), stamp(now), id),
            )
            if found:
                self._audit.append(now, by, "outbox.replayed", found[0][0], {})
            return bool(found)

    def keep_payload(self, id: int, payload: dict[str, Any]) -> bool:
        """What was settled just before the first attempt, so that every later one sends the same. False: withdrawn."""
        with self._store.writing():
            sql = "UPDATE outbox SET payload = ? WHERE id = ? AND state = 'leased'"
            return self._store.changed(sql, dump(payload), id)

    def send_again(self, id: int, payload: dict[str, Any], now: datetime) -> bool:
        """It arrived once and is there no longer: send it again under its key, asking first. False if not sent."""
        with self._store.writing():
            found = self._store.rows(
                "UPDATE outbox SET state = 'pending', due_at = ?, attempts = 0, unclear = 1, payload = ?, updated_at ="
                " ? WHERE id = ? AND state = 'sent' RETURNING key",
                *(stamp(now), dump(payload), stamp(now), id),
            )
            if found:
                self._audit.append(now, SYSTEM, "outbox.requeued", found[0][0], {})
            return bool(found)

    def filed_codes(self, after: str = "", limit: int = 1_000_000) -> list[str]:
        """The codes of all projects, and of whatever else was filed, in order, from behind `after` on."""
        rows = self._store.rows(
            "SELECT code FROM (SELECT code FROM projects UNION SELECT project_code FROM outbox WHERE kind = 'filing')"
            " AS codes WHERE code > ? ORDER BY code LIMIT ?",
            *(after, limit),
        )
        return [code for (code,) in rows]

    def previous_receipt(self, subject: str, before: int) -> dict[str, Any] | None:
        """The receipt of the last revision before this one that arrived, which a correction refers to."""
        row = self._store.row(
            "SELECT receipt FROM outbox WHERE subject = ? AND revision < ? AND state = 'sent' ORDER BY revision"
            " DESC LIMIT 1",
            *(subject, before),
        )
        return None if row is None else load(row[0])

    def get(self, id: int) -> OutboxRow | None:
        row = self._store.row(_ROW + "WHERE id = ?", id)
        return None if row is None else _row(row)

    def list(
        self,
        kind: str | None = None,
        state: str | None = None,
        project_code: str | None = None,
        limit: int = 1_000_000,
    ) -> list[OutboxRow]:
        """In the order they were queued."""
        sql, values = _ROW + "WHERE 1 = 1 ", list[Any]()
        for column, value in (("kind", kind), ("state", state), ("project_code", project_code)):
            if value is not None:
                sql, values = sql + f"AND {column} = ? ", [*values, str(value)]
        return [_row(row) for row in self._store.rows(sql + "ORDER BY id LIMIT ?", *values, limit)]

    def without_project(self) -> tuple[OutboxRow, ...]:
        """What was queued about records that belonged to no project then, in the order it was."""
        return tuple(_row(row) for row in self._store.rows(_ROW + "WHERE project_code IS NULL ORDER BY id"))

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows per kind and state."""
        found: dict[str, dict[str, int]] = {}
        for kind, state, number in self._store.rows(
            "SELECT kind, state, count(*) FROM outbox GROUP BY kind, state"
        ):
            found.setdefault(kind, {})[state] = number
        return found

    def dead_count(self) -> int:
        """How many were given up and wait for a person."""
        return int(self._store.rows("SELECT count(*) FROM outbox WHERE state = 'dead'")[0][0])


def _item(row: Row) -> OutboxItem:
    return made(OutboxItem, row, payload=load, unclear=bool, superseded=bool, wanted_at=instant)


def _row(row: Row) -> OutboxRow:
    readers = {"payload": load, "receipt": or_none(load), "unclear": bool, "superseded": bool}
    return made(OutboxRow, row, **readers, **dict.fromkeys(("wanted_at", "due_at", "updated_at"), instant))
