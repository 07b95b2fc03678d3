"""The table of signature schemes: one row a scheme, everything that differs from one to another, and nothing else.

Sources: the Standard Webhooks spec, the vendors' documents, and for the gateways public implementations that agree.
What no document states, such as a tolerance, is our own choice and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class BodySigned(StrEnum):
    """Whether a changed body is noticed. Where it is not, only TLS protects it."""

    YES = "yes"
    FORM_ONLY = "form only"  # parameters of a url-encoded form are signed, JSON is not
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way of signing.

    `content`: what is signed, as a template. A name in braces is a value; a part in [ ] is there if its first value is.
    `at`: the header that carries a value; `?name` is a query parameter. Values not in `at` are the request's own
    (method, path, query, params, body) or the key (secret). `ids` are the names that come with the key.
    """

    name: str
    meaning: str
    content: str
    at: Mapping[str, str]
    body_signed: BodySigned = BodySigned.NO
    made_by: Literal["hmac", "hash", "itself"] = "hmac"  # itself: the content is shown, as a token is
    digest: Literal["", "sha1", "sha256", "sha512", "sm3"] = "sha256"
    text: Literal["base64", "hex", "plain"] = "base64"
    any_case: bool = False  # hex in capitals is taken too
    label: str = ""  # stands before the signature
    listed: bool = False  # several labelled signatures side by side, one for each key
    time: Literal["", "s", "ms", "rfc1123", "iso+08:00"] = "s"
    tolerance_s: int = 300
    nonce: Literal["hex", "ms+4"] = "hex"
    query: Literal["raw", "encoded", "decoded"] = "raw"  # how {query} is written into the content
    fixed: Mapping[str, str] = field(default_factory=dict)  # headers that are always the same
    ids: tuple[str, ...] = ()
    key: Literal["whsec", "text"] = "text"
    shortest_key: int = 1  # a gateway hands out what it likes; where we choose, nothing that can be guessed


_STANDARD = Scheme(
    name="v1",
    meaning="Standard Webhooks，HMAC-SHA256",
    content="{id}.{time}.{body}",
    at={"id": "webhook-id", "time": "webhook-timestamp", "signature": "webhook-signature"},
    body_signed=BodySigned.YES,
    label="v1,",
    listed=True,
    key="whsec",
)


def apisix(
    name: str,
    meaning: str,
    *,
    prefix: str = "X-HMAC-",
    date: str = "Date",
    query: Literal["raw", "encoded", "decoded"] = "encoded",
    digest: Literal["sha1", "sha256", "sha512"] = "sha256",
    tolerance_s: int = 300,
) -> Scheme:
    """The plugin hmac-auth of Apache APISIX 2.x to 3.0. Provinces run it with headers of their own."""
    return Scheme(
        name=name,
        meaning=meaning,
        content="{method}\n{path}\n{query}\n{access_key}\n{time}\n",
        at={"access_key": f"{prefix}ACCESS-KEY", "time": date, "signature": f"{prefix}SIGNATURE"},
        fixed={f"{prefix}ALGORITHM": f"hmac-{digest}"},
        digest=digest,
        time="rfc1123",
        tolerance_s=tolerance_s,
        query=query,
        ids=("access_key",),
    )


def _irs(name: str, meaning: str, query: Literal["raw", "encoded", "decoded"]) -> Scheme:
    """The manual contradicts itself on how the query is written, so there is a row for each way."""
    return apisix(name, meaning, prefix="X-BG-HMAC-", date="X-BG-DATE-TIME", query=query, tolerance_s=90)


def _tif(name: str, meaning: str, prefix: str) -> Scheme:
    """Calls carry no user; requests that the gateway passes on may, and then the user is signed as well."""
    return Scheme(
        name=name,
        meaning=meaning,
        content="{time}{secret}{nonce}[,{uid},{uinfo},{ext}]{time}",
        at={each: f"{prefix}{each}" for each in ("paasid", "nonce", "signature", "uid", "uinfo", "ext")}
        | {"time": f"{prefix}timestamp"},
        made_by="hash",
        text="hex",
        any_case=True,
        ids=("paasid",),
    )


