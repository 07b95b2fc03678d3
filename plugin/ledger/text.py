"""How values stand in the ledger: instants, days and JSON as text that compares and digests alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeVar

Made = TypeVar("Made")
Readers = dict[str, Callable[[Any], Any]]


def stamp(at: datetime) -> str:
    """UTC with six decimals always, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def dump(value: Any) -> str:
    """Canonical JSON: equal values are equal text. The caller hands over decimal strings, never Decimal."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def load(text: str) -> Any:
    return json.loads(text)


def sorted_by(facts: dict[str, Any]) -> tuple[str, int, int, str, int]:
    """What lists sort and filter projects by: kind, plan year, investment in 分 (0: not known), supervision,
    how many declarations it resembles."""
    amount = (
        facts.get("approved_estimate_yuan")
        or facts.get("total_investment_yuan")
        or facts.get("estimated_investment_yuan")
    )
    year = facts.get("plan_year") or facts.get("target_plan_year") or 0
    fen = int(Decimal(amount) * 100) if amount else 0
    return (
        facts.get("kind") or "",
        year,
        fen,
        facts.get("standing") or "normal",
        len(facts.get("resembling", ())),
    )


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def made(cls: type[Made], row: tuple[Any, ...], **readers: Callable[[Any], Any]) -> Made:
    """A row as its dataclass: columns in the order of the fields, read by the readers named like them."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # every dataclass and NamedTuple has it
    return cls(
        *(readers[name](value) if name in readers else value for name, value in zip(names, row, strict=True))
    )
