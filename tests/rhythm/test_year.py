"""A simulated year: what the product sends and files is exactly what a reference finds that walks every day."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from plugin.ledger import Ledger
from tests.rhythm.driver import Year, county_manifest
from tests.rhythm.reference import Reference, filings
from tests.rhythm.world import BUREAU, year_of

SEED, PROJECTS = 2026, 300
NUMBERED = re.compile(r"^(\d+)\. ", re.M)
EVERYTHING = {
    "acceptance_application", "acceptance_extension", "acceptance_filing", "collection_round", "performance_report",
    "plan_filing", "plan_rollover", "preliminary_acceptance", "rectification", "self_evaluation", "trial_operation",
    "validity_check",
}  # fmt: skip


def lived(folder: Path, seed: int, projects: int) -> Year:
    year = Year(folder, county_manifest())
    year.run(year_of(seed, projects))
    return year


def test_a_year_of_a_county_is_as_the_reference_has_it(folder: Path) -> None:
    events = year_of(SEED, PROJECTS)
    year = lived(folder, SEED, PROJECTS)
    with closing(year.ledger) as ledger:
        told, expected = year.told(), Reference(events, county_manifest()).told()
        assert (sorted(told - expected), sorted(expected - told)) == ([], [])
        assert year.filed() == filings(events)
        assert {key.partition(":")[0] for _, _, _, key in told} == EVERYTHING
        assert {*BUREAU, "p1", "head1", "d3"} <= {person for _, person, _, _ in told}
        one_message_a_day(ledger, year)
        returned = {form for (form,) in ledger.rows("SELECT form FROM submissions WHERE standing <> 'taken'")}
        assert returned == {"self_evaluation"}  # those that came before their window


def one_message_a_day(ledger: Ledger, year: Year) -> None:
    """Each person one message a working day, with a numbered line a duty, and no message beside these."""
    expected: dict[str, set[tuple[str, str]]] = {}
    readers: set[tuple[object, str]] = set()
    for row in ledger.reminders.list():
        if row.outcome == "told" and row.digest:
            expected.setdefault(row.digest, set()).add((row.project_code, row.key))
            readers.add((row.digest_on, row.person))
    arrived = [*year.platform.entries, *year.mail.entries]
    assert sorted(entry["key"] for entry in arrived) == sorted(expected) and year.mail.entries
    assert len(readers) == len(expected) and year.platform.repeats == 0
    for entry in arrived:
        numbers = [int(each) for each in NUMBERED.findall(entry["text"])]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == len(expected[entry["key"]]) or "项未列出" in entry["text"]
        assert "迟发" not in entry["text"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_years_are_too(folder: Path, seed: int) -> None:
    events = year_of(seed, 12)
    year = lived(folder, seed, 12)
    with closing(year.ledger):
        assert year.told() == Reference(events, county_manifest()).told()
        assert year.filed() == filings(events)


def test_the_reference_knows_nothing_of_how_the_product_schedules() -> None:
    source = Path(__file__).with_name("reference.py").read_text(encoding="utf-8")
    used = set(re.findall(r"^from (\S+) import", source, re.M))
    ours = {name for name in used if name.split(".")[0] in ("plugin", "jobs", "webhooks")}
    assert ours == {"plugin.clock", "plugin.manifest", "plugin.regulation.calendar"}


def test_one_seed_is_one_year() -> None:
    assert year_of(5, 20) == year_of(5, 20) != year_of(6, 20)
