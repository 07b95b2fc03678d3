"""The stand-in life-cycle system (docs/lifecycle-api.yaml): takes filings, gives receipts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from plugin.sandbox.control import control, faults
from plugin.sandbox.faults import MODES, MOMENTS, Faults
from plugin.sandbox.settings import Settings
from plugin.sandbox.shapes import (
    KEY,
    NAME,
    Shape,
    anything_named,
    day,
    instant,
    maybe,
    members,
    rows,
    text,
    whole,
)
from plugin.sandbox.store import Conflict, Filing, Store
from plugin.sandbox.web import (
    Problem,
    answer_json,
    checked_key,
    chinese_errors,
    idempotency_key,
    json_object,
    make_app,
    require,
    said_no,
    signed_by,
)

SHA256 = "[0-9a-f]{64}"
ROLE = "[a-z][a-z_]{0,63}"
CODE_CHARS = 64
DUTY: Shape = {"name": text(pattern=ROLE), "article": text(1, 16), "to": rows(text(pattern=ROLE), least=1)}
FIELD = r"[a-z][a-z0-9_.]{0,127}"  # `table.column` inside a table
ATTACHMENT: Shape = {
    "field": text(pattern=FIELD),
    "name": text(0, 500),
    "size": maybe(whole(0)),
    "sha256": maybe(text(pattern=SHA256)),
}
SHAPE: Shape = {
    "key": text(pattern=KEY),
    "project_code": text(0, CODE_CHARS),
    "project_name": text(0, 200),
    "construction_unit": text(0, 200),
    "step": text(pattern=f"({NAME})?"),
    "step_title": text(0, 100),
    "happened_on": lambda value: value == "" or day(value),
    "revision": whole(1),
    "supersedes": maybe(text(1, 64)),
    "duty": maybe(members(DUTY)),
    "attachments": rows(members(ATTACHMENT)),
    "values": anything_named,
    "sent_at": instant,
}
PAGE = 100
MAX_CONTENT_BYTES = 20 * 1024 * 1024

api = Blueprint("lifecycle", __name__, url_prefix="/v1")


class LifecycleSystem:
    """Decides about filings; knows nothing of HTTP, so that a misbehaving one can be wrapped around it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def now(self) -> datetime:
        return self._settings.here_and_now()

    def file(self, key: str, body: Mapping[str, Any]) -> tuple[Filing, bool]:
        """Take a filing once; Problem says why not."""
        values = body.get("values")
        # first of all, so that nothing else of a classified filing is even looked at
        if isinstance(values, Mapping) and not said_no(values.get("classified", False)):
            raise Problem(422, "CLASSIFIED", "涉密项目不得通过本系统备案，内容未保存。")
        require(body, SHAPE)
        if body["key"] != key:
            raise Problem(400, "KEY_DIFFERS", "备案内容中的 key 与 Idempotency-Key 不一致。")
        empty = [name for name, value in body.items() if value == "" and name in SHAPE]
        if empty:
            raise Problem(422, "INCOMPLETE", f"备案内容不能为空：{'、'.join(empty)}。")
        try:
            return self._store.filings.put(key, body, self.now())
        except Conflict as error:
            raise Problem(409, "KEY_REUSED", "同一幂等键已经用于内容不同的备案，未保存。") from error


def create_lifecycle(store: Store, settings: Settings, going_wrong: Faults | None = None) -> Flask:
    """The application: the signed interface, a page that shows what it holds, and how to make it go wrong."""
    app = make_app("plugin.sandbox.lifecycle")
    app.extensions["lifecycle"] = LifecycleSystem(store, settings)
    app.extensions["store"] = store
    app.extensions["faults"] = going_wrong or Faults()
    app.context_processor(lambda: {"addresses": app.config.get("ADDRESSES", {})})

    def only_signed() -> None:
        if request.path.startswith("/v1/attachments/"):
            request.max_content_length = MAX_CONTENT_BYTES
        if request.path.startswith("/v1/") and request.path != "/v1/health":
            signed_by(settings.lifecycle_secrets, settings.now)

    app.before_request(only_signed)
    app.register_blueprint(api)
    app.add_url_rule("/", view_func=page)
    app.register_blueprint(control)
    chinese_errors(app, "/v1/")
    return app


