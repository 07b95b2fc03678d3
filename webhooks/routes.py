"""The receiver: verdicts before saving, events after it. Verify, gate, remember, acknowledge; the work is a job's.

Every answer below 500 that is not a verdict or an acknowledgement is a problem document (RFC 9457). The contract is
docs/openapi.yaml; tests/webhooks hold code and document together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from flask import Blueprint, Response, current_app, json, request
from flask.typing import ResponseReturnValue

from forms.definition import FormDefinition
from plugin.answers import classified_answer
from plugin.intake import Accepted, Intake
from plugin.jsonbody import BadJson
from plugin.ledger import LedgerUnavailable
from plugin.manifest import SecretsUnreadable
from plugin.platforms.signing import Secret, SignatureRefused
from plugin.sdk import (
    NotUnderstood,
    Platform,
    Registry,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Request,
)
from webhooks.delivery import Delivery

bp = Blueprint("webhooks", __name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receiver:
    """What the routes need; the composition root puts one into `app.extensions`."""

    intake: Intake
    platforms: Registry
    secrets: Callable[[], tuple[Secret, ...]]
    now: Callable[[], datetime]
    count: Callable[[str], None]  # counts refusals and deliveries by their stable reason


class Refused(Exception):
    """The request gets a problem document instead of an answer."""

    def __init__(self, status: int, code: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after


@bp.post("/v1/verdicts/<form>")
def verdict(form: str) -> ResponseReturnValue:
    """Judge a form before it is saved: every finding at once. Writes nothing."""
    receiver = _receiver()
    platform = receiver.platforms[receiver.intake.manifest().platform.name]
    delivery = _verified(form, platform, receiver)
    question = _understood(lambda: platform.question(form, delivery.body))
    return receiver.intake.judge_question(question, platform.name, receiver.now()), 200


@bp.post("/webhooks/<platform>/<form>")
def receive(platform: str, form: str) -> ResponseReturnValue:
    """Take a saved record: 202 when it is on disk or was there, 200 for one that must leave no trace."""
    receiver = _receiver()
    if platform not in receiver.platforms:
        raise Refused(404, "UNKNOWN_PLATFORM", "没有名为此的平台接入，请核对接收地址。")
    source = receiver.platforms[platform]
    delivery = _verified(form, source, receiver)
    events = _understood(lambda: source.parse(form, delivery.body, delivery.head))
    outcomes = [receiver.intake.accept(event, receiver.now()) for event in events]
    for outcome in outcomes:
        receiver.count(f"delivery.{outcome}")
    if Accepted.KEPT_OUT in outcomes:
        manifest = receiver.intake.manifest()
        told = [answer for event in events if (answer := receiver.intake.kept_out(event)) is not None]
        return (told or [classified_answer(form, manifest.classified_guidance, manifest.pack)])[0], 200
    return {"id": delivery.id, "duplicate": all(outcome is not Accepted.NEW for outcome in outcomes)}, 202


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    _receiver().count(f"refused.{error.code}")
    return problem(error.status, error.code, error.detail, error.retry_after)


def problem(status: int, code: str, detail: str, retry_after: int | None = None) -> Response:
    """An RFC 9457 document: `code` is stable, `detail` is for a person."""
    body = {
        "type": f"urn:zhengxiang:problem:{code.lower()}",
        "title": TITLES[status],
        "status": status,
        "code": code,
    }
    reply = Response(
        json.dumps({**body, "detail": detail}, ensure_ascii=False),
        status,
        content_type="application/problem+json",
    )
    if retry_after is not None:
        reply.headers["Retry-After"] = str(retry_after)
    return reply


TITLES: Mapping[int, str] = {
    400: "请求内容不能读取",
    401: "签名未通过核验",
    404: "没有这个地址",
    405: "不支持的请求方法",
    411: "缺少 Content-Length",
    413: "请求内容过大",
    415: "请求内容不是 JSON",
    500: "系统内部错误",
    503: "暂时不能受理",
}


def _receiver() -> Receiver:
    receiver: Receiver = current_app.extensions["receiver"]
    return receiver


def _verified(form: str, platform: Platform, receiver: Receiver) -> Delivery:
    """The body, once its size, type and signature are in order: nothing of it is read before."""
    if form not in receiver.intake.forms:
        raise Refused(404, "UNKNOWN_FORM", f"没有名为“{form[:60]}”的表单，请核对接收地址。")
    body = _body(receiver.intake.forms[form])
    query = request.query_string.decode("latin-1")
    incoming = Request(request.method, quote(request.path), query, dict(request.headers), body)
    try:
        secrets, now = receiver.secrets(), receiver.now()
        return Delivery.verified(incoming, lambda each: platform.authenticate(each, secrets, now))
    except SignatureRefused as error:
        raise Refused(401, f"SIGNATURE_{error.reason.upper()}", str(error)) from error
    except BadJson as error:
        raise Refused(400, error.code, str(error)) from error
    except SecretsUnreadable as error:
        raise Refused(
            503, "SECRETS_UNREADABLE", "密钥文件暂时不能读取，请稍后重发。", retry_after=30
        ) from error


def _body(form: FormDefinition) -> bytes:
    """The raw bytes. A length is required: without one a body could be cut silently."""
    if request.content_length is None or request.headers.get("Transfer-Encoding"):
        raise Refused(411, "LENGTH_REQUIRED", "请求须带 Content-Length，不接受分块传输。")
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding"):
        raise Refused(415, "NOT_JSON", "请求内容须为未压缩的 application/json。")
    limits = _receiver().intake.manifest().limits_technical
    has_table = any(field.type == "table" for field in form.fields)
    limit = limits.table_body_bytes if has_table else limits.body_bytes
    if request.content_length > limit:
        raise Refused(413, "TOO_LARGE", f"请求内容为{request.content_length}字节，上限为{limit}字节。")
    return request.get_data(cache=False)


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except NotUnderstood as error:
        raise Refused(400, "NOT_UNDERSTOOD", f"请求内容不合约定：{error}。") from error


@bp.errorhandler(RemoteUnavailable)
@bp.errorhandler(RemoteUnclear)
@bp.errorhandler(RemoteRejected)
def platform_unavailable(_error: Exception) -> Response:
    """An adapter had to ask its platform in order to read a delivery, and could not."""
    _receiver().count("refused.PLATFORM_UNAVAILABLE")
    said = "暂时读不到平台的表单结构，请稍后重发。"
    return problem(503, "PLATFORM_UNAVAILABLE", said, retry_after=30)


@bp.errorhandler(LedgerUnavailable)
def ledger_unavailable(_error: LedgerUnavailable) -> Response:
    """Disk full or locked: the sender keeps it and comes again."""
    _receiver().count("refused.LEDGER_UNAVAILABLE")
    return problem(503, "LEDGER_UNAVAILABLE", "台账暂时不能写入，请稍后重发。", retry_after=30)


__all__ = ["Receiver", "bp", "problem"]
