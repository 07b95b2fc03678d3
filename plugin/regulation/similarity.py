"""Whether declarations look like parts of one project (Article 12, I-12). The bureau decides; this only points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from plugin.regulation.law import Law
from plugin.regulation.particulars import Row

COMPARED = ("objectives", "main_content", "technical_route")


@dataclass(frozen=True, slots=True)
class Group:
    """Similar declarations of one unit for one year."""

    rows: tuple[Row, ...]

    @property
    def combined_yuan(self) -> Decimal:
        return sum((row["amount_yuan"] for row in self.rows), Decimal(0))


def split_group(declarations: Iterable[Row], law: Law) -> Group | None:
    """The first group of which several parts lie below a limit that they reach together."""
    for group in groups(declarations, law.readings.split_score):
        if any(crosses(group, limit) for limit in split_limits(law)):
            return group
    return None


def split_limits(law: Law) -> tuple[Decimal, ...]:
    names = ("decentralised_procurement_yuan", "high_value_yuan")
    return tuple(law.limits.yuan(name) for name in names if law.limits.has(name))


def crosses(group: Group, limit: Decimal) -> bool:
    below = [row["amount_yuan"] for row in group.rows if row["amount_yuan"] < limit]
    return len(below) > 1 and sum(below) >= limit


def groups(declarations: Iterable[Row], score: float) -> tuple[Group, ...]:
    """Declarations of one unit and year that are similar to each other's first."""
    found: list[list[Row]] = []
    for row in declarations:
        home = next((each for each in found if alike(each[0], row, score)), None)
        if home is None:
            found.append([row])
        else:
            home.append(row)
    return tuple(Group(tuple(each)) for each in found)


def alike(one: Row, other: Row, score: float) -> bool:
    if (one.get("unit"), one.get("plan_year")) != (other.get("unit"), other.get("plan_year")):
        return False
    key = one.get("similar_group")
    return (key is not None and key == other.get("similar_group")) or likeness(one, other) >= score


def likeness(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """The share of character pairs that two descriptions have in common, 0 where either says nothing."""
    first, second = pairs(one), pairs(other)
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)


def pairs(row: Mapping[str, Any]) -> frozenset[str]:
    words = "".join(str(row.get(name) or "") for name in COMPARED)
    return frozenset(words[at : at + 2] for at in range(len(words) - 1))
