"""When a duty is recalled: working mornings before its day, on it and after it, without end while it stays undone. Pure.

Days are counted from the nominal day, overdue from the last one after the holiday roll (I-47). While a year's holidays
are not announced the nominal day is the earliest possible one, and is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from itertools import count
from typing import Protocol

from plugin.clock import SHANGHAI
from plugin.regulation.calendar import ONE_DAY, Calendar
from plugin.reminders import LONGEST_BREAK


class Role(StrEnum):
    """Whom a moment is for."""

    RESPONSIBLE = "responsible"
    UNIT_HEAD = "unit_head"
    BUREAU = "data_bureau"
    DEPARTMENTS = "departments"


class Duty(Protocol):
    """What of a duty the moments depend on. `notice`: a day to know of, that nobody can be late for."""

    @property
    def opens_on(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def overdue_after(self) -> date | None: ...
    @property
    def anchored_on(self) -> date | None: ...
    @property
    def role(self) -> str: ...
    @property
    def notice(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """The bureau's own: lead days by duty, working hours, what is repeated and whom it reaches then."""

    days_before: tuple[int, ...]
    hour: int
    until_hour: int
    overdue_every_days: int | None  # None: once
    undated_every_days: int | None  # None: never
    escalate_after_days: tuple[tuple[Role, int], ...]
    announced: tuple[int, int] | None  # month and day of the year in which the duty falls due
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Moment:
    """One morning. `mark` tells it from all other moments of the duty, and ends with the day it counts from."""

    at: datetime
    mark: str
    role: str


def moments(duty: Duty, habits: Habits, since: date = date.min) -> Iterator[Moment]:
    """Every moment of the duty in the order of time; endless where something is repeated.

    Repetitions long before `since` may be left out, all but the last of them.
    """
    once = sorted(_once(duty, habits), key=lambda each: each.at)
    return merge(once, *_repeated(duty, habits, since), key=lambda each: each.at)


def counts_from(mark: str) -> str:
    """The day that a mark counts from: once the duty's days are others, the moment has no meaning any more."""
    return mark.partition("@")[2]


def _once(duty: Duty, habits: Habits) -> Iterator[Moment]:
    calendar, opens, due = habits.calendar, duty.opens_on, duty.due_on
    if opens:
        yield _moment(next_working_day(opens, calendar), f"opens@{opens}", duty.role, habits)
    if due is None:
        return
    announced = date(due.year, *habits.announced) if habits.announced else due
    if announced < due:
        yield _moment(next_working_day(announced, calendar), f"announced@{due}", duty.role, habits)
    for days in {days for days in habits.days_before if days > 0}:
        day = last_working_day(due - timedelta(days), calendar)
        yield _moment(day, f"before:{days}@{due}", duty.role, habits)
    last = last_working_day(duty.overdue_after or due, calendar)
    yield _moment(last, f"due@{due}", duty.role, habits)


def _repeated(duty: Duty, habits: Habits, since: date) -> Iterator[Iterator[Moment]]:
    """Overdue, step by step up; or now and then, where the regulation sets a duty and no day."""
    if duty.due_on and not duty.notice:
        last, every = duty.overdue_after or duty.due_on, habits.overdue_every_days
        yield _series(last + ONE_DAY, every, "overdue", duty.due_on, duty.role, habits, since)
        above = habits.escalate_after_days if duty.role == Role.RESPONSIBLE else ()
        for role, days in above:
            yield _series(last + timedelta(days), every, role, duty.due_on, role, habits, since)
    elif not (duty.due_on or duty.opens_on) and duty.anchored_on and habits.undated_every_days:
        every = habits.undated_every_days
        yield _series(duty.anchored_on, every, "undated", duty.anchored_on, duty.role, habits, since)


def _series(
    first: date, every: int | None, name: str, counted_from: date, role: str, habits: Habits, since: date
) -> Iterator[Moment]:
    passed = max(0, (since - first - LONGEST_BREAK).days) // every if every else 0
    for number in count(passed) if every else (0,):
        day = next_working_day(first + timedelta(number * (every or 0)), habits.calendar)
        yield _moment(day, f"{name}:{number}@{counted_from}", role, habits)


def _moment(day: date, mark: str, role: str, habits: Habits) -> Moment:
    return Moment(morning(day, habits), mark, role)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a duty finds: the moments to record now, and when to look again (None: never)."""

    wanted: tuple[Moment, ...]
    again_at: datetime | None


def look(
    each: Iterable[Moment], role: str, after: datetime, now: datetime, first_at: datetime | None
) -> Look:
    """The moments in (after, now]. Of those missed because the duty was not known, the last is made up for at `first_at`.

    `first_at`: the first morning on which anybody can be told of a duty that has just arisen, None for any other.
    Only `role`, whom the duty concerns, is told then: who stands above learns of it in its own time.
    """
    missed: Moment | None = None
    wanted: list[Moment] = []
    again_at = None
    for moment in each:
        if moment.at > now:
            again_at = moment.at
            break
        if moment.at > after:
            wanted.append(moment)
        elif moment.role == role:
            missed = moment
    if missed and first_at:
        wanted.insert(0, Moment(first_at, missed.mark, missed.role))
    return Look(tuple(wanted), again_at)


def morning(day: date, habits: Habits) -> datetime:
    """The hour of that day from which reminders leave."""
    return datetime.combine(day, time(habits.hour), SHANGHAI)


def first_morning(at: datetime, habits: Habits) -> datetime:
    """The first working morning that is not over at that instant."""
    day = at.astimezone(SHANGHAI).date()
    day = day if at <= morning(day, habits) else day + ONE_DAY
    return morning(next_working_day(day, habits.calendar), habits)


def within_hours(now: datetime, habits: Habits) -> bool:
    """Whether anything may leave now: a working day, inside its hours."""
    here = now.astimezone(SHANGHAI)
    return habits.hour <= here.hour < habits.until_hour and habits.calendar.is_working(here.date())


def last_working_day(day: date, calendar: Calendar) -> date:
    """That day, or the last working day before it; in a year not announced weekends alone count."""
    while not calendar.is_working(day):
        day -= ONE_DAY
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """That day, or the first working day after it; in a year not announced weekends alone count."""
    while not calendar.is_working(day):
        day += ONE_DAY
    return day
