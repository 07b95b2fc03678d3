"""When nobody is reminded of a duty although it is open: the project was stopped (49), or more time was asked for (39)."""

from __future__ import annotations

from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.states import Standing

MOVED_BY_AN_EXTENSION = frozenset({"acceptance_application"})
BEFORE_ACCEPTANCE = MOVED_BY_AN_EXTENSION | {
    "preliminary_acceptance",
    "trial_operation",
    "acceptance_extension",
}


def silence(duty: Obligation, project: Project) -> str | None:
    """Why nobody is reminded: fulfilled, accepted, terminated, suspended, extension_requested. None: reminders go on.

    What ends a suspension is still recalled. A request for more time rests until it is decided; once granted, the day
    itself moves, and once refused, reminders go on.
    """
    if not duty.is_open:
        return "fulfilled"
    if project.accepted_on and duty.duty in BEFORE_ACCEPTANCE:
        return "accepted"  # a paper on the way was never saved, and nobody needs it any more
    if project.standing is Standing.TERMINATED:
        return "terminated"
    if project.standing is Standing.PROJECT_SUSPENDED and duty.duty != "rectification":
        return "suspended"
    waits = project.extension_requested_on and not (
        project.extension_decision or project.extension_granted_until_on
    )
    return "extension_requested" if waits and duty.duty in MOVED_BY_AN_EXTENSION else None
