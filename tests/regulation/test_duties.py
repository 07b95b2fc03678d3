"""What is owed, to whom, until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugin.regulation.judgement import judge, obligations_of
from plugin.regulation.obligations import Obligation, duty_key
from plugin.regulation.project import Project
from plugin.regulation.silence import silence
from plugin.regulation.states import Standing
from tests.regulation import base

BOTH = ("approval_authority", "finance_bureau")


def owed(duty: str, book: Any = None, **facts: Any) -> list[Obligation]:
    project = replace(Project(), kind="new", **facts)
    return [each for each in obligations_of(project, book or base.book()) if each.duty == duty]


def test_completion_makes_two_duties() -> None:
    done = date(2024, 7, 31)
    (first,) = owed("preliminary_acceptance", completed_on=done)
    (second,) = owed("acceptance_application", completed_on=done)
    assert (first.due_on, first.overdue_after, first.to) == (date(2024, 10, 31), date(2024, 10, 31), ())
    assert (second.due_on, second.overdue_after) == (date(2025, 1, 31), date(2025, 2, 5))
    assert (second.article, second.anchored_on, second.is_open) == ("39(1)", done, True)


@pytest.mark.parametrize(
    ("done", "due"),
    [
        (date(2024, 8, 31), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2024, 8, 29)),
        (date(2024, 12, 31), date(2025, 6, 30)),
    ],
)
def test_half_a_year_is_six_months(done: date, due: date) -> None:
    assert owed("acceptance_application", completed_on=done)[0].due_on == due


def test_no_duty_is_dated_back_before_the_first_day() -> None:
    early = date(2023, 11, 30)
    assert owed("preliminary_acceptance", completed_on=early) == []
    assert owed("acceptance_application", completed_on=early) == []
    assert owed("contract_filing", contract_signed_on=early) == []
    assert owed("acceptance_filing", accepted_on=early) == []
    assert owed("self_evaluation", accepted_on=early, in_operation_on=early) == []
    assert owed("preliminary_acceptance", completed_on=date(2023, 12, 1)) != []


def test_an_extension_moves_the_day_and_is_not_rolled() -> None:
    (found,) = owed(
        "acceptance_application", completed_on=date(2024, 7, 31), extension_granted_until_on=date(2025, 7, 5)
    )
    assert found.due_on == found.overdue_after == date(2025, 7, 5)


def test_a_day_in_a_year_not_announced_is_provisional() -> None:
    (found,) = owed("acceptance_application", completed_on=date(2026, 12, 1))
    assert (found.due_on, found.overdue_after, found.provisional) == (date(2027, 6, 1), None, True)
    assert not found.is_late(date(2027, 6, 1)) and found.is_late(date(2027, 6, 2))


def test_a_failed_preliminary_acceptance_fulfils_nothing() -> None:
    facts = {"completed_on": date(2024, 7, 31), "preliminary_acceptance_held_on": date(2024, 8, 1)}
    assert owed("preliminary_acceptance", **facts, preliminary_acceptance_conclusion="failed")[0].is_open
    assert not owed("preliminary_acceptance", **facts, preliminary_acceptance_conclusion="passed")[0].is_open


def test_every_calendar_year_of_construction_has_its_report() -> None:
    facts = {"construction_started_on": date(2024, 3, 1), "construction_ends_on": date(2026, 3, 1)}
    found = owed("performance_report", **facts)
    assert [each.due_on for each in found] == [date(2024, 12, 31), date(2025, 12, 31), date(2026, 12, 31)]
    assert {each.to for each in found} == {BOTH} and all(each.due_on == each.overdue_after for each in found)
    later = owed("performance_report", base.book({"performance_first_year": False}), **facts)
    assert [each.due_on for each in later] == [date(2025, 12, 31), date(2026, 12, 31)]


def test_construction_ends_with_acceptance() -> None:
    facts = {"construction_started_on": date(2024, 3, 1), "construction_ends_on": date(2026, 3, 1)}
    assert len(owed("performance_report", **facts, accepted_on=date(2025, 3, 1))) == 2
    assert len(owed("performance_report", construction_started_on=date(2024, 3, 1))) == 1
    assert owed("performance_report", construction_ends_on=date(2026, 3, 1)) == []


def test_years_before_the_regulation_have_no_report() -> None:
    facts = {"construction_started_on": date(2021, 3, 1), "construction_ends_on": date(2024, 3, 1)}
    assert [each.due_on for each in owed("performance_report", **facts)] == [
        date(2023, 12, 31),
        date(2024, 12, 31),
    ]


def test_a_report_fulfils_its_own_year_only() -> None:
    rows = ({"year": 2024, "reported_on": date(2024, 12, 20)},)
    facts = {"construction_started_on": date(2024, 3, 1), "construction_ends_on": date(2025, 3, 1)}
    assert [each.is_open for each in owed("performance_report", **facts, performance_reports=rows)] == [
        False,
        True,
    ]
    stated = {"report_year": 2025, "performance_reported_on": date(2025, 12, 1)}
    assert [each.is_open for each in owed("performance_report", **facts, **stated)] == [True, False]


def test_a_contract_is_filed_without_a_day_unless_the_bureau_sets_one() -> None:
    (found,) = owed("contract_filing", contract_signed_on=date(2025, 4, 1), contract_no="HT-1")
    assert (found.due_on, found.overdue_after, found.provisional, found.to) == (
        None,
        None,
        False,
        ("data_bureau",),
    )
    assert found.key == duty_key("contract_filing", "HT-1") and not found.is_late(date(2030, 1, 1))
    working = base.book(policy={"contract_filing_days": 5})
    assert owed("contract_filing", working, contract_signed_on=date(2025, 4, 1))[0].due_on == date(2025, 4, 9)
    calendar = base.book(policy={"contract_filing_days": 5, "contract_filing_unit": "calendar_days"})
    (found,) = owed("contract_filing", calendar, contract_signed_on=date(2025, 4, 1))
    assert (found.due_on, found.overdue_after) == (date(2025, 4, 6), date(2025, 4, 7))


def test_every_contract_of_a_project_has_its_own_filing() -> None:
    rows = ({"contract_no": "HT-1", "signed_on": date(2025, 4, 1), "filed_on": date(2025, 4, 2)},)
    found = owed("contract_filing", contracts=rows, contract_no="HT-2", contract_signed_on=date(2025, 5, 1))
    assert [(each.key, each.is_open) for each in found] == [
        (duty_key("contract_filing", "HT-1"), False),
        (duty_key("contract_filing", "HT-2"), True),
    ]


def test_a_self_adjustment_is_filed_at_the_same_time() -> None:
    facts = dict(base.STAGES["adjustment"])
    (found,) = owed("adjustment_filing", **facts)
    assert (found.due_on, found.timing, found.to) == (
        date(2025, 3, 10),
        "simultaneous",
        ("approval_authority",),
    )
    assert owed("adjustment_filing", **{**facts, "objectives_changed": True}) == []
    rows = (
        {"effective_on": date(2025, 3, 10), "submitted_on": date(2025, 3, 10), "amount_yuan": Decimal(1)},
    )
    assert len(owed("adjustment_filing", **facts, adjustments=rows)) == 1


WORKING = base.book(policy={"contract_filing_days": 5, "acceptance_filing_days": 5, "plan_filing_days": 5})


@pytest.mark.parametrize(
    ("duty", "facts"),
    [
        ("contract_filing", {"contract_signed_on": date(2026, 12, 30)}),
        ("acceptance_filing", {"accepted_on": date(2026, 12, 30)}),
        ("plan_filing", {"plan_government_approved_on": date(2026, 12, 30)}),
        (
            "development_plan_filing",
            {"plan_government_approved_on": date(2026, 12, 30), "plan_type": "development_plan"},
        ),
    ],
)
def test_working_days_that_reach_a_year_not_announced_end_on_a_provisional_day(
    duty: str, facts: dict[str, Any]
) -> None:
    (found,) = owed(duty, WORKING, **facts)
    assert (found.due_on, found.overdue_after, found.provisional) == (date(2027, 1, 6), None, True)
    assert not found.is_late(date(2027, 1, 6)) and found.is_late(date(2027, 1, 7))
    (certain,) = owed(duty, WORKING, **{**facts, next(iter(facts)): date(2025, 12, 30)})
    assert (
        certain.due_on == certain.overdue_after == date(2026, 1, 7)
    )  # 1 to 3 January off, Sunday the 4th worked
    assert not certain.provisional


def test_self_evaluation_opens_and_closes_after_the_later_of_the_two_days() -> None:
    (found,) = owed("self_evaluation", accepted_on=date(2023, 12, 15), in_operation_on=date(2024, 3, 1))
    assert (found.window_opens_on, found.due_on, found.to) == (date(2025, 3, 1), date(2026, 3, 1), BOTH)
    assert owed("self_evaluation", accepted_on=date(2023, 12, 15)) == []


def test_an_acceptance_report_is_filed_without_a_day() -> None:
    (found,) = owed("acceptance_filing", accepted_on=date(2025, 1, 20))
    assert (found.due_on, found.to) == (None, ("approval_authority",))


def test_plans_are_filed_above() -> None:
    day = date(2025, 1, 20)
    (annual,) = owed("plan_filing", plan_government_approved_on=day, plan_year=2025)
    assert (annual.to, annual.key) == (
        ("municipal_data_bureau", "provincial_data_bureau"),
        "plan_filing:2025",
    )
    assert annual.is_open
    (done,) = owed(
        "plan_filing", plan_government_approved_on=day, plan_filed_city_on=day, plan_filed_province_on=day
    )
    assert not done.is_open
    (plan,) = owed("development_plan_filing", plan_government_approved_on=day, plan_type="development_plan")
    assert (plan.to, plan.article) == (("municipal_data_bureau",), "11")


def test_an_order_is_due_on_its_own_date() -> None:
    (found,) = owed(
        "rectification", rectification_issued_on=date(2025, 3, 1), rectification_deadline_on=date(2025, 4, 5)
    )
    assert found.due_on == found.overdue_after == date(2025, 4, 5)


def test_maintenance_has_no_duty_of_construction() -> None:
    project = replace(
        Project(), kind="operation_maintenance", completed_on=date(2024, 7, 31), accepted_on=date(2025, 1, 1),
        in_operation_on=date(2025, 1, 1), construction_started_on=date(2024, 1, 1), contract_signed_on=date(2024, 1, 1),
    )  # fmt: skip
    assert {each.duty for each in obligations_of(project, base.book())} == {
        "contract_filing",
        "acceptance_filing",
    }


def test_projects_by_reference_owe_nothing_unless_read_so() -> None:
    facts = {"scope": "part_of_other_works", "completed_on": date(2024, 7, 31)}
    assert owed("preliminary_acceptance", **facts) == []
    assert owed("preliminary_acceptance", base.book({"by_reference_rules": True}), **facts) != []


def test_a_duty_that_the_pack_has_off_is_not_owed() -> None:
    book = base.book(effects={"PRELIM-LATE": "off"})
    assert owed("preliminary_acceptance", book, completed_on=date(2024, 7, 31)) == []
    assert owed("acceptance_application", book, completed_on=date(2024, 7, 31)) != []


def test_the_lead_unit_owes_for_a_joint_project() -> None:
    facts = {"participating_units": ("A", "B"), "lead_unit": "A", "completed_on": date(2024, 7, 31)}
    assert owed("preliminary_acceptance", **facts)[0].responsible == "lead_unit"


HELD = {"completed_on": date(2025, 7, 31), "preliminary_acceptance_conclusion": "passed"}


@pytest.mark.parametrize(
    ("held", "owes"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (None, False)],
)
def test_more_time_is_asked_for_once_the_trial_operation_can_no_longer_end_in_time(
    held: date | None, owes: bool
) -> None:
    found = owed("acceptance_extension", **HELD, preliminary_acceptance_held_on=held)
    assert bool(found) is owes
    if owes:
        assert (found[0].due_on, found[0].article, found[0].to) == (
            date(2026, 1, 31),
            "39(3)",
            ("approval_authority",),
        )


def test_a_request_for_more_time_is_done_when_made_or_no_longer_needed() -> None:
    late = {**HELD, "trial_started_on": date(2026, 1, 5)}
    assert owed("acceptance_extension", **late)[0].is_open
    assert not owed("acceptance_extension", **late, extension_requested_on=date(2026, 1, 9))[0].is_open
    assert not owed("acceptance_extension", **late, acceptance_applied_on=date(2026, 2, 9))[0].is_open
    early = {"completed_on": date(2025, 7, 31), "extension_requested_on": date(2025, 9, 9)}
    assert not owed("acceptance_extension", **early)[0].is_open  # asked before anybody had to
    assert owed("acceptance_extension", **late, extension_granted_until_on=date(2026, 4, 1)) == []


def test_construction_that_outlasts_its_plan_owes_a_report_for_the_year() -> None:
    facts = {"construction_started_on": date(2024, 3, 1), "construction_ends_on": date(2024, 12, 1)}
    project = replace(Project(), kind="new", **facts)

    def years(project: Project, today: date) -> list[str]:
        return [
            each.key[-4:]
            for each in obligations_of(project, base.book(), today=today)
            if "report" in each.key
        ]

    assert years(project, date(2024, 6, 1)) == ["2024"]
    assert years(project, date(2026, 1, 1)) == ["2024", "2025", "2026"]
    assert years(replace(project, accepted_on=date(2025, 2, 1)), date(2026, 1, 1)) == ["2024", "2025"]
    assert years(replace(project, standing=Standing.TERMINATED), date(2026, 1, 1)) == ["2024"]
    assert years(replace(Project(), kind="new"), date(2026, 1, 1)) == []


SUSPENDED = {"standing": Standing.PROJECT_SUSPENDED}
ASKED = {"extension_requested_on": date(2026, 1, 9)}


@pytest.mark.parametrize(
    ("duty", "facts", "why"),
    [
        ("acceptance_application", {}, None),
        ("acceptance_application", {"acceptance_applied_on": date(2026, 1, 9)}, "fulfilled"),
        ("acceptance_application", {"standing": Standing.TERMINATED}, "terminated"),
        ("rectification", {"standing": Standing.TERMINATED}, "terminated"),
        ("acceptance_application", SUSPENDED, "suspended"),
        ("rectification", SUSPENDED, None),
        ("acceptance_application", {"standing": Standing.FUNDS_OR_PLAN_SUSPENDED}, None),
        ("acceptance_application", ASKED, "extension_requested"),
        ("preliminary_acceptance", ASKED, None),
        ("acceptance_application", {"accepted_on": date(2026, 1, 9)}, "accepted"),
        ("rectification", {"accepted_on": date(2026, 1, 9)}, None),
        ("acceptance_application", {**ASKED, "extension_decision": "refused"}, None),
        ("acceptance_application", {**ASKED, "extension_granted_until_on": date(2026, 9, 1)}, None),
    ],
)
def test_nobody_is_reminded_of_what_rests(duty: str, facts: dict[str, Any], why: str | None) -> None:
    known = {"completed_on": date(2025, 7, 31), "rectification_issued_on": date(2025, 8, 1)}
    project = replace(Project(), kind="new", **known, **facts)
    [found] = [each for each in obligations_of(project, base.book()) if each.duty == duty]
    assert silence(found, project) == why


def test_a_verdict_carries_the_duties_it_makes() -> None:
    verdict = judge(
        "preliminary_acceptance", base.project("preliminary_acceptance"), base.book().on(base.TODAY)
    )
    assert [each.duty for each in verdict.obligations] == ["preliminary_acceptance", "acceptance_application"]


def test_keys_tell_duties_apart() -> None:
    project = base.project(
        "acceptance_filing", **base.STAGES["contract_filing"], construction_started_on=date(2024, 3, 1),
        construction_ends_on=date(2026, 3, 1), in_operation_on=date(2025, 3, 5),
    )  # fmt: skip
    keys = [each.key for each in obligations_of(project, base.book())]
    assert len(keys) == len(set(keys)) > 6
