"""Duties with their legal day: what is due, from whom, to whom, until when, on which article.

`due_on` is the nominal day, shown to people and the day reminders count from; `overdue_after` is the last day after the
holiday roll (I-47), `None` while the year's holidays are not announced: the duty is then `provisional`, and a day counted
in working days has been counted without holidays. `due_on=None`: the regulation sets a duty and no day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256


def duty_key(duty: str, which: str | int | date | None = None) -> str:
    """`performance_report:2025`: which of its kind, told by a year, a day or somebody's own number.

    A number stands as its digest: keys stay in receipts and journals when a record that turned out classified is purged.
    """
    if which is None:
        return duty
    return f"{duty}:{sha256(which.encode()).hexdigest()[:12] if isinstance(which, str) else which}"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty of one project. `key` tells it from the project's other duties of all time."""

    duty: str
    key: str
    article: str
    due_on: date | None
    overdue_after: date | None
    to: tuple[str, ...] = ()
    responsible: str = "construction_unit"
    provisional: bool = False
    window_opens_on: date | None = None
    timing: str | None = None  # "simultaneous"
    anchored_on: date | None = None
    fulfilled_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.fulfilled_on is None

    def is_late(self, on: date) -> bool:
        """Whether an act of that day comes after the last day; provisionally after the nominal one."""
        last = self.overdue_after or self.due_on
        return last is not None and on > last
