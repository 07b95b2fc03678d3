"""The life-cycle client against a real server that keeps the contract, and one that breaks it on demand."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from openapi_spec_validator import validate
from ruamel.yaml import YAML

from plugin.http import Door
from plugin.lifecycle import LifecycleClient, digest_of
from plugin.platforms.signing import Secret, verify
from plugin.remote import Remote, RemoteRejected, RemoteUnavailable, RemoteUnclear
from tests.edge.servers import reply, serving

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT = YAML(typ="safe", pure=True).load(DOCS / "lifecycle-api.yaml")
SECRETS = [Secret(b"k" * 32, "2024-05")]
NOW = datetime(2024, 5, 20, 1, 30, tzinfo=UTC)
KEY = "filing:SX-2024-0007:contract_filing:1"
PAYLOAD = {
    "project_code": "SX-2024-0007",
    "project_name": "智慧水利监测平台",
    "construction_unit": "县水利局",
    "step": "contract_filing",
    "step_title": "合同备案",
    "happened_on": date(2024, 5, 20),
    "revision": 1,
    "supersedes": None,
    "duty": {"name": "contract_filing", "article": "31", "to": ["data_bureau"]},
    "attachments": [{"field": "contract_file", "name": "合同.pdf", "size": None, "sha256": None}],
    "values": {"contract_amount_yuan": Decimal("4800000.00")},
}
PROBLEM = "application/problem+json; charset=utf-8"


def answer(status, value, content_type="application/json", **headers):
    return reply(status, json.dumps(value, ensure_ascii=False).encode(), Content_Type=content_type, **headers)


def check_schema(name, value):
    """Against the document itself, so that client, test server and contract cannot drift apart."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


class ContractServer:
    """Takes filings by key as the contract says; `breaks` are used up first: (stores it?, what happens)."""

    def __init__(self, *breaks):
        self.stored = {}
        self.breaks = list(breaks)
        self.ids = []

    def __call__(self, sock, request):
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        self.ids.append(verify(headers, body, SECRETS, NOW).id)
        method, target, _ = lines[0].split(" ")
        store, action = self.breaks.pop(0) if self.breaks else (True, None)
        good = self._post(headers, body, store) if method == "POST" else self._get(target)
        sock.sendall(good if action is None else action) if not callable(action) else action(sock)

    def _post(self, headers, body, store):
        filing = json.loads(body)
        check_schema("Filing", filing)
        assert headers["idempotency-key"].strip('"') == filing["key"]
        content = {name: value for name, value in filing.items() if name != "sent_at"}
        known = self.stored.get(filing["key"])
        if known and known[0] != content:
            problem = {"title": "冲突", "status": 409, "detail": "该键已对应另一份备案"}
            check_schema("Problem", problem)
            return answer("409 Conflict", problem, PROBLEM)
        receipt = known[1] if known else self._receipt(filing)
        if store:
            self.stored[filing["key"]] = (content, receipt)
        return answer("200 OK" if known else "201 Created", receipt)

    def _receipt(self, filing):
        receipt = {
            "receipt_no": f"R-{len(self.stored) + 1}",
            "key": filing["key"],
            "digest": digest_of(filing),
            "received_at": "2024-05-20T09:30:01+08:00",
            "lifecycle_no": None,
        }
        check_schema("Receipt", receipt)
        return receipt

    def _get(self, target):
        (key,) = parse_qs(urlsplit(target).query).get("key", [None])
        if key not in self.stored:
            problem = {"title": "没有", "status": 404, "detail": "没有这份备案。"}
            return answer("404 Not Found", problem, PROBLEM)
        return answer("200 OK", self.stored[key][1])


def remote_to(door, url, now=NOW, algorithm="v1"):
    return Remote("全生命周期管理系统", door, url, lambda: SECRETS, algorithm, lambda: now)


def client_of(url, *, now=NOW, algorithm="v1"):
    door = Door([url], connect_s=1, read_s=0.3, total_s=0.6)
    return LifecycleClient(remote_to(door, url + "/", now, algorithm))


def file_once(action, *, store=False, **changes):
    with serving(ContractServer((store, action))) as server:
        return client_of(server.url).file({**PAYLOAD, **changes}, key=KEY)


