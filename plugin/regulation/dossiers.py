"""Chapter III, continued: which dossier a project of its kind and amount needs, and in what order (Article 20)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.checks import builds, is_high_value, needs, needs_a_study, threshold_yuan
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

AMOUNT = needs(
    "AMOUNT",
    {at.ROUTE, at.REPLY, *at.DOSSIERS, at.SUPPLEMENT},
    "investment_yuan",
    "没有填写投资额，不能判断应编报的材料和审核权限。",
    "请填写全部财政性资金的合计，或者逐项填写投资构成。",
    met=lambda amount: amount is not None,
    field="total_investment_yuan",
    missing="total_investment_yuan",
)


@rule(
    code="SCHEME-TOO-LARGE",
    stages={at.SCHEME},
    field="total_investment_yuan",
    message="投资额{amount}已达到编报可行性研究报告的标准，不能只编制建设方案。",
    remedy="请改为编报可行性研究报告。",
)
def scheme_is_for_small_projects(project: Project, law: Law) -> Breach | None:
    """At or above the procurement limit a feasibility study is due (I-02)."""
    return Breach(amount=threshold_yuan(project, law)) if needs_a_study(project, law) else None


@rule(
    code="FEASIBILITY-NOT-REQUIRED",
    stages={at.FEASIBILITY},
    field="total_investment_yuan",
    message="投资额{amount}在分散采购限额标准以下，可以只编制建设方案。",
    remedy="可以继续提交，也可以改为提交建设方案。",
)
def feasibility_is_for_larger_projects(project: Project, law: Law) -> Breach | None:
    """Below the limit a scheme would do; a study is taken all the same."""
    amount = threshold_yuan(project, law)
    if amount is None or not builds(project, law) or needs_a_study(project, law):
        return None
    return Breach(amount=amount)


@rule(
    code="DESIGN-ORDER",
    stages={at.DESIGN},
    field="feasibility_reply",
    message="可行性研究报告尚未批复，不能报批初步设计方案。",
    remedy="请先取得可行性研究报告的批复，再报批初步设计方案。",
)
def design_follows_the_feasibility_reply(project: Project, law: Law) -> Breach | None:
    """The preliminary design comes after the reply to the study."""
    return (
        None
        if project.feasibility_approved or not builds(project, law)
        else Breach(missing=("feasibility_reply",))
    )


@rule(
    code="DESIGN-NOT-REQUIRED",
    stages={at.DESIGN},
    field="total_investment_yuan",
    message="投资额{amount}在{limit}以下，不需要另报初步设计方案。",
    remedy="可行性研究报告批复后即可按程序组织实施。",
)
def design_is_for_high_value(project: Project, law: Law) -> Breach | None:
    """Only high value needs a preliminary design after the study."""
    amount = threshold_yuan(project, law)
    if amount is None or is_high_value(project, law):
        return None
    return Breach(amount=amount, limit=law.limits.high_value_yuan)


@rule(
    code="MERGED-SUPPLEMENT",
    stages={at.MERGED},
    field="supplement_id",
    message="只有获批的计划外增补项目可以合并编报。",
    remedy="请按程序分别编报可行性研究报告、初步设计方案；属于增补项目的，填写增补批准编号。",
)
def only_supplements_merge(project: Project, _law: Law) -> Breach | None:
    """Merging is named for the projects of Article 14 alone (I-50)."""
    return None if project.supplemented else Breach(missing=("supplement_id",))


MERGED_DEPTH = needs(
    "MERGED-DEPTH",
    {at.MERGED},
    "depth_confirmed_by_bureau",
    "数据资源局尚未确认前期工作深度达到合并编报的要求。",
    "请先由数据资源局确认前期工作深度；达不到要求的，分别编报。",
    mender=Mender.BUREAU,
)


def maintains(project: Project, _law: Law) -> bool:
    return project.is_maintenance and not project.supplemented


OM_PLANNED = needs(
    "OM-PLANNED",
    {at.OM_START, at.ROUTE},
    "planned",
    "运维项目须在年度计划批准后才能直接组织实施，本项目不在年度计划内。",
    "请先列入年度计划，或者申请计划外增补。",
    applies=maintains,
    missing="plan_item_id",
    field="plan_item_id",
)


RULES = (
    AMOUNT,
    scheme_is_for_small_projects,
    feasibility_is_for_larger_projects,
    design_follows_the_feasibility_reply,
    design_is_for_high_value,
    only_supplements_merge,
    MERGED_DEPTH,
    OM_PLANNED,
)
