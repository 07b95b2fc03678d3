"""Whether open deadlines reach a year whose holidays nobody has entered, and how pressing that is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum


class Level(IntEnum):
    """The exit status of `zhengxiang calendar check`."""

    CALM = 0  # the State Council has not announced it yet
    SOON = 1  # from 1 November: by then it usually has
    MISSING = 2  # from 15 December: the year is about to begin


@dataclass(frozen=True, slots=True)
class Gap:
    """A year without holidays, and the open days in it."""

    year: int
    level: Level
    days: tuple[date, ...]


def gaps(open_days: Iterable[tuple[date, bool]], years: frozenset[int], on: date) -> list[Gap]:
    """The years not covered that due days reach, as of that day. A day comes with whether it is provisional."""
    found: dict[int, list[date]] = defaultdict(list)
    for day, provisional in open_days:
        if day.year not in years:
            found[day.year].append(day)
        elif provisional:  # it may roll into the next year
            found[day.year + 1].append(day)
    return [Gap(year, _level(year, on), tuple(sorted(days))) for year, days in sorted(found.items())]


def _level(year: int, on: date) -> Level:
    if on >= date(year - 1, 12, 15):
        return Level.MISSING
    return Level.SOON if on >= date(year - 1, 11, 1) else Level.CALM


def said(gap: Gap) -> str:
    """The gap in a sentence, with what to do."""
    head = f"{gap.year}年没有节假日安排：{len(gap.days)}项未办结事项的期限涉及该年，最早{gap.days[0]}，暂按周末计算。"
    if gap.level is Level.CALM:
        return head + "国务院办公厅一般在上一年11月公布，届时再导入。"
    return head + "请导入国务院办公厅的通知：zhengxiang calendar import 通知.txt --by 姓名"
