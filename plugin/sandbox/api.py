"""What the stand-in platform offers the plugin (docs/platform-api.yaml); signed requests only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, request

from plugin.sandbox.settings import Settings
from plugin.sandbox.shapes import KEY, NAME, Shape, anything_named, maybe, one_of, text, whole
from plugin.sandbox.store import Conflict, Message, Record, Result, Store
from plugin.sandbox.web import (
    Problem,
    answer_json,
    checked_key,
    idempotency_key,
    json_object,
    require,
    signed_by,
)

PAGE = 100
CURSOR_CHARS = 200
RECORD = "[A-Za-z0-9_.:@+-]{1,128}"
RESULT: Shape = {
    "status": one_of("passed", "returned", "awaiting_override", "warned", "unattached"),
    "message": text(0, 20_000),
    "verdict": anything_named,
    "project_code": maybe(text(0, 64)),
    "revision": whole(1),
}
RESULT_TO_WRITE: Shape = {"form": text(pattern=NAME), "record": text(pattern=RECORD), **RESULT}
MESSAGE: Shape = {
    "key": text(pattern=KEY),
    "to": text(1, 128),
    "title": text(1, 100),
    "text": text(1, 5000),
    "link": maybe(text(0, 2000)),
    "form": maybe(text(pattern=NAME)),
    "record": maybe(text(pattern=RECORD)),
}

bp = Blueprint("platform_api", __name__, url_prefix="/api")


@bp.before_request
def only_signed() -> None:
    settings: Settings = current_app.extensions["settings"]
    if request.path != "/api/health":
        signed_by(settings.webhook_secrets, settings.now)


@bp.patch("/records/<form>/<record>/result")
def write_result(form: str, record: str) -> Response:
    """The verdict beside the record. The same key twice is once; an older revision changes nothing."""
    key, body = idempotency_key(), json_object()
    require(body, RESULT_TO_WRITE)
    if (body["form"], body["record"]) != (form, record):
        raise Problem(400, "OTHER_ADDRESS", "内容中的 form、record 与地址不一致。")
    _record(form, record)
    try:
        result, _is_new = _store().results.put(form, record, key, body, _now())
    except Conflict as error:
        raise Problem(409, "KEY_REUSED", "同一幂等键已经用于内容不同的写回，未保存。") from error
    return answer_json(result_json(result))


@bp.get("/records/<form>/<record>/result")
def read_result(form: str, record: str) -> Response:
    _record(form, record)
    result = _store().results.get(record)
    if result is None:
        raise Problem(404, "NO_RESULT", "这条记录还没有写回结果。")
    return answer_json(result_json(result))


@bp.post("/messages")
def take_message() -> Response:
    """A message to a person, shown once however often it is sent under its key."""
    key, body = idempotency_key(), json_object()
    require(body, MESSAGE)
    if body["key"] != key:
        raise Problem(400, "KEY_DIFFERS", "内容中的 key 与 Idempotency-Key 不一致。")
    try:
        message, is_new = _store().messages.put(key, body, _now())
    except Conflict as error:
        raise Problem(409, "KEY_REUSED", "同一幂等键已经用于内容不同的消息，未保存。") from error
    return answer_json(message_json(message), 201 if is_new else 200)


@bp.get("/messages")
def find_message() -> Response:
    message = _store().messages.find(checked_key(request.args.get("key")))
    if message is None:
        raise Problem(404, "NO_SUCH_MESSAGE", "没有收到过这条消息。")
    return answer_json(message_json(message))


@bp.get("/records")
def list_records() -> Response:
    """For a reconcile: saved since an instant, the oldest first. The cursor is the page's last record."""
    cursor = request.args.get("cursor")
    if cursor is not None and len(cursor) > CURSOR_CHARS:
        raise Problem(400, "BAD_CURSOR", "cursor 应为上一页给出的 next_cursor。")
    records = _store().records.saved_from(_instant("since"))
    names = [each.record for each in records]
    start = names.index(cursor) + 1 if cursor in names else 0
    here = records[start : start + PAGE]
    more = here and len(records) > start + PAGE
    return answer_json(
        {"items": [record_json(each) for each in here], "next_cursor": here[-1].record if more else None}
    )


@bp.get("/records/<form>/<record>")
def read_record(form: str, record: str) -> Response:
    return answer_json(record_json(_record(form, record)))


@bp.get("/health")
def health() -> Response:
    return answer_json({"status": "ok", "now": _now().isoformat()})


def record_json(record: Record) -> dict[str, Any]:
    result = _store().results.get(record.record)
    return {
        "form": record.form,
        "record": record.record,
        "saved_at": (record.created_at or record.saved_at).isoformat(),
        "updated_at": record.saved_at.isoformat(),
        "saved_by": record.submitter["id"],
        "deleted": record.erased,
        "values": dict(record.fields),
        "result": result_json(result) if result else None,
    }


def result_json(result: Result) -> dict[str, Any]:
    return {name: result.body[name] for name in RESULT}


def message_json(message: Message) -> dict[str, Any]:
    return {"message_id": message.id, "key": message.key, "delivered_at": message.received_at.isoformat()}


def _record(form: str, record: str) -> Record:
    found = _store().records.get(record)
    if found is None or found.form != form or found.erased:
        raise Problem(404, "NO_SUCH_RECORD", "没有这条记录。")
    return found


def _instant(name: str) -> datetime:
    try:
        read = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise Problem(400, "NOT_AN_INSTANT", f"{name} 应为带时区的时刻，例如 2025-03-10T09:00:00+08:00。")
    return read


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store


def _now() -> datetime:
    settings: Settings = current_app.extensions["settings"]
    return settings.here_and_now()
