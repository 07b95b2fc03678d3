"""Numbers are dated: an event keeps the value of its day, and a number nobody entered is asked for, never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from plugin.regulation.judgement import judge
from plugin.regulation.limits import Limit, LimitMissing, Limits, LimitValue
from tests.regulation import base

LIMIT = Limit(
    "decentralised_procurement_yuan",
    "分散采购限额标准",
    "20(1)",
    "yuan",
    (
        LimitValue(date(2023, 12, 1), Decimal(300_000), "旧目录", category="services"),
        LimitValue(
            date(2024, 1, 1), Decimal(400_000), "新目录", until=date(2024, 12, 31), category="services"
        ),
        LimitValue(date(2024, 1, 1), Decimal(600_000), "新目录", category="works"),
    ),
)


@pytest.mark.parametrize(
    ("on", "category", "value"),
    [
        (date(2023, 12, 31), "services", 300_000),
        (date(2024, 1, 1), "services", 400_000),
        (date(2024, 12, 31), "services", 400_000),
        (date(2025, 1, 1), "services", 300_000),  # the newer one has run out
        (date(2025, 1, 1), "works", 600_000),
    ],
)
def test_the_value_is_that_of_the_day_and_category(on: date, category: str, value: int) -> None:
    assert LIMIT.on(on, category) == value


def test_no_value_says_which_and_when() -> None:
    with pytest.raises(LimitMissing) as missing:
        LIMIT.on(date(2023, 11, 30), "services")
    assert (missing.value.name, missing.value.on) == (LIMIT.name, date(2023, 11, 30))
    with pytest.raises(LimitMissing):
        LIMIT.on(date(2025, 1, 1), "goods")


def test_a_limit_that_is_not_in_the_table_is_missing() -> None:
    limits = Limits(date(2025, 1, 1), {}, None)
    assert not limits.has("high_value_yuan")
    with pytest.raises(LimitMissing):
        _ = limits.high_value_yuan


def test_a_missing_number_is_one_finding_for_the_bureau() -> None:
    law = base.book(decentralised_procurement_yuan=None).on(base.TODAY)
    verdict = judge("feasibility_study", base.project("feasibility_study"), law)
    assert [each.code for each in verdict.findings] == ["LIMIT-MISSING"]
    assert verdict.findings[0].mender == "数据资源局"
    assert verdict.findings[0].missing == ("decentralised_procurement_yuan",)


def test_high_value_needs_no_procurement_limit() -> None:
    law = base.book(decentralised_procurement_yuan=None).on(base.TODAY)
    given = base.project("feasibility_study", total_investment_yuan=Decimal(5_000_000))
    assert judge("feasibility_study", given, law).decision == "route"


def test_the_category_that_an_it_project_falls_under_is_a_reading() -> None:
    for category, decision in (("services", "allow"), ("works", "block"), (None, "allow")):
        book = base.book({"procurement_category": category} if category else None)
        limits = {**book.limits, LIMIT.name: base.replace(LIMIT, values=BY_CATEGORY)}
        law = base.replace(book, limits=limits).on(base.TODAY)
        assert judge("construction_scheme", base.project("construction_scheme"), law).decision == decision


BY_CATEGORY = (
    LimitValue(date(2023, 12, 1), Decimal(500_000), "目录", category="services"),
    LimitValue(date(2023, 12, 1), Decimal(200_000), "目录", category="works"),
)
