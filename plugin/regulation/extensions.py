"""Chapter V, continued: when acceptance cannot be applied for in time (Article 39, third paragraph)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import always, later, needs
from plugin.regulation.lateness import due_now, extension_days
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, rule

EXTENSION_REASON = needs(
    "EXTENSION-REASON",
    {at.EXTENSION},
    "extension_reason",
    "延期验收申请没有说明理由。",
    "请说明不能按期申请验收的原因和后续安排。",
    applies=always,
    missing="reason",
    field="reason",
)


@rule(
    code="EXTENSION-LENGTH",
    stages={at.EXTENSION},
    field="requested_until_on",
    message="申请延期至{until}，超过本局规定的最长{months}个月（{longest}）。",
    remedy="请缩短延期时间，或者说明需要更长时间的原因，由项目审批部门决定。",
)
def extension_is_not_too_long(project: Project, law: Law) -> Breach | None:
    """The regulation names no length; a bureau may (I-26)."""
    months, until, due = (
        law.policy.extension_max_months,
        project.extension_requested_until_on,
        extension_days(project, law)[0],
    )
    if months is None or until is None or due is None:
        return None
    longest = later(due, months, "month")
    return Breach(until=until, months=months, longest=longest) if until > longest else None


@rule(
    code="EXTENSION-LATE",
    stages={at.EXTENSION},
    field="reason",
    message="应于{last}前申请竣工验收，延期申请已超过这一期限。",
    remedy="本次申请照常受理，并按逾期记录；请尽快申请验收。",
)
def extension_is_asked_in_time(project: Project, law: Law) -> Breach | None:
    """By the last day for the application (I-26)."""
    last = extension_days(project, law)[1]
    asked = project.extension_requested_on or law.on
    return Breach(last=last) if last and asked > last else None


@rule(
    code="CANNOT-APPLY-IN-TIME",
    stages={at.FEASIBLE, at.PRELIMINARY},
    field="held_on",
    message="{held}初验，试运行期满为{earliest}，已晚于申请竣工验收的期限{due}。",
    remedy="请在{due}前提交延期验收申请。",
)
def application_can_still_be_in_time(project: Project, law: Law) -> Breach | None:
    """Preliminary acceptance plus the trial operation must end before the application is due."""
    duty = due_now("acceptance_application", project, law)
    if duty is None or duty.due_on is None or not duty.is_open:
        return None
    held = project.preliminary_acceptance_held_on or law.on
    start = project.trial_started_on or held
    earliest = later(start, law.limits.trial_operation_months, law.readings.trial_operation_unit)
    return Breach(held=held, earliest=earliest, due=duty.due_on) if earliest > duty.due_on else None


RULES = (
    EXTENSION_REASON,
    extension_is_not_too_long,
    extension_is_asked_in_time,
    application_can_still_be_in_time,
)
