"""What a reminder says: what, until when, on which article in its own words, what otherwise, where. Pure.

It is put into words as it leaves, so it never says "before" after the day. One digest holds all of a person's lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEKDAYS = "一二三四五六日"
LONGEST_TITLE, LONGEST_LINES, LONGEST_TEXT = 100, 3600, 4900  # what the platform contract takes
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
FORMS: Mapping[str, str] = {  # the form that answers a duty, where it is not named like it
    "development_plan_filing": "plan_record",
    "plan_filing": "plan_record",
    "adjustment_filing": "adjustment",
    "rectification": "rectification_feedback",
    "collection_round": "demand_collection",
}
LATE_IS_TAKEN = "逾期办理仍会受理，并记为逾期。"
OTHERWISE: Mapping[str, str] = {  # what follows where the day cannot be met
    "acceptance_application": f"不能按期申请的，请在此日前提交延期验收申请；{LATE_IS_TAKEN}",
    "acceptance_extension": "试运行期满已晚于申请验收的期限，不申请延期的，将不能按期申请竣工验收。",
    "rectification": "期满未整改的，由项目审批部门决定如何处理；系统不会自动处理。",
    "trial_operation": "试运行结束后才能申请竣工验收。",
    "collection_round": "错过征集期又确需建设的，按增补程序申请或者待下一次征集。",
    "plan_rollover": "计划年度以外报批的，系统只提示，由数据资源局决定。",
    "validity_check": "查明后请填写参数文件的 identity.valid_until。",
    "validity_end": "请在期满前办理修订、延期或者重新制定。",
    "security_test": "已经开展的，不必理会本条。",
}
OTHERWISE_LATE: Mapping[str, str] = {  # where that speaks of a time before the day
    "acceptance_application": LATE_IS_TAKEN,
    "validity_end": "请尽快办理修订、延期或者重新制定。",
}
LONGEST_BREAK = timedelta(20)  # longer than any stretch of days off
PROVISIONAL = "（该年度节假日安排尚未公布，按最早可能的日期计算）"


class Urgency(StrEnum):
    """The parts of a digest, the most pressing first; the value is its heading."""

    OVERDUE = "已逾期"
    LAST_DAYS = "今天到期，或在顺延期内"
    SOON = "即将到期"
    UNDATED = "尚未办理（没有规定期限）"
    OPEN = "可以开始办理"
    NOTICE = "通知"


@dataclass(frozen=True, slots=True)
class Line:
    """One duty in a digest. `late_for`: the mornings on which it should have left."""

    duty: str
    citation: str  # 第三十九条第一款
    words: str  # the article's own
    opens_on: date | None = None
    due_on: date | None = None
    overdue_after: date | None = None
    which: str = ""  # what tells it from others of its kind
    opened: bool = False  # told because its window opens
    notice: bool = False
    project_code: str = ""
    project_name: str = ""
    addressed_as: str = "responsible"
    unit: str = ""
    responsible: str = ""
    form_title: str = ""
    link: str | None = None
    more: str = ""  # what this one has to say besides
    late_for: tuple[date, ...] = ()

    @property
    def last(self) -> date | None:
        return self.overdue_after or self.due_on

    def is_late(self, today: date) -> bool:
        """Certainly: while the year's holidays are not announced, once no break could still push the last day on."""
        last = self.overdue_after or (self.due_on and self.due_on + LONGEST_BREAK)
        return last is not None and today > last

    def urgency(self, today: date) -> Urgency:
        if self.notice:
            return Urgency.NOTICE
        if self.due_on is None or self.last is None:
            return Urgency.OPEN if self.opens_on else Urgency.UNDATED
        if self.is_late(today):
            return Urgency.OVERDUE
        if today >= self.due_on:
            return Urgency.LAST_DAYS
        return Urgency.OPEN if self.opened else Urgency.SOON


def compose(lines: Sequence[Line], today: date) -> tuple[str, str]:
    """Title and text of a digest that leaves `today`. At least one line; the most pressing first."""
    order = list(Urgency)
    ranked = sorted(lines, key=lambda each: (order.index(each.urgency(today)), each.due_on or date.max))
    parts, shown, heading = [f"截至{day_said(today)}，您有{len(ranked)}项事项需要办理或者知悉。"], 0, ""
    for line in ranked:
        urgency = line.urgency(today)
        head = f"\n【{urgency}】\n" if urgency != heading else ""
        said = f"{head}{shown + 1}. {_said(line, today)}"
        if shown and sum(map(len, parts)) + len(said) > LONGEST_LINES:
            parts.append(f"\n另有{len(ranked) - shown}项未列出，请在台账中查看。")
            break
        parts.append(said)
        shown, heading = shown + 1, urgency
    return _title(ranked, today), _with_articles("\n".join(parts), ranked[:shown])


