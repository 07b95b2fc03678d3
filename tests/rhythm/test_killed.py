"""The same year with the process killed at random fifty times: the same told, the same filed, nothing twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.rhythm.driver import Year, county_manifest
from tests.rhythm.reference import Reference, filings
from tests.rhythm.test_year import PROJECTS, SEED
from tests.rhythm.world import year_of

ROOT = Path(__file__).parents[2]
KILLS = 50


def lives(folder: Path, seed: int, projects: int, dies_after_s: float = 0) -> int:
    command = [
        sys.executable,
        "-m",
        "tests.rhythm.child",
        str(folder),
        str(seed),
        str(projects),
        str(dies_after_s),
    ]
    return subprocess.run(command, cwd=ROOT, timeout=600, check=False).returncode


def killed(folder: Path, seed: int, projects: int, times: int, longest_s: float) -> int:
    """Run until the year is over, dying so many times at most. Returns how many times it really died."""
    rng = Random(seed)
    for death in range(times):
        status = lives(folder, seed, projects, rng.uniform(0.01, longest_s))
        if status == 0:
            return death
        assert status == -signal.SIGPROF
    assert lives(folder, seed, projects) == 0
    return times


def as_if_nothing_had_happened(folder: Path, seed: int, projects: int) -> None:
    events, year = year_of(seed, projects), Year(folder, county_manifest())
    with closing(year.ledger) as ledger:
        assert year.told() == Reference(events, county_manifest()).told()
        assert year.filed() == filings(events)
        assert len(year.lifecycle.keys) == len(set(year.lifecycle.keys)) == sum(filings(events).values())
        digests = {row.digest for row in ledger.reminders.list() if row.outcome == "told"}
        shown, mailed = Counter(year.platform.keys), Counter(year.mail.keys)
        assert digests == shown.keys() | mailed.keys() and not shown.keys() & mailed.keys()
        assert set(shown.values()) == {1}
        repeated = sum(each.repeat for each in ledger.attempts.list())  # mail cannot say what arrived
        assert sum(mailed.values()) - len(mailed) <= repeated
        days = Counter(
            (row.digest_on, row.person)
            for row in {r.digest: r for r in ledger.reminders.list() if r.outcome}.values()
        )
        assert set(days.values()) == {1}
        assert ledger.doctor() == []


def test_a_small_year_survives_a_few_deaths(folder: Path) -> None:
    assert killed(folder, 4, 4, times=4, longest_s=0.4) == 4
    as_if_nothing_had_happened(folder, 4, 4)


@pytest.mark.slow
def test_a_year_survives_fifty_deaths(folder: Path) -> None:
    assert killed(folder, SEED, PROJECTS, times=KILLS, longest_s=0.8) == KILLS
    as_if_nothing_had_happened(folder, SEED, PROJECTS)
