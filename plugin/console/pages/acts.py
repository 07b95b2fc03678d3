"""The bureau's records, filled in here: asked about, judged, saved; what a guard forbids says why, with every article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.definition import load_forms
from forms.fields import FormDefinition
from forms.page import FormPage
from forms.posted import fields_of
from plugin.console import scope
from plugin.console.filling import Desk, bureau_part
from plugin.console.parts import ledger, now, parts, person
from plugin.console.way import ABOUT_SEVERAL
from plugin.gate import declared_unclassified
from plugin.ledger import CONSOLE, ProjectRow, Submission

bp = Blueprint("acts", __name__)
PLAN = "plan_record"
SIGNED = ("reviewer", "confirmed_by")  # in the bureau's part: who fills it in
SAVE, SAVE_WAITING = "save", "save_waiting"  # the second keeps what stands as 待核准


@bp.get("/acts/<form>")
def ask(form: str) -> ResponseReturnValue:
    definition, code = _bureau_form(form), request.args.get("project")
    earlier = _own(definition, request.args.get("record"))
    begun = None if earlier or not code else _begun(definition, code)
    if begun:
        return redirect(url_for("console.acts.ask", form=form, record=begun.record, project=code))
    values = dict(earlier.values) if earlier else _known(definition, code)
    if code and form == PLAN:
        values["items"] = _with_project(values.get("items", ()), code)
    values.pop("classified", None)  # asked anew every time
    return _page(definition, values, code or values.get("project_code"))


@bp.post("/acts/<form>")
def save(form: str) -> ResponseReturnValue:
    definition, record = _bureau_form(form), request.args.get("record")
    _own(definition, record)
    fields, desk = fields_of(definition, request.form), _desk()
    code = request.args.get("project") or fields.get("project_code")
    refused = _unanswered(definition, fields, code)
    if refused is not None:
        return refused
    answer = desk.judge(definition, fields, record)
    if not _may_be_saved(answer):
        return _page(definition, fields, code, answer)
    name = desk.save(definition, fields, record)
    return _saved(CONSOLE, name, definition, request.args.get("project"))


@bp.get("/submissions/<platform>/<record>/part")
def ask_part(platform: str, record: str) -> ResponseReturnValue:
    head, definition = _part_of(platform, record)
    signed = {name: person().name for name in SIGNED if definition.has(name)}
    return _page(definition, {**signed, **head.values}, head.project_code, part=head)


@bp.post("/submissions/<platform>/<record>/part")
def save_part(platform: str, record: str) -> ResponseReturnValue:
    head, definition = _part_of(platform, record)
    fields, desk = fields_of(definition, request.form), _desk()
    refused = _unanswered(definition, fields, head.project_code, head)
    if refused is not None:
        return refused
    answer = desk.judge_part(head, fields)
    if not _may_be_saved(answer):
        return _page(definition, fields, head.project_code, answer, head)
    desk.save_part(head, fields)
    return _saved(head.platform, head.record, definition)


def _desk() -> Desk:
    return Desk(parts().intake, person(), now())


def _bureau_form(name: str) -> FormDefinition:
    form = load_forms().get(name)
    if form is None or form.filled_by != "bureau":
        abort(404)
    if name not in ABOUT_SEVERAL:
        return form
    return replace(
        form, fields=tuple(each for each in form.fields if each.name not in ("project_code", "project_name"))
    )


def _own(form: FormDefinition, record: str | None) -> Submission | None:
    """The bureau's own earlier record that is to be corrected."""
    if record is None:
        return None
    head = scope.submission(CONSOLE, record)
    return head if head.form == form.name else abort(404)


def _part_of(platform: str, record: str) -> tuple[Submission, FormDefinition]:
    """A unit's record, and its form cut down to what the bureau fills in; the gate's question stays in it."""
    head = scope.submission(platform, record)
    form = load_forms().get(head.form)
    names = bureau_part(form) if form else ()
    if form is None or not names:
        abort(404)
    fields = tuple(each for each in form.fields if each.name in names or each.name == "classified")
    return head, replace(form, fields=fields)


