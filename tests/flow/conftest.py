"""The whole plugin with its sandbox over real HTTP, and the flow alone over a real ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.demo import demo_manifest
from plugin.demo_round import Step, steps
from plugin.intake import Accepted, Intake
from plugin.ledger import Ledger
from plugin.resemblance import Resemblance
from plugin.sdk import Actor, EventKind, FormEvent, Question

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)  # Monday, nine in the morning in Shanghai
ROUND: Mapping[str, Step] = {step.name: step for step in steps(NOW.date())}


@dataclass
class Desk:
    """Saves records as a platform would report them, and takes them as the job would."""

    intake: Intake
    now: datetime = NOW
    keys: int = 0
    saved: dict[str, datetime] = field(default_factory=dict)

    def event(
        self, step: str, *, record: str | None = None, at: datetime | None = None, **changes: Any
    ) -> FormEvent:
        self.keys += 1
        given = ROUND[step]
        return FormEvent(
            platform="standard",
            form=given.form,
            record=record or step,
            kind=EventKind.CREATED,
            saved_at=at or self.now,
            key=f"evt-{self.keys}",
            fields={**given.fields, **changes},
            submitter=Actor("u1", "张三", "县农业农村局"),
        )

    def accept(self, event: FormEvent) -> Accepted:
        return self.intake.accept(event, self.now)

    def take_all(self) -> int:
        taken = 0
        while (item := self.intake.ledger.inbox.claim(self.now)) is not None:
            self.intake.take(item, self.now)
            taken += 1
        return taken

    def save(self, step: str, **changes: Any) -> None:
        assert self.accept(self.event(step, **changes)) is Accepted.NEW
        self.take_all()

    def ask(self, step: str, **changes: Any) -> dict[str, Any]:
        question = Question(ROUND[step].form, None, {**ROUND[step].fields, **changes}, Actor("u1"))
        return self.intake.judge_question(question, "standard", self.now)

    def code_of(self, record: str) -> str | None:
        head = self.intake.ledger.submissions.head("standard", record)
        return head.project_code if head else None


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    manifest = demo_manifest({})
    return Desk(Intake(ledger, load_forms(), lambda: manifest, Resemblance(ledger, manifest.unit_name)))


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Any number of desks, each over a ledger of its own."""
    opened: list[Ledger] = []
    manifest = demo_manifest({})

    def make() -> Desk:
        opened.append(Ledger.open(tmp_path / f"ledger-{len(opened)}.db"))
        return Desk(
            Intake(opened[-1], load_forms(), lambda: manifest, Resemblance(opened[-1], manifest.unit_name))
        )

    yield make
    for ledger in opened:
        ledger.close()


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
