"""A worked example → one request to `assess` and the law it is asked under.

Names are mapped and what a case leaves out is filled in compliantly; no amount and no day is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from forms import values
from forms.definition import load_forms
from forms.fields import Field, FormDefinition
from plugin.gate import may_leave
from plugin.regulation.facts import to_json
from plugin.regulation.law import LawBook, Policy
from plugin.regulation.project import FACTS
from plugin.regulation.readings import Readings
from tests.regulation import base
from tests.regulation.examples_facts import AGREED, facts_of
from tests.regulation.examples_outcome import outcome_of
from tests.regulation.examples_words import (
    ACT_DAYS,
    CATALOGUE_ROW,
    EVENTS,
    FACT_DAYS,
    FEES,
    FILE,
    LIMIT_NAMES,
    NOT_YET_BUILT,
    TODAY,
)  # fmt: skip

__all__ = ["book_of", "outcome_of", "request_of", "synced"]
FORMS = load_forms()
FIRST_DAY = "2023-12-01"
POLICY = {each.name for each in fields(Policy)}
READINGS = {each.name for each in fields(Readings)}


def book_of(case: Mapping[str, Any]) -> LawBook:
    """The law with the parameters that the case puts in force."""
    given = case["given"]
    config = given.get("config", {"decentralised_procurement_limit": "500000.00"})
    limits = {ours: config[name] for ours, name in LIMIT_NAMES.items() if name in config}
    limits.setdefault("decentralised_procurement_yuan", None)
    limits |= {name: config[name] for name in base.NUMBERS if name in config}
    policy = {name: value for name, value in {**config, **given}.items() if name in POLICY}
    readings = {name: value for name, value in config.items() if name in READINGS}
    made = base.book(readings, policy, **{name: _number(value) for name, value in limits.items()})
    first = date.fromisoformat(config.get("effective_from", FIRST_DAY))
    return replace(made, pack=replace(made.pack, effective_from=first))


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) and "-" not in value else value


def request_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """One request to `assess`."""
    given = case["given"]
    name = EVENTS[given["event"]]
    facts, on = dict(facts_of(given)), _day(given)
    stored = {**base.COMMON, **base.STAGES.get(name, {})} | _earlier(given)
    stored = {fact: to_json(value) for fact, value in stored.items() if fact in FACTS}
    if name not in FORMS:
        return {"form": name, "submission": {**stored, **facts}, "on": on}
    _complete(name, given, stored, facts)
    submission, project = _parted(FORMS[name], stored, facts, on)
    return {"form": name, "submission": submission, "project": project, "on": on}


def _complete(name: str, given: Mapping[str, Any], stored: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """What must be there for a compliant case and depends on what the case says."""
    total = facts.get("total_investment_yuan") or stored.get("total_investment_yuan")
    facts.setdefault("cost_items", _cost_items(total, facts) if total else None)
    facts.setdefault("crypto_plan", FILE)
    facts.setdefault("dossier", "feasibility_study")
    facts.setdefault("video_opinions", [{"step": name, **AGREED}])
    if given["event"] == "approval.decide":
        facts.setdefault("city_review", "passed")
        facts.setdefault("province_review", "passed")
    if given["event"] == "preliminary_acceptance.submit":
        facts.setdefault("preliminary_acceptance_opinion", FILE)
    if given["event"] == "split.decide":
        facts.setdefault("declared_by", "own_unit")


def _cost_items(total: str, facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """One line for the whole, and a line for each test that the case asks for."""
    fees = [fee for need, fee in FEES.items() if facts.get(need)]
    rest = values.money(total) - len(fees)
    return [
        {"item": "other", "amount_yuan": str(rest)},
        *({"item": fee, "amount_yuan": "1.00"} for fee in fees),
    ]


def _parted(
    form: FormDefinition, stored: Mapping[str, Any], facts: Mapping[str, Any], on: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form states goes into the submission, the rest is known of the project."""
    answers = {field.name: _default(field, stored, on) for field in form.fields}
    submission = {name: value for name, value in answers.items() if value is not None}
    project = {name: value for name, value in stored.items() if _asked(form, name) is None}
    for name, value in facts.items():
        place = _asked(form, name)
        if place:
            submission[place] = value
        else:
            project[name] = _known(name, value)
    submission = {name: value for name, value in submission.items() if value is not None}
    for field in form.fields:
        if field.name not in submission and any(when.holds(submission) for when in field.required_when):
            submission[field.name] = _answer(field, on)
    return submission, {name: value for name, value in project.items() if name in FACTS and value is not None}


def _asked(form: FormDefinition, name: str) -> str | None:
    """The field of the form that states this fact; what the system computes is not asked."""
    for field in form.fields:
        if name == field.fact or (name == field.name and name not in FACTS):
            return None if field.by == "computed" else field.name
    return None


def _known(name: str, value: Any) -> Any:
    """A stored amount has been read already."""
    return to_json(values.money(value)) if name.endswith("_yuan") and value is not None else value


def _default(field: Field, stored: Mapping[str, Any], on: str) -> Any:
    """A compliant answer to a question that the case does not mention."""
    if field.by == "computed":
        return None
    if field.fact == "data_catalogue":
        return [CATALOGUE_ROW]
    if field.fact in stored:
        return stored[field.fact]
    if not (field.required or field.rule) or field.by != "filler":
        return None
    return _answer(field, on)


def _answer(field: Field, on: str) -> Any:
    """Something that this kind of question takes."""
    plain = {
        "text": "某", "longtext": "某", "ref": "某", "money": "1.00", "date": on, "int": 2025, "decimal": "1", "bool": False,
        "file": FILE,
    }  # fmt: skip
    if field.pattern:
        return "11340000000000000A" if "18" in field.pattern else "0559-0000000"
    if field.type == "table":
        return [{column.name: _default(column, {}, on) for column in field.columns if column.required}]
    if field.options:
        return next(iter(field.options)) if field.type == "enum" else list(field.options)
    return plain.get(field.type, ["某"])


def _earlier(given: Mapping[str, Any]) -> dict[str, Any]:
    """Days of completion and acceptance are the case's own."""
    return dict.fromkeys(base.ACCEPTED) if given["event"] in NOT_YET_BUILT else {}


def _day(given: Mapping[str, Any]) -> str:
    """The day of the act; where the case names none, 2025-03-10 or the latest day that it mentions."""
    if "today" in given:
        return str(given["today"])
    acts = [given[name] for name in ACT_DAYS if name in given]
    if acts:
        return str(acts[0])
    named = [given[name] for name in FACT_DAYS if given.get(name)]
    named += [given[part][day] for part, day in PARTS if given.get(part, {}).get(day)]
    return max([TODAY, *named])


PARTS = (("contract", "signed_on"), ("adjustment", "effective_on"))


def synced(case: Mapping[str, Any]) -> dict[str, Any]:
    """job.sync_filings: which of the pending items the gate lets out."""
    leaves = {each["project_id"]: may_leave("filing", {"values": each}) for each in case["given"]["pending"]}
    return {
        "decision": "allow",
        "synced_ids": [name for name, out in leaves.items() if out],
        "refused_ids": [name for name, out in leaves.items() if not out],
    }
