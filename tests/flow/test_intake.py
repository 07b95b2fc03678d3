"""One submission: gate, inbox, project, what must leave; the same papers in any order end in one state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from plugin.intake import Accepted
from plugin.ledger import Submission
from plugin.sdk import Actor, EventKind, FormEvent
from tests.flow.conftest import NOW, ROUND, Desk, minutes
from tests.rhythm import papers

PLANTED = "绝不应留存的涉密内容丁戊己"


def state_of(desk: Desk, code: str) -> dict[str, Any]:
    """Everything that follows from the papers, without when it was written."""
    ledger = desk.intake.ledger
    project = ledger.projects.get(code)
    assert project is not None
    records = ledger.submissions.of_project(code)
    return {
        "project": (project.name, project.unit, project.state, project.facts),
        "records": sorted((each.record, each.standing, each.project_code) for each in records),
        "verdicts": {each.record: verdict_of(desk, each.record) for each in records},
        "duties": sorted(
            (d.key, d.due_on, d.overdue_after, d.fulfilled_on) for d in ledger.obligations.of_project(code)
        ),
        "wanted": sorted(
            (row.subject, row.payload.get("status"), str(row.payload.get("values"))) for row in live(desk)
        ),
    }


def live(desk: Desk) -> list[Any]:
    newest: dict[str, Any] = {}
    for row in desk.intake.ledger.outbox.list():
        if row.state != "cancelled":
            newest[row.subject] = row
    return list(newest.values())


def verdict_of(desk: Desk, record: str) -> dict[str, Any]:
    row = desk.intake.ledger.verdicts.latest("standard", record)
    assert row is not None
    return row.verdict


def codes(verdict: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in verdict["findings"]}


def test_a_first_paper_founds_a_project_with_a_code_of_ours(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    assert code and code.endswith("-2025-0001")
    assert verdict_of(desk, "demand")["decision"] == "allow"
    row = next(row for row in live(desk) if row.kind == "writeback")
    assert row.payload["project_code"] == code


def test_every_finding_comes_back_before_saving_and_nothing_is_written(desk: Desk) -> None:
    desk.save("demand")
    answer = desk.ask("refused", project_code=desk.code_of("demand"), total_investment_yuan="约280万")
    assert answer["decision"] == "block"
    assert answer["may_save"] is False
    articles = {str(finding["article"]) for finding in answer["findings"]}
    assert {"10", "24(1)", "24(3)"} <= articles, articles
    assert any(finding["field"] == "total_investment_yuan" for finding in answer["findings"])
    assert desk.intake.ledger.submissions.head("standard", "refused") is None


def test_each_finding_says_what_where_and_how_to_mend(desk: Desk) -> None:
    desk.save("demand")
    for finding in desk.ask("refused", project_code=desk.code_of("demand"))["findings"]:
        assert (
            finding["message"]
            and finding["remedy"]
            and finding["mender"] in ("填报人", "主管单位", "数据资源局")
        )
        if finding["article"]:
            assert finding["citation"].startswith("第") and finding["text"]


def test_a_block_keeps_the_record_and_the_project_does_not_move(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    before = desk.intake.ledger.projects.get(code or "")
    desk.save("refused", project_code=code)
    after = desk.intake.ledger.projects.get(code or "")
    assert before and after and before.state == after.state
    head = desk.intake.ledger.submissions.head("standard", "refused")
    assert head and head.standing == "returned"


def test_an_overridable_block_may_be_saved_and_waits(desk: Desk) -> None:
    desk.save("late_demand")
    code = desk.code_of("late_demand")
    answer = desk.ask("overridable", project_code=code)
    assert (answer["decision"], answer["may_save"], answer["overridable"]) == ("block", True, True)
    desk.save("overridable", project_code=code)
    head = desk.intake.ledger.submissions.head("standard", "overridable")
    assert head and head.standing == "awaiting_override"
    rule = next(finding["code"] for finding in answer["findings"] if finding["overridable"])
    desk.intake.ledger.submissions.override("standard", "overridable", rule, "王五", "县政府会议同意", NOW)
    desk.intake.refresh(code or "", NOW)
    head = desk.intake.ledger.submissions.head("standard", "overridable")
    assert head and head.standing == "taken"


def test_a_project_of_high_value_is_routed_upward(desk: Desk) -> None:
    desk.save("large_demand")
    answer = desk.ask("routed", project_code=desk.code_of("large_demand"))
    assert answer["decision"] == "route"
    assert answer["route"]["superior_review"] == ["municipal_data_bureau", "provincial_data_bureau"]
    assert "25" in str(answer["message"]) or "市" in answer["message"]


@pytest.mark.parametrize("answer", [True, "是", None, "", "不涉密", 0, "no"])
def test_anything_but_an_explicit_no_is_classified(desk: Desk, tmp_path: Path, answer: Any) -> None:
    said = desk.ask("demand", classified=answer, demand_summary=PLANTED)
    assert said["may_save"] is False
    assert PLANTED not in str(said) and "农情" not in str(said)
    assert desk.accept(desk.event("demand", classified=answer, demand_summary=PLANTED)) is Accepted.KEPT_OUT
    assert desk.take_all() == 0
    assert not traces(tmp_path)


def test_a_record_that_turns_out_classified_is_purged(desk: Desk, tmp_path: Path) -> None:
    desk.save("demand", demand_summary=PLANTED)
    assert traces(tmp_path)
    desk.now += minutes(5)
    assert desk.accept(desk.event("demand", classified="是")) is Accepted.KEPT_OUT
    assert not traces(tmp_path)
    late = desk.event("demand", demand_summary=PLANTED, at=NOW - minutes(1))
    assert desk.accept(late) is Accepted.KEPT_OUT
    assert desk.take_all() == 0
    assert not traces(tmp_path)


def test_the_number_of_a_contract_that_turns_out_classified_is_gone(desk: Desk, tmp_path: Path) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    desk.now += minutes(5)
    desk.save("contract", project_code=code, contract_no=PLANTED)
    assert traces(tmp_path)
    desk.now += minutes(5)
    assert desk.accept(desk.event("contract", classified="是", contract_no=PLANTED)) is Accepted.KEPT_OUT
    assert not traces(tmp_path)


def traces(folder: Path, words: str = PLANTED) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def test_the_same_delivery_twice_is_one(desk: Desk) -> None:
    event = desk.event("demand")
    assert desk.accept(event) is Accepted.NEW
    assert desk.accept(event) is Accepted.KNOWN
    assert desk.take_all() == 1


def test_the_same_key_with_other_content_is_set_aside(desk: Desk) -> None:
    event = desk.event("demand")
    desk.accept(event)
    assert desk.accept(replace(event, fields={**event.fields, "contact": "别人"})) is Accepted.CONFLICT
    desk.take_all()
    head = desk.intake.ledger.submissions.head("standard", "demand")
    assert head and head.values["contact"] == "李四"
    assert desk.intake.ledger.inbox.counts()["quarantined"] == 1


def test_our_own_write_back_changes_nothing(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    before = state_of(desk, code or "")
    desk.now += minutes(1)
    desk.save("demand", project_code=code, check_status="passed", lifecycle_receipt="R1")
    assert state_of(desk, code or "") == before
    assert [item.revision for item in live(desk)] == [1] * len(live(desk))


def test_an_unknown_code_waits_until_its_project_is_there(desk: Desk) -> None:
    code = "DEMO-2025-0001"
    desk.save("corrected", project_code=code, at=NOW + minutes(2))
    head = desk.intake.ledger.submissions.head("standard", "corrected")
    assert head and (head.standing, head.project_code) == ("unattached", None)
    desk.save("demand", at=NOW)
    assert desk.code_of("demand") == desk.code_of("corrected") == code
    assert verdict_of(desk, "corrected")["decision"] == "allow"


def test_a_partial_update_changes_only_what_it_carries(desk: Desk) -> None:
    desk.save("demand")
    event = replace(
        desk.event("demand", at=NOW + minutes(3)),
        kind=EventKind.UPDATED,
        partial=True,
        fields={"contact": "赵六"},
    )
    assert desk.accept(event) is Accepted.NEW
    desk.take_all()
    head = desk.intake.ledger.submissions.head("standard", "demand")
    assert head and (head.values["contact"], head.values["responsible_person"]) == ("赵六", "张三")


def test_a_deleted_record_no_longer_counts_and_a_restored_one_does(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("completion", project_code=code)
    assert any(duty.state == "open" for duty in desk.intake.ledger.obligations.of_project(code))
    for kind, at, state in (
        (EventKind.DELETED, NOW + minutes(1), "cancelled"),
        (EventKind.RESTORED, NOW + minutes(2), "open"),
    ):
        event = replace(desk.event("completion", at=at), kind=kind, fields={})
        desk.accept(event)
        desk.take_all()
        assert {duty.state for duty in desk.intake.ledger.obligations.of_project(code)} == {state}


SIX = ("demand", "corrected", "corrected_again", "contract", "completion", "accepted")


def six_events(desk: Desk) -> list[FormEvent]:
    """The six submissions of one project: demand, study, study corrected, contract, completion, its acceptance."""
    code = "DEMO-2025-0001"
    held = (NOW - timedelta(days=10)).date().isoformat()
    return [
        desk.event("demand", at=NOW),
        desk.event("corrected", at=NOW + minutes(1), project_code=code),
        desk.event("corrected", at=NOW + minutes(2), project_code=code, data_volume="约80万条"),
        desk.event("contract", at=NOW + minutes(3), project_code=code),
        desk.event("completion", at=NOW + minutes(4), project_code=code),
        desk.event(
            "completion",
            at=NOW + minutes(5),
            project_code=code,
            held_on=held,
            conclusion="通过",
            opinion_file="初验意见.pdf",
        ),
    ]


def test_six_submissions_in_any_order_end_in_one_state(new_desk: Callable[[], Desk]) -> None:
    states = []
    for seed in range(20):
        desk = new_desk()
        events = six_events(desk)
        if seed:
            Random(seed).shuffle(events)
            events += Random(seed).sample(events, 2)  # and some come twice
        for event in events:
            desk.accept(event)
            desk.take_all()
        states.append(state_of(desk, "DEMO-2025-0001"))
    assert all(state == states[0] for state in states[1:])
    assert len(states[0]["records"]) == 4
    assert states[0]["duties"]


def watched(desk: Desk) -> set[str]:
    return {each.key for each in desk.intake.ledger.watched.list()}


def test_a_duty_is_watched_while_it_is_open(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("completion", project_code=code)
    assert {"preliminary_acceptance", "acceptance_application"} <= watched(desk)
    [duty] = [each for each in desk.intake.ledger.watched.list() if each.key == "preliminary_acceptance"]
    assert (duty.person, duty.platform, duty.project_code) == ("u1", "standard", code)
    held = (NOW - timedelta(days=1)).date().isoformat()
    desk.now += minutes(1)
    desk.save("completion", project_code=code, held_on=held, conclusion="通过", opinion_file="初验意见.pdf")
    assert "preliminary_acceptance" not in watched(desk) and "acceptance_application" in watched(desk)


def test_the_papers_of_the_unit_say_who_answers_for_the_project(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("completion", project_code=code)
    reply = {"classified": "否", "project_code": code, "project_name": "农情一张图"}
    by_bureau = replace(
        bureau_event(desk, "approval_reply", "reply", reply, NOW + minutes(1)), submitter=Actor("bureau1")
    )
    desk.accept(by_bureau)
    desk.take_all()
    assert {each.person for each in desk.intake.ledger.watched.list()} == {"u1"}
    colleague = replace(desk.event("contract", at=NOW + minutes(2), project_code=code), submitter=Actor("u2"))
    desk.accept(colleague)
    desk.take_all()
    assert {each.person for each in desk.intake.ledger.watched.list()} == {"u2"}


def test_every_taken_step_is_filed_once_and_a_correction_is_a_new_revision(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("contract", project_code=code)
    filings = [row for row in live(desk) if row.kind == "filing"]
    assert {row.payload["step"] for row in filings} == {"demand_collection", "contract_filing"}
    contract = next(row for row in filings if row.payload["step"] == "contract_filing")
    claimed = desk.intake.ledger.outbox.claim(["filing"], NOW)
    while claimed:
        desk.intake.ledger.outbox.sent(claimed.id, {"receipt_no": f"R{claimed.id}"}, NOW)
        claimed = desk.intake.ledger.outbox.claim(["filing"], NOW)
    desk.now += minutes(1)
    desk.save("contract", project_code=code, contract_name="更正后的合同名称")
    newest = next(row for row in live(desk) if row.subject == contract.subject)
    assert (newest.revision, newest.state) == (2, "pending")
    assert desk.intake.ledger.outbox.previous_receipt(contract.subject, 2) == {
        "receipt_no": f"R{contract.id}"
    }


RESTRICTION = {
    "classified": "否",
    "unit": "县农业农村局（演示）",
    "system_name": "旧系统",
    "restrictions": "sharing",
    "reason": "未按要求共享",
    "decided_by": "王五",
    "decided_on": "2025-03-01",
}


def bureau_event(desk: Desk, form: str, record: str, fields: dict[str, Any], at: Any = NOW) -> FormEvent:
    return replace(desk.event("demand", record=record, at=at), form=form, fields=fields)


def test_what_came_too_early_is_judged_again_when_it_is_saved_again(desk: Desk) -> None:
    """What was missing came after it; the paper itself needs no change (43)."""

    def evaluation() -> Submission:
        desk.now += minutes(1)
        desk.accept(bureau_event(desk, "self_evaluation", "se", papers.evaluation() | about, desk.now))
        desk.take_all()
        head = desk.intake.ledger.submissions.head("standard", "se")
        assert head
        return head

    desk.save("demand")
    about = papers.head("农情一张图", "县农业农村局") | {"project_code": desk.code_of("demand")}
    assert evaluation().standing == "returned"
    assert codes(verdict_of(desk, "se")) >= {"EVALUATION-ANCHOR"}
    desk.now += minutes(1)
    accepted = papers.filing(date(2024, 1, 10)) | {"in_operation_on": "2024-01-20"} | about
    desk.accept(bureau_event(desk, "acceptance_filing", "af", accepted, desk.now))
    desk.take_all()
    again = evaluation()
    assert (again.standing, again.saved_at) == ("taken", desk.now)
    assert evaluation().saved_at == again.saved_at, "the day of an act that was taken stands"


def test_the_bureau_s_decision_on_a_paper_moves_neither_its_day_nor_its_submitter(desk: Desk) -> None:
    """A request in time does not become late by the day the bureau decides on it (39)."""
    desk.save("demand")
    code = desk.code_of("demand")
    desk.save("corrected", project_code=code)
    filed = desk.intake.ledger.submissions.head("standard", "corrected")
    desk.now += timedelta(days=20)
    decided = desk.event("corrected", project_code=code, no_data_confirmed="是")
    desk.accept(replace(decided, submitter=Actor("b1", "王五", "数据资源局")))
    desk.take_all()
    head = desk.intake.ledger.submissions.head("standard", "corrected")
    assert filed and head and head.values["no_data_confirmed"] is True
    assert (head.saved_at, head.submitter) == (filed.saved_at, filed.submitter)
    desk.now += timedelta(days=1)
    desk.save("corrected", project_code=code, no_data_confirmed="是", contact="王六")
    head = desk.intake.ledger.submissions.head("standard", "corrected")
    assert head and head.saved_at == desk.now


def test_a_restricted_unit_may_declare_nothing_until_the_bureau_lifts_it(desk: Desk) -> None:
    assert desk.ask("demand")["decision"] == "allow"
    desk.accept(bureau_event(desk, "unit_restriction", "limit", RESTRICTION))
    desk.take_all()
    answer = desk.ask("demand")
    assert (answer["decision"], [each["article"] for each in answer["findings"]]) == ("block", ["44(1)"])
    assert desk.ask("large_demand")["decision"] == "allow"  # another unit
    lifted = {**RESTRICTION, "restrictions": "无（全部解除）", "decided_on": "2025-03-09"}
    desk.accept(bureau_event(desk, "unit_restriction", "limit", lifted, NOW + minutes(1)))
    desk.take_all()
    assert desk.ask("demand")["decision"] == "allow"


def test_an_approved_plan_lists_its_projects_and_folds_them_anew(desk: Desk) -> None:
    desk.save("late_demand")
    code = desk.code_of("late_demand")
    desk.save("overridable", project_code=code)
    head = desk.intake.ledger.submissions.head("standard", "overridable")
    assert head and head.standing == "awaiting_override"
    plan = {
        "classified": "否", "plan_type": "annual_plan", "year": 2025, "step": "government_approval", "expert_review": "passed",
        "city_review": "passed", "province_review": "passed", "government_approved_on": "2025-03-01",
        "items": [{"plan_item_id": "12", "project_code": code, "project_name": "便民档案查询"}],
    }  # fmt: skip
    desk.accept(bureau_event(desk, "plan_record", "plan", plan))
    desk.take_all()
    assert verdict_of(desk, "plan")["decision"] != "block", verdict_of(desk, "plan")["findings"]
    head = desk.intake.ledger.submissions.head("standard", "overridable")
    assert head and head.standing == "taken"


def test_a_finding_points_at_the_field_that_states_the_fact(desk: Desk) -> None:
    """The rule asks about `contract_ip_clause`, the official sees `ip_clause`."""
    desk.save("demand")
    answer = desk.ask("contract", project_code=desk.code_of("demand"), ip_clause="否")
    places = {finding["code"]: finding["field"] for finding in answer["findings"]}
    assert places["CONTRACT-IP"] == "ip_clause"
    assert places["CONTRACT-NO-APPROVAL"] is None  # nothing on this form: it stands on top


def test_a_broken_row_is_told_and_the_rules_still_speak(desk: Desk) -> None:
    desk.save("demand")
    costs = [{"item": "软件开发", "amount_yuan": "若干"}, {"item": "监理"}]
    answer = desk.ask("refused", project_code=desk.code_of("demand"), cost_items=costs)
    assert {"NOT-MONEY", "REQUIRED", "PLATFORM", "CATALOGUE"} <= codes(answer)


HALF = {"estimated_investment_yuan": "260万元", "funding": [{"source": "县级财政", "amount_yuan": "260万元"}]}


def test_two_halves_of_one_unit_that_reach_a_limit_together_are_pointed_out(desk: Desk) -> None:
    desk.save("demand", **HALF)
    second = {**HALF, "project_name": "农情监测平台"}
    answer = desk.ask("demand", **second)
    [finding] = [each for each in answer["findings"] if each["code"] == "SPLIT-POSSIBLE"]
    assert (answer["decision"], answer["may_save"]) == ("warn", True)
    assert "2个相似项目" in finding["message"] and "520万元" in finding["message"]
    [hint] = [each for each in answer["findings"] if each["code"] == "RESEMBLES"]
    assert (hint["effect"], hint["citation"]) == ("info", "第二十三条")
    assert desk.code_of("demand") in hint["message"] and "灾情上报时间由两天缩短到两小时" in hint["message"]
    other_unit = desk.ask("demand", **second, construction_unit="县水利局（演示）")
    assert "SPLIT-POSSIBLE" not in codes(other_unit)
    assert "RESEMBLES" in codes(other_unit)


def test_all_parts_of_a_split_count_and_five_are_shown(desk: Desk) -> None:
    part = {
        "estimated_investment_yuan": "80万元",
        "funding": [{"source": "县级财政", "amount_yuan": "80万元"}],
    }
    for number in range(6):
        desk.save("demand", record=f"part{number}", **part)
    findings = desk.ask("demand", record="part6", **part)["findings"]
    [split] = [each for each in findings if each["code"] == "SPLIT-POSSIBLE"]
    assert "7个相似项目" in split["message"] and "560万元" in split["message"]
    assert len([each for each in findings if each["code"] == "RESEMBLES"]) == 5


def test_what_the_bureau_has_decided_is_not_raised_again(desk: Desk) -> None:
    desk.save("demand", **HALF)
    desk.save("demand", record="second", **{**HALF, "project_name": "农情监测平台"})
    assert "SPLIT-POSSIBLE" in codes(verdict_of(desk, "second"))
    finding = {
        "classified": "否", "project_code": desk.code_of("second"), "project_name": "农情监测平台",
        "other_projects": desk.code_of("demand"), "split_found": "否", "duplicate_found": "否", "reason": "服务对象不同",
        "decided_by": "王五", "decided_on": "2025-03-10",
    }  # fmt: skip
    desk.accept(bureau_event(desk, "similarity_finding", "finding", finding))
    desk.take_all()
    assert "SPLIT-POSSIBLE" not in codes(verdict_of(desk, "second"))


def test_a_purged_declaration_resembles_nothing_any_more(desk: Desk) -> None:
    desk.save("demand", **HALF)
    desk.now += minutes(1)
    desk.accept(desk.event("demand", classified="是"))
    assert "SPLIT-POSSIBLE" not in codes(desk.ask("demand", **{**HALF, "project_name": "农情监测平台"}))


def test_what_others_were_told_of_a_purged_declaration_is_gone_too(desk: Desk, tmp_path: Path) -> None:
    secret = "机密工程甲乙"
    desk.save("demand", record="secret", project_name=secret, construction_unit="县水利局（演示）")
    desk.save("demand", record="other")
    assert secret in str(verdict_of(desk, "other"))
    desk.accept(desk.event("demand", record="secret", project_name=secret, classified="是"))
    assert not traces(tmp_path, secret)
    assert "RESEMBLES" not in codes(verdict_of(desk, "other"))
    project = desk.intake.ledger.projects.get(desk.code_of("other") or "")
    assert project is not None and not project.facts.get("resembling")
    told = [row.payload["text"] for row in live(desk) if row.kind == "message"]
    assert told == ["符合规定，已予受理。"]  # also the platform's copy is written anew


def test_a_project_of_the_government_intranet_leaves_no_trace_either(desk: Desk, tmp_path: Path) -> None:
    said = desk.ask("demand", is_gov_intranet="是", demand_summary=PLANTED)
    assert (said["may_save"], [each["article"] for each in said["findings"]]) == (False, ["6(6)"])
    assert PLANTED not in str(said)
    assert (
        desk.accept(desk.event("demand", is_gov_intranet="是", demand_summary=PLANTED)) is Accepted.KEPT_OUT
    )
    assert not traces(tmp_path)


def test_the_bureau_is_told_what_waits_for_it(desk: Desk) -> None:
    manifest = replace(desk.intake.manifest(), recipients={"data_bureau": ("bureau1", "bureau2")})
    told = replace(desk.intake, manifest=lambda: manifest)
    desk.intake = told
    desk.save("late_demand")
    desk.save("overridable", project_code=desk.code_of("late_demand"))
    messages = [row for row in live(desk) if row.kind == "message" and row.payload["to"].startswith("bureau")]
    assert {row.payload["to"] for row in messages} == {"bureau1", "bureau2"}
    assert all("待核准" in row.payload["title"] and "第十五条" in row.payload["text"] for row in messages)


def test_a_trial_operation_is_told_when_it_may_end(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    held = (NOW - timedelta(days=20)).date().isoformat()
    desk.save("completion", project_code=code, held_on=held, conclusion="通过", opinion_file="初验意见.pdf")
    trial = {
        **ROUND["completion"].fields,
        "project_code": code,
        "trial_started_on": "2025-03-05",
        "trial_ended_on": "",
    }
    trial = {name: value for name, value in trial.items() if name != "completed_on"}
    desk.accept(bureau_event(desk, "trial_operation", "trial", trial))
    desk.take_all()
    duty = desk.intake.ledger.watched.get(code, "trial_operation")
    assert duty and (duty.opens_on, duty.due_on) == (date(2025, 4, 5), None)
