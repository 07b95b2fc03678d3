"""The kinds of values a manifest holds, as marshmallow fields: strict, Chinese, and described for editors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NoReturn

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
ARTICLE = re.compile(r"[1-9][0-9]?(?:\([1-9][0-9]?\))?")
STANDARD: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "MISSING",
    "null": "NULL",
    "type": "GROUP",
    "invalid": "LIST",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. `at_key`: it is the name, not the value."""

    code: str
    message: str
    hint: str = ""
    at_key: bool = False


def refuse(code: str, message: str, hint: str = "") -> NoReturn:
    raise ValidationError([Fault(code, message, hint)])


def unknown(name: str, known: Iterable[str]) -> Fault:
    """A name that nobody knows, with the nearest that somebody does."""
    names = list(known)
    near = get_close_matches(name, names, 1, 0.6)
    hint = f"是否想写“{near[0]}”？" if near else f"可用的名称：{'、'.join(names)}。"
    return Fault("UNKNOWN-KEY", f"没有名为“{name}”的项。", hint, at_key=True)


class Section(Schema):
    """A group of settings: unknown names are refused with the nearest known one."""

    class Meta:
        unknown = EXCLUDE  # found below instead, where the known names are at hand

    error_messages = {"type": "GROUP", "unknown": "UNKNOWN"}  # noqa: RUF012 - the base class declares it so

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _names_are_known(self, _data: Any, original: Any, **_: Any) -> None:
        known = [each.data_key or name for name, each in self.fields.items()]
        if isinstance(original, Mapping):
            wrong = {name: [unknown(name, known)] for name in original if name not in known}
            if wrong:
                raise ValidationError(wrong)


class Value(fields.Field[Any]):
    """The root of our fields."""

    default_error_messages = STANDARD

    def json(self) -> dict[str, Any]:
        """What an editor may offer and check."""
        return {}


class Text(Value):
    """Words, not blank. A number where words belong wants quotes."""

    def __init__(self, *, pattern: str = "", example: str = "", longest: int = 500, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern, self.example, self.longest = pattern, example, longest

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            refuse("NOT-TEXT", "这里应为文字。", "如果确是数字或日期样的文字，请加引号。")
        if not value.strip():
            refuse(
                "BLANK", "这里不能为空。", f"例如 {self.example}。" if self.example else "请填写实际内容。"
            )
        if len(value) > self.longest or _CONTROL.search(value):
            refuse("BAD-TEXT", f"文字超过{self.longest}字，或含有不可见的字符。", "请重新键入。")
        if self.pattern and not re.fullmatch(self.pattern, value):
            refuse("BAD-FORM", f"“{value}”的写法不对。", f"例如 {self.example}。")
        return value

    def json(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1} | (
            {"pattern": f"^(?:{self.pattern})$"} if self.pattern else {}
        )


class Choice(Value):
    """One of a few words."""

    def __init__(self, *choices: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if value not in self.choices or isinstance(value, bool):
            refuse(
                "NOT-A-CHOICE", f"“{value}”不在可选范围内。", f"可选：{'、'.join(map(str, self.choices))}。"
            )
        return value

    def json(self) -> dict[str, Any]:
        return {"enum": list(self.choices)}


class Flag(Value):
    """true or false, nothing else."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            refuse("NOT-A-FLAG", f"“{value}”不是开关值。", "请写 true 或 false（不写 yes、no、是、否）。")
        return value

    def json(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Count(Value):
    """A whole number within bounds."""

    def __init__(self, low: int = 0, high: int = 10**9, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            refuse("NOT-A-COUNT", f"“{value}”不是整数。", "请写阿拉伯数字，不加引号和单位。")
        if not self.low <= value <= self.high:
            refuse("OUT-OF-RANGE", f"{value}超出范围。", f"应在{self.low}至{self.high}之间。")
        return value

    def json(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Share(Value):
    """A number from 0 to 1."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if not isinstance(value, (int, Decimal)) or isinstance(value, bool) or not 0 <= value <= 1:
            refuse("OUT-OF-RANGE", f"“{value}”应为0至1之间的数。", "例如 0.5。")
        return float(value)

    def json(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": 1}


class Day(Value):
    """A day, as 2026-01-01."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if type(value) is not date:
            refuse("NOT-A-DAY", f"“{value}”不是日期。", "请写成 2026-01-01 的样子，不加引号。")
        return value

    def json(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


class Number(Value):
    """The value of a limit; what it must be depends on the unit beside it."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            refuse("NOT-A-NUMBER", f"“{value}”不是数值。", "金额、百分比、月数写数字；月日写 12-31 的样子。")
        return value

    def json(self) -> dict[str, Any]:
        return {"type": ["number", "string"]}


class Anything(Value):
    """A value that someone else checks."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class Article(Value):
    """Where in the regulation: 25, 39(1)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
        if not ARTICLE.fullmatch(text):
            refuse("BAD-ARTICLE", f"“{value}”不是条款序号。", "条写 25，款或项写 39(1)。")
        return text

    def json(self) -> dict[str, Any]:
        return {"type": ["integer", "string"], "pattern": f"^{ARTICLE.pattern}$"}
