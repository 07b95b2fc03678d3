"""The worked examples' neutral words ↔ the product's: `given` becomes one request to `assess`, the answer becomes `expect`.

Names are mapped here and what a case leaves out is filled in compliantly; no amount and no day is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from forms.definition import load_forms
from forms.fields import Field, FormDefinition
from plugin.gate import may_leave
from plugin.regulation.facts import to_json
from plugin.regulation.law import LawBook
from plugin.regulation.project import FACTS
from tests.regulation import base

TODAY = "2025-03-10"
FORMS = load_forms()
EVENTS = {
    "demand.submit": "demand_collection", "plan.check_split": "split_check", "split.decide": "demand_collection",
    "plan.rank": "plan_ranking", "plan.submit_to_city": "plan_record", "plan.county_government_approve": "plan_record",
    "it_development_plan.submit_to_county_government": "plan_record", "supplement.submit": "plan_supplement",
    "project_proposal.submit": "project_proposal", "approval.route": "approval_route",
    "feasibility_study.submit": "feasibility_study", "preliminary_design.submit": "preliminary_design",
    "construction_scheme.submit": "construction_scheme", "scheme_review.submit": "construction_scheme",
    "merged_dossier.submit": "merged_dossier", "approval.decide": "approval_reply",
    "platform_exception.decide": "platform_exception", "superior_approval.submit": "superior_project_review",
    "catalogue.submit": "data_catalogue", "procurement_review.review": "procurement_review",
    "tender.start": "tender_start", "contract.signed": "contract_filing", "contract.file": "contract_filing",
    "implementation.start": "implementation_start", "om.start": "om_start", "om_plan.submit": "om_plan_fund",
    "om_fund.request": "om_plan_fund", "adjustment.submit": "adjustment", "performance_report.submit": "performance_report",
    "completion.record": "preliminary_acceptance", "preliminary_acceptance.submit": "preliminary_acceptance",
    "trial_operation.finish": "trial_operation", "final_acceptance.apply": "acceptance_application",
    "final_acceptance.organise": "acceptance_organisation", "final_acceptance.decide": "acceptance_conclusion",
    "final_acceptance.passed": "acceptance_conclusion", "extension.submit": "acceptance_extension",
    "operation.start": "operation_start", "self_evaluation.submit": "self_evaluation",
    "rectification.feedback": "rectification_feedback", "job.obligations": "implementation_start",
    "job.feasibility_check": "feasibility_check", "job.rectification_tick": "rectification_tick",
}  # fmt: skip
BODIES = {
    "data_bureau": "county_data_bureau", "municipal_data_bureau": "city_data_bureau",
    "provincial_data_bureau": "provincial_data_bureau", "approval_authority": "approval_department",
    "finance_bureau": "finance_department",
}  # fmt: skip
NEUTRAL_BODIES = {neutral: ours for ours, neutral in BODIES.items()}
FLAGS = {
    "PLAN-YEAR": "plan_year_mismatch", "PROPOSAL-NOT-REQUIRED": "proposal_not_required", "SPLIT-POSSIBLE": "possible_split",
    "TESTS-BUNDLED": "noncompliant:30", "CONTRACT-IP": "noncompliant:40", "CONTRACT-NO-APPROVAL": "noncompliant:15",
    "CONTRACT-NO-REVIEW": "noncompliant:29", "CANNOT-APPLY-IN-TIME": "cannot_meet_acceptance_application_due",
    "FEASIBILITY-NOT-REQUIRED": "feasibility_not_required",
}  # fmt: skip
MISSING = {
    "mlps_assessment": "mlps_assessment_fee", "crypto_assessment": "crypto_assessment_fee",
    "software_test": "software_test_fee", "trial_effect": "trial_operation_section", "trial_problems": "trial_operation_section", "user_opinion": "user_unit", "supervisor_opinion": "supervisor",
    **BODIES,
}  # fmt: skip
MANDATES = {"county_government": "county", "department_internal": "none", None: "none"}
REASONS = {
    "national_security": "national_security",
    "national_strategy": "national_strategy",
    "other": "other",
    None: "none",
}
CIRCUMSTANCES = {"superior_requirement", "tech_optimisation", "business_development_within_plan", "other"}
REVIEWS = {
    "passed": "passed",
    "done": "passed",
    "missing": None,
    "pending": "pending",
    "submitted": "submitted",
    None: None,
}
FUNDS = {"provincial_transfer": "superior_transfer", "county_budget": "county_budget"}
ACT_DAYS = ("submitted_on", "applied_on")
FACT_DAYS = (
    "completed_on", "held_on", "ended_on", "accepted_on", "in_operation_on", "started_on", "preliminary_accepted_on",
)  # fmt: skip
FILE = "材料.pdf"


def book_of(case: Mapping[str, Any]) -> LawBook:
    """The law with the parameters that the case puts in force."""
    config = case["given"].get("config", {"decentralised_procurement_limit": "500000.00"})
    money = {
        "high_value_yuan": config.get("high_value_threshold", "5000000.00"),
        "decentralised_procurement_yuan": config.get("decentralised_procurement_limit"),
    }
    policy = {
        name: config[name] for name in ("contract_filing_days", "contract_filing_unit") if name in config
    }
    if "collection_year" in case["given"]:
        policy["collection_year"] = case["given"]["collection_year"]
    made = base.book(policy=policy, **{name: None if v is None else Decimal(v) for name, v in money.items()})
    first = date.fromisoformat(config.get("effective_from", "2023-12-01"))
    return replace(made, pack=replace(made.pack, effective_from=first))


def request_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """One request to `assess`."""
    given = case["given"]
    name = EVENTS[given["event"]]
    facts = dict(_facts(given))
    on = _day(given)
    stored = {**base.COMMON, **base.STAGES.get(name, {})} | _stored(given)
    stored = {fact: to_json(value) for fact, value in stored.items() if fact in FACTS}
    if name not in FORMS:
        return {"form": name, "submission": {**stored, **facts}, "on": on}
    total = facts.get("total_investment_yuan") or stored.get("total_investment_yuan")
    facts.setdefault("cost_items", [{"item": "other", "amount_yuan": total}] if total else None)
    facts.setdefault("crypto_plan", FILE)
    facts.setdefault("dossier", "feasibility_study")
    submission, project = _parted(FORMS[name], stored, facts, on)
    return {"form": name, "submission": submission, "project": project, "on": on}


def _parted(
    form: FormDefinition, stored: Mapping[str, Any], facts: Mapping[str, Any], on: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form states goes into the submission, the rest is known of the project."""
    submission = {
        field.name: value for field in form.fields if (value := _default(field, stored, on)) is not None
    }
    project = {
        name: value for name, value in stored.items() if form.place_of(name) is None and value is not None
    }
    for name, value in facts.items():
        place = form.place_of(name)
        target, key = (submission, place) if place else (project, name)
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
    for field in form.fields:
        if field.name not in submission and any(when.holds(submission) for when in field.required_when):
            submission[field.name] = _answer(field, on)
    return submission, {name: value for name, value in project.items() if name in FACTS}


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


