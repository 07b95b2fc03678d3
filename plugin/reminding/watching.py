"""Which duties are watched, and the looks at them that record each moment as it comes, for the persons it is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import dropwhile
from typing import Any

from plugin.clock import shanghai_day
from plugin.ledger import Ledger, WatchedDuty
from plugin.manifest import Manifest
from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.silence import silence
from plugin.regulation.stages import EXISTING
from plugin.reminding.moments import Habits, Look, Role, first_morning, look, moments

AT_ONCE = 50  # duties looked at in one transaction


def watched(
    code: str,
    duties: Iterable[Obligation],
    project: Project,
    to: Mapping[str, Any] | None,
    manifest: Manifest,
) -> Iterator[WatchedDuty]:
    """The duties of a project that somebody is to be reminded of. `to`: platform and id of who answers for it."""
    for duty in duties:
        if silence(duty, project) is None:
            yield WatchedDuty(
                project_code=code,
                key=duty.key,
                duty=duty.duty,
                article=duty.article,
                opens_on=duty.window_opens_on,
                due_on=duty.due_on,
                overdue_after=duty.overdue_after,
                anchored_on=None if duty.due_on or duty.window_opens_on else duty.anchored_on,
                role=Role.RESPONSIBLE,
                notice=False,
                platform=to["platform"] if to else manifest.platform.name,
                person=to["to"] if to else "",
            )


def habits_of(manifest: Manifest, duty: str = "") -> Habits:
    """The bureau's habits for one duty."""
    told, announced = manifest.reminders, manifest.rhythm.reports_announced
    month_day = announced.split("-") if announced and duty == "performance_report" else None
    return Habits(
        days_before=manifest.reminder_days(duty),
        hour=told.hour,
        until_hour=told.until_hour,
        overdue_every_days=told.overdue_every_days,
        undated_every_days=told.undated_every_days,
        escalate_after_days=tuple((Role(role), days) for role, days in told.escalate),
        announced=(int(month_day[0]), int(month_day[1])) if month_day else None,
        calendar=manifest.book.calendar,
    )


def look_at(duty: WatchedDuty, manifest: Manifest, now: datetime, entered_at: datetime | None) -> Look | None:
    """What has come of a duty since the last look; None: it has just arisen, and it is too early to tell anybody.

    `entered_at`: when the bureau entered a project begun before; what should have been recalled earlier never is.
    """
    habits = habits_of(manifest, duty.duty)
    after = duty.seen_until or now
    first_at = first_morning(after, habits) if duty.fresh else None
    if first_at is not None and now < first_at:
        return None
    coming = moments(duty, habits, shanghai_day(after))
    since = dropwhile(lambda moment: entered_at and moment.at < entered_at, coming)
    return look(since, duty.role, after, now, first_at)


def persons(role: str, duty: WatchedDuty, unit: str, manifest: Manifest) -> tuple[str, ...]:
    """Who is told. Where nobody answers for a duty, the head of the unit is; where the unit has none, the bureau."""
    heads = manifest.unit_heads.get(unit, ())
    bureau = manifest.recipients.get(Role.BUREAU, ())
    if role == Role.RESPONSIBLE:
        found = (duty.person,) if duty.person else heads or bureau
    elif role == Role.UNIT_HEAD:
        found = heads
    else:
        found = manifest.recipients.get(role, ())
    return tuple(dict.fromkeys(manifest.person(each) for each in found))


def look_once(ledger: Ledger, manifest: Manifest, now: datetime) -> bool:
    """Look at some duties whose time has come. True if there were any: call again."""
    if not ledger.watched.to_look_at(now, manifest.version, 1):
        return False
    with ledger.write_tx():
        for duty in ledger.watched.to_look_at(now, manifest.version, AT_ONCE):
            _look(ledger, manifest, duty, now)
    return True


def _look(ledger: Ledger, manifest: Manifest, duty: WatchedDuty, now: datetime) -> None:
    """Whom a moment is for is settled on its own morning, so that it reaches who answers for the project then."""
    entered_at = ledger.submissions.saved_last(duty.project_code, EXISTING) if duty.fresh else None
    found = look_at(duty, manifest, now, entered_at)
    if found is None:
        ledger.watched.wait(
            duty, first_morning(duty.seen_until or now, habits_of(manifest)), manifest.version
        )
        return
    project = ledger.projects.get(duty.project_code) if found.wanted and duty.project_code else None
    for moment in found.wanted:
        told = persons(moment.role, duty, project.unit if project else "", manifest)
        ledger.reminders.record(
            duty.project_code, duty.key, moment.mark, moment.role, duty.platform, told, moment.at
        )
    ledger.watched.looked(duty, now, found.again_at, manifest.version)
