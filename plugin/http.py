"""The one door out: every request of ours leaves here, to a host on the list, within a time and a size.

requests alone has no total time and no size limit; its Session follows redirects with our headers, reads
proxies and .netrc, keeps cookies, and reads a redirect's body unasked. So this uses its transport adapter,
one layer below.
What matters to the caller is whether the other side may have acted: Unreachable or Unclear.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from plugin.errors import PluginError

Origin = tuple[str, str, int]
_PORTS = {"http": 80, "https": 443}
# Plain on purpose: no user part, no backslash, no blank, so that no two readers disagree about the host.
_URL = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=[/?]|\Z)[^\s\\#]*")
_CHUNK = 65536


class Unreachable(PluginError):
    """Nothing was sent: name, connection or TLS failed. Safe to try again later."""

    code: ClassVar[str] = "UNREACHABLE"


class Unclear(PluginError):
    """Sent, and the outcome is unknown. Ask the other side by key before sending again."""

    code: ClassVar[str] = "OUTCOME_UNCLEAR"


class HostRefused(PluginError):
    """The address is not on the allow list. Mend the manifest; nothing was sent."""

    code: ClassVar[str] = "HOST_REFUSED"


@dataclass(frozen=True)
class Reply:
    """What came back, whole: never one that was cut or too large. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def origin_of(url: str) -> Origin:
    """(scheme, host, port) of a plain http(s) address; HostRefused for any other."""
    match = _URL.fullmatch(url)
    if match is None:
        raise HostRefused("外发地址不是规范的 http 或 https 地址，未发送。")
    scheme, host, port = match.groups()
    return scheme, host.lower(), int(port) if port else _PORTS[scheme]


class Door:
    """Sends one request at a time per call; safe to share between threads."""

    def __init__(
        self,
        allowed_hosts: Iterable[str],
        *,
        connect_s: float = 3,
        read_s: float = 10,
        total_s: float = 15,
        max_reply_bytes: int = 1024 * 1024,
        ca_bundle: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowed_hosts` are base addresses (`https://host[:port]`): scheme, host and port must agree."""
        self._allowed = frozenset(origin_of(url) for url in allowed_hosts)
        self._timeout = (connect_s, read_s)
        self._total_s = total_s
        self._max_reply_bytes = max_reply_bytes
        self._verify = ca_bundle or True
        self._clock = clock
        self._adapter = _WatchedAdapter()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_reply_bytes: int | None = None,
    ) -> Reply:
        """One exchange. Redirects and HTTP errors come back as replies: the caller knows what they mean.

        `max_reply_bytes` lets a file be larger than an answer.
        """
        scheme, host, port = origin_of(url)
        if (scheme, host, port) not in self._allowed:
            raise HostRefused(f"外发地址 {scheme}://{host}:{port} 不在允许名单内，未发送。")
        prepared = requests.Request(method, url, headers={**_HEADERS, **headers}, data=body).prepare()
        deadline = self._clock() + self._total_s
        attempt = _Attempt()
        with attempt.cut_after(self._total_s):
            try:
                return self._exchange(prepared, deadline, max_reply_bytes or self._max_reply_bytes)
            except (requests.RequestException, HTTPError, OSError) as error:
                raise _failure(attempt, f"{host}:{port}", error) from error

    def _exchange(self, prepared: requests.PreparedRequest, deadline: float, max_bytes: int) -> Reply:
        response = self._adapter.send(
            prepared, stream=True, timeout=self._timeout, verify=self._verify, proxies={}
        )
        try:
            body = self._read(response.raw, deadline, max_bytes)
        except BaseException:
            response.raw.close()  # a half-read connection must not go back to the pool
            raise
        response.raw.release_conn()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, headers, body)

    def _read(self, raw: BaseHTTPResponse, deadline: float, max_bytes: int) -> bytes:
        """The decoded body, as it comes, against the clock and the size."""
        parts: list[bytes] = []
        size = 0
        while True:
            part = raw.read1(_CHUNK, decode_content=True)
            if self._clock() >= deadline:
                # Before the end is believed: the watchdog's cut looks like one where no length was given.
                raise Unclear(f"对方{self._total_s:g}秒内没有答完，结果不明。")
            if not part:
                return b"".join(parts)
            size += len(part)
            if size > max_bytes:
                raise Unclear(f"对方的答复超过{max_bytes}字节，未读完，结果不明。")
            parts.append(part)


_HEADERS = {"User-Agent": "zhengxiang", "Accept-Encoding": "identity"}


def _failure(attempt: _Attempt, where: str, error: Exception) -> PluginError:
    kind = type(error).__name__
    if attempt.sent:
        return Unclear(f"已发往 {where}，但没有收到完整的答复（{kind}），结果不明。")
    return Unreachable(f"连不上 {where}（{kind}），未发送。")


_current = threading.local()


class _Attempt:
    """One request under way: whether a byte left, and a second handle on its socket for the watchdog.

    Socket time limits are per read, so a server that drips header bytes, or its TLS handshake, would hold us
    for ever. A timer shuts the connection down from outside; the reader then sees its end.
    """

    def __init__(self) -> None:
        self.sent = False
        self._handle: socket.socket | None = None
        self._over = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Any:
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        _current.attempt = self
        try:
            yield
        finally:
            timer.cancel()
            _current.attempt = None
            self._drop()

    def watch(self, sock: socket.socket) -> None:
        """Keep a duplicate: TLS detaches the original, and closing ours does not end the connection."""
        self._drop()
        with self._lock:
            self._handle = socket.socket(fileno=os.dup(sock.fileno()))
            if self._over:
                self._shut()

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            self._shut()

    def _shut(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):  # the other side was quicker
                self._handle.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None


class _Watched(HTTPConnection):
    """Tells the attempt of this thread about its socket, and when the first byte is about to leave."""

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _current.attempt.watch(sock)
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not _current.attempt.sent:
            _current.attempt.watch(self.sock)  # a connection kept from an earlier request
            _current.attempt.sent = True
        super().send(data)


class _WatchedTls(_Watched, HTTPSConnection):
    pass


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}