@pytest.mark.parametrize("name", ["lifecycle-api.yaml", "platform-api.yaml"])
def test_the_contracts_are_valid_openapi(name):
    validate(YAML(typ="safe", pure=True).load(DOCS / name))


@pytest.mark.parametrize("name", ["lifecycle-api.yaml", "platform-api.yaml"])
def test_the_examples_in_the_contracts_fit_their_schemas(name):
    document = YAML(typ="safe", pure=True).load(DOCS / name)
    contents = list(_contents(document))
    checked = 0
    for content in contents:
        schema = {**content["schema"], "components": document["components"]}
        for example in content.get("examples", {}).values():
            jsonschema.Draft202012Validator(schema).validate(example["value"])
            checked += 1
    assert checked


def _contents(node):
    if isinstance(node, dict):
        yield from node.get("content", {}).values() if isinstance(node.get("content"), dict) else ()
        for child in node.values():
            yield from _contents(child)


@pytest.mark.parametrize("algorithm", ["v1", "v1sm3"])
def test_a_filing_is_answered_with_a_receipt(algorithm):
    contract = ContractServer()
    with serving(contract) as server:
        receipt = client_of(server.url, algorithm=algorithm).file(PAYLOAD, key=KEY)
    assert (receipt.receipt_no, receipt.key) == ("R-1", KEY)
    assert receipt.received_at == "2024-05-20T09:30:01+08:00"
    assert receipt.lifecycle_no is None
    assert json.loads(json.dumps(asdict(receipt)))["receipt_no"] == "R-1"
    assert contract.stored[KEY][0]["values"] == {"contract_amount_yuan": "4800000.00"}
    assert contract.stored[KEY][0]["happened_on"] == "2024-05-20"


def test_the_same_filing_a_minute_later_gets_the_same_receipt():
    contract = ContractServer()
    with serving(contract) as server:
        first = client_of(server.url).file(PAYLOAD, key=KEY)
        again = client_of(server.url, now=NOW + timedelta(minutes=1)).file(PAYLOAD, key=KEY)
    assert again == first
    assert len(contract.stored) == 1
    assert contract.ids[0] == contract.ids[1]


def test_the_same_key_with_other_content_needs_a_person():
    with serving(ContractServer()) as server:
        client = client_of(server.url)
        client.file(PAYLOAD, key=KEY)
        with pytest.raises(RemoteRejected) as caught:
            client.file({**PAYLOAD, "revision": 2}, key=KEY)
    assert caught.value.reason == "该键已对应另一份备案。"


def test_a_receipt_is_found_by_key_or_not():
    with serving(ContractServer()) as server:
        client = client_of(server.url)
        assert client.find(KEY) is None
        receipt = client.file(PAYLOAD, key=KEY)
        assert client.find(KEY) == receipt


def test_stored_but_never_answered_is_unclear_and_then_found():
    contract = ContractServer((True, lambda sock: time.sleep(1)))
    with serving(contract) as server:
        client = client_of(server.url)
        with pytest.raises(RemoteUnclear):
            client.file(PAYLOAD, key=KEY)
        assert client.find(KEY).receipt_no == "R-1"
    assert len(contract.stored) == 1


DIGEST = digest_of({**PAYLOAD, "key": KEY})
RECEIPT = {"receipt_no": "R-1", "key": KEY, "received_at": "2024-05-20T09:30:01+08:00", "digest": DIGEST}


@pytest.mark.parametrize(
    "action",
    [
        reply("200 OK", b"<html>login</html>", Content_Type="text/html"),
        reply("201 Created", b""),
        answer("201 Created", []),
        answer("201 Created", {}),
        answer("201 Created", {**RECEIPT, "receipt_no": ""}),
        answer("201 Created", {**RECEIPT, "receipt_no": 7}),
        answer("201 Created", {**RECEIPT, "key": "another"}),
        answer("201 Created", {**RECEIPT, "received_at": "yesterday"}),
        answer("201 Created", {**RECEIPT, "received_at": "2024-05-20T09:30:01"}),
        answer("201 Created", {**RECEIPT, "received_at": None}),
        answer("201 Created", {**RECEIPT, "digest": None}),
        answer("201 Created", {**RECEIPT, "digest": "5994"}),
        answer("202 Accepted", RECEIPT),
        reply("204 No Content"),
        reply("500 Broken", b"Traceback"),
        reply("502 Bad Gateway", b"<html>"),
        reply("504 Gateway Timeout"),
        b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{",
    ],
)
def test_an_answer_that_proves_nothing_is_unclear(action):
    with pytest.raises(RemoteUnclear):
        file_once(action)


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 405, 408, 425, 429, 503])
def test_what_is_not_the_filings_fault_is_tried_again(status):
    with pytest.raises(RemoteUnavailable, match=f"HTTP {status}") as caught:
        file_once(reply(f"{status} No", b"", Location="/login"))
    assert caught.value.retry_after_s is None


