"""The audit as a list: who did what to which subject, in words. Ids, counts and digests are all it holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugin.console import access, words
from plugin.console.listing import Column, Filter, Link, Row, Spec, both, instants, same
from plugin.console.parts import ledger
from plugin.dossier.words import ACTIONS

GROUPS: Mapping[str, str] = {  # what stands before the point of an action
    "person": "登录和账号",
    "submission": "提交、核准和关联",
    "console": "导出和归档包",
    "manifest": "参数生效",
    "proposal": "修改参数的提议",
    "projects": "项目导入",
    "record": "涉密清除",
    "obligation": "应办事项",
    "outbox": "外发",
    "inbox": "接收",
    "calendar_feed": "日历链接",
    "ledger": "备份",
}
LISTS: Mapping[str, str] = {
    "projects": "项目", "submissions": "提交", "obligations": "应办事项", "filings": "备案", "messages": "消息",
    "deliveries": "接收记录", "limits": "参数一览", "audit": "审计记录",
}  # fmt: skip
FILTERS: Mapping[str, str] = {
    "q": "搜索", "state": "状态", "phase": "阶段", "unit": "建设单位", "kind": "类型", "year": "计划年度",
    "supervision": "监督状态", "from_fen": "投资额不低于", "until_fen": "投资额不高于", "due_until": "期限",
    "resembles": "疑似重复", "standing": "结果", "held": "等待办理", "form": "表单", "platform": "来源", "from": "不早于",
    "until": "不晚于", "duty": "事项", "overdue": "已逾期", "in_time": "未逾期", "open": "尚未收到回执", "group": "类别",
    "actor": "谁", "from_row": "", "until_row": "",
}  # fmt: skip
PURGED: Mapping[str, str] = {
    "versions": "历次内容", "heads": "现行内容", "overrides": "核准", "verdicts": "结论", "quarantined": "隔离的内容",
    "deliveries": "接收的内容", "outgoing": "外发内容", "project_facts": "项目情况", "project_verdicts": "项目的其他结论",
    "duty_details": "事项说明", "duties_watched": "提醒", "differences": "核对结果", "search_texts": "检索文字",
    "previews": "影响推算", "duty_revisions": "事项历史",
}  # fmt: skip
_SHORT = 12  # signs of a digest: enough to compare by eye


def _short(value: Any) -> str:
    return str(value)[:_SHORT]


def _filters(value: Any) -> str:
    return "、".join(label for each in value if (label := FILTERS.get(each, each))) or "无"


# what a detail may hold: its label, and how the value is said
DETAILS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "key": ("编号", str),
    "duty": ("事项", words.duty),
    "rule": ("规则", str),
    "project": ("项目", str),
    "form": ("表单", words.form_title),
    "before": ("原期限", lambda value: value or "未定"),
    "now": ("现期限", lambda value: value or "未定"),
    "revision": ("版次", str),
    "role": ("角色", lambda value: access.NAMES.get(value, value)),
    "how": ("方式", lambda value: {"password": "密码", "link": "平台链接"}.get(value, value)),
    "kind": ("格式", lambda value: {"xlsx": "Excel", "csv": "CSV"}.get(value, value)),
    "filters": ("筛选", _filters),
    "proposed_by": ("提出人", str),
    "base": ("依据的版本", str),
    "version": ("版本", str),
    "new": ("新增", lambda value: f"{value}个"),
    "changed": ("更新", lambda value: f"{value}个"),
    "count": ("数量", lambda value: f"{value}个"),
    "bytes": ("大小", words.size),
    "content": ("内容校验值", _short),
    "digest": ("校验值", _short),
    "original": ("原内容校验值", _short),
    "other": ("新内容校验值", _short),
    "file": ("文件校验值", _short),
    "error": ("原因校验值", _short),
    "why": ("依据校验值", _short),
}


def details(row: Row) -> str:
    """The detail in words; what no word is known for stands under its own name."""
    return "；".join(_details(row["action"], json.loads(row["detail"])))


def _details(action: str, detail: dict[str, Any]) -> Iterator[str]:
    if action == "record.purged":
        yield from (f"{PURGED[name]}{detail[name]}处" for name in PURGED if detail.get(name))
        return
    if action.startswith("obligation.") and "key" in detail:
        detail = {"duty": detail["key"].partition(":")[0], **detail}
        del detail["key"]
    for name in (*(each for each in DETAILS if each in detail), *sorted(detail.keys() - DETAILS.keys())):
        label, said = DETAILS.get(name, (name, str))
        yield f"{label}：{said(detail[name])}"


def subject(row: Row) -> str:
    """What it was done to."""
    kind, _, rest = row["subject"].partition(":")
    if row["action"].startswith("outbox."):
        return _outgoing(kind, rest)
    if _of_record(row):
        source = words.SOURCES.get(kind)
        return f"{source}的记录 {rest}" if source else f"记录 {rest}"
    named = {
        "project": "项目 {}", "manifest": "参数版本 {}", "proposal": "第{}号提议", "person": "账号 {}",
        "calendar_feed": "第{}号日历链接", "inbox": "第{}号接收记录", "import": "导入的表格", "ledger": "台账",
    }  # fmt: skip
    if kind == "list":
        return f"清单“{LISTS.get(rest, rest)}”"
    return named[kind].format(rest) if kind in named else str(row["subject"])


def _outgoing(kind: str, rest: str) -> str:
    """A filing by its project and paper, anything else by its key."""
    if kind == "filing" and ":" in rest:
        code, _, paper = rest.partition(":")
        rest = f"{code} {words.form_title(paper.partition('-')[0])}"
    return f"{words.OUTGOING.get(kind, kind)} {rest}"


def _of_record(row: Row) -> bool:
    action: str = row["action"]
    return action.startswith(("submission.", "record.")) or action == "inbox.conflict"


def subject_page(row: Row) -> Link | None:
    """Where the subject is shown; None for what has no page, or is there no longer."""
    kind, _, rest = row["subject"].partition(":")
    if row["action"].startswith("outbox."):
        code = row["project_code"]
        return ("console.projects.show", {"code": code}) if code else None
    if _of_record(row):
        there = row["is_record"]
        return ("console.submissions.show", {"platform": kind, "record": rest}) if there else None
    pages: Mapping[str, Link] = {
        "project": ("console.projects.show", {"code": rest}),
        "manifest": ("console.versions.show", {"version": rest}),
        "proposal": ("console.proposals.show", {"id": rest}),
        "person": ("console.people.show", {}),
        "calendar_feed": ("console.people.show", {}),
    }
    return pages.get(kind)


def chain() -> tuple[str, str]:
    """Tone and sentence: whether the chain was whole when `doctor` last looked. Not looked at here: it is long."""
    whole, broken = ledger().marks.get("audit-whole"), ledger().marks.get("audit-broken")
    ask = "运维人员运行 zhengxiang doctor 可以随时重新核对。"
    if broken and (whole is None or broken >= whole):
        return "bad", (
            f"审计记录于{words.moment(broken)}核对时与封存的不一致，可能被改动。请保留现场并报告；"
            "自哪一条起，由运维人员运行 zhengxiang doctor 查明。"
        )
    if whole is None:
        return "wait", f"审计记录是否完整，还没有核对过。{ask}"
    return (
        "good",
        f"审计记录逐条封存、前后相连，{words.moment(whole)}核对完整，此后的记录尚未核对。{ask}",
    )


def _actors() -> Mapping[str, str]:
    return {each: words.actor(each) for each in ledger().lists.choices("actor")}


AUDIT = Spec(
    "audit", "审计记录", "条记录",
    columns=(
        Column("编号", lambda row: row["id"], "number", sort="recorded", width=10),
        Column("时间", lambda row: row["at"], "moment", width=18),
        Column("谁", lambda row: words.actor(row["actor"]), width=14),
        Column("类别", lambda row: GROUPS.get(row["action"].partition(".")[0], "—"), width=14, aside=True),
        Column("做了什么", lambda row: ACTIONS.get(row["action"], row["action"]), width=20),
        Column("对象", subject, link=subject_page, width=36),
        Column("说明", details, width=48),
        Column("封存值", lambda row: row["hash"] or "尚未封存", width=66, aside=True),
    ),
    filters=(
        Filter("group", "类别", same("group"), lambda: GROUPS),
        Filter("actor", "谁", same("actor"), _actors),
        Filter("from", "不早于", both(instants("from"), instants("from_row")), kind="day"),
        Filter("until", "不晚于", both(instants("until", plus=1), instants("until_row", plus=1)), kind="day"),
    ),
    searched="",
)  # fmt: skip
