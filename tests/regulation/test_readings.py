"""The register in docs/readings.zh.md holds every numbered reading, every switch, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from plugin.regulation.law import Policy
from plugin.regulation.readings import Readings
from tests.regulation import base

REGISTER = (Path(__file__).parents[2] / "docs" / "readings.zh.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (I-\d\d) \|", REGISTER, re.MULTILINE)
CORE = Path(base.load_pack.__code__.co_filename).parent / "regulation"


def test_every_number_has_its_row() -> None:
    assert sorted(ROWS) == [f"I-{number:02}" for number in range(1, 57)]


def test_every_switch_is_described() -> None:
    assert [name for name in Readings.__dataclass_fields__ if f"`{name}" not in REGISTER] == []


def test_every_switch_that_is_described_exists() -> None:
    named = set(re.findall(r"`(?:policy\.)?([a-z_]+)[:`]", REGISTER))
    known = (
        set(Readings.__dataclass_fields__)
        | set(Policy.__dataclass_fields__)
        | {"readings", "works", "recipients", "none"}
    )
    assert named - known == {"single_net"}  # a value of adjustment_basis


def test_every_reading_that_a_rule_cites_is_in_the_register() -> None:
    assert {each.reading for each in base.pack().rules.values() if each.reading} <= set(ROWS)


def test_every_switch_is_read_by_a_rule() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in CORE.glob("*.py"))
    unread = [name for name in Readings.__dataclass_fields__ if f"readings.{name}" not in code]
    assert unread == ["holiday_roll"]  # the calendar is made with it
