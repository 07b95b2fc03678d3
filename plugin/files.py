"""Which files a submission names, so that a job can fetch them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms.definition import FormDefinition
from forms.fields import Field
from plugin.ledger import AttachmentRow, Submission


def files_of(form: FormDefinition, submission: Submission) -> Iterator[AttachmentRow]:
    """A row for every file whose address the platform gave (plugin/sdk.py, Attachment); tables included."""
    for field, value in file_values(form.fields, submission.values):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping) and each.get("ref") and each.get("url"):
                yield AttachmentRow(
                    platform=submission.platform,
                    record=submission.record,
                    ref=str(each["ref"]),
                    form=form.name,
                    field=field,
                    name=str(each.get("name") or ""),
                    url=str(each["url"]),
                    size=each["size"] if isinstance(each.get("size"), int) else None,
                )


def file_values(fields: tuple[Field, ...], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What stands in each file field, with the field's name; `table.column` inside tables."""
    for field in fields:
        value = values.get(field.name)
        if field.type == "file" and value:
            yield field.name, value
        elif field.type == "table":
            for row in value or ():
                yield from ((f"{field.name}.{name}", each) for name, each in file_values(field.columns, row))
