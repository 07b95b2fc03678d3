"""Days that moved because the law in force changed, most often the calendar: who is told, in which words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from plugin.ledger import Moved, ObligationRow, Outgoing
from plugin.reminders import DUTIES, WEEKDAYS


def about_moved(
    code: str, name: str, moved: Iterable[Moved], to: Mapping[str, Any], now: datetime
) -> Outgoing:
    """One message a project, whatever number of its days moved."""
    duties = list(moved)
    what = DUTIES[duties[0].now.duty] if len(duties) == 1 else f"{len(duties)}项"
    lines = [f"{n}. {DUTIES[each.now.duty]}：{_changed(each)}" for n, each in enumerate(duties, 1)]
    text = "\n".join(
        (
            f"项目{code}“{name}”下列事项的期限，已按现行的节假日安排和参数重新计算：",
            *lines,
            "以后的提醒按新的日期发出，您不必另行办理手续。",
        )
    )
    payload = {**to, "title": f"期限变动：{what}——{name or code}", "text": text}
    subject = f"message:moved:{code}:{now:%Y%m%dT%H%M%S%f}"
    return Outgoing("message", subject, f"{code}:{to['platform']}:message", code, now, payload)


def _changed(each: Moved) -> str:
    return f"原为{said(each.before)}，现为{said(each.now)}。"


def said(row: ObligationRow) -> str:
    """The due day with its roll, or that it is provisional, or that there is none."""
    if row.due_on is None:
        return "不设期限"
    if row.provisional:
        return f"{_day(row.due_on)}（该年度节假日安排尚未公布，暂定）"
    last = row.overdue_after
    return _day(row.due_on) + (f"，遇节假日顺延至{_day(last)}" if last and last != row.due_on else "")


def _day(day: date) -> str:
    return f"{day}（星期{WEEKDAYS[day.weekday()]}）"
