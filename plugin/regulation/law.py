"""The law as it stands on one day: the pack, its numbers, its readings, the calendar, our own habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from plugin.regulation.calendar import Calendar
from plugin.regulation.limits import Limit, Limits
from plugin.regulation.pack import Effect, Pack
from plugin.regulation.readings import Readings


@dataclass(frozen=True, slots=True)
class Policy:
    """Our own habits, which no article fixes (manifest.yaml, `policy`). Days are counts, `None` = no day set."""

    contract_filing_days: int | None = None
    contract_filing_unit: str = "working_days"  # or calendar_days
    acceptance_filing_days: int | None = None
    plan_filing_days: int | None = None
    extension_max_months: int | None = None
    collection_opens: str | None = None  # month and day of the yearly round, "10-01"; None = always open
    collection_closes: str | None = None
    collection_year: int | None = None  # the round that is open; None = the year of the act
    advise: frozenset[str] = frozenset()  # rules that only advise; "*" = all
    classified_guidance: str | None = (
        None  # what a refused classified submission is told; None = the rule's own words
    )


@dataclass(frozen=True, slots=True)
class LawBook:
    """Everything a manifest says of the law. One submission is judged by one book."""

    version: str
    pack: Pack
    limits: Mapping[str, Limit]
    readings: Readings
    calendar: Calendar
    policy: Policy = field(default_factory=Policy)

    def on(self, day: date) -> Law:
        """The law for an event of that day."""
        return Law(day, self, Limits(day, self.limits, self.readings.procurement_category))


@dataclass(frozen=True, slots=True)
class Law:
    """The law for one event. Rules read `law.limits`, `law.readings`, `law.calendar`, `law.policy`, `law.on`, `law.stage`."""

    on: date
    book: LawBook
    limits: Limits
    stage: str = ""  # what is asked about

    @property
    def pack(self) -> Pack:
        return self.book.pack

    @property
    def readings(self) -> Readings:
        return self.book.readings

    @property
    def calendar(self) -> Calendar:
        return self.book.calendar

    @property
    def policy(self) -> Policy:
        return self.book.policy

    @property
    def in_force(self) -> bool:
        """Whether the regulation applies to an event of this day (Article 53, I-39)."""
        return self.on >= self.pack.effective_from

    def limits_on(self, day: date) -> Limits:
        """The numbers for an earlier event: a duty keeps those of the day it arose."""
        return Limits(day, self.book.limits, self.readings.procurement_category)

    def effect_of(self, code: str, read_as: Effect | None = None) -> Effect:
        """What a breach does under this pack, or as a reading has it, softened where the policy only advises."""
        effect = read_as or self.pack.rules[code].effect
        advised = "*" in self.policy.advise or code in self.policy.advise
        return Effect.WARN if advised and effect in (Effect.BLOCK, Effect.OVERRIDABLE) else effect
