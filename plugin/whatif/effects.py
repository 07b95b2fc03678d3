"""What a change of the law does to one project: what was judged already, what is due, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.duties import obligations_of
from plugin.regulation.filings import DUTIES
from plugin.regulation.history import History, Judged, Standing
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.verdict import Decision, Route
from plugin.whatif.change import Change
from plugin.whatif.step import ROOM, Ahead, Step, articles, days_of

CITED: Mapping[str, str | None] = {
    "papers": "SCHEME-TOO-LARGE",
    "form": "SCHEME-TOO-LARGE",
    "review": "SUPERIOR-REVIEW",
    "flow": "SUPERIOR-REVIEW",
    "room": None,
}


class Kind(StrEnum):
    """What comes out differently. The order is that of the summary."""

    STANDING = "standing"  # what became of a paper
    STATE = "state"  # where the project stands
    FORM = "form"  # the next paper
    PAPERS = "papers"  # the papers needed
    REVIEW = "review"  # whose consent above
    FLOW = "flow"  # where the paper goes
    FINDING = "finding"
    DUTY = "duty"  # the days of a duty
    ROOM = "room"  # how much may be adjusted without approval


class When(StrEnum):
    PAST = "past"  # papers that were judged
    NOW = "now"  # duties that the project has
    NEXT = "next"  # the step that comes next


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: under the law in force and under the proposed one, None = nothing of it.

    `code` is a form, a rule's code or a duty; of `key` there may be several. `article` as the pack numbers it.
    """

    kind: Kind
    when: When
    code: str | None
    was: Any
    now: Any
    article: str | None = None
    key: str | None = None


def effects_on(
    before: History, after: History, change: Change, today: date, *, judged: bool, due: bool, ahead: bool
) -> tuple[Item, ...]:
    """Everything that differs, of the parts asked for; the other parts are known to be alike."""
    items: list[Item] = []
    if judged:
        items += _of_the_past(before, after, change)
    if due:
        items += _of_duties(before.project, after.project, change, today)
    if ahead and before.project.state is after.project.state:  # else another step is the next
        was = Ahead(before.project, change)
        now = was if after.project is before.project else Ahead(after.project, change)
        items += _of_steps(was.step(change.old), now.step(change.new), change)
    return tuple(items)


def _of_the_past(before: History, after: History, change: Change) -> Iterator[Item]:
    if before.project.state is not after.project.state:
        yield Item(Kind.STATE, When.PAST, None, before.project.state.value, after.project.state.value)
    now = {each.paper.record: each for each in after.judged}
    for was in before.judged:
        yield from _of_paper(was, now[was.paper.record], change)


def _of_paper(was: Judged, now: Judged, change: Change) -> Iterator[Item]:
    form, key = was.paper.form, was.paper.record
    if standing(was) != standing(now):
        yield Item(Kind.STANDING, When.PAST, form, standing(was), standing(now), key=key)
    for kind, one, other in _routes(was.verdict.route or Route(), now.verdict.route or Route()):
        yield Item(kind, When.PAST, form, one, other, cited(kind, form, change), key)
    one, other = (
        {
            code: article
            for code, article in articles(each.verdict.findings).items()
            if not change.marks_only(code)
        }
        for each in (was, now)
    )
    yield from _of_findings(one, other, When.PAST, key)


def standing(judged: Judged) -> str:
    """taken, taken with a warning, returned or awaiting an override."""
    warned = judged.standing is Standing.TAKEN and judged.verdict.decision is Decision.WARN
    return "warned" if warned else judged.standing.value


def _routes(was: Route, now: Route) -> Iterator[tuple[Kind, Any, Any]]:
    for kind, one, other in (
        (Kind.REVIEW, was.superior_review, now.superior_review),
        (Kind.FLOW, was.route_to, now.route_to),
        (Kind.FORM, was.next_form, now.next_form),
    ):
        if one != other:
            yield kind, one or None, other or None


def _of_findings(
    was: Mapping[str, str | None], now: Mapping[str, str | None], when: When, key: str | None = None
) -> Iterator[Item]:
    for code in sorted({*was, *now}):
        if (code in was) is not (code in now):
            article = was.get(code) or now.get(code)
            yield Item(
                Kind.FINDING,
                when,
                code,
                code if code in was else None,
                code if code in now else None,
                article,
                key,
            )


def _of_duties(was: Project, now: Project, change: Change, today: date) -> Iterator[Item]:
    """The open duties with other days; of what was done, only whether it was late."""
    old = {each.key: each for each in obligations_of(was, change.old, change.duties, today)}
    new = {each.key: each for each in obligations_of(now, change.new, change.duties, today)}
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        known = other or one
        if known is not None and _told(one, today) != _told(other, today):
            yield Item(
                Kind.DUTY, When.NOW, known.duty, _told(one, today), _told(other, today), known.article, key
            )


def _told(duty: Obligation | None, today: date) -> Any:
    """What people are told of it: the days and whether it is late, of what was done only that."""
    if duty is None:
        return None
    late = duty.is_late(duty.fulfilled_on or today)
    return (late,) if duty.fulfilled_on else (late, *days_of(duty))


def _of_steps(was: Step, now: Step, change: Change) -> Iterator[Item]:
    form = now.form or was.form
    told: list[tuple[Kind, Any, Any]] = [
        (Kind.PAPERS, was.papers, now.papers),
        (Kind.REVIEW, was.superior_review, now.superior_review),
        (Kind.ROOM, was.room_yuan, now.room_yuan),
        (Kind.FORM, was.form, now.form),
    ]
    if was.form == now.form:
        told += [(Kind.FLOW, was.route_to, now.route_to), (Kind.FORM, was.next_form, now.next_form)]
    for kind, one, other in told:
        if one != other:
            yield Item(
                kind, When.NEXT, _named(kind, form), one or None, other or None, cited(kind, form, change)
            )
    yield from _of_findings(was.asked, now.asked, When.NEXT)
    if was.form == now.form:
        yield from _of_findings(was.findings, now.findings, When.NEXT)
        yield from _of_new_duties(was, now, change)


def _of_new_duties(was: Step, now: Step, change: Change) -> Iterator[Item]:
    for key in dict.fromkeys((*was.duties, *now.duties)):
        one, other = was.duties.get(key), now.duties.get(key)
        if one != other:
            duty = key.partition(":")[0]
            article = change.new.pack.rules[DUTIES[duty]].article
            yield Item(Kind.DUTY, When.NEXT, duty, one, other, article, key)


def _named(kind: Kind, form: str | None) -> str | None:
    """Papers, reviews and amounts are the project's, whichever paper comes next; but a reply may leave papers to come."""
    left = kind is Kind.PAPERS and form == at.REPLY
    return form if left or kind in (Kind.FLOW, Kind.FORM) else None


def cited(kind: Kind, form: str | None, change: Change) -> str | None:
    """The article on which papers, reviews and amounts stand; where this body has no such rule, that of the limit."""
    code = "ADJUSTMENT-APPROVAL" if form == at.ADJUSTMENT else CITED[kind]
    limits = (change.new.limits.get(name) for name in (ROOM, *change.since) if name in change.since)
    if code is None or change.new.pack.rules[code].effect is Effect.OFF:
        return next((each.article for each in limits if each), None)
    return change.new.pack.rules[code].article
