"""Two texts line by line: what goes, what comes, with a few lines around. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

AROUND = 2
SAME, GONE, COME, SKIPPED = "same", "gone", "come", "skipped"


class Line(NamedTuple):
    kind: str
    number: int | None  # in the text it stands in
    text: str


def changed_lines(old: str, new: str) -> list[Line]:
    """Nothing where they are the same."""
    was, now = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for group in SequenceMatcher(None, was, now, autojunk=False).get_grouped_opcodes(AROUND):
        if found:
            found.append(Line(SKIPPED, None, "…"))
        for tag, start, stop, begin, end in group:
            if tag == "equal":
                found += _lines(SAME, now, begin, end)
                continue
            found += (*_lines(GONE, was, start, stop), *_lines(COME, now, begin, end))
    return found


def _lines(kind: str, text: list[str], start: int, stop: int) -> Iterator[Line]:
    return (Line(kind, at + 1, text[at]) for at in range(start, stop))
