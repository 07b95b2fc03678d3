"""What two law books say differently, and from which day on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal

from plugin.regulation.law import LawBook
from plugin.regulation.limits import LimitMissing, Limits, Number
from plugin.whatif.reads import CALENDAR, HABITS, READINGS, ROUTES

ALWAYS = date.min
PROCUREMENT, BOUNDARY = (
    "decentralised_procurement_yuan",
    "procurement_boundary",
)  # where the line itself lies (I-02)
CHOOSES_VALUES = "procurement_category"  # which values of a limit count: seen in the values themselves (I-03)
YEARLY = "performance_report_month_day"  # looked up for the ends of years, which may lie ahead
ONE_DAY = timedelta(days=1)
Since = Mapping[str, date]
Bands = tuple[tuple[Decimal, Decimal], ...]


def differences(old: LawBook, new: LawBook) -> Iterator[tuple[str, date]]:
    """Each limit with the first day of another value; each reading and habit, the calendar and the routes: always."""
    for name in dict.fromkeys((*old.limits, *new.limits)):
        days = differing(old, new, name)
        if days:
            yield name, ALWAYS if name == YEARLY else days[0]
    for names, one, other in ((READINGS, old.readings, new.readings), (HABITS, old.policy, new.policy)):
        for each in fields(one):
            if each.name in names - {CHOOSES_VALUES} and getattr(one, each.name) != getattr(other, each.name):
                yield each.name, ALWAYS
    if old.calendar != new.calendar:
        yield CALENDAR, ALWAYS
    if old.pack.routes != new.pack.routes:
        yield ROUTES, ALWAYS


def differing(old: LawBook, new: LawBook, name: str) -> list[date]:
    """The days from which on the limit has another value, or a value only in one of them; the earliest first."""
    entries = [value for book in (old, new) if name in book.limits for value in book.limits[name].values]
    starts = {each.since for each in entries} | {each.until + ONE_DAY for each in entries if each.until}
    return [day for day in sorted(starts) if value_on(old, name, day) != value_on(new, name, day)]


def half_missing(old: LawBook, new: LawBook) -> frozenset[str]:
    """The limits that only one of the books has a value of, on some day: there a rule says that it cannot judge."""
    return frozenset(
        name
        for name in (*old.limits, *new.limits)
        if any(
            None in (value_on(old, name, day), value_on(new, name, day)) for day in differing(old, new, name)
        )
    )


def value_on(book: LawBook, name: str, day: date) -> Number | None:
    """The value in force for the kind of purchase that the readings name, None where there is none."""
    try:
        return Limits(day, book.limits, book.readings.procurement_category)[name]
    except LimitMissing:
        return None


def new_days(old: LawBook, new: LawBook) -> Iterator[date]:
    """The first days of the values that are new; of a limit that only loses some, the first day on which that shows."""
    for name, limit in new.limits.items():
        known = old.limits[name].values if name in old.limits else ()
        added = [value.since for value in limit.values if value not in known]
        yield from added or differing(old, new, name)[:1]


def bands(old: LawBook, new: LawBook, since: Since) -> Bands | None:
    """The amounts between old and new value, both included, if nothing but lines of money differs; None = any amount.

    A project all of whose amounts lie outside stood on the same side of the old and of the new line, whatever the day.
    """
    found: list[tuple[Decimal, Decimal]] = []
    for name in since:
        if name == BOUNDARY:
            found += [(value, value) for book in (old, new) for value in _values(book, PROCUREMENT)]
            continue
        limit = new.limits.get(name) or old.limits.get(name)
        if limit is None or limit.unit != "yuan" or name in half_missing(old, new):
            return None
        for day in differing(old, new, name):
            low, high = sorted(Decimal(value_on(book, name, day) or 0) for book in (old, new))
            found.append((low, high))
    return tuple(found)


def _values(book: LawBook, name: str) -> list[Decimal]:
    return [Decimal(each.value) for each in book.limits[name].values] if name in book.limits else []
