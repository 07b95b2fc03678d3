"""The public SDK: what a low-code platform must offer us, and what we hand it.

An adapter is one class that fulfils `Platform`, found by the entry point group `zhengxiang.platforms`. The rest of the
product branches on its `capabilities` only, never on its name. `docs/adapters.md` leads to a working one, and the suite
in `plugin/sdk_testing.py` says whether it works. A platform that calls us directly uses `VerdictClient` and `sign_request`.

Versions: a new optional capability or operation raises the minor number, a changed one the major.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from forms.fields import FormDefinition
from plugin.http import Door, Reply
from plugin.platforms.signing import (
    Request,
    Secret,
    SignatureRefused,
    SignedHead,
    new_nonce,
    sign_request,
    verify_request,
)
from plugin.remote import Remote, RemoteRejected, RemoteUnavailable, RemoteUnclear
from plugin.sdk_events import (
    Actor,
    Attachment,
    Check,
    EventKind,
    FormEvent,
    Message,
    Question,
    WriteBack,
)
from plugin.sdk_verdicts import Finding, Verdict, VerdictClient

SDK_VERSION = "1.0"
ENTRY_POINTS = "zhengxiang.platforms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What this platform can do. Declared, never assumed; the contract suite holds what can be held."""

    # what it sends
    delivery_id: bool  # every delivery carries an id of its own, stable across retries
    body_signed: bool  # its signature covers the body, not only caller and time
    time_signed: bool  # … and the time, so that an old request can be told
    retries: bool  # it sends again what was not acknowledged
    asks_before_saving: bool  # it can ask us before a person's form is saved
    ordered: bool = False
    max_ack_ms: int | None = None  # how long it waits for our acknowledgement
    silent: tuple[str, ...] = ()  # what happens on it without an event: batch_edit, import, delete, …
    # what it takes
    api_write_emits_event: bool  # our write-backs come back as events
    answers_for_key: bool  # it can say whether a write with a key arrived
    validates_api_write: bool = False
    partial_update: Literal["field", "record", "subform_replaced"] = "field"
    messages: bool  # it can show a person a message
    # what can be asked of it
    lists_changes: bool  # `changed` works: what no event told us can be found
    creates_forms: bool = False
    describes_forms: bool = False  # `check_form` works
    attachments: Literal["none", "url", "token"] = "none"
    attachment_days: int | None = None  # how long the address of a file stays good
    errors_in_200: bool = False
    calls_per_second: Mapping[str, int] = field(default_factory=dict)  # by class of call


@dataclass(frozen=True, slots=True)
class Connection:
    """What an adapter is built from. Keys and token are read at each use: a changed file needs no restart."""

    base_url: str
    signature: str  # the scheme of deliveries and of our signed calls (plugin/platforms/signing.py)
    secrets: Callable[[], Sequence[Secret]]
    token: Callable[[], str]  # the platform's key for our own calls, where it uses one
    options: Mapping[str, Any]  # manifest.yaml, platform.options: the adapter's own
    forms: Mapping[str, FormDefinition]
    door: Door
    clock: Callable[[], datetime]

    def signed(self) -> Remote:
        """A client whose calls are signed like the deliveries."""
        return Remote("平台", self.door, self.base_url, self.secrets, self.signature, self.clock)


class Platform(Protocol):
    """One low-code platform.

    Outward calls raise RemoteUnavailable (nothing was stored, try later), RemoteUnclear (ask by key first) or
    RemoteRejected (a person must act).
    """

    @property
    def name(self) -> str:
        """The name of the entry point."""

    @property
    def capabilities(self) -> Capabilities:
        """What this platform can do."""

    def authenticate(self, request: Request, secrets: Sequence[Secret], now: datetime) -> SignedHead:
        """Who sent it, from headers and raw bytes alone. Raises SignatureRefused for anything doubtful."""

    def hello(self, form: str, secrets: Sequence[Secret], now: datetime) -> Request:
        """A delivery as the platform would send it that says nothing: with it we try our own address."""

    def parse(self, form: str, body: Any, head: SignedHead) -> tuple[FormEvent, ...]:
        """The events of one verified delivery; none for a connection test. Raises NotUnderstood.

        `key` of an event is the delivery id, or form, record and time of saving where there is none.
        """

    def question(self, form: str, body: Any) -> Question:
        """The question before saving. Raises NotUnderstood."""

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        """Show the verdict in the record. The same key twice is once. Returns the platform's receipt."""

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        """Show a person a message. The same key twice is once, where the platform can tell."""

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        """The receipt of an earlier write with this key, None if it did not arrive."""

    def changed(self, forms: Collection[str], since: datetime) -> Iterator[FormEvent]:
        """Records saved since that instant (inclusive) and those that never got a verdict, as events."""

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """The content of a file, whole. RemoteRejected where it is larger than the limit."""

    def check_form(self, form: FormDefinition) -> tuple[str, ...]:
        """What the platform's copy of a form lacks or has otherwise, a Chinese sentence each."""

    def probe(self) -> Iterable[Check]:
        """Reachability, TLS, clock, authentication, a form read: cheap, changes nothing."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an entry point names: how to build the platform, and what its options may be."""

    connect: Callable[[Connection], Platform]
    check_options: Callable[[Mapping[str, Any]], Iterable[str]] = lambda options: (
        f"没有名为“{name}”的选项。" for name in options
    )


class NotUnderstood(ValueError):
    """The body is no event of this platform: which place, and what was expected (Chinese)."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The platforms in use, by name."""

    platforms: Mapping[str, Platform] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Platform:
        """Raises RemoteUnavailable for one that is connected no more: what waits for it is laid aside in the end."""
        if name not in self.platforms:
            raise RemoteUnavailable(f"没有接入名为“{name}”的平台，请核对参数文件的 platform.name。")
        return self.platforms[name]

    def __contains__(self, name: object) -> bool:
        return name in self.platforms


__all__ = [
    "ENTRY_POINTS",
    "SDK_VERSION",
    "Actor",
    "Adapter",
    "Attachment",
    "Capabilities",
    "Check",
    "Connection",
    "Door",
    "EventKind",
    "Finding",
    "FormDefinition",
    "FormEvent",
    "Message",
    "NotUnderstood",
    "Platform",
    "Question",
    "Registry",
    "Remote",
    "RemoteRejected",
    "RemoteUnavailable",
    "RemoteUnclear",
    "Reply",
    "Request",
    "Secret",
    "SignatureRefused",
    "SignedHead",
    "Verdict",
    "VerdictClient",
    "WriteBack",
    "new_nonce",
    "sign_request",
    "verify_request",
]