_ROWS = (
    _STANDARD,
    replace(_STANDARD, name="v1sm3", meaning="与 v1 相同，改用国密 HMAC-SM3", digest="sm3", label="v1sm3,"),
    Scheme(
        name="client_sm3",
        meaning="客户端编号与时间，国密 HMAC-SM3",
        content="clientId={client_id}&timestamp={time}",
        at={"client_id": "X-Client-Id", "time": "X-Timestamp", "signature": "X-Signature"},
        digest="sm3",
        time="ms",
        ids=("client_id",),
    ),
    apisix("apisix", "Apache APISIX 网关（2.x 至 3.0 的 hmac-auth）"),
    _irs("zhejiang_irs", "浙江 IRS 网关，查询串原样签名", "raw"),
    _irs("zhejiang_irs_encoded", "浙江 IRS 网关，查询串编码后签名", "encoded"),
    _irs("zhejiang_irs_decoded", "浙江 IRS 网关，查询串解码后签名", "decoded"),
    _tif("tif", "腾讯 TIF 网关，请求头 x-tif-", "x-tif-"),
    _tif("rio", "腾讯 TIF 网关，请求头 x-rio-（非生产环境）", "x-rio-"),
    Scheme(
        name="dingtalk_gov",
        meaning="专有钉钉（X-Hmac-Auth）",
        content="{method}\n{time}\n{nonce}\n{path}[\n{params}]",
        at={
            "time": "X-Hmac-Auth-Timestamp",
            "nonce": "X-Hmac-Auth-Nonce",
            "api_key": "apiKey",
            "signature": "X-Hmac-Auth-Signature",
        },
        # Real addresses are asked for, but not compared, and we have none to give away.
        fixed={
            "X-Hmac-Auth-Version": "1.0",
            "X-Hmac-Auth-IP": "127.0.0.1",
            "X-Hmac-Auth-MAC": "00:00:00:00:00:00",
        },
        body_signed=BodySigned.FORM_ONLY,
        time="iso+08:00",
        nonce="ms+4",
        ids=("api_key",),
    ),
    Scheme(
        name="national_exchange",
        meaning="国家数据共享交换平台",
        content="{sid}{rid}{time}",
        at={
            "rid": "gjgxjhpt_rid",
            "sid": "gjgxjhpt_sid",
            "time": "gjgxjhpt_rtime",
            "signature": "gjgxjhpt_sign",
        },
        time="ms",
        ids=("rid", "sid"),
    ),
    Scheme(
        name="shandong",
        meaning="山东公共数据开放网关",
        content="{client_id}{time}{nonce}",
        at={
            "client_id": "X-Client-Id",
            "time": "X-Timestamp",
            "nonce": "X-Nonce",
            "signature": "X-Signature",
        },
        time="ms",
        tolerance_s=600,
        ids=("client_id",),
    ),
    Scheme(
        name="jiandaoyun",
        meaning="简道云数据推送",
        content="{nonce}:{body}:{secret}:{time}",
        at={"time": "?timestamp", "nonce": "?nonce", "signature": "X-JDY-Signature"},
        body_signed=BodySigned.YES,
        made_by="hash",
        digest="sha1",
        text="hex",
    ),
    Scheme(
        name="feishu",
        meaning="飞书事件订阅",
        content="{time}{nonce}{secret}{body}",
        at={
            "time": "X-Lark-Request-Timestamp",
            "nonce": "X-Lark-Request-Nonce",
            "signature": "X-Lark-Signature",
        },
        body_signed=BodySigned.YES,
        made_by="hash",
        text="hex",
    ),
    Scheme(
        name="static_token",
        meaning="固定令牌（Authorization: Bearer）",
        content="{secret}",
        at={"signature": "Authorization"},
        made_by="itself",
        digest="",
        text="plain",
        label="Bearer ",
        time="",
        shortest_key=24,
    ),
)

SCHEMES: Mapping[str, Scheme] = MappingProxyType({row.name: row for row in _ROWS})
