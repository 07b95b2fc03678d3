"""What the bureau fills in on the console: judged before it is saved, entered like any record that no platform sent."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forms.fields import FormDefinition
from plugin.intake import Intake
from plugin.ledger import CONSOLE, Person, Submission
from plugin.ledger.submissions import BUREAU_PART
from plugin.sdk import Actor, EventKind, FormEvent, Question

NOT_THE_BUREAUS = frozenset({"lifecycle_no"})  # filled in by the life-cycle system's number, not by hand


@dataclass(frozen=True, slots=True)
class Desk:
    """One person of the bureau at work."""

    intake: Intake
    person: Person
    now: datetime

    def judge(self, form: FormDefinition, fields: Mapping[str, Any], record: str | None) -> dict[str, Any]:
        """All findings; nothing is written."""
        return self.intake.judge_question(Question(form.name, record, fields, self._actor), CONSOLE, self.now)

    def save(self, form: FormDefinition, fields: Mapping[str, Any], record: str | None) -> str:
        """Save a record of the bureau's own and take it. The record's name."""
        kind = EventKind.UPDATED if record else EventKind.CREATED
        name = record or f"act-{randomness.token_hex(8)}"
        key = f"{name}:{randomness.token_hex(8)}"
        self._enter(FormEvent(CONSOLE, form.name, name, kind, self.now, key, fields, self._actor))
        return name

    def judge_part(self, head: Submission, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The unit's record with the bureau's part of it."""
        question = Question(head.form, head.record, fields, self._actor, partial=True)
        return self.intake.judge_question(question, head.platform, self.now)

    def save_part(self, head: Submission, fields: Mapping[str, Any]) -> None:
        """Fill in the bureau's part of a record that the unit saved on the platform."""
        key = f"{BUREAU_PART}{randomness.token_hex(8)}"
        self._enter(
            FormEvent(
                head.platform,
                head.form,
                head.record,
                EventKind.UPDATED,
                self.now,
                key,
                fields,
                self._actor,
                True,
            )
        )

    def _enter(self, event: FormEvent) -> None:
        """Raises LedgerError: then nothing of it is written."""
        with self.intake.ledger.write_tx():
            self.intake.enter(event, None, self.person.login, self.now)

    @property
    def _actor(self) -> Actor:
        return Actor(self.person.login, self.person.name, self.intake.manifest().bureau)


def bureau_part(form: FormDefinition) -> tuple[str, ...]:
    """The fields of a unit's form that the bureau fills in."""
    if form.filled_by == "bureau":
        return ()
    return tuple(
        each.name for each in form.fields if each.by == "bureau" and each.name not in NOT_THE_BUREAUS
    )
