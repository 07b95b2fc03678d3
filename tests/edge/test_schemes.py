"""Every row of the table of signature schemes: published vectors, what each covers, and that only refusals come out."""

from __future__ import annotations

import base64
import importlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.platforms.signing import (
    REASONS,
    SCHEMES,
    AesMissing,
    BodySigned,
    KeyNotUnwrapped,
    Request,
    Secret,
    SignatureRefused,
    SignedHead,
    Sm3Missing,
    apisix,
    digests,
    mac,
    new_nonce,
    read_secret,
    sign_request,
    signer,
    unwrapped_key,
    verify_request,
)
from plugin.platforms.signing.content import names_in
from plugin.platforms.signing.wire import required

NOW = datetime(2021, 11, 9, 8, 49, 20, tzinfo=UTC)
SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class Vector:
    """A request, the key in its written form, and the signature that must come out."""

    name: str
    scheme: str
    key: str
    now: datetime
    expected: str
    request: Request = field(default_factory=Request)
    nonce: str = ""
    id: str = ""


_JDY = '{"op":"data_create","opTime":1700000000000,"data":{"_id":"5f1a","appId":"a1","entryId":"e1","_widget_1":"张三"}}'
_TIF_USER = {"X-Tif-Uid": "u001", "X-Tif-Uinfo": "zhangsan", "X-Tif-Ext": "ext1"}
_GETTOKEN = Request("GET", "/gettoken.json", "appkey=demo-ak&appsecret=demo-sk")
_TIF = {"now": at(1700000000), "nonce": "18bcfe56800-a1b2c3"}
VECTORS = [
    Vector("简道云", "jiandaoyun", "test-secret", at(1498586609), "df83ec10e770ad3ca4c340a498f8d695041090af",
           Request(body=_JDY.encode()), "0f5ade"),
    Vector("飞书", "feishu", "test key", at(1700000000), "e195c9e5af14a703921143d3c2afd1c1ed93a50838a77a121a7da206a1a2651f",
           Request(body=b'{"encrypt":"abc"}'), "n0nce"),
    Vector("TIF, a call", "tif", "demo-paas:demo-token",
           expected="2b4589141146df07dd2ed24e3642da2c6e3e89a9a53debae5e366ae44fb35db2", **_TIF),
    Vector("TIF, with its user", "tif", "demo-paas:demo-token",
           expected="23be49879c4c726a90141748e93fbdc04139d254f8b6411abe8682dbf74d6750",
           request=Request(headers=_TIF_USER), **_TIF),
    Vector("TIF, other prefix", "rio", "demo-paas:demo-token",
           expected="2b4589141146df07dd2ed24e3642da2c6e3e89a9a53debae5e366ae44fb35db2", **_TIF),
    *(
        Vector(f"浙江 IRS, {scheme}", scheme, "demo-ak:demo-sk", NOW, expected, Request("POST", path, query))
        for scheme in ("zhejiang_irs", "zhejiang_irs_encoded", "zhejiang_irs_decoded")
        for path, query, expected in (
            ("/restapi/prod/IC33/post", "v=123&test=123", "hekDRfLutq+DCkwWR3z8pw9g8sNh2Uu88t4xAWewJno="),
            ("/restapi/prod/IC33/sso", "", "C5zblCKD4IqeIUXk9HK0TmsySMNH7fxJmjn3+rmZXt4="),
        )
    ),
    Vector("专有钉钉", "dingtalk_gov", "demo-ak:demo-sk", NOW, "AsDNw7/AJ9OsfIX22rmUHh4xOCTYVYWhpvQ9HRNCtYk=",
           _GETTOKEN, "16364477600001234"),
    Vector("专有钉钉, no parameters", "dingtalk_gov", "demo-ak:demo-sk", NOW, "oPA9Rxu1kDlaDdlQwp62icttYy2ECxxtu3XZeJPodQw=",
           replace(_GETTOKEN, query=""), "16364477600001234"),
    Vector("国家交换平台", "national_exchange", "demo-rid:s_100_1:demo-secret", NOW,
           "XTc0wF216aCdWC6EHlLyBdOU9timsTpsg3Ezahfmn2s="),
    Vector("山东", "shandong", "demo-client:demo-secret", NOW, "Lr+SnEYrpL/VaizSrSENNciwy+e5waEPWSB9CI2vuLg=",
           nonce="n123"),
    Vector("Standard Webhooks, official", "v1", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", at(1614265330),
           "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Request(body=b'{"test": 2432232314}'),
           id="msg_p5jXN8AQM9LWM0D4loKWxJek"),
]  # fmt: skip


