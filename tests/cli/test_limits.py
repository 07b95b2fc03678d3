"""The bureau's commands around its numbers, as they are typed and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.lives import Life
from plugin.cli import main
from plugin.ledger import Ledger
from plugin.manifest import load_manifest
from tests.whatif.conftest import NOW, OLD, folded

Command = Callable[..., Result]
RAISE = (
    "propose",
    "high_value_yuan",
    "800万",
    "--from",
    "2031-05-01",
    "--source",
    "新文",
    "--by",
    "张三",
    "--reason",
    "市局调整",
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manifest.yaml").write_text(OLD.text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    active = load_manifest(tmp_path / "manifest.yaml", {})
    with closing(Ledger.open(tmp_path / "data" / "ledger.db")) as ledger:
        ledger.manifests.apply(active.version, active.text, "王五", NOW, active.beside)
        folded(ledger, (Life(amount=6_000_000, papers=1),))
    return lambda *words, input=None: CliRunner().invoke(main, list(words), input=input)


def test_the_table_is_what_a_bureau_reads(run: Command) -> None:
    lines = run("limits").output.splitlines()
    assert lines[0].split() == ["名称", "现行值", "起", "条款", "依据", "下一次变化", "代码"]
    assert lines[1].split()[:4] == [
        "须报市、省数据资源局审核的投资额（含本数）",
        "500万元",
        "2023-12-01",
        "第二十五条",
    ]
    rows = json.loads(run("limits", "--format", "json", "--on", "2023-01-01").output)
    assert rows[0]["value"] == "未录入" and rows[0]["next_change"].startswith("2023-12-01起500万元")


def test_a_number_is_proposed_shown_confirmed_by_another_and_written(run: Command, tmp_path: Path) -> None:
    told = run(*RAISE)
    assert told.exit_code == 0
    for words in (
        "第1号  待确认",
        "张三于",
        "增加 2031-05-01起 800万元",
        "受影响的项目1个",
        "须由另一人确认",
    ):
        assert words in told.output, words
    alone = run("confirm", "1", "--by", "张三", "--yes")
    assert alone.exit_code == 2 and "第二人确认" in alone.output
    asked = run("confirm", "1", "--by", "李四", input="n\n")
    assert asked.exit_code == 1 and "增加 2031-05-01起 800万元" in asked.output
    done = run("confirm", "1", "--by", "李四", input="y\n")
    assert done.exit_code == 0 and "参数文件已改写" in done.output and "1个项目" in done.output
    assert "from: 2031-05-01, value: 8000000, source: 新文" in (tmp_path / "manifest.yaml").read_text(
        encoding="utf-8"
    )
    assert "2031-05-01起800万元（新文）" in run("limits").output
    assert "没有差别" in run("apply", "--by", "王五", "--yes").output


def test_proposals_and_versions_are_listed(run: Command) -> None:
    assert run("proposals").output == "没有提议。\n"
    run(*RAISE)
    run("withdraw", "1", "--by", "张三")
    listed = run("proposals").output
    assert "第1号  已撤回" in listed and "张三于" in listed
    [as_json] = json.loads(run("proposals", "--format", "json").output)
    assert (as_json["state"], as_json["needs_second"], as_json["preview"]["affected"]) == (
        "withdrawn",
        True,
        1,
    )
    versions = run("proposals", "--versions").output.splitlines()
    assert versions[1].endswith("王五")


def test_going_back(run: Command, tmp_path: Path) -> None:
    version = run("proposals", "--versions").output.splitlines()[1].split()[0]
    run(*RAISE)
    run("confirm", "1", "--by", "李四", "--yes")
    told = run("rollback", version, "--by", "李四", "--reason", "误改")
    assert "退回早先的版本" in told.output and "删去 2031-05-01起 800万元" in told.output
    assert run("confirm", "2", "--by", "张三", "--yes").exit_code == 0
    assert (tmp_path / "manifest.yaml").read_text(encoding="utf-8") == OLD.text


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("contract_filing_days", "10", "  contract_filing_days: 10 #"),
        ("policy.reminders.days_before", "[20, 5]", "    days_before: [20, 5] #"),
        ("town_om_blocked", "true", "  town_om_blocked: true #"),
        ("collection_opens", "10-01", '  collection_opens: "10-01"'),
    ],
)
def test_habits_and_readings_are_proposed_by_name(
    run: Command, tmp_path: Path, name: str, value: str, written: str
) -> None:
    settings = [(name, value)] + ([("collection_closes", "10-31")] if name == "collection_opens" else [])
    for number, (each, new) in enumerate(settings, 1):
        assert run("propose", each, new, "--by", "张三", "--reason", "理由").exit_code == 0
        assert run("confirm", str(number), "--by", "李四", "--yes").exit_code == 0
    assert written in (tmp_path / "manifest.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("high_value", "1"), "是否想写“high_value_yuan”"),
        (("nothing_like_it_at_all", "1"), "zhengxiang limits 可列出全部标准"),
        (("recipients", "[]"), "没有名为“recipients”"),
        (("high_value_yuan", "500万"), "请用 --from 写明起始日期"),
        (("high_value_yuan", "很多", "--from", "2031-01-01", "--source", "x"), "不是确定的金额"),
        (("contract_filing_days", "5", "--source", "x"), "只用于标准"),
        (("contract_filing_days", "9999"), "超出范围"),
        (("policy.contract_filing_dayz", "9"), "没有名为“contract_filing_dayz”的项"),
    ],
)
def test_what_does_not_fit_ends_with_two_and_what_to_do(
    run: Command, words: tuple[str, ...], told: str
) -> None:
    answer = run("propose", *words, "--by", "张三", "--reason", "理由")
    assert answer.exit_code == 2
    assert told in answer.output
    assert run("proposals").output == "没有提议。\n"


def test_a_person_and_a_reason_are_asked_for(run: Command) -> None:
    assert run("propose", "contract_filing_days", "5", "--by", "张三").exit_code == 2
    assert run("propose", "contract_filing_days", "5", "--by", " ", "--reason", "x").exit_code == 2
    assert (
        run("confirm", "1", "--by", "李四", "--yes").output
        == "没有第1号提议。zhengxiang proposals 可列出全部提议。\n"
    )
