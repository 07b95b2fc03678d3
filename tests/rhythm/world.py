"""A year of a county, one seed one year: what officials save, when it reaches us, and what it says in plain words.

`says` is what the reference goes by; `fields` is the paper. A later version of a record replaces what it said before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from plugin.clock import SHANGHAI
from plugin.regulation.calendar import add_months
from tests.rhythm import papers

YEAR = 2026
BEGINS = datetime(YEAR, 1, 1, 0, 10, tzinfo=SHANGHAI)
BUREAU = ("bureau1", "bureau2")
UNITS = [f"县第{number}局" for number in range(12)]
PEOPLE = [f"p{number}" for number in range(16)]
COUNTY = -1


@dataclass(frozen=True)
class Event:
    """A record saved or deleted. `at`: when it reaches us, later than saved where it stems from before the year."""

    at: datetime
    saved_at: datetime
    life: int
    record: str
    form: str
    who: str
    fields: Mapping[str, Any]
    says: Mapping[str, Any]
    kind: str = "created"


@dataclass
class Life:
    """One project from its contract on. Days before the year are history, days after it do not happen."""

    number: int
    rng: Random
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.unit, self.person = self.rng.choice(UNITS), self.rng.choice(PEOPLE)
        self.name = papers.words(self.rng, 8)
        self.hands_over_on = date(YEAR, 1, 1) + timedelta(self.rng.randrange(1500))
        self.heir = self.rng.choice(PEOPLE)

    def after(self, day: date, shortest: int, longest: int) -> date:
        return day + timedelta(self.rng.randint(shortest, longest))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def save(
        self, form: str, record: str, day: date, fields: Mapping[str, Any], says: Mapping[str, Any],
        who: str | None = None, kind: str = "created",
    ) -> None:  # fmt: skip
        """On that day, at some time before or after the reminders of the morning."""
        if day.year > YEAR:
            return
        hour, minute = self.rng.choice([(7, 40), (8, 20), (10, 5), (14, 30), (19, 15)])
        saved_at = datetime.combine(day, time(hour, minute, len(self.events) % 60), SHANGHAI)
        at = max(saved_at, BEGINS + timedelta(seconds=self.number))
        person = who or (self.heir if day >= self.hands_over_on else self.person)
        known = {} if kind == "deleted" else {**papers.head(self.name, self.unit), **fields}
        self.events.append(
            Event(at, saved_at, self.number, f"{record}-{self.number}", form, person, known, says, kind)
        )

    def live(self) -> None:
        """Sign, build, accept, operate: late, early, not at all, as it happens."""
        older = self.chance(0.15)  # they come to their self-evaluation
        signed = (
            date(2023, 12, 15) + timedelta(self.rng.randrange(300))
            if older
            else date(2025, 6, 1) + timedelta(self.rng.randrange(480))
        )
        ends = self.after(signed, 150, 400)
        founded = signed - timedelta(60)
        self.save("demand_collection", "d", founded, papers.demand(self.rng, founded.year), {})
        self.save(
            "contract_filing", "k", self.after(signed, 1, 15), papers.contract(f"HT-{self.number}", signed, ends),
            {"signed": signed, "ends": ends},
        )  # fmt: skip
        accepted = self._build(signed)
        self._report(signed, accepted)
        if self.chance(0.3):
            self._oversee(max(signed + timedelta(30), date(YEAR, 1, 5)))

    def _build(self, signed: date) -> date | None:
        done = self.after(signed, 90, 420)
        says: dict[str, Any] = {"completed": done}
        self.save("preliminary_acceptance", "pa", self.after(done, 0, 25), papers.completion(done), says)
        if self.chance(0.1):
            self._withdraw(done)
            return None
        if not self.chance(0.97):
            return None
        held = self.after(done, 26, 140)
        if self.chance(0.2):  # the second paper corrects the first
            done -= timedelta(self.rng.randint(1, 80))
            says = {"completed": done}
        self.save(
            "preliminary_acceptance", "pa", self.after(held, 0, 5), papers.completion(done, held),
            {**says, "held": held}, kind="updated",
        )  # fmt: skip
        return self._try_out(done, held)

    def _withdraw(self, done: date) -> None:
        """The record is deleted; sometimes it is saved again with another day."""
        day = self.after(done, 30, 90)
        self.save("preliminary_acceptance", "pa", day, {}, {}, kind="deleted")
        if self.chance(0.5):
            other = done + timedelta(self.rng.randint(1, 20))
            again = self.after(day, 1, 30)
            self.save(
                "preliminary_acceptance",
                "pa",
                again,
                papers.completion(other),
                {"completed": other},
                kind="updated",
            )

    def _try_out(self, done: date, held: date) -> date | None:
        started = self.after(held, 6, 14)
        self.save(
            "trial_operation", "t", self.after(started, 0, 5), papers.trial(started), {"trial": started}
        )
        over = self.after(started, 31, 75)
        due = add_months(done, 6)
        if self.chance(0.4):
            self._ask_for_more(due, started)
        self.save(
            "trial_operation", "t", self.after(over, 0, 4), papers.trial(started, over),
            {"trial": started, "trial_over": over}, kind="updated",
        )  # fmt: skip
        self.save("sharing_confirmation", "s", self.after(over, 5, 8), papers.sharing(over), {})
        if not self.chance(0.95):
            return None
        applied = self.after(over, 9, 90)
        if self.chance(0.9):  # else it was accepted on a paper that nobody entered
            self.save(
                "acceptance_application", "a", applied, papers.application(applied), {"applied": applied}
            )
        return self._accept(applied) if self.chance(0.95) else None

    def _ask_for_more(self, due: date, earliest: date) -> None:
        """Granted, refused, or never answered. The bureau writes its answer on the same record."""
        asked = max(due - timedelta(self.rng.randint(-20, 60)), earliest + timedelta(6))
        until = max(due, asked) + timedelta(self.rng.randint(5, 150))
        self.save("acceptance_extension", "x", asked, papers.extension(until), {"asked": asked})
        answer = self.rng.choice(["同意", "同意", "不同意", None])
        granted = until - timedelta(self.rng.randrange(5)) if answer == "同意" else None
        if answer:
            says = {"asked": asked, "answered": True, **({"granted": granted} if granted else {})}
            day = self.after(asked, 1, 25)
            fields = papers.extension(until, answer, granted)
            self.save(
                "acceptance_extension", "x", day, fields, says, who=self.rng.choice(BUREAU), kind="updated"
            )

    def _accept(self, applied: date) -> date:
        accepted = self.after(applied, 10, 60)
        bureau = self.rng.choice(BUREAU)
        day = self.after(accepted, 0, 3)
        self.save(
            "acceptance_conclusion", "g", day, papers.conclusion(accepted), {"accepted": accepted}, who=bureau
        )
        operating = self.after(accepted, 4, 20)
        self.save(
            "operation_start",
            "e",
            self.after(operating, 0, 5),
            papers.operation(operating),
            {"operating": operating},
        )
        if self.chance(0.93):
            filed = self.after(operating, 6, 90)
            self.save("acceptance_filing", "f", filed, papers.filing(accepted), {"filed": filed})
        opens = add_months(max(accepted, operating), 12)
        if self.chance(0.3):  # too early: returned, and the duty stays
            self.save(
                "self_evaluation",
                "se0",
                opens - timedelta(self.rng.randint(5, 60)),
                papers.evaluation(),
                {"returned": True},
            )
        if self.chance(0.9):
            evaluated = self.after(opens, 0, 330)
            self.save("self_evaluation", "se", evaluated, papers.evaluation(), {"evaluated": evaluated})
        return accepted

    def _report(self, signed: date, accepted: date | None) -> None:
        """Of each year: in its last weeks, late in the next, or never."""
        for year in range(signed.year, (accepted.year if accepted else YEAR) + 1):
            if not self.chance(0.96):
                continue
            day = date(year, 11, 5) + timedelta(self.rng.randrange(56 if self.chance(0.8) else 130))
            if day > signed + timedelta(16):
                self.save("performance_report", f"r{year}", day, papers.performance(year), {"reported": year})

    def _oversee(self, earliest: date) -> None:
        """An order, mostly answered; then verified, or the project is stopped for a while or for good."""
        issued = self.after(earliest, 0, 300)
        deadline, number = self.after(issued, 10, 60), f"ZG-{self.number}"
        order = {"order": number, "issued": issued, "deadline": deadline}
        bureau = self.rng.choice(BUREAU)
        self.save(
            "rectification_order", "o", issued, papers.order(number, issued, deadline), order, who=bureau
        )
        if not self.chance(0.85):
            return
        done = self.after(issued, 5, 90)
        answered = {"rectified": number}
        self.save("rectification_feedback", "q", done, papers.feedback(number, done), answered)
        checked = self.after(done, 2, 12)
        fate = self.rng.choice(["fine", "stopped", "stopped", "lifted", "lifted", "ended"])
        if fate == "fine":
            self._decide(number, done, checked, "符合", None, answered)
            return
        sanction = "终止项目" if fate == "ended" else "暂停项目建设"
        standing = "terminated" if fate == "ended" else "stopped"
        self._decide(number, done, checked, "仍不符合", sanction, {**answered, "standing": standing})
        if fate == "lifted":
            self._decide(number, done, self.after(checked, 20, 90), "符合", None, answered)

    def _decide(
        self,
        number: str,
        done: date,
        day: date,
        verification: str,
        sanction: str | None,
        says: Mapping[str, Any],
    ) -> None:
        fields = papers.feedback(number, done, verification, sanction)
        self.save(
            "rectification_feedback", "q", day, fields, says, who=self.rng.choice(BUREAU), kind="updated"
        )


def year_of(seed: int, projects: int) -> list[Event]:
    """Everything that reaches us, in the order of its arrival."""
    rng, events = Random(seed), list(_plans())
    for number in range(projects):
        life = Life(number, Random(rng.randrange(2**32)))
        life.live()
        events += life.events
    return sorted(events, key=lambda each: (each.at, each.saved_at, each.record))


def _plans() -> Iterator[Event]:
    """This year's plan is filed above late, next year's not within the year."""
    for record, year, saved, approved, filed in (
        ("pl1", YEAR, date(YEAR, 1, 15), date(YEAR, 1, 12), None),
        ("pl2", YEAR, date(YEAR, 3, 20), date(YEAR, 1, 12), date(YEAR, 3, 19)),
        ("pl3", YEAR + 1, date(YEAR, 12, 3), date(YEAR, 12, 1), None),
    ):
        at = datetime.combine(saved, time(15), SHANGHAI)
        says = {"plan": year, "approved": approved, "filed_above": filed is not None}
        yield Event(
            at, at, COUNTY, record, "plan_record", BUREAU[0], papers.plan(year, approved, filed), says
        )
