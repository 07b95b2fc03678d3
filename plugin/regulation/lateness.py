"""Whether an act came after its last day. A late act is taken and marked, never refused for being late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from plugin.regulation.duties import obligations_of, report_duty
from plugin.regulation.filings import DUTIES
from plugin.regulation.law import Law
from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Rule, rule


def due_now(duty: str, project: Project, law: Law) -> Obligation | None:
    """The duty that a paper of this day answers: the last of its kind, for reports that of the year reported."""
    if duty == "performance_report":
        year = project.report_year or law.on.year
        return next(report_duty(project, law.book, year, project.performance_reported_on), None)
    found = obligations_of(project, law.book, (duty,))
    return found[-1] if found else None


def is_late(duty: Obligation, law: Law) -> bool:
    """Whether the act that answers it came after the last day."""
    return duty.is_late(duty.fulfilled_on or law.on)


def extension_days(project: Project, law: Law) -> tuple[date | None, date | None]:
    """The day by which acceptance had to be applied for before any extension, and its last day."""
    duty = due_now("acceptance_application", replace(project, extension_granted_until_on=None), law)
    if duty:
        return duty.due_on, duty.overdue_after or duty.due_on
    due = project.original_due_on
    return due, (law.calendar.last_day(due) or due) if due else None


def late(duty: str, stage: str, field: str, message: str) -> Rule:
    """The rule that marks a late act. It is taken all the same."""

    def check(project: Project, law: Law) -> Breach | None:
        found = due_now(duty, project, law)
        if found is None or not is_late(found, law):
            return None
        last = found.overdue_after or found.due_on
        year = project.report_year or law.on.year
        return Breach(anchored=found.anchored_on, due=found.due_on, last=last, year=year)

    return rule(
        code=DUTIES[duty],
        stages={stage},
        field=field,
        message=message,
        remedy="本次提交照常受理，并按逾期记录；请说明原因。",
    )(check)
