"""What signing speaks of: a request, a shared key, what a signature vouches for, and why it was refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from plugin.errors import PluginError

MAX_SIGNATURES = 5
MAX_SIGNATURE_HEADER_BYTES = 4096
SECRET_PREFIX = "whsec_"  # noqa: S105 - the standard's public prefix, not a secret

REASONS = MappingProxyType(
    {
        "missing": "请求没有签名头，请检查发送方是否已开启签名",
        "malformed": "签名头的格式不对，请检查发送方的签名设置",
        "clock_skew": "请求的时间与本机相差过大，请核对两边的系统时间",
        "unknown_signature": "签名与现用密钥都不相符，请核对两边的密钥",
        "too_many": "签名头过长或签名过多，请检查发送方的签名设置",
    }
)


class SignatureRefused(PluginError):
    """Not proven to come from a holder of our key: answer 401. `reason` is a key of REASONS, and stable."""

    code: ClassVar[str] = "SIGNATURE_REFUSED"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{REASONS[reason]}。")


@dataclass(frozen=True)
class Request:
    """One request as it stands on the wire: path and query percent-encoded as sent, the body's raw bytes."""

    method: str = "POST"
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Secret:
    """One shared key. `name` says which one it is (and how old), the key itself is never printed.

    `ids` are the public names that some gateways give out with the key, in the order of their scheme.
    """

    key: bytes = field(repr=False)
    name: str = ""
    ids: tuple[str, ...] = field(default=(), repr=False)

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
