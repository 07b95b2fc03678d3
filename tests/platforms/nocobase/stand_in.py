"""NocoBase's record interface in miniature, with the habits that were seen on the real one (docs/nocobase.md).

Decimals are kept as text, empty answers as null, unknown columns are dropped in silence, an update that fits nothing is
200 with an empty list, and nothing is ever sent twice. tests/platforms/nocobase/test_live.py holds it against a real one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from forms.definition import load_forms
from forms.fields import Field
from plugin.platforms.nocobase.collections import Collection
from plugin.platforms.nocobase.desired import desired
from plugin.platforms.nocobase.settings import NocobaseSettings

TOKEN = "runtime-token-of-the-role-zhengxiang"
RESULT = ("zx_status", "zx_message", "zx_verdict", "zx_revision", "zx_key", "zx_judged_at", "project_code")
MESSAGE = ("key", "to_user", "title", "text", "form", "record", "link")
Query = Mapping[str, list[str]]
FIRST_ID = 399326264492035  # snowflake numbers, beyond 32 bits


class StandIn:
    """Collections as dictionaries. `files` by path, `sent` counts the answers."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = {
            f"zx_{name}": {} for name in (*load_forms(), "messages")
        }
        self.files: dict[str, bytes] = {}
        self.url = ""
        self._last = FIRST_ID
        self._lock = threading.RLock()

    def next_id(self) -> int:
        self._last += 1
        return self._last

    def save(self, form: str, values: Mapping[str, Any], record: int | None = None) -> dict[str, Any]:
        """What pressing 提交 leaves in the database."""
        with self._lock:
            time.sleep(0.002)  # one transaction takes longer than the millisecond that a stamp tells
            now = stamp()
            kept = {
                each.name: self._stored(each, values.get(each.name)) for each in load_forms()[form].fields
            }
            rows = self.rows[f"zx_{form}"]
            before = rows.get(record or 0)
            base = before or {
                **dict.fromkeys(RESULT),
                **{"zx_status": "pending", "id": self.next_id(), "createdAt": now},
                **{"createdById": 2, "zx_saved_by": {"id": 2, "username": "zhangsan", "nickname": "张三"}},
            }
            rows[base["id"]] = {**base, **kept, "zx_saved_at": now, "updatedById": 2}
            return rows[base["id"]]

    def _stored(self, field: Field, value: Any) -> Any:
        if value is None or value == "":
            return [] if field.type in ("multi", "table", "file") else None
        if field.type in ("money", "decimal"):
            return format(Decimal(str(value)), "f")  # PostgreSQL
        if field.type == "table":
            return [
                {
                    **{each.name: self._stored(each, row.get(each.name)) for each in field.columns},
                    **{"id": self.next_id(), "createdAt": stamp(), "sort": number, "parent_id": 1},
                }
                for number, row in enumerate(value, 1)
            ]
        return value

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        collection, _, action = unquote(parts.path.removeprefix("/api/")).partition(":")
        with self._lock:
            if collection == "__health_check":
                return 200, "ok"
            if collection == "collections":
                found = [{"name": each.name, "fields": list(each.fields)} for each in pushed()]
                return 200, {"data": found}
            if collection not in self.rows:
                return 404, {"errors": [{"message": "collection not found"}]}
            match [method, action]:
                case ["GET", "list"]:
                    return 200, {"data": self._listed(collection, query)}
                case ["POST", "update"]:
                    return 200, {"data": self._updated(collection, query, body)}
                case ["POST", "create"]:
                    return self._created(collection, body)
        return 404, {"errors": [{"message": "not found"}]}

    def _matching(self, collection: str, query: Query) -> list[dict[str, Any]]:
        wanted = json.loads(query.get("filter", ["{}"])[0])
        if "filterByTk" in query:
            wanted = {"$and": [wanted, {"id": int(query["filterByTk"][0])}]}
        return [row for row in self.rows[collection].values() if fits(row, wanted)]

    def _listed(self, collection: str, query: Query) -> list[dict[str, Any]]:
        size, page = int(query.get("pageSize", ["20"])[0]), int(query.get("page", ["1"])[0])
        found = sorted(self._matching(collection, query), key=lambda row: row["id"])
        asked = set(query.get("appends[]", []))
        related = {
            each.name
            for each in (load_forms()[collection[3:]].fields if collection != "zx_messages" else ())
            if each.type in ("table", "file")
        } | {"zx_saved_by"}
        hidden = related - asked
        return [
            {name: value for name, value in row.items() if name not in hidden}
            for row in found[(page - 1) * size : page * size]
        ]

    def _updated(self, collection: str, query: Query, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = self._matching(collection, query)
        for row in found:
            row.update({name: value for name, value in body.items() if name in RESULT})
        return found

    def _created(self, collection: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        rows = self.rows[collection]
        if any(each.get("key") == body.get("key") for each in rows.values()):
            return 400, {"errors": [{"message": "key 字段值是唯一的"}]}
        row = {name: body.get(name) for name in MESSAGE} | {"id": self.next_id(), "createdAt": stamp()}
        rows[row["id"]] = row
        return 200, {"data": row}


def pushed() -> Iterator[Collection]:
    """The collections as a push makes them."""
    for each in desired(load_forms().values(), NocobaseSettings("http://127.0.0.1")).forms.values():
        yield from each.collections


def fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """NocoBase's filters, as far as we use them."""
    for name, value in wanted.items():
        if name == "$and":
            good = all(fits(row, each) for each in value)
        elif name == "$or":
            good = any(fits(row, each) for each in value)
        elif isinstance(value, Mapping):
            tests: Mapping[str, Callable[[Any, Any], bool]] = {
                "$lt": lambda have, limit: have is not None and have < limit,
                "$notExists": lambda have, limit: (have is None) is limit,
                "$gte": lambda have, limit: have >= limit,
            }
            good = all(tests[each](row[name], limit) for each, limit in value.items())
        else:
            good = row.get(name) == value
        if not good:
            return False
    return True


def stamp() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@contextmanager
def serving(stand_in: StandIn) -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            if self.path.startswith("/files/") and allowed:
                return self._send(302, b"", location=self.path.replace("/files/", "/storage/uploads/"))
            if self.path in stand_in.files and allowed:
                return self._send(200, stand_in.files[self.path])
            if not allowed and "__health_check" not in self.path:
                told = {"errors": [{"message": "令牌无效", "code": "INVALID_TOKEN"}]}
                return self._send(401, json.dumps(told).encode())
            status, answer = stand_in.answer(self.command, self.path, body)
            return self._send(status, json.dumps(answer, ensure_ascii=False).encode())

        def _send(self, status: int, raw: bytes, location: str = "") -> None:
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
