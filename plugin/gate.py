"""The classified gate (Articles 23 and 42): anything but an explicit 否 stays out, and is asked again before leaving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def declared_unclassified(answer: Any) -> bool:
    """True for the platform's ways of an explicit 否. A missing answer is a refusal, not a "no"."""
    return answer is False or (isinstance(answer, str) and answer in ("否", "false"))


def may_leave(kind: str, payload: Mapping[str, Any]) -> bool:
    """Whether an outgoing item may be sent. A filing carries a paper's values, and with them the answer itself."""
    return kind != "filing" or declared_unclassified(payload["values"].get("classified"))