def _stored(given: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of earlier stages that an event takes for granted."""
    event = given["event"]
    if event in ("job.feasibility_check", "extension.submit", "final_acceptance.apply", "completion.record"):
        return dict.fromkeys(base.ACCEPTED)
    if event in (
        "preliminary_acceptance.submit",
        "operation.start",
        "final_acceptance.passed",
        "job.obligations",
    ):
        return dict.fromkeys(base.ACCEPTED)
    return {}


def _day(given: Mapping[str, Any]) -> str:
    """The day of the act; where the case names none, 2025-03-10 or the latest day that it mentions."""
    if "today" in given:
        return str(given["today"])
    acts = [given[name] for name in ACT_DAYS if name in given]
    if acts:
        return str(acts[0])
    named = [given[name] for name in FACT_DAYS if given.get(name)]
    named += [given[part]["signed_on"] for part in ("contract",) if "signed_on" in given.get(part, {})]
    named += [given["adjustment"]["effective_on"]] if "effective_on" in given.get("adjustment", {}) else []
    return max([TODAY, *named])


def _facts(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every fact that the case states, in our names."""
    for key, value in given.items():
        if key in GIVEN:
            yield from GIVEN[key](value, given)
    if given["event"] in ("split.decide",):
        yield "declared_by", "own_unit"


def _project(project: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    unit = "万元" if project.get("amount_unit") == "wan_yuan" else ""
    for key, value in project.items():
        if key in ("total_investment", "approved_estimate", "county_portion"):
            yield f"{key}_yuan", None if value is None else f"{value}{unit}"
        elif key in PROJECT:
            yield from PROJECT[key](value)
        elif key in FACTS:
            yield key, list(value) if isinstance(value, (list, tuple)) else value
    if project.get("total_investment") and given["event"] == "demand.submit":
        yield "estimated_investment_yuan", f"{project['total_investment']}{unit}"
    if project.get("unit_restricted"):
        ground = "security" if project.get("restriction") == "44(2)" else "sharing"
        yield "unit_restrictions", [ground]


def _as(fact: str, words: Mapping[Any, Any] | None = None) -> Any:
    return lambda value: ((fact, words[value] if words else value),)


def _file(*facts: str) -> Any:
    return lambda value: tuple((fact, FILE if value else None) for fact in facts)


def _exception(value: Any) -> Any:
    granted = bool(value and value.get("approved_by"))
    return (
        ("platform_exception", "例外-1" if value else None),
        ("platform_exception_granted", granted or None),
    )


PROJECT: Mapping[str, Any] = {
    "in_annual_plan": lambda v: (("in_annual_plan", v), ("plan_item_id", "12" if v else None)),
    "owner_type": _as("construction_unit_type"),
    "has_parent_unit": lambda v: (("parent_unit", "主管单位" if v else None),),
    "parent_endorsed": _file("parent_endorsement"),
    "declared_by": lambda v: (("declared_by", "parent_unit" if v == "parent" else "own_unit"),),
    "platform_exception": _exception,
    "joint_scheme": lambda v: (
        ("joint_scheme", [name for name, there in (v or {}).items() if there] or None),
    ),
    "data_catalogue_attached": lambda v: (("data_catalogue", [CATALOGUE_ROW] if v else None),),
    "sharing_chapter": _file("data_sharing_chapter", "sharing_note"),
    "secure_products_statement": _file("secure_products_statement"),
    "expert_review": _as("expert_review", REVIEWS),
    "third_party_review": _as("third_party_review", REVIEWS),
    "county_government_approved": _as("no_sharing_approved"),
    "needs_mlps": lambda v: (("needs_mlps", v), ("mlps_level", "level_3" if v else "none")),
    "cost_items": lambda v: (
        ("cost_items", [{"item": each["item"], "amount_yuan": each["amount"]} for each in v]),
    ),
    "funding": lambda v: (
        ("funding", [{"source": FUNDS[each["source"]], "amount_yuan": each["amount"]} for each in v]),
    ),
    "social_capital": lambda v: (
        ("funding", [{"source": "social_capital", "amount_yuan": "1.00"}] if v else None),
    ),
    "approval_granted": _as("approved"),
    "preparation_depth_ok": _as("depth_confirmed_by_bureau"),
    "construction_start": lambda v: (("construction_starts_on", v), ("construction_started_on", v)),
    "construction_end": _as("construction_ends_on"),
    "unit_restricted": lambda _v: (),
    "supervision_firm": lambda v: (("supervision_firm", v), ("no_supervision_reason", None)),
}
CATALOGUE_ROW = {
    "class_lei": "departmental", "class_xiang": "农业", "class_mu": "农情", "class_ximu": "墒情", "resource_name": "墒情数据",
    "provider": "某局", "provider_code": "X", "summary": "某", "format": ["database"], "items": [{"name": "a", "type": "C"}],
    "share_type": "unconditional", "share_method": "platform", "is_open": False, "update_cycle": "daily",
    "must_share_universally": True,
}  # fmt: skip


def _catalogue(rows: Any, _given: Any) -> Any:
    made = [
        {
            **CATALOGUE_ROW,
            "resource_name": row["name"],
            "must_share_universally": row["must_share_universally"],
            "share_scope": row.get("share_with", []),
            "open_to": row.get("open_to", []),
        }
        for row in rows
    ]
    return (("data_catalogue", made),)


def _materials(value: Any, _given: Any) -> Any:
    names = (
        {"complete": base.MATERIALS, "om_partial": base.MATERIALS[:1]}.get(value, value)
        if isinstance(value, str)
        else value
    )
    return (("acceptance_materials", [{"material": name, "file": FILE} for name in names] or None),)


def _adjustment(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    names = {
        "amount": "adjustment_amount_yuan", "prior_self_adjusted": "prior_self_adjusted_yuan", "new_total": "new_total_yuan",
        "exceeds_estimate": "exceeds_estimate", "objectives_changed": "objectives_changed", "circumstance": "adjustment_circumstance",
        "effective_on": "adjustment_effective_on",
    }  # fmt: skip
    yield from ((names[key], each) for key, each in value.items())
    if "new_total" not in value:
        project = _given.get("project", {})
        yield "new_total_yuan", project.get("approved_estimate") or project.get("total_investment")


def _contract(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    names = {
        "signed_on": "contract_signed_on", "ip_clause": "contract_ip_clause", "bundles": "contract_bundles", "supplier": "contractor",
    }  # fmt: skip
    yield from ((names[key], each) for key, each in value.items())


def _supplement(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    yield "mandate_level", MANDATES.get(value.get("mandate_level"), value.get("mandate_level"))
    yield "special_reason", REASONS.get(value.get("special_reason"), "other")
    if "mandate_document" in value or MANDATES.get(value.get("mandate_level")) == "none":
        yield "mandate_document", FILE if value.get("mandate_document") else None
    for key, fact in (("urgent", "urgency"), ("necessary", "necessity")):
        if key in value:
            yield fact, "某" if value[key] else None
    yield "consultation", REVIEWS.get(value.get("consultation", "passed"))
    yield "expert_review", REVIEWS.get(value.get("expert_review", "passed"))


def _plan(value: Mapping[str, Any], given: Any) -> Iterator[tuple[str, Any]]:
    yield "plan_type", "annual_plan"
    yield "plan_step", "city_review" if given["event"] == "plan.submit_to_city" else "government_approval"
    yield "year", value.get("year")
    for key, fact in (
        ("expert_review", "plan_expert_review"),
        ("city_review", "plan_city_review"),
        ("province_review", "plan_province_review"),
    ):
        yield fact, REVIEWS.get(value.get(key))


def _development_plan(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    yield "plan_type", "development_plan"
    yield "plan_step", "government_approval"
    yield "plan_city_review", REVIEWS.get(value.get("city_review"))


def _opinions(value: Any, given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield "user_opinion", FILE if "user_unit" in value else None
        yield "supervisor_opinion", FILE if "supervisor" in value else None
        return
    yield "video_opinions", [{"step": EVENTS[given["event"]], **value}]


def _system(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    names = {
        "shares_data": "sharing_ok", "crypto_ok": "crypto_ok", "security_ok": "security_ok",
        "in_lifecycle_system": "in_lifecycle_system", "classified": "classified", "sharing_confirmed": "data_sharing_confirmed",
    }  # fmt: skip
    yield from ((names[key], each) for key, each in value.items() if key in names)


def _extension(value: Mapping[str, Any] | None, _given: Any) -> Iterator[tuple[str, Any]]:
    names = {
        "submitted_on": "extension_requested_on", "decision": "extension_decision",
        "granted_until_on": "extension_granted_until_on",
    }  # fmt: skip
    yield from ((names[key], each) for key, each in (value or {}).items() if key in names)


def _order(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    yield "rectification_issued_on", value["issued_on"]
    yield "rectification_deadline_on", value["deadline"]
    yield "rectification_submitted_on", value.get("feedback")


def _to(value: list[str], _given: Any) -> Any:
    bodies = [NEUTRAL_BODIES.get(body, body) for body in value]
    return (("report_recipients", bodies), ("evaluation_recipients", bodies))


def _one(fact: str, words: Mapping[Any, Any] | None = None) -> Any:
    return lambda value, _given: ((fact, words[value] if words and value in words else value),)


GIVEN: Mapping[str, Any] = {
    "project": _project,
    "items": _catalogue,
    "materials": _materials,
    "adjustment": _adjustment,
    "contract": _contract,
    "supplement": _supplement,
    "plan": _plan,
    "development_plan": _development_plan,
    "opinions": _opinions,
    "system": _system,
    "order": _order,
    "extension": _extension,
    "to": _to,
    "target_plan_year": _one("target_plan_year"),
    "declarations_confirmed_split": _one("split_found"),
    "declarations": lambda v, _g: (("declarations", [{**{k: x for k, x in d.items() if k != "amount"}, "amount_yuan": d["amount"]} for d in v]),),
    "projects": lambda v, _g: (("candidates", v),),
    "reviews": lambda v, _g: (("city_review", REVIEWS[v["city"]]), ("province_review", REVIEWS[v["province"]])),
    "county_bureau_review": _one("bureau_preview", {"passed": "agree", "missing": None}),
    "exception": lambda v, _g: (("platform_special_reason", v["special_reason"]), ("professional_review", FILE if REVIEWS.get(v["professional_review"]) else None), ("platform_exception_granted", True)),
    "evaluation_report": lambda v, _g: (("evaluation_sharing_opinion", "同意" if v["sharing_opinion"] else None),),
    "reply": lambda v, _g: (("reply_sharing_opinion", "同意" if v["sharing_opinion"] else None),),
    "procurement_review": _one("procurement_review_result"),
    "ip_clause": _one("procurement_ip_clause"),
    "report_year": _one("report_year"),
    "trial_operation_section": lambda v, _g: (("trial_effect", "某" if v else None), ("trial_problems", "某" if v else None)),
    "completed_on": _one("completed_on"),
    "held_on": lambda v, _g: (("preliminary_acceptance_held_on", v), ("preliminary_acceptance_conclusion", "passed")),
    "preliminary_accepted_on": lambda v, _g: (("preliminary_acceptance_held_on", v), ("preliminary_acceptance_conclusion", "passed" if v else None)),
    "opinion_attached": lambda v, _g: (("preliminary_acceptance_opinion", FILE if v else None),),
    "started_on": _one("trial_started_on"),
    "ended_on": _one("trial_ended_on"),
    "trial_started_on": _one("trial_started_on"),
    "trial_ended_on": _one("trial_ended_on"),
    "applied_on": _one("acceptance_applied_on"),
    "sharing_confirmed": _one("data_sharing_confirmed"),
    "archive_acceptance": _one("archive_acceptance", {"missing": "none"}),
    "accepted_on": lambda v, _g: (("accepted_on", v), ("acceptance_conclusion", "passed")),
    "in_operation_on": _one("in_operation_on"),
    "acceptance_application_due": _one("original_due_on"),
    "reason": _one("extension_reason"),
    "result": _one("rectification_verification", {"compliant": "compliant", "verified": "compliant"}),
    "other_permits": lambda v, _g: (("other_permits", FILE if v else None),),
}  # fmt: skip


def outcome_of(case: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer in the examples' words."""
    findings, route, computed = answer["findings"], answer.get("route") or {}, answer.get("computed") or {}
    gone = answer["guidance"] is not None and not answer["normalised"]
    years = case["given"].get("years")
    due = [each["due_on"] for each in answer["obligations"] if not years or int(each["due_on"][:4]) in years]
    return {
        "decision": answer["decision"],
        "reasons": list(_reasons(findings)),
        "missing": [MISSING.get(name, name) for each in findings for name in each["missing"]],
        "flags": list(_flags(findings, case)),
        "overridable": answer["overridable"],
        "forms_required": route.get("papers", []),
        "forms_not_required": route.get("not_required", []),
        "superior_review": [BODIES.get(each, each) for each in route.get("superior_review", [])],
        "route_to": [BODIES.get(each, each) for each in route.get("route_to", [])],
        "next_form": route.get("next_form"),
        "result_document": route.get("result_document"),
        "form": computed.get("form"),
        "review_points": computed.get("review_points"),
        "normalised_amount": computed.get("normalised_amount"),
        "combined_amount": computed.get("combined_amount"),
        "plan_year": computed.get("plan_year"),
        "earliest_end": computed.get("earliest_end"),
        "options": computed.get("options"),
        "auto_sanction": computed.get("auto_sanction"),
        "overdue": bool(answer["late"]),
        "late": bool(answer["late"]),
        "guidance": answer["guidance"],
        "persisted": not gone,
        "synced": not gone,
        "obligations": [_obligation(each) for each in answer["obligations"]],
        "due_dates": due,
        "all_reasons_reported": True,
    }


def _reasons(findings: list[Mapping[str, Any]]) -> Iterator[str]:
    for each in findings:
        if each["effect"] in ("info", "late"):
            continue
        if each["code"] == "LIMIT-MISSING":
            yield from (f"config_missing:{LIMIT_NAMES.get(name, name)}" for name in each["missing"])
        if each["article"]:
            yield each["article"]


LIMIT_NAMES = {
    "decentralised_procurement_yuan": "decentralised_procurement_limit",
    "high_value_yuan": "high_value_threshold",
}


def _flags(findings: list[Mapping[str, Any]], case: Mapping[str, Any]) -> Iterator[str]:
    for each in findings:
        if each["code"] == "EVALUATION-BASIS":
            yield f"evaluation_basis:{case['given']['projects'][each['row']]['id']}"
        elif each["code"] in FLAGS:
            yield FLAGS[each["code"]]


def _obligation(duty: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": duty["duty"],
        "due": duty["due_on"],
        "overdue_after_if_rolled": duty["overdue_after"],
        "to": [BODIES.get(each, each) for each in duty["to"]],
        "window_open": duty["window_opens_on"],
        "timing": duty["timing"],
    }


def synced(case: Mapping[str, Any]) -> dict[str, Any]:
    """job.sync_filings: which of the pending items the gate lets out."""
    leaves = {each["project_id"]: may_leave("filing", {"values": each}) for each in case["given"]["pending"]}
    return {
        "decision": "allow",
        "synced_ids": [name for name, out in leaves.items() if out],
        "refused_ids": [name for name, out in leaves.items() if not out],
    }
