"""One duty with its days, and the duties to file: plans and contracts (Articles 11, 12, 31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from plugin.regulation.law import LawBook
from plugin.regulation.obligations import Obligation, duty_key
from plugin.regulation.project import Project

DUTIES: Mapping[str, str] = {  # each duty → the rule that marks a late act, whose article the duty cites
    "development_plan_filing": "DEVELOPMENT-PLAN-FILING-LATE",
    "plan_filing": "PLAN-FILING-LATE",
    "contract_filing": "CONTRACT-LATE",
    "performance_report": "REPORT-LATE",
    "adjustment_filing": "ADJUSTMENT-LATE",
    "preliminary_acceptance": "PRELIM-LATE",
    "trial_operation": "TRIAL-MONTH",  # no last day: the window says when it may end
    "acceptance_application": "APPLICATION-LATE",
    "acceptance_extension": "EXTENSION-LATE",
    "acceptance_filing": "ACCEPTANCE-FILING-LATE",
    "self_evaluation": "EVALUATION-LATE",
    "rectification": "RECTIFICATION-LATE",
}
AUTHORITY, FINANCE = "approval_authority", "finance_bureau"
ABOVE = ("municipal_data_bureau", "provincial_data_bureau")
BOTH = (AUTHORITY, FINANCE)


def owed(
    book: LawBook,
    project: Project,
    duty: str,
    which: str | int | date | None,
    anchored_on: date,
    due_on: date | None,
    fulfilled_on: date | None,
    *,
    to: tuple[str, ...] = (),
    rolls: bool = True,
    counted: bool = False,
    window_opens_on: date | None = None,
    timing: str | None = None,
) -> Iterator[Obligation]:
    """The duty, unless what gave rise to it came before the regulation.

    Its last day is the due day, or the one it `rolls` to; a day `counted` in working days is certain only where their
    years are announced.
    """
    if anchored_on < book.pack.effective_from:
        return
    last = due_on
    if due_on and rolls:
        last = book.calendar.last_day(due_on)
    elif due_on and counted and not book.calendar.covers(anchored_on, due_on):
        last = None
    yield Obligation(
        duty=duty,
        key=duty_key(duty, which),
        article=book.pack.rules[DUTIES[duty]].article,
        due_on=due_on,
        overdue_after=last,
        to=to,
        responsible="lead_unit" if project.joint and project.lead_unit else "construction_unit",  # I-41
        provisional=due_on is not None and last is None,
        anchored_on=anchored_on,
        fulfilled_on=fulfilled_on,
        window_opens_on=window_opens_on,
        timing=timing,
    )


def working_days(book: LawBook, day: date, count: int | None) -> date | None:
    return None if count is None else book.calendar.add_working_days(day, count)


def plan_filings(project: Project, book: LawBook) -> Iterator[Obligation]:
    approved = project.plan_government_approved_on
    if approved is None:
        return
    due = working_days(book, approved, book.policy.plan_filing_days)
    filed = project.plan_filed_city_on
    if project.plan_type == "development_plan":
        yield from owed(
            book, project, "development_plan_filing", None, approved, due, filed,
            to=ABOVE[:1], rolls=False, counted=True,
        )  # fmt: skip
        return
    both = max(filed, project.plan_filed_province_on) if filed and project.plan_filed_province_on else None
    yield from owed(
        book,
        project,
        "plan_filing",
        project.plan_year or approved.year,
        approved,
        due,
        both,
        to=ABOVE,
        rolls=False,
        counted=True,
    )


def contract_filings(project: Project, book: LawBook) -> Iterator[Obligation]:
    rows = {(row["contract_no"], row["signed_on"]): row["filed_on"] for row in project.contracts}
    if project.contract_signed_on:
        rows[project.contract_no, project.contract_signed_on] = project.contract_filed_on
    for (number, signed), filed in rows.items():
        due, rolls = _contract_due(book, signed)
        yield from owed(
            book, project, "contract_filing", number or signed, signed, due, filed,
            to=("data_bureau",), rolls=rolls, counted=not rolls,
        )  # fmt: skip


def _contract_due(book: LawBook, signed: date) -> tuple[date | None, bool]:
    """The bureau's own number of days (I-18); working days need no roll."""
    days = book.policy.contract_filing_days
    if days is None or book.policy.contract_filing_unit == "working_days":
        return working_days(book, signed, days), False
    return signed + timedelta(days), True
