"""The stand-in low-code platform: forms as Chinese pages, the verdict before saving, webhooks after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.definition import FormDefinition
from forms.page import FormPage, carried_over
from forms.posted import fields_of, readable
from plugin.sandbox import api, people, words
from plugin.sandbox.desk import Desk, Submitted
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Record, Store
from plugin.sandbox.web import Problem, answer_json, chinese_errors, json_object, make_app, said_no

bp = Blueprint("pages", __name__)
RECORD = re.compile(r"[A-Za-z0-9_:@+-]{1,128}")


def create_platform(store: Store, forms: Mapping[str, FormDefinition], settings: Settings) -> Flask:
    """The application: pages for officials, a JSON door for the demo, the interface for the plugin."""
    app = make_app("plugin.sandbox.platform")
    app.extensions.update(store=store, settings=settings, desk=Desk(store, settings), forms=forms)
    app.jinja_env.globals.update(
        words=words, officials=people.OFFICIALS, effect=FormPage.effect, readable=readable
    )
    app.context_processor(lambda: {"actor": _actor(), "addresses": app.config.get("ADDRESSES", {})})
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    chinese_errors(app, "/api/")
    return app


@bp.get("/")
def home() -> str:
    forms = _forms().values()
    store = _store()
    return render_template(
        "home.html",
        unit_forms=[form for form in forms if form.filled_by == "unit"],
        bureau_forms=[form for form in forms if form.filled_by != "unit"],
        records=store.records.latest(8),
        results=store.results.all(),
        forms=_forms(),
        messages=store.messages.latest(_actor()["id"], 5),
    )


@bp.post("/actor")
def choose_actor() -> ResponseReturnValue:
    """Another of the demo officials sits down at the desk."""
    reply = redirect(url_for("pages.home"), 303)
    reply.set_cookie("actor", people.official(request.form.get("id"))["id"], httponly=True, samesite="Strict")
    return reply


@bp.get("/forms/<form>")
def blank(form: str) -> str:
    """An empty form; with ?project= the common block of that project's latest paper stands in it."""
    definition = _form(form)
    code = request.args.get("project", "")
    earlier = _latest_of(code) if code else None
    return _form_page(definition, carried_over(definition, earlier.fields, code) if earlier else {})


@bp.post("/forms/<form>")
def submit(form: str) -> ResponseReturnValue:
    definition = _form(form)
    fields = fields_of(definition, request.form)
    return _submitted(definition, fields, None)


@bp.get("/records")
def records() -> str:
    store = _store()
    return render_template(
        "records.html", records=store.records.latest(), results=store.results.all(), forms=_forms()
    )


@bp.get("/records/<record>")
def show(record: str) -> str:
    """A record with its receipt, its verdict, and what was written back since."""
    found = _record(record)
    return render_template(
        "record.html", form=_form(found.form), just_saved="saved" in request.args, **_standing(found)
    )


@bp.get("/records/<record>/standing")
def standing(record: str) -> str:
    """The part of the record page that changes by itself, for the page's script."""
    return render_template("standing.html", **_standing(_record(record)))


@bp.get("/records/<record>/edit")
def edit(record: str) -> str:
    found = _editable(record)
    return _form_page(_form(found.form), {**found.fields, "classified": False}, record=found)


@bp.post("/records/<record>/edit")
def resubmit(record: str) -> ResponseReturnValue:
    found = _editable(record)
    definition = _form(found.form)
    fields = fields_of(definition, request.form)
    shown = {each.name for part in _page(definition, {}).sections for each in part.fields}
    kept = {name: value for name, value in found.fields.items() if name not in shown | {"classified"}}
    return _submitted(definition, {**kept, **fields}, found)


@bp.get("/messages")
def messages() -> str:
    return render_template("messages.html", messages=_store().messages.latest(_actor()["id"]), forms=_forms())


@bp.get("/messages.json")
def messages_json() -> Response:
    """The messages of one person, for programs."""
    found = _store().messages.latest(request.args.get("to"), 1000)
    return answer_json({"messages": [{**each.body, **api.message_json(each)} for each in found]})


