"""Whose rows a person may see. Every query of a page goes through here."""

from __future__ import annotations

from flask import abort

from plugin.console.access import Role
from plugin.console.dossier import Dossier, gathered
from plugin.console.parts import ledger, parts, person
from plugin.ledger import ProjectRow, Submission


def unit() -> str | None:
    """The one unit whose projects this person may see, under its present name; None: all."""
    who = person()
    if who.role != Role.UNIT:
        return None
    return parts().manifest().unit_name(who.unit or "\0")  # an account without a unit sees nothing


def dossier(code: str) -> Dossier:
    """The project, or 404: also for one that is another unit's, so that codes cannot be tried out."""
    return gathered(ledger(), code, unit()) or abort(404)


def project(code: str) -> ProjectRow:
    """The project alone, or 404, likewise."""
    row = ledger().projects.get(code)
    return row if row and unit() in (None, row.unit) else abort(404)


def submission(platform: str, record: str) -> Submission:
    """The record, or 404, likewise."""
    head = ledger().submissions.head(platform, record)
    if head is None or head.deleted:
        abort(404)
    only = unit()
    if only is not None:
        project = ledger().projects.get(head.project_code) if head.project_code else None
        if project is None or project.unit != only:
            abort(404)
    return head
