"""Declarations that resemble one another: possible parts of one project, possible duplicates (Articles 12, 23; I-12).

A hint, never a decision. Texts are compared by the character 2- and 3-grams they share, weighted by how rare a gram is, in
proportion to the smaller text: so a half is found in its whole. Pure: built from declarations, holds them in memory.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nlargest, nsmallest
from itertools import pairwise
from math import log

BUCKETS = 1 << 20  # grams are counted by hash: a rare collision makes a gram look a little more common
MASK = BUCKETS - 1
INDEXED = 96  # the rarest grams of a text that lead to it
PROBED = 64  # the rarest grams of a query that are followed
COMMON = 4000  # a gram in more texts than this leads nowhere
EXAMINED = 20  # candidates whose containment is computed exactly
THRESHOLD = 0.45
SHORT = 20  # fewer signs than this say too little to be compared (详见附件)
RUN = 6  # the shortest passage shown
SPLIT, DUPLICATE = "possible_split", "possible_duplicate"
NOT_WORDS = re.compile(r"[\W\d_]+")  # figures too: other numbers make no other project


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is compared."""

    id: str
    unit: str
    plan_year: int | None
    name: str
    objectives: str = ""
    main_content: str = ""
    technical_route: str = ""
    amount_yuan: Decimal | None = None

    @property
    def text(self) -> str:
        """The words alone, in one form of each character."""
        parts = (self.name, self.objectives, self.main_content, self.technical_route)
        return NOT_WORDS.sub("", unicodedata.normalize("NFKC", "".join(parts)).lower())


@dataclass(frozen=True, slots=True)
class Hint:
    """One resembling declaration: the score, what it may mean, and the passages both have, longest first."""

    id: str
    score: float
    relation: str
    passages: tuple[str, ...]


@dataclass(slots=True)
class Index:
    """Grows and shrinks with the declarations; a new one is found at once."""

    _entries: dict[str, tuple[Declaration, int]] = field(default_factory=dict)  # id → itself, its number
    _numbers: list[str] = field(default_factory=list)
    _postings: dict[int, array[int]] = field(default_factory=dict)
    _seen: array[int] = field(default_factory=lambda: array("I", bytes(4 * BUCKETS)))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, declaration: Declaration) -> None:
        """Take a declaration, in the place of an earlier one of the same id."""
        self.remove(declaration.id)
        grams = grams_of(declaration.text)
        for gram in grams:
            self._seen[gram] += 1
        number = len(self._numbers)
        self._numbers.append(declaration.id)
        for gram in nsmallest(INDEXED, grams, key=self._seen.__getitem__):
            self._postings.setdefault(gram, array("I")).append(number)
        self._entries[declaration.id] = (declaration, number)

    def remove(self, id: str) -> None:
        """Forget one. Its places in the postings are passed over from now on."""
        entry = self._entries.pop(id, None)
        if entry:
            declaration, number = entry
            for gram in grams_of(declaration.text):
                self._seen[gram] -= 1
            self._numbers[number] = ""

    def similar(
        self, declaration: Declaration, limit: int = 5, threshold: float = THRESHOLD
    ) -> tuple[Hint, ...]:
        """The most alike of the others, best first."""
        text = declaration.text
        grams = grams_of(text)
        mass = self._mass(grams)
        hints = []
        for id in self._candidates(grams, declaration.id):
            other = self._entries[id][0]
            words = other.text
            if min(len(text), len(words)) < SHORT:
                continue
            theirs = grams_of(words)
            score = self._mass(grams & theirs) / (min(mass, self._mass(theirs)) or 1.0)
            if score >= threshold:
                hints.append((score, other, words))
        return tuple(
            Hint(other.id, round(score, 3), relation(declaration, other), passages(text, words))
            for score, other, words in nlargest(limit, hints, key=lambda each: each[0])
        )

    def _candidates(self, grams: set[int], me: str) -> list[str]:
        """Those that share most of the query's rarest grams."""
        weights: dict[int, float] = {}
        known = filter(self._postings.__contains__, grams)  # a new wording must not use up the probes
        for gram in nsmallest(PROBED, known, key=self._seen.__getitem__):
            postings = self._postings[gram]
            if len(postings) > COMMON:
                continue
            weight = self._weight(gram)
            for number in postings:
                weights[number] = weights.get(number, 0.0) + weight
        best = nlargest(EXAMINED + 1, weights, key=weights.__getitem__)
        return [id for id in (self._numbers[number] for number in best) if id and id != me][:EXAMINED]

    def _weight(self, gram: int) -> float:
        return log((len(self._entries) + 2) / (self._seen[gram] + 1))

    def _mass(self, grams: Iterable[int]) -> float:
        total, seen = len(self._entries) + 2, self._seen
        return sum(log(total / (seen[gram] + 1)) for gram in grams)


def grams_of(text: str) -> set[int]:
    """The text's 2- and 3-grams as bucket numbers."""
    codes = [ord(sign) for sign in text]
    pairs = {(first * 8191 + second) & MASK for first, second in pairwise(codes)}
    triples = zip(codes, codes[1:], codes[2:], strict=False)
    return pairs | {
        (first * 1000003 + second * 8191 + third * 131 + 7) & MASK for first, second, third in triples
    }


def relation(one: Declaration, other: Declaration) -> str:
    """Of one unit and year: perhaps parts of one project. Else perhaps the same built twice."""
    same = one.unit == other.unit and one.plan_year == other.plan_year
    return SPLIT if same else DUPLICATE


def passages(one: str, other: str, most: int = 5) -> tuple[str, ...]:
    """The longest runs of `one` that stand in `other` too."""
    pieces = {other[at : at + RUN] for at in range(len(other) - RUN + 1)}
    found: list[str] = []
    at = 0
    while at <= len(one) - RUN:
        if one[at : at + RUN] not in pieces:
            at += 1
            continue
        end = at + RUN
        while end < len(one) and one[at : end + 1] in other:
            end += 1
        found.append(one[at:end])
        at = end
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:most])
