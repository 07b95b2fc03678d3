"""A verdict as JSON, for the receiver, `assess` and the ledger; and the fixed answer to the classified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms import values
from forms.fields import FormDefinition
from plugin.gate import declared_unclassified
from plugin.regulation import general
from plugin.regulation.facts import to_json
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect, Pack
from plugin.regulation.verdict import Finding, Route, Rule, Verdict
from plugin.regulation.wording import text

CLASSIFIED_GUIDANCE = (
    "未明确选择“不涉密”的项目不得在本系统填报。涉密项目按照国家保密规定另行办理，本系统未保存、未转发您填写的任何内容；"
    "确属不涉密的，请将“是否涉密”选择为“否”后重新提交。"
)
HEADS = {
    "allow": "符合规定，已予受理。",
    "warn": "可以提交，但有需要注意的事项。",
    "route": "可以提交，须转有关部门审核或者进入下一环节。",
    "block": "不符合规定，请改正后再提交。",
}
AWAITING = "原则上不予办理；确有特殊原因的可以提交，由数据资源局核准。"


def verdict_json(
    verdict: Verdict,
    pack: Pack,
    *,
    form: FormDefinition | None = None,
    normalised: Mapping[str, Any] | None = None,
    unknown: Iterable[str] = (),
) -> dict[str, Any]:
    """The whole answer. `normalised` are the values as read, `unknown` the fields that the form lacks.

    A rule names the fact it asks about; with `form` the finding points at the field that states it.
    """
    answer: dict[str, Any] = {
        "form": verdict.stage,
        "on": verdict.on.isoformat(),
        "decision": verdict.decision.value,
        "may_save": verdict.may_save,
        "overridable": verdict.overridable,
        "findings": [placed(finding_json(each), form) for each in verdict.findings],
        "route": route_json(verdict.route) if verdict.route else None,
        "obligations": [obligation_json(each, pack) for each in verdict.obligations],
        "late": verdict.late,
        "computed": to_json(verdict.computed),
        "normalised": to_json(normalised or {}),
        "unknown_fields": list(unknown),
        "guidance": verdict.guidance,
        "law_version": verdict.law_version,
    }
    return {**answer, "message": summary(answer)}


def finding_json(found: Finding) -> dict[str, Any]:
    """One finding, with its article in numbers, in words, and the law's own text."""
    return {
        "code": found.code,
        "effect": found.effect.value,
        "overridable": found.overridable,
        "article": found.article,
        "citation": found.citation,
        "text": found.text,
        "field": found.field,
        "row": found.row,
        "message": found.message,
        "remedy": found.remedy,
        "mender": found.mender.value,
        "missing": list(found.missing),
        "reading": found.reading,
    }


def placed(finding: dict[str, Any], form: FormDefinition | None) -> dict[str, Any]:
    """The finding at its place on the form, or on top of it."""
    if form is None or finding["field"] is None:
        return finding
    return {**finding, "field": form.place_of(finding["field"])}


def route_json(route: Route) -> dict[str, Any]:
    """Papers needed, reviews needed, and where it goes next."""
    return {
        "papers": list(route.papers),
        "not_required": list(route.not_required),
        "superior_review": list(route.superior_review),
        "route_to": list(route.route_to),
        "next_form": route.next_form,
        "result_document": route.result_document,
    }


def obligation_json(duty: Obligation, pack: Pack) -> dict[str, Any]:
    """One duty with its nominal day and the last day after the holiday roll."""
    return {
        "duty": duty.duty,
        "due_on": to_json(duty.due_on),
        "overdue_after": to_json(duty.overdue_after),
        "window_opens_on": to_json(duty.window_opens_on),
        "to": list(duty.to),
        "article": duty.article,
        "citation": pack.cite(duty.article),
        "timing": duty.timing,
        "provisional": duty.provisional,
        "fulfilled_on": to_json(duty.fulfilled_on),
    }


def kept_out(
    form: str, stated: Mapping[str, Any], pack: Pack, guidance: str = CLASSIFIED_GUIDANCE
) -> dict[str, Any] | None:
    """The fixed answer to what must leave no trace: not declared unclassified, or of the government intranet; else None."""
    if not declared_unclassified(stated.get("classified")):
        return classified_answer(form, guidance, pack)
    return intranet_answer(form, pack) if on_the_intranet(stated, pack) else None


def on_the_intranet(stated: Mapping[str, Any], pack: Pack) -> bool:
    """A project of the government intranet, where this body's regulation keeps it out (Article 6)."""
    gate = pack.rules.get(general.outside_the_government_intranet.code)
    if gate is None or gate.effect is not Effect.BLOCK:
        return False
    try:
        return values.yes_no(stated.get("is_gov_intranet"))
    except values.Unreadable:
        return False


def classified_answer(
    form: str, guidance: str = CLASSIFIED_GUIDANCE, pack: Pack | None = None
) -> dict[str, Any]:
    """The answer to anything but an explicit 否. It is made of nothing that was submitted."""
    return _kept_out(form, guidance, general.declared_unclassified, pack)


def intranet_answer(form: str, pack: Pack) -> dict[str, Any]:
    """The answer for the government intranet, which goes to the cryptography office; made likewise."""
    gate = general.outside_the_government_intranet
    return _kept_out(form, gate.remedy, gate, pack)


def _kept_out(form: str, guidance: str, gate: Rule, pack: Pack | None) -> dict[str, Any]:
    cited = pack is not None and gate.code in pack.rules
    return {
        "form": form,
        "decision": "block",
        "may_save": False,
        "overridable": False,
        "findings": [finding_json(_gate_finding(gate, guidance, pack))] if pack and cited else [],
        "route": None,
        "obligations": [],
        "late": None,
        "computed": {},
        "normalised": {},
        "unknown_fields": [],
        "guidance": guidance,
        "message": guidance,
    }


def _gate_finding(gate: Rule, guidance: str, pack: Pack) -> Finding:
    article = pack.rules[gate.code].article
    return Finding(
        code=gate.code,
        effect=Effect.BLOCK,
        message=gate.message,
        remedy=guidance,
        mender=gate.mender,
        article=article,
        citation=pack.cite(article),
        text=pack.words(article),
        field=gate.field,
    )


def summary(answer: Mapping[str, Any]) -> str:
    """The answer in plain sentences, as a message to the person shows it."""
    head = AWAITING if answer["overridable"] else HEADS[answer["decision"]]
    lines = [head, *_findings_text(answer["findings"]), *_route_text(answer["route"] or {})]
    if answer["late"]:
        lines.append("本次办理已超过规定的最后一天，已如实记录为逾期。")
    if answer["guidance"]:
        lines.append(answer["guidance"])
    return "\n".join(lines)


def _findings_text(findings: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for number, each in enumerate(findings, 1):
        citation = f"（{each['citation']}）" if each["citation"] else ""
        row = f"第{each['row'] + 1}行：" if each["row"] is not None else ""
        yield f"{number}. {row}{each['message']}{citation}{each['remedy']}"


def _route_text(route: Mapping[str, Any]) -> Iterable[str]:
    if route.get("superior_review"):
        yield f"须报{text(route['superior_review'])}审核同意。"
    if route.get("route_to"):
        yield f"将依次转送：{text(route['route_to'])}。"
    if route.get("next_form"):
        yield f"下一环节：{text(route['next_form'])}。"
