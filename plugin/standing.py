"""What the bureau's records about several projects say of one: restrictions of its unit (Article 44), its plan (12, 15).

Such a record belongs to no project. It is judged by itself, and the projects it concerns are folded anew when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.ledger import Ledger, Submission
from plugin.regulation.project import Project

PLAN, RESTRICTION = "plan_record", "unit_restriction"
STANDALONE = frozenset({PLAN, RESTRICTION})


def known_of(ledger: Ledger, unit: str | None, code: str | None, present: Callable[[str], str]) -> Project:
    """The facts from before a project's first paper. `present` gives a unit's present name."""
    return StandingRecords.of(ledger).known(unit, code, present)


@dataclass(frozen=True, slots=True)
class StandingRecords:
    """These records, read once: for walks over many projects."""

    restrictions: tuple[tuple[str, tuple[str, ...]], ...]  # unit and grounds, in the order of saving
    plans: Mapping[str, int | None]  # project → the year of the approved plan that lists it

    @classmethod
    def of(cls, ledger: Ledger) -> StandingRecords:
        approved = [
            record.values
            for record in ledger.submissions.taken_of_form(PLAN)
            if record.values.get("government_approved_on")
        ]
        return cls(
            tuple(
                (str(record.values.get("unit")), tuple(record.values.get("restrictions", ())))
                for record in ledger.submissions.taken_of_form(RESTRICTION)
            ),
            {code: values.get("year") for values in approved for code in listed(values)},
        )

    def restricted(self, unit: str, present: Callable[[str], str]) -> tuple[str, ...]:
        """What the unit stands under: the last record on it counts."""
        own = [grounds for name, grounds in self.restrictions if present(name) == present(unit)]
        return own[-1] if own else ()

    def known(self, unit: str | None, code: str | None, present: Callable[[str], str]) -> Project:
        """The facts from before a project's first paper."""
        facts: dict[str, Any] = {}
        if unit is not None:
            facts["unit_restrictions"] = self.restricted(unit, present)
        if code is not None and code in self.plans:
            facts |= {"in_annual_plan": True, "plan_year": self.plans[code]}
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
