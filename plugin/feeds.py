"""Open duties as a calendar (RFC 5545): one all-day event on each due day, reminders as alarms. Pure.

The same duties under the same version are the same bytes: every stamp comes from the rows, none from the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event, vDuration

from plugin.clock import SHANGHAI
from plugin.ledger import OpenDuty
from plugin.manifest import Manifest
from plugin.moved import said
from plugin.reminders import DUTIES, OTHERWISE, WEEKDAYS
from plugin.reminding.moments import last_working_day

REFRESH = timedelta(hours=6)  # how often a program should look again
ONE_DAY = timedelta(days=1)


def tag_of(duties: Iterable[OpenDuty], manifest: Manifest, title: str) -> str:
    """What the calendar depends on, as a hash: known before the calendar is made."""
    lines = [
        f"{each.row.project_code}\t{each.row.key}\t{each.row.revision}\t{each.project_name}\t{each.unit}"
        for each in duties
    ]
    return _hash("\n".join((title, manifest.version, *lines)))


def calendar_of(duties: Iterable[OpenDuty], manifest: Manifest, title: str) -> bytes:
    """The whole calendar. What is no longer open, or rests, is not in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//zhengxiang//duties//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):  # RFC 7986, and what programs read that are older
        calendar.add(name, title)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for each in duties:
        if each.row.due_on:
            calendar.add_component(_event(each, each.row.due_on, manifest))
    return bytes(calendar.to_ical())


def _event(duty: OpenDuty, due_on: date, manifest: Manifest) -> Event:
    row, event = duty.row, Event()
    event.add("uid", f"{_hash(f'{row.project_code}/{row.key}')}@zhengxiang")
    for name in ("dtstamp", "last-modified"):
        event.add(name, duty.changed_at)
    event.add("sequence", row.revision)
    event.add("dtstart", due_on)
    event.add("dtend", due_on + ONE_DAY)
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if row.provisional else "CONFIRMED")
    event.add("categories", ["政项"])
    summary = (
        f"{'（暂定）' if row.provisional else ''}{_what(duty)}截止：{duty.project_name or row.project_code}"
    )
    event.add("summary", summary)
    event.add("description", "\n".join(_lines(duty, manifest)))
    midnight = datetime.combine(due_on, time(), SHANGHAI)
    mornings = {
        last_working_day(due_on - timedelta(days), manifest.book.calendar)
        for days in manifest.reminder_days(row.duty)
    }
    moments = {datetime.combine(day, time(manifest.reminders.hour), SHANGHAI) - midnight for day in mornings}
    for before in sorted(moments):
        event.add_component(_alarm(before, summary))
    return event


def _alarm(before: timedelta, summary: str) -> Alarm:
    """On the working morning on which the reminder of this system goes out too."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", before)
    alarm.add("description", summary)
    return alarm


def _lines(duty: OpenDuty, manifest: Manifest) -> Iterator[str]:
    row, pack = duty.row, manifest.book.pack
    yield f"项目：{row.project_code} {duty.project_name}".rstrip()
    yield f"单位：{duty.unit}"
    yield f"期限：{said(row)}"
    if row.window_opens_on:
        yield f"自{row.window_opens_on}（星期{WEEKDAYS[row.window_opens_on.weekday()]}）起可以办理。"
    if row.duty in OTHERWISE:
        yield OTHERWISE[row.duty]
    citation, words = pack.shown(row.article)
    yield f"依据：{citation}“{words}”"
    yield "在平台提交相应表单并受理后，本事项自动从日历中消失；项目暂停、终止，或者已申请延期的，也不显示。"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _what(duty: OpenDuty) -> str:
    return DUTIES.get(duty.row.duty, duty.row.duty)
