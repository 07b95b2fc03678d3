"""The lists of the console, one `Spec` each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from forms.definition import load_forms
from plugin.console import words
from plugin.console.auditing import AUDIT
from plugin.console.listing import Column, Filter, Link, Row, Spec, days, instants, same, wan
from plugin.console.parts import ledger, parts, today
from plugin.regulation import states
from plugin.reminders import DUTIES

NEVER = "9999-12-31"
SOON = timedelta(days=30)
REST = timedelta(days=31)  # longer than any run of days off by which a day moves on: the index begins there


def _project(row: Row) -> Link | None:
    code = row.get("code") or row.get("project_code")
    return ("console.projects.show", {"code": code}) if code else None


def _submission(row: Row) -> Link:
    return "console.submissions.show", {"platform": row["platform"], "record": row["record"]}


def _json(row: Row, column: str, *names: str) -> Any:
    """The first of these members that a JSON column has."""
    value = json.loads(row[column]) if row[column] else {}
    return next((value[name] for name in names if value.get(name)), None)


def _named(names: Mapping[str, str], column: str) -> Any:
    return lambda row: names.get(row[column], row[column])


def _units() -> Mapping[str, str]:
    return {each: each for each in ledger().lists.choices("unit")}


def _years() -> Mapping[str, str]:
    return {each: f"{each}年度" for each in reversed(ledger().lists.choices("plan_year"))}


def _forms() -> Mapping[str, str]:
    return {name: f"{form.code} {form.title}" for name, form in load_forms().items()}


def _cited(row: Row) -> str:
    return parts().manifest().pack.shown(row["article"])[0]


def _last(row: Row) -> str | None:
    last: str | None = row["overdue_after"] or row["due_on"]
    return last


def _distance(row: Row) -> str:
    if row["fulfilled_on"]:
        return f"{row['fulfilled_on']} 已办"
    last = _last(row)
    return words.distance(words.as_day(last), today()) if row["state"] == "open" else ""


def _nearness(row: Row) -> str:
    return "good" if row["fulfilled_on"] else words.nearness(words.as_day(_last(row)), today())


UNIT = Filter("unit", "建设单位", same("unit"), _units)
CODE = Column("项目编码", lambda row: row.get("code") or row["project_code"] or "—", link=_project, width=16)
NAME = Column("项目名称", lambda row: row["project_name"] or "—", link=_project, width=36)
UNIT_COLUMN = Column("建设单位", lambda row: row["unit"] or "—", width=26)

PROJECTS = Spec(
    "projects", "项目", "个项目",
    columns=(
        Column("项目编码", lambda row: row["code"], sort="code", link=_project, width=16),
        Column("项目名称", lambda row: row["name"], sort="name", link=_project, width=36),
        Column("建设单位", lambda row: row["unit"], sort="unit", width=26),
        Column("所处环节", _named(states.NAMES, "state"), "mark", sort="state", tone=lambda _row: "plain", width=16),
        Column("类型", lambda row: words.KINDS.get(row["kind"], "—"), width=10),
        Column("计划年度", lambda row: row["plan_year"] or None, "number", sort="plan_year", width=10),
        Column("投资额", lambda row: Decimal(row["investment_fen"]) / 100 if row["investment_fen"] else None, "money", sort="investment"),
        Column("最近期限", lambda row: None if row["next_due_on"] == NEVER else row["next_due_on"], "day", sort="next_due",
               tone=lambda row: words.nearness(None if row["next_due_on"] == NEVER else words.as_day(row["next_due_on"]), today())),
        Column("监督状态", lambda row: words.SUPERVISION.get(row["supervision"], ""), aside=True),
        Column("更新时间", lambda row: row["updated_at"], "moment", sort="updated", width=18),
    ),
    filters=(
        Filter("phase", "阶段", lambda value, _today: {"phase": f",{','.join(words.PHASES[value])},"}, lambda: {each: each for each in words.PHASES}),
        UNIT,
        Filter("year", "计划年度", same("year"), _years),
        Filter("state", "所处环节", same("state"), lambda: states.NAMES, main=False),
        Filter("kind", "类型", same("kind"), lambda: words.KINDS, main=False),
        Filter("supervision", "监督状态", same("supervision"), lambda: words.SUPERVISION, main=False),
        Filter("due", "期限", lambda value, on: {"due_until": str(on + SOON if value == "soon" else on - timedelta(days=1))},
               lambda: {"soon": "30天内到期或逾期", "over": "已过规定日期"}, main=False),
        Filter("from_wan", "投资额不低于（万元）", wan("from_fen"), kind="number", main=False),
        Filter("until_wan", "投资额不高于（万元）", wan("until_fen"), kind="number", main=False),
    ),
)  # fmt: skip

SUBMISSIONS = Spec(
    "submissions", "提交", "份提交",
    columns=(
        Column("表单", lambda row: words.form_title(row["form"]), sort="form", link=_submission, width=24),
        NAME,
        Column("项目编码", lambda row: row["project_code"] or row["named_code"] or "—", link=_project, width=16),
        UNIT_COLUMN,
        Column("结果", _named(words.STANDINGS, "standing"), "mark", sort="standing", tone=lambda row: words.TONES.get(row["standing"], "plain"), width=12),
        Column("提交人", lambda row: _json(row, "submitter", "name", "id") or "—", width=10),
        Column("保存时间", lambda row: row["saved_at"], "moment", sort="saved", width=18),
        Column("来源", lambda row: words.SOURCES.get(row["platform"], row["platform"]), aside=True),
        Column("记录", lambda row: row["record"], aside=True),
    ),
    filters=(
        Filter("standing", "结果", same("standing"), lambda: words.STANDINGS),
        Filter("held", "等待办理", same("held"), lambda: {"1": "待核准、待关联"}, main=False),
        Filter("form", "表单", same("form"), _forms),
        UNIT,
        Filter("from", "保存不早于", instants("from"), kind="day", main=False),
        Filter("until", "保存不晚于", instants("until", plus=1), kind="day", main=False),
    ),
)  # fmt: skip

OBLIGATIONS = Spec(
    "obligations", "应办事项", "项",
    columns=(
        Column("事项", lambda row: words.duty(row["duty"]), sort="duty", width=18),
        NAME,
        Column("项目编码", lambda row: row["project_code"], sort="project", link=_project),
        UNIT_COLUMN,
        Column("期限", lambda row: row["due_on"], "day", sort="due"),
        Column("顺延至", lambda row: row["overdue_after"] if row["overdue_after"] != row["due_on"] else None, "day", aside=True),
        Column("时限", _distance, "mark", tone=_nearness, width=12),
        Column("状态", _named(words.DUTY_STATES, "state"), aside=True),
        Column("依据", _cited, "article", width=20),
    ),
    filters=(
        Filter("when", "时限", lambda value, on: {
            "soon": {"state": "open", "until": str(on + SOON)},
            "near": {"state": "open", "from": str(on - REST), "in_time": str(on), "until": str(on + SOON)},
            "over": {"state": "open", "overdue": str(on)},
            "open": {"state": "open"},
            "done": {"state": "fulfilled"},
        }[value], lambda: {"over": "已逾期", "near": "30天内到期", "soon": "30天内到期或逾期", "open": "未办", "done": "已办"}),
        Filter("duty", "事项", same("duty"), lambda: DUTIES),
        UNIT,
        Filter("from", "期限不早于", days("from"), kind="day", main=False),
        Filter("until", "期限不晚于", days("until"), kind="day", main=False),
    ),
)  # fmt: skip

FILINGS = Spec(
    "filings", "备案", "次备案",
    columns=(
        Column("环节", lambda row: _json(row, "payload", "step_title", "step") or "（内容已清除）", width=24),
        NAME,
        CODE,
        UNIT_COLUMN,
        Column("状态", _named(words.OUTBOX, "state"), "mark", tone=lambda row: words.TONES.get(row["state"], "plain"), width=12),
        Column("回执编号", lambda row: _json(row, "receipt", "receipt_no") or "—", width=22),
        Column("版次", lambda row: row["revision"], "number", aside=True),
        Column("尝试次数", lambda row: row["attempts"], "number", aside=True),
        Column("原因", lambda row: row["error"] if row["state"] != "sent" else None),
        Column("时间", lambda row: row["updated_at"], "moment", width=18),
    ),
    filters=(
        Filter("open", "回执", same("open"), lambda: {"1": "尚未收到回执"}),
        Filter("state", "状态", same("state"), lambda: words.OUTBOX),
        UNIT,
        Filter("from", "不早于", instants("from"), kind="day", main=False),
        Filter("until", "不晚于", instants("until", plus=1), kind="day", main=False),
    ),
)  # fmt: skip


def _message(row: Row) -> str:
    if row["kind"] == "reminder":
        return "到期事项提醒（当日汇总，各项目的提醒见项目页）"
    return str(_json(row, "payload", "title") or "（内容已清除）")


MESSAGES = Spec(
    "messages", "消息", "条消息",
    columns=(
        Column("内容", _message, width=40),
        Column("类别", _named(words.OUTGOING, "kind"), width=8),
        Column("发给", lambda row: _json(row, "payload", "to", "person") or "—", width=12),
        NAME,
        CODE,
        UNIT_COLUMN,
        Column("状态", _named(words.OUTBOX, "state"), "mark", tone=lambda row: words.TONES.get(row["state"], "plain"), width=12),
        Column("时间", lambda row: row["updated_at"] if row["state"] == "sent" else row["wanted_at"], "moment", width=18),
    ),
    filters=(
        Filter("kind", "类别", same("kind"), lambda: {"message": "消息", "reminder": "到期提醒"}),
        Filter("state", "状态", same("state"), lambda: words.OUTBOX),
        UNIT,
        Filter("from", "不早于", instants("from"), kind="day", main=False),
        Filter("until", "不晚于", instants("until", plus=1), kind="day", main=False),
    ),
)  # fmt: skip

DELIVERIES = Spec(
    "deliveries", "接收记录", "次接收",
    columns=(
        Column("编号", lambda row: row["id"], "number", width=10),
        Column("表单", lambda row: words.form_title(row["form"]), width=24),
        Column("动作", _named(words.EVENTS, "kind"), width=8),
        Column("记录", lambda row: row["record"], width=24),
        Column("来源", lambda row: words.source(row["platform"]), width=12),
        Column("状态", _named(words.INBOX, "state"), "mark", tone=lambda row: words.TONES.get(row["state"], "plain"), width=14),
        Column("结果", lambda row: words.OUTCOMES.get(row["outcome"], row["outcome"] or row["error"] or "—"), width=14),
        Column("尝试次数", lambda row: row["attempts"], "number", width=8),
        Column("接收时间", lambda row: row["received_at"], "moment", width=18),
    ),
    filters=(
        Filter("state", "状态", same("state"), lambda: words.INBOX),
        Filter("form", "表单", same("form"), _forms),
        Filter("from", "不早于", instants("from"), kind="day", main=False),
        Filter("until", "不晚于", instants("until", plus=1), kind="day", main=False),
    ),
    searched="所属项目的名称、单位、编码",
)  # fmt: skip

SPECS: Mapping[str, Spec] = {
    each.name: each for each in (PROJECTS, SUBMISSIONS, OBLIGATIONS, FILINGS, MESSAGES, DELIVERIES, AUDIT)
}
