"""A whole backup as one folder: the checked copy of the ledger, and the attachments that it names."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from plugin.ledger.database import Ledger
from plugin.ledger.errors import LedgerError

LEDGER, ATTACHMENTS = "ledger.db", "attachments"


def back_up(ledger: Ledger, folder: Path, now: datetime, earlier: Path | None = None) -> int:
    """Write a new folder with everything in it; how many attachments. Work may go on meanwhile.

    The ledger goes first: a file that comes later is one too many, never one too few. Attachments never change
    under their hash, so what `earlier` (a folder made before, on the same disk) holds is linked, not copied.
    LedgerError if the folder is there already or cannot be written.
    """
    if folder.exists():
        raise LedgerError("BACKUP_EXISTS", f"备份目录已存在：{folder}。请换一个名称，系统不会覆盖已有备份。")
    unfinished = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        kept = ledger.path.with_name(ATTACHMENTS)
        ledger.copy_to(unfinished / LEDGER)
        count = _keep(kept, unfinished / ATTACHMENTS, earlier / ATTACHMENTS if earlier else None)
        unfinished.rename(folder)
        ledger.note_backup(folder / LEDGER, now)
    except OSError as error:
        raise LedgerError(
            "BACKUP_FAILED", f"备份没有完成：{error.strerror}（{folder}）。请核对目录、权限和磁盘空间。"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return count


def _keep(source: Path, target: Path, earlier: Path | None) -> int:
    count = 0
    for file in sorted(source.glob("??/*")):
        if file.suffix:
            continue  # being fetched just now
        kept = target / file.parent.name / file.name
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = earlier / file.parent.name / file.name if earlier else None
        count += _copied(file, kept, before)
    return count


def _copied(file: Path, kept: Path, before: Path | None) -> bool:
    """Linked or copied onto the disk; False if it was purged meanwhile."""
    try:
        if before and before.is_file() and before.stat().st_size == file.stat().st_size:
            os.link(before, kept)
            return True
        shutil.copyfile(file, kept)
    except FileNotFoundError:
        return False
    kept.chmod(0o600)
    with kept.open("rb") as written:
        os.fsync(written.fileno())
    return True
