"""Pack files and holiday notices: read as strictly as the manifest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from plugin.holidays import CalendarInvalid, calendar_for
from plugin.packs import PackInvalid, PackNotFound, known_rules, load_pack, read_pack, shipped_packs
from plugin.regulation.pack import Effect

PACK = """\
pack: own
title: 本地办法
document: 某〔2026〕1号
effective_from: 2026-01-01
rules_default: "off"
articles:
  3:
    chapter: 第一章
    treatment: rule
    paragraphs: [应当试运行。, 应当验收。]
rules:
  TRIAL-MONTH: {article: 3(1), effect: block}
routes:
  - {kinds: [new], from: high_value_yuan, papers: [feasibility_study]}
"""


def test_every_shipped_pack_loads_and_lists_every_rule() -> None:
    assert shipped_packs()
    for name in shipped_packs():
        loaded = load_pack(name)
        assert loaded.lists_all_rules and loaded.pack.name == name
        assert frozenset(loaded.pack.rules) == known_rules()


def test_a_short_pack_turns_off_what_it_does_not_list() -> None:
    pack = read_pack(PACK, "pack.yaml").pack
    assert pack.rules["TRIAL-MONTH"].effect is Effect.BLOCK
    others = [rule for code, rule in pack.rules.items() if code != "TRIAL-MONTH"]
    assert others and {rule.effect for rule in others} == {Effect.OFF}
    assert frozenset(pack.rules) == known_rules()


def test_a_pack_that_does_not_say_so_must_list_every_rule() -> None:
    with pytest.raises(PackInvalid) as caught:
        read_pack(PACK.replace('rules_default: "off"\n', ""), "pack.yaml")
    assert {each.code for each in caught.value.problems} == {"RULE-MISSING"}
    assert len(caught.value.problems) == len(known_rules()) - 1


@pytest.mark.parametrize(
    ("old", "new", "code", "pointer", "line"),
    [
        ("article: 3(1)", "article: 3(3)", "UNKNOWN-ARTICLE", "/rules/TRIAL-MONTH/article", 12),
        ("article: 3(1)", "article: 4", "UNKNOWN-ARTICLE", "/rules/TRIAL-MONTH/article", 12),
        ("effect: block", "effect: refuse", "PACK-EFFECT", "/rules/TRIAL-MONTH/effect", 12),
        ("effect: block", "efect: block", "UNKNOWN-KEY", "/rules/TRIAL-MONTH/efect", 12),
        ("TRIAL-MONTH:", "TRIAL-MONHT:", "UNKNOWN-RULE", "/rules/TRIAL-MONHT", 12),
        ("treatment: rule", "treatment: TODO", "PACK-TREATMENT", "/articles/3/treatment", 9),
        ("  3:", "  三:", "PACK-ARTICLE", "/articles/三", 7),
        ("paragraphs: [应当试运行。, 应当验收。]", "paragraphs: []", "EMPTY", "/articles/3/paragraphs", 10),
        ("effective_from: 2026-01-01", "effective_from: 2026年", "WRONG-TYPE", "/effective_from", 4),
        ("kinds: [new]", "kinds: new", "WRONG-TYPE", "/routes/0/kinds", 14),
        ("papers: [feasibility_study]", "papers: [1]", "WRONG-TYPE", "/routes/0/papers/0", 14),
        ('"off"', "all", "PACK-DEFAULT", "/rules_default", 5),
        ("title: 本地办法\n", "", "MISSING", "/title", 1),
    ],
)
def test_a_mistake_in_a_pack_is_named_in_its_line(
    old: str, new: str, code: str, pointer: str, line: int
) -> None:
    assert old in PACK
    with pytest.raises(PackInvalid) as caught:
        read_pack(PACK.replace(old, new), "pack.yaml")
    assert (code, pointer, line) in [(each.code, each.pointer, each.line) for each in caught.value.problems]


def test_a_pack_that_is_nowhere_says_which_there_are() -> None:
    with pytest.raises(PackNotFound, match=shipped_packs()[0]):
        load_pack("no-such-pack")


def notice(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_announced_years_are_covered_and_others_are_not() -> None:
    calendar = calendar_for(range(2004, 2100), None)
    assert set(range(2004, 2027)) <= calendar.years and 2099 not in calendar.years
    assert not calendar.is_working(date(2025, 10, 1)) and calendar.is_working(date(2025, 9, 28))
    assert calendar.is_working(date(2025, 10, 9)) and not calendar.is_working(date(2025, 10, 19))
    assert calendar.last_day(date(2099, 1, 1)) is None


def test_only_the_years_asked_for_are_covered() -> None:
    assert calendar_for([2025], None).years == {2025}


def test_a_notice_covers_a_new_year(tmp_path: Path) -> None:
    text = "holidays: [2099-01-01]\nmake_up_days: [2099-01-04]\nsource: 通知\n"
    calendar = calendar_for(range(2004, 2100), notice(tmp_path / "d", "2099.yaml", text))
    assert 2099 in calendar.years
    assert calendar.last_day(date(2099, 1, 1)) == date(2099, 1, 2)
    assert calendar.is_working(date(2099, 1, 4))


def test_a_notice_replaces_its_year_and_no_other(tmp_path: Path) -> None:
    folder = notice(tmp_path / "d", "2025.yaml", "holidays: []\nmake_up_days: []\nsource: 更正\n")
    calendar = calendar_for([2024, 2025], folder)
    assert calendar.is_working(date(2025, 10, 1)) and not calendar.is_working(date(2024, 10, 1))
    assert not calendar.is_working(date(2025, 9, 28))


@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        ("2099.yaml", "holidays: [2098-12-31]\nmake_up_days: []\nsource: 甲", "CALENDAR-YEAR", 1),
        ("2099.yaml", "holidays: []\nmake_up_days: [2099-01-05]\nsource: 甲", "CALENDAR-WEEKDAY", 2),
        ("2099.yaml", "holidays: [元旦]\nmake_up_days: []\nsource: 甲", "NOT-A-DAY", 1),
        ("2099.yaml", "holidays: [2099-01-04]\nmake_up_days: [2099-01-04]\nsource: 甲", "CALENDAR-BOTH", 2),
        ("2099.yaml", "holidays: []\nmake_up_days: []", "SOURCE-MISSING", 1),
        ("2099.yaml", "holidays: []\nmakeup_days: []\nsource: 甲", "UNKNOWN-KEY", 2),
        ("2099.yaml", "holidays: 2099-01-01\nmake_up_days: []\nsource: 甲", "CALENDAR-SHAPE", 1),
        ("2099.yaml", "", "CALENDAR-SHAPE", 1),
        ("new.yaml", "holidays: []\nmake_up_days: []\nsource: 甲", "CALENDAR-NAME", 1),
        ("2099.yaml", "holidays: [", "YAML-SYNTAX", 1),
    ],
)
def test_a_mistake_in_a_notice_is_named(tmp_path: Path, name: str, text: str, code: str, line: int) -> None:
    with pytest.raises(CalendarInvalid) as caught:
        calendar_for(range(2004, 2100), notice(tmp_path / "d", name, text))
    assert code in [each.code for each in caught.value.problems]
    if code != "YAML-SYNTAX":
        assert line in [each.line for each in caught.value.problems if each.code == code]
