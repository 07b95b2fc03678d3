"""The sandbox's platform on a port of its own, sending to a receiver that keeps what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forms.definition import load_forms
from plugin.adapters import adapter
from plugin.platforms.signing import Secret
from plugin.sandbox.delivery import Deliverer
from plugin.sandbox.desk import Desk
from plugin.sandbox.platform import create_platform
from plugin.sandbox.server import Served
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store
from plugin.sdk import Connection, Request
from plugin.sdk_testing import TroubledDoor

from .receiver import Receiver, receiving

PERSON = {"id": "u1", "name": "张三", "unit": "县农业农村局"}


class Sandbox:
    """One official, one platform, one receiver."""

    person = PERSON["id"]

    def __init__(self, store: Store, settings: Settings, url: str, receiver: Receiver) -> None:
        self._store, self._receiver, self.url = store, receiver, url
        self._desk, self._deliverer = Desk(store, settings), Deliverer(store, settings)
        self.secrets: Sequence[Secret] = settings.webhook_secrets
        self.door = TroubledDoor([url])
        self.platform = adapter("standard").connect(
            Connection(
                base_url=url,
                signature="v1",
                secrets=lambda: self.secrets,
                token=lambda: "",
                options={},
                forms=load_forms(),
                door=self.door,
                clock=self.now,
            )
        )

    def now(self) -> datetime:
        return datetime.now(UTC)

    def save(self, form: str, fields: Mapping[str, Any], record: str | None = None) -> tuple[str, Request]:
        saved = self._desk.submit(form, fields, PERSON, record)
        assert saved.record
        (request,) = self.echoes()
        return saved.record, request

    def reclassify(self, record: str) -> None:
        """Somebody changed the answer to 涉密, and no event told of it."""
        known = self._store.records.get(record)
        assert known
        self._store.records.save(replace(known, fields={**known.fields, "classified": True}), "evt_lost")

    def ask(self, form: str, fields: Mapping[str, Any]) -> Request:
        self._desk.submit(form, fields, PERSON, None)
        return self._receiver.take(self._receiver.questions)[-1]

    def shown(self, form: str, record: str) -> tuple[str, str] | None:
        result = self._store.results.get(record)
        return (result.body["status"], result.body["message"]) if result else None

    def inbox(self) -> Sequence[str]:
        return [each.body["title"] for each in self._store.messages.latest(self.person)]

    def echoes(self) -> Sequence[Request]:
        self._deliverer.deliver_due(self.now())
        return self._receiver.take(self._receiver.deliveries)


@contextmanager
def sandbox_at(folder: Path) -> Iterator[Sandbox]:
    with receiving() as receiver, closing(Store(folder / "sandbox.db")) as store:
        secret = (Secret(b"w" * 32),)
        settings = Settings(folder, receiver.url, lambda: datetime.now(UTC), secret, secret)
        served = Served(create_platform(store, load_forms(), settings), 0)
        try:
            yield Sandbox(store, settings, served.url, receiver)
        finally:
            served.stop()
