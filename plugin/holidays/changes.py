"""What changes between two calendars, and what one year looks like, in lines that an official reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from plugin.holidays.notice import weekday
from plugin.regulation.calendar import ONE_DAY, Calendar


def changes(old: Calendar, new: Calendar) -> list[str]:
    """A line a year that differs. A year without an arrangement counts as one of plain weekends."""
    return [
        f"{year}年节假日{_known(year, old, new)}：{_said(year, old, new)}"
        for year in sorted(old.years | new.years)
        if _days(old, year) != _days(new, year) or (year in old.years) != (year in new.years)
    ]


def _known(year: int, old: Calendar, new: Calendar) -> str:
    if year not in old.years:
        return "（新增，此前只按周末计算）"
    return "" if year in new.years else "（删去，改按周末计算）"


def _said(year: int, old: Calendar, new: Calendar) -> str:
    differing = [day for day in days_of(year) if old.is_working(day) != new.is_working(day)]
    off = [day for day in differing if not new.is_working(day)]
    worked = [day for day in differing if new.is_working(day)]
    if not differing:
        return "上班、休息的日子没有变化，只是标注有变化"
    named = (("改为放假", off), ("改为上班", worked))
    return "；".join(f"{name} {stretches(days)}" for name, days in named if days)


def _days(calendar: Calendar, year: int) -> tuple[set[date], ...]:
    both = (calendar.holidays, calendar.make_up_days)
    return tuple({day for day in days if day.year == year} for days in both)


def shown(calendar: Calendar, year: int) -> Iterator[str]:
    """A line a month: working days, days off that are no weekend, weekends worked."""
    total = 0
    for month in range(1, 13):
        days = [day for day in days_of(year) if day.month == month]
        working = [day for day in days if calendar.is_working(day)]
        off = [day for day in days if day in calendar.holidays]
        worked = [day for day in working if day in calendar.make_up_days]
        total += len(working)
        notes = (("放假", off), ("补班", worked))
        said = "；".join(f"{name} {stretches(each)}" for name, each in notes if each)
        yield f"{month:>2}月  工作日{len(working):>2}天  {said}".rstrip()
    yield f"全年工作日{total}天"


def stretches(days: Iterable[date]) -> str:
    """“1月1日（周五）至3日（周日）、1月9日（周六）”."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(_run(run[0], run[-1]) for run in runs)


def _run(first: date, last: date) -> str:
    said = f"{first.month}月{first.day}日（{weekday(first)}）"
    if first == last:
        return said
    month = "" if first.month == last.month else f"{last.month}月"
    return f"{said}至{month}{last.day}日（{weekday(last)}）"


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + number * ONE_DAY for number in range((date(year + 1, 1, 1) - first).days)]
