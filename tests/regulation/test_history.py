"""A project is the fold of its papers: in whatever order they come, one history; late and odd ones never break it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.definition import FORM_ORDER
from plugin.regulation.general import REVIEW_POINTS
from plugin.regulation.history import History, Paper, Standing, latest_day, replay
from plugin.regulation.judgement import judge, take
from plugin.regulation.limits import Limit, Number
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.stages import EVERYTHING
from plugin.regulation.states import Standing as Supervision
from plugin.regulation.states import State
from plugin.regulation.verdict import Finding, Mender
from tests.regulation import base

SHANGHAI = ZoneInfo("Asia/Shanghai")
KNOWN = {
    name: base.COMMON[name]
    for name in (
        "classified", "is_gov_intranet", "public_video_surveillance", "project_code", "project_name", "construction_unit",
        "construction_unit_type", "responsible_person", "kind", "plan_year",
    )
}  # fmt: skip
DOSSIER = {
    name: base.COMMON[name]
    for name in (
        "total_investment_yuan", "on_provincial_platform", "data_sharing_chapter", "data_catalogue", "no_sharing_claim",
        "secure_products_statement", "design_unit", "plan_item_id",
    )
}  # fmt: skip


def paper(form: str, on: date, hour: int = 9, **facts: Any) -> Paper:
    order = FORM_ORDER.index(form) if form in FORM_ORDER else len(FORM_ORDER)
    saved = datetime.combine(on, time(hour), SHANGHAI)
    return Paper(form, order, f"{form}-{on}-{hour}", saved, on, {**KNOWN, **facts})


LIFE: tuple[Paper, ...] = (
    paper("demand_collection", date(2024, 9, 2), target_plan_year=2025, declared_by="own_unit"),
    paper("expert_review", date(2024, 10, 8), expert_review="passed"),
    paper(
        "plan_record", date(2025, 1, 6), plan_type="annual_plan", plan_expert_review="passed", plan_city_review="passed",
        plan_province_review="passed", plan_government_approved_on=date(2025, 1, 6),
    ),
    paper("feasibility_study", date(2025, 2, 10), **DOSSIER),
    paper("expert_review", date(2025, 2, 17), expert_review="revised"),
    paper("third_party_review", date(2025, 2, 18), third_party_review="passed", evaluation_sharing_opinion="同意"),
    paper(
        "approval_reply", date(2025, 2, 20), reply_sharing_opinion="同意", xinchuang_opinion="agree",
        reply_conclusion="approved",
    ),
    paper(
        "procurement_review", date(2025, 2, 24), procurement_ip_clause=True, procurement_review_result="passed",
        independent_tests=True,
    ),
    paper("tender_start", date(2025, 2, 26)),
    paper(
        "contract_filing", date(2025, 3, 3), contract_no="HT-1", contract_signed_on=date(2025, 3, 3),
        contract_filed_on=date(2025, 3, 4), contract_bundles=("software",), contract_ip_clause=True, contractor="软件公司",
        implementing_body="信息科", supervision_firm="监理公司",
    ),
    paper(
        "adjustment", date(2025, 4, 1), adjustment_amount_yuan=Decimal(300_000), exceeds_estimate=False,
        objectives_changed=False, adjustment_circumstance="tech_optimisation",
    ),
    paper("preliminary_acceptance", date(2025, 6, 30), completed_on=date(2025, 6, 30)),
    paper(
        "preliminary_acceptance", date(2025, 7, 10), completed_on=date(2025, 6, 30),
        preliminary_acceptance_held_on=date(2025, 7, 10), preliminary_acceptance_conclusion="passed",
        preliminary_acceptance_opinion="opinion.pdf",
    ),
    paper("trial_operation", date(2025, 7, 11), trial_started_on=date(2025, 7, 11)),
    paper("trial_operation", date(2025, 8, 20), trial_started_on=date(2025, 7, 11), trial_ended_on=date(2025, 8, 20)),
    paper("sharing_confirmation", date(2025, 8, 25), data_sharing_confirmed=True),
    paper(
        "acceptance_application", date(2025, 9, 1), acceptance_materials=base.COMMON["acceptance_materials"],
        archive_acceptance="qualified",
    ),
    paper("acceptance_organisation", date(2025, 9, 10)),
    paper("acceptance_conclusion", date(2025, 9, 20), acceptance_conclusion="passed"),
    paper("acceptance_filing", date(2025, 9, 25), om_responsible="信息科", in_operation_on=date(2025, 9, 25)),
    paper(
        "performance_report", date(2025, 12, 20), report_year=2025, user_opinion="u.pdf", supervisor_opinion="s.pdf",
        report_recipients=("approval_authority", "finance_bureau"),
    ),
    paper(
        "self_evaluation", date(2026, 10, 9), evaluation_recipients=("approval_authority", "finance_bureau"),
    ),
)  # fmt: skip


def test_a_whole_life_is_taken_and_ends_evaluated() -> None:
    history = replay(LIFE, base.book())
    returned = [
        (each.paper.form, each.verdict.findings)
        for each in history.judged
        if each.standing is not Standing.TAKEN
    ]
    assert returned == []
    assert history.project.state is State.SELF_EVALUATED
    assert history.project.approved_estimate_yuan == Decimal(3_000_000)
    open_duties = {each.duty for each in history.obligations if each.is_open}
    assert open_duties == {"plan_filing"}


@settings(max_examples=20, deadline=None)
@given(st.permutations(LIFE))
def test_the_same_papers_in_any_order_are_one_history(papers: list[Paper]) -> None:
    assert replay(papers, base.book()) == replay(LIFE, base.book())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(LIFE), max_size=8), st.randoms(use_true_random=False))
def test_any_papers_at_any_time_are_judged(papers: list[Paper], random: Any) -> None:
    """Nothing an official may file out of order raises."""
    moved = [
        replace(each, saved_at=each.saved_at + timedelta(days=random.randrange(-900, 900))) for each in papers
    ]
    assert len(replay(moved, base.book()).judged) == len(papers)


@pytest.mark.parametrize("name", sorted(base.NUMBERS))
def test_a_number_that_is_not_entered_breaks_no_verdict(name: str) -> None:
    assert len(replay(LIFE, base.book(**{name: None})).judged) == len(LIFE)


@pytest.mark.parametrize("stage", sorted(EVERYTHING))
def test_a_project_of_which_nothing_is_known_is_judged_at_every_stage(stage: str) -> None:
    law = base.book().on(base.TODAY)
    assert judge(stage, Project(), law).decision == "block"
    known = take(Project(), stage, base.TODAY, {"classified": False, "is_gov_intranet": False})
    assert judge(stage, known, law).law_version == "test"


def test_a_returned_paper_leaves_the_project_where_it_was() -> None:
    papers = (*LIFE[:3], paper("feasibility_study", date(2025, 2, 10), **{**DOSSIER, "data_catalogue": ()}))
    history = replay(papers, base.book())
    assert history.judged[-1].standing is Standing.RETURNED
    assert history.project.state is State.PLANNED


def test_an_overridden_paper_is_taken_and_stays_visible() -> None:
    study = paper("feasibility_study", date(2025, 2, 10), **{**DOSSIER, "plan_item_id": None})
    waiting = replay([study], base.book()).judged[0]
    assert waiting.standing is Standing.AWAITING_OVERRIDE and waiting.verdict.overridable
    let = replay([replace(study, overridden=frozenset({"IN-PLAN"}))], base.book()).judged[0]
    assert let.standing is Standing.TAKEN and let.verdict.decision == "warn"
    assert [each.code for each in let.verdict.findings] == ["IN-PLAN"]


def test_a_block_that_nobody_may_lift_is_not_lifted() -> None:
    study = paper("feasibility_study", date(2025, 2, 10), **{**DOSSIER, "data_catalogue": ()})
    judged = replay([replace(study, overridden=frozenset({"CATALOGUE"}))], base.book()).judged[0]
    assert judged.standing is Standing.RETURNED


def test_a_field_that_could_not_be_read_is_said_once() -> None:
    unread = Finding(
        "REQUIRED", Effect.BLOCK, "请填写。", "请填写。", Mender.FILLER, field="implementing_body"
    )
    law = base.book().on(base.TODAY)
    found = judge(
        "implementation_start", base.project("x", implementing_body=None), law, shape=[unread]
    ).findings
    assert [each.code for each in found] == ["REQUIRED"]


def test_before_the_first_day_only_the_shape_is_looked_at() -> None:
    unread = Finding(
        "REQUIRED", Effect.BLOCK, "请填写。", "请填写。", Mender.FILLER, field="implementing_body"
    )
    law = base.book().on(date(2023, 11, 30))
    verdict = judge("implementation_start", base.project("x", implementing_body=None), law, shape=[unread])
    assert [each.code for each in verdict.findings] == ["REQUIRED"]


def test_classified_says_what_the_bureau_wants_said_and_nothing_else() -> None:
    law = base.book(policy={"classified_guidance": "请联系保密办。"}).on(base.TODAY)
    unread = Finding("REQUIRED", Effect.BLOCK, "请填写。", "请填写。", Mender.FILLER, field="kind")
    verdict = judge("demand_collection", Project(project_name="某某"), law, shape=[unread])
    assert verdict.guidance == "请联系保密办。"
    assert [each.code for each in verdict.findings] == ["CLASSIFIED"]
    assert not verdict.computed and not verdict.obligations and not verdict.may_save


def history(*papers: Paper, known: Project | None = None) -> History:
    return replay(papers, base.book(), known)


HIGH = {**DOSSIER, "total_investment_yuan": Decimal(6_000_000)}
REVIEWS = (
    paper("superior_review", date(2025, 2, 11), reviewed_level="city", review_opinion="passed"),
    paper("superior_review", date(2025, 2, 12), reviewed_level="province", review_opinion="passed"),
    *LIFE[4:7],
)


def test_a_high_value_study_that_is_approved_still_needs_its_design() -> None:
    study = paper("feasibility_study", date(2025, 2, 10), **HIGH)
    found = history(*LIFE[:3], study, *REVIEWS)
    assert all(each.standing is Standing.TAKEN for each in found.judged)
    assert found.project.feasibility_approved and not found.project.approved
    design = paper("preliminary_design", date(2025, 3, 1), **HIGH)
    replies = (
        paper("expert_review", date(2025, 3, 3), expert_review="passed"),
        paper(
            "third_party_review",
            date(2025, 3, 3),
            third_party_review="passed",
            evaluation_sharing_opinion="同意",
        ),
        paper("approval_reply", date(2025, 3, 4), reply_sharing_opinion="同意", xinchuang_opinion="agree"),
    )
    done = history(*LIFE[:3], study, *REVIEWS, design, *replies)
    assert done.project.approved and done.project.state is State.APPROVED
    hurried = history(*LIFE[:3], study, *REVIEWS, design, replies[-1]).judged[-1]
    assert {each.code for each in hurried.verdict.findings} == {
        "EXPERT-REVIEW",
        "THIRD-PARTY",
    }


def test_a_reply_that_returns_the_dossier_approves_nothing() -> None:
    reply = paper(
        "approval_reply", date(2025, 2, 20), reply_sharing_opinion="同意", reply_conclusion="returned"
    )
    found = history(*LIFE[:6], reply)
    assert not found.project.approved and found.project.state is State.IN_REVIEW


def test_a_supplement_is_granted_by_the_reply() -> None:
    request = {name: value for name, value in base.SUPPLEMENT.items() if value is not None}
    asked = paper("plan_supplement", date(2025, 2, 3), **request, total_investment_yuan=Decimal(3_000_000))
    reply = paper("approval_reply", date(2025, 2, 20), xinchuang_opinion="agree")
    experts = paper("expert_review", date(2025, 2, 10), expert_review="passed")
    found = history(asked, experts, reply)
    assert [each.verdict.findings for each in found.judged if each.standing is not Standing.TAKEN] == []
    assert found.project.supplemented and found.project.state is State.SUPPLEMENTED
    assert found.project.supplement_investment_yuan == Decimal(3_000_000)


ADJUSTED = {
    "exceeds_estimate": False,
    "objectives_changed": False,
    "adjustment_circumstance": "tech_optimisation",
}


def test_self_adjustments_add_up_and_then_need_approval() -> None:
    first, rest = LIFE[:11], LIFE[:10]
    again = paper("adjustment", date(2025, 5, 1), adjustment_amount_yuan=Decimal(150_000), **ADJUSTED)
    within = history(*first, again)
    assert len(within.project.adjustments) == 2 and within.project.state is State.IMPLEMENTING
    more = paper("adjustment", date(2025, 5, 1), adjustment_amount_yuan=Decimal("150000.01"), **ADJUSTED)
    beyond = history(*first, more)
    assert len(beyond.project.adjustments) == 1 and beyond.project.state is State.ADJUSTMENT_REVIEW
    assert len([each for each in beyond.obligations if each.duty == "adjustment_filing"]) == 1
    assert history(*rest, more).project.state is State.IMPLEMENTING


def test_an_approved_adjustment_changes_the_estimate_and_leaves_no_filing() -> None:
    grown = paper(
        "adjustment",
        date(2025, 5, 1),
        adjustment_amount_yuan=Decimal(600_000),
        new_total_yuan=Decimal(3_600_000),
        **ADJUSTED,
    )
    replies = (
        paper("expert_review", date(2025, 5, 5), expert_review="passed"),
        paper(
            "third_party_review",
            date(2025, 5, 6),
            third_party_review="passed",
            evaluation_sharing_opinion="同意",
        ),
        paper("approval_reply", date(2025, 5, 9), reply_sharing_opinion="同意", xinchuang_opinion="agree"),
    )
    found = history(*LIFE[:10], grown, *replies)
    assert found.project.state is State.IMPLEMENTING
    assert found.project.approved_estimate_yuan == Decimal(3_600_000)
    assert [each for each in found.obligations if each.duty == "adjustment_filing"] == []


def test_a_failed_acceptance_may_be_applied_for_again() -> None:
    failed = paper(
        "acceptance_conclusion", date(2025, 9, 20), acceptance_conclusion="failed", archive_acceptance="none"
    )
    again = paper("acceptance_application", date(2025, 10, 9), archive_acceptance="qualified")
    assert history(*LIFE[:18], failed).project.state is State.ACCEPTANCE_FAILED
    found = history(*LIFE[:18], failed, again)
    assert found.project.state is State.ACCEPTANCE_APPLIED
    assert found.project.accepted_on is None and found.project.acceptance_applied_on == date(2025, 10, 9)


def test_the_operation_starts_on_its_day() -> None:
    found = history(*LIFE[:19], paper("operation_start", date(2025, 9, 25)))
    assert found.project.state is State.OPERATING and found.project.in_operation_on == date(2025, 9, 25)
    early = history(*LIFE[:18], paper("operation_start", date(2025, 9, 18)))
    assert early.project.state is State.ACCEPTANCE_ORGANISED


def test_video_opinions_are_kept_by_step() -> None:
    law = {"public_video_surveillance": True}
    gate = [
        paper("video_double_gate", date(2025, 2, 18), hour, **law, video_step="approval_reply", video_bureau_opinion="agree",
              video_psb_opinion=opinion)
        for hour, opinion in ((9, "disagree"), (10, "agree"))
    ]  # fmt: skip
    found = history(*gate)
    assert found.project.video_opinions == (
        {"step": "approval_reply", "data_bureau": "agree", "public_security": "agree"},
    )


def test_an_unnamed_level_of_review_changes_nothing() -> None:
    found = history(paper("superior_review", date(2025, 2, 11), review_opinion="passed"))
    assert (found.project.city_review, found.project.province_review) == (None, None)


def test_a_development_plan_puts_no_project_into_the_annual_plan() -> None:
    plan = paper("plan_record", date(2025, 1, 6), plan_type="development_plan")
    assert not history(plan).project.planned


ORDER = paper(
    "rectification_order",
    date(2025, 3, 1),
    rectification_order="ZG-1",
    rectification_deadline_on=date(2025, 4, 1),
)


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, Supervision.RECTIFYING),
        ({"rectification_verification": "compliant"}, Supervision.NORMAL),
        ({"rectification_verification": "still_noncompliant"}, Supervision.OVERDUE),
        (
            {"sanction": "suspend_project", "sanction_decided_by": "李四", "sanction_reason": "逾期"},
            Supervision.PROJECT_SUSPENDED,
        ),
        ({"sanction": "suspend_project"}, Supervision.RECTIFYING),
    ],
)
def test_supervision_moves_only_on_what_people_decided(facts: dict[str, Any], standing: Supervision) -> None:
    found = history(ORDER, paper("rectification_feedback", date(2025, 3, 20), **facts))
    assert found.project.standing is standing


def test_the_passing_of_a_deadline_suspends_nothing() -> None:
    found = history(ORDER)
    assert found.project.standing is Supervision.RECTIFYING
    assert [each.duty for each in found.obligations] == ["rectification"]


def test_a_terminated_project_stays_terminated() -> None:
    ended = paper(
        "rectification_feedback", date(2025, 5, 1), sanction="terminate_project", sanction_decided_by="李四",
        sanction_reason="逾期",
    )  # fmt: skip
    after = paper("rectification_feedback", date(2025, 6, 1), rectification_verification="compliant")
    assert history(ORDER, ended, after).project.standing is Supervision.TERMINATED


def test_feedback_without_an_order_is_taken() -> None:
    assert history(paper("rectification_feedback", date(2025, 3, 20))).project.rectifications == ()


def test_what_was_known_before_counts() -> None:
    known = replace(Project(), in_annual_plan=True, expert_review="passed")
    assert (
        history(paper("feasibility_study", date(2025, 2, 10), **DOSSIER), known=known).judged[0].standing
        is Standing.TAKEN
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(LIFE), min_size=1), st.dates(date(2023, 6, 1), date(2027, 12, 31)))
def test_no_number_is_looked_up_for_a_later_day_than_the_latest(papers: list[Paper], completed: date) -> None:
    """But of a year's end, on which reports are due, and of the regulation's first day."""
    papers = [
        replace(each, facts={**each.facts, "completed_on": completed})
        if each.facts.get("completed_on")
        else each
        for each in papers
    ]
    asked: set[date] = set()

    class Asking(Limit):
        def on(self, day: date, category: str | None = None) -> Number:
            if self.name != "performance_report_month_day":
                asked.add(day)
            return Limit.on(self, day, category)

    book = base.book()
    watched = {
        name: Asking(each.name, each.label, each.article, each.unit, each.values)
        for name, each in book.limits.items()
    }
    replay(papers, replace(book, limits=watched))
    assert max(asked, default=date.min) <= max(latest_day(papers) or date.min, book.pack.effective_from)


def test_no_papers_ask_for_nothing() -> None:
    assert latest_day(()) is None


@pytest.mark.parametrize(
    "papers",
    [
        (
            paper("feasibility_study", date(2022, 8, 1), **DOSSIER),
            paper(
                "approval_reply", date(2022, 8, 20), reply_conclusion="approved", dossier="feasibility_study"
            ),
        ),
        (
            paper(
                "adjustment",
                date(2023, 11, 30),
                adjustment_amount_yuan=Decimal(300_000),
                approved_estimate_yuan=Decimal(3_000_000),
                exceeds_estimate=False,
                objectives_changed=False,
                adjustment_circumstance="tech_optimisation",
            ),
        ),
    ],
)
def test_papers_from_before_the_regulation_are_taken_without_its_numbers(papers: tuple[Paper, ...]) -> None:
    judged = replay(papers, base.book()).judged
    assert {each.standing for each in judged} == {Standing.TAKEN}


def test_what_a_missing_number_would_decide_stays_undecided() -> None:
    """A project managed by reference (Article 2) is not asked for the number, so nobody has said that it is missing."""
    papers = (
        paper(
            "approval_reply", date(2025, 2, 20), reply_conclusion="approved", scope="party", review_points=REVIEW_POINTS,
            dossier="feasibility_study", total_investment_yuan=Decimal(3_000_000),
        ),
    )  # fmt: skip
    assert replay(papers, base.book(high_value_yuan=None)).project.state is State.APPROVED


def test_every_amount_that_was_held_against_a_line_of_money_is_kept() -> None:
    assert replay(LIFE, base.book()).amounts_yuan == {Decimal(3_000_000)}
    fees = ({"item": "supervision", "amount_yuan": Decimal(50_000)},)
    study = paper(
        "feasibility_study", date(2025, 2, 10), **DOSSIER, cost_items=fees, county_portion_yuan=Decimal(7)
    )
    supplement = paper("plan_supplement", date(2025, 1, 10), total_investment_yuan=Decimal(2_000_000))
    found = replay((supplement, study), base.book()).amounts_yuan
    assert found == {Decimal(n) for n in (2_000_000, 3_000_000, 2_950_000, 7)}


def test_parts_that_are_added_up_may_be_any_amount() -> None:
    part = {"unit": "县农业农村局", "plan_year": 2025, "amount_yuan": Decimal(300_000)}
    assert replay(LIFE[:1], base.book(), Project().knowing({"declarations": [part]})).amounts_yuan is None
