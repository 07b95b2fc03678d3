"""What a reminder says: what, until when, on which article, what then. Put into words on the day it leaves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

WEEKDAYS = "一二三四五六日"
DUTIES: Mapping[str, str] = {
    "development_plan_filing": "建设规划备案",
    "plan_filing": "年度计划备案",
    "contract_filing": "合同备案",
    "adjustment_filing": "项目调整备案",
    "performance_report": "年度绩效评价报告提交",
    "preliminary_acceptance": "初步验收",
    "trial_operation": "试运行",
    "acceptance_application": "竣工验收申请",
    "acceptance_extension": "延期验收申请",
    "acceptance_filing": "验收报告备案",
    "self_evaluation": "自评价报告报送",
    "rectification": "整改反馈",
    # the county's year
    "collection_round": "年度需求征集",
    "plan_rollover": "年度计划清理",
    "validity_check": "办法有效期核对",
    "validity_end": "办法有效期届满",
    "security_test": "安全检测与风险评估",
}


OTHERWISE: Mapping[str, str] = {  # what to do where the day cannot be met
    "acceptance_application": "不能按期申请的，请在此日前提交延期验收申请。",
}


def compose(payload: Mapping[str, Any], today: date, citation: str, words: str) -> tuple[str, str]:
    """Title and text of a reminder that leaves `today`: a day draws near, or a window has opened."""
    if payload["opens_on"]:
        return _opened(payload, citation, words)
    duty = DUTIES.get(payload["duty"], payload["duty"])
    due = date.fromisoformat(payload["due_on"])
    last = date.fromisoformat(payload["overdue_after"]) if payload["overdue_after"] else due
    title = f"提醒：{duty}——{payload['project_name'] or payload['project_code']}"
    when = f"{due}（星期{WEEKDAYS[due.weekday()]}）"
    rolled = f"，遇节假日顺延至{last}（星期{WEEKDAYS[last.weekday()]}）" if last != due else ""
    provisional = "" if payload["overdue_after"] else "（该年度节假日安排尚未公布，暂按此日计算）"
    text = (
        f"项目{payload['project_code']}“{payload['project_name']}”的{duty}应于{when}前（含当日）完成{rolled}{provisional}。"
        f"{_distance(today, due, last)}{OTHERWISE.get(payload['duty'], '')}依据：{citation}“{words}”"
    )
    return title, text


def _opened(payload: Mapping[str, Any], citation: str, words: str) -> tuple[str, str]:
    """The first day on which something may be done."""
    duty = DUTIES[payload["duty"]]
    opens = date.fromisoformat(payload["opens_on"])
    until = f"，最迟{payload['due_on']}前（含当日）完成" if payload["due_on"] else ""
    what = "已满规定期限，可以结束" if payload["duty"] == "trial_operation" else "可以开始办理"
    title = f"提醒：{duty}{what}——{payload['project_name'] or payload['project_code']}"
    text = (
        f"项目{payload['project_code']}“{payload['project_name']}”的{duty}自{opens}（星期{WEEKDAYS[opens.weekday()]}）起{what}{until}。"
        f"依据：{citation}“{words}”"
    )
    return title, text


def _distance(today: date, due: date, last: date) -> str:
    """How far off it is, as seen from the day the reminder really leaves."""
    if today > last:
        return f"今天是{today}，已逾期{(today - last).days}天，请尽快办理；逾期办理仍会受理，并记为逾期。"
    if today > due:
        return "已过规定日期，在顺延期内，请立即办理。"
    if today == due:
        return "今天是最后一天，请今天办理。"
    return f"距今还有{(due - today).days}天，请及时办理。"
