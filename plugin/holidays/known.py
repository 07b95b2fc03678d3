"""The working days that the State Council announced: chinesecalendar, corrected by calendar.d/<year>.yaml.

chinesecalendar ends with the last year announced when it was released. A year it does not know is covered as soon as
the bureau enters the notice; until then it is not among the calendar's years, and days in it are provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from chinese_calendar import constants

from plugin.regulation.calendar import Calendar, Roll
from plugin.strict_yaml import Document, YamlInvalid, parse, pointer_to

KEYS = ("holidays", "make_up_days", "source")
FIRST_YEAR, LAST_YEAR = 2004, 2099  # what a bureau may ask for; which of them are known is another question


class CalendarInvalid(YamlInvalid):
    """A correction file has mistakes; `problems` names all of them."""

    code: ClassVar[str] = "CALENDAR_INVALID"


@dataclass(frozen=True, slots=True)
class Year:
    """The arrangement of one year, as its correction file says it."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    source: str


def calendar_for(
    years: Iterable[int],
    corrections_dir: Path | None,
    roll: Roll = Roll.NONWORKING,
    entered: Mapping[int, Year] | None = None,
) -> Calendar:
    """The calendar of those of the years that are known. A correction file, and what is being `entered`, replaces its year."""
    wanted = frozenset(years)
    replaced = {**corrections(corrections_dir), **(entered or {})}
    replaced = {year: each for year, each in replaced.items() if year in wanted}
    known = {day.year for day in constants.holidays} & wanted - replaced.keys()
    holidays = [day for day in constants.holidays if day.year in known]
    make_up = [day for day in constants.workdays if day.year in known]
    return Calendar(
        frozenset(holidays).union(*(each.holidays for each in replaced.values())),
        frozenset(make_up).union(*(each.make_up_days for each in replaced.values())),
        frozenset(known | replaced.keys()),
        roll,
    )


def corrections(folder: Path | None) -> dict[int, Year]:
    """The years that the folder holds a file for. Raises CalendarInvalid with the mistakes of all files."""
    documents = [_read(path) for path in sorted(folder.glob("*.yaml"))] if folder and folder.is_dir() else []
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise CalendarInvalid(tuple(problems))
    return {int(Path(each.file).stem): _year(each.value) for each in documents}


def _year(value: Mapping[str, Any]) -> Year:
    return Year(frozenset(value["holidays"]), frozenset(value["make_up_days"]), value["source"].strip())


def _read(path: Path) -> Document:
    try:
        document = parse(path.read_bytes(), str(path))
    except OSError:
        document = Document(str(path))
        document.report("", "CALENDAR-UNREADABLE", "节假日文件不能读取。", "请检查文件权限。")
        return document
    if not document.problems:
        _check(document, path.stem)
    return document


def _check(document: Document, stem: str) -> None:
    if not (stem.isascii() and stem.isdigit() and FIRST_YEAR <= int(stem) <= LAST_YEAR):
        document.report("", "CALENDAR-NAME", "节假日文件应以年份命名。", "例如 2027.yaml。")
        return
    if not isinstance(document.value, dict):
        document.report("", "CALENDAR-SHAPE", "节假日文件应含 holidays、make_up_days、source 三项。")
        return
    for name in document.value.keys() - set(KEYS):
        hint = f"可用的名称：{'、'.join(KEYS)}。"
        document.report(pointer_to("", name), "UNKNOWN-KEY", f"没有名为“{name}”的项。", hint, at_key=True)
    for name in KEYS[:2]:
        _check_days(document, name, int(stem))
    if not isinstance(document.value.get("source"), str) or not document.value["source"].strip():
        document.report("/source", "SOURCE-MISSING", "没有写明依据。", "请填写国务院办公厅通知的文号。")
    both = _days(document, "holidays") & _days(document, "make_up_days")
    for day in sorted(both):
        document.report("/make_up_days", "CALENDAR-BOTH", f"{day}既是放假日又是补班日。", "请删去其中一处。")


def _days(document: Document, name: str) -> set[date]:
    days = document.value.get(name)
    return {day for day in days if isinstance(day, date)} if isinstance(days, list) else set()


def _check_days(document: Document, name: str, year: int) -> None:
    days = document.value.get(name)
    if not isinstance(days, list):
        document.report(f"/{name}", "CALENDAR-SHAPE", f"{name} 应为日期列表。", "没有的填 []。")
        return
    for number, day in enumerate(days):
        pointer = f"/{name}/{number}"
        if not isinstance(day, date):
            document.report(pointer, "NOT-A-DAY", f"“{day}”不是日期。", "请写成 2027-01-01 的样子。")
        elif day.year != year:
            document.report(
                pointer, "CALENDAR-YEAR", f"{day}不在{year}年。", "跨年的假日请写在各自年份的文件里。"
            )
        elif name == "make_up_days" and day.weekday() < 5:
            document.report(pointer, "CALENDAR-WEEKDAY", f"{day}不是周末，不会是补班日。", "请核对通知。")
