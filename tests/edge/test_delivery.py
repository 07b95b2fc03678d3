"""A delivery needs no server to be tested: headers, bytes, keys and the time go in, a Delivery comes out."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from plugin.gate import declared_unclassified
from plugin.jsonbody import BadJson, JsonLimits
from plugin.platforms.signing import Secret, SignatureRefused, SignedHead, sign, verify
from plugin.sdk import Request
from webhooks.delivery import Delivery

NOW = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)
KEYS = [Secret(b"k" * 32, "2024-05")]


def deliver(body, *, signed_body=None, **changes):
    headers = sign(
        body if signed_body is None else signed_body, id="evt_1", timestamp=int(NOW.timestamp()), secrets=KEYS
    )
    request = Request("POST", "/webhooks/standard/project_proposal", "", headers, body)
    return Delivery.verified(request, lambda each: verify(each.headers, each.body, KEYS, NOW), **changes)


def test_a_good_delivery_carries_its_id_time_body_and_digest():
    body = '{"是否涉密": "否", "金额": 0.1}'.encode()
    delivery = deliver(body)
    assert (delivery.id, delivery.head.timestamp) == ("evt_1", int(NOW.timestamp()))
    assert delivery.body == {"是否涉密": "否", "金额": Decimal("0.1")}
    assert delivery.raw_digest == hashlib.sha256(body).hexdigest()


def test_a_platform_without_delivery_ids_is_answered_with_a_digest():
    request = Request(body=b"{}")
    delivery = Delivery.verified(request, lambda _: SignedHead(None, None))
    assert delivery.id == hashlib.sha256(b"{}").hexdigest()[:32]


def test_the_content_does_not_show_when_a_delivery_is_printed():
    assert "机密内容" not in repr(deliver('"机密内容"'.encode()))


def test_the_signature_is_checked_before_the_json():
    with pytest.raises(SignatureRefused):
        deliver(b"not json", signed_body=b"other")
    with pytest.raises(BadJson):
        deliver(b"not json")


def test_the_limits_of_the_form_apply():
    with pytest.raises(BadJson):
        deliver(b"[[]]", limits=JsonLimits(depth=1))


@pytest.mark.parametrize("value", [False, "否", "false"])
def test_only_an_explicit_no_is_a_no(value):
    assert declared_unclassified(value) is True


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        0,
        0.0,
        Decimal(0),
        "",
        "是",
        "no",
        "False",
        "FALSE",
        " 否",
        "否 ",
        "不",
        "０",
        "0",
        "否定",
        [],
        {},
        [False],
        ["否"],
        {"value": False},
        b"false",
    ],
)
def test_everything_else_counts_as_classified(value):
    assert declared_unclassified(value) is False