def test_nobody_there_is_unavailable():
    with serving(ContractServer()) as server:
        url = server.url
    with pytest.raises(RemoteUnavailable, match="连不上"):
        client_of(url).file(PAYLOAD, key=KEY)


def test_an_address_off_the_allow_list_is_unavailable_until_the_manifest_is_mended():
    client = LifecycleClient(remote_to(Door([]), "https://lifecycle.invalid"))
    with pytest.raises(RemoteUnavailable, match="允许名单"):
        client.find(KEY)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("999999999", 86400),
        ("Mon, 20 May 2024 01:31:00 GMT", 60),
        ("Mon, 20 May 2024 01:31:00 -0000", 60),
        ("Mon, 20 May 2024 01:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("Mon, 99 May 2024 01:31:00 GMT", None),
        ("Mon, 20 May 99999999999999999999 01:31:00 GMT", None),
    ],
)
def test_retry_after_is_honoured_in_both_forms(header, seconds):
    with pytest.raises(RemoteUnavailable) as caught:
        file_once(reply("503 Away", b"", Retry_After=header))
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_a_refusal_needs_a_person_and_carries_the_reason(status):
    problem = {"title": "不符合要求", "status": status, "detail": "发生日期2099-01-01晚于今天。\n请改正\x1b"}
    with pytest.raises(RemoteRejected) as caught:
        file_once(answer(f"{status} No", problem, PROBLEM))
    assert caught.value.reason == "发生日期2099-01-01晚于今天。 请改正。"
    assert "发生日期2099-01-01晚于今天。" in str(caught.value)


@pytest.mark.parametrize(
    "action",
    [
        reply("422 No", b"<html>", Content_Type="text/html"),
        reply("422 No", b"{", Content_Type=PROBLEM),
        answer("422 No", [], PROBLEM),
        answer("422 No", {"detail": 7}, PROBLEM),
        answer("422 No", {"detail": " "}, PROBLEM),
    ],
)
def test_a_refusal_without_a_readable_reason_says_so(action):
    with pytest.raises(RemoteRejected) as caught:
        file_once(action)
    assert caught.value.reason == "没有说明原因。"


def test_a_title_serves_where_there_is_no_detail_and_a_long_one_is_cut():
    with pytest.raises(RemoteRejected) as caught:
        file_once(answer("422 No", {"title": "长" * 9000}, PROBLEM))
    assert caught.value.reason == "长" * 500 + "。"


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (reply("404 Not Found", b"<html>nginx", Content_Type="text/html"), RemoteUnavailable),
        (reply("302 Found", Location="/login"), RemoteUnavailable),
        (reply("200 OK", b"<html>login", Content_Type="text/html"), RemoteUnclear),
        (reply("500 Broken"), RemoteUnclear),
    ],
)
def test_only_the_contracts_own_404_means_not_there(action, error):
    with serving(ContractServer((False, action))) as server, pytest.raises(error):
        client_of(server.url).find(KEY)


@pytest.mark.parametrize("key", ["", "a b", "涉", "x" * 201, "a\r\nX: y"])
def test_a_key_no_header_could_carry_is_our_own_mistake(key):
    with pytest.raises(ValueError, match="幂等键"):
        client_of("http://127.0.0.1:1").file(PAYLOAD, key=key)


def test_a_receipt_with_a_fraction_in_it_can_still_be_kept_as_json():
    receipt = file_once(answer("201 Created", {**RECEIPT, "score": 0.1}))
    assert json.loads(json.dumps(asdict(receipt)))["reply"] == receipt.reply
    assert json.loads(receipt.reply)["score"] == 0.1


