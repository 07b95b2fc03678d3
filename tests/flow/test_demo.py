"""The demo: a scripted round over real HTTP, and the same folder after the process was killed in the middle."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from plugin.demo import demo_manifest, own_manifest, play_once, started, wait_until
from plugin.manifest import load_manifest

START = datetime(2025, 3, 10, 1, 30, tzinfo=UTC)
PLANTED = ("绝不应留存的涉密名称甲乙丙", "绝不应留存的涉密内容丁戊己")


def test_the_round_arrives_whole(tmp_path: Path, capfd: object) -> None:
    assert play_once(tmp_path / "data", START) == 0
    out = capfd.readouterr().out  # type: ignore[attr-defined]
    for word in (
        "第十条",
        "第二十四条第一款",
        "第二十五条",
        "第十五条",
        "待核准，已保存",
        "初步验收",
        "LC-",
        "全部到达",
    ):
        assert word in out, word
    assert not traces(tmp_path)
    assert not any(text in out for text in PLANTED)


def traces(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(text.encode() in path.read_bytes() for text in PLANTED)]


def test_played_again_on_the_same_folder_nothing_is_repeated(tmp_path: Path) -> None:
    assert play_once(tmp_path, START) == 0
    first = held(tmp_path)
    assert play_once(tmp_path, START) == 0
    assert held(tmp_path) == first


def held(folder: Path) -> dict[str, int]:
    """What the stand-ins hold: each filing and message once."""
    with sqlite3.connect(folder / "sandbox" / "sandbox.db") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in tables
            if "filing" in name or "message" in name
        }


def test_killed_in_the_middle_it_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for seconds in (1.5, 2.5, 3.5):
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "plugin.cli",
                "demo",
                "--data",
                str(data),
                "--port",
                str(free_port()),
                "--now",
                "2025-03-10T09:30",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ.copy(),
        )
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    later = START + timedelta(minutes=5)  # what a killed process held on lease is free again
    assert play_once(data, later) == 0
    with started(data, later) as demo:
        ledger = demo.services.ledger
        assert wait_until(lambda: not ledger.inbox.counts()["open"], 10)
        filings = [row for row in ledger.outbox.list(kind="filing") if row.state == "sent"]
        receipts = [row.receipt["receipt_no"] for row in filings if row.receipt]
        assert len(receipts) == len(set(receipts)) == len(filings)
        for project in ledger.projects.list():
            kept = demo.platform.filings(project.code)
            assert len({filing["key"] for filing in kept}) == len(kept)
            assert {filing["key"] for filing in kept} == {
                row.key for row in filings if row.project_code == project.code
            }
        assert not traces(tmp_path)


def free_port() -> int:
    """The first of three neighbouring free ports."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if all(is_free(port + offset) for offset in range(3)):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_manifest_that_was_changed_in_the_demos_folder_stays_changed(tmp_path: Path) -> None:
    file = own_manifest(tmp_path)
    assert load_manifest(file, {}).version == demo_manifest({}).version
    file.write_text(file.read_text(encoding="utf-8").replace("hour: 9", "hour: 8"), encoding="utf-8")
    assert load_manifest(own_manifest(tmp_path), {}).reminders.hour == 8
