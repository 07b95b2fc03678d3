"""The reference platform: any system that speaks docs/platform-api.yaml and sends the events of docs/openapi.yaml.

The sandbox does. A platform with another wire format gets an adapter of its own beside this one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from plugin.platforms.signing import SCHEMES, BodySigned
from plugin.remote import Remote, json_bytes, says_not_there
from plugin.sdk import (
    Actor,
    Adapter,
    Attachment,
    Capabilities,
    Check,
    EventKind,
    FormDefinition,
    FormEvent,
    Message,
    NotUnderstood,
    Question,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Request,
    Secret,
    SignedHead,
    WriteBack,
    new_nonce,
    sign_request,
    verify_request,
)

KINDS = {
    "record.created": EventKind.CREATED,
    "record.updated": EventKind.UPDATED,
    "record.deleted": EventKind.DELETED,
    "record.restored": EventKind.RESTORED,
}
MAX_SKEW_S = 60
MORE = "……（未完，详见填报记录）"


class StandardPlatform:
    """Calls out through the one door, signed like the events that come in."""

    name: ClassVar[str] = "standard"

    def __init__(self, remote: Remote) -> None:
        self._remote, self._scheme = remote, remote.algorithm
        row = SCHEMES[self._scheme]
        self.capabilities = Capabilities(
            delivery_id="id" in row.at,
            body_signed=row.body_signed is BodySigned.YES,
            time_signed=bool(row.time),
            retries=True,
            asks_before_saving=True,
            api_write_emits_event=False,
            answers_for_key=True,
            messages=True,
            lists_changes=True,
        )

    def authenticate(self, request: Request, secrets: Sequence[Secret], now: datetime) -> SignedHead:
        return verify_request(self._scheme, request, secrets, now)

    def hello(self, form: str, secrets: Sequence[Secret], now: datetime) -> Request:
        data = {"record": "connection-test", "saved_at": now.isoformat()}
        body = json_bytes({"type": "connection.test", "data": data})
        headers = {"Content-Type": "application/json"}
        request = Request("POST", f"/webhooks/{self.name}/{form}", "", headers, body)
        nonce = new_nonce(self._scheme, now, b"hello".ljust(16))
        return sign_request(
            self._scheme, request, secrets=secrets, now=now, id=f"hello_{now:%Y%m%d%H%M%S%f}", nonce=nonce
        )

    def parse(self, form: str, body: Any, head: SignedHead) -> tuple[FormEvent, ...]:
        kind = KINDS.get(_string(body, "type"), EventKind.OTHER)
        data = _mapping(body, "data")
        record, saved_at = _string(data, "record"), _instant(data, "saved_at")
        return (
            FormEvent(
                platform=self.name,
                form=form,
                record=record,
                kind=kind,
                saved_at=saved_at,
                key=head.id or f"{form}:{record}:{saved_at.isoformat()}",  # a gateway's signature holds no id
                fields=_mapping(data, "fields") if kind in (EventKind.CREATED, EventKind.UPDATED) else {},
                submitter=_actor(data),
                partial=data.get("partial") is True,
            ),
        )

    def question(self, form: str, body: Any) -> Question:
        record = body.get("record") if isinstance(body, Mapping) else None
        if record is not None and not isinstance(record, str):
            raise NotUnderstood("record 应为字符串或 null")
        return Question(form, record, _mapping(body, "fields"), _actor(body), body.get("partial") is True)

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        body = {**asdict(result), "message": _cut(result.message, 20_000)}
        return self._write("PATCH", _result_path(result), key, body)

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        words = {"title": _cut(message.title, 100), "text": _cut(message.text, 5_000)}
        return self._write("POST", "/api/messages", key, {**asdict(message), **words, "key": key})

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        path = "/api/messages?" + urlencode({"key": key}) if isinstance(what, Message) else _result_path(what)
        reply = self._remote.call("GET", path, key=key)
        if says_not_there(reply):
            return None
        if reply.status != 200:
            raise self._remote.refusal(reply)
        stored = self._remote.answered(reply)
        older = isinstance(what, WriteBack) and int(stored.get("revision") or 0) < what.revision
        return None if older else stored

    def changed(self, forms: Collection[str], since: datetime) -> Iterator[FormEvent]:
        query = {"since": since.isoformat()}
        while True:
            page = self._page(query)
            for record in page["items"]:
                if record.get("form") in forms:
                    yield _as_event(record)
            if page.get("next_cursor") is None:
                return
            query["cursor"] = page["next_cursor"]

    def _page(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        reply = self._remote.call("GET", "/api/records?" + urlencode(query), key="changed")
        if reply.status != 200:
            raise self._remote.refusal(reply)
        page = self._remote.answered(reply)
        if not isinstance(page.get("items"), list):
            raise RemoteUnclear(f"{self._remote.name}的答复没有 items。")
        return page

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        raise RemoteRejected("该平台没有约定附件接口。", "没有约定附件接口。")

    def check_form(self, form: FormDefinition) -> tuple[str, ...]:
        return ()

    def probe(self) -> Iterable[Check]:
        """The health page tells the platform's clock; listing what changed from now on takes a valid signature."""
        try:
            health = self._remote.call("GET", "/api/health", key="probe")
            theirs = datetime.fromisoformat(str(self._remote.answered(health).get("now")))
        except (RemoteUnavailable, RemoteUnclear, ValueError) as error:
            yield Check("连接", False, f"{error}")
            return
        yield Check("连接", True, f"{self._remote.base_url} 可以连通。")
        skew_s = abs((theirs.astimezone(UTC) - self._remote.clock()).total_seconds())
        yield Check("时钟", skew_s < MAX_SKEW_S, f"两边时钟相差{skew_s:.0f}秒，应小于{MAX_SKEW_S}秒。")
        try:
            self._page({"since": self._remote.clock().isoformat()})
        except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
            yield Check("身份", False, str(error))
            return
        yield Check("身份", True, "密钥有效，可以读取记录。")

    def _write(self, method: str, path: str, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._remote.call(method, path, key=key, payload=payload)
        if reply.status not in (200, 201):
            raise self._remote.refusal(reply)
        return self._remote.answered(reply)


def _as_event(record: Mapping[str, Any]) -> FormEvent:
    """A listed record as if it had been sent; its key tells it from the event that was."""
    saved_at, deleted = _instant(record, "updated_at"), record.get("deleted") is True
    form, name = _string(record, "form"), _string(record, "record")
    return FormEvent(
        platform=StandardPlatform.name,
        form=form,
        record=name,
        kind=EventKind.DELETED if deleted else EventKind.UPDATED,
        saved_at=saved_at,
        key=f"listed:{form}:{name}:{saved_at.isoformat()}",
        fields={} if deleted else _mapping(record, "values"),
        submitter=Actor(_string(record, "saved_by")) if record.get("saved_by") else None,
    )


def _cut(words: str, most: int) -> str:
    """What the contract has no room for is left out, and said to be: the verdict in the record is whole."""
    return words if len(words) <= most else words[: most - len(MORE)] + MORE


def _result_path(result: WriteBack) -> str:
    return f"/api/records/{quote(result.form)}/{quote(result.record, safe='')}/result"


def _string(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, str) or not found or len(found) > 200:
        raise NotUnderstood(f"{name} 应为 1 至 200 个字符的字符串")
    return found


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(found, Mapping):
        raise NotUnderstood(f"{name} 应为对象")
    return found


def _instant(value: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(_string(value, name))
    except ValueError as error:
        raise NotUnderstood(f"{name} 应为带时区的 ISO 8601 时刻") from error
    if found.tzinfo is None:
        raise NotUnderstood(f"{name} 应带时区，例如 2025-03-10T09:00:00+08:00")
    return found


def _actor(value: Mapping[str, Any]) -> Actor | None:
    found = value.get("submitter")
    if found is None:
        return None
    return Actor(_string(found, "id"), str(found.get("name") or ""), str(found.get("unit") or ""))


ADAPTER = Adapter(lambda connection: StandardPlatform(connection.signed()))
