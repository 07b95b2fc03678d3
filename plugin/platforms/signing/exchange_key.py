"""The national exchange platform hands out its signing key wrapped in the app key: the second of its two steps."""

from __future__ import annotations

import base64
import hashlib
import importlib
from typing import ClassVar

from plugin.errors import PluginError

_BLOCK_BITS = 128


class AesMissing(PluginError):
    """This host cannot decrypt the key. Install the package `cryptography`."""

    code: ClassVar[str] = "AES_MISSING"

    def __init__(self) -> None:
        super().__init__("解开国家数据共享交换平台的密钥要用到 cryptography，本机没有安装：请先安装它。")


class KeyNotUnwrapped(PluginError):
    """The wrapped key is damaged, or the app key is not the one it was wrapped with. Ask for a new one."""

    code: ClassVar[str] = "KEY_NOT_UNWRAPPED"

    def __init__(self) -> None:
        super().__init__("国家数据共享交换平台返回的密钥解不开：请核对应用密钥，或重新申请刷新密钥。")


def unwrapped_key(wrapped: str, app_key: str) -> bytes:
    """The key of business calls from `data.secret` of the refresh call: base64 of AES-128/ECB/PKCS#5 under the app key."""
    try:
        return _decrypted(base64.b64decode(wrapped, validate=True), _aes_key(app_key))
    except ValueError:  # not base64, not whole blocks, or padding that no right key would show
        raise KeyNotUnwrapped from None


def _aes_key(app_key: str) -> bytes:
    """What Java's SHA1PRNG gives first for this seed. Clients that leave SHA1PRNG out get a key nobody can repeat."""
    once = hashlib.sha1(app_key.encode("utf-8", "surrogatepass")).digest()  # noqa: S324 - the platform's way, not ours
    return hashlib.sha1(once).digest()[:16]  # noqa: S324


def _decrypted(content: bytes, key: bytes) -> bytes:
    try:
        ciphers = importlib.import_module("cryptography.hazmat.primitives.ciphers")
        padding = importlib.import_module("cryptography.hazmat.primitives.padding")
    except ImportError:
        raise AesMissing from None
    mode = ciphers.modes.ECB()  # as the platform has it
    opening = ciphers.Cipher(ciphers.algorithms.AES(key), mode).decryptor()
    unpadding = padding.PKCS7(_BLOCK_BITS).unpadder()
    return bytes(unpadding.update(opening.update(content) + opening.finalize()) + unpadding.finalize())
