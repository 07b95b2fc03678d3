"""The bureau's pages at /console: server-rendered, Chinese, usable by keyboard and on paper."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from argon2 import PasswordHasher
from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, generate_csrf
from markupsafe import Markup
from prometheus_client import CollectorRegistry
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from forms.posted import readable
from plugin.console import access, metrics, security, words
from plugin.console.asked import GREATEST
from plugin.console.metrics import FromLedger
from plugin.console.pages import (
    acts,
    imports,
    limits,
    lists,
    operations,
    overview,
    people,
    projects,
    proposals,
    signin,
    similar,
    submissions,
    versions,
)
from plugin.console.parts import EXTENSION, Parts
from plugin.console.signin import Door
from plugin.ledger import LedgerUnavailable
from plugin.manifest import SecretsUnreadable

log = logging.getLogger("zhengxiang.console")
PAGES = (
    overview.bp,
    operations.bp,
    similar.bp,
    signin.bp,
    lists.bp,
    projects.bp,
    submissions.bp,
    acts.bp,
    people.bp,
    limits.bp,
    proposals.bp,
    versions.bp,
    imports.bp,
)
MENU: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("overview.show", {}, "总览"),
    ("lists.show", {"name": "projects"}, "项目"),
    ("lists.show", {"name": "obligations"}, "应办事项"),
    ("lists.show", {"name": "submissions"}, "提交"),
    ("similar.show", {}, "疑似重复"),
    ("lists.show", {"name": "filings"}, "备案"),
    ("lists.show", {"name": "messages"}, "消息"),
    ("limits.show", {}, "参数"),
    ("operations.show", {}, "运行"),
    ("people.show", {}, "人员"),
    ("lists.audit", {}, "审计记录"),
)
ERRORS = {
    400: ("页面已过期", "这次操作没有执行。请返回上一页，刷新后再提交。"),
    401: ("请先登录", "这次操作没有执行：登录已经结束，请重新登录后再试。"),
    403: ("没有权限", "您的账号不能使用这个页面或操作。确有需要的，请联系数据资源局管理员。"),
    404: ("没有这个页面", "请核对地址，或者从总览重新进入。"),
    413: ("内容过大", "提交的内容超过1 MiB，没有保存。"),
    503: ("暂时不能办理", "台账正忙或者磁盘已满，这次内容没有写入。请稍后再试，并通知运维人员。"),
}


class RowNumber(IntegerConverter):
    """A number in an address that a row of the ledger can have; any other is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=GREATEST)


def register(app: Flask, services: Parts, hasher: PasswordHasher | None = None) -> None:
    """Mount the console. Without a session key it stays closed and says so; everything else goes on."""
    app.add_url_rule("/", endpoint="root", view_func=lambda: redirect("/console/"))
    try:
        security.protect(app, services.environ)
    except SecretsUnreadable as error:
        log.warning("the console is closed: %s", error)
        app.register_blueprint(_closed(str(error)))
        return
    app.extensions[EXTENSION] = services
    app.extensions["console_door"] = Door(services.ledger.people, hasher or PasswordHasher())
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(words.filters())
    app.register_blueprint(_console())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FromLedger(services))
    app.add_url_rule("/metrics", endpoint="metrics", view_func=lambda: metrics.answer(services, registry))


def _console() -> Blueprint:
    console = Blueprint(
        "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static"
    )
    console.before_request(security.guard)
    console.after_request(security.with_headers)
    console.context_processor(
        lambda: {
            "words": words,
            "may": _may,
            "menu": _menu,
            "token": _token,
            "role_names": access.NAMES,
            "readable": readable,
            "files": _files,
        }
    )
    console.register_error_handler(CSRFError, lambda _error: _page(400))
    console.register_error_handler(LedgerUnavailable, lambda _error: _page(503))
    console.register_error_handler(HTTPException, lambda error: _page(error.code or 500))
    console.register_error_handler(Exception, _unexpected)
    for page in PAGES:
        console.register_blueprint(page)
    console.add_url_rule("/", endpoint="home", view_func=signin.home)
    console.add_url_rule("/<path:_rest>", endpoint="nowhere", view_func=lambda _rest: abort(404))
    return console


def _may(endpoint: str) -> bool:
    """For the templates: whether to show a link or a button at all."""
    person = security.current()
    return access.allowed(f"console.{endpoint}", person.role if person else None)


def _menu() -> list[tuple[str, str]]:
    """Address and label of the pages that are this person's."""
    return [(url_for(f"console.{page}", **values), label) for page, values, label in MENU if _may(page)]


def _files(value: Any) -> str:
    """What stands for a file: its name."""
    several = value if isinstance(value, list) else [value]
    return "、".join(
        str(each.get("name") or each.get("id")) if isinstance(each, dict) else str(each) for each in several
    )


def _token() -> Markup:
    """The hidden field without which no change is taken."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _page(status: int) -> ResponseReturnValue:
    title, text = ERRORS.get(status, ("系统出错", "这次操作没有完成，请稍后再试，并通知运维人员。"))
    headers = {"Retry-After": "30"} if status == 503 else {}
    return render_template("error.html", title=title, text=text), status, headers


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Nothing of the request goes into the log: only what kind of error it was, and on which page."""
    log.error("unexpected %s on %s", type(error).__name__, request.endpoint)
    return _page(500)


def _closed(why: str) -> Blueprint:
    """What answers while there is no session key."""
    bp = Blueprint("console_closed", __name__, url_prefix="/console")
    said = (
        f"控制台没有启用：{why}请设置 {security.SESSION_ENV}（或者 {security.SESSION_ENV}_FILE）后重新启动。"
    )
    answer = (said, 503, {"Content-Type": "text/plain; charset=utf-8"})
    bp.add_url_rule("/", defaults={"_rest": ""}, endpoint="first", view_func=lambda _rest: answer)
    bp.add_url_rule("/<path:_rest>", endpoint="any", view_func=lambda _rest: answer)
    return bp


__all__ = ["register"]
