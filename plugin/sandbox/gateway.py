"""The way into the stand-in life-cycle system: passes every request on, or goes wrong the way it was told to.

It works on bare sockets, one request a connection, because resets, dripping bytes and half-open connections cannot be
made behind a web server. Without a fault it is as good as not there.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.sandbox.faults import Fault, Faults
from plugin.sandbox.misbehaviour import WAYS, Scene, problem, response

HEAD_BYTES, IDLE_S = 64 * 1024, 30.0
ONE_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "date", "server"})


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request, and as much of its body as came along with it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    begun: bytes

    @property
    def moment(self) -> str:
        path = urlsplit(self.target).path
        if path.startswith("/v1/projects/"):
            return "list"
        if self.method == "GET":
            return "look_up"
        return "upload" if path.startswith("/v1/attachments/") else "submit"

    def header(self, name: str) -> str:
        return next((value for given, value in self.headers if given.lower() == name), "")


class Gateway:
    """Listens on loopback from the start. `tls`: a good context and one whose certificate has expired."""

    def __init__(
        self,
        upstream: str,
        faults: Faults,
        *,
        second: float = 1.0,
        elsewhere: str = "http://elsewhere.invalid/",
        tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
    ) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._faults, self._second, self._elsewhere, self._tls = faults, second, elsewhere, tls
        faults.secure = tls is not None
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        threading.Thread(target=self._accept, name="gateway", daemon=True).start()

    def stop(self) -> None:
        """Take no more connections; those under way end with their callers."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            connection.settimeout(IDLE_S)
            if self._tls:
                context = self._tls[self._faults.take_certificate()]
                connection = stack.enter_context(context.wrap_socket(connection, server_side=True))
            request = read_head(connection)
            if request is None:
                return
            fault = self._faults.take(request.moment)
            if fault is None:
                connection.sendall(self._passed_on(request, connection))
            else:
                self._go_wrong(fault, request, connection)

    def _go_wrong(self, fault: Fault, request: Request, connection: socket.socket) -> None:
        if fault.is_stored:
            answer = self._passed_on(request, connection)
        else:
            answer = b""
            if fault.mode != "half_open":  # which stops reading, too
                read_body(request, connection)
        key = request.header("idempotency-key")
        WAYS[fault.mode](Scene(connection, answer, self._second, self._elsewhere, key))

    def _passed_on(self, request: Request, connection: socket.socket) -> bytes:
        """The true system's answer, made ready to send."""
        body = read_body(request, connection)
        upstream = http.client.HTTPConnection(self._upstream, timeout=IDLE_S)
        try:
            headers = {name: value for name, value in request.headers if name.lower() not in ONE_HOP}
            upstream.request(request.method, request.target, body, headers)
            answer = upstream.getresponse()
            kept = {n.replace("-", "_"): v for n, v in answer.getheaders() if n.lower() not in ONE_HOP}
            return response(f"{answer.status} {answer.reason}", answer.read(), **kept)
        except (OSError, http.client.HTTPException):
            return problem("502 Bad Gateway", "沙箱内部的连接中断。")
        finally:
            upstream.close()


def read_head(connection: socket.socket) -> Request | None:
    """None where the other side left, or sent no HTTP."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part or len(data) > HEAD_BYTES:
            return None
        data += part
    head, _, begun = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
    return Request(words[0], words[1], headers, begun) if len(words) == 3 else None


def read_body(request: Request, connection: socket.socket) -> bytes:
    length = request.header("content-length")
    wanted = int(length) if length.isdecimal() else 0
    parts, size = [request.begun], len(request.begun)
    while size < wanted:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError
        parts.append(part)
        size += len(part)
    return b"".join(parts)
