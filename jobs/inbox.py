"""Take what arrived: one event of the inbox at a time, claimed first."""

from __future__ import annotations

import logging
from datetime import datetime
from random import Random

from jobs.backoff import backoff
from plugin.intake import Intake, TakenElsewhere
from plugin.ledger import LedgerError

log = logging.getLogger("zhengxiang.jobs")
MAX_ATTEMPTS = 8


def take_one_event(intake: Intake, rng: Random, now: datetime) -> bool:
    """Take the oldest event. Return True if there was one: call again.

    An event that our code cannot take is tried again and then laid aside for a person, so that it holds up no other.
    """
    inbox = intake.ledger.inbox
    item = inbox.claim(now)
    if item is None:
        return False
    try:
        intake.take(item, now)
    except (LedgerError, TakenElsewhere):
        raise  # not the event's fault: the lease runs out and it is tried again
    except Exception as error:
        name = type(error).__name__
        log.exception("event %s was not taken: %s", item.id, name)
        if item.attempts >= MAX_ATTEMPTS:
            inbox.dead(item.id, name, now)
        else:
            inbox.retry_later(item.id, name, now + backoff(item.attempts, rng))
    return True
