"""What both stand-in systems share as web applications: headers, problems, signed requests, who may post."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from plugin.platforms.signing import Secret, SignatureRefused, verify
from plugin.sandbox.settings import LOOPBACK, SHANGHAI
from plugin.sandbox.shapes import KEY, Shape, wrong_members

MAX_BODY_BYTES = 4 * 1024 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}

PAGES: Mapping[int | None, tuple[str, str]] = {
    403: ("不能访问", "这个请求不是从本机的沙箱页面发出的，没有受理。"),
    404: ("没有这个页面", "请核对地址，或者从首页重新进入。"),
    405: ("不支持这个操作", "请从页面上的按钮提交。"),
    410: ("内容已经清除", "这条记录后来申明为涉密，内容已经清除，不能再修改。"),
    413: ("内容过大", "提交的内容超过4 MiB，没有保存。请减少表格行数后分次填报。"),
}


class Problem(Exception):
    """The request gets a problem document (RFC 9457): `code` is stable, `detail` is for a person."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class Quiet(Flask):
    """A defect is logged by its kind and place alone: an exception's text may quote what was submitted."""

    def log_exception(self, exc_info: Any) -> None:
        frame = traceback.extract_tb(exc_info[2])[-1]
        self.logger.error("%s at %s:%s", exc_info[0].__name__, frame.filename, frame.lineno)


def make_app(name: str) -> Flask:
    """A Flask application with our headers, Chinese JSON, and no way in but from this machine."""
    app = Quiet(name, template_folder="templates", static_folder="static", root_path=None)
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES, MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES, MAX_FORM_PARTS=60_000
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["moment"] = moment
    app.before_request(refuse_strangers)
    app.after_request(with_headers)
    app.register_error_handler(Problem, answer_problem)
    return app


def moment(value: datetime | str) -> str:
    """An instant as an official reads it."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{read.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def refuse_strangers() -> None:
    """Only this machine's own pages: no other site's form, no other name that resolves to us."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        abort(403)
    origin = request.headers.get("Origin")
    if request.method == "POST" and origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def answer_problem(error: Problem) -> Response:
    body = {
        "type": f"urn:zhengxiang:problem:{error.code.lower()}",
        "title": error.detail,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    return Response(
        json.dumps(body, ensure_ascii=False), error.status, content_type="application/problem+json"
    )


def answer_json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


def signed_by(secrets: Sequence[Secret], now: Callable[[], datetime]) -> None:
    """Let only the plugin in: whoever holds our key."""
    try:
        verify(dict(request.headers), request.get_data(), secrets, now())
    except SignatureRefused as error:
        raise Problem(401, f"SIGNATURE_{error.reason.upper()}", str(error)) from error


def json_object() -> dict[str, Any]:
    """The body as an object; a stand-in reads strictly."""
    if request.mimetype != "application/json":
        raise Problem(415, "NOT_JSON", "请求内容须为 application/json。")
    try:
        value = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Problem(400, "NOT_JSON", "请求内容不是 JSON。") from error
    if not isinstance(value, dict):
        raise Problem(400, "NOT_AN_OBJECT", "请求内容应为一个 JSON 对象。")
    return value


def idempotency_key() -> str:
    """The key of the header, with or without the quotes of a structured header."""
    key = request.headers.get("Idempotency-Key", "").strip()
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    return checked_key(key)


def checked_key(key: str | None) -> str:
    """A key as the contracts allow it."""
    if key is None or not re.fullmatch(KEY, key):
        raise Problem(400, "BAD_KEY", "幂等键应为1至200个 ASCII 字母、数字或者 _.:/@+- 字符。")
    return key


def require(body: Mapping[str, Any], shape: Shape) -> None:
    """Every member of the contract as it wants it, and no other: strict, so that mistakes show early."""
    wrong = wrong_members(body, shape)
    if wrong:
        said = "、".join(name[:60] for name in wrong[:20])
        raise Problem(400, "BAD_REQUEST", f"请求内容中以下各项缺少、多余，或者格式不对：{said}。")


def said_no(answer: object) -> bool:
    """Whether 是否涉密 was answered with an explicit no."""
    return answer is False or (isinstance(answer, str) and answer in ("否", "false"))


def chinese_errors(app: Flask, prefix: str) -> None:
    """Under `prefix` even 404, 405 and 413 are problem documents; elsewhere they are Chinese pages."""

    def answered(error: HTTPException) -> ResponseReturnValue:
        if not request.path.startswith(prefix):
            title, text = PAGES.get(error.code, ("系统出错", "本次操作没有完成，请稍后再试。"))
            return render_template("error.html", title=title, text=text), error.code or 500
        return answer_problem(Problem(error.code or 500, "HTTP_ERROR", "请求没有被受理，请核对地址和方法。"))

    app.register_error_handler(HTTPException, answered)
