"""What the contract has no room for is cut before it is sent, and said to be."""

from __future__ import annotations

import json

from plugin.http import Door
from plugin.platforms.signing import Secret
from plugin.platforms.standard import MORE, StandardPlatform
from plugin.remote import Remote
from plugin.sdk import Message, WriteBack
from tests.edge.servers import reply, serving
from tests.edge.test_lifecycle import NOW


def sent_by(act) -> dict:
    with serving(lambda sock, _: sock.sendall(reply("200 OK", b"{}"))) as server:
        remote = Remote(
            "平台", Door([server.url]), server.url, lambda: [Secret(b"k" * 32)], "v1", lambda: NOW
        )
        act(StandardPlatform(remote))
        return json.loads(server.requests[0].partition(b"\r\n\r\n")[2])


def test_a_long_message_keeps_its_beginning_within_the_contract() -> None:
    body = sent_by(lambda it: it.send(Message("u1", "题" * 101, "文" * 5001), key="m1"))
    assert (len(body["title"]), len(body["text"])) == (100, 5000)
    assert body["text"].endswith(MORE)


def test_what_fits_is_left_as_it_is() -> None:
    body = sent_by(lambda it: it.send(Message("u1", "题" * 100, "文" * 5000), key="m1"))
    assert (body["title"], body["text"]) == ("题" * 100, "文" * 5000)


def test_the_sentence_in_the_record_is_cut_too() -> None:
    result = WriteBack("adjustment", "r1", 1, "returned", "文" * 20_001, {}, None)
    body = sent_by(lambda it: it.write_back(result, key="w1"))
    assert len(body["message"]) == 20_000
