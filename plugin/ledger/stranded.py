"""What waits for an instant that a wrong clock set: brought back to now, once the clock is right."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.ledger.store import Store
from plugin.ledger.text import stamp

LONGEST = timedelta(hours=25)  # a wait that another side asked for is cut to a day
_WAITING = {
    "inbox": "state = 'open'",
    "outbox": "state IN ('pending', 'leased')",
    "attachments": "state = 'open'",
    "rounds": "state = 'open'",
}


def free_stranded(store: Store, now: datetime) -> None:
    """Due at once: what is due later than any wait of ours lasts. A lease that ends is one of unknown outcome, as ever."""
    at, limit = stamp(now), stamp(now + LONGEST)
    with store.writing():
        for table, waiting in _WAITING.items():
            store.changed(f"UPDATE {table} SET due_at = ? WHERE {waiting} AND due_at > ?", at, limit)  # noqa: S608 - ours
        store.changed(
            f"UPDATE outbox SET wanted_at = ? WHERE {_WAITING['outbox']} AND wanted_at > ?",  # noqa: S608 - ours
            *(at, limit),
        )
