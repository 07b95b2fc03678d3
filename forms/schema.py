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


@dataclass(frozen=True, slots=True)
class Questions:
    """What one form, or one row of a table, asks: looked up once, walked for every submission."""

    asked: Mapping[str, Field]
    readers: tuple[tuple[Field, MarshmallowField[Any], Questions | None], ...]
    may_be_missed: tuple[Field, ...]  # those whose absence can be an error


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


@cache
def questions_of(form_name: str) -> Questions:
    """The questions of a form, over its schema."""
    return _questions(load_forms()[form_name].fields, schema_for(form_name))


def _questions(fields: Iterable[Field], schema: Schema) -> Questions:
    asked = {each.name: each for each in fields}
    readers = [
        (
            asked[name],
            field,
            _questions(asked[name].columns, field.schema) if isinstance(field, Table) else None,
        )
        for name, field in schema.fields.items()
    ]
    missed = (
        each for each in asked.values() if each.by != "computed" and (each.required or each.required_when)
    )
    return Questions(asked, tuple(readers), tuple(missed))


def load(form: FormDefinition, data: Mapping[str, Any]) -> Loaded:
    """Read a submission. Never raises for bad input; what is good is kept although other values are not."""
    questions = questions_of(form.name)
    values, errors = _read(questions, data)
    return Loaded(values, tuple(errors), tuple(str(name) for name in data if name not in questions.asked))


def _read(questions: Questions, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The values and errors of one form, or of one row of a table."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for asked, field, rows in questions.readers:
        value = given.get(asked.name)
        if value is None or value == "":
            continue
        try:
            read = _rows(asked, rows, value, errors) if rows else field.deserialize(value, asked.name, given)
        except ValidationError as refused:
            errors.append(refused.error if isinstance(refused, Shape) else required(asked))
        else:
            if read is not None:
                values[asked.name] = read
    if questions.may_be_missed:
        unread = {each.field for each in errors}
        missing = (each for each in questions.may_be_missed if each.name not in unread)
        errors += [error for each in missing for error in _missing(each, values, questions.asked)]
    return values, errors


def _rows(
    asked: Field, questions: Questions, given: Any, errors: list[FieldError]
) -> list[dict[str, Any]] | None:
    """Every row by itself, so that one bad cell does not hide the others. Empty rows are left out."""
    if not isinstance(given, list) or not all(isinstance(row, Mapping) for row in given):
        raise Shape(unreadable(asked, given, Unreadable("NOT-A-TABLE", "不是表格", "请逐行填写。")))
    rows = {  # numbered as they were sent, so that an error points at the row the official sees
        number: row
        for number, row in enumerate(given)
        if not all(blank(value) or value == [] for value in row.values())
    }
    if len(rows) > asked.max_rows:
        why, remedy = f"有{len(rows)}行，超过{asked.max_rows}行", f"请控制在{asked.max_rows}行以内。"
        raise Shape(unreadable(asked, f"{len(rows)}行", Unreadable("TOO-MANY-ROWS", why, remedy)))
    read = {number: _read(questions, row) for number, row in rows.items()}
    errors += [in_table(asked, number, each) for number, (_values, wrong) in read.items() for each in wrong]
    return [values for values, _wrong in read.values()] or None


def _missing(field: Field, values: Mapping[str, Any], beside: Mapping[str, Field]) -> Iterator[FieldError]:
    """Whether an answer is asked for and not there."""
    value = values.get(field.name)
    if value is not None and not (field.type == "table" and len(value) < field.min_rows):
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
