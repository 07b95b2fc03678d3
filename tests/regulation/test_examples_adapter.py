"""What the examples' adapter fills in where a case is silent, and how it reads what a case says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.assess import assess
from tests.regulation.examples_adapter import book_of, outcome_of, request_of

CONFIG = {"decentralised_procurement_limit": "500000.00", "high_value_threshold": "5000000.00"}
SIGNED = {"signed_on": "2025-04-01"}
BUILT = {"construction_start": "2024-01-10", "construction_end": "2025-05-20"}
SOFTWARE = [{"item": "software", "amount": "300.00"}]
ADJUSTED = {"exceeds_estimate": False, "objectives_changed": False, "circumstance": "tech_optimisation"}


def outcome(event: str, project: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    whole = {"kind": "new", "total_investment": "3000000.00", "classified": False, "in_annual_plan": True}
    facts = {**whole, "owner_type": "county_department", **(project or {})}
    case = {"given": {"event": event, "project": facts, "config": CONFIG, **given}, "expect": {}}
    return outcome_of(case, assess(request_of(case), book_of(case), date(2025, 3, 10)))


@pytest.mark.parametrize(
    ("event", "project", "given"),
    [
        ("feasibility_study.submit", {}, {}),
        ("feasibility_study.submit", {"participating_units": ["A", "B"]}, {}),
        ("feasibility_study.submit", {"needs_mlps": True, "needs_software_test": True}, {}),
        ("feasibility_study.submit", {"total_investment": "300.00", "amount_unit": "wan_yuan"}, {}),
        (
            "feasibility_study.submit",
            {"total_investment": "300.00", "amount_unit": "wan_yuan", "cost_items": SOFTWARE},
            {},
        ),
        (
            "contract.file",
            {"total_investment": "300.00", "amount_unit": "wan_yuan"},
            {"contract": SIGNED},
        ),
        ("approval.decide", {"total_investment": "5000000.00"}, {}),
        ("approval.decide", {"public_video_surveillance": True}, {}),
        ("final_acceptance.decide", {"public_video_surveillance": True}, {}),
        ("preliminary_acceptance.submit", {}, {"completed_on": "2024-05-15", "held_on": "2024-08-15"}),
        ("plan.county_government_approve", {}, {"plan": {"year": 2025}}),
        ("performance_report.submit", BUILT, {"report_year": 2024, "submitted_on": "2024-12-20"}),
    ],
)
def test_what_a_case_does_not_mention_is_compliant(
    event: str, project: dict[str, Any], given: dict[str, Any]
) -> None:
    found = outcome(event, project, **given)
    assert (found["decision"], found["reasons"]) == ("allow", [])


@pytest.mark.parametrize("absent", [None, False, "missing"])
@pytest.mark.parametrize(
    ("event", "project", "given", "article"),
    [
        ("feasibility_study.submit", "sharing_chapter", None, "24(1)"),
        ("feasibility_study.submit", "data_catalogue_attached", None, "24(3)"),
        ("feasibility_study.submit", "secure_products_statement", None, "33"),
        ("preliminary_acceptance.submit", None, "opinion_attached", "39(1)"),
        ("final_acceptance.organise", None, "sharing_confirmed", "39(2)"),
        ("procurement_review.review", None, "ip_clause", "40"),
    ],
)
def test_a_key_that_is_present_decides_also_when_it_says_nothing(
    event: str, project: str | None, given: str | None, article: str, absent: Any
) -> None:
    days = {"completed_on": "2024-05-15", "held_on": "2024-08-15"} if event.startswith("preliminary") else {}
    found = outcome(event, {project: absent} if project else {}, **({given: absent} if given else {}), **days)
    assert found["decision"] == "block"
    assert article in found["reasons"]


def test_a_mandate_without_its_document_is_absent() -> None:
    missing = {"mandate_level": "county_government", "mandate_document": "missing"}
    found = outcome("supplement.submit", {"in_annual_plan": False}, supplement=missing)
    assert (found["decision"], found["reasons"]) == ("block", ["14"])


def test_a_contract_whose_clause_is_null_is_one_without_it() -> None:
    found = outcome("contract.file", contract={**SIGNED, "ip_clause": None})
    assert (found["decision"], found["flags"]) == ("warn", ["noncompliant:40"])


def test_a_day_that_the_system_computes_is_known_of_the_project() -> None:
    found = outcome(
        "extension.submit", acceptance_application_due="2024-11-15", submitted_on="2024-11-20", reason="x"
    )
    assert (found["decision"], found["late"]) == ("route", True)


def test_readings_and_limits_may_stand_in_the_configuration() -> None:
    days = {"completed_on": "2024-07-31", "preliminary_accepted_on": "2024-09-10", "applied_on": "2025-02-05"}
    config = {**CONFIG, "holiday_roll": "none"}
    found = outcome("final_acceptance.apply", **days, trial_started_on="2024-09-12", config=config)
    assert (found["decision"], found["overdue"]) == ("allow", True)
    raised = outcome("approval.route", config={**CONFIG, "high_value_threshold": "3000000.00"})
    assert raised["superior_review"] == ["city_data_bureau", "provincial_data_bureau"]


def test_both_sides_of_an_adjustment_are_stated_row_by_row() -> None:
    sides = {"increases": ["300000.00", "200000.00"], "decreases": ["500000.00"]}
    found = outcome(
        "adjustment.submit", {"approved_estimate": "3000000.00"}, adjustment={**ADJUSTED, **sides}
    )
    assert (found["decision"], found["form"]) == ("route", "adjustment_approval")


def test_the_government_intranet_is_neither_kept_nor_sent() -> None:
    found = outcome("feasibility_study.submit", {"is_gov_intranet": True})
    assert (found["decision"], found["persisted"], found["synced"]) == ("block", False, False)
