"""The public SDK: what a low-code platform must offer us, and what we hand it.

An adapter is one class that fulfils `Platform`. The rest of the product branches on its `capabilities` only, never on
its name. The wire contract of the reference platform is docs/platform-api.yaml; docs/openapi.yaml is what we offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

SDK_VERSION = "1.0"


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
            "fields": dict(self.fields),
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
class Capabilities:
    """What this platform can do. Declared, never assumed."""

    delivery_id: bool  # every delivery carries an id of its own, stable across retries
    retries: bool  # it sends again what was not acknowledged
    api_write_emits_event: bool  # our write-backs come back as events
    answers_for_key: bool  # it can say whether a write with a key arrived
    messages: bool  # it can show a person a message
    signature: str = "none"  # standard_webhooks, static_token, …


class Platform(Protocol):
    """One low-code platform. Outward calls raise plugin.errors.Unavailable, Unclear or Rejected."""

    name: str
    capabilities: Capabilities

    def parse(self, form: str, body: Any, delivery_id: str) -> tuple[FormEvent, ...]:
        """The events of one verified delivery. Raises `NotUnderstood` for a body that is none of its own."""

    def question(self, form: str, body: Any) -> Question:
        """The question before saving. Raises `NotUnderstood`."""

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        """Show the verdict in the record. The same key twice is once. Returns the platform's receipt."""

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        """Show a person a message. The same key twice is once, where the platform can tell."""

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        """The receipt of an earlier write with this key, None if it did not arrive."""


class NotUnderstood(ValueError):
    """The body is no event of this platform: which place, and what was expected (Chinese)."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The adapters in use, by name."""

    platforms: Mapping[str, Platform] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Platform:
        return self.platforms[name]

    def __contains__(self, name: object) -> bool:
        return name in self.platforms
