"""Chapter VII, oversight: rectification, sanctions that people decide, evaluation results (Articles 48 to 51)."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.regulation import stages as at
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.states import Standing
from plugin.regulation.verdict import Breach, Mender, rule

OPTIONS = ("circulate_criticism", "suspend_plan_or_funds", "suspend_project", "terminate_project")
STOPPED = (Standing.PROJECT_SUSPENDED, Standing.TERMINATED)


def overdue(project: Project, law: Law) -> bool:
    """The order's date has passed without feedback."""
    deadline = project.rectification_deadline_on
    return deadline is not None and project.rectification_submitted_on is None and law.on > deadline


@rule(
    code="RECTIFICATION-OVERDUE",
    stages={at.TICK},
    field="deadline",
    message="整改期限为{deadline}，期满仍未收到整改反馈。",
    remedy="请项目审批部门决定是否通报批评、暂缓安排计划或资金、暂停项目建设或者终止项目；系统不会自动处理。",
    mender=Mender.BUREAU,
)
def rectified_by_the_deadline(project: Project, law: Law) -> Breach | None:
    """An order not followed in time is laid before the approval department."""
    return Breach(deadline=project.rectification_deadline_on) if overdue(project, law) else None


@rule(
    code="STILL-NONCOMPLIANT",
    stages={at.RECTIFICATION},
    field="verification",
    message="整改后仍不符合要求。",
    remedy="请项目审批部门决定后续处理；系统不会自动处理。",
    mender=Mender.BUREAU,
)
def rectification_is_sufficient(project: Project, _law: Law) -> Breach | None:
    """Still not compliant is treated like not rectified."""
    return Breach() if project.rectification_verification == "still_noncompliant" else None


@rule(
    code="SANCTION-NAMED",
    stages={at.RECTIFICATION},
    field="sanction",
    message="处理决定缺少：{absent}。",
    remedy="处理由项目审批部门的人员决定，请填写决定人和理由。",
    mender=Mender.BUREAU,
)
def sanctions_are_decided_by_a_person(project: Project, _law: Law) -> Breach | None:
    """Never automatic: somebody decides and says why."""
    if project.sanction in (None, "none"):
        return None
    absent = [name for name in ("sanction_decided_by", "sanction_reason") if not getattr(project, name)]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="PROJECT-STOPPED",
    stages={at.TENDER, at.START, at.OM_START},
    field="project_code",
    message="项目已被{standing}，不能继续采购或者实施。",
    remedy="请先完成整改，由项目审批部门解除后再继续。",
    mender=Mender.BUREAU,
)
def project_is_not_stopped(project: Project, _law: Law) -> Breach | None:
    """A suspended or terminated project does not go on."""
    return Breach(standing=project.standing) if project.standing in STOPPED else None


@rule(
    code="EVALUATION-BASIS",
    stages={at.RANKING},
    field="candidates",
    message="项目{id}上一年度评价结果较差，评价结果是下一年度安排建设和运维经费的重要依据。",
    remedy="请在排序时考虑评价结果，由人员决定如何安排。",
    mender=Mender.BUREAU,
)
def evaluation_results_are_considered(project: Project, _law: Law) -> Iterator[Breach]:
    """Poor results are pointed out; their weight is for people."""
    for number, row in enumerate(project.candidates):
        if row.get("evaluation") == "poor":
            yield Breach(row=number, id=row["id"])


RULES = (
    rectified_by_the_deadline,
    rectification_is_sufficient,
    sanctions_are_decided_by_a_person,
    project_is_not_stopped,
    evaluation_results_are_considered,
    late("rectification", at.RECTIFICATION, "done_on", "整改期限为{last}，本次反馈已超过期限。"),
)
