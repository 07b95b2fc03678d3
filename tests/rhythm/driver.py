"""Drives a real ledger, the real jobs and couriers through a year: the clock jumps from one due instant to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

from forms.definition import load_forms
from jobs.inbox import take_one_event
from jobs.outbox import Sender
from jobs.refold import Refolding
from jobs.reminders import Reminding
from plugin.clock import SHANGHAI
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import Ledger
from plugin.manifest import Manifest, PersonSettings
from plugin.platforms.signing import Secret
from plugin.platforms.standard import StandardPlatform
from plugin.reminding.channels import PlatformChannel
from plugin.remote import Remote
from plugin.resemblance import Resemblance
from plugin.sdk import Actor, EventKind, FormEvent, Registry
from tests.rhythm.others import FakeLifecycle, FakeMail, FakePlatform
from tests.rhythm.world import BUREAU, COUNTY, UNITS, YEAR, Event

MINUTE = timedelta(minutes=1)
SECRET = Secret.parse("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
NEXT_DUE = (
    "SELECT min(due_at) FROM outbox WHERE kind IN ('reminder', 'filing') AND state IN ('pending', 'leased')"
)


@cache
def county_manifest() -> Manifest:
    """The demo's numbers, with a round, days to file plans, heads of most units, people of the bureau, one who reads mail."""
    manifest = demo_manifest({})
    policy = replace(
        manifest.book.policy, collection_opens="10-01", collection_closes="10-31", plan_filing_days=20
    )
    return replace(
        manifest,
        book=replace(manifest.book, policy=policy),
        recipients={"data_bureau": BUREAU, "departments": ("p1", "p2", "d3")},
        unit_heads={unit: (f"head{number}",) for number, unit in enumerate(UNITS[:-3])},
        persons={"p3": PersonSettings(("email", "platform"), "p3@example.gov.cn")},
    )


class Year:
    """One process at work on a ledger, with its clock."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.ledger = Ledger.open(folder / "ledger.db")
        self.platform = FakePlatform(folder / "platform.jsonl")
        self.lifecycle, self.mail = FakeLifecycle(folder / "lifecycle.jsonl"), FakeMail(folder / "mail.jsonl")
        self.now = datetime.combine(date(YEAR, 1, 1), time(), SHANGHAI)
        self.manifest, forms, rng = manifest, load_forms(), Random(1)
        self.intake = Intake(
            self.ledger, forms, lambda: self.manifest, Resemblance(self.ledger, manifest.unit_name)
        )
        remote = Remote(
            "平台", self.platform, "http://127.0.0.1:9", lambda: (SECRET,), "v1", lambda: self.now
        )
        channels = {
            "platform": PlatformChannel(Registry({"standard": StandardPlatform(remote)})),
            "email": self.mail,
        }
        self.reminding = Reminding(self.ledger, forms, lambda: self.manifest, channels, rng)
        self.sender = Sender(self.ledger, {"filing": self.lifecycle}, rng, max_attempts=12)
        self.refolding, self.rng = Refolding(self.intake), rng

    def run(self, events: Sequence[Event], moved: Callable[[datetime], None] = lambda _now: None) -> None:
        """All of the year from `now` on. `moved` is told of each instant before anything is done then."""
        begins = self.now
        self._take_what_was_left()
        instants = [
            at for at in sorted({begins, *(each.at for each in events), *self._mornings()}) if at >= begins
        ]
        waiting = [each for each in events if each.at >= begins]
        for number, instant in enumerate(instants):
            moved(instant)
            self.now = max(instant, self.now)
            while waiting and waiting[0].at <= instant:
                self._arrives(waiting.pop(0))
            self._work(
                until=instants[number + 1] if number + 1 < len(instants) else instant + timedelta(hours=8)
            )

    def _take_what_was_left(self) -> None:
        """A process that died had claimed something: its lease runs out in minutes."""
        while self.ledger.inbox.counts()["open"]:
            self._take()
            self.now += MINUTE

    def _mornings(self) -> Iterator[datetime]:
        day = date(YEAR, 1, 1)
        while day.year == YEAR:
            if self.manifest.book.calendar.is_working(day):
                yield datetime.combine(day, time(self.manifest.reminders.hour), SHANGHAI)
            day += timedelta(1)

    def _arrives(self, event: Event) -> None:
        """The same event again is the same delivery: a process that starts anew may hand over what is known."""
        belongs = event.life != COUNTY and event.form != "demand_collection" and event.fields
        code = {"project_code": self.code_of(event.life)} if belongs else {}
        self.intake.accept(
            FormEvent(
                platform="standard",
                form=event.form,
                record=event.record,
                kind=EventKind(event.kind),
                saved_at=event.saved_at,
                key=f"{event.record}:{event.saved_at.isoformat()}",
                fields={**event.fields, **code},
                submitter=Actor(event.who),
            ),
            self.now,
        )
        self._take()

    def _take(self) -> None:
        while take_one_event(self.intake, self.rng, self.now) or self.sender.send_one(("filing",), self.now):
            pass

    def code_of(self, life: int) -> str | None:
        head = self.ledger.submissions.head("standard", f"d-{life}")
        return head.project_code if head else None

    def _work(self, until: datetime) -> None:
        """Jobs until nothing is due before the next instant: the clock goes on by a minute or to the next due row."""
        while True:
            while (
                self.refolding.one(self.now)
                or self.reminding.step(self.now)
                or self.sender.send_one(("filing",), self.now)
            ):
                pass
            due = self.ledger.rows(NEXT_DUE)[0][0]
            later = max(datetime.fromisoformat(due), self.now + MINUTE) if due else until
            if later >= until:
                return
            self.now = later

    def _lives(self) -> dict[str | None, int]:
        """Project code → the life it stands for."""
        rows = self.ledger.rows(
            "SELECT record, project_code FROM submissions WHERE form = 'demand_collection'"
        )
        return {"": COUNTY, **{code: int(record.removeprefix("d-")) for record, code in rows}}

    def told(self) -> set[tuple[date, str, int, str]]:
        """What people were told, as the ledger has it: day, person, project, duty."""
        lives, rows = self._lives(), self.ledger.reminders.list()
        return {
            (row.digest_on, row.person, lives[row.project_code], row.key)
            for row in rows
            if row.outcome == "told" and row.digest_on
        }

    def filed(self) -> dict[tuple[int, str], int]:
        """How often each step of a project was filed."""
        lives, found = self._lives(), dict[tuple[int, str], int]()
        sql = "SELECT payload, project_code FROM outbox WHERE kind = 'filing' AND state = 'sent'"
        for payload, code in self.ledger.rows(sql):
            place = lives.get(code, COUNTY), json.loads(payload)["step"]  # a plan has a code of its own
            found[place] = found.get(place, 0) + 1
        return found
