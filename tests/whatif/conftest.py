"""A small ledger with projects of every kind and at every step, folded under the demo manifest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bench.lives import Life, store
from forms.definition import load_forms
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import Ledger
from plugin.manifest import Manifest
from plugin.regulation.limits import LimitValue
from plugin.resemblance import Resemblance
from plugin.whatif import Effect, WhatIf

OLD = demo_manifest({})
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
WHOLE = 99
LIVES = (
    *(Life(papers=papers) for papers in (1, 2, 4, 7, 8, 9, 10, 11, 13, 14, 15, 17, 19, 20, 21)),
    *(
        Life(amount=amount, papers=1)
        for amount in (300_000, 499_999, 500_000, 4_999_999, 5_000_000, 7_900_000)
    ),
    *(Life(amount=6_000_000, papers=papers) for papers in (4, 8, 9, WHOLE)),
    Life(amount=400_000, papers=5),
    Life(kind="operation_maintenance", papers=1),
    Life(kind="operation_maintenance", papers=3),
    Life(unit="县林业局", unit_type="town", papers=4),
    Life(adjusted=440_000, papers=11),
    Life(adjusted=460_000, papers=11),
    Life(months=7, papers=18),
    Life(months=7),
    Life(began=date(2022, 3, 1)),
    *(Life(began=date(2025, 1, 2), papers=papers) for papers in (4, 10, 12)),
)


def folded(ledger: Ledger, lives: tuple[Life, ...], manifest: Manifest = OLD) -> Intake:
    """The projects with all that follows from their papers."""
    intake = Intake(ledger, load_forms(), lambda: manifest, Resemblance(ledger, manifest.unit_name))
    for number, life in enumerate(lives, 1):
        store(ledger, f"SX-2025-{number:04d}", life)
        intake.refresh(f"SX-2025-{number:04d}", NOW)
    return intake


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path_factory.mktemp("whatif") / "ledger.db")) as opened:
        folded(opened, LIVES)
        yield opened


def changed(
    *,
    limits: dict[str, tuple[tuple[date, Any], ...]] | None = None,
    readings: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    **manifest: Any,
) -> Manifest:
    """The demo manifest with these values instead: of a limit all dated values."""
    book = OLD.book
    table = dict(book.limits)
    for name, values in (limits or {}).items():
        entries = tuple(LimitValue(since, value, "某文") for since, value in values)
        table[name] = replace(table[name], values=entries)
    return replace(
        OLD,
        version="proposed",
        book=replace(
            book,
            version="proposed",
            limits=table,
            readings=replace(book.readings, **(readings or {})),
            policy=replace(book.policy, **(policy or {})),
        ),
        **manifest,
    )


def then(name: str, since: date, value: Any) -> dict[str, tuple[tuple[date, Any], ...]]:
    """The limit as it is, and another value from that day on."""
    had = tuple((each.since, each.value) for each in OLD.book.limits[name].values if each.since < since)
    return {name: (*had, (since, value))}


def effects(
    ledger: Ledger,
    new: Manifest,
    *,
    old: Manifest = OLD,
    on: date | None = None,
    thorough: bool = False,
) -> list[Effect]:
    return list(WhatIf(ledger, load_forms(), old, new, TODAY, on, thorough).effects())
