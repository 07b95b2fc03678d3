"""An answer of `assess` in the worked examples' words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.regulation.examples_words import BODIES, FLAGS, LIMIT_NAMES, MISSING

COMPUTED = (
    "form", "review_points", "normalised_amount", "combined_amount", "plan_year", "earliest_end", "options", "auto_sanction",
)  # fmt: skip


def outcome_of(case: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    findings, route, computed = answer["findings"], answer["route"] or {}, answer["computed"]
    kept_out = answer["guidance"] is not None and "on" not in answer  # the fixed answer of the gate
    years = case["given"].get("years")
    return {
        **{name: computed.get(name) for name in COMPUTED},
        "decision": answer["decision"],
        "reasons": list(_reasons(findings)),
        "missing": [MISSING.get(name, name) for each in findings for name in each["missing"]],
        "flags": list(_flags(findings, case)),
        "overridable": answer["overridable"],
        "forms_required": route.get("papers", []),
        "forms_not_required": route.get("not_required", []),
        "superior_review": _bodies(route.get("superior_review", [])),
        "route_to": _bodies(route.get("route_to", [])),
        "next_form": route.get("next_form"),
        "result_document": route.get("result_document"),
        "overdue": bool(answer["late"]),
        "late": bool(answer["late"]),
        "guidance": answer["guidance"],
        "persisted": not kept_out,
        "synced": not kept_out,
        "obligations": [_obligation(each) for each in answer["obligations"]],
        "due_dates": [
            each["due_on"] for each in answer["obligations"] if not years or int(each["due_on"][:4]) in years
        ],
        "all_reasons_reported": set(case["expect"].get("reasons", ())) <= set(_articles(findings)),
    }


def _reasons(findings: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in findings:
        if each["code"] == "LIMIT-MISSING":
            yield from (f"config_missing:{LIMIT_NAMES.get(name, name)}" for name in each["missing"])
        if each["effect"] not in ("info", "late") and each["article"]:
            yield each["article"]


def _articles(findings: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Every reason, also by its article alone."""
    for reason in _reasons(findings):
        yield from (reason, reason.partition("(")[0])


def _flags(findings: Iterable[Mapping[str, Any]], case: Mapping[str, Any]) -> Iterator[str]:
    for each in findings:
        if each["code"] == "EVALUATION-BASIS":
            yield f"evaluation_basis:{case['given']['projects'][each['row']]['id']}"
        elif each["code"] in FLAGS:
            yield FLAGS[each["code"]]


def _bodies(names: Iterable[str]) -> list[str]:
    return [BODIES.get(name, name) for name in names]


def _obligation(duty: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": duty["duty"],
        "due": duty["due_on"],
        "overdue_after_if_rolled": duty["overdue_after"],
        "to": _bodies(duty["to"]),
        "window_open": duty["window_opens_on"],
        "timing": duty["timing"],
    }