def key_of(vector: Vector) -> Secret:
    return Secret(b"test key") if vector.name == "飞书" else read_secret(vector.scheme, vector.key)


def signed(vector: Vector, **changes: object) -> Request:
    arguments = {"secrets": [key_of(vector)], "now": vector.now, "nonce": vector.nonce, "id": vector.id}
    return sign_request(vector.scheme, vector.request, **{**arguments, **changes})


def signature_of(vector: Vector) -> str:
    return signed(vector).headers[SCHEMES[vector.scheme].at["signature"]]


PUBLISHED = [(each.name, lambda each=each: signature_of(each), each.expected) for each in VECTORS] + [
    ("HMAC-SM3", lambda: mac("v1sm3", b"key", b"abc").hex(),
     "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393"),
    ("SM3", lambda: digests.plain("sm3", b"abc").hex(),
     "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    ("国家交换平台, key", lambda: unwrapped_key("duNlCJblVQpffX0VPlYUOvpLwNG3ox2L0NalwSOYJ7U=", "demo-appkey"),
     b"demo-secret-value"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("computed", "expected"), [each[1:] for each in PUBLISHED], ids=[each[0] for each in PUBLISHED]
)
def test_published_vectors_come_out(computed, expected):
    assert computed() == expected


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each.name)
def test_published_vectors_are_accepted(vector):
    head = verify_request(vector.scheme, signed(vector), [key_of(vector)], vector.now)
    assert head == SignedHead(vector.id or None, int(vector.now.timestamp()))


def test_a_call_of_ours_looks_as_the_documents_say():
    tif = signed(VECTORS[2])
    assert tif.headers == {
        "x-tif-paasid": "demo-paas",
        "x-tif-timestamp": "1700000000",
        "x-tif-nonce": "18bcfe56800-a1b2c3",
        "x-tif-signature": VECTORS[2].expected,
    }
    irs = sign_request("zhejiang_irs", Request(), secrets=[Secret(b"sk", ids=("ak",))], now=NOW).headers
    assert irs["X-BG-DATE-TIME"] == "Tue, 09 Nov 2021 08:49:20 GMT"
    assert irs["X-BG-HMAC-ALGORITHM"] == "hmac-sha256"
    gov = next(signed(each) for each in VECTORS if each.scheme == "dingtalk_gov").headers
    assert gov["X-Hmac-Auth-Timestamp"] == "2021-11-09T16:49:20.000+08:00"
    assert (gov["X-Hmac-Auth-Version"], gov["apiKey"]) == ("1.0", "demo-ak")
    pushed = signed(VECTORS[0])
    assert parse_qs(pushed.query) == {"timestamp": ["1498586609"], "nonce": ["0f5ade"]}
    token = sign_request("static_token", Request(), secrets=[Secret(b"t" * 40)], now=NOW)
    assert token.headers == {"Authorization": "Bearer " + "t" * 40}


# One good request for each row, whatever its key looks like.
KEYS = {
    name: Secret(bytes(range(33, 65)), ids=tuple(f"{each}-1" for each in row.ids))
    for name, row in SCHEMES.items()
}
BODY = '{"是否涉密":"否"}'.encode()
REQUEST = Request("POST", "/api/records", "b=2&a=1", {"Content-Type": "application/json"}, BODY)


def good(name: str, request: Request = REQUEST, **changes: object) -> Request:
    nonce = new_nonce(name, NOW, bytes(range(16)))
    arguments = {"secrets": [KEYS[name]], "now": NOW, "nonce": nonce, "id": "msg_1"}
    return sign_request(name, request, **{**arguments, **changes})


