"""Charts as inline SVG: pure functions of their numbers. Every chart has a title, a description, and a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 480
ROW, LABEL, VALUE = 32, 100, 62  # of a bar: its height, the room for its name and its number
HIGH, TOP, FOOT = 180, 26, 28  # of a column chart


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its number, how the number is written, where it leads."""

    name: str
    value: float
    shown: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One group of two columns, the second a part of the first."""

    name: str
    whole: float
    part: float
    shown: str


def bars(id: str, title: str, rows: Sequence[Bar]) -> Markup:
    """Horizontal bars, longest = full width. A row that is not zero is always seen."""
    most = max((each.value for each in rows), default=0) or 1
    room = WIDTH - LABEL - VALUE
    drawn = [
        _bar(each, at, max(each.value / most * room, 2 if each.value else 0)) for at, each in enumerate(rows)
    ]
    said = "；".join(f"{each.name}{each.shown}" for each in rows)
    return _svg(id, title, said, ROW * len(rows), Markup("").join(drawn))


def _bar(row: Bar, at: int, length: float) -> Markup:
    y = at * ROW
    inner = Markup(
        '<text x="{label}" y="{base}" class="name">{name}</text>'
        '<rect x="{x}" y="{top}" width="{length:.1f}" height="18" rx="2" class="bar"/>'
        '<text x="{end:.1f}" y="{base}" class="value">{shown}</text>'
    ).format(
        label=LABEL - 10, base=y + 21, name=row.name, x=LABEL, top=y + 7, length=length, end=LABEL + length + 8, shown=row.shown,
    )  # fmt: skip
    if row.href is None:
        return inner
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(row.href, f"{row.name}{row.shown}", inner)


def columns(id: str, title: str, groups: Sequence[Pair], part: str) -> Markup:
    """Columns in the order given; the darker one in front is the part."""
    most = max((each.whole for each in groups), default=0) or 1
    step = WIDTH / max(len(groups), 1)
    drawn = Markup("").join(_column(each, at * step, step, most) for at, each in enumerate(groups))
    said = "；".join(f"{each.name}{each.shown}" for each in groups)
    return _svg(id, title, f"{said}。深色为{part}。", TOP + HIGH + FOOT, drawn)


def _column(group: Pair, x: float, step: float, most: float) -> Markup:
    whole, part, width = group.whole / most * HIGH, group.part / most * HIGH, min(step * 0.56, 64)
    left, ground = x + (step - width) / 2, TOP + HIGH
    return Markup(
        '<rect x="{left:.1f}" y="{whole_top:.1f}" width="{width:.1f}" height="{whole:.1f}" rx="2" class="whole"/>'
        '<rect x="{left:.1f}" y="{part_top:.1f}" width="{width:.1f}" height="{part:.1f}" rx="2" class="bar"/>'
        '<text x="{mid:.1f}" y="{over:.1f}" class="value middle">{shown}</text>'
        '<text x="{mid:.1f}" y="{under}" class="name middle">{name}</text>'
    ).format(
        left=left, width=width, whole=whole, part=part, whole_top=ground - whole, part_top=ground - part, mid=x + step / 2,
        over=ground - whole - 8, under=ground + 20, shown=group.shown, name=group.name,
    )  # fmt: skip


def _svg(id: str, title: str, said: str, height: float, inner: Markup) -> Markup:
    """A group, so that the links inside are read as links, named by title and description."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="group" aria-labelledby="{id}-t" aria-describedby="{id}-d">'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{said}</desc>{inner}</svg>'
    ).format(width=WIDTH, height=round(height), id=escape(id), title=title, said=said, inner=inner)
