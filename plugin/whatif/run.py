"""The walk over the ledger: most projects are passed over by the criterion, of the others only what may differ is worked out.

Memory stays the same whatever the number of projects. Nothing is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from forms.definition import FormDefinition
from plugin import papers
from plugin.ledger import Ledger, Sketch, Submission
from plugin.manifest import Manifest
from plugin.regulation.facts import project_of_stored
from plugin.regulation.history import History, Paper, replay
from plugin.regulation.project import Project
from plugin.settling import overrides_of, unit_of, where
from plugin.standing import StandingRecords
from plugin.whatif.change import Change
from plugin.whatif.criterion import Criterion
from plugin.whatif.effects import Item, effects_on


@dataclass(frozen=True, slots=True)
class Effect:
    """What the change does to one project."""

    code: str
    name: str
    unit: str
    state: str
    amount_yuan: Decimal | None
    items: tuple[Item, ...]


@dataclass(frozen=True)
class WhatIf:
    """A question: the manifest in force, another one, and the day on which the next steps are imagined.

    `on` = None: the first day on which all new values are in force, today at the earliest. `thorough`: work out everything
    for every project; for tests.
    """

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    old: Manifest
    new: Manifest
    today: date
    on: date | None = None
    thorough: bool = False

    @cached_property
    def change(self) -> Change:
        return Change.between(self.old.book, self.new.book, self.today, self.on, everything=self.thorough)

    @cached_property
    def _whole(self) -> Change:
        """For a project whose facts come out differently: then everything may."""
        return Change.between(self.old.book, self.new.book, self.today, self.on, everything=True)

    @cached_property
    def _records(self) -> StandingRecords:
        return StandingRecords.of(self.ledger)

    @cached_property
    def _renamed(self) -> frozenset[str]:
        """Units that stand under other restrictions because of a new name."""
        if self.old.former_units == self.new.former_units:
            return frozenset()
        names = {name for each in (self.old, self.new) for pair in each.former_units.items() for name in pair}
        names |= {unit for unit, _grounds in self._records.restrictions}
        return frozenset(
            name for name in names if self._restricted(self.old, name) != self._restricted(self.new, name)
        )

    def _restricted(self, manifest: Manifest, unit: str) -> tuple[str, ...]:
        return self._records.restricted(unit, manifest.unit_name)

    def effects(self, seen: Callable[[Sketch], None] = lambda _row: None) -> Iterator[Effect]:
        """Every project that something changes for, in the order of the codes; `seen` is told of every row."""
        criterion = Criterion(self.change)
        for page in self.ledger.projects.walk():
            back = any(criterion.looks_back(latest(row)) for row in page)
            forms = self.ledger.submissions.forms_between(page[0].code, page[-1].code) if back else {}
            for row in page:
                seen(row)
                effect = self._effect(row, criterion, forms.get(row.code, ()))
                if effect:
                    yield effect

    def _effect(self, row: Sketch, criterion: Criterion, forms: Collection[tuple[str, str]]) -> Effect | None:
        day = latest(row)
        ahead = criterion.ahead(row.state)
        if ahead or forms:
            between = criterion.between(row.amounts)
            ahead, forms = ahead and between, forms if between else ()
        judged = self._stale(row) or criterion.judged(day, forms) or self._under_another_name(row)
        if not (judged or ahead or criterion.may_be_due(day)):
            return None
        facts = json.loads(row.facts)
        due = criterion.due(day, facts)
        if not (judged or ahead or due):
            return None
        stored = project_of_stored(facts)
        items = self._items(row, stored, judged=judged, due=due, ahead=ahead)
        return (
            Effect(row.code, row.name, row.unit, row.state, stored.investment_yuan, items) if items else None
        )

    def _stale(self, row: Sketch) -> bool:
        """Folded under another law than the one in force: what is stored says nothing."""
        return self.thorough or row.law_version != self.old.version

    def _under_another_name(self, row: Sketch) -> bool:
        if not self._renamed:
            return False
        heads = self.ledger.submissions.of_project(row.code)
        return any(head.values.get("construction_unit") in self._renamed for head in heads)

    def _items(
        self, row: Sketch, stored: Project, *, judged: bool, due: bool, ahead: bool
    ) -> tuple[Item, ...]:
        if not judged:
            known = History(stored)
            return effects_on(known, known, self.change, self.today, judged=False, due=due, ahead=ahead)
        before, after = self._replayed(row, stored)
        change = self.change if after.project == before.project else self._whole
        return effects_on(before, after, change, self.today, judged=True, due=True, ahead=True)

    def _replayed(self, row: Sketch, stored: Project) -> list[History]:
        """The project folded under both manifests. What resembles it is taken as it was found last."""
        heads = self.ledger.submissions.of_project(row.code)
        found: list[History] = []
        read: list[Paper] = []
        for manifest in (self.old, self.new):
            if not read or not self._same_pack:
                read = self._papers(heads, manifest)
            known = self._records.known(unit_of(read), row.code, manifest.unit_name)
            known = known.knowing({"declarations": stored.declarations, "resembling": stored.resembling})
            found.append(replay(read, manifest.book, known))
        return found

    @cached_property
    def _same_pack(self) -> bool:
        """Then papers are read alike."""
        return self.old.pack == self.new.pack

    def _papers(self, heads: Iterable[Submission], manifest: Manifest) -> list[Paper]:
        return [
            papers.read(
                self.forms[each.form],
                each.values,
                manifest.book.pack,
                record=where(each),
                saved_at=each.saved_at,
                overridden=overrides_of(each),
            ).paper
            for each in heads
        ]


def latest(row: Sketch) -> date:
    """The latest day whose numbers the project's papers ask for; any day, where nobody has looked."""
    return date.fromisoformat(row.latest_on) if row.latest_on else date.max
