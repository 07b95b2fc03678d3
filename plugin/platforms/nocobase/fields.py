"""A field of a form → a field of a NocoBase collection, as its own interface describes it.

`collections:apply`, the short way, is not used: it gives dates an interface that no page knows (a plain text box then).
No field carries a check that ours makes too: ours come first and together, with the article and the cure. The one
exception is the number of decimal places, where the database would otherwise round what is saved while we are away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.fields import Field
from plugin.platforms.nocobase import names
from plugin.platforms.nocobase.names import PARENT, Names

Json = dict[str, Any]
YES_NO = {"是": "是", "否": "否"}
SHORT = 255
STATUSES = (
    ("pending", "待校验", "default"),
    ("passed", "通过", "green"),
    ("warned", "通过，有提示", "gold"),
    ("returned", "退回", "red"),
    ("awaiting_override", "待核准", "orange"),
    ("unattached", "待归入项目", "purple"),
)


def platform_field(field: Field, collection: str, names: Names) -> Json:
    """The field with its title and help. A yes-or-no question is an explicit choice, never a box that starts as “no”."""
    shape = _SHAPES.get(field.type, _line)(field, collection, names)
    title = {"title": field.label}
    described = {"description": field.help} if field.help and field.type != "table" else {}
    return {"name": field.name, **shape, **described, "uiSchema": {**shape["uiSchema"], **title}}


def _line(field: Field, _collection: str, _names: Names) -> Json:
    return {**_of("input", "string", "Input"), "length": max(SHORT, field.max_length)}


def _lines(_field: Field, _collection: str, _names: Names) -> Json:
    return _of("textarea", "text", "Input.TextArea")


def _money(_field: Field, _collection: str, _names: Names) -> Json:
    return {**_number("0.01"), **_places(18, 2)}


def _decimal(_field: Field, _collection: str, _names: Names) -> Json:
    return {**_number("0.01"), **_places(18, 4)}


def _places(precision: int, scale: int) -> Json:
    rule = {"key": "places", "name": "precision", "args": {"limit": scale}}
    return {"precision": precision, "scale": scale, "validation": {"type": "number", "rules": [rule]}}


def _whole(_field: Field, _collection: str, _names: Names) -> Json:
    return {**_number("1"), "interface": "integer", "type": "bigInt"}


def _date(_field: Field, _collection: str, _names: Names) -> Json:
    return _of("date", "dateOnly", "DatePicker", {"dateOnly": True, "showTime": False})


def _yes_no(_field: Field, _collection: str, _names: Names) -> Json:
    return _choice("radioGroup", "string", "Radio.Group", YES_NO)


def _enum(field: Field, _collection: str, _names: Names) -> Json:
    return _choice("select", "string", "Select", field.options)


def _multi(field: Field, collection: str, names: Names) -> Json:
    if not field.options:  # several names, written by hand
        return _lines(field, collection, names)
    shape = _choice("multipleSelect", "array", "Select", field.options)
    shape["uiSchema"] |= {"type": "array", "x-component-props": {"mode": "multiple"}}
    return {**shape, "defaultValue": []}


def _files(field: Field, collection: str, names: Names) -> Json:
    link = {"through": names.links(collection, field.name), "foreignKey": "record_id", "otherKey": "file_id"}
    schema = {
        "type": "array",
        "x-component": "Upload.Attachment",
        "x-use-component-props": "useAttachmentFieldProps",
    }
    return {
        "interface": "attachment",
        "type": "belongsToMany",
        "target": "attachments",
        "sourceKey": "id",
        "targetKey": "id",
        **link,
        "uiSchema": schema,
    }


def _table(field: Field, collection: str, names: Names) -> Json:
    shown = {"label": field.columns[0].name, "value": "id"}
    return {
        "interface": "o2m",
        "type": "hasMany",
        "target": names.rows(collection, field.name),
        "foreignKey": PARENT,
        "sourceKey": "id",
        "targetKey": "id",
        "onDelete": "CASCADE",
        "sortBy": ["id"],  # findings name a row by its number
        "uiSchema": {
            "type": "array",
            "x-component": "AssociationField",
            "x-component-props": {"multiple": True, "fieldNames": shown},
        },
    }


_SHAPES = {
    "longtext": _lines,
    "money": _money,
    "decimal": _decimal,
    "int": _whole,
    "date": _date,
    "bool": _yes_no,
    "enum": _enum,
    "multi": _multi,
    "file": _files,
    "table": _table,
}


def _of(interface: str, type: str, component: str, props: Json | None = None) -> Json:
    schema: Json = {"type": "string", "x-component": component}
    return {
        "interface": interface,
        "type": type,
        "uiSchema": {**schema, **({"x-component-props": props} if props else {})},
    }


def _number(step: str) -> Json:
    schema = {
        "type": "number",
        "x-component": "InputNumber",
        "x-component-props": {"stringMode": True, "step": step},
    }
    return {"interface": "number", "type": "decimal", "uiSchema": schema}


def _choice(interface: str, type: str, component: str, options: Mapping[str, str]) -> Json:
    return {
        "interface": interface,
        "type": type,
        "uiSchema": {
            "type": "string",
            "x-component": component,
            "enum": [
                {"value": value, "label": label, "color": "default"} for value, label in options.items()
            ],
        },
    }


def result_fields() -> Iterable[Json]:
    """What we write back, and when and by whom it was saved. Forms show them, nobody fills them in."""
    states = [{"value": value, "label": label, "color": color} for value, label, color in STATUSES]
    status = _of("select", "string", "Select")
    yield _titled(
        names.STATUS,
        "校验状态",
        {**status, "uiSchema": {**status["uiSchema"], "enum": states}, "defaultValue": "pending"},
    )
    yield _titled(names.MESSAGE, "校验说明", _of("textarea", "text", "Input.TextArea"))
    yield _titled("zx_verdict", "校验结果", _of("json", "json", "Input.JSON"))
    revision = {**_number("1"), "interface": "integer", "type": "bigInt", "defaultValue": 0}
    yield _titled("zx_revision", "校验版次", revision)
    yield _titled("zx_key", "写回编号", {**_of("input", "string", "Input"), "length": SHORT})
    yield _titled(names.JUDGED_AT, "校验时间", instant())
    yield _titled(names.SAVED_AT, "提交时间", instant())
    yield _titled(names.SAVED_BY, "提交人", _person(f"{names.SAVED_BY}_id"))


def instant() -> Json:
    """A point in time."""
    return _of("datetime", "date", "DatePicker", {"showTime": True, "utc": True})


def _person(foreign_key: str) -> Json:
    """One of the platform's users."""
    shown = {"multiple": False, "fieldNames": {"label": "nickname", "value": "id"}}
    schema = {"type": "object", "x-component": "AssociationField", "x-component-props": shown}
    link = {"target": "users", "targetKey": "id", "foreignKey": foreign_key}
    return {"interface": "m2o", "type": "belongsTo", **link, "uiSchema": schema}


