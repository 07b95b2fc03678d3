"""What the platform told us: remembered once by its key, on disk before acknowledged, taken by claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.store import Row, Store
from plugin.ledger.text import digest as digest_of
from plugin.ledger.text import dump, instant, load, made, stamp

LEASE = timedelta(minutes=2)
_SELECT = "SELECT id, platform, key, form, record, kind, event, received_at, attempts FROM inbox "
_DUE = "SELECT id FROM inbox WHERE state = 'open' AND due_at <= ? ORDER BY due_at, id LIMIT 1"
_CLAIM = (
    "UPDATE inbox SET due_at = ?, attempts = attempts + 1 WHERE id = (SELECT id FROM inbox WHERE state ="
    " 'open' AND due_at <= ? ORDER BY due_at, id LIMIT 1) RETURNING id, platform, key, form, record,"
    " kind, event, received_at, attempts"
)


class Remembered(StrEnum):
    """What became of a delivery. A conflict is acknowledged too: the first content stays."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class InboxItem:
    id: int
    platform: str
    key: str
    form: str
    record: str
    kind: str
    event: dict[str, Any]
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The same key with other content: digests only."""

    platform: str
    key: str
    form: str
    record: str
    original_digest: str
    digest: str
    received_at: datetime


class Inbox:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def remember(
        self,
        platform: str,
        key: str,
        form: str,
        record: str,
        kind: str,
        event: dict[str, Any],
        digest: str,
        now: datetime,
    ) -> Remembered:
        """Keep a delivery: on disk when this returns. Refused inside a transaction, which could undo it."""
        at = stamp(now)
        with self._store.write_tx():
            self._store.at("before-insert")
            is_new = self._store.changed(
                "INSERT INTO inbox (platform, key, form, record, kind, event, digest, due_at,"
                " received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (platform, key) DO NOTHING",
                *(platform, key, form, record, kind, dump(event), digest, at, at),
            )
            self._store.at("after-insert")
            if is_new:
                return Remembered.NEW
            kept = self._store.row("SELECT digest FROM inbox WHERE platform = ? AND key = ?", platform, key)
            if kept is None or kept[0] == digest:
                return Remembered.KNOWN
            self._quarantine(Quarantined(platform, key, form, record, kept[0], digest, now))
            return Remembered.CONFLICT

    def _quarantine(self, other: Quarantined) -> None:
        """Keep that it happened, once for each content; the sender will repeat it."""
        seen_first_time = self._store.changed(
            "INSERT INTO quarantine (platform, key, form, record, original_digest, digest, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (platform, key, digest) DO NOTHING",
            *(other.platform, other.key, other.form, other.record, other.original_digest, other.digest),
            stamp(other.received_at),
        )
        if seen_first_time:
            detail = {"key": other.key, "original": other.original_digest, "other": other.digest}
            subject = f"{other.platform}:{other.record}"
            self._audit.append(other.received_at, SYSTEM, "inbox.conflict", subject, detail)

    def claim(self, now: datetime, lease: timedelta = LEASE) -> InboxItem | None:
        """Take the oldest due delivery for the time of the lease; whoever moves due_at first owns it."""
        at = stamp(now)
        if self._store.row(_DUE, at) is None:
            return None
        with self._store.write_tx():
            claimed = self._store.rows(_CLAIM, stamp(now + lease), at)
        if not claimed:
            return None
        self._store.at("after-claim")
        return _item(claimed[0])

    def done(self, id: int, outcome: str, now: datetime) -> bool:
        """Belongs into the transaction of what was done. False: another worker already did it; undo yours."""
        with self._store.writing():
            return self._store.changed(
                "UPDATE inbox SET state = 'done', outcome = ?, error = NULL, finished_at = ? WHERE id = ?"
                " AND state = 'open'",
                *(outcome, stamp(now), id),
            )

    def retry_later(self, id: int, error: str, at: datetime) -> None:
        """`error` is a code or a class name, never content."""
        with self._store.writing():
            self._store.changed(
                "UPDATE inbox SET due_at = ?, error = ? WHERE id = ? AND state = 'open'", stamp(at), error, id
            )

    def dead(self, id: int, error: str, now: datetime) -> None:
        """Give up until a person replays it."""
        with self._store.writing():
            sql = (
                "UPDATE inbox SET state = 'dead', error = ?, finished_at = ? WHERE id = ? AND state = 'open'"
            )
            if self._store.changed(sql, error, stamp(now), id):
                self._audit.append(now, SYSTEM, "inbox.dead", f"inbox:{id}", {"error": digest_of(error)})

    def replay(self, id: int, now: datetime, by: str = SYSTEM) -> bool:
        """Try a dead delivery again. False if it is not dead."""
        with self._store.writing():
            replayed = self._store.changed(
                "UPDATE inbox SET state = 'open', due_at = ?, attempts = 0, finished_at = NULL WHERE id ="
                " ? AND state = 'dead'",
                *(stamp(now), id),
            )
            if replayed:
                self._audit.append(now, by, "inbox.replayed", f"inbox:{id}", {})
            return replayed

    def knows(self, platform: str, record: str) -> bool:
        """Whether any content of this record is kept here."""
        sql = "SELECT 1 FROM inbox WHERE platform = ? AND record = ? AND state <> 'purged' LIMIT 1"
        return self._store.row(sql, platform, record) is not None

    def get(self, id: int) -> InboxItem | None:
        row = self._store.row(_SELECT + "WHERE id = ?", id)
        return None if row is None else _item(row)

    def dead_letters(self, limit: int = 200) -> list[tuple[InboxItem, str]]:
        """What was given up, with the error, oldest first."""
        errors = self._store.rows(
            "SELECT id, error FROM inbox WHERE state = 'dead' ORDER BY id LIMIT ?", limit
        )
        return [(item, error) for id, error in errors if (item := self.get(id)) is not None]

    def quarantined(self, limit: int = 200) -> list[Quarantined]:
        rows = self._store.rows(
            "SELECT platform, key, form, record, original_digest, digest, received_at FROM quarantine"
            " ORDER BY id DESC LIMIT ?",
            limit,
        )
        return [made(Quarantined, row, received_at=instant) for row in rows]

    def counts(self) -> dict[str, int]:
        """Rows per state, and the quarantined."""
        found = dict.fromkeys(("open", "done", "dead", "purged"), 0)
        found |= dict(self._store.rows("SELECT state, count(*) FROM inbox GROUP BY state"))
        found["quarantined"] = self._store.rows("SELECT count(*) FROM quarantine")[0][0]
        return found


def _item(row: Row) -> InboxItem:
    return made(InboxItem, row, event=load, received_at=instant)
