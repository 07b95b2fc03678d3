"""Possible splits and duplicates: what resembles what, side by side, and the way to the bureau's finding (G08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request

from plugin.console.asked import as_key, key_of
from plugin.console.compare import compared
from plugin.console.parts import ledger
from plugin.ledger import Query, Submission

bp = Blueprint("similar", __name__)
AT_ONCE = 15  # projects on one page
DEMAND, FINDING = "demand_collection", "similarity_finding"


@bp.get("/similar")
def show() -> str:
    """Projects whose declaration resembles another on which nobody has decided yet."""
    after = key_of(request.args.get("after"))
    key = after if after and len(after) == 2 else None
    query = Query("projects", {"resembles": "1"}, sort="code", after=key, limit=AT_ONCE)
    page = ledger().lists.page(query)
    found = [(row, _hints(row["code"])) for row in page.rows]
    return render_template(
        "similar.html", found=found, count=ledger().lists.count(query), next=as_key(page.next)
    )


@bp.get("/similar/<code>/<other>")
def compare(code: str, other: str) -> str:
    """Two declarations beside each other, the shared passages marked."""
    one, two = _demand(code), _demand(other)
    score = next((each["score"] for each in _hints(code) if each["project_code"] == other), None)
    decided = [each for each in findings_on(code) if other in _concerned(each)]
    return render_template(
        "compare.html", one=one, two=two, parts=compared(one.values, two.values), score=score, decided=decided
    )


def findings_on(code: str) -> list[Submission]:
    """What the bureau decided on this project and others, recorded with either."""
    return [each for each in ledger().submissions.taken_of_form(FINDING) if code in _concerned(each)]


def _concerned(finding: Submission) -> tuple[str | None, ...]:
    return (finding.project_code, *finding.values.get("other_projects", ()))


def _hints(code: str) -> list[Mapping[str, Any]]:
    project = ledger().projects.get(code)
    return list(project.facts.get("resembling", ())) if project else []


def _demand(code: str) -> Submission:
    found = [each for each in ledger().submissions.of_project(code) if each.form == DEMAND]
    return found[-1] if found else abort(404)
