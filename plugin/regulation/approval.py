"""Chapter III, application and approval: which dossier, what it holds, who consents first (Articles 18 to 26)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import (
    TRANSFERABLE,
    builds,
    is_high_value,
    needs,
)
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule


@rule(
    code="PROPOSAL-NOT-REQUIRED",
    stages={at.PROPOSAL},
    field="project_name",
    message="已纳入年度计划的项目和投资额在上限以下的增补项目，不再审批项目建议书。",
    remedy="请直接编报下一环节的材料，不必提交项目建议书。",
)
def proposal_is_needed(project: Project, law: Law) -> Breach | None:
    """In the plan, or a small supplement (I-55): no proposal, the next paper at once."""
    return Breach() if project.planned or not is_high_value(project, law) else None


@rule(
    code="PROPOSAL-SUPPLEMENT",
    stages={at.PROPOSAL},
    field="supplement_id",
    message="项目没有纳入年度计划，也没有提交计划外增补申请，不能审批项目建议书。",
    remedy="请先提交年度计划外增补申请；不属于增补情形的，列入下一年度计划。",
)
def proposal_follows_a_supplement(project: Project, _law: Law) -> Breach | None:
    """A proposal belongs to a supplement that has been applied for."""
    applied = project.planned or project.supplemented or project.supplement_id or project.mandate_level
    return None if applied or project.special_reason else Breach(missing=("supplement_id",))


@rule(
    code="DESIGNER-BUILDS",
    stages={at.CONTRACT},
    field="contractor",
    message="承建单位“{contractor}”同时是本项目的设计咨询单位，项目设计与实施应当分开进行。",
    remedy="合同备案照常受理并记录；请说明情况，由数据资源局要求整改。",
)
def design_and_implementation_are_separate(project: Project, _law: Law) -> Breach | None:
    """Who designed it does not build it; a signed contract is taken and flagged (I-48)."""
    same = project.contractor is not None and project.contractor == project.design_unit
    return Breach(contractor=project.contractor) if same else None


DESIGN_UNIT = needs(
    "DESIGN-UNIT",
    at.STUDIES,
    "design_unit",
    "没有填写专业咨询设计机构。",
    "请引入专业咨询设计机构进行整体设计，并填写机构全称。",
)


@rule(
    code="PERMITS",
    stages={*at.DOSSIERS, at.REPLY},
    field="other_permits",
    message="项目涉及新建土建工程或者高耗能，尚未附节能、规划、用地、环评等手续。",
    remedy="请向有关部门确认需要办理的手续，办理后上传。",
)
def civil_works_have_their_permits(project: Project, _law: Law) -> Breach | None:
    """Other permits are needed only for new civil works and for what uses much energy."""
    asked = project.new_civil_works or project.high_energy
    return Breach(missing=("other_permits",)) if asked and not project.other_permits else None


def reviewed_dossier(project: Project) -> bool:
    return project.third_party_review in TRANSFERABLE and project.third_party_review_of in (
        None,
        project.dossier,
    )


@rule(
    code="THIRD-PARTY",
    stages={at.REPLY},
    field="third_party_review",
    message="尚未完成第三方机构的专业审查，不能批复。",
    remedy="请数据资源局委托第三方机构对本次报批的材料开展专业审查，登记意见后再批复。",
    mender=Mender.BUREAU,
)
def third_party_reviewed(project: Project, law: Law) -> Breach | None:
    """Studies and designs are reviewed by a third party; a scheme is only pointed out (I-54)."""
    if not builds(project, law) or project.dossier == at.SUPPLEMENT or reviewed_dossier(project):
        return None
    effect = Effect.WARN if project.dossier == at.SCHEME else None
    return Breach(missing=("third_party_review",), effect=effect)


@rule(
    code="PARENT-ENDORSED",
    stages=at.DECLARATIONS,
    field="parent_endorsement",
    message="有主管单位的项目，没有附主管单位的审核意见。",
    remedy="请由主管单位“{parent}”审核把关，上传盖章的审核意见。",
    mender=Mender.PARENT,
)
def parent_has_checked(project: Project, _law: Law) -> Breach | None:
    """The superior unit checks what its subordinates want."""
    if not subordinate(project) or (project.parent_unit and project.parent_endorsement):
        return None
    absent = "parent_endorsement" if project.parent_unit else "parent_unit"
    return Breach(missing=(absent,), field=absent, parent=project.parent_unit)


def subordinate(project: Project) -> bool:
    return bool(project.parent_unit) or project.construction_unit_type == "subordinate_unit"


@rule(
    code="PARENT-DECLARES",
    stages={at.DEMAND},
    field="declared_by",
    message="下属单位的项目应当由主管单位统一申报，本表的申报主体是本单位。",
    remedy="请由主管单位统一申报，将申报主体改为主管单位。",
    mender=Mender.PARENT,
)
def parent_declares_for_all(project: Project, _law: Law) -> Breach | None:
    """Subordinate units do not declare by themselves."""
    return Breach() if subordinate(project) and project.declared_by != "parent_unit" else None


RULES = (
    proposal_is_needed,
    proposal_follows_a_supplement,
    design_and_implementation_are_separate,
    DESIGN_UNIT,
    civil_works_have_their_permits,
    third_party_reviewed,
    parent_has_checked,
    parent_declares_for_all,
)
