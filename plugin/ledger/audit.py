"""Who did what to which subject: ids and digests, never content; sealed in order into a hash chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.ledger.store import Row, Store
from plugin.ledger.text import digest, dump, instant, load, made, stamp

_SELECT = "SELECT id, at, actor, action, subject, detail, hash FROM audit "
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str | None


class Audit:
    """Appending belongs to the transaction of the thing recorded; sealing is a job's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """`detail` holds ids, counts and digests. Nothing a person typed."""
        with self._store.writing():
            self._store.changed(
                "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
                stamp(at),
                actor,
                action,
                subject,
                dump(detail),
            )

    def seal(self, limit: int = 1000) -> int:
        """Seal the oldest unsealed rows; how many there were."""
        if self._store.row("SELECT 1 FROM audit WHERE hash IS NULL LIMIT 1") is None:
            return 0
        with self._store.writing():
            rows = self._store.rows(_SELECT + "WHERE hash IS NULL ORDER BY id LIMIT ?", limit)
            last = self.head()
            link = last[1] if last else ""
            for row in rows:
                link = _link(link, row)
                self._store.changed("UPDATE audit SET hash = ? WHERE id = ?", link, row[0])
        return len(rows)

    def head(self) -> tuple[int, str] | None:
        """The last sealed row and its hash: kept elsewhere, it shows later that nothing was cut off."""
        row = self._store.row("SELECT id, hash FROM audit WHERE hash IS NOT NULL ORDER BY id DESC LIMIT 1")
        return None if row is None else (row[0], row[1])

    def verify(self) -> int | None:
        """The first row not as it was sealed, or unsealed before a sealed one; None if all is well."""
        link, after, unsealed = "", 0, None
        while rows := self._page(after):
            for row in rows:
                if row[-1] is None:
                    unsealed = unsealed or row[0]
                    continue
                link = _link(link, row)
                if unsealed is not None or link != row[-1]:
                    return unsealed or int(row[0])
            after = rows[-1][0]
        return None

    def _page(self, after: int) -> list[Row]:
        return self._store.rows(_SELECT + "WHERE id > ? ORDER BY id LIMIT 1000", after)

    def of(self, subject: str, limit: int = 200) -> list[AuditEntry]:
        """The latest entries on one subject, newest first."""
        sql = _SELECT + "WHERE subject = ? ORDER BY id DESC LIMIT ?"
        return [_entry(row) for row in self._store.rows(sql, subject, limit)]

    def hash_before(self, id: int) -> str | None:
        """The hash that the entry's own stands on: with it one entry can be checked alone. None for the first."""
        row = self._store.row("SELECT hash FROM audit WHERE id < ? ORDER BY id DESC LIMIT 1", id)
        return None if row is None else row[0]

    def of_all(self, subjects: Sequence[str], limit: int = 200) -> list[AuditEntry]:
        """The latest entries on any of these subjects, newest first."""
        marks = ", ".join("?" * len(subjects))
        sql = f"{_SELECT}WHERE subject IN ({marks}) ORDER BY id DESC LIMIT ?"
        return [_entry(row) for row in self._store.rows(sql, *subjects, limit)]

    def latest(self, limit: int = 200) -> list[AuditEntry]:
        sql = _SELECT + "ORDER BY id DESC LIMIT ?"
        return [_entry(row) for row in self._store.rows(sql, limit)]


def _link(previous: str, row: Row) -> str:
    return digest(previous + dump(list(row[:-1])))


def _entry(row: Row) -> AuditEntry:
    return made(AuditEntry, row, at=instant, detail=load)