def refused(name: str, request: Request, secrets=None, now=NOW) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify_request(name, request, [KEYS[name]] if secrets is None else secrets, now)
    return caught.value.reason


def accepts(name: str, request: Request, secrets=None, now=NOW) -> bool:
    try:
        verify_request(name, request, [KEYS[name]] if secrets is None else secrets, now)
    except SignatureRefused as error:
        assert error.reason in REASONS
        return False
    return True


every_scheme = pytest.mark.parametrize("name", SCHEMES)
timed = pytest.mark.parametrize("name", [name for name, row in SCHEMES.items() if row.time])


@every_scheme
def test_what_we_sign_we_accept_by_any_active_key_and_no_other(name):
    other = Secret(b"another key of thirty-two bytes!", ids=KEYS[name].ids)
    request = good(name)
    assert accepts(name, request, [other, KEYS[name]]) and accepts(name, request, [KEYS[name], other])
    assert refused(name, request, [other]) == "unknown_signature"
    assert refused(name, request, []) == "unknown_signature"


@every_scheme
def test_what_the_table_says_of_the_body_is_so(name):
    json_changed = replace(good(name), body=BODY + b" ")
    form = good(name, Request("POST", "/", "", FORM, b"k=%E7%94%B2&k=1"))
    form_changed = replace(form, body=b"k=%E7%94%B2&k=2")
    noticed = (not accepts(name, json_changed), not accepts(name, form_changed))
    assert (
        noticed
        == {
            BodySigned.YES: (True, True),
            BodySigned.FORM_ONLY: (False, True),
            BodySigned.NO: (False, False),
        }[SCHEMES[name].body_signed]
    )


COVERED = {"method": {"method": "PUT"}, "path": {"path": "/api/other"}, "query": {"query": "b=2&a=3"}}


@every_scheme
@pytest.mark.parametrize("what", COVERED)
def test_what_the_content_names_may_not_change(name, what):
    row, request = SCHEMES[name], good(name)
    change = COVERED[what]
    if what == "query":
        change = {"query": request.query.replace("a=1", "a=3")}
    signs = {what} | ({"params"} if what == "query" else set())
    named = names_in(row.content, optional=False) | names_in(row.content, optional=True)
    assert accepts(name, replace(request, **change)) is not bool(signs & named)


@timed
def test_the_clock_may_differ_by_exactly_the_tolerance(name):
    tolerance = SCHEMES[name].tolerance_s
    for sign_of in (-1, 1):
        assert accepts(name, good(name), now=NOW + timedelta(seconds=tolerance * sign_of))
        late = NOW + timedelta(seconds=(tolerance + 1) * sign_of)
        assert refused(name, good(name), now=late) == "clock_skew"


def places_of(name: str) -> list[str]:
    return [SCHEMES[name].at[value] for value in (*sorted(required(SCHEMES[name])), "signature")]


def without(request: Request, place: str) -> Request:
    if place.startswith("?"):
        kept = [each for each in request.query.split("&") if not each.startswith(place[1:] + "=")]
        return replace(request, query="&".join(kept))
    return replace(request, headers={n: v for n, v in request.headers.items() if n.lower() != place.lower()})


def with_value(request: Request, place: str, value: str) -> Request:
    bare = without(request, place)
    if place.startswith("?"):
        return replace(bare, query=f"{bare.query}&{place[1:]}={value}")
    return replace(bare, headers={**bare.headers, place: value})


every_place = pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name in SCHEMES for place in places_of(name)]
)


@every_place
def test_an_absent_or_empty_value_is_missing(name, place):
    assert refused(name, without(good(name), place)) == "missing"
    assert refused(name, with_value(good(name), place, "")) == "missing"


@every_place
@pytest.mark.parametrize("value", ["密", "a b", "a\x00", "\ud800", "x" * 5000, "１７"])
def test_a_value_of_no_known_form_is_refused(name, place, value):
    assert refused(name, with_value(good(name), place, value)) in ("malformed", "too_many")


