"""What the page of one form shows: its questions, what stands in them, each finding beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from forms import posted
from forms.definition import Field, FormDefinition, load_forms

COMMON_SHARE = 0.75  # a question that so many of the forms ask stands in the common block
EFFECTS: Mapping[str, str] = {
    "block": "必须改正",
    "overridable_block": "须经核准",
    "warn": "请注意",
    "late": "已逾期",
    "info": "提示",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions under one heading."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class FormPage:
    """One form with what was typed and what was found."""

    form: FormDefinition
    values: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    by_bureau: bool = False  # whether the person at the desk may fill in what the bureau fills in

    @property
    def sections(self) -> tuple[Section, ...]:
        """The common block, then the form's own questions; 是否涉密 stands before them all."""
        asked = [each for each in self.form.fields if self._asked(each)]
        common = tuple(each for each in asked if each.name in common_names())
        own = tuple(each for each in asked if each.name not in common_names())
        parts = (Section("项目和单位", common), Section(self.form.title, own))
        return tuple(part for part in parts if part.fields)

    def _asked(self, question: Field) -> bool:
        if question.name == "classified" or question.by == "computed":
            return False
        return question.by == "filler" or self.by_bureau or self.form.filled_by == "bureau"

    def beside(self, name: str) -> list[Mapping[str, Any]]:
        """What was found at this field, as a whole."""
        return [each for each in self.findings if place(each) == name and each.get("row") is None]

    def in_row(self, name: str, number: Any) -> list[Mapping[str, Any]]:
        """What was found in this row of a table."""
        return [each for each in self.findings if place(each) == name and each.get("row") == number]

    def at(self, name: str) -> list[Mapping[str, Any]]:
        """Both, for whether the question stands out."""
        return [each for each in self.findings if place(each) == name]

    @property
    def placed(self) -> list[Mapping[str, Any]]:
        """What has a place on this page, in the order found."""
        return [each for each in self.findings if each not in self.elsewhere]

    @property
    def elsewhere(self) -> list[Mapping[str, Any]]:
        """What belongs to no field of this page."""
        here = {each.name for part in self.sections for each in part.fields} | {"classified"}
        return [each for each in self.findings if place(each) not in here]

    def rows(self, table: Field) -> list[Mapping[str, Any]]:
        """The rows to show: those filled in, at least one where the table must not be empty."""
        value = self.values.get(table.name)
        filled = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        if not filled and table.starred:
            filled.append({})
        return filled

    @staticmethod
    def effect(finding: Mapping[str, Any]) -> str:
        return EFFECTS.get(str(finding.get("effect")), "请注意")

    shown = staticmethod(posted.shown)
    chosen = staticmethod(posted.chosen)
    names = staticmethod(posted.names)


def place(finding: Mapping[str, Any]) -> str | None:
    """The question a finding is about; of `table.column` it is the table."""
    field_name = finding.get("field")
    return field_name.split(".")[0] if isinstance(field_name, str) else None


@cache
def common_names() -> frozenset[str]:
    """The questions of the common block, told by how many of the unit's forms ask them."""
    whole = [form for form in load_forms().values() if form.common == "full"]
    names = {each.name for form in whole for each in form.fields if each.name != "attachments"}
    return frozenset(
        name for name in names if sum(form.has(name) for form in whole) >= COMMON_SHARE * len(whole)
    )


def carried_over(form: FormDefinition, earlier: Mapping[str, Any], project_code: str) -> dict[str, Any]:
    """The common block of an earlier paper, for the next one. Whether it is classified is asked anew."""
    taken = {name: value for name, value in earlier.items() if name in common_names() and form.has(name)}
    taken.pop("classified", None)
    return {**taken, **({"project_code": project_code} if form.has("project_code") else {})}
