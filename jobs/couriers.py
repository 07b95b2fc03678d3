"""How each kind of outgoing item reaches its destination: what of the row becomes the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from plugin.filings import ABOUT, SENT, content_of, settled
from plugin.ledger import Ledger, OutboxItem
from plugin.lifecycle import LifecycleClient
from plugin.remote import RemoteUnavailable
from plugin.sdk import Message, Registry, WriteBack

PATIENCE = 5  # attempts, half an hour, that a filing waits for its files to be fetched


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
    """One paper into the life-cycle system: the contents it lists that are here first, then the filing itself."""

    def __init__(self, ledger: Ledger, client: LifecycleClient) -> None:
        self._ledger, self._client = ledger, client

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        sent = item.payload.get(SENT) or self._as_it_is(item)
        receipt = self._client.find(item.key, content_of(item.payload, item.key, item.revision, sent))
        return asdict(receipt) if receipt else None

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        sent = item.payload.get(SENT) or self._settled(item)
        for sha256 in dict.fromkeys(each["sha256"] for each in sent["attachments"] if each["sha256"]):
            if (path := self._ledger.attachments.path(sha256)).exists():
                self._client.upload(sha256, path.read_bytes())
        content = content_of(item.payload, item.key, item.revision, sent)
        return asdict(self._client.file(content, key=item.key))

    def _settled(self, item: OutboxItem) -> dict[str, Any]:
        """Before the first attempt: what may still change is kept, so that every attempt sends the same."""
        about = item.payload[ABOUT]
        files = self._ledger.attachments.of_record(about["platform"], about["record"])
        if item.attempts <= PATIENCE and any(each.state == "open" for each in files):
            raise RemoteUnavailable("附件还在从平台取回，稍后再报送。")
        sent = self._as_it_is(item)
        if not self._ledger.outbox.keep_payload(item.id, {**item.payload, SENT: sent}):
            raise RemoteUnavailable("这份备案刚刚撤回，没有报送。")
        return sent

    def _as_it_is(self, item: OutboxItem) -> dict[str, Any]:
        about = item.payload[ABOUT]
        files = self._ledger.attachments.of_record(about["platform"], about["record"])
        earlier = self._ledger.outbox.previous_receipt(item.subject, item.revision)
        return settled(item.payload, files, earlier["receipt_no"] if earlier else None)
