"""The interface of 简道云: one JSON call at a time within its limits, and what each kind of answer asks us to do.

Everything is a POST; an error is HTTP 400 with a code of its own, the rate limit too (hc.jiandaoyun.com/open/11261).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType
from typing import Any

from plugin.errors import PluginError
from plugin.http import Door, HostRefused, Reply, Unclear, Unreachable
from plugin.jsonbody import BadJson, JsonLimits, parse_json
from plugin.remote import NOT_THE_CONTENT, REASON_CHARS, json_bytes
from plugin.sdk import RemoteRejected, RemoteUnavailable, RemoteUnclear

NAME = "简道云"
PER_SECOND: Mapping[str, int] = MappingProxyType({"all": 50, "read": 30, "write": 20})
MARGIN_S = 0.1  # calls may bunch up on their way
PAUSE_S = 2
MAX_REPLY_BYTES = 16 * 1024 * 1024  # a page is a hundred records
_LIMITS = JsonLimits(
    keys_per_object=2000, keys_in_all=2_000_000, string_chars=1_000_000, number_digits=400, exponent=400
)

TOO_FAST = frozenset({8303, 8304, 9007})
KEY_OR_SETUP = frozenset({2004, 3000, 7103, 7212, 8017, 8301, 8302, 17018})
GATEWAY = frozenset({429, 502})
MEND = "请在简道云开放平台核对密钥的启用状态、应用范围、接口权限和 IP 白名单，并核对应用与表单编号。"


class Pace:
    """At most so many calls in any second. Whoever asks for more waits for a turn of their own, a second at the most.

    Other processes and other keys of the same organisation count too, and we cannot see them: when the other side says
    that it is too much, `hold` keeps all calls back for a while.
    """

    def __init__(
        self,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._turns: deque[float] = deque(maxlen=per_second)
        self._held_until = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when a call may start."""
        with self._lock:
            now = self._clock()
            full = len(self._turns) == self._turns.maxlen
            turn = max(now, self._turns[0] + 1 + MARGIN_S) if full else now
            self._turns.append(turn)
        if turn > now:
            self._sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """No call for a while."""
        with self._lock:
            self._held_until = self._clock() + seconds

    def held_s(self) -> float:
        """How much of that while is left; 0: none."""
        with self._lock:
            return max(0.0, self._held_until - self._clock())


def paces(
    clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> Mapping[str, Pace]:
    """One pace for each class of call, and one for all together."""
    return {name: Pace(limit, clock, sleep) for name, limit in PER_SECOND.items()}


@dataclass(frozen=True)
class Api:
    """One organisation's interface. Keeps nothing but its pace."""

    door: Door
    base_url: str
    token: Callable[[], str]
    paces: Mapping[str, Pace] = field(default_factory=paces)

    def call(self, path: str, payload: Mapping[str, Any], kind: str = "read") -> dict[str, Any]:
        """The object that a good call answers with; one of the three remedies otherwise."""
        return self.answered(self.exchange(path, payload, kind))

    def exchange(self, path: str, payload: Mapping[str, Any], kind: str = "read") -> Reply:
        """One call, in its turn. A bad answer is raised as what it asks for."""
        held_s = max(self.paces[name].held_s() for name in ("all", kind))
        if (
            held_s
        ):  # not slept through: a receiver has two seconds to answer, and a job has other things to do
            raise RemoteUnavailable(f"{NAME}刚才说调用过于频繁，稍后自动重试。", ceil(held_s))
        for name in ("all", kind):
            self.paces[name].wait()
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        reply = self._through("POST", self.base_url.rstrip("/") + path, headers, json_bytes(payload))
        if not 200 <= reply.status < 300:
            raise self._refusal(reply, kind)
        return reply

    def download(self, url: str, limit_bytes: int) -> Reply:
        """A file from where it lies; its address is all the proof it asks for."""
        return self._through("GET", url, {}, None, limit_bytes)

    @staticmethod
    def answered(reply: Reply) -> dict[str, Any]:
        """The JSON object of a good answer."""
        try:
            value = parse_json(reply.body, _LIMITS)
        except BadJson as error:
            raise RemoteUnclear(f"{NAME}的答复读不懂：{error}") from error
        if not isinstance(value, dict):
            raise RemoteUnclear(f"{NAME}的答复不是约定的内容。")
        return value

    def _through(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        limit_bytes: int = MAX_REPLY_BYTES,
    ) -> Reply:
        try:
            return self.door.request(method, url, headers=headers, body=body, max_reply_bytes=limit_bytes)
        except Unreachable as error:
            raise RemoteUnavailable(f"{NAME}暂时连不上：{error}") from error
        except HostRefused as error:
            raise RemoteUnavailable(f"{error}请把该地址加入参数文件的 network.allowed_hosts。") from error
        except Unclear as error:
            raise RemoteUnclear(f"{NAME}是否收到尚不清楚：{error}") from error

    def _refusal(self, reply: Reply, kind: str) -> PluginError:
        """Which remedy a bad answer calls for. 8303 comes as HTTP 400 and is about speed, not about the content."""
        code, said = _said(reply)
        where = f"HTTP {reply.status}" + (f"，错误码 {code}" if code else "")
        if code in TOO_FAST or reply.status in GATEWAY:
            for name in ("all", kind):
                self.paces[name].hold(PAUSE_S)
            return RemoteUnavailable(f"{NAME}现在不受理（{where}）：{said}稍后自动重试。", PAUSE_S)
        if code in KEY_OR_SETUP or reply.status in NOT_THE_CONTENT or 300 <= reply.status < 400:
            return RemoteUnavailable(f"{NAME}不受理我们的调用（{where}）：{said}{MEND}")
        if 400 <= reply.status < 500:
            return RemoteRejected(f"{NAME}不接受这份内容（{where}）：{said}请核对后重新提交。", said)
        return RemoteUnclear(f"{NAME}的答复无法判断（{where}）：{said}将先查询再决定是否重发。")


def _said(reply: Reply) -> tuple[int, str]:
    """The code and the sentence of an error, 0 and a standing sentence where there is none."""
    try:
        value = parse_json(reply.body)
    except BadJson:
        value = None
    code, said = (value.get("code"), value.get("msg")) if isinstance(value, dict) else (None, None)
    sentence = " ".join(str(said).split())[:REASON_CHARS] if isinstance(said, str) else ""
    sentence = "".join(each for each in sentence if each.isprintable()) or "没有说明原因"
    ends = sentence.endswith(("。", "！", "？"))
    return code if isinstance(code, int) else 0, sentence if ends else f"{sentence}。"
