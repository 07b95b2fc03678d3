"""What should have been sent, found the long way: every day, every project, every duty, from the words of the regulation.

Of the product this knows the working days (Calendar), the forms' order and which of them are filed, and the settings of the
manifest. Days, windows, silence, escalation, who is told and when are worked out here once more, differently.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from forms.definition import FORM_ORDER, load_forms
from plugin.clock import SHANGHAI
from plugin.manifest import Manifest
from plugin.regulation.calendar import Calendar
from tests.rhythm.world import BUREAU, COUNTY, YEAR, Event

FORMS = load_forms()
DAY = timedelta(1)
Told = tuple[date, str, int, str]  # day, person, project, duty


@dataclass(frozen=True)
class Owed:
    """A duty as it stands: the window's first day, the day, the last day after the roll, or where a count starts."""

    opens: date | None = None
    due: date | None = None
    last: date | None = None  # None beside a due day: the year's holidays are not announced
    since: date | None = None
    audience: str = "responsible"
    notice: bool = False

    @property
    def days(self) -> tuple[date | None, ...]:
        return self.opens, self.due, self.since


@dataclass
class Record:
    """The papers under one record, the last word first."""

    form: str
    saved_at: datetime
    says: Mapping[str, Any]
    people: list[str]
    deleted: bool = False


@dataclass
class Case:
    """A project, or the county, as far as it is known at some moment."""

    records: dict[str, Record] = field(default_factory=dict)
    spells: dict[str, tuple[Owed, datetime]] = field(default_factory=dict)  # duty → as it stands, since when
    unit: str = ""

    def take(self, event: Event) -> None:
        before = self.records.get(event.record)
        people = [*(before.people if before else []), *([event.who] if event.kind != "deleted" else [])]
        says = before.says if event.kind == "deleted" and before else event.says
        self.records[event.record] = Record(event.form, event.saved_at, says, people, event.kind == "deleted")
        self.unit = self.unit or str(event.fields.get("construction_unit", ""))

    @property
    def known(self) -> dict[str, Any]:
        """All that the living records say; rows of several are gathered."""
        found: dict[str, Any] = {"reports": set(), "orders": {}, "rectified": set()}
        for record in sorted(self.records.values(), key=lambda each: each.saved_at):
            if record.deleted or record.says.get("returned"):
                continue
            for name, value in record.says.items():
                if name == "reported":
                    found["reports"].add(value)
                elif name == "rectified":
                    found["rectified"].add(value)
                else:
                    found[name] = value
            if "order" in record.says:
                found["orders"][record.says["order"]] = record.says["deadline"]
        return found

    @property
    def answers(self) -> str:
        """Who last saved the latest paper of the unit, not counting the bureau."""
        papers = [
            (record.saved_at, FORM_ORDER.index(record.form), record)
            for record in self.records.values()
            if not record.deleted and FORMS[record.form].filled_by == "unit"
        ]
        for _, _, record in sorted(papers, key=lambda each: each[:2], reverse=True):
            own = [person for person in record.people if person not in BUREAU]
            if own:
                return own[-1]
        return ""


def months_later(day: date, count: int) -> date:
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def works(day: date, cal: Calendar) -> bool:
    if day in cal.make_up_days:
        return True
    return day.weekday() not in (5, 6) and day not in cal.holidays


def rolled(day: date, cal: Calendar) -> date | None:
    """The next working day, unknown where it depends on a year not announced (I-47)."""
    while day.year in cal.years and not works(day, cal):
        day += DAY
    return day if day.year in cal.years else None


def of_project(known: Mapping[str, Any], cal: Calendar) -> Iterator[tuple[str, Owed]]:
    """What is owed and still to be recalled, in the order of the regulation."""
    state, accepted = known.get("standing"), known.get("accepted")
    if state == "terminated":
        return
    for number, deadline in known["orders"].items():  # Article 49: the order's own date
        if number not in known["rectified"]:
            yield (
                f"rectification:{sha256(number.encode()).hexdigest()[:12]}",
                Owed(due=deadline, last=deadline),
            )
    if state == "stopped":
        return
    if "signed" in known:  # Article 35: every year of construction, until accepted
        ends = accepted.year if accepted else max(known["ends"].year, YEAR)
        for year in range(known["signed"].year, ends + 1):
            if year not in known["reports"]:
                yield f"performance_report:{year}", Owed(due=date(year, 12, 31), last=date(year, 12, 31))
    if not accepted:
        yield from _towards_acceptance(known, cal)
    else:
        if "filed" not in known:  # Article 39(4): no day is set
            yield "acceptance_filing", Owed(since=accepted)
        if "operating" in known and "evaluated" not in known:  # Article 43
            start = max(accepted, known["operating"])
            due = months_later(start, 24)
            yield "self_evaluation", Owed(months_later(start, 12), due, rolled(due, cal))


