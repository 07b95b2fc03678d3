"""The pack and the code name the same rules, every article of the 53 is accounted for, and no number stands in a rule."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from plugin.regulation import judgement
from plugin.regulation.filings import DUTIES
from plugin.regulation.pack import Effect, UnknownArticle, chinese_number
from plugin.regulation.stages import EVERYTHING
from tests.regulation import base

CORE = Path(judgement.__file__).parent
CODES = [rule.code for rule in judgement.ALL_RULES]
GATES = {"CLASSIFIED", "GOV-INTRANET"}
ELSEWHERE = {
    "RESEMBLES",
    "APPROVAL-LAPSED",
    "EXTENSION-NOTICE",
}  # off in this pack: other bodies set such periods
ROUTED = {36}  # no rule: the county's part decides the route
CALENDAR_NUMBERS = {
    0,
    1,
    2,
    4,
    5,
    10,
    12,
    31,
    100,
    10_000,
}  # months of a year, a December, a percent, ten thousand


def article_of(code: str) -> int:
    return int(base.pack().rules[code].article.split("(")[0])


def test_code_and_pack_name_the_same_rules() -> None:
    assert len(CODES) == len(set(CODES))
    assert set(CODES) == set(base.pack().rules)


def test_codes_are_neutral() -> None:
    assert all(re.fullmatch(r"[A-Z]+(-[A-Z]+)*", code) for code in CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_cited_place_exists(code: str) -> None:
    pack = base.pack()
    assert pack.words(pack.rules[code].article)
    assert pack.cite(pack.rules[code].article).startswith("第")


def test_rules_ask_at_stages_that_exist() -> None:
    for rule in judgement.ALL_RULES:
        assert rule.stages and rule.stages <= EVERYTHING, rule.code


def test_every_article_is_accounted_for() -> None:
    pack = base.pack()
    assert sorted(pack.articles) == list(range(1, 54))
    late = set(DUTIES.values()) - {"TRIAL-MONTH"}
    ruled = {article_of(code) for code in CODES if code not in late | GATES | ELSEWHERE}
    owed = {article_of(code) for code in late} - ruled
    treated: dict[str, set[int]] = {}
    for number, article in pack.articles.items():
        assert article.reason.endswith("。"), number
        treated.setdefault(article.treatment, set()).add(number)
    assert treated["rule"] == ruled
    assert treated["obligation"] == owed
    assert treated["route"] == ROUTED
    assert treated["gate"] == {23, 42, 53}
    assert treated["exempt"] == set(pack.articles) - ruled - owed - ROUTED - treated["gate"]


def test_every_duty_cites_a_rule_that_only_marks_lateness() -> None:
    for duty, code in DUTIES.items():
        if duty == "trial_operation":  # a minimum, not a last day
            continue
        assert base.pack().rules[code].effect is Effect.LATE, duty


def test_readings_are_cited_by_their_number() -> None:
    assert all(re.fullmatch(r"I-\d\d", each.reading) for each in base.pack().rules.values() if each.reading)


def test_the_first_day_is_the_regulations() -> None:
    assert base.pack().effective_from == date(2023, 12, 1)


@pytest.mark.parametrize(
    ("reference", "cited"),
    [
        ("39", "第三十九条"),
        ("39(1)", "第三十九条第一款"),
        ("20(3)", "第二十条第（三）项"),
        ("10", "第十条"),
        ("12", "第十二条"),
    ],
)
def test_places_are_cited_as_the_regulation_counts(reference: str, cited: str) -> None:
    assert base.pack().cite(reference) == cited


@pytest.mark.parametrize("reference", ["54", "39(9)", "0", "三十九", "44(4)"])
def test_a_place_that_is_not_there_is_unknown(reference: str) -> None:
    with pytest.raises(UnknownArticle):
        base.pack().cite(reference)


def test_a_place_of_another_pack_is_shown_as_what_it_is() -> None:
    assert base.pack().shown("39(1)") == (base.pack().cite("39(1)"), base.pack().words("39(1)"))
    citation, said = base.pack().shown("99(9)")
    assert citation == "原条款99(9)"
    assert "此前的规则包" in said


def test_words_are_the_published_ones() -> None:
    assert base.pack().words("29") == "招标前，项目建设单位须将采购需求提交县数据资源局审核。"
    assert base.pack().words("44(3)").startswith("（三）")


def test_numbers_read_as_the_regulation_writes_them() -> None:
    assert [chinese_number(each) for each in (1, 10, 11, 20, 53)] == ["一", "十", "十一", "二十", "五十三"]


@pytest.mark.parametrize("path", sorted(CORE.glob("*.py")), ids=lambda path: path.name)
def test_no_number_of_the_law_stands_in_code(path: Path) -> None:
    if path.name in ("facts.py", "pack.py"):  # the codec and the numerals of articles
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    numbers = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }
    allowed = CALENDAR_NUMBERS | ({0.5} if path.name == "readings.py" else set())
    assert numbers <= allowed | {0.0}


def test_messages_of_all_rules_hold_no_article() -> None:
    for rule in judgement.ALL_RULES:
        assert not re.search(r"第[一二三四五六七八九十]+条", rule.message + rule.remedy), rule.code