def test_a_parameter_given_twice_counts_for_neither():
    request = good("jiandaoyun")
    assert refused("jiandaoyun", replace(request, query=request.query + "&nonce=x")) == "malformed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("national_exchange", "163644776000"),
        ("national_exchange", "16364477600000"),
        ("zhejiang_irs", "Tue, 31 Feb 2021 08:49:20 GMT"),
        ("zhejiang_irs", "Tue, 09 Nov 2021 25:49:20 GMT"),
        ("zhejiang_irs", "Tue, 09 Nov 2021 08:49:20 +0800"),
        ("zhejiang_irs", "2021-11-09T08:49:20Z"),
        ("dingtalk_gov", "2021-11-09T08:49:20.000Z"),
        ("dingtalk_gov", "2021-13-09T16:49:20.000+08:00"),
        ("dingtalk_gov", "0000-11-09T16:49:20.000+08:00"),
        ("tif", "1e9"),
    ],
)
def test_a_time_in_another_format_is_malformed(name, value):
    assert refused(name, with_value(good(name), SCHEMES[name].at["time"], value)) == "malformed"


def test_capitals_are_taken_where_gateways_send_them_and_nowhere_else():
    for name, taken in (("tif", True), ("jiandaoyun", False), ("feishu", False)):
        place = SCHEMES[name].at["signature"]
        loud = with_value(good(name), place, good(name).headers[place].upper())
        assert accepts(name, loud) is taken


def test_separators_may_not_move_from_one_value_to_the_next():
    """Without this a nonce could carry a user, or a part of the body, that the sender never signed as such."""
    user = {"x-tif-uid": "u001", "x-tif-uinfo": "zhang", "x-tif-ext": "e"}
    request = good("tif", replace(REQUEST, headers=user))
    nonce = request.headers["x-tif-nonce"]
    bare = {name: value for name, value in request.headers.items() if name not in user}
    assert (
        refused("tif", replace(request, headers={**bare, "x-tif-nonce": f"{nonce},u001,zhang,e"}))
        == "malformed"
    )
    moved = {**request.headers, "x-tif-uid": "u001,zhang", "x-tif-uinfo": "e", "x-tif-ext": ""}
    assert refused("tif", replace(request, headers=moved)) == "malformed"
    pushed = good("jiandaoyun")
    start, rest = pushed.body[:3], pushed.body[4:]
    assert pushed.body[3:4] != b":"
    nonce = parse_qs(pushed.query)["nonce"][0]
    forged = with_value(replace(pushed, body=rest), "?nonce", f"{nonce}:{start.decode('latin-1')}")
    assert refused("jiandaoyun", forged) == "malformed"


def test_a_hash_cannot_be_lengthened():
    """A plain hash goes on from its end: the padding would have to stand in the nonce."""
    request = good("tif")
    longer = request.headers["x-tif-nonce"] + "\x80" + "\x00" * 20 + "1"
    assert refused("tif", with_value(request, "x-tif-nonce", longer)) == "malformed"


@pytest.mark.parametrize("name", ["client_sm3", "zhejiang_irs", "national_exchange", "shandong"])
def test_a_signed_name_must_be_the_keys_own(name):
    same_key = Secret(KEYS[name].key, ids=tuple("other" for _ in KEYS[name].ids))
    assert refused(name, good(name), [same_key]) == "unknown_signature"


@pytest.mark.parametrize(
    ("name", "query", "content"),
    [
        ("zhejiang_irs", "b=%e5%8e%bf&a=1", b"a=1&b=%e5%8e%bf"),
        ("zhejiang_irs_encoded", "b=%e5%8e%bf%20x&a=1", b"a=1&b=%E5%8E%BF%20x"),
        ("zhejiang_irs_decoded", "b=%e5%8e%bf&a=1", "a=1&b=县".encode()),
        ("apisix", "a=2&a=1&&b", b"a=1&a=2&b="),
        ("apisix", "a=%ff+", b"a=%FF%2B"),
        ("apisix", "a=%2f", b"a=%2F"),
        ("apisix", "", b""),
    ],
)
def test_a_query_is_written_in_one_way_whatever_its_order(name, query, content):
    assert signer.from_request(SCHEMES[name], replace(REQUEST, query=query))["query"] == content


