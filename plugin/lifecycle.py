"""The provincial life-cycle system: file a paper, ask for a receipt. The contract is docs/lifecycle-api.yaml.

Every answer becomes a receipt or one of the three remedies of plugin/remote.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from plugin.remote import Remote, RemoteUnclear, json_bytes, says_not_there

_KEY = re.compile(r"[A-Za-z0-9_.:/@+-]{1,200}")


@dataclass(frozen=True)
class Receipt:
    """The system's word that it holds our filing. Plain JSON values, because the ledger keeps it as it is."""

    receipt_no: str
    key: str
    received_at: str  # ISO 8601 with its offset, as the system wrote it
    raw: Mapping[str, Any] = field(repr=False)


class LifecycleClient:
    """Speaks the contract; keeps nothing, so any process may hold one."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def file(self, payload: Mapping[str, Any], *, key: str) -> Receipt:
        """Send one filing under its key. Sending the same again is harmless: the same receipt comes back."""
        if not _KEY.fullmatch(key):
            raise ValueError("备案的幂等键只能用 ASCII 字母、数字和 _.:/@+-，最多200个。")
        content = {**payload, "key": key, "sent_at": self._remote.clock()}
        reply = self._remote.call("POST", "/v1/filings", key=key, payload=content)
        if reply.status in (200, 201):
            return self._receipt(self._remote.answered(reply), key)
        raise self._remote.refusal(reply)

    def find(self, key: str) -> Receipt | None:
        """The receipt the system holds for this key, or None if it says that it holds none."""
        reply = self._remote.call("GET", "/v1/filings?" + urlencode({"key": key}), key=key)
        if says_not_there(reply):
            return None
        if reply.status == 200:
            return self._receipt(self._remote.answered(reply), key)
        raise self._remote.refusal(reply)

    def _receipt(self, raw: Mapping[str, Any], key: str) -> Receipt:
        """A receipt only if it is one, and for this key."""
        number, received_at = raw.get("receipt_no"), raw.get("received_at")
        if not (isinstance(number, str) and number and _is_instant(received_at)):
            raise RemoteUnclear(f"{self._remote.name}的回执缺少回执编号或接收时间。")
        if raw.get("key") != key:
            raise RemoteUnclear(f"{self._remote.name}的回执不是这一份的：应为 {key}。")
        return Receipt(number, key, str(received_at), json.loads(json_bytes(raw)))


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
