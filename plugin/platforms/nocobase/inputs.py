"""A field of a form → the models of its place on a page: the label with its star and help, and the box to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from forms.fields import Field
from plugin.platforms.nocobase.layout import in_rows, laid_out
from plugin.platforms.nocobase.names import JUDGED_AT, MESSAGE, STATUS

Json = dict[str, Any]
MANY_COLUMNS = 8  # beyond, a row is a little form instead of a line
READ_ONLY = {
    STATUS: "DisplayEnumFieldModel",
    JUDGED_AT: "DisplayDateTimeFieldModel",
    MESSAGE: "DisplayTextFieldModel",
}
_INPUTS = {
    "text": "InputFieldModel",
    "ref": "InputFieldModel",
    "longtext": "TextareaFieldModel",
    "money": "NumberFieldModel",
    "decimal": "NumberFieldModel",
    "int": "NumberFieldModel",
    "date": "DateOnlyFieldModel",
    "bool": "RadioGroupFieldModel",
    "enum": "SelectFieldModel",
    "file": "UploadFieldModel",
}
_PROPS: dict[str, Json] = {
    "TextareaFieldModel": {"autoSize": {"minRows": 2, "maxRows": 10}},
    "SelectFieldModel": {"allowClear": True},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: the collection it belongs to, the name of what is around it, the path from the record."""

    collection: str
    around: str
    path: str = ""

    def uid(self, field: str) -> str:
        return f"{self.around}-{field}"

    def within(self, field: str) -> Place:
        """Inside a table: paths lead through it."""
        return Place(self.collection, self.uid(field), f"{self.path}{field}.")

    def init(self, field: str) -> Json:
        init = {"dataSourceKey": "main", "collectionName": self.collection, "fieldPath": self.path + field}
        return {"fieldSettings": {"init": init}}


def item(field: Field, place: Place) -> Json:
    """One question. No check of the platform's own: the star is part of the label, so that a person who must answer
    是否涉密 with 是 can say so at once, without filling in anything else."""
    label = f"* {field.label}" if field.starred else field.label
    props: Json = {"label": label}
    settings: Json = {"label": {"label": label}}
    if field.help and field.type != "table":
        props["extra"] = field.help
        settings["description"] = {"description": field.help}
    return {
        "uid": place.uid(field.name),
        "use": "FormItemModel",
        "props": props,
        "stepParams": {**place.init(field.name), "editItemSettings": settings},
        "subModels": {"field": _input(field, place)},
    }


def sub_input(name: str, place: Place) -> Json:
    """A field of the verdict: shown, not filled in."""
    kind = READ_ONLY[name]
    return {
        "uid": place.uid(name),
        "use": "FormItemModel",
        "props": {"pattern": "readPretty"},
        "stepParams": {**place.init(name), "editItemSettings": {"pattern": {"pattern": "readPretty"}}},
        "subModels": {"field": _box(name, kind, place)},
    }


def _input(field: Field, place: Place) -> Json:
    if field.type == "table":
        return _lines(field, place) if _fits_a_line(field) else _little_forms(field, place)
    return _box(field.name, _kind(field), place)


def _fits_a_line(table: Field) -> bool:
    """Files cannot be uploaded in the cell of a line, nor rows be added inside one."""
    return len(table.columns) <= MANY_COLUMNS and not {"file", "table"} & {
        each.type for each in table.columns
    }


def _kind(field: Field) -> str:
    if field.type == "multi":
        return "SelectFieldModel" if field.options else "TextareaFieldModel"
    return _INPUTS[field.type]


def _box(name: str, kind: str, place: Place) -> Json:
    binding = {"fieldBinding": {"use": kind}} if place.path else {}
    return {
        "uid": f"{place.uid(name)}-input",
        "use": kind,
        "props": _PROPS.get(kind, {}),
        "stepParams": {**place.init(name), **binding},
    }


def _lines(table: Field, place: Place) -> Json:
    """A table whose rows are lines."""
    inner = place.within(table.name)
    columns = [
        {
            "uid": inner.uid(each.name),
            "use": "SubTableColumnModel",
            "props": {"title": f"* {each.label}" if each.starred else each.label, "dataIndex": each.name},
            "stepParams": {
                **inner.init(each.name),
                "subTableColumnSettings": {
                    "title": {"title": f"* {each.label}" if each.starred else each.label}
                },
            },
            "subModels": {"field": _input(each, inner)},
        }
        for each in table.columns
        if each.by == "filler"
    ]
    lines = {
        "allowSelectExistingRecord": {
            "allowSelectExistingRecord": False
        },  # rows of other records are none of ours
        "enableIndexColumn": {"enableIndexColumn": True},  # findings name a row by its number
        "pageSize": {"pageSize": 50},
    }
    box = _box(table.name, "SubTableFieldModel", place)
    box["stepParams"]["subTableColumnSettings"] = lines
    return {**box, "subModels": {"columns": columns}}


def _little_forms(table: Field, place: Place) -> Json:
    """A table with many columns: each row is a little form."""
    inner = place.within(table.name)
    asked = [each for each in table.columns if each.by == "filler"]
    placed = {
        f"row{number}": [[inner.uid(name)] for name in row] for number, row in enumerate(in_rows(asked), 1)
    }
    grid = {
        "uid": f"{inner.around}-grid",
        "use": "FormGridModel",
        "stepParams": {"gridSettings": {"grid": laid_out(placed)}},
        "subModels": {"items": [item(each, inner) for each in asked]},
    }
    return {**_box(table.name, "SubFormListFieldModel", place), "subModels": {"grid": grid}}
