"""Every duty to file or report and every step of a project has its filing (Articles 11 … 49, 23), and what stands in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import pytest

from forms.definition import load_forms
from plugin.filings import content_of, listed, settled, without_addresses
from plugin.ledger import AttachmentRow, OutboxRow
from plugin.regulation import stages as at
from plugin.regulation.answering import ANSWERED_BY, answered
from plugin.regulation.filings import DUTIES
from plugin.regulation.history import Paper
from plugin.regulation.judgement import obligations_of
from plugin.regulation.obligations import duty_key
from plugin.regulation.project import Project
from plugin.regulation.transitions import CHANGES
from tests.edge.test_lifecycle import check_schema
from tests.flow.conftest import Desk, minutes
from tests.regulation import base

NOT_FILED = {  # the forms that are no step of a project's way, each with its reason
    at.PLAN: "filed as a plan, under a code of its own, once it is approved (11, 12)",
    at.CATALOGUE: "managed in the city's big data platform (24(2)); the dossier that lists it is filed",
    "similarity_finding": "the bureau's finding about several projects (12)",
    "unit_restriction": "stands on a unit, not on a project (44)",
    "security_opinion": "another office's opinion, which the reply takes up (6)",
    "existing_project": "what was done before this system, as the bureau enters it; later papers are filed (23)",
    "evaluation_result": "the basis of next year's money, no step of the project (50)",
}
OWED = {
    duty for duty in DUTIES if duty not in ("preliminary_acceptance", "trial_operation")
}  # the others: to nobody


def test_every_duty_is_answered_by_a_form_that_is_filed() -> None:
    forms = load_forms()
    assert set(ANSWERED_BY) == set(DUTIES)
    for duty, form in ANSWERED_BY.items():
        assert forms[form].files or form == at.PLAN, duty


def test_every_step_of_a_project_is_filed() -> None:
    forms = load_forms()
    assert {name for name, form in forms.items() if not form.files} == set(NOT_FILED)
    steps = set(CHANGES) | {name for name, form in forms.items() if form.filled_by == "unit"}
    assert steps & set(NOT_FILED) == {at.PLAN, at.CATALOGUE, "existing_project"}


DAY = date(2025, 3, 10)
PAPERS: dict[
    str, tuple[dict[str, Any], dict[str, Any], str]
] = {  # duty → the project's facts, the paper's, the duty's key
    "development_plan_filing": (
        {"plan_type": "development_plan", "plan_government_approved_on": DAY},
        {},
        "development_plan_filing",
    ),
    "plan_filing": (
        {"plan_type": "annual_plan", "plan_year": 2026, "plan_government_approved_on": DAY},
        {},
        "plan_filing:2026",
    ),
    "contract_filing": (
        {
            "contracts": ({"contract_no": "HT-1", "signed_on": DAY, "filed_on": DAY},),
            "contract_no": "HT-2",
            "contract_signed_on": DAY,
        },
        {"contract_no": "HT-2"},
        duty_key("contract_filing", "HT-2"),
    ),
    "adjustment_filing": (
        {"adjustments": ({"effective_on": DAY, "submitted_on": DAY, "amount_yuan": 1},)},
        {"adjustment_effective_on": DAY},
        "adjustment_filing:2025-03-10",
    ),
    "performance_report": (
        {"construction_started_on": date(2024, 1, 1), "contract_ends_on": date(2025, 12, 1)},
        {"report_year": 2025},
        "performance_report:2025",
    ),
    "acceptance_application": ({"completed_on": DAY}, {}, "acceptance_application"),
    "acceptance_filing": ({"accepted_on": DAY}, {}, "acceptance_filing"),
    "self_evaluation": ({"accepted_on": DAY, "in_operation_on": DAY}, {}, "self_evaluation"),
    "acceptance_extension": (
        {"completed_on": DAY, "trial_started_on": date(2025, 8, 20)},
        {},
        "acceptance_extension",
    ),
    "rectification": (
        {"rectification_order": "整改1号", "rectification_issued_on": DAY, "rectification_deadline_on": DAY},
        {"rectification_order": "整改1号"},
        duty_key("rectification", "整改1号"),
    ),
}


@pytest.mark.parametrize("duty", sorted(OWED))
def test_a_paper_names_the_duty_it_answers_and_whom_it_is_owed_to(duty: str) -> None:
    facts, stated, key = PAPERS[duty]
    obligations = obligations_of(replace(Project(), kind="new", **facts), base.book())
    form = ANSWERED_BY[duty]
    paper = Paper(form, 1, "standard:r1", datetime(2025, 3, 10, tzinfo=UTC), DAY, stated)
    found = answered(paper, obligations)
    assert found is not None
    assert (found.duty, found.key, bool(found.to)) == (duty, key, True)


@pytest.mark.parametrize(
    ("stated", "key"),
    [({"contract_signed_on": DAY}, "contract_filing:2025-03-10"), ({}, "contract_filing:2025-03-10")],
)
def test_a_contract_without_a_number_is_told_by_its_day(stated: dict[str, Any], key: str) -> None:
    project = replace(Project(), kind="new", contract_signed_on=DAY)
    paper = Paper(at.CONTRACT, 1, "standard:r1", datetime(2025, 3, 10, tzinfo=UTC), DAY, stated)
    found = answered(paper, obligations_of(project, base.book()))
    assert found is not None and found.key == key


def test_an_adjustment_under_approval_answers_no_duty_and_is_filed_all_the_same() -> None:
    paper = Paper(
        at.ADJUSTMENT, 1, "r", datetime(2025, 3, 10, tzinfo=UTC), DAY, {"adjustment_effective_on": DAY}
    )
    assert answered(paper, obligations_of(replace(Project(), kind="new"), base.book())) is None
    assert load_forms()[at.ADJUSTMENT].files


def filings(desk: Desk, step: str | None = None) -> list[OutboxRow]:
    rows = desk.intake.ledger.outbox.list(kind="filing")
    return [row for row in rows if row.state != "cancelled" and step in (None, row.payload["step"])]


def sent(desk: Desk, row: OutboxRow) -> dict[str, Any]:
    return content_of(row.payload, row.key, row.revision, settled(row.payload, (), None))


def test_what_is_sent_fits_the_contract_and_nothing_private_goes_along(desk: Desk) -> None:
    desk.save("demand")
    desk.save("contract", project_code=desk.code_of("demand"))
    demand, contract = filings(desk)
    for row in (demand, contract):
        check_schema("Filing", {**sent(desk, row), "sent_at": "2025-03-10T09:00:00+08:00"})
        assert "about" in row.payload and "about" not in sent(desk, row)
    assert demand.payload["duty"] is None
    assert contract.payload["duty"] == {"name": "contract_filing", "article": "31", "to": ["data_bureau"]}
    assert contract.payload["attachments"] == [
        {"field": "contract_file", "name": "合同.pdf", "size": None, "sha256": None, "ref": None}
    ]
    code = desk.code_of("demand")
    assert contract.key.startswith(f"filing:{code}:contract_filing-") and contract.key.endswith(":1")
    with pytest.raises(jsonschema.ValidationError):
        check_schema("Filing", {**contract.payload, **sent(desk, contract)})


def test_a_mistyped_contract_number_is_corrected_by_a_revision_not_by_a_second_filing(desk: Desk) -> None:
    desk.save("demand")
    desk.save("contract", project_code=desk.code_of("demand"), contract_no="HT-错")
    [first] = filings(desk, "contract_filing")
    desk.intake.ledger.outbox.sent(first.id, {"receipt_no": "R1"}, desk.now)
    desk.now += minutes(1)
    desk.save("contract", project_code=desk.code_of("demand"), contract_no="HT-01")
    old, new = filings(desk, "contract_filing")
    assert (old.state, new.state, new.subject, new.revision) == ("sent", "pending", old.subject, 2)
    assert new.payload["duty"]["name"] == "contract_filing"


def test_a_later_rename_corrects_no_earlier_filing(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    desk.now += minutes(1)
    desk.save("contract", project_code=code, construction_unit="县农业农村和水利局（演示）")
    demand, contract = filings(desk)
    assert (demand.revision, demand.payload["construction_unit"]) == (1, "县农业农村局（演示）")
    assert contract.payload["construction_unit"] == "县农业农村和水利局（演示）"


def test_a_record_of_the_bureau_is_filed_under_the_projects_own_unit(desk: Desk) -> None:
    desk.save("demand")
    desk.now += minutes(1)
    opinion = {
        "classified": "否", "project_code": desk.code_of("demand"), "project_name": "农情一张图", "reviewed_on": "2025-03-09",
        "review_of": "plan", "panel": [{"name": "张教授"}], "conclusion": "passed", "opinion": "同意",
    }  # fmt: skip
    event = replace(desk.event("demand", record="review", at=desk.now), form="expert_review", fields=opinion)
    desk.accept(event)
    desk.take_all()
    [row] = filings(desk, "expert_review")
    assert row.payload["construction_unit"] == "县农业农村局（演示）"


PLAN = {
    "classified": "否", "plan_type": "annual_plan", "year": 2026, "step": "province_review", "expert_review": "passed",
    "city_review": "passed", "province_review": "passed", "items": [{"plan_item_id": "1", "project_name": "农情一张图"}],
}  # fmt: skip


def save_plan(desk: Desk, **changes: Any) -> None:
    desk.now += minutes(1)
    event = desk.event("demand", record="plan", at=desk.now)
    desk.accept(replace(event, form="plan_record", fields={**PLAN, **changes}))
    desk.take_all()


def test_a_plan_is_filed_with_city_and_province_once_it_is_approved(desk: Desk) -> None:
    save_plan(desk)
    assert filings(desk) == []
    save_plan(desk, step="government_approval", government_approved_on="2025-03-01")
    [plan] = filings(desk)
    assert plan.project_code == "DEMO-PLAN-2026"
    assert plan.key.startswith("filing:DEMO-PLAN-2026:plan_record-")
    assert plan.payload["project_name"] == "2026年度政务信息化建设计划"
    assert plan.payload["construction_unit"] == desk.intake.manifest().bureau
    assert plan.payload["duty"] == {
        "name": "plan_filing",
        "article": "12",
        "to": ["municipal_data_bureau", "provincial_data_bureau"],
    }
    check_schema("Filing", {**sent(desk, plan), "sent_at": "2025-03-10T09:00:00+08:00"})


def test_the_development_plan_is_filed_with_the_city(desk: Desk) -> None:
    approved = {"step": "government_approval", "government_approved_on": "2025-03-01"}
    save_plan(desk, plan_type="development_plan", year=None, items=None, **approved)
    [plan] = filings(desk)
    assert (plan.project_code, plan.payload["project_name"]) == ("DEMO-PLAN", "政务信息化建设规划")
    assert plan.payload["duty"]["to"] == ["municipal_data_bureau"]


SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HERE = AttachmentRow(
    "standard", "r1", "f7", "contract_filing", "contract_file", "扫描件.pdf", "/f/7", 3, "a" * 64, "stored"
)
AWAY = replace(HERE, ref="f8", sha256=None, state="refused")


@pytest.mark.parametrize(
    ("file", "known"),
    [
        ("合同.pdf", ("合同.pdf", None, None)),
        ({"name": "合同.pdf", "size": 7, "sha256": SHA}, ("合同.pdf", 7, SHA)),
        ({"url": "/files/7", "hash": f"sha256:{SHA.upper()}"}, ("/files/7", None, SHA)),
        ({"id": 7, "hash": "md5:1", "size": -1}, ("7", None, None)),
        ({"name": "扫描件.pdf", "ref": "f7"}, ("扫描件.pdf", 3, "a" * 64)),  # fetched, and kept here
        ({"name": "扫描件.pdf", "ref": "f8", "size": 9}, ("扫描件.pdf", 9, None)),
    ],
)
def test_a_file_is_listed_as_far_as_it_is_known(file: Any, known: tuple[Any, ...]) -> None:
    payload = {"attachments": listed(load_forms()["contract_filing"], {"contract_file": file})}
    sent = settled(payload, (HERE, AWAY), "R1")
    [found] = sent["attachments"]
    assert found == dict(zip(("field", "name", "size", "sha256"), ("contract_file", *known), strict=True))
    assert sent["supersedes"] == "R1"


def test_files_in_lists_and_in_tables_are_listed_too_and_their_addresses_stay_here() -> None:
    form = load_forms()["acceptance_application"]
    [table] = [field for field in form.fields if any(column.type == "file" for column in field.columns)]
    column = next(each.name for each in table.columns if each.type == "file")
    file = {"name": "a.pdf", "ref": "f1", "url": "https://platform/passing?token=1"}
    values = {table.name: [{column: file}, {}], "attachments": ["b.pdf", "c.pdf"], "phone": "1"}
    assert [(each["field"], each["name"]) for each in listed(form, values)] == [
        (f"{table.name}.{column}", "a.pdf"),
        ("attachments", "b.pdf"),
        ("attachments", "c.pdf"),
    ]
    plain = without_addresses(form.fields, values)
    assert plain == {table.name: [{column: "a.pdf"}, {}], "attachments": ["b.pdf", "c.pdf"], "phone": "1"}


def test_a_duty_that_later_papers_take_away_corrects_no_filing(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand")
    desk.save("contract", project_code=code)
    [first] = filings(desk, "contract_filing")
    judged = desk.intake.ledger.verdicts.latest("standard", "contract")
    assert judged and [each["duty"] for each in judged.verdict["obligations"]] == ["contract_filing"]
    desk.now += minutes(1)
    desk.save("completion", project_code=code)
    assert [row.id for row in filings(desk, "contract_filing")] == [first.id]
