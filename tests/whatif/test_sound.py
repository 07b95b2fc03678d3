"""The criterion passes over no project that something changes for: held against working out everything for every project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.lives import Life
from plugin.ledger import Ledger
from plugin.manifest.shape import READING_CHOICES
from plugin.regulation.readings import Readings
from tests.whatif.conftest import LIVES, OLD, changed, effects, folded, then

YUAN = tuple(
    map(Decimal, (1, 300_000, 500_000, 500_001, 3_000_000, 5_000_000, 5_000_001, 6_000_000, 8_000_000))
)
ANOTHER: dict[str, tuple[Any, ...]] = {  # other values of each limit: likely to be crossed, or not at all
    name: YUAN if name.endswith("_yuan") else (0, 2, 3, 16, 30) for name in OLD.book.limits
} | {"performance_report_month_day": ("06-30", "01-31"), "adjustment_percent": (0, 10, 16, 100)}
READINGS: dict[str, tuple[Any, ...]] = {
    name: (False, True) if isinstance(value, bool) else READING_CHOICES.get(name, ())
    for name, value in ((each, getattr(Readings(), each)) for each in Readings.__slots__)
    if name != "holiday_roll"  # it comes with a calendar of its own
} | {
    "town_unit_types": ((), ("county_department",)),
    "superior_review_exclude_kinds": ((), ("new",)),
    "start_events": ((), ("tender_start",)),
    "video_gate_steps": ((),),
    "split_score": (0.1,),
}
HABITS: dict[str, tuple[Any, ...]] = {
    "contract_filing_days": (1, 2, 30),
    "contract_filing_unit": ("calendar_days",),
    "acceptance_filing_days": (1, 20),
    "plan_filing_days": (5,),
    "extension_max_months": (1,),
    "collection_year": (2030,),
    "advise": (frozenset({"*"}), frozenset({"SCHEME-TOO-LARGE"}), frozenset({"TOWN", "CATALOGUE"})),
}
DAYS = st.dates(date(2023, 6, 1), date(2027, 6, 1))
Proposal = dict[str, Any]


def singles() -> Iterator[Any]:
    """Every single thing that a bureau can change, each by itself."""
    for kind, names in (("readings", READINGS), ("policy", HABITS)):
        now = getattr(OLD.book, kind)
        for name, values in names.items():
            for value in values:
                if value != getattr(now, name):
                    yield pytest.param(
                        {kind: {name: value}},
                        id=f"{name}={sorted(value) if isinstance(value, frozenset) else value}",
                    )
    for name, (*_, value) in ANOTHER.items():
        for since in (date(2024, 6, 1), date(2026, 3, 1), date(2026, 5, 1)):
            yield pytest.param({"limits": then(name, since, value)}, id=f"{name} from {since}")
        yield pytest.param({"limits": {name: ()}}, id=f"{name} taken away")
    dossier = LIVES[2].day(160)  # the latest day of that project
    on_the_day = then("decentralised_procurement_yuan", dossier, 4_000_000)
    yield pytest.param({"limits": on_the_day}, id="from the very day of a paper")


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    """One or two things are otherwise, as people change them: another value from some day on, or none, or another reading."""
    made: Proposal = {"limits": {}, "readings": {}, "policy": {}}
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["limits", "limits", "readings", "policy"]))
        names = {"limits": ANOTHER, "readings": READINGS, "policy": HABITS}[kind]
        name = draw(st.sampled_from(sorted(names)))
        if kind != "limits":
            made[kind][name] = draw(st.sampled_from(names[name] or (getattr(OLD.book.readings, name),)))
            continue
        had = tuple((each.since, each.value) for each in OLD.book.limits[name].values)
        days = st.tuples(DAYS, st.sampled_from(names[name]))
        later = draw(st.lists(days, max_size=2, unique_by=lambda each: each[0]))
        made[kind][name] = tuple(
            sorted({*(had if draw(st.booleans()) else ()), *later}, key=lambda each: each[0])
        )
    return made


def sound(ledger: Ledger, proposal: Proposal, on: date | None = None) -> None:
    new = changed(**proposal)
    assert effects(ledger, new, on=on) == effects(ledger, new, on=on, thorough=True)


CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=10, deadline=None, suppress_health_check=CHECKS)
@given(proposals(), st.none() | DAYS)
def test_nothing_is_passed_over(ledger: Ledger, proposal: Proposal, on: date | None) -> None:
    sound(ledger, proposal, on)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=CHECKS)
@given(proposals(), st.none() | DAYS)
def test_nothing_is_passed_over_in_many_more(ledger: Ledger, proposal: Proposal, on: date | None) -> None:
    sound(ledger, proposal, on)


@pytest.mark.parametrize("proposal", list(singles()))
def test_nothing_is_passed_over_by_any_single_change(few: Ledger, proposal: Proposal) -> None:
    sound(few, proposal)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Enough for every kind of difference, and quick."""
    lives = (*LIVES[2:4], LIVES[9], *LIVES[17:24:2], LIVES[28], *LIVES[30:34])
    with closing(Ledger.open(tmp_path_factory.mktemp("few") / "ledger.db")) as opened:
        folded(opened, lives)
        yield opened


def test_rules_that_bind_again_are_not_passed_over(tmp_path: Path) -> None:
    """What was let through while rules only advised is judged again when they bind."""
    advised = replace(changed(policy={"advise": frozenset({"*"})}), version="advised")
    lives = (
        Life(unit="县林业局", unit_type="town", papers=4),
        Life(papers=4),
        Life(amount=6_000_000, papers=2),
    )
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        folded(ledger, lives, advised)
        found = effects(ledger, OLD, old=advised)
        assert [each.code for each in found] == ["SX-2025-0001"]
        assert found == effects(ledger, OLD, old=advised, thorough=True)
