"""What a project owes and until when, derived from the days that its papers state (Articles 11, 12, 31, 35, 38, 39, 43, 49).

A duty keeps the numbers of the day it arose, is never dated back before the regulation's first day (I-39), and has no day
where the regulation sets none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import date

from plugin.regulation.adjusting import approval_grounds, own_key, row_key
from plugin.regulation.checks import later
from plugin.regulation.filings import (
    AUTHORITY,
    BOTH,
    DUTIES,
    contract_filings,
    owed,
    plan_filings,
    working_days,
)
from plugin.regulation.law import LawBook
from plugin.regulation.limits import LimitMissing, Limits
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.states import Standing


def obligations_of(
    project: Project, book: LawBook, asked: Collection[str] = DUTIES, today: date | None = None
) -> tuple[Obligation, ...]:
    """The project's duties of the kinds asked for, fulfilled ones included, all of them by default.

    A duty whose number is not entered is left out: its rule says so. `today`: what is under construction on that day is
    so until then, whatever its papers planned.
    """
    if project.by_reference and not book.readings.by_reference_rules:
        return ()
    if today is not None and "performance_report" in asked:
        project = _still_building(project, today)
    made: list[Obligation] = []
    for duties, of_construction, make in MAKERS:
        if not any(duty in asked for duty in duties) or (of_construction and project.is_maintenance):
            continue
        if all(book.pack.rules[DUTIES[duty]].effect is Effect.OFF for duty in duties):
            continue
        with suppress(LimitMissing):
            made += make(project, book)
    return tuple(
        each
        for each in made
        if each.duty in asked and book.pack.rules[DUTIES[each.duty]].effect is not Effect.OFF
    )


def _reports(project: Project, book: LawBook) -> Iterator[Obligation]:
    """One for every calendar year that construction touches (I-29). 31 December is a date, no period: it does not roll."""
    started = project.construction_started_on
    if started is None:
        return
    done = {row["year"]: row["reported_on"] for row in project.performance_reports}
    if project.report_year is not None and project.performance_reported_on:
        done.setdefault(project.report_year, project.performance_reported_on)
    first = started.year if book.readings.performance_first_year else started.year + 1
    for year in range(first, max(project.latest or started, started).year + 1):
        yield from report_duty(project, book, year, done.get(year))


def _still_building(project: Project, today: date) -> Project:
    """Construction lasts until final acceptance (I-29), also where it was to end earlier."""
    started = project.construction_started_on
    if started is None or project.accepted_on or project.standing is Standing.TERMINATED:
        return project
    return project.but(construction_ends_on=max(project.latest or started, today))


def report_duty(project: Project, book: LawBook, year: int, reported_on: date | None) -> Iterator[Obligation]:
    """The report of one year. It arises at the year's end, the last moment at which its day may have been changed."""
    day = date(year, 12, 31)
    if day < book.pack.effective_from:
        return
    due = date(year, *_on(book, day).performance_report_month_day)
    yield from owed(book, project, "performance_report", year, day, due, reported_on, to=BOTH, rolls=False)


def _adjustments(project: Project, book: LawBook) -> Iterator[Obligation]:
    """Simultaneous: the filing is there when the adjustment takes effect (I-19)."""
    made = {row_key(row) for row in project.adjustments}
    effective = project.adjustment_effective_on
    if effective and own_key(project) not in made and not any(approval_grounds(project, book.on(effective))):
        made.add(own_key(project))
    for effective, filed in sorted((day, filed or day) for day, filed in made if day):
        yield from owed(
            book, project, "adjustment_filing", effective, effective, effective, filed,
            to=(AUTHORITY,), rolls=False, timing="simultaneous",
        )  # fmt: skip


def _preliminary(project: Project, book: LawBook) -> Iterator[Obligation]:
    done = project.completed_on
    if done is None or done < book.pack.effective_from:
        return
    due = later(done, _on(book, done).preliminary_acceptance_months, "month")
    passed = project.preliminary_acceptance_conclusion == "passed"
    held = project.preliminary_acceptance_held_on if passed else None
    yield from owed(book, project, "preliminary_acceptance", None, done, due, held)


def _trial(project: Project, book: LawBook) -> Iterator[Obligation]:
    """A trial operation may end when its window opens; it has no last day of its own."""
    started = project.trial_started_on
    if started is None:
        return
    months = _on(book, started).trial_operation_months
    opens = later(started, months, book.readings.trial_operation_unit)
    yield from owed(
        book, project, "trial_operation", None, started, None, project.trial_ended_on, window_opens_on=opens
    )


