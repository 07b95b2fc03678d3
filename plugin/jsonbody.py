"""JSON from outside: parsed strictly, so that no body costs more than its size or means two things.

The standard parser recurses on depth, keeps the last of two equal keys, takes NaN, and makes 0.1 a float.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from plugin.errors import PluginError


class BadJson(PluginError):
    """The body is not JSON we accept. Answer 400: sending it again unchanged will not help."""

    code: ClassVar[str] = "BAD_JSON"

    def __init__(self, reason_zh: str, position: int | None = None) -> None:
        self.reason_zh = reason_zh
        self.position = position
        where = "" if position is None else f"（第{position + 1}个字符附近）"
        super().__init__(f"请求内容不是可以接受的 JSON：{reason_zh}{where}。")


@dataclass(frozen=True)
class JsonLimits:
    """How much one body may hold. Its size in bytes is limited before it comes here."""

    depth: int = 32
    keys_per_object: int = 200
    keys_in_all: int = 20_000
    string_chars: int = 20_000
    number_digits: int = 30
    exponent: int = 20


DEFAULT_LIMITS = JsonLimits()

# One match per bracket; strings and everything else are skipped inside the match. Every byte fits a branch
# and the quantifiers never give back, so the scan is linear whatever the body holds, unclosed strings too.
_TO_NEXT_BRACKET = re.compile(
    r"""[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?+[^"\[\]{}]*+)*+([\[\]{}]|\Z)""", re.DOTALL
)


def parse_json(body: bytes, limits: JsonLimits = DEFAULT_LIMITS) -> Any:
    """The value in `body`, fractions as Decimal, or BadJson."""
    text = _decoded(body)
    _refuse_depth(text, limits.depth)
    numbers = _Numbers(limits)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_reader(limits),
            parse_int=numbers.whole,
            parse_float=numbers.fraction,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise BadJson("此处不符合 JSON 语法", error.pos) from error
    _check_strings(value, limits.string_chars)
    return value


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson("编码不是 UTF-8", error.start) from error


def _refuse_depth(text: str, allowed: int) -> None:
    """Before parsing: the parser itself would recurse, and a body of brackets would end it."""
    depth = 0
    for found in _TO_NEXT_BRACKET.finditer(text):
        bracket = found[1]
        if bracket in ("[", "{"):
            depth += 1
            if depth > allowed:
                raise BadJson(f"嵌套超过{allowed}层", found.start(1))
        elif bracket:
            depth -= 1


def _object_reader(limits: JsonLimits) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    keys_so_far = 0

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal keys_so_far
        keys_so_far += len(pairs)
        if len(pairs) > limits.keys_per_object:
            raise BadJson(f"一个对象有{len(pairs)}个键，最多{limits.keys_per_object}个")
        if keys_so_far > limits.keys_in_all:
            raise BadJson(f"全文的键超过{limits.keys_in_all}个")
        read_object = dict(pairs)
        if len(read_object) != len(pairs):
            raise BadJson("同一个对象里有重复的键")
        return read_object

    return read


class _Numbers:
    """Number literals within the limits: a long one costs quadratic time, a huge exponent all memory."""

    def __init__(self, limits: JsonLimits) -> None:
        self._limits = limits

    def whole(self, literal: str) -> int:
        self._refuse_long(literal)
        return int(literal)

    def fraction(self, literal: str) -> Decimal:
        mantissa, _, exponent = literal.lower().partition("e")
        self._refuse_long(mantissa)
        # Compared by length first: the exponent itself may have a million digits.
        digits = exponent.lstrip("+-").lstrip("0")
        if len(digits) > len(str(self._limits.exponent)) or int(digits or 0) > self._limits.exponent:
            raise BadJson(f"数字的指数超过{self._limits.exponent}")
        return Decimal(f"{mantissa}e{exponent[:1] if exponent[:1] in ('+', '-') else ''}{digits or 0}")

    def _refuse_long(self, literal: str) -> None:
        if sum(map(str.isdigit, literal[: 2 * self._limits.number_digits])) > self._limits.number_digits:
            raise BadJson(f"数字超过{self._limits.number_digits}位")


def _refuse_constant(literal: str) -> NoReturn:
    raise BadJson(f"{literal} 不是 JSON 的数字")


def _check_strings(value: Any, allowed: int) -> None:
    """Keys and values alike; a half of a surrogate pair cannot be stored as UTF-8 and is refused here."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            _check_string(item, allowed)
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _check_string(text: str, allowed: int) -> None:
    if len(text) > allowed:
        raise BadJson(f"一段文字有{len(text)}个字，最多{allowed}个")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadJson("文字里有不完整的 Unicode 字符（单独的代理码）") from error
