"""A system on the other side of the door: signed JSON calls, and what each kind of answer asks us to do.

Every call ends in a reply that the caller understands or in one of three remedies: try later, ask by key first, a
person must act. The platform's and the life-cycle system's clients share this and differ in their contracts only.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from secrets import token_bytes
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

from plugin.errors import PluginError
from plugin.http import Door, HostRefused, Reply, Unclear, Unreachable
from plugin.jsonbody import BadJson, parse_json
from plugin.platforms.signing import Request, Secret, new_nonce, sign_request

PROBLEM = "application/problem+json"
KEY_SAFE = "_.:/@+-"
REASON_CHARS = 500
LONGEST_WAIT_S = 24 * 3600
# Nothing was stored, and the content is not at fault: our key, our clock, the address, or the other side's load.
NOT_THE_CONTENT = frozenset({401, 403, 404, 405, 408, 425, 429, 503})


class RemoteUnavailable(PluginError):
    """Nothing was stored. Try again later, not before `retry_after_s` if it is given."""

    code: ClassVar[str] = "REMOTE_UNAVAILABLE"

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class RemoteUnclear(PluginError):
    """It may have been stored. Ask by key before sending again."""

    code: ClassVar[str] = "REMOTE_UNCLEAR"


class RemoteRejected(PluginError):
    """The other side will not take this as it is. A person must act; `reason` is its own Chinese sentence.

    `reply` is the answer word for word, where there was one.
    """

    code: ClassVar[str] = "REMOTE_REJECTED"

    def __init__(self, message: str, reason: str, reply: Reply | None = None) -> None:
        self.reason, self.reply = reason, reply
        super().__init__(message)


@dataclass(frozen=True)
class Remote:
    """One system at one base address. Keeps nothing, so any process may hold one."""

    name: str  # as it stands in a Chinese sentence
    door: Door
    base_url: str
    secrets: Callable[[], Sequence[Secret]]
    algorithm: str  # a row of plugin/platforms/signing/schemes.py
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = token_bytes  # for nonces

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str,
        payload: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        max_reply_bytes: int | None = None,
    ) -> Reply:
        """One signed exchange under a key, with JSON or bytes: the same call again carries the same id.

        A file may be larger than an answer.
        """
        body = content if payload is None else json_bytes(payload)
        headers = {"Accept": f"application/json, {PROBLEM}"}
        if body is not None:
            kind = "application/octet-stream" if payload is None else "application/json"
            headers |= {"Content-Type": kind, "Idempotency-Key": quote(key, safe=KEY_SAFE)}
        url = urlsplit(self.base_url.rstrip("/") + path)
        # The signed id may hold no dot and nothing but ASCII, a key may: so a digest of what the call is for.
        purpose = f"{method} {path} {key}"
        now = self.clock()
        signed = sign_request(
            self.algorithm,
            Request(method, url.path, url.query, headers, body or b""),
            secrets=self.secrets(),
            now=now,
            id="msg_" + hashlib.sha256(purpose.encode()).hexdigest()[:32],
            nonce=new_nonce(self.algorithm, now, self.random(16)),
        )
        target = urlunsplit(url._replace(query=signed.query))
        try:
            return self.door.request(
                method, target, headers=signed.headers, body=body, max_reply_bytes=max_reply_bytes
            )
        except (Unreachable, HostRefused) as error:
            raise RemoteUnavailable(f"{self.name}暂时连不上：{error}") from error
        except Unclear as error:
            raise RemoteUnclear(f"{self.name}是否收到尚不清楚：{error}") from error

    def refusal(self, reply: Reply) -> PluginError:
        """Which of the three remedies an answer that is none of the contract's good ones calls for."""
        status, reason = reply.status, reason_of(reply)
        if status in NOT_THE_CONTENT or 300 <= status < 400:
            wait = retry_after_s(reply.headers.get("retry-after", ""), self.clock())
            return RemoteUnavailable(f"{self.name}现在不受理（HTTP {status}）：{reason}稍后自动重试。", wait)
        if 400 <= status < 500:
            said = f"{self.name}不接受这份内容（HTTP {status}）：{reason}请改正后重新提交。"
            return RemoteRejected(said, reason, reply)
        # 500, 502, 504 and odd successes: it may have been stored before something broke.
        return RemoteUnclear(
            f"{self.name}的答复无法判断（HTTP {status}）：{reason}将先按编号查询再决定是否重发。"
        )

    def unanswered(self, reply: Reply) -> PluginError:
        """The same for a question: it asked for nothing to be taken, so no answer to it can be a refusal."""
        error = self.refusal(reply)
        if not isinstance(error, RemoteRejected):
            return error
        return RemoteUnclear(f"{self.name}没有回答查询（HTTP {reply.status}）：{error.reason}稍后再次查询。")

    def answered(self, reply: Reply) -> dict[str, Any]:
        """The JSON object of a good reply: a sign-in page with status 200 is none."""
        try:
            value = parse_json(reply.body)
        except BadJson as error:
            raise RemoteUnclear(f"{self.name}的答复读不懂：{error}") from error
        if not isinstance(value, dict):
            raise RemoteUnclear(f"{self.name}的答复不是约定的内容。")
        return value


def says_not_there(reply: Reply) -> bool:
    """A 404 of a proxy or of a wrong path is no word about the key; only the contract's own form is."""
    return reply.status == 404 and media_type(reply) == PROBLEM


def reason_of(reply: Reply) -> str:
    """The other side's own sentence, where it sent one we can read: shown to a person, so short and on one line."""
    if media_type(reply) != PROBLEM:
        return "没有说明原因。"
    try:
        problem = parse_json(reply.body)
    except BadJson:
        return "没有说明原因。"
    detail = (problem.get("detail") or problem.get("title")) if isinstance(problem, dict) else None
    if not isinstance(detail, str) or not detail.strip():
        return "没有说明原因。"
    sentence = " ".join("".join(c if c.isprintable() else " " for c in detail).split())[:REASON_CHARS]
    return sentence if sentence.endswith(("。", "！", "？")) else f"{sentence}。"


def media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def retry_after_s(value: str, now: datetime) -> int | None:
    """Seconds, from either form of Retry-After; an absurd wait is cut to a day, an unreadable one is none."""
    if re.fullmatch(r"[0-9]{1,10}", value):
        return min(int(value), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # a number too large for any date is no ValueError
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0, round((until - now).total_seconds())), LONGEST_WAIT_S)


def json_bytes(payload: Mapping[str, Any]) -> bytes:
    """UTF-8 in a fixed order, so that the same content is the same bytes. Amounts and days go as strings."""
    return json.dumps(
        payload, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"), default=_plain
    ).encode("utf-8")


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} 不能写成 JSON。")
