"""Values as a bureau would write them into the file: exact, quoted only where they would be read as something else. Pure."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from plugin.strict_yaml.scalars import plain

SIMPLE = re.compile(r"[\w〔〕（）《》〈〉“”、。；·—-]+")


def scalar(value: Any) -> str:
    """A word, a number, null, or a list of these."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(scalar, value))}]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False) if _wants_quotes(value) else value


def _wants_quotes(value: str) -> bool:
    if not SIMPLE.fullmatch(value) or value[0] == "-" or re.fullmatch(r"[\d-]+", value):
        return True
    try:
        return bool(plain(value) != value)
    except ValueError:
        return True
