"""The receiver: who may send, what is answered, and that code and docs/openapi.yaml say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from ruamel.yaml import YAML

from plugin.app import openapi_text
from tests.webhooks.conftest import NOW, SECRETS, Sender, saved

DOCUMENT = YAML(typ="safe", pure=True).load(openapi_text())
VERDICT, WEBHOOK = "/v1/verdicts/demand_collection", "/webhooks/standard/demand_collection"


def conforms(path: str, reply: Any) -> None:
    """The reply is one that the document announces for this path, in status, type and shape."""
    announced = DOCUMENT["paths"][path]["post" if "post" in DOCUMENT["paths"][path] else "get"]["responses"]
    response = announced[str(reply.status_code)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"][reply.mimetype]["schema"]
    registry: Registry[Any] = Registry().with_resource("", Resource.opaque(DOCUMENT))
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}, registry=registry).validate(
        reply.get_json()
    )


def test_the_document_is_valid_openapi_and_is_served_offline(sender: Sender) -> None:
    validate(DOCUMENT)
    reply = sender.client.get("/openapi.yaml")
    assert reply.status_code == 200
    assert reply.get_data(as_text=True) == openapi_text()


def test_the_document_names_every_route_and_no_other(sender: Sender) -> None:
    everything = sender.client.application.url_map.iter_rules()
    rules = [each for each in everything if not re.match(r"/(console|$)", each.rule)]  # pages, no interface
    ours = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule): rule.methods & {"GET", "POST"} for rule in rules}
    assert ours == {path: {method.upper() for method in item} for path, item in DOCUMENT["paths"].items()}


def test_a_question_gets_every_finding(sender: Sender, demand: Mapping[str, Any]) -> None:
    reply = sender.post(
        VERDICT, {"record": None, "fields": {**demand, "estimated_investment_yuan": "约300万"}}
    )
    assert reply.status_code == 200
    conforms("/v1/verdicts/{form}", reply)
    assert reply.get_json()["may_save"] is False


def test_a_saved_record_is_acknowledged_once_it_is_on_disk(sender: Sender, demand: Mapping[str, Any]) -> None:
    first, again = (sender.post(WEBHOOK, saved(demand), id="evt_same") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    conforms("/webhooks/{platform}/{form}", first)
    assert (first.get_json()["duplicate"], again.get_json()["duplicate"]) == (False, True)
    assert sender.ledger.inbox.counts()["open"] == 1


def test_a_fraction_in_a_saved_record_is_kept_to_its_last_digit(
    sender: Sender, demand: Mapping[str, Any]
) -> None:
    """Platforms send amounts as JSON numbers, also in the rows of a table."""
    body = json.dumps(
        saved({**demand, "estimated_investment_yuan": "@1", "funding": [{"amount_yuan": "@2"}]})
    )
    raw = body.replace('"@1"', "2800000.10").replace('"@2"', "0.30").encode()
    assert sender.post(WEBHOOK, raw).status_code == 202
    item = sender.ledger.inbox.claim(NOW)
    assert item
    fields = item.event["fields"]
    assert (fields["estimated_investment_yuan"], fields["funding"]) == (
        "2800000.10",
        [{"amount_yuan": "0.30"}],
    )


@pytest.mark.parametrize("path", [VERDICT, WEBHOOK])
def test_a_classified_one_gets_guidance_and_leaves_no_trace(
    sender: Sender, demand: Mapping[str, Any], path: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    planted = "绝不应留存的甲乙丙"
    fields = {**demand, "classified": "是", "demand_summary": planted}
    reply = sender.post(path, saved(fields) if path == WEBHOOK else {"fields": fields})
    assert reply.status_code == 200
    conforms("/webhooks/{platform}/{form}" if path == WEBHOOK else "/v1/verdicts/{form}", reply)
    assert reply.get_json()["guidance"]
    assert planted not in reply.get_data(as_text=True) and planted not in caplog.text
    assert not [
        file for file in tmp_path.rglob("*") if file.is_file() and planted.encode() in file.read_bytes()
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"secret": SECRETS[2]}, 401, "SIGNATURE_UNKNOWN_SIGNATURE"),
        ({"at": NOW - timedelta(seconds=301)}, 401, "SIGNATURE_CLOCK_SKEW"),
        ({"at": NOW + timedelta(seconds=301)}, 401, "SIGNATURE_CLOCK_SKEW"),
        ({"Content-Type": "text/plain"}, 415, "NOT_JSON"),
        ({"Content-Encoding": "gzip"}, 415, "NOT_JSON"),
        ({"webhook-signature": ""}, 401, "SIGNATURE_MISSING"),
        ({"webhook-signature": "v1;nonsense"}, 401, "SIGNATURE_MALFORMED"),
    ],
)
@pytest.mark.parametrize("path", [VERDICT, WEBHOOK])
def test_a_request_we_cannot_trust_is_refused(
    sender: Sender, demand: Mapping[str, Any], path: str, changes: dict[str, Any], status: int, code: str
) -> None:
    reply = sender.post(path, saved(demand), **changes)
    assert (reply.status_code, reply.get_json()["code"]) == (status, code)
    assert reply.mimetype == "application/problem+json"
    assert sender.ledger.inbox.counts()["open"] == 0


@pytest.mark.parametrize("seconds", [-300, 300])
def test_the_edge_of_the_time_window_is_inside(
    sender: Sender, demand: Mapping[str, Any], seconds: int
) -> None:
    assert sender.post(WEBHOOK, saved(demand), at=NOW + timedelta(seconds=seconds)).status_code == 202


@pytest.mark.parametrize("secret", SECRETS[:2])
@pytest.mark.parametrize("algorithm", ["v1", "v1sm3"])
def test_every_active_key_and_both_algorithms_are_taken(
    sender: Sender, demand: Mapping[str, Any], secret: str, algorithm: str
) -> None:
    assert sender.post(WEBHOOK, saved(demand), secret=secret, algorithm=algorithm).status_code == 202


def test_a_new_key_needs_no_restart_and_an_old_one_ends(
    sender: Sender, demand: Mapping[str, Any], environ: dict[str, str]
) -> None:
    Path(environ["ZHENGXIANG_WEBHOOK_SECRETS_FILE"]).write_text(SECRETS[2], encoding="ascii")
    assert sender.post(WEBHOOK, saved(demand), secret=SECRETS[2]).status_code == 202
    assert sender.post(WEBHOOK, saved(demand), secret=SECRETS[0]).status_code == 401


@pytest.mark.parametrize("content", [b"", b"whsec_", b"whsec_AAAA", b"\xff\xfe"])
def test_a_half_written_key_file_asks_the_sender_to_come_again(
    sender: Sender, demand: Mapping[str, Any], environ: dict[str, str], content: bytes
) -> None:
    Path(environ["ZHENGXIANG_WEBHOOK_SECRETS_FILE"]).write_bytes(content)
    reply = sender.post(WEBHOOK, saved(demand))
    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/verdicts/no_such_form", 404, "UNKNOWN_FORM"),
        ("/webhooks/nobody/demand_collection", 404, "UNKNOWN_PLATFORM"),
        ("/no/such/place", 404, "HTTP_404"),
    ],
)
def test_an_unknown_address_says_so(sender: Sender, path: str, status: int, code: str) -> None:
    reply = sender.post(path, {"fields": {}})
    assert (reply.status_code, reply.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body", [b" ", b"{", b"[]", b"null", b'{"data": 1}', b'{"type": "record.created", "data": {"record": ""}}', b'{"a":1,"a":2}', b"\xff"]
)  # fmt: skip
def test_a_body_that_is_no_event_is_a_problem_not_a_failure(sender: Sender, body: bytes) -> None:
    reply = sender.post(WEBHOOK, body)
    assert reply.status_code == 400
    conforms("/webhooks/{platform}/{form}", reply)
    assert sender.post(VERDICT, body).status_code == 400


def test_a_body_without_a_length_is_refused(sender: Sender) -> None:
    reply = sender.client.post(
        WEBHOOK, headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    )
    assert reply.status_code == 411
    conforms("/webhooks/{platform}/{form}", reply)


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(sender: Sender) -> None:
    reply = sender.post(WEBHOOK, b" " * (2 * 1024 * 1024 + 1))
    assert reply.status_code == 413
    conforms("/webhooks/{platform}/{form}", reply)


def test_an_event_of_an_unknown_type_is_acknowledged_and_nothing_of_its_body_kept(
    sender: Sender, tmp_path: Path
) -> None:
    planted = "不认识的事件里的内容"
    reply = sender.post(
        WEBHOOK, {"type": "form.changed", "data": {"record": "r", "saved_at": NOW.isoformat(), "x": planted}}
    )
    assert reply.status_code == 202
    assert not [
        file for file in tmp_path.rglob("*") if file.is_file() and planted.encode() in file.read_bytes()
    ]


def test_a_ledger_that_cannot_write_asks_the_sender_to_come_again(
    sender: Sender, demand: Mapping[str, Any]
) -> None:
    pages = sender.ledger.rows("PRAGMA page_count")[0][0]
    sender.ledger.rows(f"PRAGMA max_page_count = {pages}")
    big = {**demand, "necessity": "很有必要。" * 3000, "objectives": "建成一张图。" * 3000}
    statuses = {sender.post(WEBHOOK, saved(big, record=f"r{n}")).status_code for n in range(8)}
    assert 503 in statuses and statuses <= {202, 503}
    assert sender.client.get("/healthz").status_code == 200


def test_it_says_when_it_is_ready(sender: Sender) -> None:
    reply = sender.client.get("/readyz")
    assert (reply.status_code, json.loads(reply.data)["problems"]) == (200, [])