def _title(ranked: Sequence[Line], today: date) -> str:
    overdue = sum(line.urgency(today) is Urgency.OVERDUE for line in ranked)
    if len(ranked) == 1:
        state = "已逾期" if overdue else "提醒"
        about = f"——{ranked[0].project_name or ranked[0].project_code}" if ranked[0].project_code else ""
        return f"{state}：{_name(ranked[0])}{about}"[:LONGEST_TITLE]
    return f"提醒：{len(ranked)}项应办事项" + (f"，其中{overdue}项已逾期" if overdue else "")


def _with_articles(text: str, lines: Sequence[Line]) -> str:
    """The articles cited, each once, in their own words, as far as the message takes them."""
    said = [text, "\n条文："]
    for citation, words in dict.fromkeys((line.citation, line.words) for line in lines if line.citation):
        article = f"{citation}：“{words}”"
        if sum(map(len, said)) + len(said) + len(article) <= LONGEST_TEXT:
            said.append(article)
    return "\n".join(said if len(said) > 2 else said[:1])


def _said(line: Line, today: date) -> str:
    """One line: what it is, until when, on which article, what otherwise, where, and whether it comes late."""
    about = f"：{line.project_name or '（未填写名称）'}（{line.project_code}）" if line.project_code else ""
    said = [
        f"{_name(line)}{about}{_for_whom(line)}",
        f"   {_when(line, today)}{f'依据{line.citation}。' if line.citation else ''}{_otherwise(line, today)}",
    ]
    if line.more:
        said.append(f"   {line.more}")
    if line.link:
        said.append(f"   办理：{line.link}")
    elif line.form_title:
        said.append(f"   办理：请在平台填报《{line.form_title}》。")
    if line.late_for:
        said.append(f"   迟发：原定{'、'.join(map(str, line.late_for))}发送。")
    return "\n".join(said)


def _name(line: Line) -> str:
    """The duty, and which one of its kind: the year of a report or round, the number of a contract or order."""
    name = DUTIES.get(line.duty, line.duty)
    if not line.which:
        return name
    return f"{line.which}{name}" if name.startswith("年度") else f"{name}（{line.which}）"


def _otherwise(line: Line, today: date) -> str:
    if line.duty in OTHERWISE_LATE and line.is_late(today):
        return OTHERWISE_LATE[line.duty]
    return OTHERWISE.get(line.duty, LATE_IS_TAKEN if line.due_on else "")


def _for_whom(line: Line) -> str:
    """Who else is told learns whose duty it is."""
    whose = f"责任人{line.responsible or '未登记'}"
    return {
        "unit_head": f"（本单位事项，{whose}）",
        "data_bureau": f"（{line.unit}，{whose}）" if line.unit else "",
    }.get(line.addressed_as, "")


def _when(line: Line, today: date) -> str:
    opens, due, last = line.opens_on, line.due_on, line.last
    if due is None or last is None:
        return _opened(line, opens) if opens else "没有规定期限，尚未办理，请及时办理。"
    if line.notice and today > last:
        return f"期限为{day_said(due)}，已过{(today - last).days}天。"
    if line.opened and opens and today < due:
        return f"自{day_said(opens)}起可以办理，最迟{day_said(due)}前（含当日）完成{_rolled(line)}。"
    return f"应于{day_said(due)}前（含当日）完成{_rolled(line)}。{_distance(line, today, due, last)}"


def _opened(line: Line, opens: date) -> str:
    """The first day on which something may be done, or has to be looked after."""
    if line.notice:
        return ""
    what = "已满规定期限，可以结束" if line.duty == "trial_operation" else "可以开始办理"
    return f"自{day_said(opens)}起{what}。"


def _rolled(line: Line) -> str:
    if line.overdue_after is None:
        return PROVISIONAL
    return f"，遇节假日顺延至{day_said(line.overdue_after)}" if line.overdue_after != line.due_on else ""


def _distance(line: Line, today: date, due: date, last: date) -> str:
    """How far off it is, as seen from the day the digest really leaves."""
    if line.is_late(today):
        return f"今天已逾期{(today - last).days}天，请尽快办理。"
    if today > last:
        return "规定日期已过，最后一天待节假日安排公布后确定，请立即办理。"
    if today == line.overdue_after:
        return "今天是最后一天，请今天办理。"
    if today == due:
        return "今天到期，请今天办理。"
    if today > due:
        return "已过规定日期，在顺延期内，请立即办理。"
    return f"距今还有{(due - today).days}天，请及时办理。"


def day_said(day: date) -> str:
    """2026-12-31（星期四）."""
    return f"{day}（星期{WEEKDAYS[day.weekday()]}）"
