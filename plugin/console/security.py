"""What guards every page: the cookie, the headers, the token on changes, the table of who may."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from plugin.console.access import OPEN_WITH_FIRST_PASSWORD, allowed
from plugin.console.parts import now, parts
from plugin.console.signin import Door
from plugin.ledger import Person
from plugin.manifest import Environ, secrets_of
from plugin.platforms.signing import Secret

SESSION_ENV, LINK_ENV = "ZHENGXIANG_SESSION_SECRETS", "ZHENGXIANG_SSO_SECRETS"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LARGEST_FORM = 1024 * 1024
LARGER = {"console.imports.take": 2 * LARGEST_FORM}  # a spreadsheet of one MiB, carried in a page
MOST_INPUTS = 20_000  # a plan of 500 rows
TOKEN = "token"  # noqa: S105 - the name of a place in the session
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Keys:
    """Where keys of a purpose stand, in the manner of the manifest's `secret_env`."""

    secret_env: str
    signature: str = "v1"


class Sessions(SecureCookieSessionInterface):
    """Signed cookies. `Secure` everywhere but on this machine itself, where browsers speak plain HTTP."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return not on_this_machine()


def on_this_machine() -> bool:
    """Whether the browser runs here and speaks plain HTTP; every other comes by TLS, which ends before us."""
    return urlsplit(f"//{request.host}").hostname in LOOPBACK


class InMemory(Request):
    """A request whose files never touch the disk, whatever their size: they may turn out to be classified."""

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        return BytesIO()


def protect(app: Flask, environ: Environ) -> None:
    """Settings of the application. Without a key for sessions: SecretsUnreadable."""
    keys = [Secret.parse(text).key for text in secrets_of(Keys(SESSION_ENV), environ)]
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME="zhengxiang_console",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # a link from a message arrives signed in; changes carry a token
        WTF_CSRF_CHECK_DEFAULT=False,  # the receiver's routes are signed; the console asks for itself in `guard`
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
    )
    app.session_interface, app.request_class = Sessions(), InMemory
    csrf.init_app(app)


def door() -> Door:
    return current_app.extensions["console_door"]  # type: ignore[no-any-return]  # put there by register


def current() -> Person | None:
    """Who is signed in, if anybody."""
    found: Person | None = g.get("person")
    return found


def link_secrets() -> tuple[Secret, ...]:
    """The keys of the platform's sign-in link, as they are now."""
    return tuple(Secret.parse(text) for text in secrets_of(Keys(LINK_ENV), parts().environ))


def guard() -> ResponseReturnValue | None:
    """Before every request of the console: the token on a change, who it is, whether they may."""
    token = session.get(TOKEN)
    g.person = door().of_token(token, now()) if token else None
    role = g.person.role if g.person else None
    may = allowed(request.endpoint, role)
    room = LARGER.get(request.endpoint or "", LARGEST_FORM) if may else LARGEST_FORM
    request.max_content_length = request.max_form_memory_size = room
    request.max_form_parts = MOST_INPUTS
    csrf.protect()
    if not may:
        if g.person is None and request.method == "GET":
            return _to_sign_in()
        abort(403 if g.person else 401)
    if g.person and g.person.must_change and request.endpoint not in OPEN_WITH_FIRST_PASSWORD:
        return redirect(url_for("console.signin.password"))
    return None


def _to_sign_in() -> ResponseReturnValue:
    """Back here afterwards. A part of a page that is loaded alone gets the whole page to go there."""
    place = url_for("console.signin.ask", next=request.full_path.rstrip("?"))
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": place})
    return redirect(place)


def with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    cached = "private, max-age=86400" if request.endpoint == "console.static" else "private, no-store"
    response.headers["Cache-Control"] = cached
    return response


def local_path(wanted: str | None) -> str:
    """A page of ours to go to after signing in; anything else becomes the first page."""
    path = (wanted or "").partition("?")[0]
    ours = path.startswith("/console/") and not path.startswith("/console/sign")
    if not ours or ".." in path or "\\" in path or not str(wanted).isprintable():
        return url_for("console.home")
    return str(wanted)
