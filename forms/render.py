"""A form for those who do not fill it in on a page of ours: JSON Schema, and a printed field list in Markdown.

A platform whose forms people create by hand (no create-form interface) gets them from the field list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forms.errors import said
from forms.fields import Field, FormDefinition

TYPES = {
    "text": "单行文本", "longtext": "多行文本", "money": "金额（元，两位小数）", "date": "日期", "int": "整数", "decimal": "数字",
    "bool": "是/否", "enum": "单选", "multi": "多选", "file": "附件", "ref": "关联选择", "table": "表格（子表单）",
}  # fmt: skip
WHO = {"filler": "填报人", "bureau": "数据资源局", "computed": "系统计算"}
FILE = {
    "oneOf": [
        {"type": "string"},
        {"type": "object"},
        {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "object"}]}},
    ]
}


def json_schema(form: FormDefinition) -> dict[str, Any]:
    """JSON Schema (2020-12) of the normalised values: money as text with two places, days as ISO."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title,
        "description": form.intro,
        **_object(form.fields),
    }


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    asked = [each for each in fields if each.by != "computed"]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [each.name for each in asked if each.required],
        "properties": {each.name: {"title": each.label, **_described(each), **_type(each)} for each in asked},
    }


def _described(field: Field) -> dict[str, Any]:
    return {"description": field.help} if field.help else {}


def _type(field: Field) -> dict[str, Any]:
    match field.type:
        case "money":
            return {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}
        case "decimal":
            return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
        case "date":
            return {"type": "string", "format": "date"}
        case "int":
            return {"type": "integer"}
        case "bool":
            return {"type": "boolean"}
        case "enum":
            return {"enum": list(field.options)}
        case "multi":
            items: dict[str, Any] = {"enum": list(field.options)} if field.options else {"type": "string"}
            return {"type": "array", "items": items}
        case "file":
            return FILE
        case "table":
            return {"type": "array", "maxItems": field.max_rows, "items": _object(field.columns)}
        case _:
            return {"type": "string", "maxLength": field.max_length}


def field_list(form: FormDefinition) -> str:
    """Everything a person needs to create the form by hand, as a Markdown table."""
    lines = [f"# {form.code} {form.title}", "", form.intro, "", *_table(form.fields)]
    for field in form.fields:
        if field.type == "table":
            lines += [
                "",
                f"## 表格：{field.label}（{field.name}，最多{field.max_rows}行）",
                "",
                *_table(field.columns),
            ]
    return "\n".join(lines)


def _table(fields: tuple[Field, ...]) -> Iterator[str]:
    yield "| 标签 | 标识 | 类型 | 必填 | 填写人 | 选项 | 依据 | 说明 |"
    yield "|---|---|---|---|---|---|---|---|"
    beside = {each.name: each for each in fields}
    for field in fields:
        when = "；".join(f"{said(each, beside[each.field])}时" for each in field.required_when)
        asked = "是" if field.starred else when or "否"
        options = "、".join(f"{label}（{value}）" for value, label in field.options.items())
        cells = (
            field.label,
            field.name,
            TYPES[field.type],
            asked,
            WHO[field.by],
            options,
            field.article or "",
            field.help or "",
        )
        yield "| " + " | ".join(cell.replace("|", "｜").replace("\n", " ") for cell in cells) + " |"
