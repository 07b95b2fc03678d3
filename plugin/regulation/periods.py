"""Periods that some bodies set and others do not: a round for demands, the lapse of an approval, notice of an extension.

Each stands on a limit or a policy value; where a body has none, the rule finds nothing.
"""

from __future__ import annotations

from datetime import date

from plugin.regulation import stages as at
from plugin.regulation.checks import later
from plugin.regulation.lateness import extension_days
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, rule


@rule(
    code="DEMAND-ROUND",
    stages={at.DEMAND},
    field="target_plan_year",
    message="需求征集每年{opens}开始、{closes}截止，本次于{day}提交，不在征集期内。",
    remedy="请在征集期内提交；错过征集期又确需建设的，按增补程序申请或者待下一次征集。",
)
def demand_comes_in_the_round(_project: Project, law: Law) -> Breach | None:
    """Demands are collected in the days of the yearly round, both ends included."""
    opens, closes = law.policy.collection_opens, law.policy.collection_closes
    if opens is None or closes is None:
        return None
    day = f"{law.on:%m-%d}"
    inside = opens <= day <= closes if opens <= closes else day >= opens or day <= closes
    return None if inside else Breach(opens=opens, closes=closes, day=law.on)


@rule(
    code="APPROVAL-LAPSED",
    stages={at.PROCUREMENT, at.TENDER, at.CONTRACT},
    field="approved_on",
    message="项目于{approved}获得批复，至{until}没有{act}，批复已经失效。",
    remedy="请重新报批，获得批复后再开展采购。",
)
def approval_has_not_lapsed(project: Project, law: Law) -> Breach | None:
    """An approval that was not used in time is void; the months run from the approval."""
    name = "contract_lapse_months" if law.stage == at.CONTRACT else "procurement_lapse_months"
    if project.approved_on is None or not law.limits.has(name):
        return None
    until = later(project.approved_on, law.limits.count(name), "month")
    act = "签订合同" if law.stage == at.CONTRACT else "开展采购"
    return Breach(approved=project.approved_on, until=until, act=act) if law.on > until else None


@rule(
    code="EXTENSION-NOTICE",
    stages={at.EXTENSION},
    field="reason",
    message="延期应当在{due}前至少{days}个工作日提出，最迟为{latest}，本次于{asked}提出。",
    remedy="本次申请是否受理由项目审批部门决定；请说明未能提前提出的原因。",
)
def extension_is_asked_well_ahead(project: Project, law: Law) -> Breach | None:
    """So many working days before the day it would extend. Provisional where the year's holidays are not announced."""
    due = extension_days(project, law)[0]
    if due is None or not law.limits.has("extension_notice_working_days"):
        return None
    days = law.limits.count("extension_notice_working_days")
    latest: date | None = law.calendar.subtract_working_days(due, days)
    asked = project.extension_requested_on or law.on
    if latest is None or asked <= latest:
        return None
    return Breach(due=due, days=days, latest=latest, asked=asked)


RULES = (demand_comes_in_the_round, approval_has_not_lapsed, extension_is_asked_well_ahead)
