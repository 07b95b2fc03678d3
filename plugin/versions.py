"""What a platform said of one record, version by version, and the bureau's part over it → the record as it stands. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from forms.definition import FormDefinition
from forms.fields import Field
from plugin.ledger import Submission, SubmissionVersion
from plugin.regulation.history import Standing
from plugin.sdk import EventKind, FormEvent
from plugin.settling import FOUNDING


def merge(versions: Iterable[SubmissionVersion], form: FormDefinition) -> FormEvent | None:
    """The record as it stands: a full version replaces, a partial one changes, in the order of saving.

    When it was saved, and by whom, is the last save of those who fill it in: the bureau's decision on it is no act of theirs.
    """
    last: SubmissionVersion | None = None
    fields: dict[str, Any] = {}
    bureau: dict[str, Any] = {}
    for each in versions:
        if each.kind not in (EventKind.CREATED, EventKind.UPDATED):
            continue
        if each.is_bureau_part:
            bureau |= each.fields
            continue
        saved = {**(fields if each.partial else {}), **each.fields}
        bureau = {name: value for name, value in bureau.items() if saved.get(name) == fields.get(name)}
        decided = _part(saved, form, "bureau") != _part(fields, form, "bureau")
        if last is None or not decided or _part(saved, form, "filler") != _part(fields, form, "filler"):
            last = each
        fields = saved
    return None if last is None else _as_event(last, {**fields, **bureau})


def _part(fields: Mapping[str, Any], form: FormDefinition, by: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if form.has(name) and form.field(name).by == by}


def _as_event(version: SubmissionVersion, fields: dict[str, Any]) -> FormEvent:
    return FormEvent.from_json(
        {
            "platform": version.platform,
            "form": version.form,
            "record": version.record,
            "kind": version.kind,
            "saved_at": version.saved_at.isoformat(),
            "key": version.delivery_key,
            "fields": fields,
            "submitter": version.submitter,
        }
    )


def is_deleted(versions: Iterable[SubmissionVersion]) -> bool:
    """Whether the last word of the platform on the record was its deletion."""
    told = (each for each in versions if not each.is_bureau_part)
    last = max(told, key=lambda each: each.saved_at, default=None)
    return last is not None and last.kind == EventKind.DELETED


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON; what JSON has no form for (Decimal) counts as its text."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def own_fields(event: FormEvent, form: FormDefinition) -> dict[str, Any]:
    """Our own input fields: what we write back, and what the platform keeps for itself, changes nothing."""
    ours = {
        name: _lasting(form.field(name), value)
        for name, value in event.fields.items()
        if form.has(name) and form.field(name).by != "computed"
    }
    if form.name in FOUNDING:
        ours.pop("project_code", None)  # made by us and written back
    return ours


def _lasting(field: Field, value: Any) -> Any:
    """Where a file lies is no content: platforms give it another signed address at every reading."""
    if field.type == "file" and isinstance(value, list):
        return [
            {key: each[key] for key in each if key != "url"}
            if isinstance(each, Mapping) and each.get("ref")
            else each
            for each in value
        ]
    if field.type == "table" and isinstance(value, list):
        columns = {each.name: each for each in field.columns}
        return [
            {name: _lasting(columns[name], cell) if name in columns else cell for name, cell in row.items()}
            if isinstance(row, Mapping)
            else row
            for row in value
        ]
    return value


def version_of(event: FormEvent, received_at: datetime) -> SubmissionVersion:
    """The event as the ledger keeps it."""
    return SubmissionVersion(
        platform=event.platform,
        form=event.form,
        record=event.record,
        saved_at=event.saved_at,
        kind=event.kind.value,
        partial=event.partial,
        fields=dict(event.fields),
        submitter=event.as_json()["submitter"],
        delivery_key=event.key,
        received_at=received_at,
    )


def tried_again(before: Submission, head: FormEvent) -> bool:
    """Returned and saved again as it was: what it lacked may have come meanwhile, or its day."""
    waits = before.standing in (Standing.RETURNED, Standing.AWAITING_OVERRIDE)
    return waits and head.saved_at > before.saved_at
