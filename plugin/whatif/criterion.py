"""Which projects a change can touch at all: cheap questions to a stored row, each answered "no" only where that is certain. Pure.

A project that is asked "no" three times is not read further. tests/whatif/test_sound.py holds this against looking at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from plugin.regulation.states import State
from plugin.whatif.change import Change
from plugin.whatif.step import may_differ

TAKEN, NEVER = "taken", date.max
ANCHORS: Mapping[str, tuple[str, ...]] = {  # a duty → the facts of which it needs one
    "plan_filing": ("plan_government_approved_on",),
    "development_plan_filing": ("plan_government_approved_on",),
    "contract_filing": ("contracts", "contract_signed_on"),
    "performance_report": ("construction_started_on",),
    "adjustment_filing": ("adjustments", "adjustment_effective_on"),
    "preliminary_acceptance": ("completed_on",),
    "trial_operation": ("trial_started_on",),
    "acceptance_application": ("completed_on",),
    "acceptance_extension": ("completed_on",),
    "acceptance_filing": ("accepted_on",),
    "self_evaluation": ("accepted_on",),
    "rectification": ("rectifications", "rectification_issued_on"),
}


@dataclass(frozen=True)
class Criterion:
    """The questions for one change. `latest`: no number of a later day was asked for by any paper of the project."""

    change: Change

    @cached_property
    def _states(self) -> Mapping[str, bool]:
        return {state.value: may_differ(state, self.change) for state in State}

    @cached_property
    def _first_paper(self) -> date:
        return min(self.change.past.values(), default=NEVER)

    @cached_property
    def _first_duty(self) -> date:
        return min(self.change.duties.values(), default=NEVER)

    def looks_back(self, latest: date) -> bool:
        """Whether a paper of such a project may be judged otherwise at all: then ask `judged` about its papers."""
        return bool(self.change.softened) or self._reached(self._first_paper, latest)

    def judged(self, latest: date, papers: Iterable[tuple[str, str]]) -> bool:
        """Whether one of these papers (form, standing) may be judged otherwise."""
        change = self.change
        return any(
            self._reached(change.past.get(form, NEVER), latest)
            or (form in change.softened and standing != TAKEN)
            for form, standing in papers
        )

    def may_be_due(self, latest: date) -> bool:
        """Whether a duty of such a project may have another day at all: then ask `due` about its facts."""
        return self._reached(self._first_duty, latest)

    def due(self, latest: date, facts: Mapping[str, Any]) -> bool:
        """Whether one of the project's duties may have another day."""
        return any(
            self._reached(day, latest) and any(facts.get(name) for name in ANCHORS[duty])
            for duty, day in self.change.duties.items()
        )

    def ahead(self, state: str) -> bool:
        """Whether the step after this state may differ for any project."""
        return self._states[state]

    def between(self, amounts: str | None) -> bool:
        """Whether an amount that was held against a line lies between the old and the new one. `amounts`: JSON, None = any."""
        bands = self.change.bands
        if bands is None or amounts is None:
            return True
        stated = tuple(map(Decimal, json.loads(amounts)))
        return any(low <= amount <= high for amount in stated for low, high in bands)

    def _reached(self, since: date, latest: date) -> bool:
        """A number that differs from that day on was asked for; anything older counts as of the regulation's first day."""
        return since != NEVER and since <= max(latest, self.change.new.pack.effective_from)
