"""NocoBase's records ↔ ours: which of a record's columns are answers to the form, and in what shape. Pure.

Facts in docs/nocobase.md: PostgreSQL decimals arrive as strings and SQLite's as numbers, empty answers as null, rows of a
sub-table and files as objects with columns of the platform's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.platforms.nocobase.names import SAVED_AT
from plugin.sdk import Actor, Attachment, EventKind, FormDefinition, FormEvent, NotUnderstood

NAME = "nocobase"
SAVED, DELETED = "record.saved", "record.deleted"


def event_of(form: FormDefinition, body: Any) -> FormEvent | None:
    """The event of one delivery, None for one that says nothing (a test). Raises NotUnderstood."""
    if not isinstance(body, Mapping) or not isinstance(body.get("type"), str):
        raise NotUnderstood("type 应为字符串")
    if body["type"] not in (SAVED, DELETED):
        return None
    record = body.get("record")
    if not isinstance(record, Mapping):
        raise NotUnderstood("record 应为对象")
    deleted = body["type"] == DELETED
    saved_at = instant(body.get("sent_at") if deleted else record.get(SAVED_AT))
    return event(form, record, saved_at, submitter(body.get("submitter")), deleted=deleted)


def event(
    form: FormDefinition,
    record: Mapping[str, Any],
    saved_at: datetime,
    who: Actor | None,
    *,
    deleted: bool = False,
) -> FormEvent:
    """A record as it stands, whoever told of it: the same state has the same key."""
    number = str(record.get("id") or "")
    if not number.isascii() or not number.isdigit():
        raise NotUnderstood("record.id 应为整数")
    kind = EventKind.DELETED if deleted else EventKind.UPDATED
    return FormEvent(
        platform=NAME,
        form=form.name,
        record=number,
        kind=kind,
        saved_at=saved_at,
        key=f"{form.name}:{number}:{saved_at.isoformat()}:{kind.value}",
        fields={} if deleted else answers(form, record),
        submitter=who,
    )


def answers(form: FormDefinition, record: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that the form asks for; NocoBase's own and what we wrote back are left out."""
    return {
        each.name: _value(each, record[each.name])
        for each in form.fields
        if each.by != "computed" and each.name in record
    }


def _value(field: Any, value: Any) -> Any:
    if field.type == "table" and isinstance(value, list):
        return [_row(field, row) for row in value]
    if field.type == "file" and isinstance(value, list):
        return [_file(each) for each in value]
    return value


def _row(field: Any, row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row  # the form says what is wrong with it
    return {each.name: _value(each, row[each.name]) for each in field.columns if each.name in row}


def _file(value: Any) -> Any:
    if not isinstance(value, Mapping) or not value.get("url"):
        return value
    title = f"{value.get('title') or value.get('filename') or ''}"
    extension = str(value.get("extname") or "")
    name = title if title.endswith(extension) else title + extension
    size = value.get("size")
    return Attachment(
        str(value.get("id") or value["url"]), name, str(value["url"]), size if isinstance(size, int) else None
    ).as_json()


def submitter(value: Any) -> Actor | None:
    """Who saved it: the platform's number of the person, as text; nobody on an anonymous form."""
    if not isinstance(value, Mapping) or value.get("id") is None:
        return None
    name = value.get("nickname") or value.get("username") or ""
    return Actor(str(value["id"]), str(name))


def instant(value: Any) -> datetime:
    """An instant as NocoBase writes them: UTC with milliseconds."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NotUnderstood("时刻应为带时区的 ISO 8601") from error
    if found.tzinfo is None:
        raise NotUnderstood("时刻应带时区")
    return found
