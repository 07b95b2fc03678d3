"""The bureau's records filled in on the console: taken by the same fold, refused with every article, classified leaves nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from plugin.console.access import Role
from plugin.owing import Owing
from plugin.sdk import Actor, EventKind
from plugin.versions import merge

from .conftest import NOW, Browser, House, common

CODE = "DEMO-2025-0001"
PROJECT = f"/console/projects/{CODE}"
REVIEW = {
    "classified": "否", "project_code": CODE, "project_name": "农情一张图", "reviewed_on": "2025-03-10", "review_of": "plan",
    "panel.0.name": "专家甲", "panel.0.score": "88", "conclusion": "passed", "opinion": "可行", "do": "save",
}  # fmt: skip
REPLY = {
    "classified": "否", "project_code": CODE, "project_name": "农情一张图", "dossier": "feasibility_study", "conclusion": "approved",
    "reply_no": "1号", "replied_on": "2025-03-10", "approved_total_yuan": "280万元", "do": "save",
}  # fmt: skip


def text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def plain(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


def admin(house: House, page: str = PROJECT) -> Browser:
    browser = house.browser(Role.ADMIN)
    browser.get(page)
    return browser


def test_a_review_filled_in_here_moves_the_project(stocked: House) -> None:
    browser = admin(stocked)
    reply = browser.post(f"/console/acts/expert_review?project={CODE}", REVIEW)
    assert (reply.status_code, reply.headers["Location"]) == (302, PROJECT)
    project = stocked.ledger.projects.get(CODE)
    assert project and project.state == "project_pool"
    page = text(browser.get(PROJECT))
    assert "“专家评审意见”已登记" in page
    assert "某admin（歙县数据资源局）提交“专家评审意见”控制台" in plain(page)
    [act] = [each for each in stocked.ledger.submissions.of_project(CODE) if each.platform == "console"]
    assert act.submitter and act.submitter["name"] == "某admin"
    assert act.values["panel"] == [{"name": "专家甲", "score": "88"}]


def test_only_checking_saves_nothing(stocked: House) -> None:
    before = stocked.ledger.projects.get(CODE)
    reply = admin(stocked).post(f"/console/acts/expert_review?project={CODE}", {**REVIEW, "do": "check"})
    assert (reply.status_code, "核对完成，可以登记" in text(reply)) == (200, True)
    assert 'value="专家甲"' in text(reply)
    assert stocked.ledger.projects.get(CODE) == before
    assert stocked.ledger.inbox.counts()["done"] == 2


def test_what_a_guard_forbids_says_why_with_every_article_and_keeps_what_was_typed(stocked: House) -> None:
    reply = admin(stocked).post(f"/console/acts/approval_reply?project={CODE}", REPLY)
    page = text(reply)
    assert reply.status_code == 422
    for citation in ("第二十一条", "第二十四条第一款", "第二十四条第三款", "第三十三条"):
        assert citation in page, citation
    assert "没有登记" in page
    assert 'value="280万元"' in page
    assert not any(each.platform == "console" for each in stocked.ledger.submissions.of_project(CODE))


def test_a_shape_error_stands_beside_its_field(stocked: House) -> None:
    reply = admin(stocked).post(
        f"/console/acts/expert_review?project={CODE}", {**REVIEW, "reviewed_on": "昨天"}
    )
    assert reply.status_code == 422
    assert 'id="e-reviewed_on-1"' in text(reply)
    assert 'aria-invalid="true"' in text(reply)


def test_the_same_record_is_corrected_not_doubled(stocked: House) -> None:
    browser = admin(stocked)
    browser.post(f"/console/acts/expert_review?project={CODE}", REVIEW)
    [act] = [each for each in stocked.ledger.submissions.of_project(CODE) if each.platform == "console"]
    stocked.clock.at = NOW + timedelta(minutes=5)
    place = f"/console/acts/expert_review?project={CODE}&record={act.record}"
    assert 'value="专家甲"' in text(browser.get(place))
    assert browser.post(place, {**REVIEW, "opinion": "修改后可行"}).status_code == 302
    [after] = [each for each in stocked.ledger.submissions.of_project(CODE) if each.platform == "console"]
    assert after.values["opinion"] == "修改后可行"


def test_a_record_of_another_form_or_platform_cannot_be_corrected_here(stocked: House) -> None:
    browser = admin(stocked)
    for record in ("demand", "no-such"):
        assert browser.get(f"/console/acts/expert_review?record={record}").status_code == 404
        assert browser.post(f"/console/acts/expert_review?record={record}", REVIEW).status_code == 404
    for form in ("demand_collection", "no_such_form"):
        assert browser.get(f"/console/acts/{form}").status_code == 404


def test_anything_but_an_explicit_no_to_classified_leaves_no_trace(stocked: House, tmp_path: Path) -> None:
    secret = "绝密内容甲乙丙丁"
    browser = admin(stocked)
    for answer in ("是", "", "也许"):
        fields = {**REVIEW, "classified": answer, "opinion": secret}
        reply = browser.post(f"/console/acts/expert_review?project={CODE}", fields)
        assert (reply.status_code, secret in text(reply)) == (422, False)
        place = "/console/submissions/standard/share/part"
        reply = browser.post(place, {"classified": answer, "opinion": secret, "do": "save"})
        assert (reply.status_code, secret in text(reply)) == (422, False)
    assert not [
        each for each in tmp_path.rglob("*") if each.is_file() and secret.encode() in each.read_bytes()
    ]


PART = "/console/submissions/standard/share/part"
CONFIRMED = {
    "classified": "否",
    "confirmed": "是",
    "confirmed_by": "王五",
    "confirmed_on": "2025-03-10",
    "do": "save",
}


def test_the_bureaus_part_of_a_units_paper_stands_over_the_platforms_copy(stocked: House) -> None:
    browser = admin(stocked)
    before = stocked.ledger.submissions.head("standard", "share")
    stocked.clock.at = NOW + timedelta(days=2)
    browser.sign_in("admin-person")
    assert browser.post(PART, {**CONFIRMED, "confirmed_on": "2025-03-12"}).status_code == 302
    after = stocked.ledger.submissions.head("standard", "share")
    assert before and after
    assert after.values["confirmed"] is True
    assert (after.saved_at, after.submitter) == (before.saved_at, before.submitter)

    later = {
        **common(stocked),
        "catalogue_ref": "ML-2",
        "mounted_resources": "1",
        "must_share_items": "2",
        "shared_items": "2",
    }
    stocked.file("sharing_confirmation", "share", later, at=NOW + timedelta(days=3))
    head = stocked.ledger.submissions.head("standard", "share")
    assert head and (head.values["catalogue_ref"], head.values["confirmed"]) == ("ML-2", True)

    stocked.file("sharing_confirmation", "share", {**later, "confirmed": "否"}, at=NOW + timedelta(days=4))
    head = stocked.ledger.submissions.head("standard", "share")
    assert head and head.values["confirmed"] is False


def test_a_paper_deleted_on_the_platform_is_not_brought_back_by_the_bureaus_part(stocked: House) -> None:
    admin(stocked).post(PART, CONFIRMED)
    stocked.desk.now = NOW - timedelta(minutes=1)
    event = replace(
        stocked.desk.event("demand", record="share", at=NOW - timedelta(minutes=1)),
        form="sharing_confirmation",
    )
    stocked.desk.accept(
        replace(event, kind=EventKind.DELETED, fields={}, saved_at=NOW + timedelta(seconds=1))
    )
    stocked.desk.now = NOW + timedelta(minutes=1)
    stocked.desk.take_all()
    head = stocked.ledger.submissions.head("standard", "share")
    assert head and head.deleted


def test_reminders_still_go_to_the_unit_after_the_bureau_has_acted(house: House) -> None:
    house.desk.save("demand")
    house.desk.save("contract", project_code=CODE)
    admin(house).post(f"/console/acts/expert_review?project={CODE}", REVIEW)
    watched = "SELECT DISTINCT platform, person FROM watched_duties WHERE project_code = ?"
    assert [tuple(row) for row in house.ledger.rows(watched, CODE)] == [("standard", "u1")]
    assert not [row for row in house.ledger.outbox.list() if row.payload.get("platform") == "console"]


def test_the_bureau_s_part_makes_nobody_of_the_console_answer_for_the_project(stocked: House) -> None:
    """Not even where the bureau's own person has saved the unit's record on the platform since."""
    event = merge(
        stocked.ledger.submissions.versions("standard", "share"),
        stocked.services.intake.forms["sharing_confirmation"],
    )
    assert event
    later, fields = NOW + timedelta(minutes=1), {**event.fields, "shared_items": "3"}
    stocked.desk.now = stocked.clock.at = later
    actor = Actor("b9", "赵六", "数据资源局")
    stocked.desk.accept(replace(event, saved_at=later, key="by-bureau", fields=fields, submitter=actor))
    stocked.desk.take_all()
    assert admin(stocked, PART).post(PART, CONFIRMED).status_code == 302
    manifest = replace(stocked.services.manifest(), recipients={"data_bureau": ("b9",)})
    owing = Owing(stocked.ledger, stocked.services.intake.forms, manifest, later)
    papers = stocked.ledger.submissions.of_project(CODE)
    assert owing.recipient(papers) == {"platform": "standard", "to": "u1"}


def test_the_platform_s_own_copy_stays_known_beside_the_bureau_s_part(stocked: House) -> None:
    """Or each round over the platform's records would take it anew."""
    event = merge(
        stocked.ledger.submissions.versions("standard", "share"),
        stocked.services.intake.forms["sharing_confirmation"],
    )
    assert event and stocked.services.intake.knows(event)
    assert admin(stocked, PART).post(PART, CONFIRMED).status_code == 302
    assert stocked.services.intake.knows(event)
    assert not stocked.services.intake.knows(replace(event, fields={**event.fields, "shared_items": "3"}))


