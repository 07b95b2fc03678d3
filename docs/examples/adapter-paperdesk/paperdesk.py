"""Paperdesk, a platform that exists in this example only: static token, no delivery ids, no retries, no question before saving.

Its events:  POST <our address>, header X-Desk-Token, {"what": "saved", "id", "at", "by", "cells": {name: value}}
Its interface: GET /ping · GET /rows?form=&from= · PATCH /rows/<id> · POST /notes · GET /notes/<key>
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from plugin.http import Unclear, Unreachable
from plugin.sdk import (
    Actor,
    Adapter,
    Attachment,
    Capabilities,
    Check,
    Connection,
    EventKind,
    FormDefinition,
    FormEvent,
    Message,
    NotUnderstood,
    Question,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Reply,
    Request,
    Secret,
    SignatureRefused,
    SignedHead,
    WriteBack,
)

HEADER = "X-Desk-Token"


class Paperdesk:
    name = "paperdesk"
    capabilities = Capabilities(
        delivery_id=False,
        body_signed=False,
        time_signed=False,
        retries=False,
        asks_before_saving=False,
        api_write_emits_event=False,
        answers_for_key=True,
        messages=True,
        lists_changes=True,
    )

    def __init__(self, connection: Connection) -> None:
        self._to = connection

    # what comes in

    def authenticate(self, request: Request, secrets: Sequence[Secret], now: datetime) -> SignedHead:
        given = {name.lower(): value for name, value in request.headers.items()}.get(HEADER.lower(), "")
        if not given:
            raise SignatureRefused("missing")
        matched = [
            hmac.compare_digest(each.key, given.encode()) for each in secrets
        ]  # all of them, in constant time
        if not any(matched):
            raise SignatureRefused("unknown_signature")
        return SignedHead(None, None)

    def hello(self, form: str, secrets: Sequence[Secret], now: datetime) -> Request:
        headers = {"Content-Type": "application/json", HEADER: secrets[0].key.decode()}
        return Request("POST", f"/webhooks/{self.name}/{form}", "", headers, b'{"what": "hello"}')

    def parse(self, form: str, body: Any, head: SignedHead) -> tuple[FormEvent, ...]:
        if not isinstance(body, Mapping) or "what" not in body:
            raise NotUnderstood("应有 what")
        return (self._event(form, body),) if body["what"] == "saved" else ()

    def question(self, form: str, body: Any) -> Question:
        raise NotUnderstood("该平台在保存前不提问")

    def _event(self, form: str, row: Mapping[str, Any]) -> FormEvent:
        try:
            record, at = str(row["id"]), datetime.fromisoformat(row["at"])
            cells, who = dict(row["cells"]), Actor(str(row["by"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NotUnderstood("应有 id、at、by 和 cells") from error
        key = f"{form}:{record}:{row['at']}"  # no delivery id: the record and when it was saved
        return FormEvent(self.name, form, record, EventKind.UPDATED, at, key, cells, who)

    # what goes out

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        known = self._call("GET", f"/rows/{quote(result.record)}")
        if int(known.get("revision") or 0) >= result.revision:
            return known  # an older verdict never replaces a newer one
        told = {"status": result.status, "message": result.message, "code": result.project_code}
        return self._call(
            "PATCH", f"/rows/{quote(result.record)}", {**told, "revision": result.revision, "key": key}
        )

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        return self._call(
            "POST", "/notes", {"key": key, "to": message.to, "title": message.title, "text": message.text}
        )

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        if isinstance(what, Message):
            return self._call("GET", f"/notes/{quote(key, safe='')}") or None
        known = self._call("GET", f"/rows/{quote(what.record)}")
        return known if int(known.get("revision") or 0) >= what.revision else None

    def changed(self, forms: Collection[str], since: datetime) -> Iterator[FormEvent]:
        for form in forms:
            page = self._call("GET", "/rows?" + urlencode({"form": form, "from": since.isoformat()}))
            yield from (self._event(form, row) for row in page["rows"])

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        raise RemoteRejected("该平台没有附件。", "没有附件。")

    def check_form(self, form: FormDefinition) -> tuple[str, ...]:
        return ()

    def probe(self) -> Iterable[Check]:
        try:
            self._call("GET", "/ping")
        except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
            return [Check("连接", False, str(error))]
        return [Check("连接", True, "可以连通，令牌有效。")]

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One exchange, and which of the three remedies a bad end calls for."""
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", HEADER: self._to.token()}
        try:
            reply: Reply = self._to.door.request(method, self._to.base_url + path, headers=headers, body=raw)
        except Unreachable as error:
            raise RemoteUnavailable(f"纸桌暂时连不上：{error}") from error
        except Unclear as error:
            raise RemoteUnclear(f"纸桌是否收到尚不清楚：{error}") from error
        if reply.status in (401, 403, 429, 503):
            raise RemoteUnavailable(f"纸桌现在不受理（HTTP {reply.status}）。")
        if 400 <= reply.status < 500:
            raise RemoteRejected(f"纸桌不接受这份内容（HTTP {reply.status}）。", "内容不合要求。")
        if reply.status >= 500:
            raise RemoteUnclear(f"纸桌的答复无法判断（HTTP {reply.status}）。")
        return json.loads(reply.body) if reply.body else {}


ADAPTER = Adapter(Paperdesk)
