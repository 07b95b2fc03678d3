"""The bureau's numbers, readings and habits: what is in force, and a new value proposed, its effects shown first."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.console.numbers import (
    EXAMPLES,
    GROUPS,
    Entry,
    Row,
    has_categories,
    read_limit,
    read_setting,
    rows,
    spec,
    standing,
)
from plugin.console.pages.lists import sent
from plugin.console.parts import ledger, now, parts, person, today
from plugin.console.proposing import NO_OUTCOME, Outcome, considered, for_preview
from plugin.manifest import CATEGORIES, value_text
from plugin.regulation.limits import Limit
from plugin.settings import Setting, settings

bp = Blueprint("limits", __name__)
LONGEST_QUERY = 100
NOTHING_YET = Entry()


@bp.get("/limits")
def show() -> str:
    manifest, text, found = parts().manifest(), _words(), _found()
    [version] = ledger().manifests.history(1)
    return render_template(
        "limits.html", groups=[(name, [each for each in found if each.group == name]) for name in GROUPS],
        count=len(found), text=text, version=version, waiting=ledger().projects.outdated_count(version.version),
        open=ledger().proposals.open_count(), pack=manifest.pack, today=today(),
    )  # fmt: skip


@bp.get("/limits.<any(xlsx, csv):kind>")
def export(kind: str) -> ResponseReturnValue:
    listed = [asdict(each) for each in _found()]
    return sent(spec(parts().manifest()), listed, kind, ["q"] if _words() else [])


def _words() -> str:
    return request.args.get("q", "").strip()[:LONGEST_QUERY]


def _found() -> list[Row]:
    words = _words().casefold().split()
    return [each for each in rows(parts().manifest(), today()) if each.says(words)]


@bp.get("/limits/<name>")
def ask(name: str) -> ResponseReturnValue:
    return _page(_named(name), NOTHING_YET, NO_OUTCOME)


@bp.post("/limits/<name>")
def propose(name: str) -> ResponseReturnValue:
    """What it would change is shown; kept only by the button below that."""
    what = _named(name)
    entry = read_limit(what, request.form) if isinstance(what, Limit) else read_setting(what, request.form)
    edit = entry.edit
    if edit is None:
        return _page(what, entry, NO_OUTCOME)
    outcome = considered(lambda office: office.draft(edit, person().name, entry.reason, now()))
    if outcome.kept:
        flash(f"已提出第{outcome.kept.id}号提议，尚未生效。")
        return redirect(url_for("console.proposals.show", id=outcome.kept.id))
    return _page(what, entry, outcome)


def _named(name: str) -> Limit | Setting:
    manifest = parts().manifest()
    limit = manifest.book.limits.get(name)
    if limit is not None:
        return limit
    return next((each for each in settings(manifest) if each.name == name), None) or abort(404)


def _page(what: Limit | Setting, entry: Entry, outcome: Outcome) -> ResponseReturnValue:
    manifest = parts().manifest()
    status = 422 if entry.mistakes or outcome.problems else 200
    limit, setting = (what, None) if isinstance(what, Limit) else (None, what)
    return (
        render_template(
            "limit.html", what=what, limit=limit, setting=setting, entry=entry, outcome=outcome, pack=manifest.pack,
            categories=CATEGORIES if limit and has_categories(limit) else {}, all_categories=CATEGORIES,
            example=EXAMPLES.get(limit.unit if limit else setting.kind.value if setting else "", ""),
            standing=standing, today=today(), value_text=value_text, interpreters=manifest.interpreters, **for_preview(),
        ),
        status,
    )  # fmt: skip
