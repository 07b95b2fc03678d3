"""The versions of manifest.yaml that were made active, each with who applied it and when."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from plugin.ledger.audit import Audit
from plugin.ledger.proposals import outdate_open
from plugin.ledger.store import Row, Store
from plugin.ledger.text import digest, instant, made, stamp

_ACTIVE = "SELECT version, text, applied_at, beside FROM manifests ORDER BY id DESC LIMIT 1"
_SELECT = (
    "SELECT version, text, applied_at, applied_by, beside, id FROM manifests"
    " WHERE id < coalesce(?, id + 1) ORDER BY id DESC LIMIT ?"
)


class ActiveManifest(NamedTuple):
    version: str
    text: str
    applied_at: datetime
    beside: str | None = (
        None  # the own pack and the days of this version; None: applied before they were kept
    )


class AppliedManifest(NamedTuple):
    version: str
    text: str
    applied_at: datetime
    applied_by: str
    beside: str | None
    id: int


class Manifests:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def apply(self, version: str, text: str, by: str, now: datetime, beside: str | None = None) -> bool:
        """Make this the active version. False if it already is. Going back to an old one is a new row."""
        with self._store.writing():
            active = self.active()
            same = active is not None and (active.version, active.text) == (version, text)
            if active is not None and same and beside in (None, active.beside):
                return False
            self._store.changed(
                "INSERT INTO manifests (version, text, applied_by, applied_at, beside) VALUES (?, ?, ?, ?, ?)",
                *(version, text, by, stamp(now), beside),
            )
            outdate_open(self._store, now)
            self._audit.append(now, by, "manifest.applied", f"manifest:{version}", {"digest": digest(text)})
            return True

    def active(self) -> ActiveManifest | None:
        row = self._store.row(_ACTIVE)
        return None if row is None else made(ActiveManifest, row, applied_at=instant)

    def active_version(self) -> str | None:
        """Asked at every tick and request, so without the text."""
        row = self._store.row("SELECT version FROM manifests ORDER BY id DESC LIMIT 1")
        return None if row is None else str(row[0])

    def earlier(self, version: str) -> ActiveManifest | None:
        """The version of that number, or the one whose number begins so, as it was applied last."""
        sql = "SELECT version, text, applied_at, beside FROM manifests WHERE substr(version, 1, ?) = ? ORDER BY id DESC LIMIT 1"
        row = self._store.row(sql, len(version), version)
        return None if row is None else made(ActiveManifest, row, applied_at=instant)

    def history(self, limit: int = 100, before: int | None = None) -> list[AppliedManifest]:
        """Newest first; from behind the row `before` on."""
        return [_applied(row) for row in self._store.rows(_SELECT, before, limit)]


def _applied(row: Row) -> AppliedManifest:
    return made(AppliedManifest, row, applied_at=instant)
