"""A form that a person made by hand, held against its printed field list. Pure.

Looser than the plan: another kind of box that can hold the same answer is no mistake. What is said names the field, what
is wrong, and what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from forms.fields import Field, FormDefinition
from forms.render import TYPES
from plugin.platforms.nocobase.fields import YES_NO, result_fields

Json = Mapping[str, Any]
_TEXT = frozenset({"string", "text"})
HOLDS = {
    "text": _TEXT,
    "ref": _TEXT,
    "longtext": _TEXT,
    "money": frozenset({"decimal"}),
    "decimal": frozenset({"decimal", "double", "float"}),
    "int": frozenset({"bigInt", "integer"}),
    "date": frozenset({"dateOnly"}),
    "bool": frozenset({"string"}),
    "enum": frozenset({"string"}),
    "multi": frozenset({"array"}),
    "file": frozenset({"belongsToMany"}),
    "table": frozenset({"hasMany"}),
}
INSTEAD = {
    "money": "应为两位小数的定点数（decimal）；浮点数会使金额出现误差",
    "date": "应为不带时间的日期（dateOnly）",
    "bool": "应为“是”“否”的单选；勾选框不勾就等于“否”",
    "file": "应为附件字段",
    "table": "应为一对多的子表单",
}


def check(form: FormDefinition, collections: Mapping[str, Json], name: str) -> tuple[str, ...]:
    """What the collection `name` lacks or has otherwise. `collections`: name → {"fields": {name → field}}."""
    found = collections.get(name)
    if found is None:
        return (f"平台上没有名为 {name} 的数据表。",)
    wrong = [*_fields(form.fields, found["fields"], collections, ""), *_results(found["fields"])]
    return tuple(wrong)


def _fields(
    wanted: Iterable[Field], found: Json, collections: Mapping[str, Json], where: str
) -> Iterator[str]:
    for field in wanted:
        label = f"{where}“{field.label}”（{field.name}）"
        standing = found.get(field.name)
        if standing is None:
            yield f"缺少{label}，应为{TYPES[field.type]}。"
        elif standing.get("type") not in _holding(field):
            instead = INSTEAD.get(
                field.type, f"应为{TYPES[field.type]}（{'、'.join(sorted(_holding(field)))}）"
            )
            yield f"{label}的类型是 {standing.get('type')}，{instead}。"
        else:
            yield from _inside(field, standing, collections, label)


def _holding(field: Field) -> frozenset[str]:
    return _TEXT if field.type == "multi" and not field.options else HOLDS[field.type]


def _inside(field: Field, standing: Json, collections: Mapping[str, Json], label: str) -> Iterator[str]:
    """Options, places, and the columns of a table."""
    options = field.options or (YES_NO if field.type == "bool" else {})
    offered = {each.get("value") for each in (standing.get("uiSchema") or {}).get("enum") or ()}
    lacking = [
        f"{text}（{value}）" if text != value else text
        for value, text in options.items()
        if value not in offered
    ]
    if lacking:
        yield f"{label}缺少选项：{'、'.join(lacking)}。"
    if field.type == "money" and (standing.get("scale") or 0) < 2:
        yield f"{label}的小数位数是 {standing.get('scale') or 0}，应为 2。"
    if field.type == "file" and standing.get("target") != "attachments":
        yield f"{label}{INSTEAD['file']}。"
    if field.type == "table":
        target = collections.get(standing.get("target") or "")
        if target is None:
            yield f"{label}指向的数据表 {standing.get('target')} 不存在。"
        else:
            yield from _fields(field.columns, target["fields"], collections, f"{label}的列")


def _results(found: Json) -> Iterator[str]:
    for field in result_fields():
        title, standing = field["uiSchema"]["title"], found.get(field["name"])
        if standing is None:
            yield f"缺少写回字段“{title}”（{field['name']}，{field['type']}）。"
        elif standing.get("type") != field["type"]:
            yield f"写回字段“{title}”（{field['name']}）的类型是 {standing.get('type')}，应为 {field['type']}。"
