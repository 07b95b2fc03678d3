"""Forms as a whole: every definition, every error at once, what is stored reads back as the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import jsonschema
import pytest

from forms import schema
from forms.definition import FORM_ORDER, load_forms
from forms.fields import Field, FormError
from forms.questions import option
from forms.reading import Reader
from forms.render import field_list, json_schema
from plugin.demo_round import steps

FORMS = load_forms()
ROUND = {step.name: step for step in steps(date(2025, 3, 10))}


def study(**changes: Any) -> dict[str, Any]:
    return {**ROUND["corrected"].fields, **changes}


def errors_of(form: str, fields: Mapping[str, Any]) -> dict[tuple[str, int | None, str | None], str]:
    return {
        (each.field, each.row, each.column): each.code for each in schema.load(FORMS[form], fields).errors
    }


def test_every_form_of_the_regulation_is_defined_in_its_order() -> None:
    assert tuple(FORMS) == FORM_ORDER
    codes = [form.code for form in FORMS.values()]
    assert codes == [f"F{n:02}" for n in range(1, 26)] + [f"G{n:02}" for n in range(1, 13)] + [
        f"E{n:02}" for n in range(1, 6)
    ]


@pytest.mark.parametrize("name", FORM_ORDER)
def test_a_form_asks_first_whether_it_is_classified_and_labels_every_field(name: str) -> None:
    form = FORMS[name]
    assert form.fields[0].name == "classified"
    assert form.fields[0].required
    for field in form.fields:
        for each in (field, *field.columns):
            assert each.label and not each.label.isascii(), (name, each.name)
            assert not each.options or all(label.strip() for label in each.options.values())
    assert form.intro.endswith("。") and form.title


@pytest.mark.parametrize("name", FORM_ORDER)
def test_a_form_can_be_printed_and_described(name: str) -> None:
    printed = field_list(FORMS[name])
    assert all(f"| {field.name} |" in printed for field in FORMS[name].fields)
    jsonschema.Draft202012Validator.check_schema(json_schema(FORMS[name]))


@pytest.mark.parametrize("name", FORM_ORDER)
def test_an_empty_form_reports_every_required_field_and_nothing_else(name: str) -> None:
    found = {field: code for (field, _row, _column), code in errors_of(name, {}).items()}
    required = {each.name for each in FORMS[name].fields if each.required}
    asked_when_empty = {
        each.name for each in FORMS[name].fields if any(when.filled is False for when in each.required_when)
    }
    assert required <= set(found) <= required | asked_when_empty
    assert set(found.values()) <= {"REQUIRED"}


@pytest.mark.parametrize("step", [each for each in ROUND.values() if each.saved], ids=lambda step: step.name)
def test_what_is_stored_reads_back_as_the_same(step: Any) -> None:
    loaded = schema.load(FORMS[step.form], step.fields)
    assert loaded.errors == () and loaded.unknown == ()
    stored = schema.dump(loaded.values)
    assert schema.load(FORMS[step.form], stored).values == loaded.values
    jsonschema.validate(stored, json_schema(FORMS[step.form]))


def test_every_mistake_is_reported_at_once_and_the_good_values_are_kept() -> None:
    fields = study(
        total_investment_yuan="约280万",
        kind="新建项目",
        on_provincial_platform="对",
        document="",
        schedule=[{"phase": "建设", "starts_on": "2026-13-40", "ends_on": "2026-12-01"}],
        phone="call me",
    )
    assert errors_of("feasibility_study", fields) == {
        ("total_investment_yuan", None, None): "NOT-MONEY",
        ("kind", None, None): "NOT-AN-OPTION",
        ("on_provincial_platform", None, None): "NOT-YES-NO",
        ("document", None, None): "REQUIRED",
        ("schedule", 0, "starts_on"): "NOT-A-DATE",
        ("phone", None, None): "BAD-FORMAT",
    }
    assert schema.load(FORMS["feasibility_study"], fields).values["project_name"] == "农情一张图"


def test_an_error_says_label_value_and_what_would_be_right() -> None:
    [error] = schema.load(FORMS["feasibility_study"], study(total_investment_yuan="约280万")).errors
    assert error.message == "“项目总投资”填写的“约280万”不是确定的金额。"
    assert error.remedy == "请填写数字，例如 3000000 或 300万元。"
    assert error.article == "30"


def test_a_cell_is_named_by_table_row_and_column() -> None:
    items = [{"item": "软件开发", "amount_yuan": "100万元"}, {"item": "软件开发", "amount_yuan": "若干"}]
    [error] = schema.load(FORMS["feasibility_study"], study(cost_items=items)).errors
    assert (error.field, error.row, error.column) == ("cost_items", 1, "amount_yuan")
    assert error.message.startswith("“投资构成”第2行：“金额”填写的“若干”")


def test_a_condition_is_said_in_the_labels_of_the_form() -> None:
    [error] = schema.load(FORMS["demand_collection"], {**ROUND["demand"].fields, "kind": "升级"}).errors
    assert error.field == "prior_phase"
    assert "“项目类型”为“升级”或“运维”时必须填写" in error.message


def test_fields_we_do_not_know_are_listed_and_kept_out() -> None:
    loaded = schema.load(
        FORMS["demand_collection"], {**ROUND["demand"].fields, "备注": "x", "updatedAt": "y"}
    )
    assert set(loaded.unknown) == {"备注", "updatedAt"}
    assert loaded.errors == ()


def test_a_table_has_its_limit() -> None:
    rows = [dict(ROUND["corrected"].fields["data_catalogue"][0]) for _ in range(501)]
    assert schema.load(FORMS["feasibility_study"], study(data_catalogue=rows[:500])).errors == ()
    [error] = schema.load(FORMS["feasibility_study"], study(data_catalogue=rows)).errors
    assert error.code == "TOO-MANY-ROWS"


@pytest.mark.parametrize("rows", ["x", 3, {"a": 1}, [1, 2], [[]]])
def test_what_is_no_table_is_refused(rows: Any) -> None:
    assert errors_of("feasibility_study", study(cost_items=rows)) == {
        ("cost_items", None, None): "NOT-A-TABLE"
    }


def test_the_schema_of_a_form_is_built_once() -> None:
    assert schema.schema_for("feasibility_study") is schema.schema_for("feasibility_study")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("form: [", "is not YAML"),
        ("- a", "is not a mapping"),
        ("form: x\n", "title: is missing"),
    ],
)
def test_a_broken_definition_names_its_file(text: str, problem: str) -> None:
    with pytest.raises(FormError) as broken:
        Reader({"x": text}, ("x",)).forms()
    assert any(line.startswith("x.yaml") and problem in line for line in broken.value.problems), (
        broken.value.problems
    )


@pytest.mark.parametrize(
    ("form", "field"), [("acceptance_application", "materials"), ("platform_exception", "special_reason")]
)
def test_what_a_rule_asks_for_is_not_asked_for_twice(form: str, field: str) -> None:
    assert (field, None, None) not in errors_of(
        form, {}
    )  # 39(2) lets O&M provide what there is; 10 is one finding


@pytest.mark.parametrize("part", ["project_proposal", "feasibility_study", "preliminary_design"])
def test_the_merged_dossier_asks_for_all_that_its_parts_ask_for(part: str) -> None:
    needless = {
        "feasibility_reply",
        "preliminary_investment_yuan",
    }  # no reply in between; the estimate says more
    merged = {each.name for each in FORMS["merged_dossier"].fields} | needless
    assert {each.name for each in FORMS[part].fields if each.required and each.by == "filler"} <= merged


def enums() -> list[tuple[str, Field]]:
    """Every choice of every form, those in tables too."""
    asked = [
        (form.name, each)
        for form in FORMS.values()
        for field in form.fields
        for each in (field, *field.columns)
    ]
    return [(form, each) for form, each in asked if each.type == "enum"]


@pytest.mark.parametrize(("form", "asked"), enums(), ids=lambda value: getattr(value, "name", value))
def test_every_choice_is_read_as_it_is_written_on_the_form(form: str, asked: Field) -> None:
    for identifier, label in asked.options.items():
        assert option(asked, label) == option(asked, identifier) == identifier
