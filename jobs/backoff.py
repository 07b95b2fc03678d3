"""When to try again: doubling from 30 seconds to an hour, with jitter so that many do not come at once. Pure."""

from __future__ import annotations

from datetime import timedelta
from random import Random

FIRST_S, LONGEST_S = 30, 3600


def backoff(attempts: int, rng: Random, asked_s: float | None = None) -> timedelta:
    """The pause after that many attempts; never shorter than what the other side asked for (Retry-After)."""
    longest = min(LONGEST_S, FIRST_S * 2 ** min(attempts, 12))
    pause = longest / 2 + rng.random() * longest / 2
    return timedelta(seconds=max(pause, asked_s or 0))
