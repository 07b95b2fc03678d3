"""What a form is: its fields, when they are required, and which facts of the project they state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

TYPES = frozenset(
    {"text", "longtext", "money", "date", "int", "decimal", "bool", "enum", "multi", "file", "ref", "table"}
)


class FormError(Exception):
    """A definition file is not usable. `problems` names every mistake with its file and field."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Condition:
    """A statement about another field of the same form, or of the same row of a table."""

    field: str
    values: tuple[Any, ...] = ()
    filled: bool | None = None  # True: the other field is filled in; False: it is empty

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether the loaded values meet the condition."""
        value = values.get(self.field)
        if self.filled is not None:
            return (value is not None and value not in ([], "")) is self.filled
        if isinstance(value, list):
            return any(each in self.values for each in value)
        return value is not None and value in self.values


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, or one column of a table.

    `required` is a matter of shape; `rule` says that a rule of the regulation reports the absence with its article, so that
    the value may be absent here. `by` is who fills it in: filler, bureau or computed.
    """

    name: str
    label: str
    type: str
    required: bool = False
    rule: bool = False
    required_when: tuple[Condition, ...] = ()  # any of them
    article: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Field, ...] = ()
    min_rows: int = 0
    max_rows: int = 500
    help: str | None = None
    by: str = "filler"
    fact: str | None = None
    max_length: int = 500
    min: Any = None
    max: Any = None
    pattern: str | None = None

    @property
    def starred(self) -> bool:
        """Shown with a star: an official must answer it, whoever reports that the answer is missing."""
        return (self.required or self.rule) and self.by == "filler"

    @property
    def needed_columns(self) -> frozenset[str]:
        """The columns that every row of the table must fill in."""
        return frozenset(each.name for each in self.columns if each.required)

    def column(self, name: str) -> Field:
        """A column of a table by its name."""
        return next(each for each in self.columns if each.name == name)


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One paper of the regulation, the common block first."""

    name: str
    code: str
    title: str
    article: str
    filled_by: str  # unit or bureau
    intro: str
    fields: tuple[Field, ...]
    act_day: str | None = None  # the project fact that receives the day of this act
    dated_by: str | None = (
        None  # the field that states on which day the fact happened; None = the day it was saved
    )
    or_dated_by: str | None = None  # the field that states it while `dated_by` is still empty
    files: bool = False  # filed as a step with the life-cycle system (Article 23)
    common: str = "full"
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)
    _facts: tuple[tuple[str, str, frozenset[str]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.fields})
        facts = tuple((each.name, each.fact, each.needed_columns) for each in self.fields if each.fact)
        object.__setattr__(self, "_facts", facts)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError where the form has none."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether the form asks for it."""
        return name in self._by_name

    def place_of(self, name: str) -> str | None:
        """The field of that name, or the one that states the fact of that name; None where the form has neither."""
        if name in self._by_name:
            return name
        return next((field for field, fact, _needed in self._facts if fact == name), None)

    def facts_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The project facts that loaded values state. A field that is not in `values` states nothing.

        Nor does a table of which a row lacks a required cell: rules may rely on whole rows, the error is told already.
        """
        return {
            fact: values[name]
            for name, fact, needed in self._facts
            if name in values and not (needed and any(not needed <= row.keys() for row in values[name]))
        }

    def day_of(self, values: Mapping[str, Any]) -> date | None:
        """The day on which the stated fact happened, where the form states one."""
        for name in (self.dated_by, self.or_dated_by):
            day = values.get(name) if name else None
            if isinstance(day, date):
                return day
        return None
