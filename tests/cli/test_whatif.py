"""`zhengxiang whatif`: what it prints, and with which status it ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.lives import Life
from plugin.cli import main
from plugin.ledger import Ledger
from tests.whatif.conftest import NOW, OLD, folded

VALUE = "      - {from: 2023-12-01, value: 5000000, source: 歙政办秘〔2023〕63号}"
RAISED = OLD.text.replace(VALUE, f"{VALUE}\n      - {{from: 2031-05-01, value: 8000000, source: 新文}}")
Command = Callable[..., Result]


@pytest.fixture
def whatif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manifest.yaml").write_text(OLD.text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    with closing(Ledger.open(tmp_path / "data" / "ledger.db")) as ledger:
        ledger.manifests.apply(OLD.version, OLD.text, "王五", NOW, OLD.beside)
        folded(ledger, tuple(Life(amount=6_000_000, papers=1) for _ in range(3)))

    def command(text: str | None, *arguments: str) -> Result:
        if text is not None:
            (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
        return CliRunner().invoke(main, ["whatif", "new.yaml", *arguments])

    return command


def test_the_change_the_summary_and_the_projects_are_shown(whatif: Command) -> None:
    told = whatif(RAISED)
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert "增加 2031-05-01起 800万元，依据 新文" in lines[1]
    assert lines[2] == "台账中共3个项目；下一步按2031-05-01办理推算。"
    assert lines[3] == "受影响的项目3个，投资额合计1,800万元："
    assert [line.split()[0] for line in lines if line.startswith("SX-")] == [
        "SX-2025-0001",
        "SX-2025-0002",
        "SX-2025-0003",
    ]


def test_a_long_list_is_cut_and_says_so(whatif: Command) -> None:
    told = whatif(RAISED, "--limit", "1")
    assert told.output.count("\nSX-") == 1
    assert told.output.splitlines()[-1].startswith("另有2个项目没有列出")
    assert whatif(RAISED, "--limit", "0").output.count("\nSX-") == 3


def test_a_manifest_that_changes_no_project_ends_with_zero(whatif: Command) -> None:
    told = whatif(OLD.text.replace("hour: 9", "hour: 10"))
    assert told.exit_code == 0
    assert "没有项目受影响。" in told.output
    assert "没有差别。" in whatif(OLD.text).output


def test_the_day_of_the_next_steps_can_be_named(whatif: Command) -> None:
    told = whatif(RAISED, "--on", "2030-01-01")
    assert told.exit_code == 0
    assert "下一步按2030-01-01办理推算" in told.output


def test_json_holds_the_summary_and_every_change(whatif: Command) -> None:
    told = whatif(RAISED, "--format", "json")
    assert told.exit_code == 1
    answer = json.loads(told.output)
    assert answer["summary"]["affected"] == 3 and len(answer["projects"]) == 3
    kinds = {each["kind"] for each in answer["projects"][0]["changes"]}
    assert kinds == {"papers", "review", "form"}


def test_csv_is_a_row_a_change_with_all_projects(whatif: Command) -> None:
    told = whatif(RAISED, "--format", "csv")
    assert told.exit_code == 1
    table = list(csv.reader(io.StringIO(told.output.lstrip("\ufeff"))))
    assert table[0][0] == "项目编码" and len(table) == 1 + 3 * 3
    assert (
        len(list(csv.reader(io.StringIO(whatif(RAISED, "--format", "csv", "--limit", "1").output)))) == 1 + 3
    )


@pytest.mark.parametrize("text", ["a: [", OLD.text.replace("unit: percent", "unit: percents"), None])
def test_what_is_not_usable_ends_with_two_and_every_mistake(whatif: Command, text: str | None) -> None:
    told = whatif(text)
    assert told.exit_code == 2
    assert "new.yaml" in told.output


def test_without_a_version_in_force_there_is_nothing_to_compare_with(whatif: Command, tmp_path: Path) -> None:
    told = whatif(RAISED, "--data", "other")
    assert (told.exit_code, told.output.count("没有台账")) == (2, 1)
    assert not (tmp_path / "other").exists()
    Ledger.open(tmp_path / "empty.db").close()
    (tmp_path / "other").mkdir()
    (tmp_path / "empty.db").rename(tmp_path / "other" / "ledger.db")
    told = whatif(RAISED, "--data", "other")
    assert told.exit_code == 2 and "请先运行 zhengxiang apply" in told.output
