"""One submission: what was filled in, the verdict line by line; what the bureau decides about it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.definition import load_forms
from plugin.bureau import NotPossible, Override, attached, overridden
from plugin.console import scope
from plugin.console.dossier import filed
from plugin.console.filling import bureau_part
from plugin.console.parts import ledger, now, parts, person
from plugin.ledger import Submission

bp = Blueprint("submissions", __name__, url_prefix="/submissions/<platform>/<record>")
SHORTEST_REASON = 5


@bp.get("")
def show(platform: str, record: str) -> str:
    return _page(scope.submission(platform, record))


@bp.post("/override")
def override(platform: str, record: str) -> ResponseReturnValue:
    """Let one 原则上 rule through, with a reason that is kept for good."""
    head = scope.submission(platform, record)
    rule, reason = request.form.get("rule", ""), request.form.get("reason", "").strip()
    if len(reason) < SHORTEST_REASON:
        return _page(head, problem="请写明核准的理由（会议纪要、批示等），理由长期保存。"), 422
    try:
        overridden(parts().intake, Override(platform, record, rule, person().login, reason), now())
    except NotPossible as error:
        return _page(head, problem=str(error)), 422
    flash("已核准，理由已记录。")
    return redirect(url_for(".show", platform=platform, record=record))


@bp.post("/attach")
def attach(platform: str, record: str) -> ResponseReturnValue:
    """The record belongs to this project from now on."""
    head = scope.submission(platform, record)
    code = request.form.get("project_code", "").strip()
    try:
        attached(parts().intake, platform, record, code, person().login, now())
    except NotPossible as error:
        return _page(head, problem=str(error)), 422
    flash(f"已关联到项目 {code}。")
    return redirect(url_for(".show", platform=platform, record=record))


def _page(head: Submission, problem: str | None = None) -> str:
    paper = filed(ledger(), head)
    form = load_forms().get(head.form)
    project = ledger().projects.get(head.project_code) if head.project_code else None
    let_through = {each["rule_code"] for each in head.overrides}
    open_rules = [each for each in paper.findings if each["overridable"] and each["code"] not in let_through]
    return render_template(
        "submission.html",
        paper=paper,
        form=form,
        project=project,
        open_rules=open_rules,
        part=bureau_part(form) if form else (),
        verdicts=ledger().verdicts.history(head.platform, head.record)[::-1],
        problem=problem,
    )
