"""One SQLite file, one connection per thread, one writer at a time. The parts of the ledger stand on this."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

from plugin.ledger.errors import LedgerError, translating
from plugin.ledger.files import WAIT_SECONDS, WriterLock, file_system_problem, make_private
from plugin.ledger.schema import migrate

Row = tuple[Any, ...]
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # acknowledged means on disk
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # no content in temporary files
)


def nothing_happens(_point: str) -> None:
    """The crash hook outside tests."""


class _Connection(sqlite3.Connection):
    """One that can be referred to weakly, so that a finished thread's connection goes with its thread."""


class _OfThread(threading.local):
    connection: sqlite3.Connection | None = None
    process: int = 0
    writing: bool = False
    erase: bool = False


class Store:
    """Connections and transactions. `at(point)` is called at named points; tests kill the process there."""

    def __init__(self, path: Path, *, at: Callable[[str], None] = nothing_happens) -> None:
        self.path, self.at = path, at
        self._lock = WriterLock(path.with_name(path.name + ".lock"))
        self._mine = _OfThread()
        self._connections: WeakSet[sqlite3.Connection] = WeakSet()

    @classmethod
    def open(cls, path: Path | str, *, crash: Callable[[str], None] = nothing_happens) -> Self:
        """Open or make the ledger, brought up to this code. LedgerError, in Chinese, if it cannot be used."""
        where = Path(path).absolute()
        problem = file_system_problem(where.resolve())
        if problem:
            raise problem
        make_private(where)
        store = cls(where, at=crash)
        with store._lock.held(), translating():
            migrate(store.connection)
        store.finish_purges()
        return store

    def close(self) -> None:
        """Close every thread's connection; the last one moves what is left in the WAL into the file."""
        for connection in list(self._connections):
            connection.close()
        self._mine = _OfThread()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's own; a forked child gets a new one, because SQLite's locks do not cross a fork."""
        mine = self._mine
        if mine.connection is None or mine.process != os.getpid():
            mine.connection, mine.process, mine.writing = self._connected(), os.getpid(), False
        return mine.connection

    def _connected(self) -> sqlite3.Connection:
        with translating():
            # check_same_thread off so that close() may close them all: no other thread ever sees this one
            connection = sqlite3.connect(
                self.path,
                timeout=WAIT_SECONDS,
                isolation_level=None,
                factory=_Connection,
                check_same_thread=False,
                cached_statements=256,
            )
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        self._connections.add(connection)
        return connection

    @contextmanager
    def write_tx(self) -> Iterator[Self]:
        """All or nothing, alone. Never any network inside. Not to be entered twice by one thread."""
        if self.connection and self._mine.writing:
            raise LedgerError("LEDGER_NESTED", "程序错误：写事务不能嵌套。请把这一信息报告给维护人员。")
        with self._lock.held(), translating():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            self._mine.writing, self._mine.erase = True, False
            try:
                yield self
                self.at("before-commit")
                connection.execute("COMMIT")
            finally:
                self._mine.writing = False
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            self.at("after-commit")
            if self._mine.erase:
                self._erase()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Inside the caller's transaction if there is one, else in one of our own."""
        if self.connection and self._mine.writing:
            yield
        else:
            with self.write_tx():
                yield

    @contextmanager
    def read(self) -> Iterator[Self]:
        """Several reads of one and the same state."""
        if self.connection.in_transaction:
            yield self
            return
        with translating():
            self.connection.execute("BEGIN")
            try:
                yield self
            finally:
                self.connection.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Run one statement and fetch all of it: an unfinished cursor would hold up checkpoints."""
        with translating():
            return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def changed(self, sql: str, *values: Any) -> bool:
        """Run one INSERT, UPDATE or DELETE without RETURNING; whether any row was touched."""
        with translating():
            return self.connection.execute(sql, values).rowcount > 0

    def erase_after_commit(self) -> None:
        """Something was purged in this transaction: once committed, leave no trace of it in the files."""
        self._mine.erase = True

    def finish_purges(self) -> bool:
        """Erase what an earlier purge could not, because the process died or a reader was in the way."""
        if self.row("SELECT 1 FROM purges WHERE erased = 0 LIMIT 1") is None:
            return True
        with self._lock.held():
            return self._erase()

    def _erase(self) -> bool:
        """secure_delete zeroes free pages; VACUUM also drops what moved cells left in the gaps of pages.

        A failure is no error of the purge, which is committed: the row stays unerased, doctor reports it.
        """
        try:
            if self._checkpointed():
                self.connection.execute("VACUUM")
                if self._checkpointed():
                    self.connection.execute("UPDATE purges SET erased = 1 WHERE erased = 0")
                    return True
        except sqlite3.OperationalError:
            return False
        return False

    def _checkpointed(self) -> bool:
        blocked, _, _ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not blocked
