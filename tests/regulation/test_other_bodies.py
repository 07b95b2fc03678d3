"""Another body's regulation needs another pack and manifest, and no code: both examples under docs/examples are judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.assess import assess
from plugin.manifest import load_manifest
from plugin.regulation.history import Paper, replay
from plugin.regulation.law import LawBook

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def book(name: str) -> LawBook:
    return load_manifest(EXAMPLES / name / "manifest.yaml", {}).book


@pytest.fixture(scope="module")
def university() -> LawBook:
    return book("southwest-university")


@pytest.fixture(scope="module")
def zone() -> LawBook:
    return book("liaocheng-hitech")


def ask(law: LawBook, form: str, on: str, submission: dict[str, Any], **project: Any) -> dict[str, Any]:
    facts = {"classified": False, "kind": "new", **project}
    return assess(
        {"form": form, "submission": {"classified": False, **submission}, "project": facts, "on": on},
        law,
        date(2025, 1, 1),
    )


def codes(answer: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in answer["findings"]}


@pytest.mark.parametrize(
    ("yuan", "papers", "review"),
    [
        ("49999.99", [], []),
        ("50000.00", ["construction_scheme"], []),
        ("999999.99", ["construction_scheme"], []),
        ("1000000.00", ["feasibility_study"], []),
        ("2000000.00", ["feasibility_study"], []),  # exactly two million is not 超过
        ("2000000.01", ["feasibility_study", "preliminary_design"], ["leading_group"]),
    ],
)
def test_the_university_has_its_own_classes_of_money(
    university: LawBook, yuan: str, papers: list[str], review: list[str]
) -> None:
    answer = ask(
        university, "approval_route", "2025-06-02", {}, total_investment_yuan=yuan, in_annual_plan=True
    )
    assert (answer["route"]["papers"], answer["decision"]) == (papers, "route")
    assert answer["route"]["superior_review"] == review


def test_the_university_lets_nobody_adjust_by_himself(university: LawBook) -> None:
    adjustment = {
        "circumstance": "tech_optimisation", "items": [{"content": "x", "delta_yuan": "0.01"}], "new_total_yuan": "1000000.00",
        "exceeds_estimate": False, "objectives_changed": False, "reason": "x", "effective_on": "2025-06-02", "amount_yuan": "0.01",
    }  # fmt: skip
    answer = ask(university, "adjustment", "2025-06-02", adjustment, approved_estimate_yuan="1000000.00")
    assert answer["route"]["route_to"] == ["approval_authority"]


@pytest.mark.parametrize(("on", "lapsed"), [("2025-07-10", False), ("2025-07-11", True)])
def test_an_approval_of_the_university_lapses_without_procurement(
    university: LawBook, on: str, lapsed: bool
) -> None:
    answer = ask(
        university,
        "tender_start",
        on,
        {"tender_started_on": on, "project_name": "x"},
        approved=True,
        approved_on="2025-01-10",
    )
    assert ("APPROVAL-LAPSED" in codes(answer)) is lapsed


@pytest.mark.parametrize(("on", "late"), [("2025-08-20", False), ("2025-08-21", True)])
def test_the_university_wants_thirty_working_days_of_notice(university: LawBook, on: str, late: bool) -> None:
    """Completed on 30 March 2025, due 30 September: 22 working days in September (28 is a make-up day), 8 more in August: the 20th."""
    answer = ask(university, "acceptance_extension", on, {"reason": "x"}, completed_on="2025-03-30")
    assert ("EXTENSION-NOTICE" in codes(answer)) is late


def test_the_university_knows_no_towns_and_no_superior_chain(university: LawBook) -> None:
    answer = ask(
        university,
        "feasibility_study",
        "2025-06-02",
        {"construction_unit_type": "town"},
        total_investment_yuan="9000000.00",
    )
    assert not codes(answer) & {"TOWN", "HIGH-VALUE", "SUPERIOR-REVIEW", "PLATFORM", "IN-PLAN"}


@pytest.mark.parametrize(
    ("on", "outside"),
    [("2025-09-30", True), ("2025-10-01", False), ("2025-10-31", False), ("2025-11-01", True)],
)
def test_the_zone_collects_in_october(zone: LawBook, on: str, outside: bool) -> None:
    answer = ask(zone, "demand_collection", on, {"target_plan_year": 2026})
    assert ("DEMAND-ROUND" in codes(answer)) is outside
    if outside:
        finding = next(each for each in answer["findings"] if each["code"] == "DEMAND-ROUND")
        assert "10-01" in finding["message"] and finding["citation"] == "第二条"


def test_the_zone_files_contracts_in_five_working_days_and_accepts_in_three_months(zone: LawBook) -> None:
    papers = [
        Paper(
            "contract_filing",
            8,
            "a",
            at(1),
            date(2025, 4, 1),
            {"contract_no": "1", "contract_signed_on": date(2025, 4, 1)},
        ),
        Paper("preliminary_acceptance", 11, "b", at(2), date(2025, 6, 3), {"completed_on": date(2025, 6, 3)}),
    ]
    facts = {"classified": False, "kind": "new"}
    history = replay([replaced(each, facts) for each in papers], zone)
    due = {duty.duty: duty.due_on for duty in history.obligations}
    assert due == {"contract_filing": date(2025, 4, 9), "acceptance_application": date(2025, 9, 3)}


def at(minute: int) -> datetime:
    return datetime(2025, 6, 3, 1, minute, tzinfo=UTC)


def replaced(paper: Paper, facts: dict[str, Any]) -> Paper:
    return replace(paper, facts={**facts, **paper.facts})
