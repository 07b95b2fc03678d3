"""Supervision of the project, part B of docs/lifecycle.md: orders, feedback, and sanctions that a person decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from plugin.regulation.acts import with_row
from plugin.regulation.project import Project
from plugin.regulation.states import Standing

SANCTIONS = {
    "criticism": Standing.CRITICISED,
    "suspend_plan_or_funds": Standing.FUNDS_OR_PLAN_SUSPENDED,
    "suspend_project": Standing.PROJECT_SUSPENDED,
    "terminate_project": Standing.TERMINATED,
}


def ordered(project: Project, on: date) -> Project:
    return _rectification_row(
        replace(
            project,
            rectification_issued_on=project.rectification_issued_on or on,
            standing=Standing.RECTIFYING,
        )
    )


def rectified(project: Project, on: date) -> Project:
    """Verified ends it; what follows otherwise, a named person decides."""
    known = replace(project, rectification_submitted_on=project.rectification_submitted_on or on)
    standing = SANCTIONS.get(project.sanction or "") if project.sanction_decided_by else None
    if standing is None and project.rectification_verification == "still_noncompliant":
        standing = Standing.OVERDUE
    if standing is None and project.rectification_verification == "compliant":
        standing = Standing.NORMAL
    ended = project.standing is Standing.TERMINATED
    return _rectification_row(replace(known, standing=standing) if standing and not ended else known)


def _rectification_row(project: Project) -> Project:
    if project.rectification_issued_on is None:
        return project
    row = {
        "order": project.rectification_order,
        "issued_on": project.rectification_issued_on,
        "deadline_on": project.rectification_deadline_on,
        "submitted_on": project.rectification_submitted_on,
    }
    return replace(project, rectifications=with_row(project.rectifications, row, "order", "issued_on"))
