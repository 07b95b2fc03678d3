"""Papers as the platform's forms submit them: the demo's invented projects, with option values and files of the platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from forms.definition import load_forms
from forms.fields import Field
from forms.schema import dump, load
from plugin.demo_round import steps

YES_NO = {True: "是", False: "否"}
Upload = Callable[[str], dict[str, Any]]


def paper(step: str, upload: Upload, today: date, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Form and values of one step of the demo's round, as a person fills them in on the platform."""
    found = next(each for each in steps(today) if each.name == step)
    form = load_forms()[found.form]
    values = dump(load(form, found.fields).values)
    written = {
        each.name: _written(each, values[each.name], upload) for each in form.fields if each.name in values
    }
    return form.name, {**written, **changes}


def _written(field: Field, value: Any, upload: Upload) -> Any:
    if field.type == "bool":
        return YES_NO[value]
    if field.type == "file":
        return [upload(str(each)) for each in (value if isinstance(value, list) else [value])]
    if field.type == "table":
        return [
            {each.name: _written(each, row[each.name], upload) for each in field.columns if each.name in row}
            for row in value
        ]
    if field.type == "multi" and not field.options:
        return "、".join(value) if isinstance(value, list) else value
    return value


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
