"""What a paper changes: the facts it states, what it adds to the project's rows, and where the project then stands.

The machine of docs/lifecycle.md, forgiving: a late or out-of-order paper states its facts and never moves the project back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.acts import afresh, with_row
from plugin.regulation.adjusting import approval_grounds, row_of
from plugin.regulation.checks import TRANSFERABLE, is_high_value
from plugin.regulation.existing import founded
from plugin.regulation.law import Law
from plugin.regulation.limits import LimitMissing
from plugin.regulation.project import Project
from plugin.regulation.rectifying import ordered, rectified
from plugin.regulation.states import State

ORDERED = tuple(State)


def take(project: Project, form: str, on: date, facts: Mapping[str, Any]) -> Project:
    """The project once the paper is taken."""
    after = afresh(project, form).knowing(facts)
    return _listed(CHANGES[form](after, on) if form in CHANGES else after)


def _listed(project: Project) -> Project:
    """An approved plan that lists the project is no paper of its own: it is known from the beginning (12)."""
    waits = project.state in (State.DEMAND_SUBMITTED, State.PROJECT_POOL) and project.in_annual_plan
    return advanced(project, State.PLANNED) if waits else project


def settled(project: Project, form: str, law: Law) -> Project:
    """What follows of a taken paper by the numbers of its day, nothing where there are none: before the regulation, say."""
    if not law.in_force:
        return project
    try:
        return _settled(project, form, law)
    except LimitMissing:
        return project


def _settled(project: Project, form: str, law: Law) -> Project:
    """An adjustment made or under approval, a design still due."""
    if form == at.ADJUSTMENT:
        if any(approval_grounds(project, law)):
            return advanced(replace(project, dossier=at.ADJUSTMENT), State.ADJUSTMENT_REVIEW)
        return replace(
            project,
            adjustments=with_row(project.adjustments, row_of(project), "effective_on", "submitted_on"),
        )
    if form == at.REPLY and project.dossier == at.ADJUSTMENT and project.state is not State.ADJUSTMENT_REVIEW:
        return replace(afresh(project, at.ADJUSTMENT), dossier=None)
    awaits_design = form == at.REPLY and project.dossier == at.FEASIBILITY and is_high_value(project, law)
    if awaits_design and project.approved and project.state is State.APPROVED:
        return replace(project, approved=None, approved_on=None, state=State.IN_REVIEW)
    return project


def advanced(project: Project, target: State) -> Project:
    """Moved on to the state, never back."""
    ahead = ORDERED.index(target) > ORDERED.index(project.state)
    return project.but(state=target) if ahead else project


def moved(project: Project, back_from: State, target: State) -> Project:
    """Moved on, or back from the one state that leads back there."""
    return replace(project, state=target) if project.state is back_from else advanced(project, target)


def to(state: State) -> Callable[[Project, date], Project]:
    return lambda project, _on: advanced(project, state)


def _experts(project: Project, _on: date) -> Project:
    """What was reviewed: as the record says, else the paper under review, before any of them the plan."""
    early = (
        project.state in (State.NONE, State.DEMAND_SUBMITTED, State.PROJECT_POOL) and project.dossier is None
    )
    reviewed = project.expert_review_of or ("plan" if early else project.dossier)
    after = replace(project, expert_review_of=reviewed)
    waits = project.state is State.DEMAND_SUBMITTED and project.expert_review in TRANSFERABLE
    return advanced(after, State.PROJECT_POOL) if waits else after


def _third_party(project: Project, _on: date) -> Project:
    return replace(project, third_party_review_of=project.third_party_review_of or project.dossier)


def _plan(project: Project, _on: date) -> Project:
    if project.plan_type == "development_plan" or project.plan_government_approved_on is None:
        return project
    return advanced(replace(project, in_annual_plan=True), State.PLANNED)


def _supplement(project: Project, _on: date) -> Project:
    known = replace(project, dossier=at.SUPPLEMENT, supplement_investment_yuan=project.investment_yuan)
    return advanced(known, State.SUPPLEMENT)


def _dossier(form: str, state: State) -> Callable[[Project, date], Project]:
    return lambda project, _on: advanced(replace(project, dossier=form), state)


def _reply(project: Project, on: date) -> Project:
    """What the bureau's reply grants depends on the paper it replies to."""
    if project.reply_conclusion not in (None, "approved"):
        return project
    if project.dossier in (at.SUPPLEMENT, at.PROPOSAL):
        return advanced(replace(project, supplement_granted=True), State.SUPPLEMENTED)
    if project.dossier == at.ADJUSTMENT:
        total = project.new_total_yuan or project.approved_estimate_yuan
        adjusted = replace(project, approved_estimate_yuan=total)
        return moved(adjusted, State.ADJUSTMENT_REVIEW, State.IMPLEMENTING)
    approved = replace(
        project,
        approved=True,
        approved_on=project.approved_on or on,
        feasibility_approved=project.dossier != at.SCHEME,
        approved_estimate_yuan=project.approved_estimate_yuan or project.investment_yuan,
    )
    return advanced(approved, State.APPROVED)


def _superior(project: Project, _on: date) -> Project:
    stated: dict[str, Any] = {}
    level = {"city": "city_review", "province": "province_review"}.get(project.reviewed_level or "")
    if level:
        stated[level] = project.review_opinion
    return replace(project, **stated)


