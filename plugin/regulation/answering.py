"""Which duty a paper answers: every duty that the regulation sets has the form by which it is filed, reported or done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from plugin.regulation import stages as at
from plugin.regulation.history import Paper
from plugin.regulation.obligations import Obligation, duty_key

ANSWERED_BY: Mapping[str, str] = {
    "development_plan_filing": at.PLAN,
    "plan_filing": at.PLAN,
    "contract_filing": at.CONTRACT,
    "adjustment_filing": at.ADJUSTMENT,
    "performance_report": at.PERFORMANCE,
    "preliminary_acceptance": at.PRELIMINARY,
    "trial_operation": at.TRIAL,
    "acceptance_application": at.APPLICATION,
    "acceptance_extension": at.EXTENSION,
    "acceptance_filing": at.ACCEPTANCE_FILING,
    "self_evaluation": at.EVALUATION,
    "rectification": at.RECTIFICATION,
}
# Where a project may owe several of a kind: the facts of the paper that tell which; the first one stated counts.
TOLD_APART_BY: Mapping[str, tuple[str, ...]] = {
    at.CONTRACT: ("contract_no", "contract_signed_on"),
    at.ADJUSTMENT: ("adjustment_effective_on",),
    at.PERFORMANCE: ("report_year",),
    at.RECTIFICATION: ("rectification_order",),
}


def answered(paper: Paper, obligations: Iterable[Obligation]) -> Obligation | None:
    """The duty owed to somebody that this paper answers; None for a step that no duty asks for.

    `obligations` are those of the verdict on the paper: what later papers change is no correction of this one.
    """
    which = _which(paper)
    for each in obligations:
        owed = ANSWERED_BY[each.duty] == paper.form and each.to
        if owed and (which is None or each.key == duty_key(each.duty, which)):
            return each
    return None


def _which(paper: Paper) -> str | int | date | None:
    for name in TOLD_APART_BY.get(paper.form, ()):
        stated: str | int | date | None = paper.facts.get(name)
        if stated is not None:
            return stated
    return None
