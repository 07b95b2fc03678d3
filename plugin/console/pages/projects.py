"""One project: its way, its papers with their verdicts, its duties, filings, messages and history."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, stream_with_context

from forms.definition import load_forms
from plugin.comparing import LABELS
from plugin.console import scope
from plugin.console.archive import zipped
from plugin.console.dossier import Filed
from plugin.console.filling import bureau_part
from plugin.console.pages.similar import findings_on
from plugin.console.parts import ledger, now, parts, person, today
from plugin.console.way import EXPECTED, REVIEW
from plugin.dossier import NothingToArchive
from plugin.dossier.names import safe_name

bp = Blueprint("projects", __name__)
_, REVIEWED, DOSSIERS = REVIEW


@bp.get("/projects/<code>")
def show(code: str) -> str:
    dossier = scope.dossier(code)
    expected = [load_forms()[name] for name in EXPECTED.get(dossier.project.state, ())]
    others = [form for form in load_forms().values() if form.filled_by == "bureau" and form not in expected]
    waiting = [each for each in dossier.papers if _is_open(each, dossier.project.state)]
    pack = parts().manifest().pack
    return render_template(
        "project.html",
        dossier=dossier,
        expected=expected,
        others=others,
        waiting=waiting,
        resembling=dossier.project.facts.get("resembling", ()),
        decided=findings_on(code),
        labels=LABELS,
        pack=pack,
        today=today(),
    )


@bp.get("/projects/<code>.zip")
def archive(code: str) -> Response:
    """Everything of the project for the archive (Article 41)."""
    name = f"{safe_name(scope.project(code).name)}-{safe_name(code)}.zip"
    try:
        pieces = zipped(ledger(), code, parts().manifest())
    except NothingToArchive:
        abort(404)
    ledger().audit.append(now(), person().login, "console.archived", f"project:{code}", {})
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        stream_with_context(pieces),
        content_type="application/zip",
        headers={"Content-Disposition": disposition},
    )


def _is_open(paper: Filed, state: str) -> bool:
    """Whether the bureau has yet to fill in its part of the unit's paper, of a dossier only while it is reviewed."""
    if paper.head.form in DOSSIERS and state not in REVIEWED:
        return False
    part = bureau_part(paper.form) if paper.form else ()
    return bool(part) and all(paper.head.values.get(name) in (None, "", "submitted") for name in part)
