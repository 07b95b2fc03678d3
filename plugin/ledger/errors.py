"""What can go wrong with the ledger, in the words an official or an operator reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class LedgerError(Exception):
    """The ledger refuses or cannot go on. `code` is for machines, the text is Chinese and says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LedgerUnavailable(LedgerError):
    """Nothing was written; the same call may succeed later. A receiver answers 503."""


class LedgerFull(LedgerUnavailable):
    """The disk took no more. Free space; the ledger goes on by itself."""


class LedgerBusy(LedgerUnavailable):
    """Another writer held the ledger for longer than we wait."""


_FULL = "台账所在磁盘已满，本次内容没有写入。请清理磁盘空间，系统会自动恢复。"
_BUSY = (
    "台账正被其他进程占用，等待超时，本次内容没有写入。请稍后重试；若持续出现，请检查是否有未结束的维护操作。"
)
_CORRUPT = (
    "台账数据库文件已损坏，系统停止写入。请停止服务，运行 zhengxiang doctor 查看详情，并从最近的备份恢复。"
)
_READ_ONLY = "台账数据库文件或其目录不可写，本次内容没有写入。请检查文件权限和磁盘挂载方式。"
_UNOPENED = "台账数据库文件无法打开。请检查数据目录是否存在、当前用户是否有权读写。"


def translated(error: sqlite3.Error) -> LedgerError | None:
    """The ledger's own error for what the environment does to a database; None for a mistake of ours."""
    extended = getattr(error, "sqlite_errorcode", None)
    primary = None if extended is None else extended & 0xFF
    if primary == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_WRITE:
        return LedgerFull("LEDGER_FULL", _FULL)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy()
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LedgerError("LEDGER_CORRUPT", _CORRUPT)
    if primary == sqlite3.SQLITE_READONLY:
        return LedgerError("LEDGER_READ_ONLY", _READ_ONLY)
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LedgerError("LEDGER_UNOPENED", _UNOPENED)
    return None


def busy() -> LedgerBusy:
    return LedgerBusy("LEDGER_BUSY", _BUSY)


@contextmanager
def translating() -> Iterator[None]:
    """Say what the environment did in our own words; a mistake in our SQL stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        ours = translated(error)
        if ours is None:
            raise
        raise ours from error
