"""The scripted round of the demo, read from demo_round.yaml with its days counted from today. Invented data only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from plugin.strict_yaml import read_yaml

PLACE = re.compile(r"\{(today|year)([+-]\d+)?\}")


@dataclass(frozen=True, slots=True)
class Step:
    """One form filled in. `project_of` names the step whose project it belongs to; `saved`: the platform keeps it."""

    name: str
    form: str
    title: str
    fields: Mapping[str, Any]
    expects: str
    saved: bool = True
    project_of: str | None = None


def steps(today: date) -> tuple[Step, ...]:
    """The round as it is played on that day."""
    source = _dated(read_yaml(files("plugin").joinpath("demo_round.yaml").read_text(encoding="utf-8")), today)
    return tuple(_step(each, source) for each in source["round"])


def _step(given: Mapping[str, Any], source: Mapping[str, Any]) -> Step:
    template = source["templates"][given["like"]]
    name = {"project_name": given["project_name"]}
    return Step(
        name=given["step"],
        form=template["form"],
        title=given["title"],
        fields={**source["common"], **template["fields"], **name, **given.get("fields", {})},
        expects=given["expects"],
        saved=given.get("saved", True),
        project_of=given.get("project_of"),
    )


def _dated(value: Any, today: date) -> Any:
    """Every {today±n} and {year±n} in the texts replaced."""
    if isinstance(value, dict):
        return {name: _dated(each, today) for name, each in value.items()}
    if isinstance(value, list):
        return [_dated(each, today) for each in value]
    return PLACE.sub(lambda match: _place(match, today), value) if isinstance(value, str) else value


def _place(match: re.Match[str], today: date) -> str:
    offset = int(match[2] or 0)
    return str(today.year + offset) if match[1] == "year" else (today + timedelta(days=offset)).isoformat()
