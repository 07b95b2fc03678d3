"""The next step of a project, imagined to be made on one day: which paper, where it goes, what it finds, what becomes due. Pure.

docs/whatif.md holds the same in words. Facts that the step itself states (the day of completion, of signing) are taken to
be that day; what a form would state besides is not known, and what is not known is missing under both laws alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from plugin.regulation import stages as at
from plugin.regulation.acts import OWN
from plugin.regulation.duties import obligations_of
from plugin.regulation.judgement import ARISING, approval_route, take
from plugin.regulation.law import Law, LawBook
from plugin.regulation.limits import LimitMissing
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.routing import route_of
from plugin.regulation.states import Standing, State
from plugin.regulation.verdict import Finding, Route, findings_of, limit_missing
from plugin.whatif.change import Change
from plugin.whatif.differences import value_on

BEFORE_APPROVAL = (State.DEMAND_SUBMITTED, State.PROJECT_POOL, State.PLANNED, State.SUPPLEMENTED)
IN_REVIEW = (State.IN_REVIEW, State.DESIGN_REVIEW)
NEXT: Mapping[
    State, tuple[str, tuple[str, ...]]
] = {  # the paper that comes next, and the days that it states
    State.SUPPLEMENT: (at.REPLY, ()),
    State.IN_REVIEW: (at.REPLY, ()),
    State.DESIGN_REVIEW: (at.REPLY, ()),
    State.APPROVED: (at.PROCUREMENT, ()),
    State.REQUIREMENT_REVIEW: (at.TENDER, ()),
    State.TENDERING: (at.CONTRACT, ("contract_signed_on",)),
    State.IMPLEMENTING: (at.PRELIMINARY, ("completed_on",)),
    State.ADJUSTMENT_REVIEW: (at.REPLY, ()),
    State.COMPLETED: (at.PRELIMINARY, ()),
    State.PRELIMINARY_ACCEPTED: (at.TRIAL, ("trial_started_on",)),
    State.TRIAL_OPERATION: (at.TRIAL, ("trial_ended_on",)),
    State.TRIAL_DONE: (at.APPLICATION, ()),
    State.ACCEPTANCE_APPLIED: (at.ORGANISATION, ()),
    State.ACCEPTANCE_ORGANISED: (at.CONCLUSION, ("accepted_on", "in_operation_on")),
    State.ACCEPTANCE_FAILED: (at.APPLICATION, ()),
    State.ACCEPTED: (at.ACCEPTANCE_FILING, ("in_operation_on",)),
    State.OPERATING: (at.EVALUATION, ()),
}
ADJUSTABLE = frozenset(
    tuple(State)[tuple(State).index(State.APPROVED) : tuple(State).index(State.ACCEPTANCE_APPLIED)]
)
MAINTAINED = (State.SUPPLEMENT, *IN_REVIEW)  # afterwards maintenance has no paper of its own
ROOM, CENT = "adjustment_percent", Decimal("0.01")
MISSING = "LIMIT-MISSING"
Days = tuple[date | None, date | None, date | None]  # due, overdue after, window opens


@dataclass(frozen=True, slots=True)
class Step:
    """What one law says of the next step. `form` is None where nobody can say which paper it is, or where none is left."""

    form: str | None = None
    papers: tuple[str, ...] = ()
    superior_review: tuple[str, ...] = ()
    route_to: tuple[str, ...] = ()
    next_form: str | None = None
    asked: Mapping[str, str | None] = field(
        default_factory=dict
    )  # found when asking which papers: code → article
    findings: Mapping[str, str | None] = field(default_factory=dict)  # found on the paper
    duties: Mapping[str, Days] = field(default_factory=dict)  # duties that the step would make, by their keys
    room_yuan: Decimal | None = None  # how much the unit may adjust by itself in all (Article 38)


def may_differ(state: State, change: Change) -> bool:
    """Whether the next step from this state is reached by the change at all."""
    if state is State.NONE:
        return _form_may_differ(at.PREVIEW, change)
    if state in BEFORE_APPROVAL:
        return any(_form_may_differ(form, change) for form in _first_forms(change))
    in_review = state in IN_REVIEW and at.ROUTE in change.routes
    adjusts = state in ADJUSTABLE and ROOM in change.since
    return in_review or adjusts or (state in NEXT and _form_may_differ(NEXT[state][0], change))


def _first_forms(change: Change) -> set[str]:
    """The papers that may be the first of a project, and the questions before them."""
    routes = (*change.old.pack.routes, *change.new.pack.routes)
    return {
        at.ROUTE,
        at.PREVIEW,
        at.PROPOSAL,
        at.OM_START,
        *(paper for row in routes for paper in row.papers),
    }


def _form_may_differ(form: str, change: Change) -> bool:
    made = any(duty in change.duties for duty in ARISING.get(form, ()))
    return made or form in change.routes or bool(change.rules_at(form))


@dataclass(slots=True)
class Ahead:
    """What lies ahead of one project, under either law, as far as the change may reach it."""

    project: Project
    change: Change
    _made: dict[str, Project] = field(default_factory=dict)

    def step(self, book: LawBook) -> Step:
        """The next step as `book` has it."""
        project = self.project
        if project.standing is Standing.TERMINATED or apart(project, book):
            return Step()
        if project.state is State.NONE:  # nothing taken yet, or examined before its superiors approve it (26)
            return self._judged(book, at.PREVIEW) if project.approving_level else Step()
        if project.state in BEFORE_APPROVAL:
            return self._first_paper(book)
        if project.state not in NEXT or (project.is_maintenance and project.state not in MAINTAINED):
            return Step()
        return self._judged(
            book, NEXT[project.state][0], papers=self._papers_left(book), room=self._room(book)
        )

    def _first_paper(self, book: LawBook) -> Step:
        """Which papers and reviews the project needs, and the first of these papers."""
        law = law_for(book, self.change.day, at.ROUTE)
        found = self._found(book, at.ROUTE, self.project)
        try:
            route = approval_route(self.project, law)
        except LimitMissing as missing:
            return Step(asked={**found, **articles((limit_missing(missing, law),))})
        form = next(iter(route.papers), at.OM_START if self.project.is_maintenance else None)
        if form is None:
            return Step(asked=found)
        step = self._judged(book, form, papers=route.papers, review=route.superior_review)
        return replace(step, asked=found)

    def _judged(
        self,
        book: LawBook,
        form: str,
        *,
        papers: tuple[str, ...] = (),
        review: tuple[str, ...] | None = None,
        room: Decimal | None = None,
    ) -> Step:
        if not _form_may_differ(form, self.change):
            return Step(form, papers, review or (), room_yuan=room)
        made = self._taken(form)
        try:
            route = route_of(form, made, law_for(book, self.change.day, form)) or Route()
        except LimitMissing:
            route = Route()  # the rules of the form say what is missing
        return Step(
            form=form,
            papers=papers,
            superior_review=route.superior_review if review is None else review,
            route_to=tuple(body for body in route.route_to if body not in route.superior_review),
            next_form=route.next_form,
            findings=self._found(book, form, made),
            duties=self._duties(book, form, made),
            room_yuan=room,
        )

    def _taken(self, form: str) -> Project:
        """The project once the paper is taken, on the day of the change."""
        if form not in self._made:
            day = self.change.day
            stated = NEXT[self.project.state][1] if self.project.state in NEXT else ()
            facts = {
                name: day
                for name in stated
                if name in OWN.get(form, ()) or getattr(self.project, name) is None
            }
            self._made[form] = take(self.project, form, day, facts)
        return self._made[form]

    def _found(self, book: LawBook, form: str, made: Project) -> dict[str, str | None]:
        found = findings_of(self.change.rules_at(form), form, made, law_for(book, self.change.day, form))
        return articles(found)

    def _duties(self, book: LawBook, form: str, made: Project) -> dict[str, Days]:
        """The duties that the step makes and the project has not yet."""
        asked = [duty for duty in ARISING.get(form, ()) if duty in self.change.duties]
        if not asked:
            return {}
        had = {each.key for each in obligations_of(self.project, book, asked)}
        return {each.key: days_of(each) for each in obligations_of(made, book, asked) if each.key not in had}

    def _papers_left(self, book: LawBook) -> tuple[str, ...]:
        """The papers that follow the one under review."""
        if self.project.state not in IN_REVIEW:
            return ()
        try:
            papers = approval_route(self.project, law_for(book, self.change.day, at.ROUTE)).papers
        except LimitMissing:
            return ()
        dossier = self.project.dossier
        return papers[papers.index(dossier) + 1 :] if dossier in papers else ()

    def _room(self, book: LawBook) -> Decimal | None:
        """How much the unit may adjust by itself in all (Article 38)."""
        percent, estimate = value_on(book, ROOM, self.change.day), self.project.approved_estimate_yuan
        if self.project.state not in ADJUSTABLE or percent is None or estimate is None:
            return None
        return (estimate * Decimal(percent) / 100).quantize(CENT)


def articles(found: Iterable[Finding]) -> dict[str, str | None]:
    """What does not conform, by code and, where a number is missing, its name; each with its article."""
    return {
        f"{MISSING}:{each.missing[0]}" if each.code == MISSING else each.code: each.article
        for each in found
        if each.effect is not Effect.INFO
    }


def apart(project: Project, book: LawBook) -> bool:
    """One of those that only the four points of Article 2 bind."""
    return project.by_reference and not book.readings.by_reference_rules


def days_of(duty: Obligation) -> Days:
    return duty.due_on, duty.overdue_after, duty.window_opens_on


def law_for(book: LawBook, day: date, stage: str) -> Law:
    return replace(book.on(day), stage=stage)
