"""The provincial life-cycle system: file a paper, ask for a receipt, compare. The contract is docs/lifecycle-api.yaml.

Every answer becomes what was asked for or one of the three remedies of plugin/remote.py.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from plugin.http import Reply
from plugin.remote import Remote, RemoteRejected, RemoteUnclear, json_bytes, says_not_there

_KEY = re.compile(r"[A-Za-z0-9_.:/@+-]{1,200}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_PAGES = 200  # of a hundred filings each: a project has some dozens


@dataclass(frozen=True)
class Receipt:
    """The system's word that it holds our filing, and that word as it came. Plain values: the ledger keeps them."""

    receipt_no: str
    key: str
    received_at: str  # ISO 8601 with its offset, as the system wrote it
    digest: str  # of what is stored there
    lifecycle_no: str | None = None
    reply: str = field(default="", repr=False)  # the whole answer, word for word


@dataclass(frozen=True)
class Held:
    """One line of what the system holds for a project."""

    receipt_no: str
    key: str
    digest: str
    step: str
    revision: int
    supersedes: str | None = None


def digest_of(content: Mapping[str, Any]) -> str:
    """What tells two filings apart: everything but the instant of sending."""
    return hashlib.sha256(
        json_bytes({name: value for name, value in content.items() if name != "sent_at"})
    ).hexdigest()


class LifecycleClient:
    """Speaks the contract; keeps nothing, so any process may hold one."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def file(self, payload: Mapping[str, Any], *, key: str) -> Receipt:
        """Send one filing under its key. Sending the same again is harmless: the same receipt comes back."""
        if not _KEY.fullmatch(key):
            raise ValueError("备案的幂等键只能用 ASCII 字母、数字和 _.:/@+-，最多200个。")
        content = {**payload, "key": key}
        reply = self._remote.call(
            "POST", "/v1/filings", key=key, payload={**content, "sent_at": self._remote.clock()}
        )
        if reply.status in (200, 201):
            return self._ours(self._receipt(reply, key), content)
        if reply.status == 409:  # some systems say so of the very same filing too
            stored = self.find(key)
            if stored and stored.digest == digest_of(content):
                return stored
        raise self._remote.refusal(reply)

    def find(self, key: str, payload: Mapping[str, Any] | None = None) -> Receipt | None:
        """The receipt the system holds for this key, or None if it says that it holds none.

        With the payload: RemoteRejected if what it holds is something else.
        """
        reply = self._remote.call("GET", "/v1/filings?" + urlencode({"key": key}), key=key)
        if says_not_there(reply):
            return None
        if reply.status != 200:
            raise self._remote.unanswered(reply)
        receipt = self._receipt(reply, key)
        return receipt if payload is None else self._ours(receipt, {**payload, "key": key})

    def of_project(self, code: str) -> list[Held]:
        """Everything it holds for a project (or plan), oldest first."""
        held: list[Held] = []
        path = f"/v1/projects/{quote(code, safe='')}/filings"
        after = ""
        for _ in range(MOST_PAGES):
            reply = self._remote.call("GET", path + after, key=code)
            if reply.status != 200:
                raise self._remote.unanswered(reply)
            page = self._remote.answered(reply)
            held += self._lines(page)
            if page.get("next_after") is None:
                return held
            after = "?" + urlencode({"after": str(page["next_after"])})
        raise RemoteUnclear(f"{self._remote.name}列出的备案没有尽头，未采用。")

    def holds(self, sha256: str) -> bool:
        """Whether this content was uploaded."""
        reply = self._remote.call("GET", f"/v1/attachments/{sha256}", key=f"attachment:{sha256}")
        if says_not_there(reply):
            return False
        if reply.status != 200:
            raise self._remote.unanswered(reply)
        return self._is_there(reply, sha256)

    def upload(self, sha256: str, content: bytes) -> None:
        """Upload a content under its hash, unless it is there already. Again is harmless."""
        if self.holds(sha256):
            return
        key = f"attachment:{sha256}"
        reply = self._remote.call("PUT", f"/v1/attachments/{sha256}", key=key, content=content)
        if reply.status in (200, 201):
            self._is_there(reply, sha256)
        elif not (reply.status == 409 and self.holds(sha256)):
            raise self._remote.refusal(reply)

    def _is_there(self, reply: Reply, sha256: str) -> bool:
        if self._remote.answered(reply).get("sha256") != sha256:
            raise RemoteUnclear(f"{self._remote.name}的答复不是关于这个附件的。")
        return True

    def _lines(self, page: Mapping[str, Any]) -> list[Held]:
        try:
            return [_held(each) for each in page["items"]]
        except (KeyError, TypeError) as error:
            raise RemoteUnclear(f"{self._remote.name}列出的备案不是约定的内容。") from error

    def _receipt(self, reply: Reply, key: str) -> Receipt:
        """A receipt only if it is one, and for this key."""
        raw = self._remote.answered(reply)
        number, received_at, digest = raw.get("receipt_no"), raw.get("received_at"), raw.get("digest")
        if not (isinstance(number, str) and number and _is_instant(received_at) and _is_digest(digest)):
            raise RemoteUnclear(f"{self._remote.name}的回执缺少回执编号、接收时间或内容摘要。")
        if raw.get("key") != key:
            raise RemoteUnclear(f"{self._remote.name}的回执不是这一份的：应为 {key}。")
        own = raw.get("lifecycle_no")
        return Receipt(
            receipt_no=number,
            key=key,
            received_at=str(received_at),
            digest=str(digest),
            lifecycle_no=own if isinstance(own, str) else None,
            reply=reply.body.decode(),
        )

    def _ours(self, receipt: Receipt, content: Mapping[str, Any]) -> Receipt:
        if receipt.digest != digest_of(content):
            why = f"编号 {receipt.receipt_no} 下保存的内容与报送的不一致。"
            raise RemoteRejected(f"{self._remote.name}{why}请与对方核对后再处理。", why)
        return receipt


def _held(line: Mapping[str, Any]) -> Held:
    receipt = line["receipt"]
    return Held(
        receipt_no=str(receipt["receipt_no"]),
        key=str(receipt["key"]),
        digest=str(receipt["digest"]),
        step=str(line["step"]),
        revision=int(line["revision"]),
        supersedes=None if line["supersedes"] is None else str(line["supersedes"]),
    )


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
