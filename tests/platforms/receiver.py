"""Our side as a platform sees it: keeps every request as it came, lets everything be saved."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from plugin.sdk import Request

VERDICT = {
    "decision": "allow",
    "may_save": True,
    "overridable": False,
    "message": "符合规定。",
    "findings": [],
}


class Receiver:
    """`questions` and `deliveries` grow; take what came since the last look."""

    def __init__(self) -> None:
        self.url = ""
        self.questions: list[Request] = []
        self.deliveries: list[Request] = []

    def take(self, kept: list[Request]) -> list[Request]:
        found, kept[:] = list(kept), []
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request("POST", parts.path, parts.query, dict(self.headers), body)
            asked = parts.path.startswith("/v1/verdicts/")
            (receiver.questions if asked else receiver.deliveries).append(request)
            answer = (
                {"form": parts.path.rsplit("/", 1)[1], **VERDICT}
                if asked
                else {"id": "x", "duplicate": False}
            )
            raw = json.dumps(answer).encode()
            self.send_response(200 if asked else 202)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
