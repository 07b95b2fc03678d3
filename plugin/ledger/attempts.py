"""Every try to get a digest to its reader: through which channel, when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.ledger.store import Row, Store
from plugin.ledger.text import dump, instant, load, made, or_none, stamp

_SELECT = "SELECT id, digest, channel, person, started_at, ended_at, repeat, outcome, error, receipt FROM digest_attempts "
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try. Without an outcome the process died in the middle: it may have arrived.

    `repeat`: an earlier try may have arrived through a channel that cannot say.
    """

    id: int
    digest: str
    channel: str
    person: str
    started_at: datetime
    ended_at: datetime | None
    repeat: bool
    outcome: str | None
    error: str | None
    receipt: dict[str, Any] | None

    @property
    def may_have_arrived(self) -> bool:
        return self.outcome in (None, "unclear")


class Attempts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, digest: str, channel: str, person: str, now: datetime, *, repeat: bool) -> int:
        """Written before anything is sent."""
        with self._store.writing():
            [(id,)] = self._store.rows(
                "INSERT INTO digest_attempts (digest, channel, person, started_at, repeat) VALUES (?, ?, ?,"
                " ?, ?) RETURNING id",
                *(digest, channel, person, stamp(now), int(repeat)),
            )
        return int(id)

    def end(
        self,
        id: int,
        outcome: str,
        now: datetime,
        error: str | None = None,
        receipt: Mapping[str, Any] | None = None,
    ) -> None:
        """What came of it: sent, failed (nothing arrived) or unclear."""
        with self._store.writing():
            self._store.changed(
                "UPDATE digest_attempts SET outcome = ?, ended_at = ?, error = ?, receipt = ? WHERE id = ?",
                *(outcome, stamp(now), error, dump(dict(receipt)) if receipt is not None else None, id),
            )

    def of(self, digest: str) -> list[AttemptRow]:
        """Oldest first."""
        return [_attempt(row) for row in self._store.rows(_SELECT + "WHERE digest = ? ORDER BY id", digest)]

    def list(self, limit: int = 1_000_000) -> list[AttemptRow]:
        """Newest first."""
        return [_attempt(row) for row in self._store.rows(_SELECT + "ORDER BY id DESC LIMIT ?", limit)]

    def free_at(self, now: datetime, per_minute: int) -> datetime | None:
        """When the next one may begin, None for now: so many in any minute and no more. A later start was a wrong clock's."""
        sql = (
            "SELECT started_at FROM digest_attempts WHERE started_at > ? AND started_at <= ? ORDER BY started_at"
            " DESC LIMIT 1 OFFSET ?"
        )
        row = self._store.row(sql, stamp(now - MINUTE), stamp(now), per_minute - 1)
        return None if row is None else instant(row[0]) + MINUTE


def _attempt(row: Row) -> AttemptRow:
    readers = {"started_at": instant, "ended_at": or_none(instant), "repeat": bool, "receipt": or_none(load)}
    return made(AttemptRow, row, **readers)
