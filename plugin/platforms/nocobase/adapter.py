"""NocoBase 2.2: forms are collections `zx_<form>`, verdicts go into their columns, messages are rows of `zx_messages`.

What has to exist there is made by `zhengxiang forms push` (desired.py, plan.py, push.py); the wire facts, each tried on a
real NocoBase, are in docs/nocobase.md. Two of them shape this file. NocoBase signs nothing, numbers no delivery and never
repeats one: so our workflow signs (or shows a token), the key is the record and when it was saved, and `changed` finds
the rest. And an update of a record that is not there answers 200 with an empty list.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from plugin.errors import PluginError
from plugin.jsonbody import parse_json
from plugin.platforms.nocobase import records
from plugin.platforms.nocobase.check import check
from plugin.platforms.nocobase.client import DESCRIPTION_BYTES, LIMITS, reason
from plugin.platforms.nocobase.names import SAVED_AT, SAVED_BY, Names
from plugin.platforms.nocobase.settings import NocobaseSettings, mistakes
from plugin.remote import json_bytes
from plugin.sdk import (
    Adapter,
    Attachment,
    Capabilities,
    Check,
    Connection,
    FormDefinition,
    FormEvent,
    Message,
    NotUnderstood,
    Question,
    Remote,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Reply,
    Request,
    Secret,
    SignedHead,
    WriteBack,
    new_nonce,
    sign_request,
    verify_request,
)

PAGE = 100
MAX_SKEW_S = 60


class Nocobase:
    """Speaks to one NocoBase with the key of a role that may do no more than this file does."""

    name = records.NAME

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        settings = NocobaseSettings.from_options(connection.options, base_url=connection.base_url)
        self._names = Names(settings.prefix)
        self._remote = Remote(
            "平台",
            connection.door,
            connection.base_url,
            lambda: [Secret(connection.token().encode())],
            "static_token",
            connection.clock,
        )
        signed = connection.signature != "static_token"
        self.capabilities = Capabilities(
            delivery_id=False,
            body_signed=signed,
            time_signed=signed,
            retries=False,
            asks_before_saving=True,
            max_ack_ms=5000,
            silent=("batch_edit", "import", "sql"),
            api_write_emits_event=False,  # our workflows watch the input columns only
            answers_for_key=True,
            messages=True,
            lists_changes=True,
            creates_forms=True,
            describes_forms=True,
            attachments="token",
        )

    def authenticate(self, request: Request, secrets: Sequence[Secret], now: datetime) -> SignedHead:
        head = verify_request(self._connection.signature, request, secrets, now)
        return SignedHead(
            None, head.timestamp
        )  # the id is made anew for each attempt, so it is no delivery key

    def hello(self, form: str, secrets: Sequence[Secret], now: datetime) -> Request:
        headers = {"Content-Type": "application/json"}
        request = Request(
            "POST", f"/webhooks/{self.name}/{form}", "", headers, json_bytes({"type": "connection.test"})
        )
        scheme = self._connection.signature
        nonce = new_nonce(scheme, now, b"hello".ljust(16))
        return sign_request(
            scheme, request, secrets=secrets, now=now, id=f"hello_{now:%Y%m%d%H%M%S}", nonce=nonce
        )

    def parse(self, form: str, body: Any, head: SignedHead) -> tuple[FormEvent, ...]:
        event = records.event_of(self._form(form), body)
        return (event,) if event else ()

    def question(self, form: str, body: Any) -> Question:
        if not isinstance(body, Mapping) or not isinstance(body.get("values"), Mapping):
            raise NotUnderstood("values 应为对象")
        record = body.get("record")
        return Question(
            form=form,
            record=None if record in (None, "") else str(record),
            fields=records.answers(self._form(form), body["values"]),
            submitter=records.submitter(body.get("user")),
            partial=record not in (None, ""),  # an update may bring the changed answers only
        )

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        columns = {
            "zx_status": result.status,
            "zx_message": result.message,
            "zx_verdict": dict(result.verdict),
            "zx_revision": result.revision,
            "zx_key": key,
            "zx_judged_at": self._connection.clock().isoformat(),
        }
        if result.project_code and self._form(result.form).has("project_code"):
            columns["project_code"] = result.project_code
        older = {"$or": [{"zx_revision": {"$lt": result.revision}}, {"zx_revision": {"$notExists": True}}]}
        path = f"{self._collection(result.form)}:update?" + urlencode(
            {"filter": json.dumps({"$and": [{"id": int(result.record)}, older]})}
        )
        written = self._done(self._call("POST", path, key=key, payload=columns))
        if not written:  # a newer verdict stands there already, or there is no such record
            stored = self._get(result.form, result.record)
            if stored is None:
                raise RemoteRejected("平台上没有这条记录，结论没有写回。", "平台上没有这条记录。")
            return self._receipt(stored)
        return self._receipt(written[0])

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        sent = self._message(key)
        if sent is None:
            row = {
                "key": key,
                "to_user": message.to,
                "title": message.title,
                "text": message.text,
                "form": message.form,
                "record": message.record,
                "link": message.link,
            }
            self._done(self._call("POST", f"{self._names.messages}:create", key=key, payload=row))
        return {"key": key}

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        if isinstance(what, Message):
            return self._message(key)
        stored = self._get(what.form, what.record)
        if stored is None or int(stored.get("zx_revision") or 0) < what.revision:
            return None
        return self._receipt(stored)

    def changed(self, forms: Collection[str], since: datetime) -> Iterator[FormEvent]:
        stamp = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        recent = {"$or": [{SAVED_AT: {"$gte": stamp}}, {"zx_status": "pending"}]}
        for name in forms:
            form = self._form(name)
            for record in self._pages(form, recent):
                who = records.submitter(record.get(SAVED_BY))
                yield records.event(form, record, records.instant(record.get(SAVED_AT)), who)

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        if attachment.size is not None and attachment.size > limit_bytes:
            raise RemoteRejected(f"附件“{attachment.name}”超过{limit_bytes}字节。", "附件过大。")
        reply = self._file(attachment.url, attachment.ref, limit_bytes)
        if reply.status == 302:  # to where it lies, on the same host
            reply = self._file(reply.headers.get("location", ""), attachment.ref, limit_bytes)
        if reply.status != 200:
            raise self._refusal(reply)
        return reply.body

    def check_form(self, form: FormDefinition) -> tuple[str, ...]:
        return check(form, self._collections, self._collection(form.name))

    @cached_property
    def _collections(self) -> dict[str, Any]:
        """Every collection with its fields; read once, since every form of a check asks for it."""
        path = "/api/collections:listMeta"
        reply = self._remote.call("GET", path, key="meta", max_reply_bytes=DESCRIPTION_BYTES)
        if reply.status != 200:
            raise self._refusal(reply)
        found = parse_json(reply.body, LIMITS)["data"]
        return {
            each["name"]: {"fields": {field["name"]: field for field in each["fields"]}} for each in found
        }

    def probe(self) -> Iterable[Check]:
        try:
            health = self._remote.call("GET", "/api/__health_check", key="probe")
            theirs = parsedate_to_datetime(health.headers.get("date", ""))
        except (RemoteUnavailable, RemoteUnclear, ValueError) as error:
            yield Check("连接", False, str(error))
            return
        yield Check("连接", health.status == 200, f"{self._connection.base_url} 答复 HTTP {health.status}。")
        skew_s = abs((theirs.astimezone(UTC) - self._connection.clock()).total_seconds())
        yield Check("时钟", skew_s < MAX_SKEW_S, f"两边时钟相差{skew_s:.0f}秒，应小于{MAX_SKEW_S}秒。")
        form = next(iter(self._connection.forms))
        try:
            self._done(self._call("GET", f"{self._collection(form)}:list?pageSize=1", key="probe"))
        except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
            yield Check(
                "身份", False, f"{error}请核对接口令牌，并确认表单已经推送（zhengxiang forms push）。"
            )
            return
        yield Check("身份", True, "令牌有效，可以读取记录。")

    def _file(self, url: str, ref: str, limit_bytes: int) -> Reply:
        """Always from the platform itself, whatever host the address names: the token goes nowhere else."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._remote.call("GET", path, key=ref, max_reply_bytes=limit_bytes)

    def _form(self, name: str) -> FormDefinition:
        return self._connection.forms[name]

    def _collection(self, form: str) -> str:
        return self._names.collection(form)

    def _get(self, form: str, record: str) -> dict[str, Any] | None:
        only = urlencode({"filter": json.dumps({"id": int(record)}), "pageSize": 1})
        found = self._done(self._call("GET", f"{self._collection(form)}:list?{only}", key=record))
        return found[0] if found else None

    def _message(self, key: str) -> Mapping[str, Any] | None:
        only = urlencode({"filter": json.dumps({"key": key}), "pageSize": 1})
        found = self._done(self._call("GET", f"{self._names.messages}:list?{only}", key=key))
        return {"key": key, "id": found[0]["id"]} if found else None

    def _pages(self, form: FormDefinition, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        appends = [SAVED_BY, *_related(form)]
        query = {"filter": json.dumps(wanted), "appends[]": appends, "sort": "id", "pageSize": PAGE}
        page = 1
        while True:
            path = f"{self._collection(form.name)}:list?{urlencode({**query, 'page': page}, doseq=True)}"
            found = self._done(self._call("GET", path, key="changed"))
            yield from found
            if len(found) < PAGE:
                return
            page += 1

    @staticmethod
    def _receipt(stored: Mapping[str, Any]) -> dict[str, Any]:
        return {name: stored.get(name) for name in ("id", "zx_revision", "zx_key", "zx_status")}

    def _call(self, method: str, path: str, *, key: str, payload: Mapping[str, Any] | None = None) -> Reply:
        return self._remote.call(method, f"/api/{path}", key=quote(key), payload=payload)

    def _done(self, reply: Reply) -> Any:
        """`data` of a good answer. NocoBase's own error text is what a person needs to see."""
        if reply.status != 200:
            raise self._refusal(reply)
        return self._remote.answered(reply).get("data")

    def _refusal(self, reply: Reply) -> PluginError:
        """NocoBase tells its reason in a form of its own."""
        error = self._remote.refusal(reply)
        if not isinstance(error, RemoteRejected):
            return error
        said = reason(reply)
        return RemoteRejected(f"平台不接受这份内容（HTTP {reply.status}）：{said}", said)


def _related(form: FormDefinition) -> Iterator[str]:
    """The fields that stand in tables of their own: files, rows, and the files of rows."""
    for each in form.fields:
        if each.type in ("file", "table"):
            yield each.name
            yield from (f"{each.name}.{column.name}" for column in each.columns if column.type == "file")


ADAPTER = Adapter(Nocobase, mistakes)
