"""The verdict on one submission: every rule of the regulation, where it goes next, what it makes due, whether it is late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from plugin.regulation import (
    acceptance,
    approval,
    consequences,
    dossiers,
    extensions,
    general,
    implementation,
    maintenance,
    oversight,
    periods,
    planning,
    reports,
    sharing,
    splitting,
    supplements,
)
from plugin.regulation import stages as at
from plugin.regulation.adjusting import approval_grounds
from plugin.regulation.checks import earliest_trial_end
from plugin.regulation.duties import obligations_of
from plugin.regulation.filings import DUTIES
from plugin.regulation.general import REVIEW_POINTS
from plugin.regulation.lateness import due_now, extension_days, is_late
from plugin.regulation.law import Law
from plugin.regulation.limits import LimitMissing
from plugin.regulation.oversight import OPTIONS
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.routing import approval_route, route_of
from plugin.regulation.similarity import split_group
from plugin.regulation.transitions import take
from plugin.regulation.verdict import (
    Decision,
    Finding,
    Route,
    Verdict,
    decide,
    findings_of,
    limit_missing,
    unique,
)

__all__ = ["ALL_RULES", "DUTIES", "approval_route", "judge", "obligations_of", "take"]

GATES = (general.declared_unclassified, general.outside_the_government_intranet)
ALL_RULES = (
    *general.RULES,
    *planning.RULES,
    *splitting.RULES,
    *supplements.RULES,
    *approval.RULES,
    *dossiers.RULES,
    *sharing.RULES,
    *implementation.RULES,
    *reports.RULES,
    *acceptance.RULES,
    *extensions.RULES,
    *consequences.RULES,
    *maintenance.RULES,
    *oversight.RULES,
    *periods.RULES,
)
ORDINARY = tuple(rule for rule in ALL_RULES if rule not in GATES)
BY_REFERENCE = frozenset(
    {"SCHEME-REVIEWED", "SCHEME-POINTS"}
)  # all that binds projects of Article 2(2), unless I-53
ARISING: Mapping[str, tuple[str, ...]] = {  # the duties that a paper makes, or answers
    at.PLAN: ("plan_filing", "development_plan_filing"),
    at.CONTRACT: ("contract_filing",),
    at.START: ("performance_report",),
    at.OM_START: (),
    at.ADJUSTMENT: ("adjustment_filing",),
    at.PERFORMANCE: ("performance_report",),
    at.PRELIMINARY: ("preliminary_acceptance", "acceptance_application"),
    at.APPLICATION: ("acceptance_application",),
    at.EXTENSION: ("acceptance_extension",),
    at.CONCLUSION: ("acceptance_filing", "self_evaluation"),
    at.ACCEPTANCE_FILING: ("acceptance_filing", "self_evaluation"),
    at.OPERATION: ("self_evaluation",),
    at.EVALUATION: ("self_evaluation",),
    at.ORDER: ("rectification",),
    at.RECTIFICATION: ("rectification",),
}
ANSWERS: Mapping[str, str] = {  # the duty whose last day makes a paper late
    at.CONTRACT: "contract_filing",
    at.ADJUSTMENT: "adjustment_filing",
    at.PERFORMANCE: "performance_report",
    at.PRELIMINARY: "preliminary_acceptance",
    at.APPLICATION: "acceptance_application",
    at.ACCEPTANCE_FILING: "acceptance_filing",
    at.EVALUATION: "self_evaluation",
    at.RECTIFICATION: "rectification",
}


def judge(
    stage: str,
    project: Project,
    law: Law,
    shape: Iterable[Finding] = (),
    overridden: frozenset[str] = frozenset(),
) -> Verdict:
    """What the regulation says of a submission; the project already holds its facts. Never raises for what people fill in."""
    law = replace(law, stage=stage)
    refused = findings_of(GATES[:1], stage, project, law) or findings_of(GATES[1:], stage, project, law)
    if refused:
        told = law.policy.classified_guidance if refused[0].code == GATES[0].code else None
        return Verdict(
            stage,
            law.on,
            Decision.BLOCK,
            refused,
            guidance=told or refused[0].remedy,
            law_version=law.book.version,
        )
    shape = tuple(shape)
    if not law.in_force:
        return Verdict(stage, law.on, decide(shape, None), shape, law_version=law.book.version)
    try:
        route = route_of(stage, project, law)
        lost: tuple[Finding, ...] = ()
    except LimitMissing as missing:
        route, lost = None, (limit_missing(missing, law),)
    found = unique((*shape, *_judged(stage, project, law, shape), *lost))
    found = tuple(_let_through(each) if each.code in overridden else each for each in found)
    return Verdict(
        stage=stage,
        on=law.on,
        decision=_decision(stage, found, route),
        findings=found,
        route=route,
        obligations=_arising(stage, project, law),
        late=_late(stage, project, law),
        computed=dict(_computed(stage, project, law)),
        law_version=law.book.version,
    )


def _judged(stage: str, project: Project, law: Law, shape: tuple[Finding, ...]) -> Iterator[Finding]:
    """The rules' findings. A field that could not be read has no value to judge, and its absence is said once."""
    rules = ORDINARY
    if project.by_reference and not law.readings.by_reference_rules:
        rules = tuple(rule for rule in rules if rule.code in BY_REFERENCE)
    unread = {each.field for each in shape if each.field}
    return (each for each in findings_of(rules, stage, project, law) if each.field not in unread)


