"""Every reading and habit has its words, and what a form sends for one is what the file would hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plugin.demo import demo_manifest
from plugin.manifest import load_text
from plugin.manifest_edit import EditRefused, NewSetting, edited
from plugin.settings import Kind, Setting, settings

MANIFEST = demo_manifest({})
ALL = {each.name: each for each in settings(MANIFEST)}


def test_none_is_left_without_words() -> None:
    for each in ALL.values():
        assert each.label and each.text, each.name
        assert not each.text.isascii() or each.kind is Kind.SHARE, each.name
        assert all(not words.isascii() for words in each.choices.values()), each.name


@pytest.mark.parametrize("name", ALL)
def test_the_value_in_force_sent_again_is_the_value_in_force(name: str) -> None:
    each = ALL[name]
    value = each.value
    if isinstance(value, (list, tuple)):
        joined = ["、".join(map(str, value))]
        sent = list(map(each.posted, value)) if each.kind is Kind.CHOICES else joined
    else:
        sent = [] if value is None else [each.posted(value)]
    read = each.read(sent)
    assert read == (list(value) if isinstance(value, tuple) else value) or float(read) == value


@pytest.mark.parametrize("name", ALL)
def test_the_value_in_force_written_again_changes_nothing(name: str) -> None:
    value = ALL[name].value
    again = NewSetting(ALL[name].path, Decimal(str(value)) if isinstance(value, float) else value)
    text = edited(MANIFEST.text, again)
    assert load_text(text, "again").book.readings == MANIFEST.book.readings


@pytest.mark.parametrize(
    ("name", "sent", "read", "shown"),
    [
        ("readings.town_om_blocked", ["true"], True, "不予通过"),
        ("readings.start_events", ["contract_filing", "tender_start"], ["tender_start", "contract_filing"], "招标、签订合同"),
        ("readings.split_score", ["0.6"], Decimal("0.6"), "0.6"),
        ("policy.contract_filing_days", ["１０天"], 10, "10天"),
        ("policy.contract_filing_days", [""], None, "未设"),
        ("policy.reminders.days_before", ["30、7，1"], [30, 7, 1], "30、7、1天"),
        ("policy.reminders.hour", ["8点"], 8, "8点"),
        ("policy.rhythm.plan_rollover", ["12月1日"], "12-01", "12月1日"),
        ("policy.enforce", ["advise"], "advise", "只提示，不拦截"),
    ],
)  # fmt: skip
def test_what_is_filled_in_is_read(name: str, sent: list[str], read: Any, shown: str) -> None:
    assert ALL[name].read(sent) == read
    assert ALL[name].shown(read) == shown


@pytest.mark.parametrize(
    ("name", "sent", "words"),
    [
        ("readings.town_om_blocked", [], "请选择一项"),
        ("readings.holiday_roll", ["sometimes"], "请选择一项"),
        ("readings.split_score", ["一半"], "不是数字"),
        ("policy.reminders.hour", [""], "不能为空"),
        ("policy.contract_filing_days", ["十天"], "请写整数"),
        ("policy.rhythm.plan_rollover", ["年底"], "请写月日"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, sent: list[str], words: str) -> None:
    with pytest.raises(EditRefused, match=words):
        ALL[name].read(sent)


def test_a_reading_names_the_articles_that_the_pack_puts_on_it() -> None:
    assert ALL["readings.town_om_blocked"].articles == ("13",)
    assert ALL["readings.town_om_blocked"].number == "I-13"


def test_rules_that_weigh_one_by_one_are_shown_and_left_to_the_file() -> None:
    text = MANIFEST.text.replace(
        "  enforce: block\n", "  enforce: {default: block, rules: {EXPERT-REVIEW: advise}}\n"
    )
    [enforce] = [each for each in settings(load_text(text, "x")) if each.path[-1] == "enforce"]
    assert enforce.by_hand and enforce.text == "逐条规则另定"


def test_words_of_the_files_author_are_not_lost() -> None:
    text = MANIFEST.text.replace(
        "  town_om_blocked:", "  town_unit_types: [town, street]\n  town_om_blocked:"
    )
    [types] = [each for each in settings(load_text(text, "x")) if each.path[-1] == "town_unit_types"]
    assert isinstance(types, Setting)
    assert types.read(["street", "town"]) == ["town", "street"]
