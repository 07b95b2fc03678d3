"""How each kind of outgoing item reaches its destination: what of the row becomes the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from plugin.clock import shanghai_day
from plugin.ledger import Ledger, OutboxItem
from plugin.lifecycle import LifecycleClient
from plugin.reminders import compose
from plugin.sdk import Message, Registry, WriteBack


class WriteBackCourier:
    """The verdict into the record."""

    def __init__(self, platforms: Registry) -> None:
        self._platforms = platforms

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        return self._platforms[item.payload["platform"]].find(self._result(item), key=item.key)

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        return self._platforms[item.payload["platform"]].write_back(self._result(item), key=item.key)

    @staticmethod
    def _result(item: OutboxItem) -> WriteBack:
        fields = {name: value for name, value in item.payload.items() if name != "platform"}
        return WriteBack(revision=item.revision, **fields)


class MessageCourier:
    """A message, or a reminder put into words at the moment it leaves: it never says "before" after the day."""

    def __init__(
        self, platforms: Registry, article: Callable[[str], tuple[str, str]], person: Callable[[str], str]
    ) -> None:
        self._platforms, self._article, self._person = platforms, article, person

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        wanted = Message(to=item.payload["to"], title="", text="")  # the key alone tells them apart
        return self._platforms[item.payload["platform"]].find(wanted, key=item.key)

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        return self._platforms[item.payload["platform"]].send(self._message(item, now), key=item.key)

    def _message(self, item: OutboxItem, now: datetime) -> Message:
        payload = item.payload
        if item.kind == "message":
            fields = {name: value for name, value in payload.items() if name not in ("platform", "to")}
            return Message(to=self._person(payload["to"]), **fields)
        title, text = compose(payload, shanghai_day(now), *self._article(payload["article"]))
        return Message(to=self._person(payload["to"]), title=title, text=text)


class FilingCourier:
    """One step of a project into the life-cycle system."""

    def __init__(self, ledger: Ledger, client: LifecycleClient) -> None:
        self._ledger, self._client = ledger, client

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        receipt = self._client.find(item.key)
        return asdict(receipt) if receipt else None

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        earlier = self._ledger.outbox.previous_receipt(item.subject)
        payload = {
            **item.payload,
            "key": item.key,
            "revision": item.revision,
            "supersedes": earlier["receipt_no"] if earlier else None,
        }
        return asdict(self._client.file(payload, key=item.key))
