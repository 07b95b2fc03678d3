"""A posted page → the fields as a platform sends them; stored fields → what stands in the inputs.

Inputs are named `field`, cells `table.row.column`; `….kept` carries the file names chosen on an earlier page.
Texts go out as typed: reading and judging them is the plugin's work. What is empty is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from forms.definition import Field, FormDefinition

CELL = re.compile(r"([a-z][a-z0-9_]*)\.(\d{1,4})\.([a-z][a-z0-9_]*)(?:\.kept)?")
YES_NO: Mapping[str, bool] = {"是": True, "否": False, "true": True, "false": False}
LINE_PARTS = "|"


def fields_of(form: FormDefinition, posted: MultiDict[str, str]) -> dict[str, Any]:
    """Every answered question of the form."""
    rows = _rows(posted)
    fields: dict[str, Any] = {}
    for each in form.fields:
        value = (
            _table(each, rows.get(each.name, ()), posted)
            if each.type == "table"
            else _answer(each, each.name, posted)
        )
        if value not in (None, "", []):
            fields[each.name] = value
    return fields


def _rows(posted: MultiDict[str, str]) -> dict[str, list[int]]:
    """Which row numbers each table was posted with; they may have gaps where rows were taken out."""
    found: dict[str, set[int]] = {}
    for name in posted:
        cell = CELL.fullmatch(name)
        if cell:
            found.setdefault(cell[1], set()).add(int(cell[2]))
    return {table: sorted(numbers) for table, numbers in found.items()}


def _table(table: Field, numbers: Iterable[int], posted: MultiDict[str, str]) -> list[dict[str, Any]]:
    """The rows in which anything was typed."""
    rows = []
    for number in numbers:
        cells = {
            each.name: _answer(each, f"{table.name}.{number}.{each.name}", posted) for each in table.columns
        }
        answered = {name: value for name, value in cells.items() if value not in (None, "", [])}
        if answered:
            rows.append(answered)
    return rows


def _answer(question: Field, name: str, posted: MultiDict[str, str]) -> Any:
    values = [value.strip() for value in posted.getlist(name)]
    if question.type == "file":
        names = list(dict.fromkeys(filter(None, [*posted.getlist(f"{name}.kept"), *values])))
        return names[0] if len(names) == 1 else names
    if question.type == "multi" and question.options:
        return [value for value in values if value]
    text = values[0] if values else ""
    if question.type == "bool":
        return YES_NO.get(text, text)
    if question.type == "table":
        return lines_to_rows(question, text)
    return text


def lines_to_rows(table: Field, text: str) -> list[dict[str, str]]:
    """A table inside a row is typed as lines, its columns separated by a bar."""
    rows = []
    for line in text.replace("\uff5c", LINE_PARTS).splitlines():
        parts = [part.strip() for part in line.split(LINE_PARTS, len(table.columns) - 1)]
        row = {column.name: part for column, part in zip(table.columns, parts, strict=False) if part}
        if row:
            rows.append(row)
    return rows


def shown(question: Field, value: Any) -> str:
    """One value as it stands in an input."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if question.type == "table" and isinstance(value, list):
        return "\n".join(_line(question, row) for row in value if isinstance(row, Mapping))
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    return str(value)


def _line(table: Field, row: Mapping[str, Any]) -> str:
    return LINE_PARTS.join(str(row.get(column.name, "")) for column in table.columns).rstrip(LINE_PARTS)


def chosen(question: Field, value: Any) -> frozenset[str]:
    """The codes of the options that are ticked, whether they were stored as codes or as labels."""
    given = (
        value
        if isinstance(value, list)
        else re.split(r"[、,，;；]", str(value))
        if value not in (None, "")
        else []
    )
    codes = {label: code for code, label in question.options.items()}
    return frozenset(codes.get(str(each).strip(), str(each).strip()) for each in given)


def readable(question: Field, value: Any) -> str:
    """One value as it stands on a page that only shows it."""
    if question.options and value not in (None, "", []):
        return "、".join(
            question.options.get(code, code) for code in question.options if code in chosen(question, value)
        ) or str(value)
    return shown(question, value)


def names(value: Any) -> list[str]:
    """The file names of a file question."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
