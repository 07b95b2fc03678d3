"""The table as a bureau reads it, and what a person may type for a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugin.demo import demo_manifest
from plugin.manifest import Manifest
from plugin.manifest_edit import EditRefused
from plugin.manifest_edit.reading import limit_value, setting_value
from plugin.regulation.limits import LimitValue
from plugin.thresholds import HEAD, LimitRow, limit_rows

NAME = "high_value_yuan"
TODAY = date(2026, 3, 10)


def with_values(*values: LimitValue) -> Manifest:
    manifest = demo_manifest({})
    limit = replace(manifest.book.limits[NAME], values=values)
    return replace(manifest, book=replace(manifest.book, limits={NAME: limit}))


def value(
    since: str, yuan: int, source: str = "甲文", until: str | None = None, category: str | None = None
) -> LimitValue:
    end = date.fromisoformat(until) if until else None
    return LimitValue(date.fromisoformat(since), yuan, source, end, category)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((), ("未录入", "—", "—", "—")),
        ((value("2023-12-01", 5_000_000),), ("500万元", "2023-12-01", "甲文", "—")),
        ((value("2026-03-10", 5_000_000),), ("500万元", "2026-03-10", "甲文", "—")),
        ((value("2026-03-11", 5_000_000),), ("未录入", "—", "—", "2026-03-11起500万元（甲文）")),
        (
            (
                value("2023-12-01", 5_000_000),
                value("2026-05-01", 8_000_000, "乙文"),
                value("2027-05-01", 9_000_000),
            ),
            ("500万元", "2023-12-01", "甲文", "2026-05-01起800万元（乙文）"),
        ),
        (
            (value("2023-12-01", 5_000_000, until="2026-04-30"),),
            ("500万元", "2023-12-01", "甲文", "2026-05-01起没有数值"),
        ),
        (
            (value("2023-12-01", 5_000_000, until="2026-04-30"), value("2026-05-01", 6_000_000)),
            ("500万元", "2023-12-01", "甲文", "2026-05-01起600万元（甲文）"),
        ),
        ((value("2023-12-01", 5_000_000, until="2026-03-09"),), ("未录入", "—", "—", "—")),
    ],
)
def test_a_number_is_shown_as_it_holds_today(values: tuple[LimitValue, ...], shown: tuple[str, ...]) -> None:
    [row] = limit_rows(with_values(*values), TODAY)
    assert (row.cells[1], row.cells[2], row.cells[4], row.cells[5]) == shown
    assert row.cells[3] == "第二十五条" and len(row.cells) == len(HEAD)


def test_a_number_that_differs_by_category_has_a_row_for_each() -> None:
    rows = limit_rows(
        with_values(
            value("2023-12-01", 1),
            value("2024-01-01", 2, category="goods"),
            value("2024-01-01", 3, category="works"),
        ),
        TODAY,
    )
    assert [(row.label[-4:], row.value, row.category) for row in rows] == [
        ("（货物）", "2.00元", "goods"),
        ("（工程）", "3.00元", "works"),
    ]


def test_every_number_of_the_county_is_listed_in_the_order_of_the_file() -> None:
    manifest = demo_manifest({})
    rows: tuple[LimitRow, ...] = limit_rows(manifest, TODAY)
    assert [row.name for row in rows] == list(manifest.book.limits)
    said = {row.name: row.value for row in rows}
    assert said["performance_report_month_day"] == "12月31日"
    assert said["adjustment_percent"] == "15%"
    assert said["acceptance_application_months"] == "6个月"


@pytest.mark.parametrize(
    ("text", "unit", "read"),
    [
        ("8000000", "yuan", 8_000_000),
        ("８００万", "yuan", 8_000_000),
        ("800万元", "yuan", 8_000_000),
        ("1,234.50", "yuan", Decimal("1234.50")),
        ("15%", "percent", 15),
        ("12.5", "percent", Decimal("12.5")),
        ("6", "months", 6),
        ("6个月", "months", 6),
        ("30个工作日", "working_days", 30),
        ("12-31", "month_day", "12-31"),
        ("6月30日", "month_day", "06-30"),
    ],
)
def test_a_value_is_read_as_people_type_it(text: str, unit: str, read: Any) -> None:
    assert limit_value(text, unit) == read


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("很多", "yuan", "不是确定的金额"),
        ("0.001", "yuan", "精确到了分以下"),
        ("一成", "percent", "请写百分数"),
        ("半年", "months", "请写整数"),
        ("年底", "month_day", "请写月日"),
    ],
)
def test_what_is_no_value_is_refused_with_an_example(text: str, unit: str, words: str) -> None:
    with pytest.raises(EditRefused, match=words):
        limit_value(text, unit)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("null", None),
        ("10", 10),
        ("true", True),
        ("10-01", "10-01"),
        ("[30, 7, 1]", [30, 7, 1]),
        ("calendar_days", "calendar_days"),
    ],
)
def test_a_setting_is_read_as_the_file_would_be(text: str, read: Any) -> None:
    assert setting_value(text) == read


@pytest.mark.parametrize("text", ["{a: 1}", "[[1]]", "[", "&a 1", "0123"])
def test_what_is_no_single_value_is_refused(text: str) -> None:
    with pytest.raises(EditRefused):
        setting_value(text)
