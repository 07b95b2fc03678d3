"""Both sides for real: ledger, sender, client and door here; gateway, stand-in and another host there, on loopback."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import trustme

from jobs.couriers import FilingCourier
from jobs.outbox import Sender
from plugin.filings import content_of
from plugin.http import Door, Reply
from plugin.ledger import AttachmentRow, Ledger, OutboxRow, Outgoing
from plugin.lifecycle import LifecycleClient, digest_of
from plugin.platforms.signing import Secret
from plugin.remote import Remote
from plugin.sandbox.faults import Fault, Faults
from plugin.sandbox.gateway import Gateway
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.server import Served
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store
from tests.edge.servers import RawServer, reply, serving

SECRETS = (Secret(b"k" * 32, "2025-03"),)
FACTOR = 1 / 20  # of the real limits: connect 3 s, read 10 s, 15 s in all
TOTAL_S = 15 * FACTOR
CODE = "SX-2025-0001"
CONTENT = b"%PDF-1.7 " + b"contract " * 40_000


class Clock:
    """Both sides' clock, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def hours(self, count: float) -> None:
        self.now += timedelta(hours=count)


class TimedDoor(Door):
    """The door, with a stopwatch."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.took: list[float] = []

    def request(self, *args: Any, **kwargs: Any) -> Reply:
        began = time.monotonic()
        try:
            return super().request(*args, **kwargs)
        finally:
            self.took.append(time.monotonic() - began)


@dataclass
class World:
    """The parts a test looks at."""

    ledger: Ledger
    sender: Sender
    client: LifecycleClient
    faults: Faults
    store: Store
    clock: Clock
    door: TimedDoor
    elsewhere: RawServer
    wanted: dict[str, Outgoing] = field(default_factory=dict)

    def want(
        self,
        name: str = "contract",
        code: str = CODE,
        held: bytes | None = None,
        names_a_file: bool = False,
        **values: Any,
    ) -> None:
        """Queue a filing as settling does; the same name again is its correction. `held`: its file's content is here."""
        files: list[dict[str, Any]] = []
        if held is not None or names_a_file:
            files = [
                {"field": "contract_file", "name": "合同.pdf", "size": None, "sha256": None, "ref": "f1"}
            ]
        if held is not None:
            self.fetch(name, held)
        payload = {
            "about": {"platform": "standard", "form": "contract_filing", "record": name},
            "project_code": code,
            "project_name": "农情一张图",
            "construction_unit": "县农业农村局（演示）",
            "step": "contract_filing",
            "step_title": "合同备案",
            "happened_on": "2025-03-10",
            "duty": {"name": "contract_filing", "article": "31", "to": ["data_bureau"]},
            "attachments": files,
            "values": {"classified": False, "contract_no": name, **values},
        }
        subject = f"filing:{code}:contract_filing-{name}"
        self.wanted[subject] = Outgoing("filing", subject, f"{code}:lifecycle", code, self.clock(), payload)
        here = [each for each in self.wanted.values() if each.project_code == code]
        self.ledger.outbox.sync(f"project:{code}", here, self.clock())

    def fetch(self, record: str, content: bytes) -> None:
        """The record's file, as the job that fetches files leaves it."""
        row = AttachmentRow("standard", record, "f1", "contract_filing", "contract_file", "合同.pdf", "/f/1")
        self.ledger.attachments.note([row], self.clock())
        self.ledger.attachments.stored(row, content)

    def go_wrong(self, mode: str, moment: str = "any", times: int = 1, stores: bool | None = None) -> None:
        self.faults.arm(Fault(mode, moment, times, stores))

    def send_due(self) -> None:
        while self.sender.send_one(["filing"], self.clock()):
            pass

    def settle(self, hours: int = 12) -> None:
        """Hour after hour, until nothing is waiting."""
        for _ in range(hours):
            self.send_due()
            if not any(row.state in ("pending", "leased") for row in self.filings()):
                return
            self.clock.hours(2)

    def filings(self) -> list[OutboxRow]:
        return self.ledger.outbox.list(kind="filing")

    def stands_exactly_once(self) -> None:
        """Every filing that was wanted is in the other side's record once, as it was wanted, under our receipt."""
        there = self.store.filings.latest()
        sent = [row for row in self.filings() if row.state != "cancelled"]
        assert [row.state for row in sent] == ["sent"] * len(sent), [(row.state, row.error) for row in sent]
        assert sorted(each.key for each in there) == sorted(row.key for row in sent)
        by_key = {each.key: each for each in there}
        for row in sent:
            assert row.receipt and row.receipt["receipt_no"] == by_key[row.key].receipt_no
            body = {name: value for name, value in by_key[row.key].body.items() if name != "sent_at"}
            earlier = self.ledger.outbox.previous_receipt(row.subject, row.revision)
            assert row.payload["sent"]["supersedes"] == (earlier["receipt_no"] if earlier else None)
            content = content_of(row.payload, row.key, row.revision, row.payload["sent"])
            assert digest_of(content) == row.receipt["digest"] == digest_of(body)


@contextmanager
def world(folder: Path, *, secure: bool = False, max_attempts: int = 12) -> Iterator[World]:
    clock, faults = Clock(), Faults()
    settings = Settings(folder / "sandbox", "http://127.0.0.1:9", clock, SECRETS, SECRETS)
    store = Store(settings.database)
    served = Served(create_lifecycle(store, settings, faults), 0)
    authority = trustme.CA()
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with serving(lambda sock, _: sock.sendall(reply("200 OK"))) as elsewhere:
        tls = (context(authority), context(authority, expired=True)) if secure else None
        gateway = Gateway(served.url, faults, second=FACTOR, elsewhere=elsewhere.url + "/v1/filings", tls=tls)
        door = TimedDoor(
            [gateway.url], connect_s=3 * FACTOR, read_s=10 * FACTOR, total_s=TOTAL_S, ca_bundle=str(bundle)
        )
        client = LifecycleClient(
            Remote("全生命周期管理系统", door, gateway.url, lambda: SECRETS, "v1", clock)
        )
        with closing(Ledger.open(folder / "ledger.db")) as ledger:
            sender = Sender(ledger, {"filing": FilingCourier(ledger, client)}, Random(1), max_attempts)
            yield World(ledger, sender, client, faults, store, clock, door, elsewhere)
        gateway.stop()
    served.stop()
    store.close()


def context(authority: trustme.CA, *, expired: bool = False) -> ssl.SSLContext:
    past = {"not_before": datetime(2020, 1, 1), "not_after": datetime(2020, 2, 1)} if expired else {}
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", **past).configure_cert(made)
    return made
