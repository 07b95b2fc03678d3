"""Every version that was in force, what each changed, and the way back to one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.console.asked import row_number
from plugin.console.numbers import wrong_words
from plugin.console.parts import ledger, now, parts, person
from plugin.console.proposing import NO_OUTCOME, Outcome, considered, for_preview
from plugin.console.textdiff import changed_lines
from plugin.ledger import ActiveManifest, AppliedManifest
from plugin.manifest import Beside, ManifestInvalid, diff, load_text

bp = Blueprint("versions", __name__)
AT_ONCE = 20
UNREADABLE = "这个版本是按早先的格式写的，不能逐项比较，请看文本的改动。"
Content = tuple[str, str | None]  # text and what stood beside it


@bp.get("/versions")
def show_all() -> str:
    before = request.args.get("before", type=row_number)
    found = ledger().manifests.history(AT_ONCE + 1, before)
    listed = [
        (each, _said(found[at + 1], each) if at + 1 < len(found) else None)
        for at, each in enumerate(found[:AT_ONCE])
    ]
    return render_template(
        "versions.html", listed=listed, active=ledger().manifests.active_version(), first=before is None,
        next=found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
    )  # fmt: skip


@bp.get("/versions/<version>")
def show(version: str) -> ResponseReturnValue:
    return _page(_found(version), NO_OUTCOME)


@bp.post("/versions/<version>")
def propose(version: str) -> ResponseReturnValue:
    """Going back is a proposal like any other: shown first, then confirmed."""
    earlier, reason = _found(version), request.form.get("reason", "").strip()
    wrong = wrong_words("理由", reason)
    if wrong:
        return _page(earlier, Outcome(problems=(wrong,)))
    outcome = considered(lambda office: office.draft_back(version, person().name, reason, now()))
    if outcome.kept:
        flash(f"已提出第{outcome.kept.id}号提议，尚未生效。")
        return redirect(url_for("console.proposals.show", id=outcome.kept.id))
    return _page(earlier, outcome)


def _found(version: str) -> ActiveManifest:
    earlier = ledger().manifests.earlier(version)
    return earlier if earlier and earlier.version == version else abort(404)


def _page(earlier: ActiveManifest, outcome: Outcome) -> ResponseReturnValue:
    active = ledger().manifests.active() or abort(404)
    return (
        render_template(
            "version.html", version=earlier, in_force=active.version == earlier.version, outcome=outcome,
            changes=_said(active, earlier), lines=changed_lines(active.text, earlier.text),
            reason=request.form.get("reason", ""), **for_preview(),
        ),
        422 if outcome.problems else 200,
    )  # fmt: skip


def _said(old: ActiveManifest | AppliedManifest, new: ActiveManifest | AppliedManifest) -> tuple[str, ...]:
    file = parts().file
    return _sentences((old.text, old.beside), (new.text, new.beside), file.parent if file else None)


@lru_cache(maxsize=2 * AT_ONCE)
def _sentences(old: Content, new: Content, base: Path | None) -> tuple[str, ...]:
    """What differs. Reading a manifest takes 40 ms, and what was in force never changes."""
    try:
        was, now = (
            load_text(text, "ledger", base=base, beside=Beside.from_json(beside))
            for text, beside in (old, new)
        )
    except ManifestInvalid:
        return (UNREADABLE,)
    return tuple(diff(was, now))
