"""The command: what it prints and with which status it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=input)

    return command


def test_init_writes_a_starter_that_check_accepts(run) -> None:
    assert run("init").exit_code == 0
    checked = run("check")
    assert checked.exit_code == 0
    assert "分散采购限额标准" in checked.output


def test_init_never_writes_over_a_file(run, tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text("mine", encoding="utf-8")
    assert run("init").exit_code == 2
    assert (tmp_path / "manifest.yaml").read_text(encoding="utf-8") == "mine"


def test_check_names_every_mistake_with_its_line_and_ends_with_one(run, tmp_path: Path) -> None:
    text = (ROOT / "manifest.yaml").read_text(encoding="utf-8")
    broken = text.replace("unit: percent", "unit: percents").replace("code_prefix: SX", "code_prefix: 歙县")
    (tmp_path / "manifest.yaml").write_text(broken, encoding="utf-8")
    checked = run("check")
    assert checked.exit_code == 1
    line = next(n for n, each in enumerate(broken.splitlines(), 1) if "percents" in each)
    assert f"manifest.yaml:{line}" in checked.output and "/identity/code_prefix" in checked.output
    as_json = run("check", "--format", "json")
    assert {each["pointer"] for each in json.loads(as_json.output)["errors"]} >= {"/identity/code_prefix"}


@pytest.mark.parametrize("text", [None, "a: [", "\x00"])
def test_check_ends_with_two_where_there_is_nothing_to_check(run, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    checked = run("check")
    assert checked.exit_code == 2
    assert checked.output.strip()


def test_apply_shows_what_would_change_and_keeps_the_version(run, tmp_path: Path) -> None:
    run("init")
    first = run("apply", "--by", "王五", "--yes")
    assert first.exit_code == 0 and "首次应用" in first.output and "已生效" in first.output
    assert "重新判断" not in first.output
    assert "原已生效" in run("apply", "--by", "王五", "--yes").output
    path = tmp_path / "manifest.yaml"
    text = path.read_text(encoding="utf-8")
    limit = "    values: []"
    value = "    values:\n      - {from: 2026-01-01, value: 600000, source: 某财购〔2026〕1号}"
    path.write_text(text.replace(limit, value), encoding="utf-8")
    second = run("apply", "--by", "王五", "--yes")
    assert "分散采购限额标准" in second.output and "60" in second.output and "2026-01-01" in second.output


def test_apply_asks_and_takes_no_for_an_answer(run) -> None:
    run("init")
    assert run("apply", "--by", "王五", input="n\n").exit_code == 1
    assert "首次应用" in run("apply", "--by", "王五", input="y\n").output


@pytest.mark.parametrize(
    "wanted", ["39", "39(1)", "第三十九条", "第三十九条第一款", "TRIAL-MONTH", "trial-month"]
)
def test_explain_tells_the_law_the_rule_and_who_can_mend(run, wanted: str) -> None:
    run("init")
    told = run("explain", wanted)
    assert told.exit_code == 0
    for words in ("不少于一个月的试运行", "规则 TRIAL-MONTH（第三十九条第一款）", "填报人", "I-24"):
        assert words in told.output, words
    assert "{" not in told.output
    assert ("应办事项：竣工验收申请（第三十九条第一款）" in told.output) is (wanted.upper() != "TRIAL-MONTH")


def test_explain_knows_items_and_says_where_there_is_nothing(run) -> None:
    run("init")
    assert "运维类项目，年度计划批准后" in run("explain", "第二十条第（三）项").output
    for unknown in ("99", "39(9)", "第九十九条", "NO-SUCH-RULE"):
        assert run("explain", unknown).exit_code == 2


def test_forms_are_listed_and_printed(run) -> None:
    listed = run("forms", "render")
    assert "F04  feasibility_study" in listed.output
    assert (
        "| 数据资源共享分析篇（章） | data_sharing_chapter |"
        in run("forms", "render", "feasibility_study").output
    )
    schema = json.loads(run("forms", "render", "feasibility_study", "--format", "json-schema").output)
    assert schema["properties"]["total_investment_yuan"]["title"] == "项目总投资"
    assert run("forms", "render", "nothing").exit_code == 2


def test_assess_judges_a_line_a_line(run) -> None:
    run("init")
    lines = [
        '{"form": "demand_collection", "submission": {"classified": "否"}}',
        '{"form": "demand_collection"}',
    ]
    judged = run("assess", "--on", "2025-03-10", input="\n".join(lines))
    assert judged.exit_code == 0
    first, second = (json.loads(line) for line in judged.output.splitlines())
    assert first["on"] == "2025-03-10" and len(first["findings"]) > 10
    assert second["guidance"] and second["may_save"] is False
    assert run("assess", input="{").exit_code == 2


def test_a_damaged_ledger_is_refused_with_what_to_do(run, tmp_path: Path) -> None:
    run("init")
    run("apply", "--by", "王五", "--yes")
    path = tmp_path / "data" / "ledger.db"
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\x00" * 4096 * 3)
    served = run("serve", "--port", "0")
    assert served.exit_code == 2
    assert "备份" in served.output