def test_an_override_asks_for_a_reason_and_keeps_it(house: House) -> None:
    house.desk.save("late_demand")
    house.desk.save("overridable", project_code=CODE)
    place = "/console/submissions/standard/overridable"
    browser = admin(house, place)
    assert browser.post(f"{place}/override", {"rule": "IN-PLAN", "reason": " "}).status_code == 422
    assert (
        browser.post(f"{place}/override", {"rule": "NO-SUCH", "reason": "县政府会议同意"}).status_code == 422
    )
    assert (
        browser.post(f"{place}/override", {"rule": "IN-PLAN", "reason": "县政府会议同意"}).status_code == 302
    )
    head = house.ledger.submissions.head("standard", "overridable")
    assert head and (head.standing, head.overrides[0]["by"]) == ("taken", "admin-person")
    assert "县政府会议同意" in text(browser.get(place))


def test_a_record_that_waits_is_attached_to_its_project(house: House) -> None:
    house.desk.save("demand")
    house.desk.save("corrected", project_code="WRONG-2025-0009")
    place = "/console/submissions/standard/corrected"
    browser = admin(house, place)
    assert "WRONG-2025-0009" in text(browser.get(place))
    assert browser.post(f"{place}/attach", {"project_code": "NO-SUCH"}).status_code == 422
    assert browser.post(f"{place}/attach", {"project_code": CODE}).status_code == 302
    head = house.ledger.submissions.head("standard", "corrected")
    assert head and head.project_code == CODE


