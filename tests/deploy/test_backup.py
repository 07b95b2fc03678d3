"""`zhengxiang backup`: everything in one new folder, files linked where they were kept before, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.ledger import AttachmentRow, Ledger

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROW = AttachmentRow("standard", "r1", "f1", "contract_filing", "contract_file", "合同.pdf", "/files/f1")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose ledger names one file."""
    folder = tmp_path / "data"
    folder.mkdir()
    ledger = Ledger.open(folder / "ledger.db")
    ledger.attachments.note([ROW], NOW)
    ledger.attachments.stored(ROW, b"contract")
    ledger.close()
    return folder


@pytest.fixture
def backup(data: Path) -> Callable[..., Result]:
    return lambda *given: CliRunner().invoke(main, ["backup", "--data", str(data), *map(str, given)])


def files_in(folder: Path) -> list[Path]:
    return [each for each in sorted((folder / "attachments").rglob("*")) if each.is_file()]


def test_a_backup_opens_as_a_ledger_with_its_files(backup, data: Path, tmp_path: Path) -> None:
    made = backup(tmp_path / "b1")
    assert made.exit_code == 0 and "1个附件" in made.output
    copy = Ledger.open(tmp_path / "b1" / "ledger.db")
    [row] = copy.attachments.of_record("standard", "r1")
    assert row.sha256 and copy.attachments.path(row.sha256).read_bytes() == b"contract"
    assert copy.doctor() == []
    copy.close()
    assert (tmp_path / "b1").stat().st_mode & 0o077 == 0


def test_what_an_earlier_backup_holds_is_linked_and_what_was_purged_is_not_carried_on(
    backup, data: Path, tmp_path: Path
) -> None:
    backup(tmp_path / "b1")
    backup(tmp_path / "b2", "--earlier", tmp_path / "b1")
    [first], [second], [own] = (files_in(each) for each in (tmp_path / "b1", tmp_path / "b2", data))
    assert first.samefile(second) and not first.samefile(own)
    ledger = Ledger.open(data / "ledger.db")
    ledger.attachments.erase("standard", "r1")
    ledger.close()
    backup(tmp_path / "b3", "--earlier", tmp_path / "b2")
    assert files_in(tmp_path / "b3") == []


def test_backups_are_listed_with_what_is_no_longer_there(backup, tmp_path: Path) -> None:
    backup(tmp_path / "b1")
    backup(tmp_path / "b2")
    (tmp_path / "b1" / "ledger.db").unlink()
    first, second = backup("--list").output.splitlines()
    assert "b1" in first and "已不在原处" in first
    assert "b2" in second and "已不在原处" not in second


def test_nothing_is_overwritten_and_nothing_made_up(backup, data: Path, tmp_path: Path) -> None:
    (tmp_path / "b1").mkdir()
    refused = backup(tmp_path / "b1")
    assert refused.exit_code == 2 and "已存在" in refused.output
    assert not list((tmp_path / "b1").iterdir())
    nowhere = backup(tmp_path / "no" / "b1")
    assert nowhere.exit_code == 2 and "备份没有完成" in nowhere.output
    assert backup().exit_code == 2 and backup(tmp_path / "b2", "--list").exit_code == 2
    (data / "ledger.db").unlink()
    assert backup(tmp_path / "b2").exit_code == 2
    assert not (tmp_path / "b2").exists() and not (data / "ledger.db").exists()
