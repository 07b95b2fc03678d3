"""What it costs to ask what another manifest would change, over a ledger of 100,000 projects, on one core.

    .venv/bin/python bench/whatif.py [--projects N] [--keep FOLDER]

Some hundred lives are folded for real, then their rows are copied under new codes. Printed per question: seconds, how many
projects something changes for, microseconds a project, and the cost beside the bare walk that reads every row and its facts.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from bench.lives import STEPS, Life, store
from forms.definition import load_forms
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import Ledger
from plugin.manifest import Manifest
from plugin.regulation.limits import LimitValue
from plugin.resemblance import Resemblance
from plugin.whatif import Summary, WhatIf

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
SEED = 20
TEMPLATES = 400
OLD = demo_manifest({})


def lives(random: Random) -> Iterator[Life]:
    """A county's mix: many small, few of high value, at every step, of the last three years."""
    for _ in range(TEMPLATES):
        amount = int(random.lognormvariate(14.4, 1.0)) // 1000 * 1000 + 20_000
        yield Life(
            amount=amount,
            began=date(2022 + random.randrange(4), random.randrange(1, 13), random.randrange(1, 28)),
            papers=random.choice((1, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 14, 15, 17, 20, 21, STEPS)),
            kind="operation_maintenance" if random.random() < 0.1 else "new",
            unit=f"县直单位{random.randrange(60)}",
            months=random.choice((3, 4, 5, 7)),
        )


def build(ledger: Ledger, projects: int) -> None:
    """Fold the templates, then copy their rows."""
    manifest = OLD
    ledger.manifests.apply(manifest.version, manifest.text, "bench", NOW, manifest.beside)
    intake = Intake(ledger, load_forms(), lambda: manifest, Resemblance(ledger, manifest.unit_name))
    for number, life in enumerate(lives(Random(SEED))):
        store(ledger, f"T-{number:04d}", life, TODAY)
        intake.refresh(f"T-{number:04d}", NOW)
    copies = projects // TEMPLATES - 1
    with ledger.write_tx():
        ledger.connection.execute("CREATE TEMP TABLE numbers (n INTEGER)")
        ledger.connection.executemany("INSERT INTO numbers VALUES (?)", [(n,) for n in range(copies)])
        for table, columns in COPIED.items():
            ledger.connection.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {table}, numbers"
            )
    ledger.connection.execute("ANALYZE")


COPIED: dict[str, dict[str, str]] = {
    "projects": {
        **{name: name for name in ("name", "unit", "state", "facts", "law_version", "updated_at", "latest_on", "amounts")},
        "code": "code || '-' || n",
    },
    "submissions": {
        **{
            name: name
            for name in ("platform", "form", "named_code", "standing", "vals", "saved_at", "submitter", "head_hash", "deleted")
        },
        "record": "record || '-' || n",
        "project_code": "project_code || '-' || n",
    },
}  # fmt: skip


def another(limits: dict[str, tuple[date, Any]] | None = None, **parts: Any) -> Manifest:
    """The manifest in force with one thing changed."""
    book = OLD.book
    table = dict(book.limits)
    for name, (since, value) in (limits or {}).items():
        values = (
            *(each for each in table[name].values if each.since < since),
            LimitValue(since, value, "某文"),
        )
        table[name] = replace(table[name], values=values)
    changed = {name: replace(getattr(book, name), **values) for name, values in parts.items()}
    return replace(OLD, version="new", book=replace(book, version="new", limits=table, **changed))


QUESTIONS: dict[str, Manifest] = {
    "500万 → 800万, from 1 May": another({"high_value_yuan": (date(2026, 5, 1), 8_000_000)}),
    "500万 → 300万, from 1 May": another({"high_value_yuan": (date(2026, 5, 1), 3_000_000)}),
    "procurement limit 50万 → 100万, from 1 May": another(
        {"decentralised_procurement_yuan": (date(2026, 5, 1), 1_000_000)}
    ),
    "application 6 → 9 months, from 1 May": another({"acceptance_application_months": (date(2026, 5, 1), 9)}),
    "trial run 1 → 2 months, from 1 May": another({"trial_operation_months": (date(2026, 5, 1), 2)}),
    "report due 12-31 → 11-30, from 1 May": another(
        {"performance_report_month_day": (date(2026, 5, 1), "11-30")}
    ),
    "adjustment 15 % → 10 %, from 1 May": another({"adjustment_percent": (date(2026, 5, 1), 10)}),
    "contract filing in 10 working days": another(policy={"contract_filing_days": 10}),
    "acceptance filing in 20 working days": another(policy={"acceptance_filing_days": 20}),
    "everything advises only": another(policy={"advise": frozenset({"*"})}),
    "exactly the limit counts below": another(readings={"procurement_boundary": "lower"}),
    "500万 → 800万, from 1 February (past)": another({"high_value_yuan": (date(2026, 2, 1), 8_000_000)}),
}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--projects", type=int, default=100_000)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.keep or Path(folder)) / "ledger.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = path.exists()
        with closing(Ledger.open(path)) as ledger:
            began = time.perf_counter()
            if not known:
                build(ledger, given.projects)
            print(f"{path.stat().st_size / 1e6:.0f} MB, built in {time.perf_counter() - began:.0f} s")
            ask(ledger)


def ask(ledger: Ledger) -> None:
    bare, projects = walked(ledger)
    print(
        f"{projects} projects; the bare walk {bare:.2f} s of CPU ({bare / projects * 1e6:.0f} µs a project)"
    )
    print(f"{'question':<46}{'CPU s':>8}{'wall s':>8}{'affected':>10}{'µs each':>9}{'× walk':>8}")
    for name, manifest in QUESTIONS.items():
        began, cpu, summary = time.perf_counter(), time.process_time(), Summary()
        for effect in WhatIf(ledger, load_forms(), OLD, manifest, TODAY).effects(summary.seen):
            summary.add(effect)
        took, wall = time.process_time() - cpu, time.perf_counter() - began
        each = took / projects * 1e6
        print(
            f"{name:<46}{took:>8.2f}{wall:>8.2f}{summary.affected.projects:>10}{each:>9.0f}{took / bare:>8.1f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB, Python {sys.version.split()[0]}, one core")


def walked(ledger: Ledger) -> tuple[float, int]:
    """Every row read and its facts parsed, nothing else."""
    began, count = time.process_time(), 0
    for page in ledger.projects.walk():
        for row in page:
            json.loads(row.facts)
            count += 1
    return time.process_time() - began, count


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
