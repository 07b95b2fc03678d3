"""What a verdict costs beside loading the same payload with stock marshmallow fields. Medians of paired rounds.

    .venv/bin/python bench/verdict.py

A full feasibility study with 50 catalogue rows is judged by every rule. `stock` is a schema of marshmallow's own fields
generated from the same definition: what reading alone would cost without our tolerant readers and Chinese errors.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from forms import schema
from forms.definition import load_forms
from forms.fields import Field
from plugin import papers
from plugin.demo import demo_manifest
from plugin.demo_round import steps
from plugin.regulation.judgement import ALL_RULES, judge, take
from plugin.regulation.project import Project

ROUNDS = 41
DAY = date(2025, 3, 10)
STOCK: dict[str, Callable[[], fields.Field[Any]]] = {
    "money": lambda: fields.Decimal(places=2, allow_none=True),
    "decimal": lambda: fields.Decimal(allow_none=True),
    "int": lambda: fields.Integer(strict=True, allow_none=True),
    "date": lambda: fields.Date(allow_none=True),
    "bool": lambda: fields.Boolean(allow_none=True),
    "multi": lambda: fields.List(fields.String(), allow_none=True),
    "file": lambda: fields.Raw(allow_none=True),
}


def stock(asked: tuple[Field, ...]) -> Schema:
    """Marshmallow's own fields for the same questions."""
    made: dict[str, fields.Field[Any]] = {}
    for each in asked:
        if each.by == "computed":
            continue
        if each.type == "table":
            made[each.name] = fields.Nested(stock(each.columns), many=True, allow_none=True)
        else:
            made[each.name] = STOCK.get(each.type, lambda: fields.String(allow_none=True))()
    return Schema.from_dict(made)(unknown=EXCLUDE)


def payload() -> dict[str, Any]:
    """A filled-in study as the ledger keeps it, with 50 catalogue rows."""
    form = load_forms()["feasibility_study"]
    study = next(step for step in steps(DAY) if step.name == "corrected")
    values = schema.dump(schema.load(form, study.fields).values)
    row = values["data_catalogue"][0]
    return {**values, "data_catalogue": [{**row, "resource_name": f"监测数据{n}"} for n in range(50)]}


def timed(work: Callable[[], Any], times: int = 5) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times * 1e6


def main() -> None:
    form, book, given = load_forms()["feasibility_study"], demo_manifest({}).book, payload()
    at = datetime(2025, 3, 10, 4, tzinfo=UTC)
    reference = stock(form.fields)
    assert not reference.validate(given), reference.validate(given)

    def whole() -> Any:
        draft = papers.read(form, given, book.pack, record="r", saved_at=at)
        project = take(Project(), form.name, draft.paper.on, draft.paper.facts)
        return judge(form.name, project, book.on(draft.paper.on), shape=draft.paper.shape_findings)

    draft = papers.read(form, given, book.pack, record="r", saved_at=at)
    project = take(Project(), form.name, draft.paper.on, draft.paper.facts)
    law = book.on(draft.paper.on)
    assert whole().decision in ("allow", "route", "warn"), whole().findings

    rounds = [
        (
            timed(lambda: reference.load(given)),
            timed(lambda: schema.load(form, given)),
            timed(lambda: judge(form.name, project, law)),
            timed(whole),
        )
        for _ in range(ROUNDS)
    ]
    names = ("stock marshmallow load", "our load", "every rule", "load and verdict")
    for name, values in zip(names, zip(*rounds, strict=True), strict=True):
        ratio = median(value / round_[0] for value, round_ in zip(values, rounds, strict=True))
        print(f"{name:<24}{median(values):>9.0f} µs   {ratio:>5.2f} × stock")
    print(
        f"{len(ALL_RULES)} rules, {len(json.dumps(given, ensure_ascii=False).encode())} bytes, Python {sys.version.split()[0]}"
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
