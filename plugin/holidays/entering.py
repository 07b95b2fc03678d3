"""A notice → the years it settles, as correction files: calendar.d/2027.yaml.

A yearly notice replaces its year. What it says of the December before, and what an amendment says, changes what is in
force for that year, so that the file of a year always holds the whole of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from plugin.errors import PluginError
from plugin.holidays.known import Year
from plugin.holidays.notice import Notice, weekday
from plugin.regulation.calendar import ONE_DAY, Calendar

BUILT_IN = "系统自带的节假日数据"


class NotAnnounced(PluginError):
    """The notice changes a year of which nothing is in force yet. Enter that year's own notice first."""

    code: ClassVar[str] = "YEAR_NOT_ANNOUNCED"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"通知改动了{year}年的安排，但系统中还没有{year}年的节假日。请先导入{year}年的通知。"
        )


def years_of(notice: Notice, calendar: Calendar, known: Mapping[int, Year]) -> dict[int, Year]:
    """The years that the notice replaces or changes. `known` are the correction files there are. Raises NotAnnounced."""
    off, worked = notice.off, notice.worked
    if notice.prolonged_to:
        off |= _prolonged(calendar, notice.prolonged_to)
    found = {notice.year: _within(notice.year, off, worked, notice.source)} if notice.whole else {}
    for year in sorted({day.year for day in off | worked} - found.keys()):
        if year not in calendar.years:
            raise NotAnnounced(year)
        new = _within(year, off, worked, notice.source)
        found[year] = Year(
            _of(year, calendar.holidays) - new.make_up_days | new.holidays,
            _of(year, calendar.make_up_days) - new.holidays | new.make_up_days,
            _both(known[year].source if year in known else BUILT_IN, notice.source),
        )
    return found


def _within(year: int, off: frozenset[date], worked: frozenset[date], source: str) -> Year:
    return Year(_of(year, off), _of(year, worked), source)


def _of(year: int, days: frozenset[date]) -> frozenset[date]:
    return frozenset(day for day in days if day.year == year)


def _prolonged(calendar: Calendar, until: date) -> frozenset[date]:
    """The days behind the last holiday before that day, up to it."""
    if until.year not in calendar.years:
        raise NotAnnounced(until.year)
    last = max((day for day in calendar.holidays if day <= until), default=until)
    return frozenset(last + number * ONE_DAY for number in range(1, (until - last).days + 1))


def _both(before: str, source: str) -> str:
    return before if source in before else f"{before}；{source}"


def write_year(folder: Path, year: int, content: Year, now: datetime) -> Path | None:
    """Write the file of a year as a whole or not at all. The file there was stays beside it: its path, None if there was none."""
    folder.mkdir(parents=True, exist_ok=True)
    path, unfinished = folder / f"{year}.yaml", folder / f"{year}.yaml.part"
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(as_yaml(year, content, now))
        file.flush()
        os.fsync(file.fileno())
    kept = _kept(path, now) if path.exists() else None
    unfinished.replace(path)
    return kept


def _kept(path: Path, now: datetime) -> Path:
    """A copy of the file that is about to be replaced."""
    kept = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S}.bak")
    kept.write_bytes(path.read_bytes())
    return kept


def as_yaml(year: int, content: Year, now: datetime) -> str:
    """The file's text: one day a line with its weekday, as a person checks it against the notice."""
    lines = [
        f"# {year}年节假日安排，{now:%Y-%m-%d}由 zhengxiang calendar import 写入。手工修改后须运行 zhengxiang apply 才生效。",
        f"source: {json.dumps(content.source, ensure_ascii=False)}",
    ]
    for name, days in (("holidays", content.holidays), ("make_up_days", content.make_up_days)):
        lines.append(f"{name}:{'' if days else ' []'}")
        lines += [f"  - {day} # {weekday(day)}" for day in sorted(days)]
    return "\n".join(lines) + "\n"
