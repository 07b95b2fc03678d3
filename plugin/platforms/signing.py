"""Who sent this, and is it what they sent: signatures of requests in and out, one table of schemes.

The only form so far is Standard Webhooks: `id.timestamp.body` under an HMAC, base64, several keys at a time.
`v1` is the standard's HMAC-SHA256; `v1sm3` is the same with HMAC-SM3, ours, for hosts that must use 国密.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import importlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from plugin.errors import PluginError

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_S = 300
MAX_SIGNATURES = 5
MAX_SIGNATURE_HEADER_BYTES = 4096
SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's public prefix, not a secret

# No dot: it separates the signed parts, and with one in the id `a.1` + `2` and `a` + `1.2` would sign alike.
_ID = re.compile(r"[!-\-/-~]{1,256}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"([a-z0-9]{1,16}),([A-Za-z0-9+/_-]+={0,2})")

REASONS = MappingProxyType(
    {
        "missing": "请求没有签名头，请检查发送方是否已开启签名",
        "malformed": "签名头的格式不对，请检查发送方的签名设置",
        "clock_skew": "请求的时间与本机相差过大，请核对两边的系统时间",
        "unknown_signature": "签名与现用密钥都不相符，请核对两边的密钥",
        "too_many": "签名头过长或签名过多，请检查发送方的签名设置",
    }
)


@dataclass(frozen=True)
class Scheme:
    """What differs from one way of signing to another."""

    digest: str
    body_signed: bool


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "v1": Scheme(digest="sha256", body_signed=True),
        "v1sm3": Scheme(digest="sm3", body_signed=True),
    }
)


class SignatureRefused(PluginError):
    """Not proven to come from a holder of our key: answer 401. `reason` is a key of REASONS, and stable."""

    code: ClassVar[str] = "SIGNATURE_REFUSED"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{REASONS[reason]}。")


class Sm3Missing(PluginError):
    """This host cannot compute SM3. Install the package `cryptography`, or sign with v1."""

    code: ClassVar[str] = "SM3_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "本机的 OpenSSL 不支持 SM3，也没有安装 cryptography：请安装 cryptography，或改用 v1。"
        )


@dataclass(frozen=True)
class Secret:
    """One shared key. `name` says which one it is (and how old), the key itself is never printed."""

    key: bytes = field(repr=False)
    name: str = ""

    @classmethod
    def parse(cls, text: str, name: str = "") -> Secret:
        """Read `whsec_` + base64 of 24 to 64 random bytes. The ValueError's message never shows the text."""
        label = f"密钥{name}" if name else "密钥"
        if not text.startswith(SECRET_PREFIX):
            raise ValueError(f"{label}应以 {SECRET_PREFIX} 开头。")
        try:
            key = base64.b64decode(text.removeprefix(SECRET_PREFIX).encode(), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"{label}在 {SECRET_PREFIX} 之后应为 base64。") from None
        if not 24 <= len(key) <= 64:
            raise ValueError(f"{label}解码后为{len(key)}字节，应为24至64字节。")
        return cls(key=key, name=name)


@dataclass(frozen=True)
class SignedHead:
    """What the signature vouches for besides the body; None where the scheme has no such thing."""

    id: str | None
    timestamp: int | None


def sign(
    body: bytes, *, id: str, timestamp: int, secrets: Sequence[Secret], algorithm: str = "v1"
) -> dict[str, str]:
    """The three headers to send with `body`: one signature a key, so that the receiver may change later."""
    if not _ID.fullmatch(id):
        raise ValueError("webhook-id 只能用可见的 ASCII 字符，不含点，最多256个。")
    if not 1 <= len(secrets) <= MAX_SIGNATURES:
        raise ValueError(f"签名要用1至{MAX_SIGNATURES}个密钥，现有{len(secrets)}个。")
    content = _signed_content(id, str(timestamp), body)
    values = [_signature(algorithm, secret, content) for secret in secrets]
    return {ID_HEADER: id, TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: " ".join(values)}


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[Secret],
    now: datetime,
    *,
    tolerance_s: int = TOLERANCE_S,
) -> SignedHead:
    """Hold the raw bytes against the headers; SignatureRefused is the only way out for bad input."""
    given = _Given.read(headers)
    if not given.id_and_time_are_well_formed():
        raise SignatureRefused("malformed")
    presented = _presented(given.signatures)
    if abs(now.timestamp() - int(given.timestamp)) > tolerance_s:
        raise SignatureRefused("clock_skew")
    if not _any_matches(presented, secrets, _signed_content(given.id, given.timestamp, body)):
        raise SignatureRefused("unknown_signature")
    return SignedHead(id=given.id, timestamp=int(given.timestamp))


def mac(algorithm: str, key: bytes, content: bytes) -> bytes:
    """The HMAC of one scheme; Sm3Missing where the host has no SM3 at all."""
    digest = SCHEMES[algorithm].digest
    if digest == "sm3" and not _hashlib_has_sm3():
        return _sm3_by_cryptography(key, content)
    return hmac.new(key, content, digest).digest()


@dataclass(frozen=True)
class _Given:
    id: str
    timestamp: str
    signatures: str

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> _Given:
        by_name = {name.lower(): value for name, value in headers.items()}
        values = [by_name.get(name, "") for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)]
        if not all(values):
            raise SignatureRefused("missing")
        return cls(*values)

    def id_and_time_are_well_formed(self) -> bool:
        return bool(_ID.fullmatch(self.id) and _TIMESTAMP.fullmatch(self.timestamp))


def _presented(header: str) -> list[tuple[str, bytes]]:
    """The (scheme, base64 text) pairs of the header. Schemes we do not know stay in: they match nothing."""
    if len(header) > MAX_SIGNATURE_HEADER_BYTES:
        raise SignatureRefused("too_many")
    entries = header.split(" ")
    if len(entries) > MAX_SIGNATURES:
        raise SignatureRefused("too_many")
    found = [_SIGNATURE.fullmatch(entry) for entry in entries]
    pairs = [(match[1], match[2].encode("ascii")) for match in found if match]
    if len(pairs) != len(entries):
        raise SignatureRefused("malformed")
    return pairs


def _any_matches(presented: list[tuple[str, bytes]], secrets: Sequence[Secret], content: bytes) -> bool:
    """Compare everything with everything, so that the time does not tell which key came close."""
    matched = False
    for algorithm in sorted({name for name, _ in presented} & SCHEMES.keys()):
        for secret in secrets:
            try:
                expected = base64.b64encode(mac(algorithm, secret.key, content))
            except Sm3Missing:
                break  # what this host cannot compute it cannot accept; the start-up check has said so
            for name, value in presented:
                matched |= (name == algorithm) & hmac.compare_digest(expected, value)
    return matched


def _signed_content(id: str, timestamp: str, body: bytes) -> bytes:
    return f"{id}.{timestamp}.".encode() + body


def _signature(algorithm: str, secret: Secret, content: bytes) -> str:
    return f"{algorithm},{base64.b64encode(mac(algorithm, secret.key, content)).decode('ascii')}"


@cache
def _hashlib_has_sm3() -> bool:
    """Some builds of OpenSSL leave SM3 out; asked once, when it is first needed."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


def _sm3_by_cryptography(key: bytes, content: bytes) -> bytes:
    try:
        hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
        hmacs = importlib.import_module("cryptography.hazmat.primitives.hmac")
    except ImportError:
        raise Sm3Missing from None
    summing = hmacs.HMAC(key, hashes.SM3())
    summing.update(content)
    return bytes(summing.finalize())
