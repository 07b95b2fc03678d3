"""A project's state is the fold of its papers: the same papers, in whatever order they came, end in one state.

papers (head version of each submission) → sorted by (saved_at, form order, record) → judged one after the other on what
the earlier ones made known → taken, or returned without moving the project → obligations of what stands at the end.
What the bureau's books say of a project begun before this system stands before them all, whenever it was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.checks import compared_yuan
from plugin.regulation.judgement import judge, obligations_of, take
from plugin.regulation.law import LawBook
from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.transitions import settled
from plugin.regulation.verdict import Decision, Finding, Verdict

LOOKED_UP = (  # facts whose day decides which numbers hold; a paper's own day does so too
    "adjustment_effective_on",
    "completed_on",
    "trial_started_on",
    "accepted_on",
    "in_operation_on",
)


class Standing(StrEnum):
    """What became of a paper."""

    TAKEN = "taken"
    RETURNED = "returned"  # 退回
    AWAITING_OVERRIDE = "awaiting_override"  # 待核准


@dataclass(frozen=True, slots=True)
class Paper:
    """The head version of one submission. `on` is the day the act or the declared fact counts for."""

    form: str
    form_order: int
    record: str
    saved_at: datetime
    on: date
    facts: Mapping[str, Any]
    shape_findings: tuple[Finding, ...] = ()
    overridden: frozenset[str] = frozenset()  # rule codes that a named person let through

    @property
    def order(self) -> tuple[bool, datetime, int, str]:
        return self.form != at.EXISTING, self.saved_at, self.form_order, self.record


@dataclass(frozen=True, slots=True)
class Judged:
    paper: Paper
    verdict: Verdict
    standing: Standing


@dataclass(frozen=True, slots=True)
class History:
    """What follows from a project's papers."""

    project: Project
    judged: tuple[Judged, ...] = ()
    amounts_yuan: frozenset[Decimal] | None = (
        frozenset()
    )  # held against a line of money so far; None = any may have been
    obligations: tuple[Obligation, ...] = field(default=())


def replay(
    papers: Iterable[Paper], book: LawBook, known: Project | None = None, today: date | None = None
) -> History:
    """Judge and take every paper in its order; `known` are facts from before the first of them, duties those of `today`."""
    project = known or Project()
    judged: list[Judged] = []
    amounts: set[Decimal] | None = set()
    for paper in sorted(papers, key=lambda each: each.order):
        law = book.on(paper.on)
        after = take(project, paper.form, paper.on, paper.facts)
        compared = compared_yuan(after)
        amounts = None if amounts is None or compared is None else amounts | compared
        verdict = judge(paper.form, after, law, shape=paper.shape_findings, overridden=paper.overridden)
        standing = standing_of(verdict)
        if standing is Standing.TAKEN:
            project = settled(after, paper.form, law)
        judged.append(Judged(paper, verdict, standing))
    return History(
        project,
        tuple(judged),
        None if amounts is None else frozenset(amounts),
        obligations_of(project, book, today=today),
    )


def latest_day(papers: Iterable[Paper]) -> date | None:
    """The latest day whose numbers any of the papers asks for: its own, or one of the `LOOKED_UP` that it states.

    Yearly reports ask for those of a year's end besides.
    """
    asked = (day for paper in papers for day in (paper.on, *map(paper.facts.get, LOOKED_UP)))
    return max(filter(None, asked), default=None)


def standing_of(verdict: Verdict) -> Standing:
    """A block keeps the record and returns it; an overridable one waits for an authorised person."""
    if verdict.decision is not Decision.BLOCK:
        return Standing.TAKEN
    return Standing.AWAITING_OVERRIDE if verdict.overridable else Standing.RETURNED
