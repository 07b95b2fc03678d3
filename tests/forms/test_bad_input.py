"""Bad input: loading never raises, whatever arrives, and what it lets through can be stored, shown and judged."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import schema
from forms.definition import FORM_ORDER, Field, load_forms
from plugin import papers
from plugin.regulation.history import replay
from tests.regulation.base import book, pack

FORMS = load_forms()


def nested(depth: int, *, mapping: bool) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"name": value} if mapping else [value]
    return value


HOSTILE: list[Any] = [
    None, "", " \u3000", 0, -1, 1.5, float("nan"), float("inf"), True, [], {}, [[]], [None], [{}], {"name": "x"}, {1: 2},
    10**40, -(10**5000), "9" * 50_000, "\x00", "\ud800", "\u202e", "1E+99999999", "约3000万", "²", "٣", "½", "-",
    Decimal("NaN"), Decimal("sNaN"), Decimal("1E+99999999"), Decimal("1E-99999999"), date(2026, 1, 5),
    datetime(1, 1, 1, tzinfo=UTC), "2026-01-05T00:00:00+99:00", b"x", ("a",), {"name": "\ud800"}, [{"name": "\u202e"}],
    {"id": 10**5000}, {"name": "x", "\ud800": 1}, nested(5000, mapping=False), nested(5000, mapping=True), object(),
]  # fmt: skip


@pytest.mark.parametrize("name", FORM_ORDER)
def test_loading_never_raises_and_what_it_keeps_can_be_stored(name: str) -> None:
    form = FORMS[name]
    for field in form.fields:
        for value in HOSTILE:
            for data in ({field.name: value}, {field.name: [{each.name: value for each in field.columns}]}):
                loaded = schema.load(form, data)
                json.dumps(schema.dump(loaded.values), ensure_ascii=False, allow_nan=False).encode()
                for error in loaded.errors:
                    assert (error.message + error.remedy).encode()
                    assert error.message.endswith("。") and error.remedy
                form.facts_of(loaded.values)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_was_read_without_error_reads_back_as_the_same(data: st.DataObject) -> None:
    form = FORMS[data.draw(st.sampled_from(FORM_ORDER))]
    names = st.sampled_from([each.name for each in form.fields])
    loaded = schema.load(form, data.draw(st.dictionaries(names, ANYTHING, max_size=6)))
    wrong = {error.field for error in loaded.errors}
    values = {name: value for name, value in loaded.values.items() if name not in wrong}
    again = schema.load(form, json.loads(json.dumps(schema.dump(values), allow_nan=False))).values
    assert again == values


def test_a_table_with_a_row_that_is_not_whole_states_no_fact() -> None:
    form = FORMS["feasibility_study"]
    whole, broken = {"item": "软件开发", "amount_yuan": "1万元"}, {"item": "监理", "amount_yuan": "若干"}
    loaded = schema.load(form, {"cost_items": [whole, broken], "total_investment_yuan": "1万元"})
    assert [row["item"] for row in loaded.values["cost_items"]] == ["software", "supervision"]
    assert "cost_items" not in form.facts_of(loaded.values)
    assert form.facts_of(loaded.values)["total_investment_yuan"] == Decimal("10000.00")
    loaded = schema.load(form, {"cost_items": [whole]})
    assert form.facts_of(loaded.values)["cost_items"] == loaded.values["cost_items"]


def test_an_error_counts_rows_as_they_were_sent() -> None:
    rows = [{"item": "", "amount_yuan": None}, {"item": "监理", "amount_yuan": "若干"}]
    errors = schema.load(FORMS["feasibility_study"], {"cost_items": rows}).errors
    [error] = [each for each in errors if each.field == "cost_items"]
    assert (error.row, error.column) == (1, "amount_yuan")
    assert "第2行" in error.message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("方案.pdf", "方案.pdf"),
        ({"name": "方案.pdf", "size": 12, "meta": {"a": 1}}, {"name": "方案.pdf", "size": 12}),
        ([{"id": 7, "url": "/f/7"}, "附图.pdf", None], [{"id": 7, "url": "/f/7"}, "附图.pdf"]),
        ("/f/" + "a" * 1500, "/f/" + "a" * 1500),
    ],
)
def test_a_file_is_kept_as_the_platform_names_it(given: Any, kept: Any) -> None:
    loaded = schema.load(FORMS["feasibility_study"], {"document": given})
    assert loaded.values["document"] == kept


@pytest.mark.parametrize(
    "given", [True, 3, {"meta": {}}, [["x"]], {"name": "方\u202e案.pdf"}, ["a.pdf"] * 51, "名\n称.pdf"]
)
def test_what_is_no_file_is_refused(given: Any) -> None:
    loaded = schema.load(FORMS["feasibility_study"], {"document": given})
    assert "document" not in loaded.values
    assert any(error.field == "document" and error.code != "REQUIRED" for error in loaded.errors)


TABLES = [(name, field) for name in FORM_ORDER for field in FORMS[name].fields if field.type == "table"]


@pytest.mark.parametrize(("name", "table"), TABLES, ids=[f"{name}.{field.name}" for name, field in TABLES])
@pytest.mark.parametrize("kind", ["新建", "运维"])
def test_a_cell_that_cannot_be_read_is_a_finding_and_not_a_crash(name: str, table: Field, kind: str) -> None:
    unreadable = {each.name: "\x00" for each in table.columns}
    rows = [unreadable, *({**unreadable, each.name: "软件开发"} for each in table.columns)]
    fields = {"classified": "否", "is_gov_intranet": "否", "kind": kind, table.name: rows}
    draft = papers.read(FORMS[name], fields, pack(), record="r", saved_at=datetime(2025, 3, 10, tzinfo=UTC))
    [judged] = replay([draft.paper], book()).judged
    assert any(each.field == table.name and each.row == 0 for each in judged.verdict.findings)
    assert not judged.verdict.may_save
