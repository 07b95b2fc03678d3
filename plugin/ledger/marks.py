"""How far a job has come that walks along time: one instant a name, set only when the work up to it is done."""

from __future__ import annotations

from datetime import datetime

from plugin.ledger.store import Store
from plugin.ledger.text import instant, stamp


class Marks:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> datetime | None:
        found = self._store.row("SELECT at FROM marks WHERE name = ?", name)
        return instant(found[0]) if found else None

    def move(self, name: str, at: datetime) -> None:
        """Never backwards: of two processes the one that came further counts."""
        with self._store.writing():
            self._store.changed(
                "INSERT INTO marks (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
                " WHERE excluded.at > at",  # nothing is written where nothing moves
                name,
                stamp(at),
            )

    def put(self, name: str, at: datetime) -> None:
        """To that instant, backwards too: for what belongs to the present day, once a wrong clock is set right."""
        with self._store.writing():
            self._store.changed(
                "INSERT INTO marks (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                name,
                stamp(at),
            )
