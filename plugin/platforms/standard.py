"""The reference platform: any system that speaks docs/platform-api.yaml and sends the events of docs/openapi.yaml.

The sandbox does. A platform with another wire format gets an adapter of its own beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from plugin.remote import Remote, says_not_there
from plugin.sdk import Actor, Capabilities, EventKind, FormEvent, Message, NotUnderstood, Question, WriteBack

KINDS = {
    "record.created": EventKind.CREATED,
    "record.updated": EventKind.UPDATED,
    "record.deleted": EventKind.DELETED,
    "record.restored": EventKind.RESTORED,
}


class StandardPlatform:
    """Calls out through the one door, signed like the events that come in."""

    name = "standard"
    capabilities = Capabilities(
        delivery_id=True,
        retries=True,
        api_write_emits_event=False,
        answers_for_key=True,
        messages=True,
        signature="standard_webhooks",
    )

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def parse(self, form: str, body: Any, delivery_id: str) -> tuple[FormEvent, ...]:
        kind = KINDS.get(_string(body, "type"), EventKind.OTHER)
        data = _mapping(body, "data")
        return (
            FormEvent(
                platform=self.name,
                form=form,
                record=_string(data, "record"),
                kind=kind,
                saved_at=_instant(data, "saved_at"),
                key=delivery_id,
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
        return self._write("PATCH", _result_path(result), key, asdict(result))

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        return self._write("POST", "/api/messages", key, {**asdict(message), "key": key})

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

    def _write(self, method: str, path: str, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        reply = self._remote.call(method, path, key=key, payload=payload)
        if reply.status not in (200, 201):
            raise self._remote.refusal(reply)
        return self._remote.answered(reply)


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
