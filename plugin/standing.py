"""What the bureau's records about several projects say of one: restrictions of its unit (Article 44), its plan (12, 15).

Such a record belongs to no project. It is judged by itself, and the projects it concerns are folded anew when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from plugin.ledger import Ledger, Submission
from plugin.regulation.project import Project

PLAN, RESTRICTION = "plan_record", "unit_restriction"
STANDALONE = frozenset({PLAN, RESTRICTION})


def known_of(ledger: Ledger, unit: str | None, code: str | None, present: Callable[[str], str]) -> Project:
    """The facts from before a project's first paper. `present` gives a unit's present name."""
    facts: dict[str, Any] = {}
    for record in ledger.submissions.taken_of_form(
        RESTRICTION
    ):  # in the order of saving: the last one stands
        if unit is not None and present(str(record.values.get("unit"))) == present(unit):
            facts["unit_restrictions"] = tuple(record.values.get("restrictions", ()))
    for record in ledger.submissions.taken_of_form(PLAN):
        if code is not None and code in listed(record.values) and record.values.get("government_approved_on"):
            facts |= {"in_annual_plan": True, "plan_year": record.values.get("year")}
    return Project().knowing(facts)


def listed(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The project codes in a plan."""
    return tuple(row["project_code"] for row in values.get("items", ()) if row.get("project_code"))


def concerned(
    ledger: Ledger, records: Iterable[Submission | None], present: Callable[[str], str]
) -> tuple[str, ...]:
    """The projects that a changed record concerns, by what it says now and by what it said before."""
    codes: list[str] = []
    for record in filter(None, records):
        if record.form == PLAN:
            codes += [code for code in listed(record.values) if ledger.projects.get(code)]
        if record.form == RESTRICTION:
            codes += [
                project.code for project in ledger.projects.list(unit=present(str(record.values.get("unit"))))
            ]
    return tuple(dict.fromkeys(codes))
