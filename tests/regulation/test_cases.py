"""Every rule on both its sides: the tables under cases/, one file a chapter."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from plugin.regulation import judgement
from plugin.regulation.readings import Readings
from plugin.regulation.verdict import Verdict
from tests.regulation import base

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in YAML(typ="safe", pure=True).load(file)]
KEYS = {
    "name", "stage", "on", "given", "readings", "policy", "effects", "numbers", "finds", "decision", "missing", "overridable", "late",
}  # fmt: skip
MACHINE_WORD = re.compile(r"[a-z]+_[a-z_]+|\bNone\b|\bTrue\b|\bFalse\b")


def judged(case: dict[str, Any]) -> Verdict:
    book = base.book(case.get("readings"), case.get("policy"), case.get("effects"), **case.get("numbers", {}))
    project = base.project(case["stage"], **case.get("given", {}))
    return judgement.judge(case["stage"], project, book.on(case.get("on", base.TODAY)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_finds_exactly_this(case: dict[str, Any]) -> None:
    assert case.keys() <= KEYS
    verdict = judged(case)
    assert sorted(each.code for each in verdict.findings) == sorted(case["finds"])
    if "decision" in case:
        assert verdict.decision == case["decision"]
    if "overridable" in case:
        assert verdict.overridable is case["overridable"]
    if "late" in case:
        assert verdict.late is case["late"]
    missing = {name for each in verdict.findings for name in each.missing}
    assert set(case.get("missing", ())) <= missing


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_messages_are_sentences_without_machine_words(case: dict[str, Any]) -> None:
    for found in judged(case).findings:
        for sentence in (found.message, found.remedy):
            assert sentence.endswith("。")
            assert not MACHINE_WORD.search(sentence), sentence
        assert found.citation and found.text


def test_case_names_tell_cases_apart() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


def test_every_rule_is_broken_by_a_case_and_kept_by_another() -> None:
    broken, kept = set(), set()
    stages = {rule.code: rule.stages for rule in judgement.ALL_RULES}
    for case in CASES:
        found = {each.code for each in judged(case).findings}
        broken |= found
        kept |= {code for code, at in stages.items() if case["stage"] in at and code not in found}
    assert stages.keys() - broken == set()
    assert stages.keys() - kept == set()


def test_every_reading_is_shown_both_ways() -> None:
    """A switch that changes no case's answer would be a switch that does nothing."""
    changed = set()
    for case in CASES:
        for name in case.get("readings", {}):
            other = {**case, "readings": {k: v for k, v in case["readings"].items() if k != name}}
            if answer(case) != answer(other):
                changed.add(name)
    assert set(Readings.__dataclass_fields__) - changed == SHOWN_ELSEWHERE


SHOWN_ELSEWHERE = {
    "procurement_category",  # test_limits.py
    "performance_first_year",  # test_duties.py
    "joint_review_on_growth",  # test_routes.py
}


def answer(case: dict[str, Any]) -> Any:
    verdict = judged(case)
    return verdict.decision, tuple((each.code, each.effect) for each in verdict.findings), verdict.late


def test_policy_of_advice_refuses_nobody() -> None:
    for advise in ({"*"}, {rule.code for rule in judgement.ALL_RULES}):
        for case in CASES:
            if {"CLASSIFIED", "GOV-INTRANET", "LIMIT-MISSING"} & set(case["finds"]):
                continue
            verdict = judged({**case, "policy": {**case.get("policy", {}), "advise": frozenset(advise)}})
            assert verdict.decision != "block", case["name"]


def test_every_finding_of_a_multiple_breach_is_reported() -> None:
    given = {"data_catalogue": [], "data_sharing_chapter": None, "on_provincial_platform": False}
    verdict = judged({"stage": "feasibility_study", "given": given})
    assert {each.code for each in verdict.findings} == {"CATALOGUE", "SHARING-CHAPTER", "PLATFORM"}


def test_on_day_is_a_date() -> None:
    assert all(isinstance(case.get("on", base.TODAY), date) for case in CASES)
