"""Making rules of table rows, and the amounts and spans that several chapters compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.calendar import add_months
from plugin.regulation.law import Law
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, Rule, rule

FEES: Mapping[str, str] = {  # what a project may need → the cost item that must be there (Article 30)
    "needs_mlps": "mlps_assessment",
    "needs_crypto_assessment": "crypto_assessment",
    "needs_software_test": "software_test",
}
UNTESTED = ("none", "level_1")  # levels of classified protection without an assessment
FEE_ITEMS = frozenset({*FEES.values(), "supervision"})
PASSED = "passed"
TRANSFERABLE = (PASSED, "revised")  # 通过, 修改后通过
Applies = Callable[[Project, Law], bool]


def always(_project: Project, _law: Law) -> bool:
    return True


def builds(project: Project, _law: Law) -> bool:
    """The project builds or changes a system: anything but plain operation and maintenance."""
    return not project.is_maintenance


def holds_a_dossier(project: Project, law: Law) -> bool:
    """A paper with a system in it, not the reply to a bare supplement or proposal."""
    bare = law.stage == at.REPLY and project.dossier in (at.SUPPLEMENT, at.PROPOSAL)
    return builds(project, law) and not bare


def needs(
    code: str,
    stages: Iterable[str],
    fact: str,
    message: str,
    remedy: str,
    *,
    mender: Mender = Mender.FILLER,
    applies: Applies = builds,
    met: Callable[[Any], bool] = bool,
    missing: str | None = None,
    field: str | None = None,
) -> Rule:
    """The rule that the thing named by a fact must be there where the row applies."""

    def check(project: Project, law: Law) -> Breach | None:
        value = getattr(project, fact)
        if not applies(project, law) or met(value):
            return None
        return Breach(missing=(missing or fact,), value=value)

    return rule(code=code, stages=stages, field=field or fact, message=message, remedy=remedy, mender=mender)(
        check
    )


def threshold_yuan(project: Project, law: Law) -> Decimal | None:
    """The amount that limits are compared with: the county's part of a co-built project (I-05), else the whole (I-04)."""
    by_portion = project.co_built_levels and law.readings.co_built_base == "county_portion"
    if by_portion and project.county_portion_yuan is not None:
        return project.county_portion_yuan
    total = project.investment_yuan
    if total is None or law.readings.investment_base == "total_incl_fees":
        return total
    return total - fees_yuan(project)


def compared_yuan(project: Project) -> set[Decimal] | None:
    """Every amount of the project that may be held against a line of money; None = any, for parts are added up (I-12)."""
    if project.declarations:
        return None
    totals = (
        project.investment_yuan,
        project.supplement_investment_yuan,
        project.new_total_yuan,
        project.approved_estimate_yuan,
    )
    stated = {total for total in totals if total is not None}
    without_fees = {total - fees_yuan(project) for total in stated}
    portion = () if project.county_portion_yuan is None else (project.county_portion_yuan,)
    return {*stated, *without_fees, *portion}


def fees_yuan(project: Project) -> Decimal:
    """What of the cost items is for supervision and tests."""
    return sum((row["amount_yuan"] for row in project.cost_items if row["item"] in FEE_ITEMS), Decimal(0))


def is_high_value(project: Project, law: Law) -> bool:
    """Reaches the line from which superiors consent. A body that has no such line has no such projects."""
    if "high_value_yuan" not in law.limits.table:
        return False
    amount = threshold_yuan(project, law)
    return amount is not None and amount >= law.limits.high_value_yuan  # I-01


def reaches_procurement_limit(amount: Decimal, law: Law) -> bool:
    """Exactly the limit counts as above it, unless the register is read otherwise (I-02)."""
    limit = law.limits.decentralised_procurement_yuan
    return amount >= limit if law.readings.procurement_boundary == "upper" else amount > limit


def needs_a_study(project: Project, law: Law) -> bool:
    """Large enough for a feasibility study. High value is, whatever the procurement limit."""
    amount = threshold_yuan(project, law)
    if amount is None or project.is_maintenance:
        return False
    return is_high_value(project, law) or reaches_procurement_limit(amount, law)


def needs_superior_review(project: Project, law: Law) -> bool:
    """High value and of a kind that is not excluded (Article 25)."""
    return is_high_value(project, law) and project.substance not in law.readings.superior_review_exclude_kinds


def review_settled(project: Project, law: Law) -> bool:
    """The supplement was reviewed above at this amount already: it is not asked again (I-07)."""
    if not project.supplemented or project.planned or law.readings.second_review_after_supplement:
        return False
    reviewed = project.supplement_investment_yuan
    return reviewed is None or is_high_value(replace(project, total_investment_yuan=reviewed), law)


def later(day: date, months: int, unit: str) -> date:
    """Months later, or the fixed number of days that the reading `unit` names ("days30", "days183")."""
    return day + timedelta(int(unit[4:])) if unit.startswith("days") else add_months(day, months)


def earliest_trial_end(project: Project, law: Law) -> date | None:
    """The first day on which the trial operation has lasted long enough (I-24)."""
    started = project.trial_started_on
    if started is None:
        return None
    months = law.limits_on(max(started, law.pack.effective_from)).trial_operation_months
    return later(started, months, law.readings.trial_operation_unit)
