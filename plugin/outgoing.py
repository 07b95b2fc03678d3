"""What must leave because of what is known: write-backs, messages, reminders, filings. Pure.

Each wanted item has a subject (what it is about) and a payload without any clock in it: the outbox compares it with what
stands there, replaces what was not sent, and sends a new revision where the content changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from forms.definition import FormDefinition
from plugin.answers import summary
from plugin.clock import SHANGHAI
from plugin.ledger import Outgoing, Submission
from plugin.manifest import Manifest
from plugin.regulation.calendar import ONE_DAY, Calendar
from plugin.regulation.history import History, Judged, Standing
from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.verdict import Decision

OPENS = "opens"
BUREAU, WAITING = "data_bureau", ("awaiting_override", "unattached")
STATUS = {Standing.RETURNED: "returned", Standing.AWAITING_OVERRIDE: "awaiting_override"}
TITLES = {
    "passed": "已受理",
    "warned": "已受理，有需要注意的事项",
    "returned": "已退回，请修改后重新提交",
    "awaiting_override": "待核准",
    "unattached": "项目编码不存在，等待数据资源局核对",
}


def status_of(judged: Judged) -> str:
    """passed, warned, returned or awaiting_override."""
    warned = judged.verdict.decision is Decision.WARN
    return STATUS.get(judged.standing, "warned" if warned else "passed")


def about_record(
    form: FormDefinition, submission: Submission, status: str, verdict: Mapping[str, Any], now: datetime
) -> list[Outgoing]:
    """The verdict into the record, and a message to the person who saved it."""
    where = f"{submission.platform}:{submission.record}"
    result = {
        "platform": submission.platform,
        "form": form.name,
        "record": submission.record,
        "status": status,
        "message": summary(verdict),
        # under which version it was judged stands in the ledger: another one alone is no reason to write again
        "verdict": {name: value for name, value in verdict.items() if name != "law_version"},
        "project_code": submission.project_code,
    }
    wanted = [_outgoing("writeback", f"writeback:{where}", submission, now, result)]
    if submission.submitter:
        message = {
            "platform": submission.platform,
            "to": submission.submitter["id"],
            "title": f"{form.title}：{TITLES[status]}",
            "text": summary(verdict),
            "form": form.name,
            "record": submission.record,
        }
        wanted.append(_outgoing("message", f"message:{where}", submission, now, message))
    return wanted


def about_the_bureau(
    form: FormDefinition,
    submission: Submission,
    status: str,
    verdict: Mapping[str, Any],
    manifest: Manifest,
    now: datetime,
) -> list[Outgoing]:
    """A message to each person of the bureau (manifest.yaml, recipients) about what waits for it."""
    route = verdict["route"] or {}
    if status not in WAITING and BUREAU not in route.get("route_to", ()):
        return []
    wanted = []
    for person in manifest.recipients.get(BUREAU, ()):
        message = {
            "platform": submission.platform,
            "to": person,
            "title": f"{form.title}：{TITLES[status]}，需要数据资源局办理",
            "text": summary(verdict),
            "form": form.name,
            "record": submission.record,
        }
        subject = f"message:{person}:{submission.platform}:{submission.record}"
        wanted.append(_outgoing("message", subject, submission, now, message))
    return wanted


def about_filings(
    history: History,
    forms: Mapping[str, FormDefinition],
    submissions: Mapping[str, Submission],
    now: datetime,
) -> list[Outgoing]:
    """Every step that was taken goes into the life-cycle system (Article 23), in its order."""
    return [
        _filing(forms[judged.paper.form], submissions[judged.paper.record], judged, history.project, now)
        for judged in history.judged
        if judged.standing is Standing.TAKEN and forms[judged.paper.form].files
    ]


def _filing(
    form: FormDefinition, submission: Submission, judged: Judged, project: Project, now: datetime
) -> Outgoing:
    code = submission.project_code
    payload = {
        "project_code": code,
        "project_name": project.project_name,
        "construction_unit": project.construction_unit,
        "step": form.name,
        "step_title": form.title,
        "happened_on": judged.paper.on.isoformat(),
        "values": dict(submission.values),
    }
    paper = hashlib.sha256(judged.paper.record.encode()).hexdigest()[
        :12
    ]  # a record id may hold anything, a key may not
    subject = f"filing:{code}:{form.name}:{paper}"
    return Outgoing("filing", subject, f"{code}:lifecycle", code, now, payload)


def about_reminders(
    code: str, history: History, to: Mapping[str, Any] | None, manifest: Manifest, now: datetime
) -> list[Outgoing]:
    """For every open duty: the reminders still ahead, of those already past only the latest; the opening of its window."""
    if to is None:
        return []
    wanted: list[Outgoing] = []
    for duty in history.obligations:
        if not duty.is_open:
            continue
        for at, mark in _moments(duty, manifest, now):
            opens = duty.window_opens_on if mark == OPENS else None
            payload = {
                **to,
                **_reminder(duty, history.project),
                "opens_on": opens.isoformat() if opens else None,
            }
            subject = f"reminder:{code}:{duty.key}:{mark}"
            wanted.append(Outgoing("reminder", subject, f"{code}:reminder", code, at, payload))
    return wanted


def _moments(duty: Obligation, manifest: Manifest, now: datetime) -> Iterator[tuple[datetime, str]]:
    """When to remind, and what tells these moments apart."""
    if duty.window_opens_on is not None:
        yield morning(duty.window_opens_on, manifest), OPENS
    if duty.due_on is None:
        return
    days = sorted(manifest.reminder_days(duty.duty), reverse=True)
    moments = [(remind_at(duty.due_on, count, manifest), str(count)) for count in days]
    yield from [moment for moment in moments if moment[0] <= now][-1:]
    yield from (moment for moment in moments if moment[0] > now)


def remind_at(due_on: date, days_before: int, manifest: Manifest) -> datetime:
    """The working morning on or before that many days ahead of the due day."""
    return morning(last_working_day(due_on - timedelta(days=days_before), manifest.book.calendar), manifest)


def morning(day: date, manifest: Manifest) -> datetime:
    """The hour of that day at which the bureau wants reminders sent."""
    return datetime.combine(day, time(manifest.reminders.hour), SHANGHAI)


def last_working_day(day: date, calendar: Calendar) -> date:
    """That day, or the last working day before it; in a year not announced weekends alone count."""
    while not calendar.is_working(day):
        day -= ONE_DAY
    return day


def _reminder(duty: Obligation, project: Project) -> dict[str, Any]:
    return {
        "duty": duty.duty,
        "article": duty.article,
        "project_code": project.project_code,
        "project_name": project.project_name,
        "due_on": duty.due_on.isoformat() if duty.due_on else None,
        "overdue_after": duty.overdue_after.isoformat() if duty.overdue_after else None,
    }


def _outgoing(
    kind: str, subject: str, submission: Submission, now: datetime, payload: Mapping[str, Any]
) -> Outgoing:
    lane = f"{submission.project_code or submission.record}:{submission.platform}:{kind}"
    return Outgoing(kind, subject, lane, submission.project_code, now, dict(payload))
