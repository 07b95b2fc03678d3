"""Chapter II, planning: the annual plan and what may stand outside it (Articles 11 to 17)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import PASSED, always, builds, needs
from plugin.regulation.general import DEVELOPMENT_PLAN
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

JOINT_ITEMS = (
    "participants",
    "objectives",
    "main_content",
    "business_flow",
    "data_flow",
    "interfaces",
    "initial_catalogue",
)
PLAN_ORDER = ("city_review", "province_review", "government_approval")


def steps_missing(project: Project, order: tuple[str, ...]) -> list[str]:
    """The steps before the one now taken, or before the government's approval, that have not been passed."""
    done = {
        "city_review": project.plan_city_review == PASSED,
        "province_review": project.plan_province_review == PASSED,
        "government_approval": project.plan_government_approved_on is not None,
    }
    taken = [number for number, step in enumerate(order) if done[step] or step == project.plan_step]
    return [step for step in order[: max(taken, default=0)] if not done[step]]


@rule(
    code="DEVELOPMENT-PLAN-ORDER",
    stages={at.PLAN},
    field="plan_step",
    message="建设规划尚未完成以下步骤，不能进行下一步：{absent}。",
    remedy="建设规划须先经市数据资源局审核，再按程序报县政府批准，批准后报市数据资源局备案。",
    mender=Mender.BUREAU,
)
def development_plan_goes_up_in_order(project: Project, _law: Law) -> Breach | None:
    """The development plan: the city bureau, then the county government."""
    absent = steps_missing(project, ("city_review", "government_approval"))
    return Breach(missing=absent, absent=absent) if project.plan_type == DEVELOPMENT_PLAN and absent else None


@rule(
    code="PLAN-ORDER",
    stages={at.PLAN},
    field="plan_step",
    message="年度计划尚未完成以下步骤，不能进行下一步：{absent}。",
    remedy="年度计划依次经专家论证、市数据资源局审核、省数据资源局审定、县政府批准，请补齐前面的步骤。",
    mender=Mender.BUREAU,
)
def annual_plan_goes_up_in_order(project: Project, _law: Law) -> Breach | None:
    """The annual plan: experts, the city bureau, the provincial bureau, the county government."""
    if project.plan_type == DEVELOPMENT_PLAN:
        return None
    absent = steps_missing(project, PLAN_ORDER)
    if project.plan_step and project.plan_expert_review not in (PASSED, "revised"):
        absent.insert(0, "plan_expert_review")
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="DEMAND-YEAR",
    stages={at.DEMAND},
    field="target_plan_year",
    message="{collected}年征集的是{next}年度的需求，本表申报的是{target}年度。",
    remedy="请将申报计划年度改为{next}；当年急需的，可以走年度计划外增补申请。",
)
def demand_is_for_the_next_year(project: Project, law: Law) -> Breach | None:
    """Each year's round collects what is wanted for the next year."""
    collected = law.policy.collection_year or law.on.year
    if project.target_plan_year == collected + 1:
        return None
    return Breach(collected=collected, next=collected + 1, target=project.target_plan_year)


def is_town(project: Project, law: Law) -> bool:
    return project.construction_unit_type in law.readings.town_unit_types


@rule(
    code="TOWN",
    stages={*at.EVERY_UNIT_PAPER, at.START, at.TENDER, at.REPLY, at.ROUTE},
    field="construction_unit_type",
    message="乡镇不得独立建设政务信息化项目，项目建设单位不能是乡镇。",
    remedy="请由县直有关部门作为项目建设单位申报，并在“代为提出需求的乡镇”中注明。",
)
def towns_do_not_build(project: Project, law: Law) -> Breach | None:
    """A town's need goes into a county department's project (I-13)."""
    return Breach() if is_town(project, law) and builds(project, law) else None


@rule(
    code="TOWN-OM",
    stages={*at.EVERY_UNIT_PAPER, at.OM_START},
    field="construction_unit_type",
    message="本项目由乡镇申报运维，请注意乡镇不得独立建设政务信息化项目。",
    remedy="已有系统的运维可以继续办理；需要增加功能的，请由县直有关部门申报。",
)
def towns_maintain_with_care(project: Project, law: Law) -> Breach | None:
    """The text speaks of building only: maintenance by a town is pointed out (I-13)."""
    if not is_town(project, law) or builds(project, law):
        return None
    return Breach(effect=Effect.BLOCK if law.readings.town_om_blocked else None)


