"""Chapter V, acceptance: preliminary acceptance, trial operation, acceptance, evaluation (Articles 39 to 44)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import PASSED, always, builds, earliest_trial_end, needs
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

MATERIALS = (
    "construction_summary",
    "financial_report",
    "audit_report",
    "supervision_report",
    "risk_assessment_report",
    "crypto_assessment_report",
)


@rule(
    code="PRELIM-OPINION",
    stages={at.PRELIMINARY},
    field="opinion_file",
    message="初验已于{held}举行，没有附初验意见。",
    remedy="请形成初验意见，签字盖章后上传。",
)
def preliminary_acceptance_forms_an_opinion(project: Project, _law: Law) -> Breach | None:
    """A preliminary acceptance that was held has its opinion."""
    held = project.preliminary_acceptance_held_on
    return (
        Breach(missing=("opinion_file",), held=held)
        if held and not project.preliminary_acceptance_opinion
        else None
    )


@rule(
    code="PRELIM-ORDER",
    stages={at.PRELIMINARY},
    field="held_on",
    message="初验日期{held}早于建设完成日期{completed}，初验应当在建设完成后组织。",
    remedy="请核对两个日期；尚未建设完成的，完成后再组织初验。",
)
def preliminary_acceptance_follows_completion(project: Project, _law: Law) -> Breach | None:
    """Completion first, then preliminary acceptance."""
    held, completed = project.preliminary_acceptance_held_on, project.completed_on
    return Breach(held=held, completed=completed) if held and completed and held < completed else None


@rule(
    code="PRELIM-PASSED",
    stages={at.TRIAL, at.APPLICATION},
    field="preliminary_acceptance",
    message="项目还没有通过初验。",
    remedy="请先自行组织初验，形成初验意见，通过后再试运行和申请竣工验收。",
)
def preliminary_acceptance_passed(project: Project, law: Law) -> Breach | None:
    """Trial operation and final acceptance come after a passed preliminary acceptance."""
    passed = project.preliminary_acceptance_held_on and project.preliminary_acceptance_conclusion == PASSED
    return None if passed or not builds(project, law) else Breach(missing=("preliminary_acceptance",))


@rule(
    code="TRIAL-ORDER",
    stages={at.TRIAL, at.APPLICATION},
    field="trial_started_on",
    message="试运行于{started}开始，早于初验日期{held}，试运行应当在初验之后开展。",
    remedy="请在初验通过后重新开展试运行。",
)
def trial_follows_preliminary_acceptance(project: Project, _law: Law) -> Breach | None:
    """The trial operation starts on the day of the preliminary acceptance or after it (I-23)."""
    started, held = project.trial_started_on, project.preliminary_acceptance_held_on
    return Breach(started=started, held=held) if started and held and started < held else None


@rule(
    code="TRIAL-MONTH",
    stages={at.TRIAL, at.APPLICATION},
    field="trial_started_on",
    message="试运行应不少于{months}个月：{started}开始试运行，{earliest}起方可结束，目前到{ended}。",
    remedy="请试运行至{earliest}或者更晚，再提交试运行结果或者竣工验收申请。",
)
def trial_operation_lasts_long_enough(project: Project, law: Law) -> Breach | None:
    """The system ran on trial for the required months (I-24); a minimum length does not roll."""
    earliest = earliest_trial_end(project, law)
    if earliest is None or not builds(project, law):
        return None
    ended = project.trial_ended_on
    if ended is None:
        ended = None if law.stage == at.TRIAL else project.acceptance_applied_on or law.on
    if ended is None or ended >= earliest:
        return None
    months = law.limits.trial_operation_months
    return Breach(months=months, started=project.trial_started_on, earliest=earliest, ended=ended)


TRIAL_RUN = needs(
    "TRIAL-RUN",
    {at.APPLICATION},
    "trial_started_on",
    "项目还没有开展试运行。",
    "请在初验后开展试运行并填写起止日期，期满再申请竣工验收。",
)


@rule(
    code="MATERIALS",
    stages={at.APPLICATION, at.ORGANISATION},
    field="materials",
    message="验收资料不齐：{absent}。",
    remedy="请上传缺少的资料；不需要的，在该项说明理由。",
)
def acceptance_materials_are_complete(project: Project, law: Law) -> Breach | None:
    """Each of the six is there or its absence is explained (I-31); maintenance gives what fits."""
    if not builds(project, law):
        return None
    given = {row["material"] for row in project.acceptance_materials if row.get("file") or row.get("reason")}
    absent = [material for material in MATERIALS if material not in given]
    effect = None if law.readings.material_gap_blocks else Effect.WARN
    return Breach(missing=absent, absent=absent, effect=effect) if absent else None


SHARING_CONFIRMED = needs(
    "SHARING-CONFIRMED",
    {at.ORGANISATION, at.CONCLUSION},
    "data_sharing_confirmed",
    "项目的数据共享情况尚未经数据资源局确认，不组织验收、不安排运维经费。",
    "请提交数据共享确认，由数据资源局确认后再组织验收。",
    mender=Mender.BUREAU,
    applies=always,
    missing="sharing_confirmation",
)


IP_TENDER = needs(
    "IP-CLAUSE",
    {at.PROCUREMENT},
    "procurement_ip_clause",
    "采购文件没有明确项目成果及相关知识产权归政府所有。",
    "请在采购文件中写明设计文件、源代码、测试文档、数据资源、数据接口等成果及知识产权归政府所有。",
    applies=always,
    missing="ip_clause",
    field="ip_clause",
)


@rule(
    code="CONTRACT-IP",
    stages={at.CONTRACT},
    field="ip_clause",
    message="合同没有约定项目成果及相关知识产权归政府所有，备案照常受理并记录。",
    remedy="请与供应商签订补充协议，约定成果和知识产权归政府所有。",
)
def contract_gives_the_results_to_government(project: Project, law: Law) -> Breach | None:
    """A signed contract without the clause is taken and flagged (I-48)."""
    if project.contract_ip_clause:
        return None
    return Breach(
        missing=("ip_clause",), effect=Effect.BLOCK if law.readings.contract_breach_blocks else None
    )


@rule(
    code="ARCHIVE",
    stages={at.CONCLUSION},
    field="archive_acceptance",
    message="项目档案验收结论为“{conclusion}”，未进行档案验收或者档案验收不合格的，不得通过项目验收。",
    remedy="请先完成档案验收，合格后再通过项目验收。",
)
def archives_were_accepted(project: Project, _law: Law) -> Breach | None:
    """No acceptance without qualified archives. A conclusion of 不通过 needs none."""
    if project.archive_acceptance == "qualified" or project.acceptance_conclusion == "failed":
        return None
    return Breach(missing=("archive_acceptance",), conclusion=project.archive_acceptance)


RULES = (
    preliminary_acceptance_forms_an_opinion,
    preliminary_acceptance_follows_completion,
    preliminary_acceptance_passed,
    trial_follows_preliminary_acceptance,
    trial_operation_lasts_long_enough,
    TRIAL_RUN,
    acceptance_materials_are_complete,
    SHARING_CONFIRMED,
    IP_TENDER,
    contract_gives_the_results_to_government,
    archives_were_accepted,
    late(
        "preliminary_acceptance",
        at.PRELIMINARY,
        "held_on",
        "项目于{anchored}建设完成，应于{last}前组织初验，本次已超过期限。",
    ),
    late(
        "acceptance_application",
        at.APPLICATION,
        "applied_on",
        "应于{last}前提出竣工验收申请，本次申请已超过期限。",
    ),
    late(
        "acceptance_filing",
        at.ACCEPTANCE_FILING,
        "accepted_on",
        "应于{last}前将验收报告备案，本次备案已超过期限。",
    ),
)
