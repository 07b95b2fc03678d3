"""What the stand-in life-cycle system shall do wrong next: armed by a test or on its page, used up by the gateway."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

MOMENTS: Mapping[str, str] = {
    "any": "任何一次请求",
    "submit": "报送备案",
    "look_up": "按编号查询",
    "upload": "上传附件",
    "list": "按项目列出",
}
MODES: Mapping[str, str] = {
    "error": "内部错误（500）",
    "too_many": "请求过多（429，要求稍后再来）",
    "away": "暂停服务（503，要求稍后再来）",
    "conflict": "已收下，却答“已存在”（409）",
    "timeout_before": "没有收下，也不答复",
    "timeout_after": "已收下，但不答复",
    "half_open": "连接半开：不再读，也不再答",
    "drip": "答复一秒一个字节",
    "reset": "连接被重置",
    "wrong_json": "答复是残缺的 JSON",
    "login_page": "答复是登录页（200）",
    "redirect": "转到另一台主机（307）",
    "huge": "答复有 10 MB",
    "gzip_bomb": "答复是压缩炸弹",
    "slow_then_gone": "答得慢，然后中断",
    "expired_certificate": "证书过期（仅限 HTTPS）",
    "refusal": "退回（422）",
}
# What has stored the request before it goes wrong, unless the fault says otherwise: the harder of the two cases.
STORES = frozenset({"error", "conflict", "timeout_after", "drip", "reset", "wrong_json", "huge", "gzip_bomb",
                    "slow_then_gone"})  # fmt: skip
MOST_TIMES = 100


class UnknownFault(ValueError):
    """No such fault or moment, or it cannot be done here: which, in Chinese."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How the next `times` requests of a moment go wrong; `stores`: whether each is stored first."""

    mode: str
    moment: str = "any"
    times: int = 1
    stores: bool | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES or self.moment not in MOMENTS:
            raise UnknownFault(f"没有这种故障：{self.mode}、{self.moment}。")
        if not 1 <= self.times <= MOST_TIMES:
            raise UnknownFault(f"次数应为1至{MOST_TIMES}。")

    @property
    def is_stored(self) -> bool:
        return self.mode in STORES if self.stores is None else self.stores


class Faults:
    """At most one fault at a time. Shared between the page that arms and the gateway that carries out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left = 0
        self.secure = False  # set by a gateway that speaks TLS

    def arm(self, fault: Fault) -> None:
        if fault.mode == "expired_certificate" and not self.secure:
            raise UnknownFault("沙箱在本机使用 HTTP，没有证书可以过期。")
        with self._lock:
            self._fault, self._left = fault, fault.times

    def clear(self) -> None:
        with self._lock:
            self._fault, self._left = None, 0

    @property
    def armed(self) -> tuple[Fault, int] | None:
        """The fault and how often it is still to happen."""
        with self._lock:
            return (self._fault, self._left) if self._fault and self._left else None

    def take(self, moment: str) -> Fault | None:
        """The fault that a request of this moment meets, counted down. A certificate goes wrong before any request."""
        with self._lock:
            fault = self._fault
            fits = fault and self._left and fault.mode != "expired_certificate"
            if fault is None or not fits or fault.moment not in ("any", moment):
                return None
            self._left -= 1
            return fault

    def take_certificate(self) -> bool:
        """Whether the next handshake shows an expired certificate; which request would follow is not known yet."""
        with self._lock:
            expired = bool(self._fault and self._left and self._fault.mode == "expired_certificate")
            self._left -= expired
            return expired
