"""The sandbox's memory: one SQLite file for what a platform and a life-cycle system would keep in theirs."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plugin.sandbox.store.deliveries import Deliveries, Delivery
from plugin.sandbox.store.filings import Conflict, Filing, Filings
from plugin.sandbox.store.received import Message, Messages, Result, Results
from plugin.sandbox.store.records import Record, Records

__all__ = [
    "Conflict",
    "Delivery",
    "Filing",
    "Message",
    "Record",
    "Result",
    "Store",
    "StoreError",
]

StoreError = sqlite3.Error  # full, locked or broken: whoever catches it tries again later

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    record TEXT PRIMARY KEY, form TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL,
    saved_at TEXT NOT NULL, submitter TEXT NOT NULL, fields TEXT NOT NULL, verdict TEXT NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS versions (
    record TEXT NOT NULL, version INTEGER NOT NULL, saved_at TEXT NOT NULL, submitter TEXT NOT NULL,
    fields TEXT NOT NULL, PRIMARY KEY (record, version)
) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, form TEXT NOT NULL, record TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued', answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE state = 'queued';
CREATE TABLE IF NOT EXISTS results (
    record TEXT PRIMARY KEY, form TEXT NOT NULL, revision INTEGER NOT NULL, key TEXT NOT NULL,
    body TEXT NOT NULL, written_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS result_keys (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL,
    recipient TEXT NOT NULL, record TEXT, body TEXT NOT NULL, received_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS filings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, receipt_no TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL, project_code TEXT NOT NULL, lifecycle_no TEXT NOT NULL,
    fingerprint TEXT NOT NULL, body TEXT NOT NULL, received_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS contents (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, content BLOB NOT NULL
) STRICT;
"""


class Store:
    """Opens the file and hands out its parts. Shared between threads: a connection each, one writer."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._writing = threading.RLock()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self.connection.executescript(SCHEMA)
        self.records = Records(self)
        self.deliveries = Deliveries(self)
        self.results = Results(self)
        self.messages = Messages(self)
        self.filings = Filings(self)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection. FULL: what was acknowledged survives a power cut."""
        opened: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if opened is None:
            # closed by close(), from another thread, once the threads have ended
            opened = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
            opened.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
                opened.execute(f"PRAGMA {pragma}")
            self._local.connection = opened
            with self._writing:
                self._opened.append(opened)
        return opened

    @contextmanager
    def tx(self) -> Iterator[sqlite3.Connection]:
        """One transaction; a nested one is part of the outer."""
        with self._writing:
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def forget_deleted(self) -> None:
        """Empty the write-ahead log, so that what was deleted stands in no file."""
        with self._writing:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._writing:
            while self._opened:
                self._opened.pop().close()
            self._local = threading.local()
