"""The ways to go wrong, on the bare socket: what no well-behaved web server would let an application do."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

MIB = 1024 * 1024
HUGE_BYTES, BOMB_BYTES = 10 * MIB, 200 * MIB
RETRY_AFTER_S = 5
HOLD_S = 60  # longer than any caller should wait
PROBLEM = "application/problem+json"
LOGIN = (
    "<!doctype html><html lang=zh-CN><title>统一身份认证</title><form>用户名<input></form></html>".encode()
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One request going wrong. `answer` is what a good answer would have been, where the request was stored."""

    socket: socket.socket
    answer: bytes
    second: float  # how long a second lasts: tests shorten it
    elsewhere: str  # another host, to which a redirect points
    key: str


def response(status: str, body: bytes, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def problem(status: str, detail: str, **headers: str) -> bytes:
    body = {"title": detail, "status": int(status[:3]), "detail": detail}
    return response(status, json.dumps(body, ensure_ascii=False).encode(), Content_Type=PROBLEM, **headers)


def wait_until_gone(scene: Scene) -> None:
    """Say nothing more, until the other side gives up."""
    scene.socket.settimeout(HOLD_S * scene.second)
    with contextlib.suppress(OSError):
        while scene.socket.recv(65536):
            pass


def reset(scene: Scene) -> None:
    """Close with RST instead of FIN."""
    scene.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(scene: Scene) -> None:
    for byte in scene.answer or response("200 OK", b"{}"):
        scene.socket.sendall(bytes([byte]))
        if _gone(scene.socket, scene.second):
            return


def slow_then_gone(scene: Scene) -> None:
    half = (scene.answer or response("200 OK", b"{}"))[:60]
    for at in range(0, len(half), 20):
        scene.socket.sendall(half[at : at + 20])
        if _gone(scene.socket, scene.second):
            return


def huge(scene: Scene) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {HUGE_BYTES}\r\n\r\n"
    scene.socket.sendall(head.encode() + b'{"receipt_no":"')
    block = b"x" * 65536
    for _ in range(HUGE_BYTES // len(block)):
        scene.socket.sendall(block)


def gzip_bomb(scene: Scene) -> None:
    scene.socket.sendall(response("200 OK", bomb(), Content_Type="application/json", Content_Encoding="gzip"))


@cache
def bomb() -> bytes:
    """200 MiB in 200 KiB."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for block in _zeros():
            file.write(block)
    return packed.getvalue()


def _zeros() -> Iterator[bytes]:
    block = bytes(MIB)
    yield from (block for _ in range(BOMB_BYTES // MIB))


def _gone(connection: socket.socket, seconds: float) -> bool:
    """Wait that long; whether the other side left meanwhile."""
    connection.settimeout(seconds)
    try:
        return connection.recv(65536) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def saying(make: Callable[[Scene], bytes]) -> Callable[[Scene], None]:
    return lambda scene: scene.socket.sendall(make(scene))


WAYS: Mapping[str, Callable[[Scene], None]] = {
    "error": saying(lambda _: problem("500 Internal Server Error", "系统内部错误。")),
    "too_many": saying(lambda _: problem("429 Too Many Requests", "请求过多，请稍后再来。", Retry_After=str(RETRY_AFTER_S))),
    "away": saying(lambda _: problem("503 Service Unavailable", "系统维护中。", Retry_After=str(RETRY_AFTER_S))),
    "conflict": saying(lambda scene: problem("409 Conflict", f"{scene.key} 已存在。")),
    "timeout_before": wait_until_gone,
    "timeout_after": wait_until_gone,
    "half_open": wait_until_gone,
    "drip": drip,
    "reset": reset,
    "wrong_json": saying(lambda _: response("200 OK", b'{"receipt_no": "LC-', Content_Type="application/json")),
    "login_page": saying(lambda _: response("200 OK", LOGIN, Content_Type="text/html; charset=utf-8")),
    "redirect": saying(lambda scene: response("307 Temporary Redirect", b"", Location=scene.elsewhere)),
    "huge": huge,
    "gzip_bomb": gzip_bomb,
    "slow_then_gone": slow_then_gone,
    "refusal": saying(lambda _: problem("422 Unprocessable Content", "沙箱按要求退回了这份备案：请核对项目名称。")),
}  # fmt: skip
