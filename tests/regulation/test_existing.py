"""A project that began before the system: its record stands first, its duties are there, its next papers go on from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from plugin.regulation.history import History, Paper, Standing, replay
from plugin.regulation.obligations import duty_key
from plugin.regulation.states import Standing as Supervision
from plugin.regulation.states import State
from tests.regulation import base
from tests.regulation.test_history import KNOWN, paper

ENTERED = date(2025, 3, 10)
RUNNING: dict[str, Any] = {
    "stage_reached": "implementing",
    "total_investment_yuan": Decimal(3_000_000),
    "approved_on": date(2024, 2, 1),
    "procurement_review_result": "passed",
    "contract_no": "HT-1",
    "contract_signed_on": date(2024, 3, 1),
    "construction_started_on": date(2024, 3, 5),
    "construction_ends_on": date(2025, 6, 30),
    "performance_reports": [{"year": 2024, "reported_on": date(2024, 12, 20)}],
}
COMPLETED = {**RUNNING, "stage_reached": "completed", "completed_on": date(2024, 10, 31)}


def record(facts: dict[str, Any], on: date = ENTERED) -> Paper:
    return paper("existing_project", on, **facts)


def entered(facts: dict[str, Any], *later: Paper) -> History:
    return replay([record(facts), *later], base.book())


def owed(history: History) -> dict[str, bool]:
    """Each duty, and whether it is still open."""
    return {each.key: each.is_open for each in history.obligations}


def test_a_running_project_owes_what_its_days_say() -> None:
    history = entered(RUNNING)
    assert history.project.state is State.IMPLEMENTING
    assert [each.standing for each in history.judged] == [Standing.TAKEN]
    assert owed(history) == {
        duty_key("contract_filing", "HT-1"): True,
        "performance_report:2024": False,
        "performance_report:2025": True,
    }
    assert history.project.approved and history.project.approved_estimate_yuan == Decimal(3_000_000)


def test_what_is_long_past_is_open_with_its_own_day() -> None:
    history = entered(COMPLETED)
    days = {each.duty: each.due_on for each in history.obligations if each.is_open}
    assert days["preliminary_acceptance"] == date(2025, 1, 31)
    assert days["acceptance_application"] == date(2025, 4, 30)


@pytest.mark.parametrize(
    ("stage", "facts", "known"),
    [
        ("planned", {}, {"in_annual_plan": True, "approved": None}),
        ("supplemented", {}, {"supplement_granted": True, "in_annual_plan": None}),
        ("tendering", {"approved_on": None}, {"approved": None}),
        ("preliminary_accepted", {"preliminary_acceptance_held_on": date(2025, 1, 6)},
         {"preliminary_acceptance_conclusion": "passed"}),
        ("acceptance_applied", {"data_sharing_confirmed_on": date(2025, 2, 6)}, {"data_sharing_confirmed": True}),
        ("acceptance_failed", {}, {"acceptance_conclusion": "failed"}),
        ("accepted", {"accepted_on": date(2025, 2, 6)}, {"acceptance_conclusion": "passed", "state": State.ACCEPTED}),
        ("accepted", {"accepted_on": date(2025, 2, 6), "in_operation_on": date(2025, 2, 7)}, {"state": State.OPERATING}),
        (None, {}, {"state": State.NONE}),
    ],
)  # fmt: skip
def test_the_days_say_what_was_passed(
    stage: str | None, facts: dict[str, Any], known: dict[str, Any]
) -> None:
    project = entered({"stage_reached": stage, **facts}).project
    assert {name: getattr(project, name) for name in known} == known


def test_it_stands_before_every_paper_whenever_it_was_entered() -> None:
    """A correction entered in April is still what stood before the papers of March."""
    trial = {
        "preliminary_acceptance_held_on": date(2025, 2, 3),
        "preliminary_acceptance_conclusion": "passed",
    }
    papers = (
        record({**COMPLETED, **trial, "stage_reached": "preliminary_accepted"}, date(2025, 4, 1)),
        paper("trial_operation", date(2025, 3, 12), trial_started_on=date(2025, 3, 12)),
        paper("sharing_confirmation", date(2025, 3, 20), data_sharing_confirmed=True),
    )
    histories = [replay(order, base.book()) for order in permutations(papers)]
    assert {each.project.state for each in histories} == {State.TRIAL_OPERATION}
    assert all(each.standing is Standing.TAKEN for history in histories for each in history.judged)


def test_earlier_self_adjustments_count_towards_the_limit() -> None:
    """400 000 before and 100 000 now of 3 000 000 is more than fifteen percent (Article 38)."""
    adjustment = paper(
        "adjustment", date(2025, 3, 20), adjustment_amount_yuan=Decimal(100_000), exceeds_estimate=False,
        objectives_changed=False, adjustment_circumstance="tech_optimisation",
    )  # fmt: skip
    alone = entered(RUNNING, adjustment)
    after = entered({**RUNNING, "prior_self_adjusted_yuan": Decimal(400_000)}, adjustment)
    assert alone.project.state is State.IMPLEMENTING
    assert after.project.state is State.ADJUSTMENT_REVIEW
    assert "adjustment_filing" not in {key.split(":")[0] for key in owed(after)}


def test_an_order_not_yet_followed_is_owed() -> None:
    order = {
        "rectification_order": "ZG-3",
        "rectification_issued_on": date(2025, 2, 1),
        "rectification_deadline_on": date(2025, 3, 31),
    }
    history = entered({**RUNNING, **order})
    assert history.project.standing is Supervision.RECTIFYING
    assert owed(history)[duty_key("rectification", "ZG-3")]
    answered = entered({**RUNNING, **order}, paper("rectification_feedback", date(2025, 3, 20), **order))
    assert not owed(answered)[duty_key("rectification", "ZG-3")]


def test_only_what_is_declared_unclassified_is_taken() -> None:
    classified = Paper(
        "existing_project", 0, "x", record(RUNNING).saved_at, ENTERED, {**KNOWN, "classified": None}
    )
    assert replay([classified], base.book()).project.state is State.NONE
