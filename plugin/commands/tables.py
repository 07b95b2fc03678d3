"""Tables for a terminal in which a Chinese character is two columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines with aligned columns; the last column is as long as it is."""
    widths = [max(width(row[at]) for row in (head, *rows)) for at in range(len(head) - 1)]
    for row in (head, *rows):
        cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()


def width(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)