def outside_the_plan(project: Project, _law: Law) -> bool:
    return not project.supplemented and project.dossier not in (at.SUPPLEMENT, at.PROPOSAL)


IN_PLAN = needs(
    "IN-PLAN",
    {*at.DOSSIERS, at.REPLY, at.ROUTE, at.OM_START, at.OM_FUND},
    "planned",
    "项目没有纳入年度计划，也没有获批的计划外增补，原则上不予审批、不予安排资金。",
    "请填写年度计划项编号；确需当年办理的，先提交年度计划外增补申请，获批后填写增补批准编号。",
    applies=outside_the_plan,
    missing="plan_item_id",
    field="plan_item_id",
)


@rule(
    code="PLAN-YEAR",
    stages={*at.DOSSIERS, at.REPLY},
    field="plan_year",
    message="项目列入的是{planned}年度计划，现在是{year}年，办法没有规定计划可以结转。",
    remedy="由数据资源局决定是否沿用原计划；不沿用的，请重新列入年度计划。",
    mender=Mender.BUREAU,
)
def approved_in_the_year_of_its_plan(project: Project, law: Law) -> Breach | None:
    """The text has no carry-over rule: a person decides (I-11)."""
    if project.plan_year is None or project.plan_year == law.on.year:
        return None
    effect = Effect.BLOCK if law.readings.plan_year_strict else None
    return Breach(planned=project.plan_year, year=law.on.year, effect=effect)


def asks_for_approval(project: Project, law: Law) -> bool:
    """The acts that I-10 names as the forbidden ones, for projects that need an approval."""
    return builds(project, law) and law.stage in law.readings.start_events


BUILT_BEFORE_APPROVAL = needs(
    "BUILT-BEFORE-APPROVAL",
    {at.TENDER, at.START},
    "approved",
    "项目尚未获得批复，不得未批先建，不能开始采购或者实施。",
    "请先完成报批，取得数据资源局的批复后再开始。",
    applies=asks_for_approval,
)
CONTRACT_BEFORE_APPROVAL = needs(
    "CONTRACT-NO-APPROVAL",
    {at.CONTRACT},
    "approved",
    "合同签订时项目尚未获得批复，属于未批先建，备案照常受理并记录。",
    "请尽快补办报批手续；数据资源局将据此要求限期整改。",
    applies=asks_for_approval,
)


@rule(
    code="JOINT-SCHEME",
    stages=at.DOSSIERS,
    field="joint_scheme",
    message="跨部门共建项目的联合建设方案缺少：{absent}。",
    remedy="请由牵头单位会同参建单位补齐联合建设方案，写明参建单位、目标、内容、业务流、数据流、系统接口和初步目录。",
)
def joint_scheme_is_complete(project: Project, _law: Law) -> Breach | None:
    """Several units: a lead unit and a joint scheme that states all that the article lists."""
    if not project.joint:
        return None
    absent = [] if project.lead_unit else ["lead_unit"]
    absent += [item for item in JOINT_ITEMS if item not in (project.joint_scheme or ())]
    return Breach(missing=absent, absent=absent) if absent else None


UNIFIED = needs(
    "UNIFIED-ABOVE",
    {*at.DECLARATIONS, at.REPLY},
    "superior_unified_available",
    "数据资源局已认定本项目可以由省级、市级统一建设，县级不再重复建设。",
    "请使用省、市统一建设的系统，或者通过统采分签方式参与统一建设。",
    applies=always,
    met=lambda found: not found,
)


RULES = (
    development_plan_goes_up_in_order,
    annual_plan_goes_up_in_order,
    demand_is_for_the_next_year,
    towns_do_not_build,
    towns_maintain_with_care,
    IN_PLAN,
    approved_in_the_year_of_its_plan,
    BUILT_BEFORE_APPROVAL,
    CONTRACT_BEFORE_APPROVAL,
    joint_scheme_is_complete,
    UNIFIED,
    late(
        "plan_filing",
        at.PLAN,
        "plan_type",
        "年度计划于{anchored}获批，应于{last}前报市、省备案，本次备案已超过期限。",
    ),
    late(
        "development_plan_filing",
        at.PLAN,
        "plan_type",
        "建设规划于{anchored}获批，应于{last}前报市备案，本次备案已超过期限。",
    ),
)
