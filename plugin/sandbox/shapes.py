"""What a body of the contracts must look like, as small checks put together: a stand-in reads strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]

KEY = r"[A-Za-z0-9_.:/@+-]{1,200}"
NAME = r"[a-z][a-z0-9_]{0,63}"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def text(least: int = 0, most: int = 20_000, pattern: str | None = None) -> Check:
    def check(value: Any) -> bool:
        fits = isinstance(value, str) and least <= len(value) <= most
        return fits and (pattern is None or re.fullmatch(pattern, value, re.ASCII) is not None)

    return check


def whole(least: int) -> Check:
    """true is no number."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def rows(check: Check, least: int = 0, most: int = 10_000) -> Check:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(check, value))


def anything_named(value: Any) -> bool:
    return isinstance(value, dict)


def members(shape: Shape) -> Check:
    return lambda value: isinstance(value, dict) and not wrong_members(value, shape)


def wrong_members(value: Mapping[str, Any], shape: Shape) -> list[str]:
    """The members that are missing, of another shape, or not asked for."""
    wrong = [name for name, check in shape.items() if name not in value or not check(value[name])]
    return wrong + sorted(set(value) - set(shape))


def day(value: Any) -> bool:
    return isinstance(value, str) and DAY.fullmatch(value) is not None and _reads(date.fromisoformat, value)


def instant(value: Any) -> bool:
    return (
        isinstance(value, str)
        and INSTANT.fullmatch(value) is not None
        and _reads(datetime.fromisoformat, value.upper())
    )


def _reads(read: Callable[[str], Any], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
