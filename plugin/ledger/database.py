"""The ledger: its parts on one store, its backup and its check-up."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plugin.ledger.attachments import Attachments
from plugin.ledger.attempts import Attempts
from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.bulk import Bulk
from plugin.ledger.errors import LedgerError, translating
from plugin.ledger.feeds import Feeds
from plugin.ledger.files import file_system_problem
from plugin.ledger.inbox import Inbox
from plugin.ledger.lists import Lists
from plugin.ledger.manifests import Manifests
from plugin.ledger.marks import Marks
from plugin.ledger.obligations import Obligations
from plugin.ledger.outbox import Outbox
from plugin.ledger.overview import Overview
from plugin.ledger.people import People
from plugin.ledger.projects import Projects, Verdicts
from plugin.ledger.proposals import Proposals
from plugin.ledger.purge import is_purged, purge_quotes, purge_record
from plugin.ledger.reconciling import Differences, Rounds
from plugin.ledger.reminders import Reminders
from plugin.ledger.replies import Replies
from plugin.ledger.schema import pending_migrations, unknown_migrations
from plugin.ledger.search import Search
from plugin.ledger.store import Store, nothing_happens
from plugin.ledger.stranded import free_stranded
from plugin.ledger.submissions import Submissions
from plugin.ledger.text import stamp
from plugin.ledger.watched import WatchedDuties

LOW_SPACE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """Something `doctor` found: a code for machines, a Chinese sentence that says what to do."""

    code: str
    message: str


class Ledger(Store):
    """All SQL is behind these attributes. Make one with `Ledger.open(path)`; threads may share it."""

    def __init__(self, path: Path, *, at: Callable[[str], None] = nothing_happens) -> None:
        super().__init__(path, at=at)
        self.audit = Audit(self)
        self.inbox = Inbox(self, self.audit)
        self.submissions = Submissions(self, self.audit)
        self.projects = Projects(self)
        self.verdicts = Verdicts(self)
        self.obligations = Obligations(self, self.audit)
        self.outbox = Outbox(self, self.audit)
        self.feeds = Feeds(self, self.audit)
        self.watched = WatchedDuties(self)
        self.reminders = Reminders(self, self.audit)
        self.attempts = Attempts(self)
        self.manifests = Manifests(self, self.audit)
        self.proposals = Proposals(self, self.audit)
        self.attachments = Attachments(self)
        self.marks = Marks(self)
        self.replies = Replies(self)
        self.rounds = Rounds(self)
        self.differences = Differences(self)
        self.people = People(self, self.audit)
        self.search = Search(self)
        self.lists = Lists(self)
        self.overview = Overview(self)
        self.bulk = Bulk(self)

    def purge_record(self, platform: str, record: str, now: datetime) -> dict[str, int]:
        """Classified later: remove every stored word of the record; what went, as counts. See purge.py."""
        self.attachments.erase(platform, record)
        return purge_record(self, self.audit, platform, record, now)

    def purge_quotes(self, platform: str, record: str, form: str) -> list[tuple[str, str]]:
        """Before the purge of a record of this form: what others were told of it goes. Those others; see purge.py."""
        return purge_quotes(self, platform, record, form)

    def is_purged(self, platform: str, record: str) -> bool:
        """Whether the record was purged: intake takes nothing more of it."""
        return is_purged(self, platform, record)

    def free_stranded(self, now: datetime) -> None:
        """What a wrong clock put off for longer than anything waits is due now. See stranded.py."""
        free_stranded(self, now)

    def backup(self, path: Path | str, now: datetime) -> Path:
        """Write a checked, complete copy as one file, while work goes on. Never over an existing file."""
        target = Path(path).absolute()
        self.copy_to(target)
        self.note_backup(target, now)
        return target

    def copy_to(self, target: Path) -> None:
        """The copy alone: on disk and checked under its name, or not there at all."""
        if target.exists():
            raise LedgerError(
                "BACKUP_EXISTS", f"备份文件已存在：{target}。请换一个文件名，系统不会覆盖已有备份。"
            )
        unfinished = target.with_name(target.name + ".part")
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            self._copy_into(unfinished)
            self.at("before-backup-rename")
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_to_disk(target.parent)

    def note_backup(self, target: Path, now: datetime) -> None:
        """Remember where a copy lies: after a purge the older ones are to be destroyed."""
        with self.writing():
            self.changed("INSERT INTO backups (path, made_at) VALUES (?, ?)", str(target), stamp(now))
            self.audit.append(now, SYSTEM, "ledger.backup", "ledger", {"bytes": target.stat().st_size})

    def _copy_into(self, file: Path) -> None:
        with translating(), closing(sqlite3.connect(file, isolation_level=None)) as copy:
            self.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # a backup is one file
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise LedgerError(
                "LEDGER_CORRUPT", "备份校验未通过，台账数据库可能已损坏。请运行 zhengxiang doctor 查看详情。"
            )
        _sync_to_disk(file)

    def backups(self) -> list[tuple[str, str]]:
        """Every backup made here, path and instant: after a purge the bureau destroys the older ones."""
        return [(path, at) for path, at in self.rows("SELECT path, made_at FROM backups ORDER BY id")]

    def doctor(self, now: datetime | None = None) -> list[Problem]:
        """Everything that is wrong, not the first thing. An empty list: sound. `now`: keep what the chain was found to be."""
        found: list[Problem] = []
        for check in (
            self._pages,
            self._schema,
            self._writable,
            self._space,
            self._file_system,
            self._unerased,
            lambda: self._chain(now),
        ):
            try:
                found += check()
            except LedgerError as error:
                found.append(Problem(error.code, str(error)))
        return found

    def _pages(self) -> list[Problem]:
        said = [text for (text,) in self.rows("PRAGMA integrity_check(20)") if text != "ok"]
        said += [f"{row[0]}/{row[1]}" for row in self.rows("PRAGMA foreign_key_check")]
        if not said:
            return []
        return [
            Problem("LEDGER_CORRUPT", f"台账数据库已损坏：{'；'.join(said)}。请停止服务，从最近的备份恢复。")
        ]

    def _schema(self) -> list[Problem]:
        unknown, pending = unknown_migrations(self.connection), pending_migrations(self.connection)
        if unknown:
            return [Problem("LEDGER_NEWER", f"台账结构比程序新（{'、'.join(unknown)}）。请升级程序。")]
        if pending:
            return [
                Problem(
                    "LEDGER_OLDER",
                    f"台账结构比程序旧（{'、'.join(pending)}）。请重新启动服务，启动时会自动升级。",
                )
            ]
        return []

    def _writable(self) -> list[Problem]:
        with self.write_tx():
            mode = self.rows("PRAGMA journal_mode")[0][0]
        if mode != "wal":
            return [Problem("LEDGER_JOURNAL", f"台账日志模式为 {mode}，应为 wal。请重新启动服务。")]
        return []

    def _space(self) -> list[Problem]:
        free = shutil.disk_usage(self.path.parent).free
        if free >= LOW_SPACE_BYTES:
            return []
        return [Problem("LEDGER_SPACE", f"数据目录所在磁盘仅剩 {free // 1024 // 1024} MB，请尽快清理。")]

    def _file_system(self) -> list[Problem]:
        problem = file_system_problem(self.path.resolve())
        return [] if problem is None else [Problem(problem.code, str(problem))]

    def _unerased(self) -> list[Problem]:
        if self.finish_purges():
            return []
        said = "有涉密记录已删除，但其他进程正在读取台账，文件残留尚未清除。请停止其他进程后再次运行本命令。"
        return [Problem("PURGE_UNFINISHED", said)]

    def _chain(self, now: datetime | None) -> list[Problem]:
        bad = self.audit.verify()
        if now is not None:
            with suppress(LedgerError):  # a full disk is said by another check, and hides nothing here
                self.marks.put("audit-whole" if bad is None else "audit-broken", now)
        if bad is None:
            return []
        return [
            Problem("AUDIT_BROKEN", f"审计记录自第 {bad} 条起与封存时不一致，可能被改动。请保留现场并报告。")
        ]


def _sync_to_disk(path: Path) -> None:
    """A file, or the directory in which it got its name."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
