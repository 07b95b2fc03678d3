"""What would be sent from one day to another if nothing were done meanwhile, by the same looks that the job takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from plugin.clock import SHANGHAI, shanghai_day
from plugin.ledger import WatchedDuty
from plugin.manifest import Manifest
from plugin.reminding.moments import Moment, first_morning, moments
from plugin.reminding.watching import habits_of, look_at, persons

Mark = tuple[str, str, str]  # project, duty, moment


@dataclass(frozen=True, slots=True)
class Known:
    """A watched duty with what else a line says of it."""

    duty: WatchedDuty
    project_name: str = ""
    unit: str = ""
    entered_at: datetime | None = None  # of a project begun before: when the bureau entered it


@dataclass(frozen=True, slots=True)
class Item:
    """One duty in a digest, for these moments."""

    known: Known
    role: str
    marks: tuple[str, ...]


@dataclass(slots=True)
class Digest:
    """What one person is sent on one day."""

    day: date
    person: str
    channel: str
    items: dict[tuple[str, str], Item] = field(default_factory=dict)


def simulate(
    duties: Iterable[Known], manifest: Manifest, first: date, last: date, recorded: Collection[Mark] = ()
) -> list[Digest]:
    """The digests of these days in their order. `recorded`: moments that are dealt with already."""
    digests: dict[tuple[date, str], Digest] = {}
    for known in duties:
        for morning, moment in _mornings(known, manifest, first, last):
            if (known.duty.project_code, known.duty.key, moment.mark) in recorded:
                continue
            for person in persons(moment.role, known.duty, known.unit, manifest):
                day = shanghai_day(morning)
                digest = digests.setdefault((day, person), Digest(day, person, channel_of(person, manifest)))
                place = known.duty.project_code, known.duty.key
                before = digest.items.get(place)
                marks = (*before.marks, moment.mark) if before else (moment.mark,)
                digest.items[place] = Item(known, before.role if before else moment.role, marks)
    return [digests[place] for place in sorted(digests)]


def _mornings(known: Known, manifest: Manifest, first: date, last: date) -> Iterator[tuple[datetime, Moment]]:
    """The first look, as the job would take it, then every later moment on its own morning."""
    duty = known.duty
    habits = habits_of(manifest, duty.duty)
    begins = datetime.combine(first, time(), SHANGHAI)
    seen = duty.seen_until or begins
    now = first_morning(max(begins, seen) if duty.fresh else begins, habits)
    found = look_at(replace(duty, seen_until=seen), manifest, now, known.entered_at)
    if found is None or shanghai_day(now) > last:
        return
    yield from ((now, moment) for moment in found.wanted)
    for moment in moments(duty, habits):
        if shanghai_day(moment.at) > last:
            return
        if moment.at > now:
            yield moment.at, moment


def channel_of(person: str, manifest: Manifest) -> str:
    """The first way of the person's own that the manifest sets up."""
    settings = manifest.person_settings(person)
    mails = manifest.mail is not None and settings.email is not None
    usable: Mapping[str, bool] = {"platform": True, "email": mails}
    return next((name for name in settings.channels if usable[name]), "platform")
