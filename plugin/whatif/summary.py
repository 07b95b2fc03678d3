"""What changes for how many projects and how much money, line by line: added up while the walk goes on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plugin.whatif.effects import Item, Kind, When
from plugin.whatif.run import Effect

EARLIER, LATER, NEW, GONE, OTHER = "earlier", "later", "new", "gone", "other"
LATE, NO_LONGER_LATE = "late", "no_longer_late"
ORDER = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Line:
    """Items of many projects that say the same. Of days and amounts only the direction is the same."""

    kind: Kind
    when: When
    code: str | None
    was: Any
    now: Any
    article: str | None

    @classmethod
    def of(cls, item: Item) -> Line:
        if item.kind not in (Kind.DUTY, Kind.ROOM):
            return cls(item.kind, item.when, item.code, item.was, item.now, item.article)
        return cls(item.kind, item.when, item.code, None, direction(item.was, item.now), item.article)

    @property
    def order(self) -> tuple[Any, ...]:
        return tuple(When).index(self.when), ORDER[self.kind], str(self.code), str(self.was), str(self.now)


@dataclass(slots=True)
class Count:
    projects: int = 0
    amount_yuan: Decimal = Decimal(0)

    def add(self, effect: Effect) -> None:
        self.projects += 1
        self.amount_yuan += effect.amount_yuan or Decimal(0)


@dataclass(slots=True)
class Summary:
    """How many projects were looked at, how many something changes for, and each line with its count."""

    looked_at: int = 0
    affected: Count = field(default_factory=Count)
    lines: dict[Line, Count] = field(default_factory=dict)

    def seen(self, _row: Any) -> None:
        self.looked_at += 1

    def add(self, effect: Effect) -> None:
        self.affected.add(effect)
        for line in {Line.of(item) for item in effect.items}:
            self.lines.setdefault(line, Count()).add(effect)

    def in_order(self) -> Iterator[tuple[Line, Count]]:
        yield from sorted(self.lines.items(), key=lambda each: each[0].order)


def direction(was: Any, now: Any) -> str:
    """Whether the days (late?, due, overdue after, window opens; or the last three) or the amount move, and how."""
    if was is None or now is None:
        return NEW if was is None else GONE
    if isinstance(was, Decimal):
        return LATER if now > was else EARLIER
    if len(was) == 1:  # done already: late or not
        return LATE if now[0] else NO_LONGER_LATE
    was, now = was[-3:], now[-3:]
    for one, other in zip(was, now, strict=True):
        if one != other:
            if one is None or other is None:
                return NEW if one is None else GONE
            return LATER if other > one else EARLIER
    return OTHER
