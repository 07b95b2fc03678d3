"""What is said to be read is at least what is read, by every rule, route and duty."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from plugin.regulation.duties import MAKERS
from plugin.regulation.history import replay
from plugin.regulation.judgement import ALL_RULES
from plugin.regulation.law import LawBook
from plugin.regulation.limits import Limit, LimitMissing
from plugin.regulation.project import Project
from plugin.regulation.routing import ROUTES
from plugin.regulation.transitions import settled, take
from plugin.whatif.differences import CHOOSES_VALUES
from plugin.whatif.reads import words_of
from tests.regulation import base
from tests.regulation.test_history import LIFE

ODD: tuple[dict[str, Any], ...] = (
    {},
    {"construction_unit_type": "town"},
    {"kind": "operation_maintenance"},
    {"total_investment_yuan": Decimal(9_000_000), "in_annual_plan": False, "supplement_granted": True},
    {"total_investment_yuan": Decimal(5), "public_video_surveillance": True},
    {
        "co_built_levels": ("county",),
        "county_portion_yuan": Decimal(400_000),
        "unit_restrictions": ("sharing",),
    },
    {"procurement_review_result": None, "approved": None, "procurement_method": "direct"},
    {"new_total_yuan": Decimal(9_000_000), "acceptance_materials": (), "in_lifecycle_system": False},
)


@dataclass
class Watched:
    """Says what was asked of it."""

    of: Any
    asked: set[str]
    name: str | None = None

    def __getattr__(self, name: str) -> Any:
        self.asked.add(self.name or name)
        return getattr(self.of, name)


class Table(dict[str, Limit]):
    """Likewise, of limits."""

    def __init__(self, limits: Mapping[str, Limit], asked: set[str]) -> None:
        super().__init__(limits)
        self.asked = asked

    def __getitem__(self, name: str) -> Limit:
        self.asked.add(name)
        return super().__getitem__(name)


def watched(asked: set[str]) -> LawBook:
    book = base.book(
        policy={
            "contract_filing_days": 5,
            "extension_max_months": 1,
            "collection_opens": "10-01",
            "collection_closes": "10-31",
        },
        procurement_lapse_months=1,
        contract_lapse_months=1,
        extension_notice_working_days=30,
    )
    return LawBook(
        "watched",
        book.pack,
        Table(book.limits, asked),
        Watched(book.readings, asked),
        Watched(book.calendar, asked, "calendar"),
        Watched(book.policy, asked),
    )


@cache
def projects() -> tuple[Project, ...]:
    """At every step of a life, and oddly otherwise."""
    book = base.book()
    steps = [replay(LIFE[:count], book).project for count in range(0, len(LIFE) + 1, 3)]
    return tuple(replace(each, **odd) for each in steps for odd in ODD)


def asked_by(call: Callable[[Project, LawBook], Any], book: LawBook, asked: set[str]) -> set[str]:
    asked.clear()
    for project in projects():
        with suppress(LimitMissing):
            call(project, book)
    return asked - {CHOOSES_VALUES, "classified_guidance", "advise"}


def functions() -> Iterator[Any]:
    for rule in ALL_RULES:
        yield pytest.param(rule.check, sorted(rule.stages), "law", id=rule.code)
    for stage, make in ROUTES.items():
        yield pytest.param(make, [stage], "law", id=f"route of {stage}")
    for duties, _of_construction, make in MAKERS:
        yield pytest.param(make, [], "book", id=duties[0])


@pytest.mark.parametrize(("function", "stages", "takes"), list(functions()))
def test_whatever_is_asked_for_is_known_to_be_read(function: Any, stages: list[str], takes: str) -> None:
    asked: set[str] = set()
    book = watched(asked)
    day = date(2025, 3, 10)
    found: set[str] = set()
    for stage in stages or [""]:
        law = replace(book.on(day), stage=stage)

        def call(project: Project, book: LawBook, law: Any = law, stage: str = stage) -> None:
            made = function(
                take(project, stage, day, {}) if stage else project, law if takes == "law" else book
            )
            list(made) if isinstance(made, Iterator) else None

        found |= asked_by(call, book, asked)
    assert found <= words_of(function)


def test_something_is_asked_for_at_all() -> None:
    asked: set[str] = set()
    book = watched(asked)
    found: set[str] = set()
    for rule in ALL_RULES:
        for stage in rule.stages:
            law = replace(book.on(date(2025, 3, 10)), stage=stage)
            found |= asked_by(
                lambda project, _book, law=law, rule=rule: rule.check(project, law), book, asked
            )
    assert {
        "high_value_yuan",
        "town_unit_types",
        "calendar",
        "extension_max_months",
        "contract_lapse_months",
    } <= found


def test_what_follows_of_a_paper_is_known_to_read_the_numbers_of_adjustments() -> None:
    assert {"adjustment_percent", "high_value_yuan"} <= words_of(settled)
