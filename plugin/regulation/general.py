"""Chapter I, general provisions: what is kept out, who decides, where to build (Articles 1 to 10)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import PASSED, TRANSFERABLE, holds_a_dossier, is_high_value, needs
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

DEVELOPMENT_PLAN = "development_plan"
REVIEW_POINTS = ("intensive_construction", "data_sharing", "interconnection", "business_collaboration")
GATE_BODIES = ("data_bureau", "public_security")
ASKED_LATER = (
    at.DEMAND,
    at.PROCUREMENT,
    at.ADJUSTMENT,
)  # the unit's own papers: the two bodies answer after them


@rule(
    code="CLASSIFIED",
    stages=at.EVERYTHING,
    field="classified",
    message="未明确选择“不涉密”，不能在本系统办理。",
    remedy="涉密项目按照国家有关保密规定另行办理，本系统不保存、不转发填写的内容；确不涉密的，请将“是否涉密”选择为“否”。",
)
def declared_unclassified(project: Project, _law: Law) -> Breach | None:
    """Only an explicit 否 lets a submission in: a missing answer is a refusal (I-36)."""
    return None if project.classified is False else Breach()


@rule(
    code="GOV-INTRANET",
    stages=at.EVERYTHING,
    field="is_gov_intranet",
    message="电子政务内网及相关信息系统由机要（密码管理）部门管理、审批，不能在本系统办理。",
    remedy="请与机要（密码管理）部门联系办理，本系统不保存、不转发填写的内容。",
)
def outside_the_government_intranet(project: Project, _law: Law) -> Breach | None:
    """The cryptography office manages and approves the government intranet, off this platform."""
    return Breach() if project.is_gov_intranet else None


@rule(
    code="SCHEME-REVIEWED",
    stages={at.TENDER, at.START},
    field="scheme_reviewed",
    message="参照管理的项目，方案尚未经数据资源局审查，不能开始采购或者实施。",
    remedy="请先提交建设方案，由数据资源局对集约建设、数据共享、系统互联、业务协同等方面进行审查，审查通过后再开始。",
)
def scheme_reviewed_before_start(project: Project, _law: Law) -> Breach | None:
    """A project managed by reference starts only after the bureau has reviewed its scheme."""
    if not project.by_reference or project.scheme_reviewed:
        return None
    return Breach(missing=("scheme_reviewed",))


@rule(
    code="SCHEME-POINTS",
    stages={at.REPLY},
    field="review_points",
    message="方案审查意见缺少以下方面：{points}。",
    remedy="请数据资源局对集约建设、数据共享、系统互联、业务协同四个方面分别写明审查意见。",
    mender=Mender.BUREAU,
)
def scheme_review_covers_the_four_points(project: Project, _law: Law) -> Breach | None:
    """The review of such a scheme speaks on all four points."""
    absent = [point for point in REVIEW_POINTS if point not in project.review_points]
    return Breach(missing=absent, points=absent) if project.by_reference and absent else None


@rule(
    code="VIDEO-GATE",
    stages={at.DEMAND, at.REPLY, at.PROCUREMENT, at.ADJUSTMENT, at.CONCLUSION},
    field="public_video_surveillance",
    message="公共场所视频监控项目在本环节尚缺以下部门的同意意见：{absent}。",
    remedy="公共场所视频监控项目由公安部门和数据资源局全流程“双把关”，请取得两部门同意的意见后再办理。",
    mender=Mender.BUREAU,
)
def both_gates_agree_on_public_video(project: Project, law: Law) -> Breach | None:
    """Police and data bureau both agree at every decision step (I-35)."""
    if not project.public_video_surveillance or law.stage not in law.readings.video_gate_steps:
        return None
    given = [each for each in project.video_opinions if each.get("step") == law.stage]
    decided = law.stage == at.PROCUREMENT and project.procurement_review_result == PASSED
    if not given and law.stage in ASKED_LATER and not decided:
        return None
    opinion = given[-1] if given else {}
    absent = [body for body in GATE_BODIES if opinion.get(body) != "agree"]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="EXPERT-REVIEW",
    stages={at.REPLY},
    field="expert_review",
    message="项目尚未通过专家论证评审，目前结论：{conclusion}，不予审批、不予安排资金。",
    remedy="请数据资源局组织专家组对本次报批的材料论证评审，登记评审意见后再批复。",
    mender=Mender.BUREAU,
)
def experts_reviewed_before_approval(project: Project, law: Law) -> Breach | None:
    """No approval without an expert review of what is approved; small schemes may refer to the plan's (I-09, I-14)."""
    if not law.readings.expert_review_below_high_value and not is_high_value(project, law):
        return None
    whole_plan = project.dossier in (None, at.SCHEME, at.SUPPLEMENT) or project.is_maintenance
    covers = project.expert_review_of in (None, project.dossier) or (
        whole_plan and project.expert_review_of == "plan"
    )
    if project.expert_review in TRANSFERABLE and covers:
        return None
    return Breach(missing=("expert_review",), conclusion=project.expert_review if covers else None)


