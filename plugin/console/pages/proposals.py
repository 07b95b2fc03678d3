"""Proposed versions of the manifest: what each changes, and the second person's word on it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from plugin.console.parts import ledger, now, person
from plugin.console.proposing import for_preview, is_own, office, others
from plugin.console.textdiff import changed_lines
from plugin.errors import PluginError
from plugin.ledger import Proposal, ProposalState
from plugin.proposals import STATES

bp = Blueprint("proposals", __name__)
MOST = 100
TONES = {ProposalState.OPEN: "wait", ProposalState.APPLIED: "good"}


@bp.get("/proposals")
def show_all() -> str:
    listed = ledger().proposals.list(limit=MOST)
    return render_template("proposals.html", listed=listed, states=STATES, tones=TONES, most=MOST)


@bp.get("/proposals/<int:id>")
def show(id: int) -> ResponseReturnValue:
    return _page(_found(id))


@bp.post("/proposals/<int:id>/confirm")
def confirm(id: int) -> ResponseReturnValue:
    """The file is written, the version comes into force."""
    _found(id)
    try:
        done = office().confirm(id, person().name, now())
    except PluginError as error:
        return _page(_found(id), str(error))
    flash(f"第{id}号提议已生效，参数文件已经改写，现行版本 {done.version}。")
    return redirect(url_for(".show", id=id))


@bp.post("/proposals/<int:id>/withdraw")
def withdraw(id: int) -> ResponseReturnValue:
    _found(id)
    try:
        office().withdraw(id, person().name, now())
    except PluginError as error:
        return _page(_found(id), str(error))
    flash(f"第{id}号提议已撤回。")
    return redirect(url_for(".show", id=id))


def _found(id: int) -> Proposal:
    return ledger().proposals.get(id) or abort(404)


def _page(proposal: Proposal, problem: str | None = None) -> ResponseReturnValue:
    base = ledger().manifests.earlier(proposal.base_version)
    active = ledger().manifests.active_version()
    in_force = proposal.state == ProposalState.APPLIED and active == proposal.version
    return (
        render_template(
            "proposal.html", each=proposal, states=STATES, tones=TONES, problem=problem,
            lines=changed_lines(base.text if base else "", proposal.text), own=is_own(proposal), others=others(proposal),
            in_force=in_force, waiting=ledger().projects.outdated_count(proposal.version) if in_force else 0,
            **for_preview(),
        ),
        422 if problem else 200,
    )  # fmt: skip
