"""The stand-in life-cycle system: a filing counts once a key, and nothing classified or unsigned is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.platforms.signing import Secret, sign
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store

from .fake_plugin import LIFECYCLE_SECRETS

NOW = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
FILING: Mapping[str, Any] = {
    "project_code": "XX-2026-0001",
    "project_name": "农情一张图",
    "construction_unit": "县农业农村局（演示）",
    "step": "contract_filing",
    "step_title": "合同备案",
    "happened_on": "2026-03-09",
    "values": {"classified": False, "amount_yuan": "2360000.00"},
    "key": "filing:1:r1",
    "revision": 1,
    "supersedes": None,
    "duty": {"name": "contract_filing", "article": "31", "to": ["data_bureau"]},
    "attachments": [],
    "sent_at": "2026-03-10T09:00:00+08:00",
}


class Caller:
    """The plugin's side, signed."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def file(
        self, key: str = "filing:1:r1", secrets: Any = LIFECYCLE_SECRETS, **changed: Any
    ) -> TestResponse:
        body = json.dumps({**FILING, "key": key, **changed}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"', **signed(body, secrets)}
        return self.client.post("/v1/filings", data=body, headers=headers)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=signed(b"", LIFECYCLE_SECRETS))


def signed(body: bytes, secrets: Any) -> dict[str, str]:
    return sign(body, id="msg_1", timestamp=int(NOW.timestamp()), secrets=secrets)


@pytest.fixture
def store(make_settings: Callable[..., Settings]) -> Iterator[Store]:
    opened = Store(make_settings().database)
    yield opened
    opened.close()


@pytest.fixture
def lifecycle(store: Store, make_settings: Callable[..., Settings]) -> Caller:
    return Caller(create_lifecycle(store, make_settings(now=lambda: NOW)).test_client())


def test_a_filing_gets_a_receipt_of_its_day(lifecycle: Caller) -> None:
    first, second = lifecycle.file(), lifecycle.file("filing:2:r1")
    assert (first.status_code, first.json["receipt_no"]) == (201, "LC-20260310-000001")
    assert (second.status_code, second.json["receipt_no"]) == (201, "LC-20260310-000002")
    assert first.json["key"] == "filing:1:r1"
    assert first.json["received_at"] == "2026-03-10T09:00:00+08:00"


def test_the_same_filing_again_gets_the_same_receipt_whenever_it_was_sent(
    lifecycle: Caller, store: Store
) -> None:
    first, again = lifecycle.file(), lifecycle.file(sent_at="2026-03-10T09:05:00+08:00")
    assert (again.status_code, again.json) == (200, first.json)
    assert len(store.filings.latest()) == 1


def test_the_same_key_with_another_content_is_refused(lifecycle: Caller, store: Store) -> None:
    lifecycle.file()
    other = lifecycle.file(project_name="另一个项目")
    assert (other.status_code, other.json["code"]) == (409, "KEY_REUSED")
    assert [each.body["project_name"] for each in store.filings.latest()] == ["农情一张图"]


@pytest.mark.parametrize("answer", [True, "是", None, "", 0, "不清楚"])
def test_nothing_but_an_explicit_no_to_classified_is_taken(
    lifecycle: Caller, store: Store, answer: Any
) -> None:
    refused = lifecycle.file(values={"classified": answer, "secret": "绝不应留存"})
    assert (refused.status_code, refused.json["code"]) == (422, "CLASSIFIED")
    assert "绝不应留存" not in refused.text
    assert store.filings.latest() == []


def test_an_unsigned_or_wrongly_signed_filing_is_refused(lifecycle: Caller, store: Store) -> None:
    unsigned = lifecycle.client.post(
        "/v1/filings", json=dict(FILING), headers={"Idempotency-Key": "filing:1:r1"}
    )
    assert (unsigned.status_code, unsigned.json["code"]) == (401, "SIGNATURE_MISSING")
    forged = lifecycle.file(secrets=(Secret(b"z" * 32),))
    assert (forged.status_code, forged.json["code"]) == (401, "SIGNATURE_UNKNOWN_SIGNATURE")
    assert store.filings.latest() == []


def test_it_answers_for_a_key_a_receipt_and_a_project(lifecycle: Caller) -> None:
    receipt = lifecycle.file().json
    stored = {"receipt": receipt, "filing": dict(FILING)}
    assert lifecycle.get("/v1/filings?key=filing:1:r1").json == receipt
    assert lifecycle.get(f"/v1/filings/{receipt['receipt_no']}").json == stored
    line = {"receipt": receipt, "step": "contract_filing", "revision": 1, "supersedes": None}
    assert lifecycle.get("/v1/projects/XX-2026-0001/filings").json == {"items": [line], "next_after": None}
    assert lifecycle.get("/v1/projects/XX-2026-0009/filings").json == {"items": [], "next_after": None}


