"""Unquoted scalars as YAML 1.2 reads them, with exact numbers, and days as days."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

MAX_DIGITS = 30
MAX_EXPONENT = 20
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE]([-+]?[0-9]+))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def plain(raw: str) -> Any:
    """An unquoted scalar. Raises ValueError (Chinese) for numbers that people read in two ways."""
    if raw in _WORDS:
        return _WORDS[raw]
    if _INT.fullmatch(raw):
        return _whole(raw)
    number = _FLOAT.fullmatch(raw)
    if number:
        if len(raw) > MAX_DIGITS + 5 or abs(int(number[1] or 0)) > MAX_EXPONENT:
            raise ValueError(f"数字{raw[:20]}过长或指数过大。")
        return Decimal(raw)
    if _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return raw  # the schema says that it is no day
    return raw


def _whole(raw: str) -> int:
    digits = raw.lstrip("+-")
    if len(digits) > 1 and digits.startswith("0"):
        raise ValueError(f"数字{raw[:20]}以0开头，可能被读成别的数。")
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"数字{raw[:20]}…过长，最多{MAX_DIGITS}位。")
    return int(raw)
