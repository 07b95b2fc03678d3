"""Which papers, which reviews, where next."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from plugin.regulation.judgement import approval_route, judge
from plugin.regulation.verdict import Route
from tests.regulation import base

ABOVE = ("municipal_data_bureau", "provincial_data_bureau")
OUTSIDE: dict[str, Any] = {"in_annual_plan": False, "plan_item_id": None}


def route(stage: str, readings: dict[str, Any] | None = None, **given: Any) -> Route | None:
    return judge(stage, base.project(stage, **given), base.book(readings).on(base.TODAY)).route


@pytest.mark.parametrize(
    ("amount", "papers", "review"),
    [
        ("499999.99", ("construction_scheme",), ()),
        ("500000.00", ("feasibility_study",), ()),
        ("4999999.99", ("feasibility_study",), ()),
        ("5000000.00", ("feasibility_study", "preliminary_design"), ABOVE),
    ],
)
@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "new"},
        {"kind": "upgrade"},
        {"kind": "purchase_of_service", "service_substance": "new_system"},
    ],
)
def test_papers_by_amount(
    kind: dict[str, str], amount: str, papers: tuple[str, ...], review: tuple[str, ...]
) -> None:
    given = base.project("approval_route", total_investment_yuan=Decimal(amount), **kind)
    found = approval_route(given, base.book().on(base.TODAY))
    assert (found.papers, found.superior_review) == (papers, review)
    assert not set(found.papers) & set(found.not_required)


def test_maintenance_needs_no_paper_and_the_answer_is_a_route() -> None:
    verdict = judge(
        "approval_route",
        base.project(
            "approval_route", kind="operation_maintenance", total_investment_yuan=Decimal(6_000_000)
        ),
        base.book().on(base.TODAY),
    )
    assert verdict.decision == "route"
    assert verdict.route and verdict.route.papers == () and verdict.route.superior_review == ()


def test_nothing_is_tabled_for_a_kind_nobody_named() -> None:
    assert route("approval_route", kind=None) == Route(
        not_required=("project_proposal", "feasibility_study", "preliminary_design", "construction_scheme")
    )


def test_a_large_supplement_not_yet_granted_needs_a_proposal() -> None:
    found = route("approval_route", total_investment_yuan=Decimal(5_000_000), **OUTSIDE)
    assert found and found.papers == ("project_proposal", "feasibility_study", "preliminary_design")
    assert found.superior_review == ABOVE


def test_a_granted_supplement_is_not_reviewed_again() -> None:
    given = {"total_investment_yuan": Decimal(5_000_000), "supplement_granted": True, **OUTSIDE}
    found = route("approval_route", **given)
    assert (
        found and found.papers == ("feasibility_study", "preliminary_design") and found.superior_review == ()
    )
    again = route("approval_route", {"second_review_after_supplement": True}, **given)
    assert again and again.superior_review == ABOVE


def test_a_supplement_goes_round_by_amount() -> None:
    small = route("plan_supplement", total_investment_yuan=Decimal("4999999.99"))
    assert small == Route(route_to=("data_bureau",))
    large = route("plan_supplement", total_investment_yuan=Decimal(5_000_000))
    assert large and large.route_to == (
        "data_bureau",
        "expert_panel",
        *ABOVE,
        "county_government",
        "data_bureau",
    )
    assert large.result_document == "project_proposal_reply"
    exempt = route(
        "plan_supplement",
        {"supplement_om_exempt": True},
        kind="operation_maintenance",
        total_investment_yuan=Decimal(5_000_000),
    )
    assert exempt == Route(route_to=("data_bureau",))


def test_a_proposal_that_is_not_needed_names_the_next_paper() -> None:
    found = route("project_proposal", in_annual_plan=True, total_investment_yuan=Decimal(300_000))
    assert found and found.next_form == "construction_scheme"
    maintained = route("project_proposal", in_annual_plan=True, kind="operation_maintenance")
    assert maintained and maintained.next_form == "om_plan_fund"


def test_a_scheme_that_is_too_large_names_the_study() -> None:
    found = route("construction_scheme", total_investment_yuan=Decimal(500_000))
    assert found and found.next_form == "feasibility_study"


def test_a_scheme_by_reference_goes_to_the_bureau_once() -> None:
    given = {"scope": "part_of_other_works"}
    law = base.book().on(base.TODAY)
    verdict = judge("construction_scheme", base.project("construction_scheme", **given), law)
    assert verdict.route == Route(route_to=("data_bureau",)) and verdict.decision == "route"
    assert len(verdict.computed["review_points"]) == 4
    assert route("construction_scheme", scheme_reviewed=True, **given) is None


GROWN: dict[str, Any] = {"approved_estimate_yuan": Decimal(4_800_000), "new_total_yuan": Decimal(5_000_000)}


def test_growth_to_high_value_is_reviewed_above() -> None:
    found = route("adjustment", **GROWN)
    assert found == Route(route_to=("approval_authority",), superior_review=ABOVE)
    without = route("adjustment", {"joint_review_on_growth": False}, **GROWN)
    assert without == Route(route_to=("approval_authority",))


def test_growth_from_high_value_is_not_reviewed_anew() -> None:
    given = {"approved_estimate_yuan": Decimal(5_000_000), "new_total_yuan": Decimal(6_000_000)}
    assert route("adjustment", **given) == Route(route_to=("approval_authority",))


def test_county_money_of_a_project_approved_above_is_reviewed_too() -> None:
    given = {"bureau_preview": None, "sent_on": None, "total_investment_yuan": Decimal(5_000_000)}
    assert route("superior_project_review", **given) == Route(
        superior_review=ABOVE, route_to=("data_bureau", *ABOVE)
    )


def test_public_video_is_told_to_the_police_until_they_have_answered() -> None:
    assert route("demand_collection", public_video_surveillance=True) == Route(route_to=("public_security",))
    answered = ({"step": "demand_collection", "data_bureau": "agree", "public_security": "agree"},)
    assert route("demand_collection", public_video_surveillance=True, video_opinions=answered) is None


def test_answers_carry_what_was_computed() -> None:
    law = base.book().on(base.TODAY)
    trial = judge("trial_operation", base.project("trial_operation"), law)
    assert str(trial.computed["earliest_end"]) == "2025-02-13"
    demand = judge("demand_collection", base.project("demand_collection"), law)
    assert demand.computed == {"normalised_amount": Decimal("3000000.00"), "plan_year": 2026}
    tick = judge("rectification_tick", base.project("rectification_tick"), law)
    assert tick.computed["auto_sanction"] is False and len(tick.computed["options"]) == 4
    assert judge("adjustment", base.project("adjustment"), law).computed["form"] == "adjustment_filing"
    unknown = judge("trial_operation", base.project("trial_operation", trial_started_on=None), law)
    assert unknown.computed["earliest_end"] is None