@pytest.mark.parametrize(
    ("change", "length"),
    [({"digest": "sha1"}, 28), ({"digest": "sha512"}, 88), ({"prefix": "X-P-", "date": "X-P-Date"}, 44)],
)
def test_a_province_with_headers_of_its_own_is_one_more_row(change, length, monkeypatch):
    row = apisix("ours", "本省网关", **change)
    monkeypatch.setattr(signer, "SCHEMES", {"ours": row})
    secret = Secret(b"k", ids=("ak",))
    request = sign_request("ours", REQUEST, secrets=[secret], now=NOW)
    assert verify_request("ours", request, [secret], NOW) == SignedHead(None, int(NOW.timestamp()))
    prefix = change.get("prefix", "X-HMAC-")
    assert len(request.headers[f"{prefix}SIGNATURE"]) == length
    assert request.headers[f"{prefix}ALGORITHM"] == f"hmac-{change.get('digest', 'sha256')}"


def test_form_parameters_are_signed_decoded_and_sorted_with_those_of_the_query():
    request = Request("POST", "/chat", "z=1", FORM, b"msg=%7B%7D&to=b&to=a&empty=&plus=a+b")
    content = signer.from_request(SCHEMES["dingtalk_gov"], request)["params"]
    assert content == b"empty=&msg={}&plus=a b&to=a&to=b&z=1"


def test_a_nonce_has_the_form_its_gateway_expects():
    assert re.fullmatch("1636447760000[0-9]{4}", new_nonce("dingtalk_gov", NOW, b"\xff" * 16))
    assert new_nonce("tif", NOW, bytes(16)) == "0" * 32


@pytest.mark.parametrize("text", ["", "ak", "ak:", ":sk", "ak:s k", "ak:密"])
def test_a_key_without_its_names_is_refused_without_showing_it(text):
    with pytest.raises(ValueError, match="access_key:密钥") as caught:
        read_secret("zhejiang_irs", text)
    assert "sk" not in str(caught.value)


def test_a_token_that_can_be_guessed_is_refused():
    with pytest.raises(ValueError, match="23个字符，至少应有24个"):
        read_secret("static_token", "t" * 23)
    assert read_secret("static_token", "t" * 24).key == b"t" * 24


def test_a_key_may_hold_a_colon():
    found = read_secret("national_exchange", "rid:sid:a:b", "2024")
    assert (found.key, found.name, found.ids) == (b"a:b", "2024", ("rid", "sid"))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tif", {"nonce": ""}),
        ("tif", {"nonce": "a,b"}),
        ("tif", {"secrets": []}),
        ("tif", {"secrets": [Secret(b"k")]}),
        ("zhejiang_irs", {"request": Request(path="/中文")}),
        ("shandong", {"now": at(0)}),
    ],
)
def test_signing_what_no_one_could_verify_is_our_own_mistake(name, change):
    with pytest.raises(ValueError, match=r"只能|密钥"):
        good(name, **change)


def test_without_sm3_a_gateway_that_needs_it_refuses(monkeypatch):
    request = good("client_sm3")

    def missing(*_args):
        raise Sm3Missing

    monkeypatch.setattr(digests, "keyed", missing)
    assert refused("client_sm3", request) == "unknown_signature"


def test_without_sm3_in_openssl_a_plain_hash_is_the_same(monkeypatch):
    monkeypatch.setattr(digests, "_hashlib_has_sm3", lambda: False)
    assert digests.plain("sm3", b"abc").hex().startswith("66c7f0f462eeedd9")
    assert digests.keyed("sm3", b"key", b"abc").hex().startswith("28e63256e7c5a087")


