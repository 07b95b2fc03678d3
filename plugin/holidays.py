"""The working days that the State Council announced: chinesecalendar, corrected by calendar.d/<year>.yaml.

chinesecalendar ends with the last year announced when it was released. A year it does not know is covered as soon as
the bureau enters the notice; until then it is not among the calendar's years, and days in it are provisional.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import ClassVar

from chinese_calendar import constants

from plugin.regulation.calendar import Calendar, Roll
from plugin.strict_yaml import Document, Problem, YamlInvalid, parse, pointer_to

KEYS = ("holidays", "make_up_days", "source")
FIRST_YEAR, LAST_YEAR = 2004, 2099  # what a bureau may ask for; which of them are known is another question


class CalendarInvalid(YamlInvalid):
    """A correction file has mistakes; `problems` names all of them."""

    code: ClassVar[str] = "CALENDAR_INVALID"


def calendar_for(
    years: Iterable[int], corrections_dir: Path | None, roll: Roll = Roll.NONWORKING
) -> Calendar:
    """The calendar of those of the years that are known. A correction file replaces its whole year."""
    wanted = frozenset(years)
    known = {day.year for day in constants.holidays} & wanted
    holidays = {day for day in constants.holidays if day.year in known}
    make_up = {day for day in constants.workdays if day.year in known}
    for year, (off, worked) in _corrections(corrections_dir, wanted).items():
        holidays = {day for day in holidays if day.year != year} | off
        make_up = {day for day in make_up if day.year != year} | worked
        known.add(year)
    return Calendar(frozenset(holidays), frozenset(make_up), frozenset(known), roll)


def _corrections(folder: Path | None, wanted: frozenset[int]) -> dict[int, tuple[set[date], set[date]]]:
    if folder is None or not folder.is_dir():
        return {}
    found: dict[int, tuple[set[date], set[date]]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        document = _read(path)
        problems += document.problems
        if not document.problems and int(path.stem) in wanted:
            found[int(path.stem)] = (set(document.value["holidays"]), set(document.value["make_up_days"]))
    if problems:
        raise CalendarInvalid(tuple(problems))
    return found


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
