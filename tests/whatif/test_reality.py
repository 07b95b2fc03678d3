"""What is foretold is what happens: the change is applied, the projects are folded anew, and the ledger is compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.lives import Life
from jobs.refold import Refolding
from plugin.ledger import DutyState, Ledger
from plugin.whatif import Item, Kind, When
from tests.whatif.conftest import LIVES, NOW, changed, effects, folded, then

FEW = (*LIVES[2:4], LIVES[9], *LIVES[21:24], *LIVES[28:33], Life(papers=6, amount=450_000))
PAST = date(2024, 6, 1)


@pytest.mark.parametrize(
    "proposal",
    [
        {"limits": then("decentralised_procurement_yuan", PAST, 440_000)},
        {"limits": then("high_value_yuan", PAST, 7_000_000)},
        {"limits": then("acceptance_application_months", PAST, 9)},
        {"limits": then("adjustment_percent", PAST, 10)},
        {"limits": then("trial_operation_months", PAST, 3)},
        {"policy": {"contract_filing_days": 1}},
        {"policy": {"advise": frozenset({"*"})}},
        {"readings": {"town_unit_types": ("county_department",)}},
    ],
    ids=str,
)
def test_what_is_foretold_of_papers_states_and_duties_happens(
    tmp_path: Path, proposal: dict[str, Any]
) -> None:
    new = changed(**proposal)
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        intake = folded(ledger, FEW)
        before = standing_of(ledger)
        foretold = {each.code: each.items for each in effects(ledger, new)}
        assert standing_of(ledger) == before  # asking changes nothing
        refolding = Refolding(replace(intake, manifest=lambda: new))
        while refolding.one(NOW):
            pass
        after = standing_of(ledger)
    assert foretold
    for code in before:
        assert set(told(foretold.get(code, ()))) == set(differences(before[code], after[code])), code


def standing_of(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """What the ledger holds of each project: its state, its papers' standing, the days of its open duties."""
    found: dict[str, dict[str, Any]] = {}
    for row in ledger.projects.list():
        kept: dict[str, Any] = {"state": row.state}
        kept |= {
            f"{each.platform}:{each.record}": each.standing
            for each in ledger.submissions.of_project(row.code)
        }
        kept |= {
            each.key: (each.due_on, each.overdue_after, each.window_opens_on)
            for each in ledger.obligations.of_project(row.code)
            if each.state == DutyState.OPEN
        }
        found[row.code] = kept
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in {*before, *after}:
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def told(items: tuple[Item, ...]) -> Iterator[tuple[str, Any, Any]]:
    """The same of the foretold items."""
    plain = {"warned": "taken"}
    for item in items:
        if item.kind is Kind.STATE:
            yield "state", item.was, item.now
        if item.kind is Kind.STANDING and plain.get(item.was, item.was) != plain.get(item.now, item.now):
            yield str(item.key), plain.get(item.was, item.was), plain.get(item.now, item.now)
        if item.kind is Kind.DUTY and item.when is When.NOW:
            was, now = (each[-3:] if each and len(each) > 1 else None for each in (item.was, item.now))
            if was != now:
                yield str(item.key), was, now
