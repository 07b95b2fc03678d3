"""Chapter II, continued: what may be added outside the annual plan (Article 14)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import PASSED, is_high_value
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

MANDATES = ("central", "province", "city", "county")  # Article 14 names no level below the county
SPECIAL_REASONS = ("national_strategy", "national_security", "other")


@rule(
    code="SUPPLEMENT-CONDITIONS",
    stages={at.SUPPLEMENT},
    field="mandate_level",
    message="计划外增补的条件不齐备：{absent}。",
    remedy="增补须有县级以上党委、政府的明确要求并附文件，或者属于国家重大战略、国家安全等特殊原因，并说明情况紧急、确需增补；不具备的请列入下一年度计划。",
)
def supplement_meets_every_condition(project: Project, law: Law) -> Breach | None:
    """(Mandate or special reason), and urgent, and necessary (I-08)."""
    mandated = project.mandate_level in MANDATES
    grounded = mandated or project.special_reason in SPECIAL_REASONS
    asked = {
        "mandate_level": grounded,
        "mandate_document": bool(project.mandate_document) or not mandated,
        "urgency": bool(project.urgency) or (mandated and not law.readings.supplement_urgency_for_mandate),
        "necessity": bool(project.necessity),
    }
    absent = [name for name, met in asked.items() if not met]
    return Breach(missing=absent, absent=absent, field=absent[0]) if absent else None


@rule(
    code="SUPPLEMENT-CONSULTATION",
    stages={at.SUPPLEMENT},
    field="consultation",
    message="数据资源局与相关部门的会商没有达成一致，不能报上级审核。",
    remedy="请按会商意见修改方案，会商同意后再报市、省数据资源局审核。",
    mender=Mender.BUREAU,
)
def consultation_did_not_refuse(project: Project, law: Law) -> Breach | None:
    """At high value the bureau consults the departments concerned before it goes up."""
    if project.consultation in (None, "pending", PASSED) or not is_high_value(project, law):
        return None
    return Breach(missing=("consultation",))


@rule(
    code="SUPPLEMENT-REVIEWED",
    stages={at.REPLY},
    field="city_review",
    message="增补项目尚缺以下审核意见，不能批复：{absent}。",
    remedy="投资额达到上限的增补项目，须逐级报市、省数据资源局审核同意，并报县政府审定后，再由数据资源局批复项目建议书。",
    mender=Mender.BUREAU,
)
def supplement_reviewed_above(project: Project, law: Law) -> Breach | None:
    """At high value: city, province, and for the reply to the proposal the county government (I-06)."""
    exempt = project.is_maintenance and law.readings.supplement_om_exempt
    if project.planned or exempt or not is_high_value(project, law):
        return None
    asked = {"city_review": project.city_review, "province_review": project.province_review}
    if project.dossier in (at.SUPPLEMENT, at.PROPOSAL):
        asked["government_decision"] = project.government_decision
    absent = [name for name, opinion in asked.items() if opinion != PASSED]
    return Breach(missing=absent, absent=absent) if absent else None


RULES = (
    supplement_meets_every_condition,
    consultation_did_not_refuse,
    supplement_reviewed_above,
)
