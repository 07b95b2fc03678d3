"""Chapter III, continued: the data a project shares, and who above consents to it (Articles 24 to 26)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plugin.regulation import stages as at
from plugin.regulation.checks import (
    PASSED,
    builds,
    needs,
    needs_superior_review,
    review_settled,
    threshold_yuan,
)
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.particulars import Row
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

CHAPTER = needs(
    "SHARING-CHAPTER",
    at.STUDIES,
    "data_sharing_chapter",
    "材料中没有数据资源共享分析篇（章）。",
    "请编写数据资源共享分析篇（章）并上传。",
)


@rule(
    code="SHARING-NOTE",
    stages={at.SCHEME},
    field="sharing_note",
    message="建设方案中没有数据资源共享分析的内容。",
    remedy="建议补充说明使用和提供哪些共享数据。",
)
def scheme_speaks_of_sharing(project: Project, law: Law) -> Breach | None:
    """The text asks the chapter of studies and designs only (I-16)."""
    reading = Effect(law.readings.sharing_chapter_in_scheme)
    if reading is Effect.OFF or project.sharing_note or project.data_sharing_chapter:
        return None
    return Breach(missing=("data_sharing_chapter",), effect=reading)


def replies_to_a_study(project: Project, law: Law) -> bool:
    return builds(project, law) and project.dossier not in (at.SCHEME, at.SUPPLEMENT, at.PROPOSAL)


EVALUATION_OPINION = needs(
    "SHARING-EVALUATED",
    {at.REPLY},
    "evaluation_sharing_opinion",
    "咨询评估单位的评估报告没有对数据资源共享分析篇（章）的评估意见。",
    "请咨询评估单位补充评估意见后再批复。",
    mender=Mender.BUREAU,
    applies=replies_to_a_study,
)
REPLY_OPINION = needs(
    "SHARING-REPLIED",
    {at.REPLY},
    "reply_sharing_opinion",
    "批复文件没有对数据资源共享分析篇（章）的意见。",
    "请在批复文件中写明对数据资源共享分析篇（章）的意见。",
    mender=Mender.BUREAU,
    applies=replies_to_a_study,
)


@rule(
    code="CATALOGUE",
    stages={*at.DOSSIERS, at.REPLY},
    field="data_catalogue",
    message="没有编制数据资源目录，数据资源目录是项目审批的必备条件。",
    remedy="请逐项填写数据资源目录；项目不产生、不使用数据资源的，填写说明并由数据资源局确认。",
)
def catalogue_is_there(project: Project, law: Law) -> Breach | None:
    """The catalogue is a condition of every approval; a statement confirmed by the bureau may replace it (I-15)."""
    if project.data_catalogue or not builds(project, law) or project.dossier in (at.SUPPLEMENT, at.PROPOSAL):
        return None
    if law.stage != at.REPLY:
        stated = project.no_data_statement and project.no_data_confirmed is not False
    else:
        stated = project.no_data_statement and project.no_data_confirmed
    exempt = project.dossier == at.SCHEME and not law.readings.catalogue_for_every_approval
    return None if stated or exempt else Breach(missing=("data_catalogue",))


@rule(
    code="CATALOGUE-RESTRICTED",
    stages={at.CATALOGUE, *at.DOSSIERS},
    field="data_catalogue",
    message="数据资源“{name}”应当普遍共享，却{fault}。",
    remedy="请将共享类型改为无条件共享，并删去限定的共享范围和开放对象；确不应普遍共享的，更正“是否应当普遍共享”。",
)
def universal_data_is_open_to_all(project: Project, _law: Law) -> Iterator[Breach]:
    """What is to be shared with all is not shared with named departments or companies only."""
    for number, row in enumerate(project.data_catalogue):
        fault = restriction(row)
        if row.get("must_share_universally") and fault:
            yield Breach(row=number, name=row.get("resource_name"), fault=fault)


def restriction(row: Row) -> str | None:
    """How the row shares less than with everybody."""
    if row.get("share_type") in ("conditional", "not_shared"):
        return "没有填写为无条件共享"
    if row.get("share_scope"):
        return "只向限定的部门共享"
    return "只向特定的对象开放" if row.get("open_to") else None


def superior_opinions(project: Project) -> Mapping[str, str | None]:
    return {"city_review": project.city_review, "province_review": project.province_review}


@rule(
    code="SUPERIOR-REVIEW",
    stages={at.REPLY},
    field="city_review",
    message="投资额达到{limit}，尚缺以下审核同意意见，不能批复：{absent}。",
    remedy="请由数据资源局逐级报市、省数据资源局审核同意，登记意见后再批复。",
    mender=Mender.BUREAU,
)
def reviewed_by_city_and_province(project: Project, law: Law) -> Breach | None:
    """High value: the city, then the province consent before the county approves."""
    if not needs_superior_review(project, law):
        return None
    absent = [name for name, opinion in superior_opinions(project).items() if opinion != PASSED]
    return Breach(missing=absent, absent=absent, limit=law.limits.high_value_yuan) if absent else None


@rule(
    code="HIGH-VALUE",
    stages=at.DOSSIERS,
    field="total_investment_yuan",
    message="投资额{amount}达到{limit}，由数据资源局逐级报市、省数据资源局审核同意后，再按程序审批。",
    remedy="不需要填报人办理，请留意审核进度。",
    mender=Mender.BUREAU,
)
def high_value_goes_up(project: Project, law: Law) -> Breach | None:
    """No breach: the unit is told that the paper goes up, and why."""
    if not needs_superior_review(project, law) or review_settled(project, law):
        return None
    return Breach(amount=threshold_yuan(project, law), limit=law.limits.high_value_yuan)


@rule(
    code="SENT-UNREVIEWED",
    stages={at.PREVIEW},
    field="sent_on",
    message="上级部门审批的项目，未经数据资源局审核同意就报送上级。",
    remedy="请先取得数据资源局的审核同意意见，再按程序报上级对口部门审批。",
    mender=Mender.BUREAU,
)
def bureau_consents_before_sending_up(project: Project, _law: Law) -> Breach | None:
    """The county bureau consents before the department sends the project up."""
    agreed = project.bureau_preview in (PASSED, "agree")
    refused = project.bureau_preview is not None and not agreed
    return Breach(missing=("bureau_preview",)) if refused or (project.sent_on and not agreed) else None


RULES = (
    CHAPTER,
    scheme_speaks_of_sharing,
    EVALUATION_OPINION,
    REPLY_OPINION,
    catalogue_is_there,
    universal_data_is_open_to_all,
    reviewed_by_city_and_province,
    high_value_goes_up,
    bureau_consents_before_sending_up,
)