@rule(
    code="SUPPLEMENT-EXPERTS",
    stages={at.SUPPLEMENT},
    field="expert_review",
    message="增补申请的专家论证没有通过，目前结论：{conclusion}。",
    remedy="增补项目同样须经专家论证评审，请在论证通过后再报审。",
    mender=Mender.BUREAU,
)
def experts_did_not_refuse_the_supplement(project: Project, law: Law) -> Breach | None:
    """A supplement whose expert review is known not to have passed goes no further (I-09)."""
    if project.expert_review in (None, *TRANSFERABLE):
        return None
    if not law.readings.expert_review_below_high_value and not is_high_value(project, law):
        return None
    return Breach(missing=("expert_review",), conclusion=project.expert_review)


@rule(
    code="PLAN-EXPERTS",
    stages={at.PLAN},
    field="plan_expert_review",
    message="年度计划尚未经专家论证评审，不能报审。",
    remedy="请先组织专家对年度计划论证评审，登记结论后再报市数据资源局审核。",
    mender=Mender.BUREAU,
)
def experts_reviewed_the_plan(project: Project, _law: Law) -> Breach | None:
    """The annual plan is reviewed by experts before it goes up."""
    going_up = project.plan_step or project.plan_city_review or project.plan_government_approved_on
    if project.plan_type == DEVELOPMENT_PLAN or not going_up or project.plan_expert_review in TRANSFERABLE:
        return None
    return Breach(missing=("plan_expert_review",))


def off_platform(project: Project, law: Law) -> bool:
    """Maintenance is asked as well: 建设和运维."""
    granted = project.platform_exception_granted
    return not granted and (project.is_maintenance or holds_a_dossier(project, law))


PLATFORM = needs(
    "PLATFORM",
    {*at.DOSSIERS, at.REPLY, at.OM_FUND},
    "on_provincial_platform",
    "项目不在全省一体化数据基础平台上建设或者运维，也没有经数据资源局批准的平台外建设例外。",
    "请改为在全省一体化数据基础平台上建设；因特殊情况不能的，先申请“平台外建设例外”，经专业评审并由数据资源局批准。",
    applies=off_platform,
)


@rule(
    code="PLATFORM-EXCEPTION",
    stages={at.PLATFORM_EXCEPTION},
    field="professional_review",
    message="平台外建设例外缺少以下材料：{absent}。",
    remedy="请说明不能在平台上建设的特殊情况，附专业评审意见，再由数据资源局从严审核、作出决定。",
)
def exception_stands_on_a_professional_review(project: Project, _law: Law) -> Breach | None:
    """Special circumstances and a professional review come before the bureau's decision."""
    review = project.professional_review not in (None, "", "missing", "failed")
    stated = {"platform_special_reason": bool(project.platform_special_reason), "professional_review": review}
    absent = [name for name, there in stated.items() if not there]
    return Breach(missing=absent, absent=absent, field=absent[0]) if absent else None


XINCHUANG = needs(
    "XINCHUANG",
    {at.REPLY},
    "xinchuang_opinion",
    "批复前没有机要（密码管理）部门同意的信息技术应用创新审查意见。",
    "请征求机要（密码管理）部门意见，取得同意并登记后再批复。",
    mender=Mender.BUREAU,
    met=lambda opinion: opinion == "agree",
)

RULES = (
    declared_unclassified,
    outside_the_government_intranet,
    scheme_reviewed_before_start,
    scheme_review_covers_the_four_points,
    both_gates_agree_on_public_video,
    experts_reviewed_before_approval,
    experts_did_not_refuse_the_supplement,
    experts_reviewed_the_plan,
    PLATFORM,
    exception_stands_on_a_professional_review,
    XINCHUANG,
)