def _application(project: Project, book: LawBook) -> Iterator[Obligation]:
    done, granted = project.completed_on, project.extension_granted_until_on
    if done is None or done < book.pack.effective_from:
        return
    due = granted or later(done, _on(book, done).acceptance_application_months, book.readings.half_year_unit)
    yield from owed(
        book, project, "acceptance_application", None, done, due, project.acceptance_applied_on,
        to=(AUTHORITY,), rolls=granted is None,
    )  # fmt: skip


def _extension(project: Project, book: LawBook) -> Iterator[Obligation]:
    """More time must be asked for once the trial operation can no longer end before acceptance is due (I-26).

    A request made is a duty done, whatever later papers say of the trial operation.
    """
    done, granted = project.completed_on, project.extension_granted_until_on
    if done is None or done < book.pack.effective_from:
        return
    limits, asked = _on(book, done), project.extension_requested_on
    begins = project.trial_started_on or project.preliminary_acceptance_held_on
    due = granted or later(done, limits.acceptance_application_months, book.readings.half_year_unit)
    shortest, unit = limits.trial_operation_months, book.readings.trial_operation_unit
    if asked or (begins is not None and later(begins, shortest, unit) > due):
        yield from owed(
            book, project, "acceptance_extension", None, begins or done, due, asked or project.acceptance_applied_on,
            to=(AUTHORITY,), rolls=granted is None,
        )  # fmt: skip


def _accepted(project: Project, book: LawBook) -> Iterator[Obligation]:
    accepted = project.accepted_on
    if accepted:
        due = working_days(book, accepted, book.policy.acceptance_filing_days)
        yield from owed(
            book, project, "acceptance_filing", None, accepted, due, project.acceptance_filed_on,
            to=(AUTHORITY,), rolls=False, counted=True,
        )  # fmt: skip


def evaluation_window(project: Project, book: LawBook) -> tuple[date, date, date] | None:
    """Anchor, first and last day: from the later of acceptance and operation on (I-30)."""
    if project.accepted_on is None or project.in_operation_on is None:
        return None
    anchor = max(project.accepted_on, project.in_operation_on)
    limits = _on(book, anchor)
    opens, closes = limits.self_evaluation_opens_months, limits.self_evaluation_closes_months
    return anchor, later(anchor, opens, "month"), later(anchor, closes, "month")


def _evaluated(project: Project, book: LawBook) -> Iterator[Obligation]:
    window = evaluation_window(project, book)
    if window is None:
        return
    anchor, opens, due = window
    if book.readings.evaluation_of_earlier_projects:
        anchor = max(anchor, book.pack.effective_from)
    yield from owed(
        book,
        project,
        "self_evaluation",
        None,
        anchor,
        due,
        project.self_evaluated_on,
        to=BOTH,
        window_opens_on=opens,
    )


def _rectifications(project: Project, book: LawBook) -> Iterator[Obligation]:
    """The order's own date counts as it stands."""
    rows = {
        (row["order"], row["issued_on"]): (row["deadline_on"], row["submitted_on"])
        for row in project.rectifications
    }
    if project.rectification_issued_on:
        order = (project.rectification_order, project.rectification_issued_on)
        rows[order] = (project.rectification_deadline_on, project.rectification_submitted_on)
    for (order, issued), (deadline, done) in rows.items():
        yield from owed(
            book, project, "rectification", order or issued, issued, deadline, done,
            to=("data_bureau",), rolls=False,
        )  # fmt: skip


MAKERS: tuple[tuple[tuple[str, ...], bool, Callable[[Project, LawBook], Iterator[Obligation]]], ...] = (
    # the duties made, whether they belong to construction only, how
    (("plan_filing", "development_plan_filing"), False, plan_filings),
    (("contract_filing",), False, contract_filings),
    (("rectification",), False, _rectifications),
    (("acceptance_filing",), False, _accepted),
    (("performance_report",), True, _reports),
    (("adjustment_filing",), True, _adjustments),
    (("preliminary_acceptance",), True, _preliminary),
    (("trial_operation",), True, _trial),
    (("acceptance_application",), True, _application),
    (("acceptance_extension",), True, _extension),
    (("self_evaluation",), True, _evaluated),
)


def _on(book: LawBook, day: date) -> Limits:
    """The numbers of a day, those of the regulation's first day for anything earlier."""
    return book.on(max(day, book.pack.effective_from)).limits
