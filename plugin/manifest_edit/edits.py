"""What may be changed of a manifest without an editor, and what the change means for its content. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from plugin.errors import PluginError

SECTIONS = ("policy", "readings")


class EditRefused(PluginError):
    """The change does not fit the file: why, and what to do (Chinese)."""

    code: ClassVar[str] = "EDIT_REFUSED"


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value of a limit from a day on. One of that very day and category is corrected, not doubled."""

    limit: str
    value: Decimal | int | str
    since: date
    source: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class NewSetting:
    """Another value of a habit or a reading: `("policy", "reminders", "hour")`. A word, a number, null, or a list of these."""

    path: tuple[str, ...]
    value: Any


Edit = NewValue | NewSetting


def put(content: Any, edit: Edit) -> None:
    """Make the change in the content of a manifest as it was read."""
    if isinstance(edit, NewValue):
        _put_value(content["limits"][edit.limit]["values"], edit)
    else:
        _put_setting(content, edit)


def _put_value(entries: list[dict[str, Any]], edit: NewValue) -> None:
    made = {"from": edit.since, "value": edit.value, "source": edit.source}
    made |= {"category": edit.category} if edit.category else {}
    for entry in entries:
        if (entry["from"], entry.get("category")) == (edit.since, edit.category):
            entry.update(made)
            return
    earlier = [number for number, each in enumerate(entries, 1) if each["from"] < edit.since]
    entries.insert(max(earlier, default=0), made)


def _put_setting(content: Any, edit: NewSetting) -> None:
    for name in edit.path[:-1]:
        content = content.setdefault(name, {})
    content[edit.path[-1]] = list(edit.value) if isinstance(edit.value, tuple) else edit.value
