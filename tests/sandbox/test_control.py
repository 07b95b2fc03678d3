"""The stand-in life-cycle system is made to go wrong from its page or by a call, on this machine only."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from plugin.sandbox.faults import Fault, Faults
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.server import Running, serve_sandbox
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def page(make_settings: Callable[..., Settings], faults: Faults) -> Iterator[FlaskClient]:
    store = Store(make_settings().database)
    yield create_lifecycle(store, make_settings(), faults).test_client()
    store.close()


def test_the_form_arms_a_fault_and_the_page_says_so(page: FlaskClient, faults: Faults) -> None:
    assert "现在一切正常" in page.get("/").text
    sent = page.post("/sandbox/faults", data={"mode": "drip", "moment": "submit", "times": "3"})
    assert (sent.status_code, sent.location) == (303, "/")
    assert faults.armed == (Fault("drip", "submit", 3), 3)
    assert "答复一秒一个字节，报送备案，还有3次" in page.get("/").text
    page.post("/sandbox/faults", data={"mode": ""})
    assert faults.armed is None


def test_a_call_arms_it_too_and_tells_what_there_is(page: FlaskClient) -> None:
    answer = page.post("/sandbox/faults", json={"mode": "reset", "stores": False}).json
    assert answer["armed"] == {"mode": "reset", "moment": "any", "times": 1, "stores": False, "left": 1}
    assert page.get("/sandbox/faults").json["modes"]["login_page"] == "答复是登录页（200）"
    assert page.post("/sandbox/faults", json={}).json["armed"] is None


@pytest.mark.parametrize(
    "given",
    [{"mode": "burns"}, {"mode": "drip", "times": "x"}, {"mode": "drip", "times": 1000}, {"mode": "drip", "stores": "?"},
     {"mode": "drip", "moment": "never"}, {"mode": "expired_certificate"}],
)  # fmt: skip
def test_what_cannot_be_armed_is_refused_in_chinese(
    page: FlaskClient, faults: Faults, given: dict[str, object]
) -> None:
    refused = page.post("/sandbox/faults", json=given)
    assert (refused.status_code, refused.json["code"]) == (422, "UNKNOWN_FAULT")
    assert faults.armed is None


def test_no_other_site_may_arm_one(page: FlaskClient, faults: Faults) -> None:
    sent = page.post("/sandbox/faults", data={"mode": "drip"}, headers={"Origin": "http://evil.example"})
    assert (sent.status_code, faults.armed) == (403, None)


@pytest.fixture
def running(make_settings: Callable[..., Settings]) -> Iterator[Running]:
    started = serve_sandbox(make_settings())
    yield started
    started.stop()


def call(url: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_gateway_passes_on_what_is_not_to_go_wrong(running: Running) -> None:
    status, body = call(running.gateway_url, "/v1/health")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert call(running.gateway_url, "/v1/filings?key=a")[0] == 401
    running.faults.arm(Fault("error"))
    assert call(running.gateway_url, "/v1/health")[0] == 500
    assert call(running.gateway_url, "/v1/health")[0] == 200


def test_a_caller_that_leaves_or_talks_nonsense_ends_only_its_own_connection(running: Running) -> None:
    where = ("127.0.0.1", urlsplit(running.gateway_url).port)
    for said in (b"", b"GET /v1/health HTTP/1.1\r\n", b"nonsense\r\n\r\n", b"x" * 200_000):
        # it may have had enough of us already
        with contextlib.suppress(OSError), socket.create_connection(where, timeout=5) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert call(running.gateway_url, "/v1/health")[0] == 200
