"""A write cut short: in a migration, in a backup, in the middle of the WAL."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest

from plugin.ledger import Ledger
from tests.ledger.makers import NOW, python, remember

DIES_MIGRATING = """
import os, signal, sys
from plugin.ledger import Ledger, schema
class Dying:
    def __iter__(self):
        os.kill(os.getpid(), signal.SIGKILL)
schema._AUDIT = Dying()
Ledger.open(sys.argv[1])
"""
DIES_BACKING_UP = """
import os, signal, sys
from datetime import datetime
from plugin.ledger import Ledger
def at(point):
    if point == "before-backup-rename":
        os.kill(os.getpid(), signal.SIGKILL)
Ledger.open(sys.argv[1], crash=at).backup(sys.argv[2], datetime.fromisoformat(sys.argv[3]))
"""


def killed(script: str, *arguments: str) -> None:
    process = python(script, *arguments)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


def test_killed_inside_a_migration_it_starts_again_from_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    killed(DIES_MIGRATING, str(path))
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'inbox'").fetchone() == (0,)
    raw.close()
    ledger = Ledger.open(path)
    assert ledger.doctor() == []
    ledger.close()


def test_killed_inside_a_backup_there_is_no_half_backup_and_the_next_one_works(
    ledger: Ledger, tmp_path: Path
) -> None:
    target = tmp_path / "backup.db"
    killed(DIES_BACKING_UP, str(ledger.path), str(target), NOW.isoformat())
    assert not target.exists()
    assert ledger.backups() == []
    assert ledger.backup(target, NOW).exists()
    assert not target.with_name("backup.db.part").exists()


@pytest.mark.parametrize("seed", range(8))
def test_a_wal_cut_at_any_byte_loses_only_its_end(ledger: Ledger, tmp_path: Path, seed: int) -> None:
    for number in range(40):
        remember(ledger, f"k{number:02d}", text="x" * 500)
    wal = ledger.path.with_name("ledger.db-wal").read_bytes()
    assert len(wal) > 100_000
    folder = tmp_path / "after"
    folder.mkdir()
    shutil.copy(ledger.path, folder / "ledger.db")
    (folder / "ledger.db-wal").write_bytes(wal[: random.Random(seed).randrange(len(wal))])
    found = Ledger.open(folder / "ledger.db")
    keys = [key for (key,) in found.rows("SELECT key FROM inbox ORDER BY id")]
    assert keys == [f"k{number:02d}" for number in range(len(keys))]
    assert found.doctor() == []
    found.close()
