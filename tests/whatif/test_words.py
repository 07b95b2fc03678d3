"""What an official reads of a change: the lines of one project, the summary, the table, the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.lives import Life
from forms.definition import load_forms
from plugin.ledger import Ledger
from plugin.regulation.states import NAMES, State
from plugin.whatif import Effect, Item, Kind, Summary, WhatIf, When
from plugin.whatif.report import HEAD, effect_json, effect_lines, rows, summary_json, summary_lines
from plugin.whatif.summary import direction
from plugin.whatif.words import Words
from tests.whatif.conftest import OLD, TODAY, changed, folded, then

MAY = date(2026, 5, 1)
RAISED = {"limits": then("high_value_yuan", MAY, Decimal(8_000_000))}
CASES: list[tuple[str, Life, dict[str, Any], list[str]]] = [
    (
        "raised above the project, before its first paper",
        Life(amount=6_000_000, papers=3),
        RAISED,
        [
            "下一步  应编报材料：可行性研究报告、初步设计方案和投资概算 → 可行性研究报告（第二十条第（一）项）",
            "下一步  上级审核：市数据资源局、省数据资源局 → 不需要（第二十五条）",
        ],
    ),
    (
        "raised above the project, not yet in the plan",
        Life(amount=6_000_000, papers=1),
        RAISED,
        [
            "下一步  应编报材料：项目建议书、可行性研究报告、初步设计方案和投资概算 → 可行性研究报告（第二十条第（一）项）",
            "下一步  上级审核：市数据资源局、省数据资源局 → 不需要（第二十五条）",
            "下一步  下一环节：项目建议书 → 可行性研究报告（第二十条第（一）项）",
        ],
    ),
    (
        "raised above the project, in review",
        Life(amount=6_000_000, papers=4),
        RAISED,
        [
            "下一步  批复后还应编报：初步设计方案和投资概算 → 无（第二十条第（一）项）",
            "下一步  不再有不予通过：投资额达到…，尚缺以下审核同意意见，不能批复：…。（第二十五条）",
        ],
    ),
    ("raised, the project lies below both", Life(amount=3_000_000, papers=3), RAISED, []),
    ("raised, the project is exactly the new line", Life(amount=8_000_000, papers=3), RAISED, []),
    (
        "from a scheme to a study",
        Life(amount=450_000, papers=3),
        {"limits": then("decentralised_procurement_yuan", MAY, Decimal(450_000))},
        [
            "下一步  应编报材料：建设方案 → 可行性研究报告（第二十条第（一）项）",
            "下一步  下一环节：建设方案 → 可行性研究报告（第二十条第（一）项）",
        ],
    ),
    (
        "the procurement limit is not entered any more",
        Life(amount=450_000, papers=1),
        {"limits": {"decentralised_procurement_yuan": ()}},
        [
            "下一步  应编报材料：建设方案 → 无（第二十条第（一）项）",
            "下一步  下一环节：建设方案 → 无（第二十条第（一）项）",
            "下一步  因尚未录入“分散采购限额标准（演示数据）”而不能判断（第二十条第（一）项）",
        ],
    ),
    (
        "the next step would make another duty",
        Life(papers=10),
        {"limits": then("preliminary_acceptance_months", MAY, 4)},
        ["下一步  初步验收（办理后）：2026-08-01（顺延至2026-08-03） → 2026-09-01（第三十九条第一款）"],
    ),
    (
        "a duty that the project has",
        Life(papers=12),
        {"limits": then("acceptance_application_months", date(2025, 1, 1), 9)},
        ["期限  竣工验收申请：2026-04-27 → 2026-07-27（第三十九条第一款）"],
    ),
    (
        "what was done is late now",
        Life(papers=10),
        {"policy": {"contract_filing_days": 1}},
        ["期限  合同备案：已办，未逾期 → 已办，逾期（第三十一条）"],
    ),
    (
        "how much may be adjusted without approval",
        Life(papers=10),
        {"limits": then("adjustment_percent", MAY, 10)},
        ["下一步  可自行调整的上限：45万元 → 30万元（第三十八条）"],
    ),
    (
        "a rule that only advises",
        Life(unit_type="town", papers=1),
        {"policy": {"advise": frozenset({"TOWN"})}},
        [
            "已办  项目状态：尚未申报 → 需求已申报",
            "已办  需求征集的结论：退回 → 受理（有提示）",
        ],
    ),
]


@contextmanager
def asked(folder: Path, proposal: dict[str, Any], *lives: Life) -> Iterator[WhatIf]:
    with closing(Ledger.open(folder / "ledger.db")) as ledger:
        folded(ledger, lives)
        yield WhatIf(ledger, load_forms(), OLD, changed(**proposal), TODAY)


@pytest.mark.parametrize(
    ("life", "proposal", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_project_is_told_what_changes(
    tmp_path: Path, life: Life, proposal: dict[str, Any], lines: list[str]
) -> None:
    with asked(tmp_path, proposal, life) as question:
        words = Words(question.change)
        said = [line.strip() for effect in question.effects() for line in effect_lines(effect, words)]
    assert said[1:] == lines


def test_the_summary_adds_up_projects_and_money(tmp_path: Path) -> None:
    lives = (
        Life(amount=6_000_000, papers=3),
        Life(amount=5_000_000, papers=1),
        Life(amount=300_000, papers=1),
    )
    with asked(tmp_path, RAISED, *lives) as question:
        summary, words = Summary(), Words(question.change)
        for effect in question.effects(summary.seen):
            summary.add(effect)
    assert list(summary_lines(summary, words)) == [
        "台账中共3个项目；下一步按2026-05-01办理推算。",
        "受影响的项目2个，投资额合计1,100万元：",
        "  下一步  下一环节：项目建议书 → 可行性研究报告（第二十条第（一）项）——1个项目，投资额500万元",
        "  下一步  应编报材料：可行性研究报告、初步设计方案和投资概算 → 可行性研究报告（第二十条第（一）项）——1个项目，投资额600万元",
        "  下一步  应编报材料：项目建议书、可行性研究报告、初步设计方案和投资概算 → 可行性研究报告（第二十条第（一）项）——1个项目，投资额500万元",
        "  下一步  上级审核：市数据资源局、省数据资源局 → 不需要（第二十五条）——2个项目，投资额1,100万元",
    ]
    told = summary_json(summary, words)
    assert (told["looked_at"], told["affected"], told["amount_yuan"]) == (3, 2, "11000000.00")
    assert [each["projects"] for each in told["lines"]] == [1, 1, 1, 2]


def test_nothing_changes_for_nobody(tmp_path: Path) -> None:
    with asked(tmp_path, {"policy": {"plan_filing_days": 5}}, Life(papers=1)) as question:
        summary, words = Summary(), Words(question.change)
        assert list(question.effects(summary.seen)) == []
    assert list(summary_lines(summary, words))[-1] == "没有项目受影响。"


def test_a_row_of_the_table_is_never_a_formula(tmp_path: Path) -> None:
    with asked(tmp_path, RAISED) as question:
        item = Item(Kind.REVIEW, When.NEXT, None, ("data_bureau",), None, "25")
        effect = Effect("SX-1", "=cmd|' /C calc'!A0", "@某局", "planned", None, (item,))
        [row] = rows(effect, Words(question.change))
        written = effect_json(effect, Words(question.change))
    assert len(row) == len(HEAD)
    assert row[1:4] == ("'=cmd|' /C calc'!A0", "'@某局", "")
    assert row[-2:] == ("上级审核：数据资源局 → 不需要（第二十五条）", "第二十五条")
    assert written["changes"][0]["said"] == row[-2]
    assert written["changes"][0]["was"] == ["data_bureau"] and written["amount_yuan"] is None


D1, D2 = date(2026, 5, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("was", "now", "way"),
    [
        (None, (D1, D1, None), "new"),
        ((D1, D1, None), None, "gone"),
        ((D1, D1, None), (D2, D2, None), "later"),
        ((D2, D2, None), (D1, D1, None), "earlier"),
        ((False, None, None, D1), (False, None, None, D2), "later"),
        ((False, None, None, None), (False, D2, D2, None), "new"),
        ((False, D2, D2, None), (False, None, None, None), "gone"),
        ((False, D1, None, None), (False, D1, D1, None), "new"),
        ((False, D1, D1, None), (True, D1, D1, None), "other"),
        ((False,), (True,), "late"),
        ((True,), (False,), "no_longer_late"),
        (Decimal(1), Decimal(2), "later"),
        (Decimal(2), Decimal(1), "earlier"),
    ],
)
def test_which_way_days_and_amounts_move(was: Any, now: Any, way: str) -> None:
    assert direction(was, now) == way


def test_every_state_has_a_name() -> None:
    assert set(NAMES) == set(State)
