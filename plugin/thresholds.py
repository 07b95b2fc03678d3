"""The numbers of a manifest as a bureau reads them: what holds today, since when, on which article and source, what comes next.

Pure; for the command line and the pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from plugin.manifest import CATEGORIES, Manifest, value_text
from plugin.regulation.limits import Limit, LimitValue

HEAD = ("名称", "现行值", "起", "条款", "依据", "下一次变化", "代码")
NOT_ENTERED = "未录入"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One number; a limit whose values differ by category has a row for each. Texts are as people read them."""

    name: str
    label: str
    unit: str
    article: str  # 第二十五条
    value: str  # 500万元; 未录入 where none holds today
    since: date | None
    source: str | None
    next_change: str | None  # 2027-05-01起800万元（某文）
    category: str | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table under `HEAD`."""
        since = self.since.isoformat() if self.since else "—"
        return (
            self.label,
            self.value,
            since,
            self.article,
            self.source or "—",
            self.next_change or "—",
            self.name,
        )


def limit_rows(manifest: Manifest, today: date) -> tuple[LimitRow, ...]:
    """Every number in the order of the file."""
    return tuple(row for limit in manifest.book.limits.values() for row in _rows(limit, manifest, today))


def _rows(limit: Limit, manifest: Manifest, today: date) -> Iterator[LimitRow]:
    named = sorted({each.category for each in limit.values if each.category})
    categories: list[str | None] = [*named] or [None]
    for category in categories:
        own = [each for each in limit.values if each.category in (None, category)]
        now = next((each for each in reversed(own) if _holds(each, today)), None)
        yield LimitRow(
            name=limit.name,
            label=limit.label + (f"（{CATEGORIES[category]}）" if category else ""),
            unit=limit.unit,
            article=manifest.pack.cite(limit.article),
            value=value_text(now.value, limit.unit) if now else NOT_ENTERED,
            since=now.since if now else None,
            source=now.source if now else None,
            next_change=_next(own, now, limit, today),
            category=category,
        )


def _holds(entry: LimitValue, today: date) -> bool:
    return entry.since <= today and (entry.until is None or today <= entry.until)


def _next(own: list[LimitValue], now: LimitValue | None, limit: Limit, today: date) -> str | None:
    """The first value to come, or that the present one ends without another."""
    comes = min((each for each in own if each.since > today), key=lambda each: each.since, default=None)
    ends = now.until + timedelta(1) if now and now.until else None
    if ends and (comes is None or ends < comes.since):
        return f"{ends}起没有数值"
    return f"{comes.since}起{value_text(comes.value, limit.unit)}（{comes.source}）" if comes else None
