"""Our calls through a gateway: a real server on loopback holds every one against the scheme it was told."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pytest

from plugin.http import Door
from plugin.platforms.signing import SCHEMES, Request, Secret, SignatureRefused, verify_request
from plugin.remote import Remote, RemoteUnavailable
from tests.edge.servers import reply, serving

NOW = datetime(2024, 5, 20, 1, 30, tzinfo=UTC)


def secret_of(name: str, key: bytes = b"k" * 32) -> Secret:
    return Secret(key, ids=tuple(f"{each}-1" for each in SCHEMES[name].ids))


class Gateway:
    """Answers 200 to what its scheme accepts and 401 to everything else."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.seen: list[Request] = []

    def __call__(self, sock, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        request = Request(method, path, query, dict(line.split(": ", 1) for line in lines), body)
        self.seen.append(request)
        try:
            verify_request(self.scheme, request, [secret_of(self.scheme)], NOW)
        except SignatureRefused:
            sock.sendall(reply("401 Unauthorized"))
        else:
            sock.sendall(reply("200 OK", b"{}", Content_Type="application/json"))


def remote_to(url: str, scheme: str, key: bytes = b"k" * 32) -> Remote:
    numbers = count(1)
    return Remote(
        "平台",
        Door([url]),
        f"{url}/gateway/",
        lambda: [secret_of(scheme, key)],
        scheme,
        lambda: NOW,
        lambda size: next(numbers).to_bytes(size, "big"),
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_gateway_accepts_our_calls_with_and_without_a_body(scheme):
    gateway = Gateway(scheme)
    with serving(gateway) as server:
        remote = remote_to(server.url, scheme)
        asked = remote.call("GET", "/api/messages?key=a%2Fb&b=%E5%8E%BF", key="k1")
        told = remote.call("POST", "/api/messages", key="k1", payload={"title": "提醒"})
    assert (asked.status, told.status) == (200, 200)
    assert [each.path for each in gateway.seen] == ["/gateway/api/messages"] * 2
    assert gateway.seen[0].query.startswith("key=a%2Fb&b=%E5%8E%BF")
    assert gateway.seen[1].headers["Idempotency-Key"] == "k1"


def test_a_call_sent_again_carries_a_nonce_of_its_own():
    gateway = Gateway("tif")
    with serving(gateway) as server:
        remote = remote_to(server.url, "tif")
        for _ in range(2):
            remote.call("GET", "/api/messages", key="k1")
    first, second = (each.headers["x-tif-nonce"] for each in gateway.seen)
    assert first != second


def test_a_gateway_that_refuses_our_key_is_a_matter_for_later_not_for_the_content():
    with serving(Gateway("tif")) as server:
        remote = remote_to(server.url, "tif", b"another key")
        answer = remote.call("POST", "/api/messages", key="k1", payload={})
    assert answer.status == 401
    assert isinstance(remote.refusal(answer), RemoteUnavailable)
