"""What a worked example states, in our names: `given` → facts. A key that is present decides, also when it is null."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plugin.regulation.project import FACTS
from tests.regulation import base
from tests.regulation.examples_words import (
    CATALOGUE_ROW,
    EVENTS,
    FILE,
    FUNDS,
    MANDATES,
    NEUTRAL_BODIES,
    REASONS,
    REVIEWS,
)  # fmt: skip

Facts = Iterable[tuple[str, Any]]
SUPPLEMENT_DEFAULTS = {
    "mandate_level": "county_government", "special_reason": None, "urgent": True, "necessary": True,
    "consultation": "passed", "expert_review": "passed",
}  # fmt: skip


def facts_of(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every fact that the case states."""
    given = nothing_for_missing(given)
    for key, value in given.items():
        if key in GIVEN:
            yield from GIVEN[key](value, given)


def nothing_for_missing(value: Any) -> Any:
    """The word `missing` says the same as null."""
    if isinstance(value, dict):
        return {key: nothing_for_missing(each) for key, each in value.items()}
    if isinstance(value, list):
        return [nothing_for_missing(each) for each in value]
    return None if value == "missing" else value


def is_(fact: str, words: Mapping[Any, Any] | None = None) -> Callable[[Any, Any], Facts]:
    return lambda value, _given: ((fact, words.get(value, value) if words else value),)


def file(*facts: str) -> Callable[[Any, Any], Facts]:
    return lambda value, _given: tuple((fact, FILE if value else None) for fact in facts)


def said(*facts: str, text: str = "某") -> Callable[[Any, Any], Facts]:
    return lambda value, _given: tuple((fact, text if value else None) for fact in facts)


def yes(fact: str) -> Callable[[Any, Any], Facts]:
    """A clause that is there or not: null is a refusal, not an unanswered question."""
    return lambda value, _given: ((fact, bool(value)),)


def ours(names: Mapping[str, str]) -> Callable[[Any, Any], Facts]:
    """A group of facts under other names; what has none is told by KeyError."""
    return lambda value, _given: tuple((names[key], each) for key, each in (value or {}).items())


# --- the project -------------------------------------------------------------------------------------------------


