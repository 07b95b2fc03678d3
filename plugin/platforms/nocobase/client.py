"""The platform's HTTP interface under one token. Every answer is unwrapped, every refusal carries the platform's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from plugin.http import Door, HostRefused, Reply, Unclear, Unreachable
from plugin.jsonbody import BadJson, JsonLimits, parse_json
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

REASON_CHARS = 300
DESCRIPTION_BYTES = 32 * 1024 * 1024  # the platform's own description of all its collections
LIMITS = JsonLimits(depth=64, keys_per_object=2000, keys_in_all=2_000_000, string_chars=2_000_000)
PAGE = 500


def provisioning_door(base_url: str, ca_bundle: str | None = None) -> Door:
    """Making a collection or drawing a page takes the platform seconds, and its own description of them megabytes."""
    return Door([base_url], read_s=60, total_s=120, max_reply_bytes=DESCRIPTION_BYTES, ca_bundle=ca_bundle)


@dataclass(frozen=True, slots=True)
class Client:
    """Calls `<resource>:<action>`. Raises RemoteUnavailable, RemoteUnclear or RemoteRejected."""

    door: Door
    base_url: str
    token: str = field(repr=False)

    def get(self, action: str, **query: Any) -> Any:
        """Read. Lists and mappings in the query go as JSON."""
        return self._call("GET", action, query, None)

    def post(self, action: str, body: Any = None, **query: Any) -> Any:
        """Write."""
        return self._call("POST", action, query, body)

    def every(self, action: str, **query: Any) -> list[Any]:
        """All pages of a list."""
        found: list[Any] = []
        while True:
            page = self.get(action, page=len(found) // PAGE + 1, pageSize=PAGE, **query)
            found += page
            if len(page) < PAGE:
                return found

    def count(self, collection: str) -> int:
        """How many records it has."""
        whole = self._call("GET", f"{collection}:list", {"page": 1, "pageSize": 1}, None, whole=True)
        return int(whole["meta"]["count"])

    def _call(
        self, method: str, action: str, query: Mapping[str, Any], body: Any, *, whole: bool = False
    ) -> Any:
        asked = urlencode({name: _text(value) for name, value in query.items()})
        url = f"{self.base_url}/api/{action}" + (f"?{asked}" if asked else "")
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        raw = None
        if method == "POST":
            headers["Content-Type"] = "application/json"
            raw = json.dumps({} if body is None else body, ensure_ascii=False).encode()
        try:
            reply = self.door.request(method, url, headers=headers, body=raw)
        except (Unreachable, HostRefused) as error:
            raise RemoteUnavailable(f"NocoBase 暂时连不上：{error}") from error
        except Unclear as error:
            raise RemoteUnclear(f"NocoBase 是否收到尚不清楚：{error}") from error
        answer = _answer(action, reply)
        return answer.get("data", answer) if isinstance(answer, dict) and not whole else answer


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list, bool)) else str(value)


def _answer(action: str, reply: Reply) -> Any:
    if reply.status in (401, 403):
        kind = "凭据无效或已过期" if reply.status == 401 else "没有权限"
        raise RemoteRejected(
            f"NocoBase 不接受（{action}）：{kind}。请核对所用的令牌及其角色。", reason(reply)
        )
    if 400 <= reply.status < 500:
        said = reason(reply)
        raise RemoteRejected(f"NocoBase 不接受（{action}，HTTP {reply.status}）：{said}", said)
    if reply.status not in (200, 204):
        raise RemoteUnclear(f"NocoBase 出错（{action}，HTTP {reply.status}）：{reason(reply)}")
    return _body(action, reply)


def _body(action: str, reply: Reply) -> Any:
    try:
        return parse_json(reply.body, LIMITS) if reply.body else None
    except BadJson as error:
        raise RemoteUnclear(f"NocoBase 的答复读不懂（{action}）：{error}") from error


def reason(reply: Reply) -> str:
    """What the platform says is wrong: short, on one line."""
    try:
        errors = parse_json(reply.body, LIMITS).get("errors", [])
        said = "；".join(str(each.get("message")) for each in errors)
    except (BadJson, AttributeError, TypeError):
        said = ""
    return " ".join(said.split())[:REASON_CHARS] or "没有说明原因。"
