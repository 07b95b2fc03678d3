"""Two declarations side by side, with the passages marked that both have. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from plugin.similar import NOT_WORDS, RUN

PARTS = (  # what is compared (plugin/similar.py), under the form's own labels
    ("project_name", "项目名称"),
    ("objectives", "建设目标"),
    ("main_content", "主要建设内容"),
    ("technical_route", "技术路线"),
)
Pieces = list[tuple[str, bool]]  # a stretch of text, and whether the other text has it too


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of both texts."""

    label: str
    one: Pieces
    other: Pieces


def compared(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Compared]:
    """Part by part; a passage counts wherever it stands in the other text."""
    wholes = [_signs("\n".join(str(each.get(name) or "") for name, _label in PARTS)) for each in (one, other)]
    grams = [{text[at : at + RUN] for at in range(len(text) - RUN + 1)} for text in map(_joined, wholes)]
    return [
        Compared(
            label, marked(str(one.get(name) or ""), grams[1]), marked(str(other.get(name) or ""), grams[0])
        )
        for name, label in PARTS
    ]


def marked(text: str, grams: set[str]) -> Pieces:
    """The text in stretches: within a shared passage or not. Figures and punctuation are passed over, but kept."""
    signs = _signs(text)
    joined, shared = _joined(signs), set[int]()
    for at in range(len(joined) - RUN + 1):
        if joined[at : at + RUN] in grams:
            first, last = signs[at][1], signs[at + RUN - 1][1]
            shared.update(range(first, last + 1))
    flagged = [(sign, at in shared) for at, sign in enumerate(text)]
    return [
        ("".join(sign for sign, _ in run), flag) for flag, run in groupby(flagged, key=lambda each: each[1])
    ]


def _signs(text: str) -> list[tuple[str, int]]:
    """The signs that count, in one form, each with its place in the text."""
    found = []
    for at, sign in enumerate(text):
        found += [(each, at) for each in NOT_WORDS.sub("", unicodedata.normalize("NFKC", sign).lower())]
    return found


def _joined(signs: list[tuple[str, int]]) -> str:
    return "".join(sign for sign, _at in signs)