def _towards_acceptance(known: Mapping[str, Any], cal: Calendar) -> Iterator[tuple[str, Owed]]:
    """Article 39: three months, one month, half a year, or as long as was granted."""
    if "trial" in known and "trial_over" not in known:
        yield "trial_operation", Owed(opens=months_later(known["trial"], 1))
    if "completed" not in known:
        return
    if "held" not in known:
        due = months_later(known["completed"], 3)
        yield "preliminary_acceptance", Owed(due=due, last=rolled(due, cal))
    granted = known.get("granted")
    due = granted or months_later(known["completed"], 6)
    owed = Owed(due=due, last=granted or rolled(due, cal))
    waits = "asked" in known and "answered" not in known
    if "applied" not in known and not waits:
        yield "acceptance_application", owed
    begins = known.get("trial") or known.get("held")
    too_late = begins is not None and months_later(begins, 1) > due
    if too_late and "asked" not in known and "applied" not in known:
        yield "acceptance_extension", owed


def of_county(records: Iterable[Record], manifest: Manifest) -> Iterator[tuple[str, Owed]]:
    """Articles 11 and 12, and what the bureau has set for every year."""
    plans: dict[int, dict[str, Any]] = {}
    for record in records:
        plan = plans.setdefault(record.says["plan"], {"filed": False})
        plan["approved"], plan["filed"] = record.says["approved"], plan["filed"] or record.says["filed_above"]
    for year, plan in plans.items():
        if not plan["filed"]:
            due, left = plan["approved"], manifest.book.policy.plan_filing_days or 0
            while left:
                due += DAY
                left -= works(due, manifest.book.calendar)
            yield f"plan_filing:{year}", Owed(due=due, last=due, audience="bureau")
    yield (
        f"collection_round:{YEAR}",
        Owed(date(YEAR, 10, 1), date(YEAR, 10, 31), date(YEAR, 10, 31), audience="departments", notice=True),
    )
    yield f"validity_check:{YEAR}", Owed(opens=date(YEAR, 3, 1), audience="bureau", notice=True)
    yield f"plan_rollover:{YEAR}", Owed(opens=date(YEAR, 12, 1), audience="bureau", notice=True)


