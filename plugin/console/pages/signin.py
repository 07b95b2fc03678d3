"""Signing in, by password or by the platform's link; signing out; one's own password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from plugin.console.parts import now, parts, person
from plugin.console.security import TOKEN, current, door, link_secrets, local_path
from plugin.console.signin import PasswordRefused, Refused, digest_of
from plugin.ledger import Person
from plugin.manifest import SecretsUnreadable
from plugin.platforms.signing import SignatureRefused

bp = Blueprint("signin", __name__)


def home() -> ResponseReturnValue:
    """The first page of each role."""
    return redirect(url_for("console.overview.show"))


@bp.get("/sign-in")
def ask() -> ResponseReturnValue:
    if current():
        return redirect(local_path(request.args.get("next")))
    return render_template("signin.html", next=request.args.get("next", ""))


@bp.post("/sign-in")
def enter() -> ResponseReturnValue:
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    try:
        who = door().by_password(login, password, now())
    except Refused as error:
        parts().counts["console.refused"] += 1
        wanted = request.form.get("next", "")
        return render_template("signin.html", next=wanted, login=login, problem=str(error)), 401
    return _entered(who, "password", request.form.get("next"))


@bp.get("/sign-in/link")
def link() -> ResponseReturnValue:
    """Where the platform's link leads: nothing happens yet, so a preview of the link does not use it up."""
    return render_template("link.html", link=request.args)


@bp.post("/sign-in/link")
def enter_by_link() -> ResponseReturnValue:
    try:
        who = door().by_link(request.form.to_dict(), link_secrets(), now())
    except (Refused, SignatureRefused, SecretsUnreadable) as error:
        parts().counts["console.refused"] += 1
        said = "单点登录暂未启用，请用账号密码登录。" if isinstance(error, SecretsUnreadable) else str(error)
        return render_template("signin.html", next="", problem=said), 401
    return _entered(who, "link", None)


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    parts().ledger.people.end_session(digest_of(session[TOKEN]), person(), now())
    session.clear()
    return redirect(url_for("console.signin.ask"))


@bp.get("/password")
def password() -> str:
    return render_template("password.html")


@bp.post("/password")
def change_password() -> ResponseReturnValue:
    """All sessions of the person end, this one begins anew."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return render_template("password.html", problem="两次输入的新密码不一致。"), 422
    try:
        door().change_password(person(), old, new, now())
    except PasswordRefused as error:
        return render_template("password.html", problem=str(error)), 422
    flash("密码已修改。")
    return _entered(person(), "password change", None)


def _entered(who: Person, how: str, wanted: str | None) -> ResponseReturnValue:
    """A new session: nothing of an earlier one stays."""
    kept = session.get("_flashes")
    session.clear()
    if kept:
        session["_flashes"] = kept
    session[TOKEN] = door().open_session(who, how, now())
    return redirect(local_path(wanted))