def _titled(name: str, title: str, shape: Json) -> Json:
    return {"name": name, **shape, "uiSchema": {**shape["uiSchema"], "title": title}}


def kept_fields(*, people: bool) -> Iterable[Json]:
    """What the platform keeps of every record: its number, and with `people` who wrote it and when."""
    number = {"type": "number", "title": "ID", "x-component": "InputNumber", "x-read-pretty": True}
    yield {
        "name": "id",
        "type": "snowflakeId",
        "interface": "snowflakeId",
        "primaryKey": True,
        "allowNull": False,
        "autoIncrement": False,
        "uiSchema": number,
    }
    if people:
        for which, when, who in (("created", "填报时间", "填报人"), ("updated", "更新时间", "更新人")):
            yield _kept_time(f"{which}At", when)
            yield _kept_person(f"{which}By", who)


def _kept_time(name: str, title: str) -> Json:
    schema = {
        "type": "datetime",
        "title": title,
        "x-component": "DatePicker",
        "x-component-props": {"showTime": True},
        "x-read-pretty": True,
    }
    return {"name": name, "type": "date", "interface": name, "field": name, "uiSchema": schema}


def _kept_person(name: str, title: str) -> Json:
    schema = {
        "type": "object",
        "title": title,
        "x-component": "AssociationField",
        "x-component-props": {"fieldNames": {"value": "id", "label": "nickname"}},
        "x-read-pretty": True,
    }
    return {
        "name": name,
        "type": "belongsTo",
        "interface": name,
        "target": "users",
        "foreignKey": f"{name}Id",
        "targetKey": "id",
        "uiSchema": schema,
    }
