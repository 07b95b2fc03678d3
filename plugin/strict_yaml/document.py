"""What was read: the value, where each part of it stands, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from plugin.errors import PluginError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend (or, as a warning, to think about). Lines and columns count from 1."""

    file: str
    line: int
    column: int
    pointer: str
    code: str
    message: str
    hint: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else "［提醒］"
        hint = f"  → {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}  {self.pointer or '/'}  {mark}{self.message}{hint}"


class YamlInvalid(PluginError):
    """The text is not YAML we accept. `problems` names every mistake."""

    code: ClassVar[str] = "YAML_INVALID"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the key before it."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass
class Document:
    """The value, the places of its parts (by JSON pointer), the raw text of scalars, and what is wrong."""

    file: str
    value: Any = None
    places: dict[str, Place] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(
        self,
        pointer: str,
        code: str,
        message: str,
        hint: str = "",
        *,
        at_key: bool = False,
        severity: str = "error",
    ) -> None:
        """Note a problem at a pointer; where the file has no such place, at the nearest one above it."""
        place = self._nearest(pointer)
        absent = pointer not in self.places
        line, column = (place.key_line, place.key_column) if at_key or absent else (place.line, place.column)
        self.problems.append(Problem(self.file, line, column, pointer, code, message, hint, severity))

    def _nearest(self, pointer: str) -> Place:
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places.get(pointer, Place(1, 1, 1, 1))


def pointer_to(parent: str, key: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"
