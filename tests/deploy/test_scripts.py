"""backup.sh, restore.sh, rollback.sh over a server below a folder."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sysconfig
import time
from contextlib import closing
from pathlib import Path

import pytest

from plugin.ledger import Ledger
from plugin.ledger.backups import back_up

from .conftest import DEPLOY, NOW, Server, marks

DAY_S = 86_400


def saved(server: Server, name: str = "20260302-010000") -> Path:
    """A backup, made without the script: starting the program takes longest."""
    ledger = Ledger.open(server.data / "ledger.db")
    folder = server.backups / name
    back_up(ledger, folder, NOW)
    ledger.close()
    with (folder / "SHA256SUMS").open("w") as sums:
        subprocess.run(["sha256sum", "ledger.db"], cwd=folder, stdout=sums, check=True)
    return folder


def test_a_daily_backup_holds_no_key_can_be_checked_and_lets_the_old_ones_go(server: Server, mark) -> None:
    mark("县农业农村局")
    old, young, other = (server.backups / each for each in ("20260101-010000", "20260228-010000", "手工"))
    for each, days in ((old, 31.5), (young, 2), (other, 400)):
        each.mkdir()
        at = time.time() - days * DAY_S
        os.utime(each, (at, at))
    server.done("sh", DEPLOY / "backup.sh")
    [made] = set(server.backups.iterdir()) - {young, other}
    assert {each.name for each in made.iterdir()} == {"ledger.db", "etc", "SHA256SUMS"}
    assert (made / "etc/manifest/manifest.yaml").is_file() and (made / "etc/zhengxiang.env").is_file()
    assert not any(b"whsec_AAA" in each.read_bytes() for each in made.rglob("*") if each.is_file())
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=made, check=True)
    assert made.stat().st_mode & 0o077 == 0
    with closing(Ledger.open(made / "ledger.db")) as copy:
        assert copy.doctor() == []


def test_a_backup_comes_back_and_what_was_there_is_kept(server: Server, mark) -> None:
    mark("以前")
    made = saved(server)
    mark("以后")
    assert "已从" in server.done("sh", DEPLOY / "restore.sh", made)
    assert marks(server) == ["以前"]
    [aside] = server.data.glob("replaced-*")
    with closing(Ledger.open(aside / "ledger.db")) as kept:
        assert [each.unit for each in kept.feeds.list()] == ["以前", "以后"]
    assert not (server.data / ".restoring").exists()


def test_nothing_is_restored_under_a_running_process(server: Server, mark) -> None:
    made = saved(server)
    mark("以后")
    with closing(sqlite3.connect(server.data / "ledger.db")) as busy:
        busy.execute("SELECT 1 FROM audit").fetchone()
        refused = server.run("sh", DEPLOY / "restore.sh", made)
    assert refused.returncode == 2 and "仍有进程" in refused.stderr
    assert marks(server) == ["以后"]


@pytest.mark.parametrize("with_sums", [True, False])
def test_a_damaged_backup_is_not_restored(server: Server, mark, with_sums: bool) -> None:
    made = saved(server)
    mark("以后")
    with (made / "ledger.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    if not with_sums:
        (made / "SHA256SUMS").unlink()
    refused = server.run("sh", DEPLOY / "restore.sh", made)
    assert refused.returncode == 2 and "没有恢复" in refused.stderr
    assert marks(server) == ["以后"] and not list(server.data.glob("replaced-*"))


def test_a_restore_that_needs_a_hand_says_so(server: Server) -> None:
    made = saved(server)
    (server.settings / "keys" / "webhook.keys").unlink()
    ended = server.run("sh", DEPLOY / "restore.sh", made)
    assert ended.returncode == 1 and "SECRETS_UNREADABLE" in ended.stdout and "自检没有通过" in ended.stderr


def test_the_program_goes_back_over_the_same_ledger(server: Server, mark) -> None:
    mark("以后")
    assert "已退回" in server.done("sh", DEPLOY / "rollback.sh")
    assert (server.program / "current").resolve().name == "old" and marks(server) == ["以后"]
    assert (server.program / "previous").resolve().name == "new"


def test_a_program_that_cannot_read_the_ledger_needs_the_backup(server: Server, mark) -> None:
    mark("以前")
    made = saved(server, "20260302-010000-before-upgrade")
    with closing(sqlite3.connect(server.data / "ledger.db")) as ledger:
        ledger.execute("UPDATE _sqlite_migrations SET name = '9999_later' WHERE name LIKE '0001%'")
        ledger.commit()
    refused = server.run("sh", DEPLOY / "rollback.sh")
    assert refused.returncode == 2 and "升级前的备份" in refused.stderr
    assert (server.program / "current").resolve().name == "new"
    server.done("sh", DEPLOY / "rollback.sh", made)
    assert (server.program / "current").resolve().name == "old" and marks(server) == ["以前"]


def test_scripts_are_sound_shell() -> None:
    scripts = sorted(map(str, (*DEPLOY.glob("*.sh"), DEPLOY / "zhengxiang")))
    for each in scripts:
        subprocess.run(["sh", "-n", each], check=True)
    if (
        program := shutil.which("shellcheck", path=f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}")
    ) is None:
        pytest.skip("no shellcheck here")
    said = subprocess.run(
        [program, "-x", "-e", "SC1091,SC2016,SC2094", *scripts], capture_output=True, text=True, check=False, cwd=DEPLOY.parent
    )  # fmt: skip
    assert said.returncode == 0, said.stdout
