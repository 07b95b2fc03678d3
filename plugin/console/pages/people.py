"""Who has an account: shown here, changed by `zhengxiang people`. And the links by which mail programs read due days."""

from __future__ import annotations

import secrets as randomness

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.console.parts import ledger, now, parts, person
from plugin.console.security import on_this_machine
from plugin.ledger.feeds import TOKEN_BYTES

bp = Blueprint("people", __name__)


@bp.get("/people")
def show() -> str:
    return _page()


@bp.post("/people/feeds")
def add_feed() -> ResponseReturnValue:
    """Make a link and show it, this once: only its hash is kept."""
    unit = request.form.get("unit")
    if unit is None or unit not in ("", *ledger().lists.choices("unit")):
        flash("没有建立：请选择一个单位，或者全县。")
        return redirect(url_for(".show"))
    token = randomness.token_urlsafe(TOKEN_BYTES)
    ledger().feeds.add(token, parts().manifest().unit_name(unit) if unit else None, person().login, now())
    scheme = "http" if on_this_machine() else "https"
    return _page(made=url_for("feeds.feed", token=token, _external=True, _scheme=scheme))


@bp.post("/people/feeds/<int:id>/revoke")
def revoke_feed(id: int) -> ResponseReturnValue:
    revoked = ledger().feeds.revoke(id, person().login, now())
    flash(f"日历{id}的链接已撤销。" if revoked else f"没有在用的日历{id}。")
    return redirect(url_for(".show"))


def _page(made: str | None = None) -> str:
    return render_template(
        "people.html",
        people=ledger().people.everybody(),
        feeds=ledger().feeds.list(),
        units=ledger().lists.choices("unit"),
        made=made,
        now=now(),
    )
