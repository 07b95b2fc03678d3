"""One project: its way, its papers with their verdicts, its duties, filings, messages and history."""

from __future__ import annotations

from flask import Blueprint, render_template

from forms.definition import load_forms
from plugin.console import scope
from plugin.console.dossier import Filed
from plugin.console.filling import bureau_part
from plugin.console.parts import parts, today
from plugin.console.way import EXPECTED, REVIEW

bp = Blueprint("projects", __name__)
_, REVIEWED, DOSSIERS = REVIEW
GLOBAL = ("plan_record", "unit_restriction")  # records about several projects


@bp.get("/projects/<code>")
def show(code: str) -> str:
    dossier = scope.dossier(code)
    expected = [load_forms()[name] for name in EXPECTED.get(dossier.project.state, ())]
    others = [
        form
        for form in load_forms().values()
        if form.filled_by == "bureau" and form.name not in GLOBAL and form not in expected
    ]
    waiting = [each for each in dossier.papers if _is_open(each, dossier.project.state)]
    pack = parts().manifest().pack
    return render_template(
        "project.html",
        dossier=dossier,
        expected=expected,
        others=others,
        waiting=waiting,
        pack=pack,
        today=today(),
    )


def _is_open(paper: Filed, state: str) -> bool:
    """Whether the bureau has yet to fill in its part of the unit's paper, of a dossier only while it is reviewed."""
    if paper.head.form in DOSSIERS and state not in REVIEWED:
        return False
    part = bureau_part(paper.form) if paper.form else ()
    return bool(part) and all(paper.head.values.get(name) in (None, "", "submitted") for name in part)
