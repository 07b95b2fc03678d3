"""简道云 as its documents describe it (hc.jiandaoyun.com/open/10732, 11261, 11507, 14220 to 14223), in memory on loopback.

It keeps the limits and slips of the real one: calls a second, HTTP 400 for everything, values wrapped on the way in and
bare on the way out, no validation and no push for what comes over the interface, subforms replaced whole, file addresses
that run out. What the documents leave open it does the worse way: a name it does not know is dropped without a word.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

PER_SECOND = {"read": 30, "write": 20, "batch": 10, "upload": 20}
ALL_PER_SECOND = 50
KIND = {
    "/v5/app/list": "read",
    "/v5/app/entry/list": "read",
    "/v5/app/entry/widget/list": "read",
    "/v5/app/entry/data/get": "read",
    "/v5/app/entry/data/list": "read",
    "/v5/app/entry/data/create": "write",
    "/v5/app/entry/data/update": "write",
    "/v5/app/entry/data/delete": "write",
    "/v5/app/entry/data/batch_create": "batch",
    "/v5/app/entry/file/get_upload_token": "upload",
}
SAID = {
    1: "The request is invalid.",
    3000: "表单不存在",
    4001: "数据不存在",
    8301: "API Key 校验失败",
    8302: "没有接口权限",
    8303: "超出请求频率限制",
    17017: "参数不合法",
    17024: "超出批量新增限制",
    17027: "文件上传失败",
}
DATE = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
OWNER = {"name": "企业创建者", "username": "owner", "status": 1, "type": 0}
FILE_DAYS = 15


class Fault(Exception):
    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass
class Form:
    """One form: widgets as widget/list gives them, records by their number."""

    entry: str
    name: str
    widgets: list[dict[str, Any]]
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def widget(self, key: str) -> dict[str, Any] | None:
        return next((each for each in self.widgets if key in (each["name"], each["widgetName"])), None)


class Jdy:
    """One organisation with one application. `trouble` is used up first: a status to answer with instead."""

    app = "5b237267b22ab14884086c49"

    def __init__(self, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic) -> None:
        self.now, self._clock = now, clock
        self.url = ""
        self.forms: dict[str, Form] = {}
        self.keys = {"jdy-key": set(KIND)}  # key → the paths it may call
        self.pushes: list[dict[str, Any]] = []
        self.trouble: list[int] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: dict[str, bytes] = {}
        self._uploads: dict[str, tuple[str, str]] = {}  # token → transaction, file key ("" until uploaded)
        self._batches: dict[str, list[str]] = {}
        self._calls: dict[str, deque[float]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def id(self) -> str:
        return f"{next(self._numbers):024x}"

    # what people do

    def save(self, entry: str, data: Mapping[str, Any], person: Mapping[str, Any], record: str = "") -> str:
        """A person saves a record: this is pushed."""
        form, at = self.forms[entry], self._time()
        old = form.records.get(record)
        record = record or self.id()
        stored = {**(old or {}), **data, "_id": record, "updater": dict(person), "updateTime": at}
        form.records[record] = {"creator": dict(person), "createTime": at, "deleter": None, **stored}
        self._push("data_update" if old else "data_create", form, self.read(form, form.records[record]))
        return record

    def remove(self, entry: str, record: str, person: Mapping[str, Any]) -> None:
        form = self.forms[entry]
        del form.records[record]
        about = {"_id": record, "deleter": dict(person), "deleteTime": self._time(), "formName": form.name}
        self._push("data_remove", form, about)

    def imported(self, entry: str, data: Mapping[str, Any], person: Mapping[str, Any]) -> str:
        """A batch import: the record is there and nothing is pushed."""
        record = self.save(entry, data, person)
        self.pushes.pop()
        return record

    def _push(self, op: str, form: Form, data: Mapping[str, Any]) -> None:
        head = {"appId": self.app, "entryId": form.entry, "formName": form.name}
        self.pushes.append({"op": op, "opTime": int(self.now().timestamp() * 1000), "data": {**data, **head}})

    def _time(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    # what the interface does

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        with self._lock:
            if self.trouble:
                return self.trouble.pop(0), {}
            try:
                given = json.loads(body)
                self._admit(path, headers)
                self.calls.append((path, given))
                handler = getattr(self, "_" + path.removeprefix("/v5/app/").replace("/", "_"))
                return 200, handler(given)
            except Fault as fault:
                return fault.status, {"code": fault.code, "msg": SAID[fault.code]}
            except (KeyError, TypeError, ValueError):
                return 400, {"code": 1, "msg": SAID[1]}

    def _admit(self, path: str, headers: Mapping[str, str]) -> None:
        paths = self.keys.get(headers.get("authorization", "").removeprefix("Bearer "))
        if paths is None:
            raise Fault(8301)
        if path not in paths:
            raise Fault(8302)
        self._count("all", ALL_PER_SECOND)
        self._count(path, PER_SECOND[KIND[path]])

    def _count(self, what: str, per_second: int) -> None:
        calls, now = self._calls.setdefault(what, deque()), self._clock()
        while calls and calls[0] <= now - 1:
            calls.popleft()
        calls.append(now)
        if len(calls) > per_second:
            raise Fault(8303)

    def _form(self, given: Mapping[str, Any]) -> Form:
        if given["app_id"] != self.app or given["entry_id"] not in self.forms:
            raise Fault(3000)
        return self.forms[given["entry_id"]]

    def _record(self, given: Mapping[str, Any]) -> dict[str, Any]:
        form = self._form(given)
        if given["data_id"] not in form.records:
            raise Fault(4001)
        return form.records[given["data_id"]]

    def read(self, form: Form, record: Mapping[str, Any]) -> dict[str, Any]:
        """As pushes and answers show it: aliases for ids, addresses of files good for some days from now."""
        shown = {"appId": self.app, "entryId": form.entry}
        for key, value in record.items():
            widget = form.widget(key)
            shown[widget["name"] if widget else key] = self._shown(widget, value) if widget else value
        return shown

    def _shown(self, widget: Mapping[str, Any], value: Any) -> Any:
        if widget["type"] == "subform":
            names = {each["widgetName"]: each for each in widget["items"]}
            return [
                {(names[k]["name"] if k in names else k): self._shown(names.get(k, {"type": ""}), v) for k, v in row.items()}
                for row in value or ()
            ]  # fmt: skip
        if widget["type"] in ("upload", "image"):
            return [{**each, "url": self._address(each["key"])} for each in value or ()]
        return value

    def _address(self, key: str) -> str:
        ends = int((self.now() + timedelta(days=FILE_DAYS)).timestamp())
        return f"{self.url}/files/{key}?e={ends}&token={hashlib.sha1(f'{key}{ends}'.encode()).hexdigest()}"

    def file(self, path: str, query: str) -> tuple[int, bytes]:
        key, ends = path.removeprefix("/files/"), int(parse_qs(query).get("e", ["0"])[0])
        if ends < self.now().timestamp():
            return 403, b""
        return (200, self.files[key]) if key in self.files else (404, b"")

    def attach(self, name: str, content: bytes) -> dict[str, Any]:
        """What a person uploads in the form."""
        key = f"F{self.id()}"
        self.files[key] = content
        return {"name": name, "size": len(content), "mime": "application/pdf", "key": key}

    def _entry_list(self, given: Mapping[str, Any]) -> Any:
        if given["app_id"] != self.app:
            return {"forms": []}
        known = [
            {"app_id": self.app, "entry_id": each.entry, "name": each.name} for each in self.forms.values()
        ]
        return {"forms": known[given.get("skip", 0) :][: given.get("limit", 100)]}

    def _entry_widget_list(self, given: Mapping[str, Any]) -> Any:
        return {"widgets": self._form(given).widgets, "sysWidgets": [], "dataModifyTime": self._time()}

    def _entry_data_get(self, given: Mapping[str, Any]) -> Any:
        return {"data": self.read(self._form(given), self._record(given))}

    def _entry_data_list(self, given: Mapping[str, Any]) -> Any:
        form, limit = self._form(given), given.get("limit", 10)
        if not 1 <= limit <= 100:
            raise Fault(17017)
        after = sorted(each for each in form.records if each > given.get("data_id", ""))
        return {"data": [self.read(form, form.records[each]) for each in after[:limit]]}

    def _entry_data_create(self, given: Mapping[str, Any]) -> Any:
        form = self._form(given)
        return {"data": self.read(form, self._created(form, given["data"], given.get("transaction_id", "")))}

    def _created(self, form: Form, data: Mapping[str, Any], transaction: str) -> dict[str, Any]:
        at, record = self._time(), self.id()
        own = {"_id": record, "creator": OWNER, "updater": OWNER, "createTime": at, "updateTime": at}
        form.records[record] = {**self._written(form.widgets, data, {}, transaction), **own}
        return form.records[record]

    def _entry_data_update(self, given: Mapping[str, Any]) -> Any:
        form, record = self._form(given), self._record(given)
        record |= self._written(form.widgets, given["data"], record, given.get("transaction_id", ""))
        record |= {"updater": OWNER, "updateTime": self._time()}
        return {"data": self.read(form, record)}

    def _entry_data_delete(self, given: Mapping[str, Any]) -> Any:
        self._record(given)
        del self._form(given).records[given["data_id"]]
        return {"status": "success"}

    def _entry_data_batch_create(self, given: Mapping[str, Any]) -> Any:
        form, transaction = self._form(given), given.get("transaction_id", "")
        if len(given["data_list"]) > 100:
            raise Fault(17024)
        ids = self._batches.get(transaction) or [
            self._created(form, each, transaction)["_id"] for each in given["data_list"]
        ]
        if transaction:
            self._batches[transaction] = ids
        return {"status": "success", "success_count": len(ids), "success_ids": ids}

    def _written(
        self, widgets: list[dict[str, Any]], data: Mapping[str, Any], old: Mapping[str, Any], transaction: str
    ) -> dict[str, Any]:
        """Values by widget id. Wrapped, of the widget's type; required fields and rules of the form are not looked at."""
        stored: dict[str, Any] = {}
        for key, wrapped in data.items():
            widget = next((each for each in widgets if key in (each["name"], each["widgetName"])), None)
            if not isinstance(wrapped, dict) or "value" not in wrapped:
                raise Fault(17017)
            if widget:
                stored[widget["widgetName"]] = self._accepted(widget, wrapped["value"], old, transaction)
        return stored

    def _accepted(
        self, widget: Mapping[str, Any], value: Any, old: Mapping[str, Any], transaction: str
    ) -> Any:
        match widget["type"]:
            case "number":
                good = value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
            case "datetime":
                good = bool(DATE.fullmatch(value)) if isinstance(value, str) else len(str(value)) == 13
            case "checkboxgroup" | "combocheck":
                good = isinstance(value, list)
            case "upload" | "image":
                return [self._bound(each, transaction) for each in value]
            case "subform":
                known = {row["_id"] for row in old.get(widget["widgetName"], ())}
                return [self._row(widget, row, known, transaction) for row in value]
            case _:
                good = isinstance(value, str)
        if not good:
            raise Fault(17017)
        return value

    def _row(
        self, widget: Mapping[str, Any], row: Mapping[str, Any], known: set[str], transaction: str
    ) -> Any:
        """Rows come whole; one that does not say which row it was is a new one."""
        given = row.get("_id", {}).get("value")
        cells = {name: value for name, value in row.items() if name != "_id"}
        return {
            "_id": given if given in known else self.id(),
            **self._written(widget["items"], cells, {}, transaction),
        }

    # files over the interface: a token first, then the file, then the record with the same transaction

    def _entry_file_get_upload_token(self, given: Mapping[str, Any]) -> Any:
        self._form(given)
        tokens = [self.id() for _ in range(100)]
        self._uploads |= dict.fromkeys(tokens, (given["transaction_id"], ""))
        return {"token_and_url_list": [{"url": f"{self.url}/upload", "token": each} for each in tokens]}

    def upload(self, content_type: str, body: bytes) -> tuple[int, Any]:
        boundary = b"--" + content_type.partition("boundary=")[2].encode()
        parts = [each.partition(b"\r\n\r\n") for each in body.split(boundary)[1:-1]]
        named = [
            (re.search(rb'name="([a-z]+)"', head), value.removesuffix(b"\r\n")) for head, _, value in parts
        ]
        fields = [(found[1].decode(), value) for found, value in named if found]
        token = dict(fields).get("token", b"").decode()
        transaction, used = self._uploads.get(token, ("", "used"))
        if used or [name for name, _ in fields][-1:] != ["file"]:
            return 579, {"code": 17027, "msg": SAID[17027]}
        key = self.attach("", dict(fields)["file"])["key"]
        self._uploads[token] = (transaction, key)
        return 200, {"key": key}

    def _bound(self, key: str, transaction: str) -> dict[str, Any]:
        if (transaction, key) not in self._uploads.values():
            raise Fault(17017)
        return {"name": key, "size": len(self.files[key]), "mime": "application/octet-stream", "key": key}


@contextmanager
def serving(jdy: Jdy) -> Iterator[Jdy]:
    """The same on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path == "/upload":
                status, answer = jdy.upload(headers.get("content-type", ""), body)
            else:
                status, answer = jdy.answer(self.path.removeprefix("/api"), headers, body)
            self._reply(status, "application/json", json.dumps(answer, ensure_ascii=False).encode())

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._reply(*_typed(jdy.file(parts.path, parts.query)))

        def _reply(self, status: int, content_type: str, raw: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            pass

    def _typed(found: tuple[int, bytes]) -> tuple[int, str, bytes]:
        return found[0], "application/octet-stream", found[1]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    jdy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield jdy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
