"""A form → its collection and those of its tables' rows; and the collection of messages to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.fields import Field, FormDefinition
from plugin.platforms.nocobase.fields import kept_fields, platform_field, result_fields
from plugin.platforms.nocobase.names import Names


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection with all its fields, as the platform's interface takes them."""

    name: str
    title: str
    title_field: str  # shown where a record stands for itself
    fields: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The body of collections:create."""
        return {
            "name": self.name,
            "title": self.title,
            "titleField": self.title_field,
            "template": "general",
            "logging": True,
            "autoGenId": False,
            "fields": list(self.fields),
        }


def collections_of(form: FormDefinition, names: Names) -> tuple[Collection, ...]:
    """The rows first: the form's collection points at them."""
    name = names.collection(form.name)
    rows = [
        each
        for field in form.fields
        if field.type == "table"
        for each in _rows(field, name, form.title, names)
    ]
    fields = (
        *kept_fields(people=True),
        *(platform_field(each, name, names) for each in form.fields),
        *result_fields(),
    )
    shown = next((each.name for each in form.fields if each.name == "project_name"), form.fields[0].name)
    return (*rows, Collection(name, form.title, shown, fields))


def _rows(table: Field, parent: str, title: str, names: Names) -> Iterable[Collection]:
    name, title = names.rows(parent, table.name), f"{title}·{table.label}"
    for column in table.columns:
        if column.type == "table":
            yield from _rows(column, name, title, names)
    fields = (*kept_fields(people=False), *(platform_field(each, name, names) for each in table.columns))
    yield Collection(name, title, table.columns[0].name, fields)


def messages(names: Names) -> Collection:
    """Messages to people. The key is unique, so that the same message cannot be sent twice."""
    return Collection(names.messages, "政项·消息", "title", (*kept_fields(people=True), *_message_fields()))


def _message_fields() -> Iterable[dict[str, Any]]:
    for name, title, type, extra in (
        ("key", "编号", "string", {"unique": True, "length": 255}),
        ("to_user", "收件人", "bigInt", {}),
        ("title", "标题", "string", {"length": 255}),
        ("text", "内容", "text", {}),
        ("form", "表单", "string", {"length": 255}),
        ("record", "记录", "string", {"length": 255}),
        ("link", "链接", "string", {"length": 1000}),
    ):
        interface, component = {
            "string": ("input", "Input"),
            "text": ("textarea", "Input.TextArea"),
            "bigInt": ("integer", "InputNumber"),
        }[type]
        kind = "number" if type == "bigInt" else "string"
        schema = {"type": kind, "title": title, "x-component": component}
        yield {"name": name, "interface": interface, "type": type, **extra, "uiSchema": schema}