@bp.post("/submit/<form>")
def submit_json(form: str) -> Response:
    """The save button for programs, over JSON. A new record may bring its own id."""
    if form not in _forms():
        raise Problem(404, "UNKNOWN_FORM", "没有这个表单。")
    body = json_object()
    fields, submitter, record = body.get("fields"), body.get("submitter"), body.get("record")
    if (
        not isinstance(fields, dict)
        or not isinstance(submitter, dict)
        or not isinstance(submitter.get("id"), str)
    ):
        raise Problem(422, "INCOMPLETE", "请求应有 fields 和 submitter。")
    known = _store().records.get(record) if isinstance(record, str) else None
    if record is not None and (not isinstance(record, str) or not RECORD.fullmatch(record)):
        raise Problem(422, "BAD_RECORD", "record 应为1至128个字母、数字或者 _:@+- 字符。")
    if known and known.form != form:
        raise Problem(409, "OTHER_FORM", "这个编号已经用于另一张表单的记录。")
    return answer_json(_desk().submit(form, fields, submitter, record).as_json())


def _submitted(form: FormDefinition, fields: Mapping[str, Any], known: Record | None) -> ResponseReturnValue:
    """The page after 提交. What may be classified is not shown again, nor sent while that is open."""
    if "classified" not in fields:
        return _form_page(form, known.fields if known else {}, unanswered=True, record=known), 422
    outcome = _desk().submit(form.name, fields, _actor(), known.record if known else None)
    if outcome.record:
        return redirect(url_for("pages.show", record=outcome.record, saved=1), 303)
    if outcome.classified:
        return render_template("classified.html", form=form, guidance=outcome.refusal), 403
    return _form_page(form, fields, outcome, record=known), 503 if outcome.away else 422


def _form_page(
    form: FormDefinition,
    values: Mapping[str, Any],
    outcome: Submitted | None = None,
    *,
    unanswered: bool = False,
    record: Record | None = None,
) -> str:
    findings = outcome.verdict.get("findings", ()) if outcome else ()
    return render_template(
        "form.html",
        page=_page(form, values, findings),
        form=form,
        outcome=outcome,
        unanswered=unanswered,
        unclassified="classified" in values and said_no(values["classified"]),
        record=record,
        projects=_projects(),
    )


def _page(form: FormDefinition, values: Mapping[str, Any], findings: Any = ()) -> FormPage:
    return FormPage(form, values, findings, by_bureau=_actor()["id"] == people.BUREAU)


def _standing(record: Record) -> dict[str, Any]:
    store = _store()
    return {
        "record": record,
        "verdict": record.verdict,
        "result": store.results.get(record.record),
        "deliveries": store.deliveries.of_record(record.record),
        "messages": store.messages.about(record.record),
        "forms": _forms(),
    }


def _projects() -> dict[str, str]:
    """The codes that were written back, with the names of their projects."""
    store = _store()
    codes: dict[str, str] = {}
    for result in store.results.all().values():
        code, record = result.body.get("project_code"), store.records.get(result.record)
        if code and record and not record.erased:
            codes.setdefault(code, str(record.fields.get("project_name", "")))
    return dict(sorted(codes.items()))


def _latest_of(code: str) -> Record | None:
    """The newest paper of a project."""
    results = _store().results.all()
    found = (each for each in _store().records.latest() if each.record in results and not each.erased)
    return next((each for each in found if results[each.record].body.get("project_code") == code), None)


def _forms() -> Mapping[str, FormDefinition]:
    forms: Mapping[str, FormDefinition] = current_app.extensions["forms"]
    return forms


def _form(name: str) -> FormDefinition:
    return _forms()[name] if name in _forms() else abort(404)


def _record(record: str) -> Record:
    return _store().records.get(record) or abort(404)


def _editable(record: str) -> Record:
    found = _record(record)
    return abort(410) if found.erased else found


def _actor() -> Mapping[str, str]:
    return people.official(request.cookies.get("actor"))


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store


def _desk() -> Desk:
    desk: Desk = current_app.extensions["desk"]
    return desk
