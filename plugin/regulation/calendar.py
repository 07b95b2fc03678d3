"""Days: calendar months, working days and the roll of a last day off a holiday.

Readings I-24, I-25, I-46, I-47 of the register (docs/readings.zh.md): the day an event happens is not counted, the
corresponding day of the last month is the last day, and where that month has no such day, its last day is.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Roll(StrEnum):
    """Which days push a last day to the day after them (I-47)."""

    NONE = "none"
    STATUTORY = "statutory"
    NONWORKING = "nonworking"


def add_months(day: date, months: int) -> date:
    """The corresponding day, `months` later: 31 January + 1 = the last day of February.

    Always count from the anchor: adding twice is not adding the sum.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the years that the State Council has announced.

    `holidays` are the days off of a statutory holiday, weekends inside it included; `make_up_days` the weekends worked
    for them; `years` the years for which both are known.
    """

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    years: frozenset[int]
    roll: Roll = Roll.NONWORKING

    def is_working(self, day: date) -> bool:
        """Whether offices work that day. In a year not announced weekends alone count."""
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def last_day(self, due_on: date) -> date | None:
        """The day after which an act is overdue, `None` while the year's holidays are not announced."""
        day = due_on
        while self._rolls(day):
            day += ONE_DAY
        return (
            day if self.roll is Roll.NONE or (day.year in self.years and due_on.year in self.years) else None
        )

    def covers(self, first: date, last: date) -> bool:
        """Whether every year from one day to the other is announced: what is counted between them is certain."""
        return self.years.issuperset(range(first.year, last.year + 1))

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`. Provisional where not `covers(day, it)`: there weekends alone count."""
        while count > 0:
            day += ONE_DAY
            count -= self.is_working(day)
        return day

    def subtract_working_days(self, day: date, count: int) -> date | None:
        """The last day from which `count` working days remain before `day`, `None` across a year not announced."""
        first = day
        while count > 0:
            first -= ONE_DAY
            count -= self.is_working(first)
        return first if self.covers(first, day) else None

    def _rolls(self, day: date) -> bool:
        if day.year not in self.years or self.roll is Roll.NONE:
            return False
        return day in self.holidays if self.roll is Roll.STATUTORY else not self.is_working(day)