def test_what_would_wait_is_saved_only_when_the_person_says_so(stocked: House) -> None:
    browser = admin(stocked)
    browser.post(PART, CONFIRMED)
    fields = {
        "classified": "否",
        "project_code": CODE,
        "project_name": "农情一张图",
        "organised_on": "2025-03-10",
    }
    place = f"/console/acts/acceptance_organisation?project={CODE}"
    page = text(browser.post(place, {**fields, "do": "save"}))
    assert "还没有登记：原则上不予办理" in page
    assert "验收资料不齐" in page
    assert browser.post(place, {**fields, "do": "save_waiting"}).status_code == 302
    [act] = [each for each in stocked.ledger.submissions.of_project(CODE) if each.platform == "console"]
    assert act.standing == "awaiting_override"


def test_naughty_texts_stay_texts(stocked: House) -> None:
    nasty = "<script>alert(1)</script>{{7*7}}'\"&"
    admin(stocked).post(f"/console/acts/expert_review?project={CODE}", {**REVIEW, "opinion": nasty})
    [act] = [each for each in stocked.ledger.submissions.of_project(CODE) if each.platform == "console"]
    page = text(admin(stocked).get(f"/console/submissions/console/{act.record}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


PLAN = {"classified": "否", "plan_type": "annual_plan", "year": "2025", "do": "save"}
STEPS = {"expert_review": "passed", "city_review": "passed", "province_review": "passed"}


def test_a_plan_is_begun_at_a_project_carried_on_and_moves_it(stocked: House) -> None:
    browser = admin(stocked)
    browser.post(f"/console/acts/expert_review?project={CODE}", REVIEW)
    assert "规划与年度计划登记" in text(browser.get(PROJECT))
    begun = f"/console/acts/plan_record?project={CODE}"
    form = text(browser.get(begun))
    assert f'name="items.0.project_code" value="{CODE}"' in form
    assert 'id="f-project_code"' not in form  # a plan belongs to no one project
    item = {"items.0.plan_item_id": "18", "items.0.project_code": CODE, "items.0.project_name": "农情一张图"}
    first = {**PLAN, **item, "step": "expert_review", "expert_review": "passed"}
    assert browser.post(begun, first).headers["Location"] == PROJECT
    carried_on = browser.get(begun).headers["Location"]
    assert "record=act-" in carried_on
    assert 'value="18"' in text(browser.get(carried_on))
    last = {**PLAN, **item, **STEPS, "step": "government_approval", "government_approved_on": "2025-03-10"}
    assert browser.post(carried_on, last).headers["Location"] == PROJECT
    project = stocked.ledger.projects.get(CODE)
    assert project and project.state == "planned"
    assert len(stocked.ledger.submissions.taken_of_form("plan_record")) == 1


def test_a_restriction_names_the_unit_of_the_project(stocked: House) -> None:
    form = text(admin(stocked).get(f"/console/acts/unit_restriction?project={CODE}"))
    assert 'name="unit" value="县农业农村局（演示）"' in form
