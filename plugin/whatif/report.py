"""The effects of a change as an official reads them, as JSON, and as rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from plugin.regulation.facts import to_json
from plugin.regulation.states import NAMES as STATES
from plugin.regulation.wording import money
from plugin.whatif.effects import Item
from plugin.whatif.run import Effect
from plugin.whatif.summary import Summary
from plugin.whatif.words import WHEN, Words

HEAD = ("项目编码", "项目名称", "项目建设单位", "投资额（元）", "所处环节", "范围", "变化", "条款")
FORMULA = "=+-@\t\r"


def summary_lines(summary: Summary, words: Words) -> Iterator[str]:
    """How many projects, then what changes for how many of them and how much money."""
    day, affected = words.change.day, summary.affected
    yield f"台账中共{summary.looked_at}个项目；下一步按{day}办理推算。"
    if not affected.projects:
        yield "没有项目受影响。"
        return
    yield f"受影响的项目{affected.projects}个，投资额合计{money(affected.amount_yuan)}："
    for line, count in summary.in_order():
        yield f"  {WHEN[line.when]}  {words.line(line)}——{count.projects}个项目，投资额{money(count.amount_yuan)}"


def effect_lines(effect: Effect, words: Words) -> Iterator[str]:
    """One project with all that changes for it."""
    amount = money(effect.amount_yuan) if effect.amount_yuan is not None else "未填投资额"
    name, unit = effect.name or "未填项目名称", effect.unit or "未填建设单位"
    yield f"{effect.code}  {name}  {unit}  {amount}  {STATES[effect.state]}"
    yield from (f"    {WHEN[item.when]}  {words.item(item)}" for item in effect.items)


def summary_json(summary: Summary, words: Words) -> dict[str, Any]:
    """The same counts for machines; `said` is the Chinese line."""
    return {
        "looked_at": summary.looked_at,
        "day": words.change.day.isoformat(),
        "affected": summary.affected.projects,
        "amount_yuan": _amount(summary.affected.amount_yuan),
        "lines": [
            {
                "kind": line.kind.value,
                "when": line.when.value,
                "code": line.code,
                "was": to_json(line.was),
                "now": to_json(line.now),
                "article": line.article,
                "projects": count.projects,
                "amount_yuan": _amount(count.amount_yuan),
                "said": words.line(line),
            }
            for line, count in summary.in_order()
        ],
    }


def effect_json(effect: Effect, words: Words) -> dict[str, Any]:
    """One project; `was` and `now` are null where there is nothing of it."""
    return {
        "project_code": effect.code,
        "project_name": effect.name,
        "construction_unit": effect.unit,
        "state": effect.state,
        "amount_yuan": _amount(effect.amount_yuan),
        "changes": [_item_json(item, words) for item in effect.items],
    }


def _item_json(item: Item, words: Words) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "when": item.when.value,
        "code": item.code,
        "key": item.key,
        "was": to_json(item.was),
        "now": to_json(item.now),
        "article": item.article,
        "citation": words.citation(item.article),
        "said": words.item(item),
    }


def rows(effect: Effect, words: Words) -> Iterator[tuple[str, ...]]:
    """A row an item, for a table; nothing in it is a formula."""
    amount = "" if effect.amount_yuan is None else str(effect.amount_yuan)
    head = (effect.code, effect.name, effect.unit, amount, STATES[effect.state])
    for item in effect.items:
        row = (*head, WHEN[item.when], words.item(item), words.citation(item.article))
        yield tuple(harmless(each) for each in row)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(tuple(FORMULA)) else cell


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
