"""Whether the record of a running project is whole: what its stage asks for, what contradicts it, what lies ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms import schema
from forms.definition import load_forms
from plugin.existing import contradictions
from plugin.regulation.pack import Effect
from plugin.regulation.verdict import Finding

FORM = load_forms()["existing_project"]
TODAY = date(2025, 3, 10)
DAYS = {
    "approved_on": "2024-01-10",
    "contract_signed_on": "2024-02-01",
    "construction_started_on": "2024-02-10",
    "construction_ends_on": "2024-09-01",
    "completed_on": "2024-08-30",
    "preliminary_acceptance_held_on": "2024-09-10",
    "trial_started_on": "2024-09-11",
    "trial_ended_on": "2024-10-15",
    "acceptance_applied_on": "2024-10-20",
    "accepted_on": "2024-11-01",
    "in_operation_on": "2024-11-02",
    "self_evaluated_on": "2025-03-01",
}
UNTIL = {  # the last day of DAYS that each stage has reached
    "planned": None,
    "supplemented": None,
    "approved": "approved_on",
    "tendering": "approved_on",
    "implementing": "construction_ends_on",
    "completed": "completed_on",
    "preliminary_accepted": "preliminary_acceptance_held_on",
    "trial_operation": "trial_started_on",
    "trial_done": "trial_ended_on",
    "acceptance_applied": "acceptance_applied_on",
    "acceptance_failed": "acceptance_applied_on",
    "accepted": "accepted_on",
    "operating": "in_operation_on",
    "self_evaluated": "self_evaluated_on",
}


def found(effect: Effect = Effect.BLOCK, **fields: Any) -> list[tuple[str, str | None]]:
    return [(each.code, each.field) for each in findings(**fields) if each.effect is effect]


def findings(**fields: Any) -> list[Finding]:
    given = {"kind": "new", "procurement_review_result": "passed", **fields}
    return contradictions(FORM, schema.load(FORM, given).values, TODAY)


def days(stage: str) -> dict[str, str]:
    """Every day up to the stage, none beyond."""
    last = UNTIL[stage]
    names = list(DAYS)[: list(DAYS).index(last) + 1] if last else []
    return {"stage_reached": stage, **{name: DAYS[name] for name in names}}


def test_every_stage_that_can_be_stated_is_tried() -> None:
    assert set(UNTIL) == set(FORM.field("stage_reached").options)


@pytest.mark.parametrize("stage", UNTIL)
def test_a_whole_record_of_each_stage_says_nothing(stage: str) -> None:
    assert found(**days(stage)) == []
    assert found(Effect.WARN, **days(stage)) == []


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        ("approved", "approved_on"),
        ("implementing", "construction_started_on"),
        ("implementing", "construction_ends_on"),
        ("completed", "completed_on"),
        ("trial_operation", "preliminary_acceptance_held_on"),
        ("trial_done", "trial_ended_on"),
        ("acceptance_failed", "acceptance_applied_on"),
        ("accepted", "accepted_on"),
        ("accepted", "acceptance_applied_on"),  # it would stay due for ever
        ("accepted", "trial_ended_on"),
        ("operating", "in_operation_on"),
        ("self_evaluated", "self_evaluated_on"),
    ],
)
def test_what_the_stage_says_was_done_has_its_day(stage: str, missing: str) -> None:
    assert found(**{**days(stage), missing: None}) == [("STAGE-NEEDS", missing)]


def test_of_an_accepted_project_only_what_duties_hang_on_is_asked() -> None:
    assert found(stage_reached="accepted", accepted_on="2024-11-01") == []
    assert found(stage_reached="accepted", accepted_on="2024-11-01", completed_on="2024-08-30") == [
        ("STAGE-NEEDS", "preliminary_acceptance_held_on"),
        ("STAGE-NEEDS", "acceptance_applied_on"),
    ]


@pytest.mark.parametrize("kind", [{"kind": "operation_maintenance"},
                                  {"kind": "purchase_of_service", "service_substance": "operation_maintenance"}])  # fmt: skip
def test_maintenance_has_none_of_the_days_of_construction(kind: dict[str, str]) -> None:
    assert found(**kind, stage_reached="implementing") == []
    assert found(Effect.WARN, **kind, stage_reached="implementing") == []
    assert found(**kind, stage_reached="accepted") == [("STAGE-NEEDS", "accepted_on")]


@pytest.mark.parametrize(
    ("stage", "beyond"),
    [
        ("planned", "approved_on"),
        ("tendering", "contract_signed_on"),
        ("implementing", "completed_on"),
        ("completed", "preliminary_acceptance_held_on"),
        ("trial_operation", "trial_ended_on"),
        ("acceptance_failed", "accepted_on"),
        ("accepted", "self_evaluated_on"),
    ],
)
def test_a_day_beyond_the_stage_contradicts_it(stage: str, beyond: str) -> None:
    assert found(**{**days(stage), beyond: DAYS[beyond]}) == [("STAGE-BEYOND", beyond)]


def test_operation_may_begin_before_acceptance() -> None:
    assert found(**days("trial_operation"), in_operation_on="2024-09-20") == []


def test_a_day_that_has_not_come_is_refused_unless_it_is_one_planned() -> None:
    ahead = {"contract_ends_on": "2026-01-01", "construction_ends_on": "2025-12-31"}
    assert found(**{**days("implementing"), **ahead}) == []
    assert found(**{**days("implementing"), **ahead, "construction_started_on": "2025-03-10"}) == []
    assert found(**{**days("implementing"), **ahead, "construction_started_on": "2025-03-11"}) == [
        ("NOT-YET", "construction_started_on")
    ]


def test_the_report_of_a_year_has_been_handed_in() -> None:
    rows = [
        {"year": 2024, "reported_on": "2025-03-10"},
        {"year": 2025, "reported_on": "2025-03-11"},
        {"year": 2023},
    ]
    [finding] = findings(performance_reports=rows)
    assert (finding.code, finding.field, finding.row) == ("NOT-YET", "performance_reports", 1)
    assert "2025年度" in finding.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("contract_signed_on", "contract_filed_on"),
        ("contract_starts_on", "contract_ends_on"),
        ("trial_started_on", "trial_ended_on"),
        ("accepted_on", "acceptance_filed_on"),
        ("rectification_issued_on", "rectification_deadline_on"),
    ],
)
def test_days_in_an_order_that_cannot_be_are_refused(first: str, second: str) -> None:
    assert found(**{first: "2024-05-02", second: "2024-05-02"}) == []
    assert found(**{first: "2024-05-02", second: "2024-05-01"}) == [("DAYS-CROSSED", second)]


def test_a_wrong_order_of_long_ago_is_taken_and_pointed_out() -> None:
    """The system may have run on trial before its preliminary acceptance: that is how it was."""
    given = {**days("trial_done"), "preliminary_acceptance_held_on": "2024-09-20"}
    assert found(**given) == []
    assert found(Effect.WARN, **given) == [("DAYS-CROSSED", "trial_started_on")]


def test_what_is_not_stated_is_said_to_count_as_not_done() -> None:
    given = {**days("implementing"), "approved_on": None, "contract_signed_on": None}
    assert found(Effect.WARN, **given, procurement_review_result="submitted") == [
        ("NOT-STATED", "approved_on"),
        ("NOT-STATED", "contract_signed_on"),
    ]
    assert found(Effect.WARN, **given, procurement_review_result=None)[1] == (
        "NOT-STATED",
        "procurement_review_result",
    )


def test_every_message_is_a_sentence_with_its_cure() -> None:
    given = {
        **days("accepted"),
        "accepted_on": None,
        "self_evaluated_on": "2030-01-01",
        "trial_ended_on": "2024-01-01",
    }
    told = findings(**given)
    assert len(told) >= 4
    assert all(each.message.endswith("。") and each.remedy.endswith("。") for each in told)
