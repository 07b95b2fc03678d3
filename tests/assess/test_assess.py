"""`assess`: the gate first, every mistake at once, unusable lines told apart, any number of lines in constant memory."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.answers import classified_answer, intranet_answer
from plugin.assess import MAX_LINE_BYTES, QUESTIONS, Unusable, assess, assess_lines, is_error
from plugin.demo_round import steps
from tests.regulation import base

TODAY = date(2025, 3, 10)
BOOK = base.book()
ROUND = {step.name: step for step in steps(TODAY)}
PLANTED = "绝不应出现的甲乙丙"
PEAK_BYTES = 512 << 10


def ask(form: str, submission: Any = None, **more: Any) -> dict[str, Any]:
    return assess({"form": form, "submission": submission or {}, **more}, BOOK, TODAY)


def route(**facts: Any) -> dict[str, Any]:
    """A question that any project can be asked."""
    return {"classified": False, "kind": "new", "in_annual_plan": True, **facts}


def demand(**changes: Any) -> dict[str, Any]:
    step = next(step for step in ROUND.values() if step.form == "demand_collection")
    return {**step.fields, "classified": False, **changes}


def answers(*lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(answer) for answer in assess_lines(lines, BOOK, TODAY)]


# --- the gate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [True, "是", "true", None, "", "不清楚", 0, "no", [], {"value": False}])
@pytest.mark.parametrize("form", ["demand_collection", "contract_filing", "operation_start", "plan_record"])
def test_anything_but_an_explicit_no_gets_the_fixed_answer_and_none_of_its_values(
    form: str, answer: Any
) -> None:
    names = [field.name for field in load_forms()[form].fields]
    submission = {**dict.fromkeys(names, PLANTED), "classified": answer, f"其他{PLANTED}": PLANTED}
    found = ask(form, submission, project={"project_name": PLANTED, "classified": False})
    assert found == classified_answer(form, pack=BOOK.pack)
    assert PLANTED not in json.dumps(found, ensure_ascii=False)
    assert (found["decision"], found["may_save"], found["overridable"]) == ("block", False, False)
    assert found["guidance"]


def test_a_form_without_an_answer_is_refused_whatever_is_known_of_its_project() -> None:
    unanswered = {name: value for name, value in demand().items() if name != "classified"}
    assert ask("demand_collection", unanswered, project={"classified": False})["guidance"]


def test_a_project_known_as_classified_is_refused_whatever_the_form_says() -> None:
    found = ask("demand_collection", demand(project_name=PLANTED), project={"classified": True})
    assert found == classified_answer("demand_collection", pack=BOOK.pack)


def test_the_gate_is_asked_before_the_facts_are_read() -> None:
    found = ask(
        "approval_route", {"classified": True, "total_investment_yuan": PLANTED}, project={PLANTED: 1}
    )
    assert found == classified_answer("approval_route", pack=BOOK.pack)


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_a_question_about_an_undeclared_project_is_refused(form: str) -> None:
    assert ask(form) == classified_answer(form, pack=BOOK.pack)


@pytest.mark.parametrize("answer", [True, "是"])
def test_a_project_of_the_government_intranet_is_kept_out_likewise(answer: Any) -> None:
    found = ask("demand_collection", demand(is_gov_intranet=answer, project_name=PLANTED))
    assert found == intranet_answer("demand_collection", BOOK.pack)
    assert PLANTED not in json.dumps(found, ensure_ascii=False)
    assert found["guidance"] and found["findings"][0]["citation"]


def test_another_body_may_let_the_government_intranet_in() -> None:
    book = base.book(effects={"GOV-INTRANET": "off"})
    request = {"form": "demand_collection", "submission": demand(is_gov_intranet=True)}
    assert assess(request, book, TODAY)["normalised"]["is_gov_intranet"] is True


# --- shape and law together --------------------------------------------------------------------------------------


def test_shape_and_law_are_reported_together_each_at_its_field() -> None:
    wrong = demand(
        estimated_investment_yuan="约300万",  # shape
        construction_starts_on="2025-02-30",  # shape
        objectives=None,  # shape
        construction_unit_type="town",  # law: a town builds nothing of its own
        target_plan_year=2031,  # law: the next year's plan is collected
    )
    found = ask("demand_collection", wrong)
    at = {finding["field"]: finding for finding in found["findings"]}
    assert {"estimated_investment_yuan", "construction_starts_on", "objectives"} <= at.keys()
    assert {"construction_unit_type", "target_plan_year"} <= at.keys()
    assert (found["decision"], found["may_save"]) == ("block", False)
    for finding in found["findings"]:
        assert finding["message"] and finding["remedy"] and finding["mender"]
        assert not finding["article"] or (finding["citation"].startswith("第") and finding["text"])


def test_values_come_back_as_they_were_read_and_strange_fields_are_named() -> None:
    found = ask("demand_collection", demand(estimated_investment_yuan="３００万元", colour="red"))
    assert found["normalised"]["estimated_investment_yuan"] == "3000000.00"
    assert found["unknown_fields"] == ["colour"]
    assert not {finding["effect"] for finding in found["findings"]} & {"block", "overridable_block"}


def test_the_same_day_of_the_law_decides_whoever_runs_the_command() -> None:
    asked = route(total_investment_yuan="800000.00")
    book = base.book(decentralised_procurement_yuan=None)
    assert assess({"form": "approval_route", "submission": asked}, book, TODAY)["decision"] == "block"
    answer = assess(
        {"form": "approval_route", "submission": asked, "on": "2025-03-10"}, BOOK, date(2030, 1, 1)
    )
    assert (answer["on"], answer["decision"]) == ("2025-03-10", "route")


def test_what_is_known_and_what_is_submitted_are_judged_as_one() -> None:
    known = {"classified": False, "kind": "new", "in_annual_plan": True, "total_investment_yuan": "100000.00"}
    found = ask("approval_route", {"total_investment_yuan": "500万元"}, project=known)
    assert found["normalised"] == {"total_investment_yuan": "5000000.00"}
    assert found["route"]["superior_review"] == ["municipal_data_bureau", "provincial_data_bureau"]


# --- what cannot be used -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"form": "no_such_form"},
        {"form": 5},
        {"form": "approval_route", "submission": []},
        {"form": "approval_route", "submission": route(), "project": [1]},
        {"form": "approval_route", "submission": route(), "on": "2025-02-30"},
        {"form": "approval_route", "submission": route(), "on": 20250301},
        {"form": "approval_route", "submission": route(), "extra": 1},
        {"form": "approval_route", "submission": route(total_investment_yuan="许多")},
        {"form": "approval_route", "submission": route(), "project": {"colour": "red"}},
        {"form": "approval_route", "submission": route(), "project": {"completed_on": "soon"}},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_judged_is_unusable_and_says_why(request_: Mapping[str, Any]) -> None:
    with pytest.raises(Unusable) as caught:
        assess(request_, BOOK, TODAY)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in str(caught.value))


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b'{"form": "approval_route", "form": "split_check"}',
        b'{"form": NaN}',
        b"\xff\xfe{}",
        b"[" * 1000,
        b'{"form": "' + b"a" * MAX_LINE_BYTES + b'"}',
    ],
    ids=["text", "array", "doubled key", "not a number", "encoding", "depth", "length"],
)
def test_a_bad_line_is_a_numbered_problem_and_the_others_are_answered(line: bytes) -> None:
    good = json.dumps(
        {"form": "approval_route", "submission": route(total_investment_yuan="800000")}
    ).encode()
    first, problem, last = answers(good, b"  \n", line, good)
    assert first == last and first["decision"] == "route"
    assert problem["line"] == 3
    assert problem["error"]["code"] and problem["error"]["detail"]


def test_problems_can_be_told_from_verdicts_without_parsing() -> None:
    good = json.dumps(
        {"form": "approval_route", "submission": route(total_investment_yuan="800000")}
    ).encode()
    classified = json.dumps({"form": "approval_route", "submission": {"classified": True}}).encode()
    found = list(assess_lines([good, b"nonsense", classified], BOOK, TODAY))
    assert [is_error(each) for each in found] == [False, True, False]
    assert all("\n" not in each for each in found)


# --- any number of lines -----------------------------------------------------------------------------------------


def lines(count: int) -> Iterator[bytes]:
    """A mixture, made one by one: papers and reviews, an unusable line, a classified one."""
    for number in range(count):
        amount = f"{number + 1}.00"
        if number % 100 == 0:
            yield b"nonsense"
        elif number % 100 == 1:
            yield b'{"form": "approval_route", "submission": {"classified": true}}'
        else:
            asked = {"form": "approval_route", "submission": route(total_investment_yuan=amount)}
            yield json.dumps(asked).encode()


@pytest.mark.parametrize("length", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_however_many_lines_leave_nothing_behind_on_the_way(length: int) -> None:
    """Counted in blocks of memory: keeping one object a line, in or out, would add as many as there are lines."""
    list(assess_lines(lines(200), BOOK, TODAY))  # what is built once is built
    before, most, errors, count = sys.getallocatedblocks(), 0, 0, 0
    for answer in assess_lines(lines(length), BOOK, TODAY):
        errors, count = errors + is_error(answer), count + 1
        if count % 1_000 == 0:
            most = max(most, sys.getallocatedblocks() - before)
    assert (count, errors) == (length, length // 100)
    assert most < length // 3


def test_the_most_memory_ever_in_use_is_that_of_a_few_lines() -> None:
    list(assess_lines(lines(200), BOOK, TODAY))
    written = 0
    tracemalloc.start()
    try:
        for answer in assess_lines(lines(2_000), BOOK, TODAY):
            written += len(answer)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < PEAK_BYTES < written
