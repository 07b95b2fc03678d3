"""The readable side of the dossier: printable HTML, one sheet a version, one a list, and the table of contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from forms.fields import Field, FormDefinition
from plugin.dossier import words
from plugin.dossier.contents import Contents, Recalled, Record, Version
from plugin.dossier.words import instant, shown
from plugin.ledger import AttemptRow, OutboxRow
from plugin.reminders import DUTIES

_PAGES = Environment(
    loader=PackageLoader("plugin.dossier", "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
Cite = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Link:
    """A cell of the table of contents that leads to a file."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a sheet: heading, column names, rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | Link]]


def page(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table], note: str = "") -> str:
    """One printable sheet."""
    return _PAGES.get_template("sheet.html").render(title=title, facts=facts, tables=tables, note=note)


def version_page(record: Record, version: Version, number: int, form: FormDefinition | None) -> str:
    """One version as its form shows it, and what was said of it."""
    head, saved = record.head, version.saved
    title = form.title if form else head.form
    who = (saved.submitter or {}).get("name") or (saved.submitter or {}).get("id") or "未记录"
    facts = [
        ("项目编码", head.project_code or ""),
        ("记录", f"{head.platform}:{head.record}"),
        (
            "版本",
            f"第{number}版（{words.EVENTS.get(saved.kind, saved.kind)}{'，只含改动的栏目' if saved.partial else ''}）",
        ),
        ("保存时间", instant(saved.saved_at)),
        ("保存人", who),
    ]
    asked = form.fields if form else ()
    tables = [Table("填写内容", ("栏目", "内容"), _plain(asked, saved.fields)), *_tables(asked, saved.fields)]
    for verdict in version.verdicts:
        tables += _verdict_tables(verdict.verdict, instant(verdict.judged_at), verdict.law_version)
    return page(f"{title}（第{number}版）", facts, tables)


def _plain(asked: Sequence[Field], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = {field.name: field for field in asked}
    rows = [(field.label, shown(values[field.name], field)) for field in asked if _is_plain(field, values)]
    return rows + [(name, shown(value)) for name, value in sorted(values.items()) if name not in known]


def _is_plain(field: Field, values: Mapping[str, Any]) -> bool:
    return field.type != "table" and values.get(field.name) not in (None, "", [])


def _tables(asked: Sequence[Field], values: Mapping[str, Any]) -> list[Table]:
    found = []
    for field in asked:
        rows = values.get(field.name)
        if field.type == "table" and isinstance(rows, list) and rows:
            cells = [[shown(row.get(each.name), each) for each in field.columns] for row in rows]
            found.append(Table(field.label, [each.label for each in field.columns], cells))
    return found


def _verdict_tables(verdict: Mapping[str, Any], at: str, law: str) -> list[Table]:
    said = [("结论", verdict["message"]), ("判断时间", at), ("参数版本", law)]
    findings = [
        (each["citation"] or "", each["message"], each["remedy"], each["code"])
        for each in verdict["findings"]
    ]
    tables = [Table("审查结论", ("项目", "内容"), said)]
    if findings:
        tables.append(Table("不符合项", ("依据", "情况", "如何办理", "规则"), findings))
    return tables


def duties_page(contents: Contents, cite: Cite) -> str:
    rows = [
        (
            DUTIES.get(duty.row.duty, duty.row.duty),
            cite(duty.row.article),
            str(duty.row.window_opens_on or ""),
            str(duty.row.due_on or "未定期限"),
            str(duty.row.overdue_after or ""),
            str(duty.row.fulfilled_on or ""),
            words.DUTY.get(duty.row.state, duty.row.state),
        )
        for duty in contents.duties
    ]
    columns = ("事项", "依据", "起始日", "期限", "顺延后最后一天", "办理日期", "状态")
    return page("应办事项", [("项目编码", contents.project.code)], [Table("全部事项", columns, rows)])


def post_page(title: str, rows: Sequence[OutboxRow]) -> str:
    """Messages, or filings with their receipts."""
    lines = [
        (
            words.POST.get(row.kind, row.kind),
            _said(row.payload),
            instant(row.wanted_at),
            _arrived(row),
            str((row.receipt or {}).get("receipt_no") or ""),
        )
        for row in rows
    ]
    columns = ("类别", "内容", "应发时间", "状态", "回执编号")
    return page(title, [("条数", str(len(lines)))], [Table("全部", columns, lines)])


def _arrived(row: OutboxRow) -> str:
    said = words.SENDING.get(row.state, row.state)
    return f"{said}\n{instant(row.updated_at)}" if row.state == "sent" else said


def _said(payload: Mapping[str, Any]) -> str:
    if payload.get("step_title"):
        return f"{payload['step_title']}（{payload.get('happened_on', '')}）"
    return "\n".join(str(payload[name]) for name in ("title", "text", "message") if payload.get(name))


def reminders_page(contents: Contents) -> str:
    """Every moment of the project's duties, for whom it was, and when the digest with it arrived."""
    rows = [
        (
            DUTIES.get(each.row.key.partition(":")[0], each.row.key),
            f"{each.row.person or '未登记'}（{words.ROLES.get(each.row.role, each.row.role)}）",
            instant(each.row.wanted_at),
            _told(each),
            "\n".join(map(_tried, each.attempts)),
        )
        for each in contents.reminders
    ]
    columns = ("事项", "接收人", "应发时间", "状态", "送达途径和时间")
    note = "每人每个工作日的提醒合为一条；这里只列出与本项目有关的事项。"
    return page("提醒", [("条数", str(len(rows)))], [Table("全部", columns, rows)], note)


def _told(each: Recalled) -> str:
    if each.row.outcome:
        return words.OUTCOMES[each.row.outcome]
    return "待发" if each.row.person else "没有登记接收人，未发"


def _tried(attempt: AttemptRow) -> str:
    outcome = words.TRIES.get(attempt.outcome or "unclear", attempt.outcome or "")
    return f"{words.CHANNELS.get(attempt.channel, attempt.channel)} {instant(attempt.started_at)} {outcome}"


def audit_page(contents: Contents) -> str:
    rows = [
        (str(each.entry.id), instant(each.entry.at), each.entry.actor, words.ACTIONS.get(each.entry.action, each.entry.action), each.entry.subject, each.entry.hash or "未封存")
        for each in contents.audit
    ]  # fmt: skip
    note = (
        "每条的校验值由上一条的校验值和本条内容算出（SHA-256），上一条的校验值见 审计.json 的 previous_hash。"
    )
    columns = ("序号", "时间", "经办", "事项", "对象", "校验值")
    return page("审计记录", [("项目编码", contents.project.code)], [Table("审计记录", columns, rows)], note)


def standing_of(record: Record) -> str:
    """How the record stands, its deletion and what was let through with it."""
    said = [words.STANDINGS.get(record.head.standing, record.head.standing)]
    said += ["已在平台上删除"] if record.head.deleted else []
    said += [f"规则{each['rule_code']}由{each['by']}核准：{each['reason']}" for each in record.head.overrides]
    return "；".join(said)
