"""For operators: jobs list, run, dead, replay; reconcile. Against a stand-in on loopback."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from plugin.commands.tables import table, width
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import Ledger
from plugin.resemblance import Resemblance
from plugin.sandbox.faults import Fault
from plugin.sandbox.server import Running, serve_sandbox
from plugin.sandbox.settings import Settings
from tests.filings.world import SECRETS
from tests.flow.conftest import Desk

Run = Callable[..., Result]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    settings = Settings(
        tmp_path / "sandbox", "http://127.0.0.1:9", lambda: datetime.now(UTC), SECRETS, SECRETS
    )
    started = serve_sandbox(settings)
    yield started
    started.stop()


@pytest.fixture
def ledger(tmp_path: Path, running: Running) -> Iterator[Ledger]:
    """With a project whose two filings are due."""
    text = files("plugin").joinpath("demo_manifest.yaml").read_text(encoding="utf-8")
    text = text.replace("http://127.0.0.1:8802", running.gateway_url)
    (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    with closing(Ledger.open(tmp_path / "data" / "ledger.db")) as opened:
        opened.manifests.apply("v1", text, "test", datetime.now(UTC))
        manifest = demo_manifest({})
        from forms.definition import load_forms

        intake = Intake(opened, load_forms(), lambda: manifest, Resemblance(opened, manifest.unit_name))
        desk = Desk(intake)
        desk.save("demand")
        desk.save("contract", project_code=desk.code_of("demand"))
        yield opened


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
        monkeypatch.delenv(name, raising=False)
    key = "whsec_" + b64encode(b"k" * 32).decode()
    monkeypatch.setenv("ZHENGXIANG_WEBHOOK_SECRETS", key)
    monkeypatch.setenv("ZHENGXIANG_LIFECYCLE_SECRETS", key)
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def line_of(result: Result, start: str) -> list[str]:
    return next(line for line in result.output.splitlines() if line.startswith(start)).split()


def test_the_jobs_are_listed_with_what_waits_for_them(run: Run, ledger: Ledger) -> None:
    listed = run("jobs", "list")
    assert listed.exit_code == 0
    assert line_of(listed, "filings") == ["filings", "2秒", "2", "0", "向全生命周期管理系统备案"]
    assert line_of(listed, "reconcile")[1:3] == ["60秒", "-"]


def test_one_job_is_run_until_nothing_is_due(run: Run, ledger: Ledger, running: Running) -> None:
    done = run("jobs", "run", "filings")
    assert (done.exit_code, done.output) == (0, "向全生命周期管理系统备案：处理了2件。\n")
    assert len(running.store.filings.latest()) == 2
    assert run("jobs", "run", "filings").output.endswith("处理了0件。\n")
    unknown = run("jobs", "run", "nothing")
    assert unknown.exit_code == 2 and "filings" in unknown.output


def test_the_folder_may_stand_before_the_subcommand(run: Run, ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    assert line_of(run("jobs", "--data", "elsewhere", "list"), "filings")[2] == "2"
    assert line_of(run("jobs", "list", "--data", "elsewhere"), "filings")[2] == "2"
    assert run("jobs", "list").exit_code == 2  # nothing was ever applied there


def test_dead_letters_are_shown_with_the_reason_and_replayed(
    run: Run, ledger: Ledger, running: Running
) -> None:
    running.faults.arm(Fault("refusal", "submit", 2))
    run("jobs", "run", "filings")
    shown = run("jobs", "dead")
    assert shown.exit_code == 1
    first, second = (line for line in shown.output.splitlines() if line.startswith("O"))
    assert "需求征集（第1版）" in first and "请核对项目名称" in first
    no = first.split()[0]
    assert run("jobs", "replay", no, "--by", "王五").output == f"已重新排队：{no}。\n"
    again = run("jobs", "replay", no, "--by", "王五")
    assert again.exit_code == 2 and "没有编号为" in again.output
    assert run("jobs", "replay", "--all", "--by", "王五").output == f"已重新排队：{second.split()[0]}。\n"
    run("jobs", "run", "filings")
    assert len(running.store.filings.latest()) == 2
    assert run("jobs", "dead").exit_code == 0
    assert run("jobs", "replay", "--all").output == "没有死信。\n"
    assert {entry.actor for entry in ledger.audit.latest() if entry.action == "outbox.replayed"} == {"王五"}


def test_a_dead_delivery_is_a_letter_too(run: Run, ledger: Ledger) -> None:
    now = datetime.now(UTC)
    ledger.inbox.remember("standard", "k", "demand_collection", "rec9", "created", {}, "d", now)
    item = ledger.inbox.claim(now)
    assert item
    ledger.inbox.dead(item.id, "KeyError", now)
    no = f"I{item.id}"
    assert line_of(run("jobs", "dead"), no)[1:4] == ["受理提交", "demand_collection", "rec9"]
    assert run("jobs", "replay", no.lower()).output == f"已重新排队：{no}。\n"


@pytest.mark.parametrize("arguments", [(), ("O1", "--all"), ("第三封",), ("O99",), ("1", "O99")])
def test_a_replay_of_nothing_in_particular_is_refused(
    run: Run, ledger: Ledger, arguments: tuple[str, ...]
) -> None:
    refused = run("jobs", "replay", *arguments)
    assert (refused.exit_code, bool(refused.output.strip())) == (2, True)


def test_reconcile_prints_what_differs_and_ends_with_one_for_a_person(
    run: Run, ledger: Ledger, running: Running
) -> None:
    run("jobs", "run", "filings")
    equal = run("reconcile")
    assert (equal.exit_code, equal.output) == (0, "核对了1个，两边一致。\n")
    [project] = ledger.projects.list()
    body = dict(running.store.filings.latest()[0].body)
    running.store.filings.put("filing:stray:1", {**body, "key": "filing:stray:1"}, datetime.now(UTC))
    found = run("reconcile", "--project", project.code)
    assert found.exit_code == 1
    assert line_of(found, project.code)[1:4] == ["对方多余", "人工", "filing:stray:1"]
    assert found.output.endswith("需要人工处理1处。\n")
    assert run("reconcile", "--project", "SX-0000-0000").exit_code == 2


def test_reconcile_says_where_it_was_interrupted(run: Run, ledger: Ledger, running: Running) -> None:
    running.faults.arm(Fault("away", "list", 1))
    stopped = run("reconcile")
    assert stopped.exit_code == 2
    assert "此前核对了0个" in stopped.output


def test_columns_of_chinese_stand_under_each_other() -> None:
    lines = list(table(("作业", "内容"), [("a", "x"), ("备案核对", "y")]))
    assert [
        width(line[: line.index(last)]) for line, last in zip(lines, ("内容", "x", "y"), strict=True)
    ] == [10, 10, 10]


def test_jobs_alone_runs_the_timetable(run: Run, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Path] = []
    monkeypatch.setattr("plugin.serving.run_jobs", lambda data, manifest, base: ran.append(data))
    assert run("jobs", "--data", "data").exit_code == 0
    assert ran == [Path("data")]


@pytest.mark.parametrize(
    "command",
    [
        ("jobs", "list"), ("jobs", "run", "filings"), ("jobs", "dead"), ("jobs", "replay", "--all"),
        ("reconcile",), ("calendar", "check"),
    ],
)  # fmt: skip
def test_a_folder_without_a_ledger_is_said_and_not_taken_for_an_empty_one(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    run("init")
    said = run(*command, "--data", "mistyped")
    assert said.exit_code == 2 and "没有台账" in said.output
    assert not (tmp_path / "mistyped").exists()
