"""What a person types for a number or a habit → its exact value. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from forms import values
from forms.values import Unreadable
from plugin.manifest_edit.edits import EditRefused
from plugin.strict_yaml import YamlInvalid, read_yaml

MONTH_DAY = re.compile(r"(\d{1,2})(?:-|月)(\d{1,2})日?", re.ASCII)
COUNT = re.compile(r"(\d{1,6})\s*(?:个?月|个工作日|天|日|个)?", re.ASCII)


def limit_value(text: str, unit: str) -> Decimal | int | str:
    """`800万`, `8000000`, `15%`, `6个月`, `12-31`: as the unit of the limit takes it. Raises EditRefused."""
    read = READERS.get(unit, _count)(values.narrow(text))
    if read is None:
        raise EditRefused(f"“{text}”不是这项标准的数值。{EXAMPLES.get(unit, EXAMPLES['count'])}")
    return read


def setting_value(text: str) -> Any:
    """A word, a number, null, true, false, or a list of these in square brackets. Raises EditRefused."""
    try:
        read = read_yaml(text, "输入的值")
    except YamlInvalid as error:
        raise EditRefused(f"“{text}”不能读取：{error.problems[0].message}") from None
    items = read if isinstance(read, list) else [read]
    if any(isinstance(each, (dict, list)) for each in items):
        raise EditRefused(
            f"“{text}”不是单个的值。请写文字、数字、null、true、false，或用方括号括起的几个值。"
        )
    return read


def _money(text: str) -> Decimal | int | None:
    try:
        return _whole(values.money(text))
    except Unreadable as error:
        raise EditRefused(f"“{text}”{error.why}。{error.remedy}") from None


def _percent(text: str) -> Decimal | int | None:
    try:
        return _whole(values.decimal(text))
    except Unreadable:
        return None


def _month_day(text: str) -> str | None:
    found = MONTH_DAY.fullmatch(text)
    return f"{int(found[1]):02d}-{int(found[2]):02d}" if found else None


def _count(text: str) -> int | None:
    found = COUNT.fullmatch(text)
    return int(found[1]) if found else None


def _whole(number: Decimal) -> Decimal | int:
    return int(number) if number == number.to_integral_value() else number


READERS: Mapping[str, Callable[[str], Decimal | int | str | None]] = {
    "yuan": _money,
    "percent": _percent,
    "month_day": _month_day,
}
EXAMPLES = {
    "percent": "请写百分数，例如 15 或 15%。",
    "month_day": "请写月日，例如 12-31 或 12月31日。",
    "count": "请写整数，例如 6。",
}