class Reference:
    """Walks the year."""

    def __init__(self, events: list[Event], manifest: Manifest) -> None:
        self.events, self.manifest, self.cal = events, manifest, manifest.book.calendar
        self.cases: dict[int, Case] = {COUNTY: Case()}
        self.marked: set[tuple[int, str, str, date]] = set()  # each moment once for good

    def told(self) -> set[Told]:
        found: set[Told] = set()
        queue = list(self.events)
        day = date(YEAR, 1, 1)
        self._look(COUNTY, datetime.combine(day, time(), SHANGHAI))
        while day.year == YEAR:
            nine = datetime.combine(day, time(self.manifest.reminders.hour), SHANGHAI)
            while queue and queue[0].at <= nine:
                self._happens(queue.pop(0))
            if works(day, self.cal):
                for number, case in self.cases.items():
                    found |= set(self._morning(number, case, day, nine))
            while queue and queue[0].at.astimezone(SHANGHAI).date() == day:
                self._happens(queue.pop(0))
            day += DAY
        return found

    def _happens(self, event: Event) -> None:
        self.cases.setdefault(event.life, Case()).take(event)
        self._look(event.life, event.at)

    def _look(self, number: int, now: datetime) -> None:
        """What is owed now: what was not so before, or not with these days, begins now."""
        case = self.cases[number]
        owed = (
            of_county(case.records.values(), self.manifest)
            if number == COUNTY
            else of_project(case.known, self.cal)
        )
        before, case.spells = case.spells, {}
        for duty, each in owed:
            same = duty in before and before[duty][0].days == each.days
            case.spells[duty] = each, before[duty][1] if same else now

    def _morning(self, number: int, case: Case, day: date, nine: datetime) -> Iterator[Told]:
        for duty, (owed, since) in case.spells.items():
            for role, name, counted_from in self._moments(duty, owed, since, day, nine):
                mark = number, duty, name, counted_from
                if mark not in self.marked:
                    self.marked.add(mark)
                    for person in self._people(role, case):
                        yield day, person, number, duty

    def _moments(
        self, duty: str, owed: Owed, since: datetime, day: date, nine: datetime
    ) -> Iterator[tuple[str, str, date]]:
        """The moments of this very morning; on the first after the duty began also the last one that it missed."""
        first = self._first_morning(since) == day
        missed: tuple[date, int, tuple[str, str, date]] | None = None
        for number, (when, moment) in enumerate(self._all(duty, owed, day)):
            begins = datetime.combine(when, time(self.manifest.reminders.hour), SHANGHAI)
            if begins > since and when == day:
                yield moment
            elif begins <= since and moment[0] == owed.audience and (missed is None or when >= missed[0]):
                missed = when, number, moment
        if first and missed:
            yield missed[2]

    def _first_morning(self, since: datetime) -> date:
        here = since.astimezone(SHANGHAI)
        day = here.date()
        if here.time() > time(self.manifest.reminders.hour):
            day += DAY
        while not works(day, self.cal):
            day += DAY
        return day

    def _all(self, duty: str, owed: Owed, today: date) -> Iterator[tuple[date, tuple[str, str, date]]]:
        """Every morning of the duty up to today: who is told, under which name, counted from which day."""
        habits, kind, whom = self.manifest.reminders, duty.partition(":")[0], owed.audience
        if owed.opens:
            yield self._working(owed.opens, DAY), (whom, "opens", owed.opens)
        if owed.due:
            if kind == "performance_report" and self.manifest.rhythm.reports_announced:
                month, first = map(int, self.manifest.rhythm.reports_announced.split("-"))
                yield self._working(date(owed.due.year, month, first), DAY), (whom, "announced", owed.due)
            for before in habits.by_duty.get(kind, habits.days_before):
                yield self._working(owed.due - timedelta(before), -DAY), (whom, f"before {before}", owed.due)
            last = owed.last or owed.due
            yield self._working(last, -DAY), (whom, "due", owed.due)
            if not owed.notice:
                yield from self._again(
                    last + DAY, habits.overdue_every_days, whom, "overdue", owed.due, today
                )
                for role, after in habits.escalate if whom == "responsible" else ():
                    yield from self._again(
                        last + timedelta(after), habits.overdue_every_days, role, role, owed.due, today
                    )
        elif owed.since:
            yield from self._again(owed.since, habits.undated_every_days, whom, "undated", owed.since, today)

    def _again(
        self, day: date, every: int | None, role: str, name: str, counted_from: date, today: date
    ) -> Iterator[tuple[date, tuple[str, str, date]]]:
        number = 0
        while day <= today and every:
            yield self._working(day, DAY), (role, f"{name} {number}", counted_from)
            day, number = day + timedelta(every), number + 1

    def _working(self, day: date, step: timedelta) -> date:
        while not works(day, self.cal):
            day += step
        return day

    def _people(self, role: str, case: Case) -> set[str]:
        heads = set(self.manifest.unit_heads.get(case.unit, ()))
        bureau = set(self.manifest.recipients["data_bureau"])
        if role == "responsible":
            return {case.answers} if case.answers else heads or bureau
        return {"unit_head": heads, "departments": set(self.manifest.recipients["departments"])}.get(
            role, bureau
        )


def filings(events: Iterable[Event]) -> dict[tuple[int, str], int]:
    """Articles 11, 12, 23: every approved plan, every paper that is filed and each of its later versions; how often."""
    found: dict[tuple[int, str], int] = {}
    for event in events:
        filed = "plan" in event.says if event.life == COUNTY else FORMS[event.form].files
        if filed and event.kind != "deleted" and not event.says.get("returned"):
            place = event.life, event.form
            found[place] = found.get(place, 0) + 1
    return found
