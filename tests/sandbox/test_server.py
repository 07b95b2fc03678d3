"""Both systems on real ports: the scripted client, a clean stop, and a start on the same folder."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from waitress.trigger import trigger

from plugin.sandbox.client import SandboxPlatform, SandboxRefused
from plugin.sandbox.server import Running, Served, serve_sandbox
from plugin.sandbox.settings import Settings

from .fake_plugin import GUIDANCE, Plugin

OFFICIAL = {"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}
DEMAND = {
    "classified": "否",
    "project_name": "农情一张图",
    "funding": [{"source": "县级财政", "amount_yuan": "280万元"}],
}


@pytest.fixture
def settings(plugin_server: Plugin, make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(plugin_server.url)


@pytest.fixture
def running(settings: Settings) -> Iterator[Running]:
    started = serve_sandbox(settings)
    yield started
    started.stop()


@pytest.fixture
def platform(running: Running, settings: Settings) -> SandboxPlatform:
    return SandboxPlatform(running.platform_url, running.lifecycle_url, settings)


def test_the_client_saves_as_the_page_does_and_the_webhook_goes_out_by_itself(
    platform: SandboxPlatform, plugin_server: Plugin
) -> None:
    submitted = platform.submit("demand_collection", DEMAND, OFFICIAL)
    assert submitted.record is not None
    assert submitted.verdict["decision"] == "allow"
    assert submitted.refusal is None
    assert plugin_server.asked[0][1] == {"record": None, "submitter": OFFICIAL, "fields": DEMAND}
    wait_until(lambda: len(plugin_server.told) == 1)
    assert plugin_server.told[0][1]["data"]["record"] == submitted.record
    assert [each["record"] for each in platform.records()] == [submitted.record]
    assert platform.result("demand_collection", submitted.record) is None
    assert platform.filings("XX-2026-0001") == []
    assert platform.messages("u1") == []


def test_the_client_changes_a_record_it_saved(platform: SandboxPlatform, plugin_server: Plugin) -> None:
    record = platform.submit("demand_collection", DEMAND, OFFICIAL).record
    again = platform.submit(
        "demand_collection", {**DEMAND, "project_name": "农情一张图二期"}, OFFICIAL, record
    )
    assert again.record == record
    wait_until(
        lambda: [event["type"] for _id, event in plugin_server.told] == ["record.created", "record.updated"]
    )


def test_the_client_hears_why_nothing_was_saved(platform: SandboxPlatform) -> None:
    refused = platform.submit("feasibility_study", DEMAND, OFFICIAL)
    assert (refused.record, refused.classified) == (None, False)
    assert [each["code"] for each in refused.verdict["findings"]] == ["SHARING-CHAPTER"]
    classified = platform.submit("demand_collection", {**DEMAND, "classified": "是"}, OFFICIAL)
    assert (classified.record, classified.classified, classified.refusal) == (None, True, GUIDANCE)


def test_a_new_record_may_bring_its_own_id_and_the_same_content_again_tells_nobody(
    platform: SandboxPlatform, plugin_server: Plugin
) -> None:
    for _again in range(2):
        assert platform.submit("demand_collection", DEMAND, OFFICIAL, "demo-demand").record == "demo-demand"
    wait_until(lambda: len(plugin_server.told) == 1)
    time.sleep(0.3)
    assert len(plugin_server.told) == 1
    assert [body["record"] for _form, body in plugin_server.asked] == [None, "demo-demand"]


def test_an_unknown_form_an_odd_id_and_another_forms_id_are_problems(platform: SandboxPlatform) -> None:
    platform.submit("demand_collection", DEMAND, OFFICIAL, "demo-demand")
    for form, record, status in (
        ("no_such_form", None, "404"),
        ("demand_collection", "../x", "422"),
        ("contract_filing", "demo-demand", "409"),
    ):
        with pytest.raises(SandboxRefused, match=status):
            platform.submit(form, DEMAND, OFFICIAL, record)


def test_it_stops_cleanly_and_starts_again_on_the_same_ports_and_data(
    settings: Settings, plugin_server: Plugin
) -> None:
    plugin_server.statuses = [503] * 10_000
    first = serve_sandbox(settings)
    record = (
        SandboxPlatform(first.platform_url, first.lifecycle_url, settings)
        .submit("demand_collection", DEMAND, OFFICIAL)
        .record
    )
    ports = [int(url.rsplit(":", 1)[1]) for url in (first.platform_url, first.lifecycle_url)]
    first.stop()
    for port in ports:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)
    plugin_server.statuses.clear()
    plugin_server.told.clear()
    again = serve_sandbox(settings)
    wait_until(lambda: len(plugin_server.told) == 1)
    assert plugin_server.told[0][1]["data"]["record"] == record
    page = urllib.request.urlopen(f"{again.platform_url}/records", timeout=5).read().decode()
    assert "农情一张图" in page
    again.stop()


def test_a_taken_port_is_said_and_nothing_stays_open(make_settings: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve_sandbox(make_settings(platform_port=taken.getsockname()[1]))


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://plugin.example", "http://10.0.0.1:80"])
def test_it_calls_nobody_beyond_this_machine(make_settings: Callable[..., Settings], url: str) -> None:
    with pytest.raises(ValueError, match="只连接本机"):
        make_settings(url)


def wait_until(happened: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_server_awake_already_when_told_to_stop_stops_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    served = Served(Flask("awake"), 0)
    pull = trigger._physical_pull

    def late(
        self: trigger,
    ) -> None:  # an earlier pull has woken the loop: it runs what it was told, then comes ours
        pull(self)
        served._thread.join(5)
        pull(self)

    monkeypatch.setattr(trigger, "_physical_pull", late)
    served.stop()
    assert not served._thread.is_alive()
