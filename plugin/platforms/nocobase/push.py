"""Carries a plan out, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plugin.platforms.nocobase.plan import Change
from plugin.platforms.nocobase.steps import Hands


def push(
    changes: Iterable[Change], hands: Hands, told: Callable[[Change], None] = lambda _change: None
) -> int:
    """Do every change that has a step, in order; `told` hears of each when it is done. Returns how many.

    Stops at the first failure with the client's error: what was done stands, and the next plan goes on from there.
    """
    done = 0
    for change in changes:
        if change.step is not None:
            change.step.run(hands)
            told(change)
            done += 1
    return done
