"""Chapter V, after acceptance: self-evaluation, and what follows from not sharing or not being safe (Articles 39, 43, 44)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import builds
from plugin.regulation.duties import evaluation_window
from plugin.regulation.filings import BOTH
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.project import UPGRADE, Project
from plugin.regulation.verdict import Breach, Mender, rule


@rule(
    code="FUND-SHARING-CONFIRMED",
    stages={at.OM_FUND},
    field="sharing_ok",
    message="系统的数据共享情况未经数据资源局确认，不安排运维经费。",
    remedy="请提交数据共享确认，由数据资源局确认后再申请运维经费。",
    mender=Mender.BUREAU,
)
def sharing_confirmed_before_funds(project: Project, _law: Law) -> Breach | None:
    """Known to be unconfirmed: no money. Where nobody has said yet, the request goes to the bureau."""
    return Breach(missing=("sharing_confirmation",)) if project.data_sharing_confirmed is False else None


@rule(
    code="EVALUATION-EARLY",
    stages={at.EVALUATION},
    field="report",
    message="项目自{anchor}起通过验收并投入运行，{opens}起才可以开展自评价。",
    remedy="请在{opens}至{closes}之间提交自评价报告。",
)
def evaluation_is_not_early(project: Project, law: Law) -> Breach | None:
    """Not before the window opens (I-30)."""
    window = evaluation_window(project, law.book)
    if window is None or law.readings.early_self_evaluation:
        return None
    anchor, opens, closes = window
    done = project.self_evaluated_on or law.on
    return Breach(anchor=anchor, opens=opens, closes=closes) if done < opens else None


@rule(
    code="EVALUATION-ANCHOR",
    stages={at.EVALUATION},
    field="in_operation_on",
    message="项目还没有登记{absent}，不能提交自评价报告。",
    remedy="请先完成竣工验收，并登记投入运行日期。",
)
def evaluation_follows_acceptance_and_operation(project: Project, _law: Law) -> Breach | None:
    """Accepted and in operation, both."""
    absent = [name for name in ("accepted_on", "in_operation_on") if getattr(project, name) is None]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="EVALUATION-RECIPIENTS",
    stages={at.EVALUATION},
    field="recipients",
    message="自评价报告没有同时报送：{absent}。",
    remedy="请将项目审批部门和财政部门都列为报送对象。",
)
def evaluation_goes_to_both(project: Project, _law: Law) -> Breach | None:
    """To the approval department and to finance."""
    absent = [body for body in BOTH if body not in project.evaluation_recipients]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="NO-SHARING",
    stages={*at.DOSSIERS, at.REPLY},
    field="no_sharing_exception",
    message="项目提出不能进行数据共享，尚未经县政府批准，不能建设或者保留。",
    remedy="请提交不共享例外，由数据资源局报县政府，批准后再报批项目。",
)
def not_sharing_is_approved_by_government(project: Project, _law: Law) -> Breach | None:
    """A whole system that claims it cannot share needs the county government's consent first (I-33)."""
    asked = project.no_sharing_claim and not project.no_sharing_approved
    return Breach(missing=("no_sharing_approval",)) if asked else None


def restricted(project: Project, law: Law, ground: str) -> bool:
    """The unit stands under the finding; under the narrow reading only what changes a system is meant (I-32)."""
    if ground not in project.unit_restrictions or not builds(project, law):
        return False
    return law.readings.restriction_scope == "unit" or project.substance == UPGRADE


@rule(
    code="UNIT-SHARING",
    stages={*at.DECLARATIONS, at.REPLY, at.TENDER, at.START},
    field="construction_unit",
    message="项目建设单位有系统未按要求共享数据或者重复采集数据，整改完成前不得新建、改建、扩建政务信息系统。",
    remedy="请先完成整改，由数据资源局登记解除限制后再申报。",
)
def unit_shares_what_it_must(project: Project, law: Law) -> Breach | None:
    """The bureau's standing finding on a unit that does not share."""
    return Breach() if restricted(project, law, "sharing") else None


@rule(
    code="UNIT-SECURITY",
    stages={*at.DECLARATIONS, at.REPLY, at.TENDER, at.START},
    field="construction_unit",
    message="项目建设单位有系统不符合密码应用和网络安全要求或者存在重大安全隐患，整改完成前不得新建、改建、扩建政务信息系统。",
    remedy="请先完成整改，由数据资源局登记解除限制后再申报。",
)
def unit_is_secure(project: Project, law: Law) -> Breach | None:
    """The bureau's standing finding on a unit with an unsafe system."""
    return Breach() if restricted(project, law, "security") else None


@rule(
    code="SYSTEM-SHARING",
    stages={at.ORGANISATION, at.CONCLUSION, at.OM_FUND},
    field="sharing_ok",
    message="系统未按要求共享数据或者重复采集数据，不得进行验收，不安排运行维护经费。",
    remedy="请按要求共享数据、停止重复采集，由数据资源局确认后再办理。",
)
def system_shares_its_data(project: Project, _law: Law) -> Breach | None:
    """A system found not to share, or to collect again, is not accepted and gets no money."""
    return Breach() if project.sharing_ok is False or project.duplicates_collection else None


@rule(
    code="SYSTEM-SECURITY",
    stages={at.OM_FUND},
    field="crypto_ok",
    message="系统不符合密码应用和网络安全要求或者存在重大安全隐患，不安排运行维护经费。",
    remedy="请完成密码应用和网络安全整改，经有关部门确认后再申请。",
)
def system_is_secure(project: Project, _law: Law) -> Breach | None:
    """A system that fails cryptography or security rules gets no money."""
    if False not in (project.crypto_ok, project.security_ok):
        return None
    return Breach(field="crypto_ok" if project.crypto_ok is False else "security_ok")


@rule(
    code="LIFECYCLE-RECORD",
    stages={at.OM_FUND},
    field="in_lifecycle_system",
    message="项目没有纳入信息化项目全生命周期管理系统，原则上不安排运行维护经费。",
    remedy="请先将项目纳入全生命周期管理系统；有特殊原因的，由数据资源局核准。",
)
def project_is_in_the_lifecycle_system(project: Project, law: Law) -> Breach | None:
    """In principle no money for what the life-cycle system does not know (I-34)."""
    if project.in_lifecycle_system:
        return None
    return Breach(effect=None if law.readings.lifecycle_record_blocks else Effect.WARN)


RULES = (
    sharing_confirmed_before_funds,
    evaluation_is_not_early,
    evaluation_follows_acceptance_and_operation,
    evaluation_goes_to_both,
    not_sharing_is_approved_by_government,
    unit_shares_what_it_must,
    unit_is_secure,
    system_shares_its_data,
    system_is_secure,
    project_is_in_the_lifecycle_system,
    late("self_evaluation", at.EVALUATION, "report", "应于{last}前报送自评价报告，本次报送已超过期限。"),
)
