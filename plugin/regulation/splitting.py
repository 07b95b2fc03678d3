"""Chapter II, continued: declarations that look like parts or copies of others (Article 12). The bureau decides."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.regulation import stages as at
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.similarity import split_group
from plugin.regulation.verdict import Breach, Mender, rule


@rule(
    code="SPLIT-FOUND",
    stages={*at.DECLARATIONS, at.REPLY, at.SPLIT},
    field="objectives",
    message="数据资源局已认定本项目与相似项目属于拆分申报，不得分别申报。",
    remedy="请将建设目标、主要内容、技术路线相似的项目合并为一个项目重新申报。",
)
def not_split(project: Project, _law: Law) -> Breach | None:
    """What the bureau has found to be one project is not declared in parts (I-12)."""
    return Breach() if project.split_found else None


@rule(
    code="SPLIT-POSSIBLE",
    stages={at.SPLIT, at.DEMAND},
    field="objectives",
    message="本单位同一年度有{count}个相似项目，单个低于限额，合计{combined}已达到限额，可能属于拆分申报。",
    remedy="由数据资源局认定是否属于拆分申报；属于同一项目的，请合并申报。",
    mender=Mender.BUREAU,
)
def not_apparently_split(project: Project, law: Law) -> Breach | None:
    """Similar projects of one unit, each below a limit that they reach together: the bureau looks at them."""
    group = split_group(project.declarations, law)
    return Breach(count=len(group.rows), combined=group.combined_yuan) if group else None


@rule(
    code="RESEMBLES",
    stages={at.DEMAND},
    field="objectives",
    message="与{unit}的“{name}”（{project}）相似度{score}，相同的内容有：{passages}。",
    remedy="这只是提示，不影响提交；是否属于重复建设或者拆分申报由数据资源局认定，已有系统可以共享复用的请优先复用。",
    mender=Mender.BUREAU,
)
def resembles_no_other(project: Project, _law: Law) -> Iterator[Breach]:
    """Declarations of any unit that resemble this one, each with the passages both have."""
    for each in project.resembling:
        yield Breach(
            unit=each["unit"],
            name=each["project_name"],
            project=each["project_code"] or "尚未编码",
            score=each["score"],
            passages=[f"“{passage}”" for passage in each["passages"]] or ["（零散词句）"],
        )


RULES = (
    not_split,
    not_apparently_split,
    resembles_no_other,
)
