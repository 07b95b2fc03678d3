"""The facts codec: exact both ways, and every mistake named with its place."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugin.regulation.facts import (
    FactsError,
    facts_from_json,
    facts_schema,
    project_from_json,
    project_of_stored,
    project_to_json,
)
from plugin.regulation.project import Project
from plugin.regulation.states import State

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "facts.schema.json"
FACTS: dict[str, Any] = {
    "state": "approved",
    "classified": False,
    "project_name": "智慧城管",
    "target_plan_year": 2025,
    "total_investment_yuan": "5000000.10",
    "completed_on": "2024-02-29",
    "participating_units": ["甲局", "乙局"],
    "cost_items": [{"item": "software", "amount_yuan": "5000000.10", "due_on": "2024-05-01"}],
    "crypto_plan": [{"name": "密码方案.pdf"}],
}


def test_facts_become_exact_values() -> None:
    project = project_from_json(FACTS)
    assert project.state is State.APPROVED
    assert project.total_investment_yuan == Decimal("5000000.10")
    assert project.completed_on == date(2024, 2, 29)
    assert project.participating_units == ("甲局", "乙局")
    assert project.cost_items[0]["amount_yuan"] == Decimal("5000000.10")
    assert project.cost_items[0]["due_on"] == date(2024, 5, 1)


def test_facts_come_back_as_they_were_and_nothing_unstated_with_them() -> None:
    assert json.loads(json.dumps(project_to_json(project_from_json(FACTS)))) == FACTS
    assert project_to_json(Project()) == {}


def test_stored_facts_are_read_as_the_checking_reader_reads_them() -> None:
    facts = {
        **FACTS,
        "standing": "rectifying",
        "adjustments": [{"effective_on": None, "amount_yuan": "1.00"}],
    }
    assert project_of_stored({**facts, "a_fact_of_an_older_version": 1}) == project_from_json(facts)
    assert project_of_stored({}) == Project()


def test_null_states_nothing() -> None:
    assert project_from_json({"total_investment_yuan": None, "participating_units": None}) == Project()


@pytest.mark.parametrize(
    ("facts", "pointer", "words"),
    [
        ([], "", "对象"),
        ({"nonsense": 1}, "/nonsense", "没有这个名称"),
        ({"classified": "否"}, "/classified", "true 或 false"),
        ({"target_plan_year": True}, "/target_plan_year", "整数"),
        ({"target_plan_year": "2025"}, "/target_plan_year", "整数"),
        ({"project_name": 5}, "/project_name", "文字"),
        ({"total_investment_yuan": "500万元"}, "/total_investment_yuan", "金额"),
        ({"total_investment_yuan": "1.005"}, "/total_investment_yuan", "两位小数"),
        ({"total_investment_yuan": 0.1}, "/total_investment_yuan", "金额"),
        ({"total_investment_yuan": "1E+9"}, "/total_investment_yuan", "金额"),
        ({"completed_on": "2025-02-29"}, "/completed_on", "不是实际存在"),
        ({"completed_on": "2025/2/1"}, "/completed_on", "日期"),
        ({"completed_on": 20250201}, "/completed_on", "日期"),
        ({"state": "finished"}, "/state", "应为下列之一"),
        ({"participating_units": "甲局"}, "/participating_units", "数组"),
        ({"participating_units": ["甲局", 2]}, "/participating_units/1", "文字"),
        ({"cost_items": ["软件"]}, "/cost_items/0", "对象"),
        ({"cost_items": [{"amount_yuan": "许多"}]}, "/cost_items/0/amount_yuan", "金额"),
    ],
)
def test_a_mistake_is_named_with_its_place(facts: Any, pointer: str, words: str) -> None:
    with pytest.raises(FactsError, match=words) as caught:
        project_from_json(facts)
    assert caught.value.pointer == pointer


def test_names_that_are_no_facts_can_be_told_apart() -> None:
    facts, unknown = facts_from_json({"classified": False, "colour": "red"})
    assert (facts, unknown) == ({"classified": False}, ("colour",))


def test_the_schema_in_the_documentation_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == facts_schema()


def test_the_schema_describes_every_fact_and_takes_what_the_codec_writes() -> None:
    schema = facts_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == {each.name for each in fields(Project)}
    validator = Draft202012Validator(schema)
    validator.validate(FACTS)
    assert not validator.is_valid({**FACTS, "colour": "red"})
    assert not validator.is_valid({**FACTS, "total_investment_yuan": "500万元"})
    assert not validator.is_valid({**FACTS, "completed_on": 20240229})