def _known(form: FormDefinition, code: str | None) -> dict[str, Any]:
    """What the ledger knows already, so that nobody types it again."""
    project = ledger().projects.get(code) if code else None
    known: dict[str, Any] = {"project_code": code, "project_name": project.name} if project else {}
    if project and form.name in ABOUT_SEVERAL:
        known = _of_several(project)
    known |= {name: person().name for name in ("decided_by", "recorded_by") if form.has(name)}
    if form.has("dossier") and project:
        known["dossier"] = project.facts.get("dossier")
    if form.has("review_of") and project:
        known["review_of"] = project.facts.get("dossier") or (
            "plan" if form.name == "expert_review" else None
        )
    if form.has("other_projects") and request.args.get("other"):
        known["other_projects"] = request.args["other"]
    return {name: value for name, value in known.items() if form.has(name)}


def _of_several(project: ProjectRow) -> dict[str, Any]:
    """What a record about several projects, or about a unit, says of this one; the record itself belongs to none."""
    return {"plan_type": "annual_plan", "year": _year(project), "unit": project.unit}


def _year(project: ProjectRow) -> int | None:
    year: int | None = project.facts.get("plan_year") or project.facts.get("target_plan_year")
    return year


def _begun(form: FormDefinition, code: str) -> Submission | None:
    """The plan of the project's year, if one was begun here: a year has one record, carried on step by step (12)."""
    project = ledger().projects.get(code) if form.name == PLAN else None
    if project is None:
        return None
    wanted = ("annual_plan", _year(project))
    found = [
        each
        for each in ledger().submissions.taken_of_form(PLAN)
        if each.platform == CONSOLE and (each.values.get("plan_type"), each.values.get("year")) == wanted
    ]
    return found[-1] if found else None


def _with_project(items: Iterable[Mapping[str, Any]], code: str) -> list[Mapping[str, Any]]:
    """The plan's list with the project in it."""
    listed = list(items)
    project = ledger().projects.get(code)
    if project is None or any(each.get("project_code") == code for each in listed):
        return listed
    return [*listed, {"project_code": code, "project_name": project.name}]


def _may_be_saved(answer: Mapping[str, Any]) -> bool:
    """Only looking saves nothing; what would wait as 待核准 is saved when the person says so."""
    wanted = request.form.get("do")
    if not answer["may_save"] or wanted not in (SAVE, SAVE_WAITING):
        return False
    return wanted == SAVE_WAITING or answer["decision"] != "block"


def _unanswered(
    form: FormDefinition, fields: Mapping[str, Any], code: str | None, part: Submission | None = None
) -> ResponseReturnValue | None:
    """Nothing of a form that is not declared unclassified is shown again, let alone kept."""
    if declared_unclassified(fields.get("classified")):
        return None
    guidance = parts().manifest().classified_guidance if fields.get("classified") else None
    values = part.values if part else _known(form, code)
    return _page(
        form,
        values,
        code,
        part=part,
        stopped=guidance or "请先回答“是否涉密”。回答之前，填写的内容既不保存，也不显示。",
    )


def _page(
    form: FormDefinition,
    values: Mapping[str, Any],
    code: str | None,
    answer: Mapping[str, Any] | None = None,
    part: Submission | None = None,
    stopped: str | None = None,
) -> ResponseReturnValue:
    page = FormPage(form, values, answer["findings"] if answer else (), by_bureau=True)
    project = ledger().projects.get(code) if code else None
    status = 422 if stopped or (answer and answer["decision"] == "block") else 200
    return (
        render_template(
            "act.html", form=form, page=page, answer=answer, project=project, part=part, stopped=stopped,
            unclassified=answer is not None,
        ),
        status,
    )  # fmt: skip


def _saved(
    platform: str, record: str, form: FormDefinition, came_from: str | None = None
) -> ResponseReturnValue:
    """Back to the project, with what became of it."""
    head = ledger().submissions.head(platform, record)
    standing = {
        "taken": "已登记",
        "awaiting_override": "已登记，为待核准",
        "returned": "已登记，但不符合规定，项目状态不变",
    }
    flash(
        f"“{form.title}”{standing.get(head.standing, '已登记') if head else '已收下，正在办理，请稍后刷新'}。"
    )
    code = (head.project_code if head else None) or came_from
    if head and code:
        return redirect(url_for("console.projects.show", code=code))
    return redirect(
        url_for("console.submissions.show", platform=platform, record=record) if head else "/console/"
    )
