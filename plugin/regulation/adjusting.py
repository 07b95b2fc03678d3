"""Whether a unit may make an adjustment by itself, and how much it has adjusted (Article 38, I-20, I-21, I-44)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from plugin.regulation.law import Law
from plugin.regulation.particulars import Row
from plugin.regulation.project import Project
from plugin.regulation.wording import money

CIRCUMSTANCES = ("superior_requirement", "tech_optimisation", "business_development_within_plan")


def adjusted_yuan(project: Project, law: Law) -> Decimal:
    """The amount compared with the limit (I-21): gross or net of the items, with earlier self-adjustments or alone."""
    if law.readings.adjustment_basis == "single_net":
        return net_yuan(project)
    if law.readings.adjustment_basis == "single_gross":
        return own_yuan(project)
    prior = project.prior_self_adjusted_yuan
    if prior is None:
        earlier = [row["amount_yuan"] for row in project.adjustments if row_key(row) != own_key(project)]
        prior = sum(earlier, Decimal(0))
    return own_yuan(project) + prior


def own_yuan(project: Project) -> Decimal:
    """The amount of this adjustment alone, gross: the larger of what goes up and what goes down."""
    up = sum((each for each in deltas(project) if each > 0), Decimal(0))
    down = sum((-each for each in deltas(project) if each < 0), Decimal(0))
    return max(stated_yuan(project), up, down)


def net_yuan(project: Project) -> Decimal:
    """What goes up less what goes down, as an amount without sign."""
    return abs(sum(deltas(project), Decimal(0))) if deltas(project) else stated_yuan(project)


def stated_yuan(project: Project) -> Decimal:
    return abs(project.adjustment_amount_yuan or Decimal(0))


def deltas(project: Project) -> tuple[Decimal, ...]:
    stated = (row.get("delta_yuan") for row in project.adjustment_items)
    return tuple(each for each in stated if each is not None)


def own_key(project: Project) -> tuple[date | None, date | None]:
    return project.adjustment_effective_on, project.adjustment_submitted_on


def row_key(row: Row) -> tuple[date | None, date | None]:
    return row["effective_on"], row["submitted_on"]


def row_of(project: Project) -> Row:
    """The adjustment as the project keeps it once the unit has made it by itself."""
    effective_on, submitted_on = own_key(project)
    return {"effective_on": effective_on, "submitted_on": submitted_on, "amount_yuan": own_yuan(project)}


def approval_grounds(project: Project, law: Law) -> Iterator[str]:
    """Why the unit may not make the adjustment by itself; nothing where it may."""
    estimate = project.approved_estimate_yuan
    adjusted = adjusted_yuan(project, law)
    if estimate is None:
        yield "没有已批复的概算总投资可供比较"
    elif over(adjusted, estimate, law):
        yield f"累计调整{money(adjusted)}，超过概算总投资的{law.limits.adjustment_percent}%"
    if project.exceeds_estimate is not False or exceeds(project.new_total_yuan, estimate):
        yield "投资规模超出概算批复"
    if project.objectives_changed is not False:
        yield "建设目标发生变化"
    if project.adjustment_circumstance not in CIRCUMSTANCES:
        yield "不属于可以自行调整的三种情形"


def over(adjusted: Decimal, estimate: Decimal, law: Law) -> bool:
    """Compared by multiplication, the limit is not rounded (I-44); exactly the limit is within it."""
    share, limit = adjusted * 100, estimate * law.limits.adjustment_percent
    return share > limit if law.readings.adjustment_inclusive else share >= limit


def exceeds(total: Decimal | None, estimate: Decimal | None) -> bool:
    return total is not None and estimate is not None and total > estimate
