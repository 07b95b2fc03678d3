"""What is wrong with the shape of one value, as an official reads it: which field, what was given, what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.fields import Condition, Field
from forms.values import Unreadable, shown


@dataclass(frozen=True, slots=True)
class FieldError:
    """One error. `row` counts from 0 inside a table, `column` names its cell. `code` is stable."""

    field: str
    label: str
    row: int | None
    column: str | None
    code: str
    message: str
    value: Any
    remedy: str
    article: str | None


def unreadable(field: Field, value: Any, error: Unreadable) -> FieldError:
    """The value cannot be taken as it stands."""
    message = f"“{field.label}”填写的“{shown(value)}”{error.why}。"
    return FieldError(
        field.name, field.label, None, None, error.code, message, value, error.remedy, field.article
    )


def required(field: Field) -> FieldError:
    """The field was left empty."""
    verb = "选择" if field.options or field.type == "bool" else "上传" if field.type == "file" else "填写"
    remedy = f"请{verb}{field.label}。{field.help or ''}"
    return FieldError(
        field.name,
        field.label,
        None,
        None,
        "REQUIRED",
        f"“{field.label}”没有{verb}。",
        None,
        remedy,
        field.article,
    )


def conditional(field: Field, condition: Condition, beside: Mapping[str, Field]) -> FieldError:
    """Empty, though another answer of the same form asks for it."""
    error = required(field)
    other = beside[condition.field]
    reason = f"{said(condition, other)}时必须填写“{field.label}”。"
    return FieldError(
        error.field,
        error.label,
        None,
        None,
        "REQUIRED",
        f"{error.message}{reason}",
        None,
        error.remedy,
        error.article,
    )


def said(condition: Condition, other: Field) -> str:
    """The condition in the labels of the form."""
    if condition.filled is not None:
        return f"“{other.label}”{'已经填写' if condition.filled else '没有填写'}"
    words = {True: "是", False: "否"}
    labels = [
        words[each] if isinstance(each, bool) else other.options.get(each, str(each))
        for each in condition.values
    ]
    return f"“{other.label}”为“{'”或“'.join(labels)}”"


def in_table(table: Field, row: int, error: FieldError) -> FieldError:
    """The error of a cell, told as an error of the table's row."""
    message = f"“{table.label}”第{row + 1}行：{error.message}"
    return FieldError(
        table.name,
        table.label,
        row,
        error.field,
        error.code,
        message,
        error.value,
        error.remedy,
        error.article or table.article,
    )