def test_what_is_not_json_is_our_own_mistake():
    with pytest.raises(TypeError, match="set"):
        client_of("http://127.0.0.1:1").file({"values": {1}}, key=KEY)


def test_a_receipt_keeps_the_answer_word_for_word():
    text = '{"digest" : "%s",\n "receipt_no":"R-1", "key":"%s", "received_at":"2024-05-20T09:30:01+08:00", "备注":"已收"}'
    body = (text % (DIGEST, KEY)).encode()
    receipt = file_once(reply("201 Created", body, Content_Type="application/json"))
    assert receipt.reply.encode() == body


def test_a_receipt_for_another_content_is_no_receipt_of_ours():
    with pytest.raises(RemoteRejected, match="不一致"):
        file_once(answer("201 Created", {**RECEIPT, "digest": "0" * 64}))
    with serving(ContractServer()) as server:
        client = client_of(server.url)
        client.file(PAYLOAD, key=KEY)
        assert client.find(KEY, PAYLOAD).receipt_no == "R-1"
        with pytest.raises(RemoteRejected, match="R-1"):
            client.find(KEY, {**PAYLOAD, "revision": 2})


def test_a_system_that_says_409_of_the_very_same_filing_is_asked_what_it_holds():
    conflict = answer("409 Conflict", {"title": "已存在", "status": 409, "detail": "已存在"}, PROBLEM)
    with serving(ContractServer((True, conflict))) as server:
        assert client_of(server.url).file(PAYLOAD, key=KEY).receipt_no == "R-1"
    with pytest.raises(RemoteRejected, match="已存在"):
        file_once(conflict)


@pytest.mark.parametrize("status", [400, 409, 410, 422])
def test_an_odd_answer_to_a_question_refuses_nothing(status):
    with serving(ContractServer((False, reply(f"{status} No")))) as server, pytest.raises(RemoteUnclear):
        client_of(server.url).find(KEY)


def page(next_after, *numbers):
    receipts = [{**RECEIPT, "receipt_no": number, "key": number} for number in numbers]
    items = [
        {"receipt": each, "step": "contract_filing", "revision": 1, "supersedes": None} for each in receipts
    ]
    return answer("200 OK", {"items": items, "next_after": next_after})


def test_what_it_holds_for_a_project_comes_page_by_page():
    contract = ContractServer((False, page("R-2", "R-1", "R-2")), (False, page(None, "R-3")))
    with serving(contract) as server:
        held = client_of(server.url).of_project("SX-2024-0007")
        paths = [request.split(b" ")[1] for request in server.requests]
    assert [each.receipt_no for each in held] == ["R-1", "R-2", "R-3"]
    assert paths == [b"/v1/projects/SX-2024-0007/filings", b"/v1/projects/SX-2024-0007/filings?after=R-2"]


@pytest.mark.parametrize(
    "action",
    [
        answer("200 OK", {"items": [{}], "next_after": None}),
        answer("200 OK", {"items": None, "next_after": None}),
        answer("200 OK", {}),
        answer("422 No", {"detail": "不"}, PROBLEM),
    ],
)
def test_a_list_that_is_none_is_not_taken_for_an_empty_one(action):
    with serving(ContractServer((False, action))) as server, pytest.raises(RemoteUnclear):
        client_of(server.url).of_project("SX-2024-0007")


def test_a_list_without_an_end_is_given_up(monkeypatch):
    monkeypatch.setattr("plugin.lifecycle.MOST_PAGES", 3)
    endless = [(False, page("R-1", "R-1"))] * 3
    with serving(ContractServer(*endless)) as server, pytest.raises(RemoteUnclear, match="没有尽头"):
        client_of(server.url).of_project("SX-2024-0007")


def test_the_contracts_own_receipt_carries_the_digest_of_its_own_filing():
    posted = CONTRACT["paths"]["/v1/filings"]["post"]
    filing = posted["requestBody"]["content"]["application/json"]["examples"]["contract_filing"]["value"]
    receipt = posted["responses"]["201"]["content"]["application/json"]["examples"]["first"]["value"]
    assert (receipt["digest"], receipt["key"]) == (digest_of(filing), filing["key"])
