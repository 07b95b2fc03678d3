"""What the other side said about something of ours, word for word, where no receipt holds it: refusals, lost receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin.ledger.store import Store
from plugin.ledger.text import instant, made, stamp

REFUSED, RECEIPT_LOST = "refused", "receipt_lost"


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """`what`: refused, or receipt_lost for a receipt that the other side no longer knows."""

    outbox_id: int
    what: str
    status: int | None
    body: str
    at: datetime


class Replies:
    """Append-only; a purge empties the bodies."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, outbox_id: int, what: str, status: int | None, body: str, now: datetime) -> None:
        with self._store.writing():
            self._store.changed(
                "INSERT INTO replies (outbox_id, what, status, body, at) VALUES (?, ?, ?, ?, ?)",
                *(outbox_id, what, status, body, stamp(now)),
            )

    def of(self, outbox_id: int) -> list[ReplyRow]:
        """Oldest first."""
        rows = self._store.rows(
            "SELECT outbox_id, what, status, body, at FROM replies WHERE outbox_id = ? ORDER BY id", outbox_id
        )
        return [made(ReplyRow, row, at=instant) for row in rows]
