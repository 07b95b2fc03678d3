"""The files of submissions: one row a file, its content once under the hash of it, never under a name from outside."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from plugin.ledger.store import Store
from plugin.ledger.text import stamp

LEASE = timedelta(minutes=5)
_HASH = re.compile(r"[0-9a-f]{64}")
_COLUMNS = "platform, record, ref, form, field, name, url, size, sha256, state, attempts, error"


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file that a record names. `sha256` once its content is here; `state`: open, stored or refused."""

    platform: str
    record: str
    ref: str
    form: str
    field: str
    name: str
    url: str
    size: int | None = None
    sha256: str | None = None
    state: str = "open"
    attempts: int = 0
    error: str | None = None


class Attachments:
    """Rows in the ledger, contents in a folder beside it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, rows: Iterable[AttachmentRow], now: datetime) -> None:
        """Remember the files of a record; one that is known keeps what is known, and learns its new address."""
        with self._store.writing():
            for each in rows:
                self._store.changed(
                    "INSERT INTO attachments (platform, record, ref, form, field, name, url, size, due_at,"
                    " noted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (platform, record, ref)"
                    " DO UPDATE SET url = excluded.url, field = excluded.field, name = excluded.name",
                    *(each.platform, each.record, each.ref, each.form, each.field, each.name, each.url),
                    *(each.size, stamp(now), stamp(now)),
                )

    def claim(self, now: datetime) -> AttachmentRow | None:
        """The longest due file whose content is not here yet, for the time of the lease."""
        at = stamp(now)
        due = "SELECT rowid FROM attachments WHERE state = 'open' AND due_at <= ? ORDER BY due_at LIMIT 1"
        if self._store.row(due, at) is None:
            return None
        with self._store.write_tx():
            found = self._store.rows(
                f"UPDATE attachments SET due_at = ?, attempts = attempts + 1 WHERE rowid = ({due})"  # noqa: S608 - constants
                f" RETURNING {_COLUMNS}",
                stamp(now + LEASE),
                at,
            )
        return AttachmentRow(*found[0]) if found else None

    def stored(self, row: AttachmentRow, content: bytes) -> str:
        """Keep the content and say under which hash. On disk before the row says so."""
        digest = sha256(content).hexdigest()
        self._keep(digest, content)
        with self._store.writing():
            self._store.changed(
                "UPDATE attachments SET state = 'stored', sha256 = ?, size = ?, error = NULL"
                " WHERE platform = ? AND record = ? AND ref = ?",
                *(digest, len(content), row.platform, row.record, row.ref),
            )
        return digest

    def failed(self, row: AttachmentRow, error: str, again_at: datetime | None) -> None:
        """Not fetched: try again then, or never."""
        state = "refused" if again_at is None else "open"
        with self._store.writing():
            self._store.changed(
                "UPDATE attachments SET state = ?, error = ?, due_at = coalesce(?, due_at)"
                " WHERE platform = ? AND record = ? AND ref = ?",
                *(state, error, stamp(again_at) if again_at else None, row.platform, row.record, row.ref),
            )

    def of_record(self, platform: str, record: str) -> list[AttachmentRow]:
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM attachments WHERE platform = ? AND record = ? ORDER BY ref",  # noqa: S608
            platform,
            record,
        )
        return [AttachmentRow(*each) for each in found]

    def path(self, digest: str) -> Path:
        """Where the content of that hash lies. ValueError for what is no hash."""
        if not _HASH.fullmatch(digest):
            raise ValueError("not a SHA-256")
        return self._store.path.with_name("attachments") / digest[:2] / digest

    def erase(self, platform: str, record: str) -> None:
        """The record turned out to be classified: rows go, and every content that no other record names."""
        with self._store.writing():
            gone = [each.sha256 for each in self.of_record(platform, record) if each.sha256]
            self._store.changed("DELETE FROM attachments WHERE platform = ? AND record = ?", platform, record)
            for digest in gone:
                if self._store.row("SELECT 1 FROM attachments WHERE sha256 = ? LIMIT 1", digest) is None:
                    self.path(digest).unlink(missing_ok=True)

    def _keep(self, digest: str, content: bytes) -> None:
        target = self.path(digest)
        if target.exists():
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_name(f"{digest}.{os.getpid()}.part")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
