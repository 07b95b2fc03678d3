"""Definition → marshmallow schema, built once a form; loading reports every field error at once, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.fields import Field as MarshmallowField

from forms.definition import load_forms
from forms.errors import FieldError, conditional, in_table, required, unreadable
from forms.fields import Field, FormDefinition
from forms.questions import Shape, Table, question
from forms.values import Unreadable, blank

__all__ = ["FieldError", "Loaded", "dump", "load", "schema_for"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read, what could not, and what the form does not ask for."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...] = ()
    unknown: tuple[str, ...] = ()


@cache
def schema_for(form_name: str) -> Schema:
    """The one schema of a form."""
    return built(load_forms()[form_name].fields, form_name)


def built(fields: Iterable[Field], name: str) -> Schema:
    """A schema of these questions. What the system computes is not read from a submission."""
    asked: dict[str, MarshmallowField[Any]] = {}
    for each in fields:
        if each.by == "computed":
            continue
        nested = built(each.columns, f"{name}.{each.name}") if each.type == "table" else None
        asked[each.name] = question(each, nested)
    # no title case, no registry: Schema.from_dict keeps made classes out of marshmallow's class registry
    return Schema.from_dict(asked, name=name)(unknown=EXCLUDE)


def load(form: FormDefinition, data: Mapping[str, Any]) -> Loaded:
    """Read a submission. Never raises for bad input; what is good is kept although other values are not."""
    schema = schema_for(form.name)
    given = {name: value for name, value in data.items() if name in schema.fields}
    computed = {each.name for each in form.fields if each.by == "computed"}
    unknown = tuple(str(name) for name in data if name not in schema.fields and name not in computed)
    values, errors = _read(schema, form.fields, given)
    return Loaded(values, tuple(errors), unknown)


def _read(
    schema: Schema, fields: Iterable[Field], given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values and errors of one form, or of one row of a table."""
    asked = {each.name: each for each in fields}
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, field in schema.fields.items():
        if isinstance(field, Table):
            values[name], wrong = _rows(field, asked[name], given.get(name))
            errors += wrong
            continue
        try:
            values[name] = field.deserialize(given.get(name), name, given)
        except ValidationError as refused:
            errors.append(refused.error if isinstance(refused, Shape) else required(asked[name]))
    unread = {each.field for each in errors}
    values = {name: value for name, value in values.items() if value is not None}
    return values, errors + [
        error for each in asked.values() if each.name not in unread for error in _missing(each, values, asked)
    ]


def _rows(field: Table, asked: Field, given: Any) -> tuple[list[dict[str, Any]] | None, list[FieldError]]:
    """Every row by itself, so that one bad cell does not hide the others. Empty rows are left out."""
    if given is None or given == "":
        return None, []
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        wrong = Unreadable("NOT-A-TABLE", "不是表格", "请逐行填写。")
        return None, [unreadable(asked, given, wrong)]
    rows = [row for row in given if not all(blank(value) or value == [] for value in row.values())]
    if len(rows) > asked.max_rows:
        wrong = Unreadable(
            "TOO-MANY-ROWS", f"有{len(rows)}行，超过{asked.max_rows}行", f"请控制在{asked.max_rows}行以内。"
        )
        return None, [unreadable(asked, f"{len(rows)}行", wrong)]
    nested = field.schema
    read = [_read(nested, asked.columns, row) for row in rows]
    errors = [in_table(asked, number, each) for number, (_values, wrong) in enumerate(read) for each in wrong]
    return [values for values, _wrong in read] or None, errors


def _missing(field: Field, values: Mapping[str, Any], beside: Mapping[str, Field]) -> Iterator[FieldError]:
    """Whether an answer is asked for and not there."""
    value = values.get(field.name)
    if field.by == "computed" or (
        value is not None and not (field.type == "table" and len(value) < field.min_rows)
    ):
        return
    if field.required:
        yield required(field)
        return
    for condition in field.required_when:
        if condition.holds(values):
            yield conditional(field, condition, beside)
            return


def dump(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-ready: money as a text with its places, days as ISO. What `load` reads from it is the same again."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value