def test_a_project_keeps_the_number_it_was_given_first(lifecycle: Caller) -> None:
    numbers = [
        lifecycle.file(f"filing:{n}", project_code=code).json["lifecycle_no"] for n, code in enumerate("ABA")
    ]
    assert numbers == ["QSM-000001", "QSM-000002", "QSM-000001"]


def test_a_long_list_comes_in_pages(lifecycle: Caller) -> None:
    for n in range(105):
        lifecycle.file(f"filing:{n}")
    first = lifecycle.get("/v1/projects/XX-2026-0001/filings").json
    second = lifecycle.get(f"/v1/projects/XX-2026-0001/filings?after={first['next_after']}").json
    keys = [each["receipt"]["key"] for each in first["items"] + second["items"]]
    assert (len(first["items"]), keys, second["next_after"]) == (
        100,
        [f"filing:{n}" for n in range(105)],
        None,
    )


def test_its_health_needs_no_signature(lifecycle: Caller) -> None:
    assert lifecycle.client.get("/v1/health").json == {"status": "ok", "now": "2026-03-10T09:00:00+08:00"}


def test_a_key_it_never_saw_is_a_problem_document_with_404(lifecycle: Caller) -> None:
    unknown = lifecycle.get("/v1/filings?key=never")
    assert (unknown.status_code, unknown.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("name", ["project_code", "project_name", "construction_unit", "step", "happened_on"])
def test_a_filing_without_what_it_must_name_is_refused(lifecycle: Caller, name: str) -> None:
    for value, status, code in (("", 422, "INCOMPLETE"), (7, 400, "BAD_REQUEST")):
        refused = lifecycle.file(**{name: value})
        assert (refused.status_code, refused.json["code"]) == (status, code)
        assert name in refused.json["detail"]


def test_a_file_of_a_table_is_named_by_table_and_column(lifecycle: Caller) -> None:
    file = {"field": "materials.file", "name": "审计报告.pdf", "size": None, "sha256": None}
    assert lifecycle.file(attachments=[file]).status_code == 201
    assert lifecycle.file("filing:2:r1", attachments=[file | {"field": "Materials"}]).status_code == 400


def test_many_new_filings_are_numbered_on(lifecycle: Caller, store: Store) -> None:
    lifecycle.file()
    put = store.filings.put_new(
        [(f"filing:{each}:r1", FILING | {"project_code": f"P-{each}"}) for each in (2, 3)], NOW
    )
    assert [each.receipt_no[-6:] for each in put] == ["000002", "000003"]
    assert len({each.lifecycle_no for each in put}) == 2
    assert store.filings.find("filing:3:r1") == put[1]


def test_a_key_in_the_header_that_is_not_the_bodys_is_refused(lifecycle: Caller) -> None:
    body = json.dumps({**FILING, "key": "filing:other"}).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": "filing:1",
        **signed(body, LIFECYCLE_SECRETS),
    }
    assert lifecycle.client.post("/v1/filings", data=body, headers=headers).status_code == 400


def test_its_page_lists_what_it_holds(lifecycle: Caller) -> None:
    assert "还没有收到备案" in lifecycle.client.get("/").text
    lifecycle.file()
    page = lifecycle.client.get("/").text
    assert "LC-20260310-000001" in page
    assert "农情一张图" in page
    assert "合同备案" in page


def upload(
    lifecycle: Caller, content: bytes, sha256: str | None = None, kind: str = "application/octet-stream"
) -> Any:
    path = sha256 or hashlib.sha256(content).hexdigest()
    headers = {
        "Content-Type": kind,
        "Idempotency-Key": f"attachment:{path[:64]}",
        **signed(content, LIFECYCLE_SECRETS),
    }
    return lifecycle.client.put(f"/v1/attachments/{path}", data=content, headers=headers)


def test_a_content_is_stored_once_under_its_own_hash(lifecycle: Caller) -> None:
    content = b"x" * 5 * 1024 * 1024
    first, again = upload(lifecycle, content), upload(lifecycle, content)
    assert (first.status_code, again.status_code, first.json) == (201, 200, again.json)
    assert lifecycle.get(f"/v1/attachments/{first.json['sha256']}").json == first.json
    assert first.json["size"] == len(content)
    assert lifecycle.get(f"/v1/attachments/{'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    ("content", "sha256", "kind", "status"),
    [
        (b"x", "0" * 64, "application/octet-stream", 422),
        (b"x", "x", "application/octet-stream", 400),
        (b"x", None, "application/pdf", 415),
        (b"x" * (20 * 1024 * 1024 + 1), None, "application/octet-stream", 413),
    ],
    ids=["other hash", "no hash", "other type", "too large"],
)
def test_a_content_that_is_not_what_it_says_is_refused(
    lifecycle: Caller, content: bytes, sha256: str | None, kind: str, status: int
) -> None:
    refused = upload(lifecycle, content, sha256, kind)
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
