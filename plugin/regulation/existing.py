"""A project that began before this system: what the bureau's own books say of it, as the facts its papers would have left.

The record stands before every paper in the fold. Nothing is concluded from the stage that the dates do not say, but for
the plan: a date that is not stated was not passed, and the next paper is judged so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from plugin.regulation.project import Project
from plugin.regulation.rectifying import ordered
from plugin.regulation.states import State

BY_STAGE: dict[State, dict[str, Any]] = {
    State.PLANNED: {"in_annual_plan": True},
    State.SUPPLEMENTED: {"supplement_granted": True},
    State.ACCEPTANCE_FAILED: {"acceptance_conclusion": "failed"},
}


def founded(project: Project, on: date) -> Project:
    """The project with what follows from the days stated: passed steps, and the rows that papers would have made."""
    known = dict(_passed(project)) | BY_STAGE.get(State(project.stage_reached or State.NONE), {})
    after = replace(project, **known)
    return ordered(after, on) if project.rectification_issued_on else after


def _passed(project: Project) -> Iterator[tuple[str, Any]]:
    if project.approved_on:
        yield "approved", True
        yield "approved_estimate_yuan", project.approved_estimate_yuan or project.investment_yuan
    if project.contract_signed_on:
        yield "contracts", (_contract(project),)
    if (
        project.prior_self_adjusted_yuan
    ):  # as a row: later adjustments add to the rows, a stated sum would replace them
        amount = project.prior_self_adjusted_yuan
        yield "adjustments", ({"effective_on": None, "submitted_on": None, "amount_yuan": amount},)
        yield "prior_self_adjusted_yuan", None
    if project.preliminary_acceptance_held_on:
        yield "preliminary_acceptance_conclusion", "passed"
    if project.data_sharing_confirmed_on:
        yield "data_sharing_confirmed", True
    if project.accepted_on:
        yield "acceptance_conclusion", "passed"


def _contract(project: Project) -> dict[str, Any]:
    return {
        "contract_no": project.contract_no,
        "signed_on": project.contract_signed_on,
        "filed_on": project.contract_filed_on,
    }