@pytest.mark.parametrize(
    ("wrapped", "app_key"),
    [
        ("", "demo-appkey"),
        ("密", "demo-appkey"),
        ("YWJj", "demo-appkey"),
        ("duNlCJblVQpffX0VPlYUOvpLwNG3ox2L0NalwSOYJ7U=", "other"),
        (base64.b64encode(bytes(16)).decode(), "demo-appkey"),
    ],
)
def test_a_wrapped_key_that_is_none_says_so(wrapped, app_key):
    with pytest.raises(KeyNotUnwrapped, match="重新申请"):
        unwrapped_key(wrapped, app_key)


def test_without_cryptography_the_key_cannot_be_unwrapped(monkeypatch):
    def no_cryptography(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", no_cryptography)
    with pytest.raises(AesMissing, match="cryptography"):
        unwrapped_key("duNlCJblVQpffX0VPlYUOvpLwNG3ox2L0NalwSOYJ7U=", "demo-appkey")


# What came from anywhere: nothing but a refusal may come out.
_TEXT = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=("Cs", "Cc")), max_size=5),
    st.sampled_from(["1636447760", "1636447760000", "Tue, 09 Nov 2021 08:49:20 GMT", "v1,YQ==", "Bearer x", "a" * 40]),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)  # fmt: skip
_QUERY = st.one_of(
    _TEXT,
    st.lists(st.tuples(st.sampled_from(["timestamp", "nonce", "%", "%ff", "a"]), _TEXT), max_size=5).map(
        lambda found: "&".join(f"{name}={value}" for name, value in found)
    ),
)


@st.composite
def _requests(draw: st.DrawFn, name: str) -> Request:
    row = SCHEMES[name]
    places = [place for place in row.at.values() if not place.startswith("?")]
    headers = draw(st.dictionaries(st.sampled_from([*places, "Content-Type", "x"]), _TEXT))
    return Request(draw(_TEXT), draw(_TEXT), draw(_QUERY), headers, draw(st.binary(max_size=60)))


@every_scheme
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_input_gets_anything_but_a_refusal(name, data):
    request = data.draw(_requests(name))
    assert not accepts(name, request, [KEYS[name], Secret(b"k" * 32, ids=KEYS[name].ids)])


@every_scheme
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_good_request_with_one_value_replaced_is_refused_or_unchanged(name, data):
    place = data.draw(st.sampled_from(places_of(name)))
    value = data.draw(_TEXT)
    request = good(name)
    changed = with_value(request, place, value)
    same = signer.wire.given(SCHEMES[name], changed) == signer.wire.given(SCHEMES[name], request)
    assert accepts(name, changed) is same
    accepts(name, replace(request, query=data.draw(_QUERY), path=data.draw(_TEXT)))  # no other exception


def test_the_table_in_the_security_document_is_the_table_in_the_code():
    """Which schemes cover what is read in the document by people who never open the code."""
    covers = ("method", "path", "query", "params", "id", "time", "nonce", "uid", "uinfo", "ext")
    lines = []
    for row in SCHEMES.values():
        named = names_in(row.content, optional=False) | names_in(row.content, optional=True)
        covered = ", ".join(each for each in (*row.ids, *covers) if each in named) or "nothing else"
        summing = f"{row.made_by} {row.digest}".strip()
        window = f"±{row.tolerance_s} s" if row.time else "none"
        lines.append(
            f"| `{row.name}` | {row.meaning} | **{row.body_signed}** | {covered} | {summing} | {window} |"
        )
    text = SECURITY.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if re.match(r"\| `[a-z0-9_]+` \|.*\*\*", line)] == lines


def test_the_table_in_the_manifest_document_is_the_table_in_the_code():
    lines = []
    for row in SCHEMES.values():
        key = "whsec_…" if row.key == "whsec" else ":".join((*row.ids, "密钥"))
        body = {BodySigned.YES: "是", BodySigned.FORM_ONLY: "仅表单", BodySigned.NO: "否"}[row.body_signed]
        lines.append(f"| `{row.name}` | {row.meaning} | `{key}` | {body} |")
    text = (SECURITY.parent / "manifest.zh.md").read_text(encoding="utf-8")
    assert "\n".join(lines) in text