def _video(project: Project, _on: date) -> Project:
    row = {
        "step": project.video_step,
        "data_bureau": project.video_bureau_opinion,
        "public_security": project.video_psb_opinion,
    }
    return replace(project, video_opinions=with_row(project.video_opinions, row, "step"))


def _procurement(project: Project, _on: date) -> Project:
    passed = project.procurement_review_result == "passed"
    return advanced(project, State.TENDERING if passed else State.REQUIREMENT_REVIEW)


def _contract(project: Project, on: date) -> Project:
    after = replace(
        project, construction_started_on=project.construction_started_on or project.contract_starts_on or on
    )
    if project.contract_signed_on:
        row = {
            "contract_no": project.contract_no,
            "signed_on": project.contract_signed_on,
            "filed_on": project.contract_filed_on,
        }
        after = replace(after, contracts=with_row(project.contracts, row, "contract_no", "signed_on"))
    return advanced(after, State.IMPLEMENTING)


def _start(project: Project, on: date) -> Project:
    return advanced(
        replace(project, construction_started_on=project.construction_started_on or on), State.IMPLEMENTING
    )


def _adjustment(project: Project, on: date) -> Project:
    effective, submitted = project.adjustment_effective_on or on, project.adjustment_submitted_on or on
    return replace(project, adjustment_effective_on=effective, adjustment_submitted_on=submitted)


def _performance(project: Project, on: date) -> Project:
    row = {"year": project.report_year or on.year, "reported_on": project.performance_reported_on or on}
    return replace(project, performance_reports=with_row(project.performance_reports, row, "year"))


def _preliminary(project: Project, _on: date) -> Project:
    passed = project.preliminary_acceptance_conclusion == "passed"
    if passed:
        return advanced(project, State.PRELIMINARY_ACCEPTED)
    return advanced(project, State.COMPLETED) if project.completed_on else project


def _trial(project: Project, _on: date) -> Project:
    return advanced(project, State.TRIAL_DONE if project.trial_ended_on else State.TRIAL_OPERATION)


def _application(project: Project, on: date) -> Project:
    known = replace(project, acceptance_applied_on=project.acceptance_applied_on or on)
    return moved(known, State.ACCEPTANCE_FAILED, State.ACCEPTANCE_APPLIED)


def _conclusion(project: Project, on: date) -> Project:
    if project.acceptance_conclusion == "failed":
        return advanced(replace(project, accepted_on=None), State.ACCEPTANCE_FAILED)
    return _operating(advanced(replace(project, accepted_on=project.accepted_on or on), State.ACCEPTED), on)


def _operating(project: Project, _on: date) -> Project:
    known = project.accepted_on is not None and project.in_operation_on is not None
    return advanced(project, State.OPERATING) if known else project


def _accepted(project: Project, on: date) -> Project:
    filed = replace(project, acceptance_filed_on=project.acceptance_filed_on or on)
    return _operating(filed, on)


def _operation(project: Project, on: date) -> Project:
    return _operating(replace(project, in_operation_on=project.in_operation_on or on), on)


def _evaluation(project: Project, on: date) -> Project:
    return advanced(replace(project, self_evaluated_on=project.self_evaluated_on or on), State.SELF_EVALUATED)


def _extension(project: Project, on: date) -> Project:
    return replace(project, extension_requested_on=project.extension_requested_on or on)


def _existing(project: Project, on: date) -> Project:
    reached = State(project.stage_reached or State.NONE)
    return _operating(advanced(founded(project, on), reached), on)


CHANGES: Mapping[str, Callable[[Project, date], Project]] = {
    at.DEMAND: to(State.DEMAND_SUBMITTED),
    at.EXPERTS: _experts,
    at.THIRD_PARTY: _third_party,
    at.PLAN: _plan,
    at.SUPPLEMENT: _supplement,
    at.PROPOSAL: _dossier(at.PROPOSAL, State.SUPPLEMENT),
    at.FEASIBILITY: _dossier(at.FEASIBILITY, State.IN_REVIEW),
    at.SCHEME: _dossier(at.SCHEME, State.IN_REVIEW),
    at.MERGED: _dossier(at.MERGED, State.IN_REVIEW),
    at.DESIGN: _dossier(at.DESIGN, State.DESIGN_REVIEW),
    at.REPLY: _reply,
    at.SUPERIOR: _superior,
    at.VIDEO: _video,
    at.PROCUREMENT: _procurement,
    at.TENDER: to(State.TENDERING),
    at.CONTRACT: _contract,
    at.START: _start,
    at.OM_START: _start,
    at.ADJUSTMENT: _adjustment,
    at.PERFORMANCE: _performance,
    at.PRELIMINARY: _preliminary,
    at.TRIAL: _trial,
    at.APPLICATION: _application,
    at.EXTENSION: _extension,
    at.ORGANISATION: to(State.ACCEPTANCE_ORGANISED),
    at.CONCLUSION: _conclusion,
    at.ACCEPTANCE_FILING: _accepted,
    at.OPERATION: _operation,
    at.EVALUATION: _evaluation,
    at.ORDER: ordered,
    at.RECTIFICATION: rectified,
    at.EXISTING: _existing,
}
