"""What an import did, as the bureau reads it: row by row, every duty with its day, what was left alone and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256

from plugin.importing.entering import CHANGED, NEW, UNCHANGED, Entered, Import
from plugin.ledger import ObligationRow
from plugin.reminders import DUTIES

Cite = Callable[[str], str]  # "39(1)" → 第三十九条第一款
INDENT = "    "
TO_PURGE = "以前登记的内容还在台账中，检查不作清除。请立即用 zhengxiang import 正式导入这个文件，其中的内容不会登记，以前登记的内容随即清除。"


def lines(done: Import, cite: Cite) -> Iterator[str]:
    """The report, a line at a time."""
    if done.to_purge:
        numbers = "、".join(f"第{number}行" for number in done.to_purge)
        yield f"{numbers}的项目以前登记过，现在填写为涉密或者电子政务内网：{TO_PURGE}"
    if done.purged:
        numbers = "、".join(f"第{number}行" for number in done.purged)
        yield f"{numbers}的项目现在填写为涉密或者电子政务内网：此前登记的内容已经清除，此前所做的备份请另行销毁。"
    if done.problems:
        yield f"没有导入。文件有{len(done.problems)}处需要改正，全部改好以前不写入任何内容："
        yield from map(str, done.problems)
        return
    yield _head(done)
    for project in done.projects:
        yield from _project(project, done, cite)
    yield from _tail(done)


def stamp_of(done: Import, cite: Cite) -> str:
    """Stands for the file and for every word of its check, by which an import is agreed to."""
    said = "\n".join((done.file, *lines(replace(done, kept=False), cite)))
    return sha256(said.encode()).hexdigest()


def _head(done: Import) -> str:
    counts = [f"{what}{done.count(what)}个" for what in (NEW, CHANGED, UNCHANGED)]
    skipped = f"；示例行已跳过（第{'、'.join(map(str, done.examples))}行）" if done.examples else ""
    verb = "导入完成" if done.kept else "检查通过，没有写入；正式导入时"
    return f"{verb}：共{len(done.projects)}个项目，{'、'.join(counts)}{skipped}。"


def _project(project: Entered, done: Import, cite: Cite) -> Iterator[str]:
    code = project.code if done.kept or project.what != NEW else "编码在导入时编发"
    yield f"第{project.number}行 {project.what} {code} {project.unit}“{project.name}”（{project.stage}）"
    for duty in project.open:
        yield f"{INDENT}{duty_line(duty, done.today, cite)}"
    for hint in project.hints:
        yield f"{INDENT}提示：{hint}"


def is_late(duty: ObligationRow, today: date) -> bool:
    """Whether its last day was past when the file came in."""
    return duty.last_day is not None and duty.last_day < today


def duty_line(duty: ObligationRow, today: date, cite: Cite) -> str:
    """One duty with its day."""
    what = f"{DUTIES[duty.duty]}（{cite(duty.article)}）"
    opens = f"{duty.window_opens_on}起可以办理" if duty.window_opens_on else ""
    if duty.due_on is None:
        return f"待办：{what}，{opens or '办法没有规定期限'}"
    last = duty.overdue_after or duty.due_on
    if is_late(duty, today):
        return f"已逾期：{what}，应于{duty.due_on}前（含当日）完成，已逾期{(today - last).days}天"
    rolled = f"，遇节假日顺延至{last}" if last != duty.due_on else ""
    return f"待办：{what}，{opens + '，' if opens else ''}{duty.due_on}前（含当日）完成{rolled}"


def overdue(done: Import) -> int:
    """How many duties were past their last day when the file came in."""
    return sum(is_late(each, done.today) for project in done.projects for each in project.open)


def _tail(done: Import) -> Iterator[str]:
    if late := overdue(done):
        yield f"已逾期的{late}项只在这里列出并记入应办事项，导入前应当发出的提醒不补发；以后的提醒按日期发给登记的接收人。"
    if any(each.what != UNCHANGED for each in done.projects):
        yield "此前的环节按已经办理登记，不向全生命周期管理系统补报备案；以后的环节用各自的表单办理。"
