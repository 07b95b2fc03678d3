"""How far a change of the law reaches: which papers may be judged otherwise, which duties and next steps may differ. Pure.

Whatever is not reached comes out alike, so that a project all of whose parts are not reached need not be looked at. What a
rule reads is taken from its code (plugin/whatif/reads.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.duties import MAKERS
from plugin.regulation.filings import DUTIES
from plugin.regulation.judgement import ALL_RULES
from plugin.regulation.law import LawBook
from plugin.regulation.pack import Effect
from plugin.regulation.routing import ROUTES as ROUTE_MAKERS
from plugin.regulation.transitions import settled
from plugin.regulation.verdict import Rule
from plugin.whatif.differences import ALWAYS, Bands, Since, bands, differences, half_missing, new_days
from plugin.whatif.reads import ROUTES, words_of

MARKERS = frozenset(DUTIES.values()) - {
    "TRIAL-MONTH",
    "EXTENSION-LATE",
}  # rules that only mark the duty's act as late


@dataclass(frozen=True)
class Change:
    """The law in force and the law proposed, and the day on which the next steps are imagined to be made.

    `everything`: take nothing for alike; the tests compare with that.
    """

    old: LawBook
    new: LawBook
    day: date
    everything: bool = False

    @classmethod
    def between(
        cls, old: LawBook, new: LawBook, today: date, on: date | None = None, *, everything: bool = False
    ) -> Change:
        """The day is the first on which all new values are in force, today at the earliest, unless `on` names one."""
        day = on or max([today, *new_days(old, new)])
        return cls(old, new, day, everything or _reaches_everything(old, new))

    @cached_property
    def since(self) -> Since:
        """What differs, with the first day on which it does."""
        return dict(differences(self.old, self.new))

    @cached_property
    def bands(self) -> Bands | None:
        """The amounts of money that a project may be judged otherwise for; None = any."""
        weighed = self.softened or any(self._another_effect(each.code) for each in ALL_RULES)
        return None if self.everything or weighed else bands(self.old, self.new, self.since)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that may find what they did not find, or no longer find it."""
        return tuple(each for each in ALL_RULES if self._of_rule(each) is not None)

    def rules_at(self, stage: str) -> tuple[Rule, ...]:
        """Those of one stage."""
        return self._rules_by_stage.get(stage, ())

    @cached_property
    def _rules_by_stage(self) -> Mapping[str, tuple[Rule, ...]]:
        stages = {stage for each in self.rules for stage in each.stages}
        return {stage: tuple(each for each in self.rules if stage in each.stages) for stage in stages}

    @cached_property
    def routes(self) -> frozenset[str]:
        """The stages whose route may differ."""
        return frozenset(stage for stage, make in ROUTE_MAKERS.items() if self._of(make) is not None)

    @cached_property
    def duties(self) -> Since:
        """The duties whose days may differ, with the first day that may be looked up otherwise."""
        found: dict[str, date] = {}
        for duties, _of_construction, make in MAKERS:
            day = ALWAYS if self.everything else self._of(make)
            for duty in duties:
                switched = self._switched(DUTIES[duty])
                if switched or day is not None:
                    found[duty] = ALWAYS if switched or day is None else day
        return found

    @cached_property
    def past(self) -> Since:
        """Forms → the first day from which on a paper may be judged otherwise."""
        found: dict[str, date] = {}
        for form, day in self._past():
            found[form] = min(day, found.get(form, day))
        return found

    @cached_property
    def softened(self) -> frozenset[str]:
        """Forms of which a paper that was not taken may be judged otherwise: a rule only advises now."""
        newly = [
            each for each in ALL_RULES if not _advised(self.old, each.code) and _advised(self.new, each.code)
        ]
        return frozenset(stage for each in newly for stage in each.stages)

    def marks_only(self, code: str) -> bool:
        """Whether the rule only marks a late act: the duty and its day tell that already."""
        return code in self._markers

    @cached_property
    def _markers(self) -> frozenset[str]:
        """But where a number is missing, such a rule says so, and that blocks."""
        soft, missing = (Effect.LATE, Effect.INFO, Effect.OFF), half_missing(self.old, self.new)
        return frozenset(
            each.code
            for each in ALL_RULES
            if each.code in MARKERS
            and all(_effect(book, each.code) in soft for book in (self.old, self.new))
            and not words_of(each.check) & missing
        )

    def _past(self) -> Iterator[tuple[str, date]]:
        for rule in ALL_RULES:
            day = ALWAYS if self._another_effect(rule.code) else self._of_rule(rule)
            if day is not None and not self.marks_only(rule.code):
                yield from ((stage, day) for stage in rule.stages)
        for stage, make in ROUTE_MAKERS.items():
            if (day := self._of(make)) is not None:
                yield stage, day
        if (day := self._of(settled)) is not None:
            yield from ((form, day) for form in (at.ADJUSTMENT, at.REPLY))

    def _another_effect(self, code: str) -> bool:
        """A finding weighs otherwise, and not only less for what was not taken."""
        hardened = _advised(self.old, code) and not _advised(self.new, code)
        return hardened or _effect(self.old, code) is not _effect(self.new, code)

    def _of_rule(self, rule: Rule) -> date | None:
        return ALWAYS if self._switched(rule.code) else self._of(rule.check)

    def _switched(self, code: str) -> bool:
        """On in one of them, off in the other."""
        return (_effect(self.old, code) is Effect.OFF) is not (_effect(self.new, code) is Effect.OFF)

    def _of(self, function: Callable[..., Any]) -> date | None:
        """The first day for which the function may answer otherwise; None = it answers alike."""
        if self.everything:
            return ALWAYS
        words = words_of(function)
        if ROUTES in words:
            words |= _limits_of_routes(self.old) | _limits_of_routes(self.new)
        return min((day for name, day in self.since.items() if name in words), default=None)


def _reaches_everything(old: LawBook, new: LawBook) -> bool:
    """When the regulation begins, and to whom all of it applies, no single rule asks."""
    return (
        old.pack.effective_from != new.pack.effective_from
        or old.readings.by_reference_rules != new.readings.by_reference_rules
    )


def _limits_of_routes(book: LawBook) -> frozenset[str]:
    return frozenset(name for row in book.pack.routes for name in (row.floor, row.ceiling) if name)


def _effect(book: LawBook, code: str) -> Effect:
    return book.pack.rules[code].effect


def _advised(book: LawBook, code: str) -> bool:
    return "*" in book.policy.advise or code in book.policy.advise
