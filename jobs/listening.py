"""Webhooks get lost: ask the platform what was saved, and take what nobody told us.

The mark moves only when a whole round went well, so a round that failed is repeated from where the last good one ended.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from plugin.intake import Accepted, Intake
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear
from plugin.sdk import Platform

log = logging.getLogger("zhengxiang.jobs")
OVERLAP = timedelta(minutes=10)  # clocks differ, and a platform may show a record a little late
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
EVERY_S, EVERY_S_WITH_RETRIES = 30, 3600  # a platform that repeats by itself is asked for the rest only


def every_s(platform: Platform) -> float:
    """How often to ask."""
    return EVERY_S_WITH_RETRIES if platform.capabilities.retries else EVERY_S


def take_what_was_missed(intake: Intake, platform: Platform, now: datetime) -> int:
    """One round over one platform: how many records it had that we did not know as they are.

    Raises RemoteUnavailable, RemoteUnclear or RemoteRejected; what was taken before that stays taken.
    """
    name = f"listed:{platform.name}"
    last = intake.ledger.marks.get(name)
    if last is not None and last > now:
        last = None  # a wrong clock set it: what was asked since then was asked from a day to come
    since = (last or BEGINNING + OVERLAP) - OVERLAP
    missed = 0
    for event in platform.changed(intake.forms.keys(), since):
        if not intake.knows(event):
            missed += intake.accept(event, now) is Accepted.NEW
    intake.ledger.marks.put(name, now)
    return missed


def listening_round(intake: Intake, platform: Platform, now: datetime) -> bool:
    """The same as a job: a platform that is away is asked again at the next tick. Never asks to be called again."""
    try:
        missed = take_what_was_missed(intake, platform, now)
    except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
        log.warning("records of platform %s could not be listed: %s", platform.name, type(error).__name__)
        return False
    if missed:
        log.warning("%s records of platform %s were taken without an event", missed, platform.name)
    return False
