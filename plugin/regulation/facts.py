"""Facts of a project ↔ JSON, by the type hints of `Project`; docs/facts.schema.json is generated from here.

Money and dates are strings in JSON. In the rows of a table the name says what a value is: `_yuan` is money,
`_on` is a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from plugin.regulation.project import FACTS, Project

AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
YUAN = "Yuan, exact, at most two places."
CENT = Decimal("0.01")
Money = Callable[[Any], Decimal]
NOTHING = Project()


class FactsError(ValueError):
    """The facts are not usable: where (a JSON pointer) and why, in Chinese."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(f"{pointer or '/'}：{message}")
        self.pointer, self.message = pointer, message


def exact_yuan(value: Any) -> Decimal:
    """Yuan as the codec writes it: a number or its digits, no unit, nothing finer than a 分."""
    if isinstance(value, (bool, float)) or not AMOUNT.fullmatch(str(value)):
        raise ValueError('应为以元计的金额，最多两位小数，例如 "3000000.00"')
    return Decimal(str(value)).quantize(CENT)


def project_from_json(value: Any) -> Project:
    """The project of whom these facts are known. Raises `FactsError`."""
    facts, unknown = facts_from_json(value)
    if unknown:
        raise FactsError(f"/{unknown[0]}", "没有这个名称的事实，可用的名称见 docs/facts.schema.json")
    return Project(**facts)


def facts_from_json(value: Any, money: Money = exact_yuan) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The facts stated, and the names that are no facts. Null states nothing. Raises `FactsError`."""
    if not isinstance(value, Mapping):
        raise FactsError("", "应为一个对象")
    hints = _hints()
    facts = {
        name: _read(each, hints[name], name, f"/{name}", money)
        for name, each in value.items()
        if name in FACTS and each is not None
    }
    return facts, tuple(name for name in value if name not in FACTS)


def project_of_stored(value: Mapping[str, Any]) -> Project:
    """What `project_to_json` wrote, read without checking it again: for our own rows, where the time counts."""
    readers = _stored_readers()
    stated = {
        name: readers[name](each) if name in readers else each
        for name, each in value.items()
        if name in FACTS
    }
    return NOTHING.but(**stated)


def project_to_json(project: Project) -> dict[str, Any]:
    """Only what is stated."""
    stated = ((each.name, getattr(project, each.name), each.default) for each in fields(Project))
    return {name: to_json(value) for name, value, default in stated if value != default}


def to_json(value: Any) -> Any:
    """Decimals and dates as strings, tuples as lists; anything that JSON knows as it is."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): to_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(each) for each in value]
    return value


def facts_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a facts object."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of one project",
        "description": "What is known of a project. Absent, or null, is not stated; that is never a no.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _nullable(_schema(hint, name)) for name, hint in _hints().items()},
    }


@cache
def _hints() -> dict[str, Any]:
    hints = get_type_hints(Project)
    return {each.name: _stated(hints[each.name]) for each in fields(Project)}


def _stated(hint: Any) -> Any:
    """The type of a stated fact: `X | None` is X."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    return next(each for each in get_args(hint) if each is not NoneType)


@cache
def _stored_readers() -> dict[str, Callable[[Any], Any]]:
    """How each fact is read whose JSON is not the fact itself."""
    made: dict[str, Callable[[Any], Any]] = {}
    for name, hint in _hints().items():
        if get_origin(hint) is tuple:
            rows = get_origin(get_args(hint)[0]) is not None
            made[name] = _stored_rows if rows else tuple
        elif hint is date:
            made[name] = date.fromisoformat
        elif hint is Decimal or (isinstance(hint, type) and issubclass(hint, Enum)):
            made[name] = hint
    return made


def _stored_rows(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple({name: _stored_cell(name, each) for name, each in row.items()} for row in rows)


def _stored_cell(name: str, value: Any) -> Any:
    if value is None or name[-3:] not in ("_on", "uan"):
        return value
    hint = _row_hint(name, value)
    return value if hint is Any else Decimal(value) if hint is Decimal else date.fromisoformat(value)


def _read(value: Any, hint: Any, name: str, pointer: str, money: Money) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise FactsError(pointer, "应为一个数组")
        inner = get_args(hint)[0]
        return tuple(
            _read(each, inner, name, f"{pointer}/{number}", money) for number, each in enumerate(value)
        )
    if get_origin(hint) is not None and issubclass(get_origin(hint), Mapping):
        return _read_row(value, pointer, money)
    if hint is Any:
        return value
    try:
        return _read_scalar(value, hint, money)
    except ValueError as error:
        raise FactsError(pointer, str(error)) from error


def _read_row(value: Any, pointer: str, money: Money) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise FactsError(pointer, "应为一个对象")
    return {
        name: _read(each, _row_hint(name, each), name, f"{pointer}/{name}", money)
        for name, each in value.items()
    }


def _row_hint(name: str, value: Any) -> Any:
    if value is None:
        return Any
    return Decimal if name.endswith("_yuan") else date if name.endswith("_on") else Any


def _read_scalar(value: Any, hint: Any, money: Money) -> Any:
    if hint is Decimal:
        return money(value)
    if hint is date:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise ValueError('应为日期，例如 "2025-03-10"')
        return _day(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        if value not in [each.value for each in hint]:
            raise ValueError(f"应为下列之一：{'、'.join(each.value for each in hint)}")
        return hint(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"应为{WORDS[hint]}")
    return value


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("不是实际存在的日期") from None


WORDS: Mapping[Any, str] = {bool: "true 或 false", int: "整数", str: "文字"}
NAMES: Mapping[Any, str] = {bool: "boolean", int: "integer", str: "string"}


def _schema(hint: Any, name: str) -> dict[str, Any]:
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema(get_args(hint)[0], name)}
    if hint is Any:
        return {"description": "A file, or what the platform holds for it."}
    if get_origin(hint) is not None:
        return {"type": "object", "description": "A row: names in _yuan hold money, names in _on a day."}
    return _scalar_schema(hint)


def _scalar_schema(hint: Any) -> dict[str, Any]:
    if hint is Decimal:
        return {"type": ["string", "number"], "pattern": f"^{AMOUNT.pattern}$", "description": YUAN}
    if hint is date:
        return {"type": "string", "format": "date"}
    if issubclass(hint, Enum):
        return {"enum": [each.value for each in hint]}
    return {"type": NAMES[hint]}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    if "type" not in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*types, "null"]}
