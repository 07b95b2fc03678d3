"""Signatures: the published vectors, every way to be refused, and that nothing else ever comes out."""

from __future__ import annotations

import base64
import hashlib
import importlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.errors import PluginError
from plugin.platforms import signing
from plugin.platforms.signing import REASONS, Secret, SignatureRefused, SignedHead, Sm3Missing, sign, verify

NOW = datetime(2024, 5, 20, 9, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
KEY = Secret.parse("whsec_" + base64.b64encode(bytes(range(32))).decode(), "2024-05")
OLD = Secret.parse("whsec_" + base64.b64encode(bytes(range(1, 33))).decode(), "2023-11")
OFFICIAL_KEY = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").key
BODY = '{"是否涉密":"否"}'.encode()


@pytest.mark.parametrize(
    ("algorithm", "key", "content", "expected"),
    [
        pytest.param(
            "v1",
            OFFICIAL_KEY,
            b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}',
            base64.b64decode("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            id="Standard Webhooks, official",
        ),
        pytest.param(
            "v1sm3",
            b"key",
            b"abc",
            bytes.fromhex("28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393"),
            id="HMAC-SM3",
        ),
    ],
)
def test_published_vectors_come_out(algorithm, key, content, expected):
    assert signing.mac(algorithm, key, content) == expected


def test_official_vector_is_accepted_with_its_headers():
    head = verify(
        {
            "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "Webhook-Timestamp": "1614265330",
            "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
        [Secret(OFFICIAL_KEY)],
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert head == SignedHead("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330)


def signed(**changes):
    arguments = {"id": "msg_1", "timestamp": AT, "secrets": [KEY], "algorithm": "v1", **changes}
    return sign(BODY, **arguments)


def refused(headers, body=BODY, secrets=(KEY,), now=NOW):
    with pytest.raises(SignatureRefused) as caught:
        verify(headers, body, secrets, now)
    return caught.value.reason


@pytest.mark.parametrize("algorithm", ["v1", "v1sm3"])
def test_what_we_sign_we_accept(algorithm):
    assert verify(signed(algorithm=algorithm), BODY, [KEY], NOW) == SignedHead("msg_1", AT)


@pytest.mark.parametrize("receiver_keys", [[OLD], [KEY], [OLD, KEY], [KEY, OLD]])
def test_in_the_overlap_either_key_is_enough(receiver_keys):
    assert verify(signed(secrets=[KEY, OLD]), BODY, receiver_keys, NOW).id == "msg_1"


def test_an_unknown_scheme_beside_a_good_one_does_no_harm():
    headers = signed()
    headers["webhook-signature"] = "v1a,c29tZQ== " + headers["webhook-signature"]
    assert verify(headers, BODY, [KEY], NOW).id == "msg_1"


def test_the_clock_may_differ_by_exactly_the_tolerance():
    for skew in (-300, 300):
        assert verify(signed(), BODY, [KEY], NOW + timedelta(seconds=skew)).id == "msg_1"
    for skew in (-301, 301):
        assert refused(signed(), now=NOW + timedelta(seconds=skew)) == "clock_skew"


def test_a_changed_byte_anywhere_is_refused():
    assert refused(signed(), body=BODY + b" ") == "unknown_signature"
    assert refused({**signed(), "webhook-id": "msg_2"}) == "unknown_signature"
    assert refused({**signed(), "webhook-timestamp": str(AT + 1)}) == "unknown_signature"


def test_a_key_no_longer_active_is_refused():
    assert refused(signed(secrets=[OLD])) == "unknown_signature"
    assert refused(signed(), secrets=()) == "unknown_signature"


def test_one_scheme_does_not_pass_for_the_other():
    headers = signed(algorithm="v1")
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v1sm3,")
    assert refused(headers) == "unknown_signature"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, ""])
def test_an_absent_or_empty_header_is_missing(name, value):
    headers = signed()
    del headers[name]
    assert refused(headers if value is None else {**headers, name: value}) == "missing"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "a.b"),
        ("webhook-id", "a b"),
        ("webhook-id", "涉密"),
        ("webhook-id", "x" * 257),
        ("webhook-timestamp", "１７１６１９７４００"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "1e9"),
        ("webhook-timestamp", "1716197400\n"),
        ("webhook-timestamp", "9" * 13),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,a,b"),
        ("webhook-signature", "v1,密"),
        ("webhook-signature", "v1,YQ== "),
    ],
)
def test_malformed_headers_are_refused_as_such(name, value):
    assert refused({**signed(), name: value}) == "malformed"


def test_too_many_or_too_long_signatures_are_refused():
    one = signed()["webhook-signature"]
    assert verify({**signed(), "webhook-signature": " ".join([one] * 5)}, BODY, [KEY], NOW)
    assert refused({**signed(), "webhook-signature": " ".join([one] * 6)}) == "too_many"
    assert refused({**signed(), "webhook-signature": "v1," + "A" * 4094}) == "too_many"


@settings(max_examples=300, deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "Webhook-Timestamp", "webhook-signature", "x"]),
        st.one_of(st.text(max_size=80), st.from_regex(r"v1(sm3)?,[A-Za-z0-9+/ ,=]*"), st.just(str(AT))),
    ),
    body=st.binary(max_size=60),
)
def test_no_input_gets_anything_but_a_refusal(headers, body):
    with pytest.raises(SignatureRefused) as caught:
        verify(headers, body, [KEY, OLD], NOW)
    assert caught.value.reason in REASONS
    assert isinstance(caught.value, PluginError)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "whsec_",
        "whsec_ä",
        "whsec_!!!!",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_YWJj\n",
    ],
)
def test_a_key_that_is_none_is_refused_without_showing_it(text):
    with pytest.raises(ValueError, match="密钥2024") as caught:
        Secret.parse(text, "2024")
    assert not text.removeprefix("whsec_") or text.removeprefix("whsec_") not in str(caught.value)


def test_a_key_never_shows_itself():
    assert repr(KEY) == "Secret(name='2024-05')"


@pytest.mark.parametrize("length", [24, 64])
def test_the_shortest_and_the_longest_key_are_taken(length):
    assert len(Secret.parse("whsec_" + base64.b64encode(b"x" * length).decode()).key) == length


@pytest.mark.parametrize("change", [{"id": "a.b"}, {"id": ""}, {"secrets": []}, {"secrets": [KEY] * 6}])
def test_signing_what_no_one_could_verify_is_our_own_mistake(change):
    with pytest.raises(ValueError, match=r"webhook-id|密钥"):
        signed(**change)


@pytest.fixture
def openssl_without_sm3(monkeypatch):
    def new(name, *args, **kwargs):
        raise ValueError(f"unsupported hash type {name}")

    signing._hashlib_has_sm3.cache_clear()
    monkeypatch.setattr(hashlib, "new", new)
    yield
    signing._hashlib_has_sm3.cache_clear()


def test_without_sm3_signing_says_so_and_verifying_only_refuses(openssl_without_sm3, monkeypatch):
    headers = {**signed(), "webhook-signature": "v1sm3,YWJj"}

    def no_cryptography(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", no_cryptography)
    with pytest.raises(Sm3Missing, match="cryptography"):
        signed(algorithm="v1sm3")
    assert refused(headers) == "unknown_signature"
    assert verify(signed(), BODY, [KEY], NOW).id == "msg_1"


def test_without_sm3_in_openssl_cryptography_computes_the_same(openssl_without_sm3):
    pytest.importorskip("cryptography", reason="the optional extra sm3 is not installed")
    assert signing.mac("v1sm3", b"key", b"abc").hex().startswith("28e63256e7c5a087")
