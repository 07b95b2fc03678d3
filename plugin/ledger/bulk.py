"""Rows in bulk, for demos and measurements only: what real work does one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from plugin.ledger.store import Store
from plugin.ledger.text import dump, stamp


class Bulk:
    def __init__(self, store: Store) -> None:
        self._store = store

    def settle_outbox(self, code: str, now: datetime, left: Iterable[str] = ()) -> None:
        """What is due of a project counts as sent, with a receipt; its latest filings stay in the states `left`."""
        at = stamp(now)
        with self._store.writing():
            self._store.changed(
                "UPDATE outbox SET state = 'sent', attempts = 1, updated_at = ?, receipt = ? WHERE project_code = ?"
                " AND state = 'pending' AND wanted_at <= ?",
                *(at, dump({"receipt_no": f"LC-{code}", "demo": True}), code, at),
            )
            for state in left:
                self._store.changed(
                    "UPDATE outbox SET state = ?, receipt = NULL, attempts = ?, error = ?, due_at = ? WHERE id = (SELECT"
                    " max(id) FROM outbox WHERE project_code = ? AND kind = 'filing' AND state = 'sent')",
                    *(state, *(_DEAD if state == "dead" else _WAITS), stamp(now), code),
                )

    def filed(
        self, filings: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]], now: datetime
    ) -> None:
        """Filings by id, with what was sent and the receipt."""
        with self._store.writing():
            for number, payload, receipt in filings:
                self._store.changed(
                    "UPDATE outbox SET state = 'sent', attempts = 1, updated_at = ?, payload = ?, receipt = ? WHERE id = ?",
                    *(stamp(now), dump(payload), dump(receipt), number),
                )


_WAITS, _DEAD = (0, None), (12, "已尝试12次：全生命周期管理系统没有应答。")
