"""Who has an account: shown here, changed by `zhengxiang people`."""

from __future__ import annotations

from flask import Blueprint, render_template

from plugin.console.parts import ledger, now

bp = Blueprint("people", __name__)


@bp.get("/people")
def show() -> str:
    return render_template("people.html", people=ledger().people.everybody(), now=now())
