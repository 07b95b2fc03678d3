"""Chapter VI, operation and maintenance (Articles 45 to 47)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule


@rule(
    code="OM-RESPONSIBLE",
    stages={at.ACCEPTANCE_FILING},
    field="om_responsible",
    message="没有填写运行维护责任人（机构）。",
    remedy="项目建成后由项目建设单位负责运行维护，请填写负责的机构或者人员。",
)
def maintenance_has_somebody_responsible(project: Project, _law: Law) -> Breach | None:
    """The construction unit keeps the system running: who in it."""
    return None if project.om_responsible else Breach(missing=("om_responsible",))


@rule(
    code="OM-SHARING-WORK",
    stages={at.OM_FUND},
    field="om_sharing_tasks",
    message="系统采集公共数据资源，运维工作内容没有包含数据共享工作。",
    remedy="原则上应包含目录编制、资源挂载、接口开发、库表对接等数据共享工作，请补充。",
)
def maintenance_includes_sharing_work(project: Project, _law: Law) -> Breach | None:
    """Systems collecting public data have sharing work in their maintenance (I-52)."""
    asked = project.collects_public_data and not project.om_sharing_tasks
    return Breach(missing=("om_sharing_tasks",)) if asked else None


@rule(
    code="OM-DEVELOPMENT",
    stages={at.OM_FUND, at.OM_START},
    field="om_items",
    message="运维内容中含有新增功能的开发。",
    remedy="由数据资源局判断是否应按升级项目办理；属于升级的，请另行申报。",
    mender=Mender.BUREAU,
)
def maintenance_develops_nothing(project: Project, _law: Law) -> Breach | None:
    """Development inside maintenance: the bureau may call it an upgrade (I-43)."""
    return Breach() if project.om_has_development else None


@rule(
    code="OM-NO-DOSSIER",
    stages={at.FEASIBILITY, at.SCHEME},
    field="kind",
    message="运维类项目在年度计划批准后直接组织实施，原则上不再进行审批。",
    remedy="不必编报本材料，请直接提交运维计划与经费。",
)
def maintenance_needs_no_dossier(project: Project, _law: Law) -> Breach | None:
    """Planned maintenance starts without an approval."""
    return Breach() if project.is_maintenance else None


RULES = (
    maintenance_has_somebody_responsible,
    maintenance_includes_sharing_work,
    maintenance_develops_nothing,
    maintenance_needs_no_dossier,
)