@api.post("/filings")
def take() -> Response:
    key = idempotency_key()
    filing, is_new = current_app.extensions["lifecycle"].file(key, json_object())
    return answer_json(receipt(filing), 201 if is_new else 200)


@api.get("/filings")
def look_up() -> Response:
    return answer_json(receipt(found(_store().filings.find(checked_key(request.args.get("key"))))))


@api.get("/filings/<receipt_no>")
def by_receipt(receipt_no: str) -> Response:
    return answer_json(stored(found(_store().filings.by_receipt(receipt_no))))


@api.get("/projects/<code>/filings")
def of_project(code: str) -> Response:
    """Oldest first; an unknown project has none."""
    if len(code) > CODE_CHARS or len(request.args.get("after", "-")) not in range(1, CODE_CHARS + 1):
        raise Problem(400, "BAD_REQUEST", "项目编码和 after 最多64个字符，after 不能为空。")
    filings, after = _store().filings.of_project(code), request.args.get("after")
    numbers = [each.receipt_no for each in filings]
    start = numbers.index(after) + 1 if after in numbers else 0
    here = filings[start : start + PAGE]
    more = here and len(filings) > start + PAGE
    return answer_json(
        {"items": [head(each) for each in here], "next_after": here[-1].receipt_no if more else None}
    )


@api.put("/attachments/<sha256>")
def upload(sha256: str) -> Response:
    """Keep a content under its own hash, whatever the path says of it."""
    idempotency_key()
    if not re.fullmatch(SHA256, sha256):
        raise Problem(400, "BAD_HASH", "附件的地址应为内容的 SHA-256（64位小写十六进制）。")
    if request.mimetype != "application/octet-stream":
        raise Problem(415, "NOT_BYTES", "附件内容须为 application/octet-stream。")
    content = request.get_data()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Problem(422, "OTHER_HASH", "附件内容与地址中的 SHA-256 不一致，未保存。")
    _, is_new = _store().filings.keep_content(content)
    return answer_json({"sha256": sha256, "size": len(content)}, 201 if is_new else 200)


@api.get("/attachments/<sha256>")
def has_content(sha256: str) -> Response:
    if not re.fullmatch(SHA256, sha256):
        raise Problem(400, "BAD_HASH", "附件的地址应为内容的 SHA-256（64位小写十六进制）。")
    size = _store().filings.size_of_content(sha256)
    if size is None:
        raise Problem(404, "NO_SUCH_CONTENT", "没有收到过这个附件。")
    return answer_json({"sha256": sha256, "size": size})


@api.get("/health")
def health() -> Response:
    system: LifecycleSystem = current_app.extensions["lifecycle"]
    return answer_json({"status": "ok", "now": system.now().isoformat()})


def found(filing: Filing | None) -> Filing:
    if filing is None:
        raise Problem(404, "NO_SUCH_FILING", "没有收到过这份备案。")
    return filing


def receipt(filing: Filing) -> dict[str, Any]:
    """The system's word that it holds the filing."""
    return {
        "receipt_no": filing.receipt_no,
        "key": filing.key,
        "received_at": filing.received_at.isoformat(),
        "lifecycle_no": filing.lifecycle_no,
        "digest": filing.digest,
    }


def head(filing: Filing) -> dict[str, Any]:
    """A line of a project's list."""
    return {
        "receipt": receipt(filing),
        "step": filing.body["step"],
        "revision": filing.body["revision"],
        "supersedes": filing.body["supersedes"],
    }


def stored(filing: Filing) -> dict[str, Any]:
    return {"receipt": receipt(filing), "filing": dict(filing.body)}


def page() -> str:
    """已收备案: what it holds, the newest first."""
    return render_template(
        "filings.html", filings=_store().filings.latest(), modes=MODES, moments=MOMENTS, armed=faults().armed
    )


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store