def _let_through(found: Finding) -> Finding:
    """An authorised person recorded why: it stays visible and no longer blocks."""
    return replace(found, effect=Effect.WARN) if found.overridable else found


def _decision(stage: str, found: tuple[Finding, ...], route: Route | None) -> Decision:
    """The question which papers are needed is always answered by a route."""
    decision = decide(found, route)
    return Decision.ROUTE if stage == at.ROUTE and decision is not Decision.BLOCK else decision


def _arising(stage: str, project: Project, law: Law) -> tuple[Any, ...]:
    return obligations_of(project, law.book, ARISING.get(stage, ()))


def _late(stage: str, project: Project, law: Law) -> bool | None:
    """Whether the act came after its last day; None where the regulation sets none."""
    if stage == at.EXTENSION:
        last = extension_days(project, law)[1]
        return None if last is None else (project.extension_requested_on or law.on) > last
    if stage not in ANSWERS or (stage == at.PRELIMINARY and project.preliminary_acceptance_held_on is None):
        return None
    try:
        duty = due_now(ANSWERS[stage], project, law)
    except LimitMissing:
        return None  # its rule says so
    return is_late(duty, law) if duty and duty.due_on else None


def _computed(stage: str, project: Project, law: Law) -> Iterator[tuple[str, Any]]:
    """What the answer says beside its findings, as far as the numbers for it are entered."""
    if project.investment_yuan is not None:
        yield "normalised_amount", project.investment_yuan.quantize(Decimal("0.01"))
    if stage == at.DEMAND:
        yield "plan_year", project.target_plan_year
    with suppress(LimitMissing):
        yield from _by_numbers(stage, project, law)
    if stage == at.SCHEME and project.by_reference:
        yield "review_points", REVIEW_POINTS
    if stage in (at.TICK, at.RECTIFICATION):
        yield "options", OPTIONS
        yield "auto_sanction", False
    group = split_group(project.declarations, law) if stage == at.SPLIT else None
    if group:
        yield "combined_amount", group.combined_yuan


def _by_numbers(stage: str, project: Project, law: Law) -> Iterator[tuple[str, Any]]:
    if stage == at.TRIAL:
        yield "earliest_end", earliest_trial_end(project, law)
    if stage == at.ADJUSTMENT:
        approval_needed = any(approval_grounds(project, law))
        yield "form", "adjustment_approval" if approval_needed else "adjustment_filing"
