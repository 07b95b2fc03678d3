"""Digests with and without a key. SM3 comes from OpenSSL, or from `cryptography` where OpenSSL was built without it."""

from __future__ import annotations

import hashlib
import hmac
import importlib
from functools import cache
from typing import Any, ClassVar

from plugin.errors import PluginError


class Sm3Missing(PluginError):
    """This host cannot compute SM3. Install the package `cryptography`, or sign with v1."""

    code: ClassVar[str] = "SM3_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "本机的 OpenSSL 不支持 SM3，也没有安装 cryptography：请安装 cryptography，或改用 v1。"
        )


def keyed(digest: str, key: bytes, content: bytes) -> bytes:
    """HMAC. Raises Sm3Missing where the host has no SM3 at all."""
    if digest == "sm3" and not _hashlib_has_sm3():
        hashes, hmacs = _cryptography("hashes", "hmac")
        return _finished(hmacs.HMAC(key, hashes.SM3()), content)
    return hmac.new(key, content, digest).digest()


def plain(digest: str, content: bytes) -> bytes:
    """A hash without a key: the scheme puts the key into the content."""
    if digest == "sm3" and not _hashlib_has_sm3():
        (hashes,) = _cryptography("hashes")
        return _finished(hashes.Hash(hashes.SM3()), content)
    return hashlib.new(digest, content).digest()


@cache
def _hashlib_has_sm3() -> bool:
    """Some builds of OpenSSL leave SM3 out; asked once, when it is first needed."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


def _cryptography(*names: str) -> list[Any]:
    try:
        return [importlib.import_module(f"cryptography.hazmat.primitives.{name}") for name in names]
    except ImportError:
        raise Sm3Missing from None


def _finished(summing: Any, content: bytes) -> bytes:
    summing.update(content)
    return bytes(summing.finalize())
