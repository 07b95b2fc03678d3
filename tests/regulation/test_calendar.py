"""Months, working days and the roll of a last day, on the days that go wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.holidays import calendar_for
from plugin.regulation.calendar import Calendar, Roll, add_months

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def calendar(roll: Roll = Roll.NONWORKING) -> Calendar:
    return calendar_for(range(2023, 2028), None, roll)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 2, date(2025, 3, 31)),
        (date(2025, 2, 28), 6, date(2025, 8, 28)),
        (date(2025, 6, 30), 6, date(2025, 12, 30)),
        (date(2024, 12, 31), 3, date(2025, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2023, 2, 1), 1, date(2023, 3, 1)),
    ],
)
def test_months_end_on_the_corresponding_day(day: date, months: int, last: date) -> None:
    assert add_months(day, months) == last


@given(DAYS, st.integers(0, 60))
def test_months_never_leave_their_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (date(2025, 1, 31), date(2025, 2, 5)),  # Spring Festival 2025: 28 January to 4 February
        (date(2025, 10, 5), date(2025, 10, 9)),  # National Day and Mid-Autumn 2025
        (date(2024, 10, 12), date(2024, 10, 12)),  # a Saturday worked for a holiday
        (date(2025, 7, 5), date(2025, 7, 7)),  # an ordinary Saturday
        (date(2025, 3, 10), date(2025, 3, 10)),
    ],
)
def test_a_last_day_off_work_rolls_to_the_next_working_day(due: date, last: date) -> None:
    assert calendar().last_day(due) == last


def test_only_statutory_holidays_roll_where_read_so() -> None:
    assert calendar(Roll.STATUTORY).last_day(date(2025, 7, 5)) == date(2025, 7, 5)
    assert calendar(Roll.STATUTORY).last_day(date(2025, 1, 31)) == date(2025, 2, 5)


def test_nothing_rolls_where_read_so() -> None:
    assert calendar(Roll.NONE).last_day(date(2025, 1, 31)) == date(2025, 1, 31)
    assert calendar(Roll.NONE).last_day(date(2027, 1, 31)) == date(2027, 1, 31)


def test_a_year_not_announced_has_no_last_day() -> None:
    assert calendar().last_day(date(2027, 3, 8)) is None


def test_working_days_are_counted_by_weekends_where_no_year_is_announced() -> None:
    assert calendar().add_working_days(date(2026, 12, 30), 5) == date(
        2027, 1, 6
    )  # 1 January counts as a Friday
    assert not calendar().covers(date(2026, 12, 30), date(2027, 1, 6))
    assert calendar().covers(date(2025, 12, 30), date(2026, 1, 6))


@pytest.mark.parametrize("day", [date(2027, 1, 10), date(2027, 1, 4)])
def test_no_day_is_counted_back_from_a_year_not_announced(day: date) -> None:
    assert calendar().subtract_working_days(day, 2) is None


@given(st.dates(date(2023, 1, 1), date(2026, 12, 20)))
def test_a_last_day_is_never_early_and_always_worked(due: date) -> None:
    last = calendar().last_day(due)
    assert last is None or (last >= due and calendar().is_working(last))


def test_working_days_skip_the_holiday_and_count_the_day_worked_for_it() -> None:
    assert calendar().add_working_days(date(2025, 4, 1), 5) == date(2025, 4, 9)  # 清明 on 4 April
    assert calendar().add_working_days(date(2025, 1, 25), 1) == date(2025, 1, 26)  # a Sunday worked
    assert calendar().subtract_working_days(date(2025, 4, 9), 5) == date(2025, 4, 1)
