"""Webhooks out: one transaction with the record, one id for every attempt, nothing lost at a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin.sandbox.delivery import Deliverer
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Record, Store

from .fake_plugin import Plugin

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
SUBMITTER = {"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}


def save(store: Store, record: str = "rec_1", id: str = "evt_1", **fields: Any) -> None:
    entry = Record(record, "demand_collection", NOW, SUBMITTER, {"classified": False, **fields})
    store.records.save(entry, id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data" / "sandbox.db")
    yield opened
    opened.close()


def test_a_saved_record_and_its_webhook_are_there_together_or_not_at_all(store: Store) -> None:
    save(store)
    with pytest.raises(Exception, match="UNIQUE"):
        save(store, record="rec_2", id="evt_1")
    assert store.records.get("rec_2") is None
    assert [each.id for each in store.deliveries.due(NOW)] == ["evt_1"]


def test_an_event_carries_the_whole_record_as_the_contract_says(
    store: Store, plugin_server: Plugin, make_settings: Callable[..., Settings]
) -> None:
    save(store, project_name="农情一张图")
    save(store, id="evt_2", project_name="农情一张图二期")
    assert Deliverer(store, make_settings(plugin_server.url)).deliver_due(NOW) == 2
    (first_id, first), (second_id, second) = plugin_server.told
    assert (first_id, first["type"], second_id, second["type"]) == (
        "evt_1",
        "record.created",
        "evt_2",
        "record.updated",
    )
    assert first["data"] == {
        "record": "rec_1",
        "saved_at": NOW.isoformat(),
        "submitter": SUBMITTER,
        "partial": False,
        "fields": {"classified": False, "project_name": "农情一张图"},
    }
    assert store.deliveries.waiting() == 0


def test_a_refused_attempt_is_repeated_later_under_the_same_id(
    store: Store, plugin_server: Plugin, make_settings: Callable[..., Settings]
) -> None:
    save(store)
    plugin_server.statuses = [503, 500]
    deliverer = Deliverer(store, make_settings(plugin_server.url, retry_scale=1.0))
    assert deliverer.deliver_due(NOW) == 1
    assert deliverer.deliver_due(NOW + timedelta(seconds=4.9)) == 0
    assert deliverer.deliver_due(NOW + timedelta(seconds=5)) == 1
    assert deliverer.deliver_due(NOW + timedelta(seconds=34.9)) == 0
    assert deliverer.deliver_due(NOW + timedelta(seconds=35)) == 1
    assert deliverer.deliver_due(NOW + timedelta(days=9)) == 0
    assert [id for id, _event in plugin_server.told] == ["evt_1"] * 3
    (delivered,) = store.deliveries.of_record("rec_1")
    assert (delivered.state, delivered.attempts, delivered.body) == ("delivered", 3, "")


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "refused"), (202, "delivered"), (400, "given_up"), (401, "queued"), (429, "queued")],
)
def test_each_answer_has_its_consequence(
    store: Store, plugin_server: Plugin, make_settings: Callable[..., Settings], status: int, state: str
) -> None:
    save(store)
    plugin_server.statuses = [status]
    Deliverer(store, make_settings(plugin_server.url)).deliver_due(NOW)
    assert [each.state for each in store.deliveries.of_record("rec_1")] == [state]


def test_a_plugin_that_is_not_there_is_tried_again(
    store: Store, make_settings: Callable[..., Settings]
) -> None:
    save(store)
    Deliverer(store, make_settings()).deliver_due(NOW)
    (waiting,) = store.deliveries.of_record("rec_1")
    assert (waiting.state, waiting.attempts, waiting.answer) == ("queued", 1, "未连接上")


SERVE = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from plugin.platforms.signing import Secret
from plugin.sandbox.server import serve_sandbox
from plugin.sandbox.settings import Settings
running = serve_sandbox(Settings(
    data_dir=Path(sys.argv[1]), plugin_url=sys.argv[2], now=lambda: datetime.now(UTC),
    webhook_secrets=(Secret(b"w" * 32),), lifecycle_secrets=(Secret(b"l" * 32),), retry_scale=0.01,
))
print(running.platform_url, flush=True)
time.sleep(600)
"""


def test_killed_before_the_plugin_acknowledged_it_sends_after_the_restart(
    tmp_path: Path, plugin_server: Plugin, make_settings: Callable[..., Settings]
) -> None:
    plugin_server.statuses = [503] * 10_000
    data = tmp_path / "data"
    first = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(data), plugin_server.url], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    url = first.stdout.readline().strip()
    saved = submit(url)
    wait_until(lambda: len(plugin_server.told) >= 1)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    plugin_server.statuses.clear()
    again = Store(data / "sandbox.db")
    assert again.records.get(saved) is not None
    assert again.deliveries.waiting() == 1
    while again.deliveries.waiting():
        Deliverer(again, make_settings(plugin_server.url)).deliver_due(datetime.now(UTC) + timedelta(hours=2))
    again.close()
    assert len({id for id, _event in plugin_server.told}) == 1
    assert {event["data"]["record"] for _id, event in plugin_server.told} == {saved}


def submit(url: str) -> str:
    import json
    import urllib.request

    body = {"fields": {"classified": False, "project_name": "农情一张图"}, "submitter": SUBMITTER}
    request = urllib.request.Request(
        f"{url}/submit/demand_collection", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return str(json.load(reply)["record"])


def wait_until(happened: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
