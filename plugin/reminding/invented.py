"""Invented projects at every point of their lives, one seed one set: for a look at a manifest before there is a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from plugin.manifest import Manifest
from plugin.regulation.judgement import obligations_of
from plugin.regulation.project import Project
from plugin.reminding.simulating import Known
from plugin.reminding.watching import watched

UNITS, PEOPLE = 25, 40


def invented(count: int, seed: int, manifest: Manifest, today: date) -> Iterator[Known]:
    """What so many projects owe on that day."""
    rng = Random(seed)  # noqa: S311 - invented data, no secret
    for number in range(1, count + 1):
        code = f"{manifest.code_prefix}-{today.year}-{number:04d}"
        project = _project(rng, today)
        to = {"platform": manifest.platform.name, "to": f"u{rng.randrange(PEOPLE) + 1}"}
        duties = obligations_of(project, manifest.book, today=today)
        for duty in watched(code, duties, project, to, manifest):
            yield Known(duty, f"演示项目{number}", f"演示单位{rng.randrange(UNITS) + 1}")


def _project(rng: Random, today: date) -> Project:
    """A life that began up to three years ago, as far as it has come by today."""
    started = today - timedelta(rng.randrange(1100))
    project = Project(
        kind="new", construction_started_on=started, contract_ends_on=_after(rng, started, 200, 500)
    )
    for year in range(started.year, today.year):
        if rng.random() < 0.9:
            row = {"year": year, "reported_on": date(year, 12, 20)}
            project = replace(project, performance_reports=(*project.performance_reports, row))
    day = started
    for name, shortest, longest in (
        ("completed_on", 90, 420), ("preliminary_acceptance_held_on", 20, 120), ("trial_started_on", 1, 10),
        ("trial_ended_on", 31, 60), ("acceptance_applied_on", 3, 40), ("accepted_on", 15, 60),
        ("in_operation_on", 1, 20), ("acceptance_filed_on", 5, 40), ("self_evaluated_on", 370, 720),
    ):  # fmt: skip
        day = _after(rng, day, shortest, longest)
        if day > today:
            break
        stated: dict[str, Any] = {name: day, "preliminary_acceptance_conclusion": "passed"}
        project = replace(project, **stated)
    return project


def _after(rng: Random, day: date, shortest: int, longest: int) -> date:
    return day + timedelta(rng.randint(shortest, longest))
