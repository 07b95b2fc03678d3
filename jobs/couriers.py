"""How each kind of outgoing item reaches its destination: what of the row becomes the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from plugin.ledger import Ledger, OutboxItem
from plugin.lifecycle import LifecycleClient
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
    """A message to a person, or to whoever took over from that person."""

    def __init__(self, platforms: Registry, person: Callable[[str], str]) -> None:
        self._platforms, self._person = platforms, person

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        wanted = Message(to=item.payload["to"], title="", text="")  # the key alone tells them apart
        return self._platforms[item.payload["platform"]].find(wanted, key=item.key)

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        fields = {name: value for name, value in item.payload.items() if name not in ("platform", "to")}
        message = Message(to=self._person(item.payload["to"]), **fields)
        return self._platforms[item.payload["platform"]].send(message, key=item.key)


class FilingCourier:
    """One step of a project into the life-cycle system."""

    def __init__(self, ledger: Ledger, client: LifecycleClient) -> None:
        self._ledger, self._client = ledger, client

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        receipt = self._client.find(item.key)
        return asdict(receipt) if receipt else None

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        earlier = self._ledger.outbox.previous_receipt(item.subject, item.revision)
        payload = {
            **item.payload,
            "key": item.key,
            "revision": item.revision,
            "supersedes": earlier["receipt_no"] if earlier else None,
        }
        return asdict(self._client.file(payload, key=item.key))