def project(value: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, each in value.items():
        if key in PROJECT:
            yield from PROJECT[key](each, value)
        elif key in FACTS:
            yield key, each
    if given["event"] == "demand.submit" and "total_investment" in value:
        yield "estimated_investment_yuan", amount(value["total_investment"], value)


def amount(value: str | None, of: Mapping[str, Any]) -> str | None:
    """As a person writes it: the forms' own reader takes the unit."""
    return value if value is None or of.get("amount_unit") != "wan_yuan" else f"{value}万元"


def money(fact: str) -> Callable[[Any, Any], Facts]:
    return lambda value, of: ((fact, amount(value, of)),)


def rows(fact: str, name: str, words: Mapping[str, str]) -> Callable[[Any, Any], Facts]:
    return lambda value, of: (
        (
            fact,
            [
                {name: words.get(each[name], each[name]), "amount_yuan": amount(each["amount"], of)}
                for each in value or []
            ]
            or None,
        ),
    )


def platform_exception(value: Any, _of: Any) -> Facts:
    granted = bool(value and value.get("approved_by") and value.get("professional_review", True))
    return ("platform_exception", "例外-1" if value else None), (
        "platform_exception_granted",
        granted or None,
    )


def joint(value: Any, of: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Several units: what the case does not mention of the joint scheme is there."""
    yield "participating_units", value or None
    if len(value or ()) > 1:
        yield from () if "lead_unit" in of else [("lead_unit", value[0])]
        yield from () if "joint_scheme" in of else [("joint_scheme", list(JOINT_ITEMS))]


JOINT_ITEMS = (
    "participants", "objectives", "main_content", "business_flow", "data_flow", "interfaces", "initial_catalogue",
)  # fmt: skip
PROJECT: Mapping[str, Callable[[Any, Any], Facts]] = {
    "total_investment": money("total_investment_yuan"),
    "approved_estimate": money("approved_estimate_yuan"),
    "county_portion": money("county_portion_yuan"),
    "cost_items": rows("cost_items", "item", {}),
    "funding": rows("funding", "source", FUNDS),
    "in_annual_plan": lambda v, _: (("in_annual_plan", v), ("plan_item_id", "12" if v else None)),
    "owner_type": is_("construction_unit_type"),
    "has_parent_unit": said("parent_unit", text="主管单位"),
    "parent_endorsed": file("parent_endorsement"),
    "declared_by": lambda v, _: (("declared_by", "parent_unit" if v == "parent" else "own_unit"),),
    "platform_exception": platform_exception,
    "participating_units": joint,
    "joint_scheme": lambda v, _: (("joint_scheme", [name for name, there in (v or {}).items() if there] or None),),
    "data_catalogue_attached": lambda v, _: (("data_catalogue", [CATALOGUE_ROW] if v else None),),
    "sharing_chapter": file("data_sharing_chapter", "sharing_note"),
    "secure_products_statement": file("secure_products_statement"),
    "expert_review": is_("expert_review", REVIEWS),
    "third_party_review": is_("third_party_review", REVIEWS),
    "county_government_approved": is_("no_sharing_approved"),
    "needs_mlps": lambda v, _: (("needs_mlps", v), ("mlps_level", "level_3" if v else "none")),
    "social_capital": lambda v, of: (
        ("funding", [{"source": "social_capital", "amount_yuan": amount(of["total_investment"], of)}] if v else None),
    ),
    "approval_granted": is_("approved"),
    "preparation_depth_ok": is_("depth_confirmed_by_bureau"),
    "construction_start": lambda v, _: (("construction_starts_on", v), ("construction_started_on", v)),
    "construction_end": is_("construction_ends_on"),
    "unit_restricted": lambda v, of: (
        ("unit_restrictions", [RESTRICTIONS[of.get("restriction", "44(1)")]] if v else None),
    ),
    "supervision_firm": lambda v, _: (("supervision_firm", v), ("no_supervision_reason", None)),
}  # fmt: skip
RESTRICTIONS = {"44(1)": "sharing", "44(2)": "security"}


# --- what is stated beside it ------------------------------------------------------------------------------------


def catalogue(value: Any, _given: Any) -> Facts:
    made = [
        {
            **CATALOGUE_ROW,
            "resource_name": row["name"],
            "must_share_universally": row.get("must_share_universally", False),
            "share_scope": row.get("share_with") or [],
            "open_to": row.get("open_to") or [],
        }
        for row in value
    ]
    return (("data_catalogue", made),)


def materials(value: Any, _given: Any) -> Facts:
    names = (
        {"complete": base.MATERIALS, "om_partial": base.MATERIALS[:1]}[value]
        if isinstance(value, str)
        else value
    )
    return (("acceptance_materials", [{"material": name, "file": FILE} for name in names or ()] or None),)


def adjustment(value: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = {
        "amount": "adjustment_amount_yuan", "prior_self_adjusted": "prior_self_adjusted_yuan", "new_total": "new_total_yuan",
        "exceeds_estimate": "exceeds_estimate", "objectives_changed": "objectives_changed",
        "circumstance": "adjustment_circumstance", "effective_on": "adjustment_effective_on",
    }  # fmt: skip
    sides = {"increases": "", "decreases": "-"}
    yield from ours(names)({key: each for key, each in value.items() if key not in sides}, given)
    deltas = [f"{sign}{each}" for side, sign in sides.items() for each in value.get(side) or ()]
    if deltas:
        yield "adjustment_items", [{"content": "某", "delta_yuan": each} for each in deltas]
    if "new_total" not in value:
        of = given.get("project", {})
        yield "new_total_yuan", amount(of.get("approved_estimate") or of.get("total_investment"), of)


def supplement(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    stated = {**SUPPLEMENT_DEFAULTS, **value}
    level = MANDATES[stated["mandate_level"]]
    yield "mandate_level", level
    yield "special_reason", REASONS[stated["special_reason"]]
    yield "mandate_document", FILE if stated.get("mandate_document", level != "none") else None
    yield "urgency", "某" if stated["urgent"] else None
    yield "necessity", "某" if stated["necessary"] else None
    yield (
        "consultation",
        REVIEWS[stated["consultation"]] or "failed",
    )  # a key that is there and empty: refused
    yield "expert_review", REVIEWS[stated["expert_review"]] or "failed"


def plan(value: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "plan_type", "annual_plan" if "plan" in given else "development_plan"
    yield "plan_step", "city_review" if given["event"] == "plan.submit_to_city" else "government_approval"
    yield "year", value.get("year")
    for part in ("expert_review", "city_review", "province_review"):
        yield f"plan_{part}", REVIEWS[value.get(part, "passed")]


def opinions(value: Any, given: Mapping[str, Any]) -> Facts:
    if isinstance(value, list):
        return (
            ("user_opinion", FILE if "user_unit" in value else None),
            ("supervisor_opinion", FILE if "supervisor" in value else None),
        )
    return (("video_opinions", [{"step": EVENTS[given["event"]], **AGREED, **value}]),)


AGREED = {"data_bureau": "agree", "public_security": "agree"}


def exception(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    yield "platform_special_reason", value.get("special_reason", "某")
    yield (
        "professional_review",
        FILE if REVIEWS[value.get("professional_review", "passed")] == "passed" else None,
    )
    yield "platform_exception_granted", True


def order(value: Mapping[str, Any], _given: Any) -> Iterator[tuple[str, Any]]:
    yield "rectification_issued_on", value["issued_on"]
    yield "rectification_deadline_on", value["deadline"]
    yield "rectification_submitted_on", value.get("feedback")


def recipients(value: list[str], _given: Any) -> Facts:
    bodies = [NEUTRAL_BODIES.get(body, body) for body in value or ()]
    return ("report_recipients", bodies or None), ("evaluation_recipients", bodies or None)


def declarations(value: Any, _given: Any) -> Facts:
    made = [{"amount_yuan" if key == "amount" else key: each for key, each in row.items()} for row in value]
    return (("declarations", made),)


GIVEN: Mapping[str, Callable[[Any, Any], Facts]] = {
    "project": project, "items": catalogue, "materials": materials, "adjustment": adjustment,
    "contract": lambda v, _: (
        *ours({"signed_on": "contract_signed_on", "bundles": "contract_bundles", "supplier": "contractor"})(
            {key: each for key, each in v.items() if key != "ip_clause"}, None),
        *(yes("contract_ip_clause")(v["ip_clause"], None) if "ip_clause" in v else ()),
    ),
    "supplement": supplement, "plan": plan, "development_plan": plan, "opinions": opinions, "exception": exception,
    "system": lambda v, _: ours({
        "shares_data": "sharing_ok", "crypto_ok": "crypto_ok", "security_ok": "security_ok", "accepted": "accepted",
        "in_lifecycle_system": "in_lifecycle_system", "classified": "classified",
        "sharing_confirmed": "data_sharing_confirmed", "duplicates_collection": "duplicates_collection",
    })({key: each for key, each in v.items() if key != "accepted"}, None),
    "order": order, "to": recipients, "declarations": declarations,
    "extension": ours({
        "submitted_on": "extension_requested_on", "decision": "extension_decision",
        "granted_until_on": "extension_granted_until_on",
    }),
    "target_plan_year": is_("target_plan_year"),
    "declarations_confirmed_split": is_("split_found"),
    "projects": is_("candidates"),
    "reviews": lambda v, _: tuple((f"{level}_review", REVIEWS[v.get(level, "passed")]) for level in ("city", "province")),
    "county_bureau_review": is_("bureau_preview", {"passed": "agree", "pending": None}),
    "evaluation_report": lambda v, _: said("evaluation_sharing_opinion")(v.get("sharing_opinion", True), None),
    "reply": lambda v, _: said("reply_sharing_opinion")(v.get("sharing_opinion", True), None),
    "procurement_review": is_("procurement_review_result"),
    "ip_clause": yes("procurement_ip_clause"),
    "report_year": is_("report_year"),
    "trial_operation_section": said("trial_effect", "trial_problems"),
    "completed_on": is_("completed_on"),
    "held_on": lambda v, _: (
        ("preliminary_acceptance_held_on", v), ("preliminary_acceptance_conclusion", "passed" if v else None),
    ),
    "preliminary_accepted_on": lambda v, _: (
        ("preliminary_acceptance_held_on", v), ("preliminary_acceptance_conclusion", "passed" if v else None),
    ),
    "opinion_attached": file("preliminary_acceptance_opinion"),
    "started_on": is_("trial_started_on"), "ended_on": is_("trial_ended_on"),
    "trial_started_on": is_("trial_started_on"), "trial_ended_on": is_("trial_ended_on"),
    "applied_on": is_("acceptance_applied_on"),
    "sharing_confirmed": is_("data_sharing_confirmed"),
    "archive_acceptance": is_("archive_acceptance", {None: "none"}),
    "accepted_on": lambda v, _: (("accepted_on", v), ("acceptance_conclusion", "passed")),
    "in_operation_on": is_("in_operation_on"),
    "acceptance_application_due": is_("original_due_on"),
    "reason": is_("extension_reason"),
    "result": is_("rectification_verification"),
    "other_permits": file("other_permits"),
}  # fmt: skip
