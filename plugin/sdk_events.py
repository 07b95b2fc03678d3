"""What passes between a platform and us: events and questions in, results and messages out. Part of plugin/sdk.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened to a record. OTHER is recorded by type, id and time and acknowledged."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who saved the record: the platform's own id, the name and the unit shown there."""

    id: str
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FormEvent:
    """One saved record, in our names. `fields` are as the platform sent them; `partial`: only the changed ones.
    A file field whose content can be fetched holds a list of `Attachment`s as objects (`as_json`).

    `key` is the delivery key: the platform's delivery id if it has one, else form, record and time of saving.
    """

    platform: str
    form: str
    record: str
    kind: EventKind
    saved_at: datetime
    key: str
    fields: Mapping[str, Any]
    submitter: Actor | None = None
    partial: bool = False

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; decimals become strings, which the forms read as exactly."""
        return {
            **asdict(self),
            "kind": self.kind.value,
            "saved_at": self.saved_at.isoformat(),
            "fields": _plain(self.fields),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FormEvent:
        """The inverse of `as_json`."""
        submitter = value.get("submitter")
        return cls(
            **{
                **value,
                "kind": EventKind(value["kind"]),
                "saved_at": datetime.fromisoformat(value["saved_at"]),
                "submitter": Actor(**submitter) if submitter else None,
            }
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A form about to be saved: the platform asks whether it may."""

    form: str
    record: str | None
    fields: Mapping[str, Any]
    submitter: Actor | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class WriteBack:
    """What we write into the record: `status` is passed, warned, returned, awaiting_override or unattached."""

    form: str
    record: str
    revision: int
    status: str
    message: str
    verdict: Mapping[str, Any]
    project_code: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person. `to` names the person as the platform knows them, `link` opens the form."""

    to: str
    title: str
    text: str
    form: str | None = None
    record: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a record: `ref` is how the platform names it for good, `url` where it lies now."""

    ref: str
    name: str
    url: str
    size: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried, whether it went well, and what to do if not (Chinese)."""

    name: str
    ok: bool
    said: str


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
