"""On which mornings a duty is recalled. 2026: 1 May is a Friday, holidays 1 to 5 May, 9 May is worked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from plugin.clock import SHANGHAI
from plugin.holidays import calendar_for
from plugin.reminding.moments import (
    Habits,
    Moment,
    Role,
    counts_from,
    first_morning,
    look,
    moments,
    within_hours,
)

CALENDAR = calendar_for(range(2004, 2100), None)
HABITS = Habits((30, 7, 1), 9, 17, 7, 30, ((Role.UNIT_HEAD, 7), (Role.BUREAU, 14)), None, CALENDAR)


@dataclass(frozen=True)
class Given:
    """A duty as the moments see it."""

    opens_on: date | None = None
    due_on: date | None = None
    overdue_after: date | None = None
    anchored_on: date | None = None
    role: str = Role.RESPONSIBLE
    notice: bool = False


def mornings(duty: Given, habits: Habits = HABITS, until: str = "9999") -> list[tuple[str, str]]:
    """Day and mark of each moment up to a day."""
    found = []
    for each in islice(moments(duty, habits), 40):
        day = each.at.date().isoformat()
        if day > until:
            break
        found.append((day, each.mark.partition("@")[0]))
    return found


DUE = Given(due_on=date(2026, 6, 10), overdue_after=date(2026, 6, 10))  # a Wednesday


def test_a_duty_is_recalled_before_on_and_after_its_day_step_by_step_up() -> None:
    assert mornings(DUE, until="2026-07-01") == [
        ("2026-05-11", "before:30"),
        ("2026-06-03", "before:7"),
        ("2026-06-09", "before:1"),
        ("2026-06-10", "due"),
        ("2026-06-11", "overdue:0"),
        ("2026-06-17", "unit_head:0"),
        ("2026-06-18", "overdue:1"),
        ("2026-06-24", "unit_head:1"),
        ("2026-06-24", "data_bureau:0"),
        ("2026-06-25", "overdue:2"),
        ("2026-07-01", "unit_head:2"),
        ("2026-07-01", "data_bureau:1"),
    ]


def test_before_is_earlier_and_after_is_later_where_nobody_works() -> None:
    rolled = Given(due_on=date(2026, 5, 2), overdue_after=date(2026, 5, 6))
    assert mornings(rolled, until="2026-05-08") == [
        ("2026-04-02", "before:30"),
        ("2026-04-24", "before:7"),
        ("2026-04-30", "before:1"),
        ("2026-05-06", "due"),  # the day after the holidays still counts
        ("2026-05-07", "overdue:0"),
    ]


def test_a_last_day_that_does_not_roll_is_recalled_before_the_weekend() -> None:
    sunday = Given(due_on=date(2027, 1, 31), overdue_after=date(2027, 1, 31))
    assert ("2027-01-29", "due") in mornings(sunday) and ("2027-02-01", "overdue:0") in mornings(sunday)


def test_in_a_year_not_announced_the_earliest_possible_day_counts() -> None:
    provisional = Given(due_on=date(2027, 10, 2), overdue_after=None)  # a Saturday, in what will be holidays
    found = mornings(provisional)
    assert ("2027-10-01", "due") in found and ("2027-10-04", "overdue:0") in found


def test_a_make_up_day_is_a_working_day() -> None:
    saturday = Given(due_on=date(2026, 5, 9), overdue_after=date(2026, 5, 9))
    assert ("2026-05-09", "due") in mornings(saturday)


def test_a_window_is_told_on_its_first_working_day() -> None:
    window = Given(opens_on=date(2026, 5, 2), due_on=date(2027, 5, 2), overdue_after=None)
    assert mornings(window)[0] == ("2026-05-06", "opens")
    assert mornings(Given(opens_on=date(2026, 5, 2))) == [("2026-05-06", "opens")]


def test_what_has_no_day_is_recalled_now_and_then() -> None:
    undated = Given(anchored_on=date(2026, 3, 2))
    assert mornings(undated, until="2026-05-06") == [
        ("2026-03-02", "undated:0"),
        ("2026-04-01", "undated:1"),
        ("2026-05-06", "undated:2"),
    ]
    assert mornings(undated, replace(HABITS, undated_every_days=None)) == []
    assert mornings(Given()) == []


def test_nobody_is_late_for_a_notice_and_nobody_stands_above_the_bureau() -> None:
    assert mornings(replace(DUE, notice=True))[-1] == ("2026-06-10", "due")
    above = {each.role for each in islice(moments(replace(DUE, role=Role.BUREAU), HABITS), 12)}
    assert above == {Role.BUREAU}


def test_overdue_may_be_said_once_only() -> None:
    once = replace(HABITS, overdue_every_days=None)
    assert [mark for _day, mark in mornings(DUE, once)][4:] == ["overdue:0", "unit_head:0", "data_bureau:0"]


def test_a_report_is_announced_in_its_year() -> None:
    habits = replace(HABITS, announced=(11, 1))
    report = Given(due_on=date(2026, 12, 31), overdue_after=date(2026, 12, 31))
    assert mornings(report, habits)[0] == ("2026-11-02", "announced")
    early = Given(due_on=date(2026, 6, 30), overdue_after=date(2026, 6, 30))
    assert "announced" not in {mark for _day, mark in mornings(early, habits)}


def test_a_mark_ends_with_the_day_it_counts_from() -> None:
    assert {counts_from(each.mark) for each in islice(moments(DUE, HABITS), 12)} == {"2026-06-10"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def looked(after: str, now: str, first_at: str | None = None) -> tuple[list[str], str | None]:
    found = look(moments(DUE, HABITS), DUE.role, at(after), at(now), at(first_at) if first_at else None)
    marks = [each.mark.partition("@")[0] for each in found.wanted]
    return marks, found.again_at.date().isoformat() if found.again_at else None


def test_a_look_finds_what_has_come_since_the_last_and_when_to_look_again() -> None:
    assert looked("2026-05-10T12:00", "2026-05-11T08:59") == ([], "2026-05-11")
    assert looked("2026-05-10T12:00", "2026-05-11T09:00") == (["before:30"], "2026-06-03")
    assert looked("2026-05-11T09:00", "2026-05-11T09:00") == ([], "2026-06-03")
    assert looked("2026-06-02T12:00", "2026-06-17T12:00") == (
        ["before:7", "before:1", "due", "overdue:0", "unit_head:0"],
        "2026-06-18",
    )


def test_of_what_was_missed_before_a_duty_arose_only_the_last_is_made_up_for() -> None:
    arises = "2026-06-04T14:00"
    found = look(moments(DUE, HABITS), DUE.role, at(arises), at(arises), at("2026-06-05T09:00"))
    assert found.wanted == (Moment(at("2026-06-05T09:00"), "before:7@2026-06-10", Role.RESPONSIBLE),)
    assert looked("2026-05-01T14:00", "2026-05-01T14:00", "2026-05-06T09:00")[0] == []


def test_who_stands_above_is_not_told_at_once_of_what_has_just_arisen() -> None:
    assert looked("2026-06-24T14:00", "2026-06-24T14:00", "2026-06-25T09:00")[0] == ["overdue:1"]


def test_a_look_at_what_never_comes_again_ends() -> None:
    notice = replace(DUE, notice=True)
    found = look(
        moments(notice, HABITS), Role.RESPONSIBLE, at("2026-06-10T08:00"), at("2026-06-10T09:00"), None
    )
    assert [each.mark for each in found.wanted] == ["due@2026-06-10"] and found.again_at is None


@pytest.mark.parametrize(
    ("now", "may", "first"),
    [
        ("2026-06-10T08:59", False, "2026-06-10T09:00"),
        ("2026-06-10T09:00", True, "2026-06-10T09:00"),
        ("2026-06-10T16:59", True, "2026-06-11T09:00"),
        ("2026-06-10T17:00", False, "2026-06-11T09:00"),
        ("2026-06-13T10:00", False, "2026-06-15T09:00"),  # Saturday
        ("2026-05-09T10:00", True, "2026-05-11T09:00"),  # a worked Saturday
        ("2026-05-01T10:00", False, "2026-05-06T09:00"),
    ],
)
def test_reminders_leave_on_working_days_inside_the_hours(now: str, may: bool, first: str) -> None:
    assert within_hours(at(now), HABITS) is may
    assert first_morning(at(now), HABITS) == at(first)
    in_utc = at(now).astimezone(tz=None) + timedelta(0)
    assert within_hours(in_utc, HABITS) is may


def test_what_lies_long_behind_need_not_be_gone_through() -> None:
    """Leaving out repetitions of before changes nothing of what a look finds, fresh or not."""
    day = date(2026, 6, 1)
    while day < date(2028, 3, 1):
        now = datetime.combine(day, datetime.min.time(), SHANGHAI).replace(hour=9)
        for after in (now - timedelta(days=1), now - timedelta(days=40)):
            for first_at in (None, now):
                found = look(moments(DUE, HABITS, after.date()), DUE.role, after, now, first_at)
                assert found == look(moments(DUE, HABITS), DUE.role, after, now, first_at)
        day += timedelta(5)
