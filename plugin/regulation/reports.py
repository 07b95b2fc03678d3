"""Chapter IV, continued: the yearly performance report of the construction period (Article 35)."""

from __future__ import annotations

from plugin.regulation import stages as at
from plugin.regulation.filings import BOTH
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, rule


@rule(
    code="REPORT-RECIPIENTS",
    stages={at.PERFORMANCE},
    field="recipients",
    message="绩效评价报告没有同时提交给：{absent}。",
    remedy="请将项目审批部门和财政部门都列为提交对象。",
)
def report_goes_to_both(project: Project, _law: Law) -> Breach | None:
    """To the approval department and to finance."""
    absent = [body for body in BOTH if body not in project.report_recipients]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="REPORT-OPINIONS",
    stages={at.PERFORMANCE},
    field="user_opinion",
    message="绩效评价报告没有征求以下单位的意见：{absent}。",
    remedy="请征求项目使用单位和监理单位的意见并上传；没有监理单位的，只征求使用单位的意见。",
)
def users_and_supervisor_were_asked(project: Project, _law: Law) -> Breach | None:
    """Users' opinion, and the supervisor's where there is one (I-45)."""
    asked = {"user_unit": project.user_opinion}
    if project.supervision_firm:
        asked["supervisor"] = project.supervisor_opinion
    absent = [unit for unit, opinion in asked.items() if not opinion]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="REPORT-TRIAL",
    stages={at.PERFORMANCE},
    field="trial_effect",
    message="系统已投入试运行，绩效评价报告没有说明试运行效果及遇到的问题。",
    remedy="请补充试运行效果和遇到的问题；没有问题的，写明“未发现问题”。",
)
def trial_operation_is_reported(project: Project, _law: Law) -> Breach | None:
    """A system on trial reports its effect and its problems."""
    if not project.in_trial_operation or (project.trial_effect and project.trial_problems):
        return None
    return Breach(missing=("trial_operation_section",))


RULES = (
    report_goes_to_both,
    users_and_supervisor_were_asked,
    trial_operation_is_reported,
    late(
        "performance_report",
        at.PERFORMANCE,
        "report_year",
        "{year}年度绩效评价报告应于{last}前提交，本次提交已超过期限。",
    ),
)
