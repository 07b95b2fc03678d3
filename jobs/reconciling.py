"""Every night both sides are compared, one project at a time. The day's round is a row, so a restart goes on with it."""

from __future__ import annotations

from datetime import datetime
from random import Random

from jobs.backoff import backoff
from plugin.clock import SHANGHAI
from plugin.reconcile import Reconciler
from plugin.remote import RemoteUnavailable, RemoteUnclear

ROUND = "reconcile:lifecycle"
NIGHT_HOUR = 2  # in Shanghai; a process that was down at night does it when it is up again
MAX_ATTEMPTS = 5  # for one project, then the others have their turn


def reconcile_one(reconciler: Reconciler, rng: Random, now: datetime) -> bool:
    """Compare the next project of today's round. Return True if there was one: call again."""
    here = now.astimezone(SHANGHAI)
    rounds = reconciler.ledger.rounds
    held = rounds.claim(ROUND, here.date(), now) if here.hour >= NIGHT_HOUR else None
    if held is None:
        return False
    code = next(iter(reconciler.codes(held.after, 1)), None)
    if code is None:
        rounds.finish(held, now)
        return False
    try:
        reconciler.project(code, now)
    except (RemoteUnavailable, RemoteUnclear) as error:
        if held.attempts < MAX_ATTEMPTS:
            rounds.retry_later(held, str(error), now + backoff(held.attempts, rng))
            return False
        reconciler.unchecked(code, str(error), now)
    rounds.advance(held, code, now)
    return True
