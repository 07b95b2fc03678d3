"""What all 41 forms need on the platform, looked at as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.platforms.nocobase.desired import Desired, FormThings
from plugin.platforms.nocobase.names import DATABASE_NAME_MAX, SAVED_AT, SAVED_BY, WRITTEN_BACK
from tests.platforms.nocobase.conftest import every_value, wanted

FORMS = tuple(load_forms())


@pytest.fixture(params=FORMS)
def things(request: pytest.FixtureRequest) -> FormThings:
    return wanted().forms[request.param]


def all_fields(things: FormThings) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in things.collections[-1].fields}


def test_every_name_is_one_of_a_kind_and_fits_the_database(want: Desired) -> None:
    collections = [each for things in want.forms.values() for each in things.collections]
    tables = [
        *(each.name for each in collections),
        *(field["through"] for each in collections for field in each.fields if "through" in field),
    ]
    assert len(set(tables)) == len(tables)
    assert max(map(len, tables)) <= DATABASE_NAME_MAX
    models = [uid for things in want.forms.values() for uid in every_value(things.page.models, "uid")]
    assert len(set(models)) == len(models)
    keys = [each.key for things in want.forms.values() for each in things.workflows]
    assert len(set(keys)) == len(keys) == 5 * len(FORMS)


def test_yes_or_no_is_an_explicit_choice_without_a_default(things: FormThings) -> None:
    fields = all_fields(things)
    for field in things.form.fields:
        if field.type == "bool":
            made = fields[field.name]
            assert (made["interface"], made["type"]) == ("radioGroup", "string")
            assert [each["value"] for each in made["uiSchema"]["enum"]] == ["是", "否"]
            assert "defaultValue" not in made
    assert things.form.field("classified").type == "bool"


def test_each_kind_of_answer_keeps_its_exactness(things: FormThings) -> None:
    for collection in things.collections:
        for made in collection.fields:
            if made["interface"] == "number":
                assert made["type"] == "decimal"
                assert made["scale"] == made["validation"]["rules"][0]["args"]["limit"]
            if made["type"] == "dateOnly":
                assert made["interface"] == "date"  # with another one a page shows a plain text box
            if made["type"] == "hasMany":
                assert made["target"] in {each.name for each in things.collections}
                assert made["sortBy"] == ["id"]


def test_money_has_two_places(things: FormThings) -> None:
    fields = all_fields(things)
    for field in things.form.fields:
        if field.type == "money":
            assert (fields[field.name]["precision"], fields[field.name]["scale"]) == (18, 2)


def test_no_check_of_the_platforms_own_comes_before_ours(things: FormThings) -> None:
    made = [*(each.as_json() for each in things.collections), *things.page.models]
    assert not list(every_value(made, "required"))
    rules = [rule["name"] for rules in every_value(made, "rules") for rule in rules]
    assert set(rules) <= {"precision"}


def test_the_collection_has_every_question_and_what_we_write_back(things: FormThings) -> None:
    names = set(all_fields(things))
    assert {each.name for each in things.form.fields} <= names
    assert {*WRITTEN_BACK, SAVED_AT, SAVED_BY, "id", "createdAt", "updatedBy"} <= names


def form_items(things: FormThings, which: str) -> list[dict[str, Any]]:
    grid = next(
        each
        for models in every_value(things.page.models, "grid")
        if isinstance(models, dict) and models.get("uid") == f"{things.page.name}-{which}-fields"
        for each in [models]
    )
    return list(grid["subModels"]["items"])


def test_the_page_asks_every_question_in_order_classified_first(things: FormThings) -> None:
    asked = [each["stepParams"]["fieldSettings"]["init"]["fieldPath"] for each in form_items(things, "fill")]
    assert asked == [each.name for each in things.form.fields if each.by == "filler"]
    assert asked[0] == "classified"


def test_every_field_has_a_place_in_the_rows(things: FormThings) -> None:
    for grid in every_value(things.page.models, "grid"):
        if isinstance(grid, dict) and "rows" in grid:
            placed = [uid for row in grid["rows"].values() for cell in row for uid in cell]
            assert len(set(placed)) == len(placed)
            assert list(grid["rows"]) == grid["rowOrder"]
            assert all(sum(sizes) == 24 for sizes in grid["sizes"].values())
    assert {each["uid"] for each in form_items(things, "fill")} <= set(_placed(things))


def test_a_table_has_a_line_to_itself(things: FormThings) -> None:
    tables = {f"{things.page.name}-fill-{each.name}" for each in things.form.fields if each.type == "table"}
    for grid in every_value(things.page.models, "grid"):
        for row in grid.get("rows", {}).values():
            assert len(row) == 1 or not tables & {uid for cell in row for uid in cell}


def _placed(things: FormThings) -> list[str]:
    grids = [each for each in every_value(things.page.models, "grid") if isinstance(each, dict)]
    return [
        uid
        for grid in grids
        if "rows" in grid
        for row in grid["rows"].values()
        for cell in row
        for uid in cell
    ]


def test_nothing_can_be_filled_in_before_the_paper_is_declared_unclassified(things: FormThings) -> None:
    rules = [rule for value in every_value(things.page.models, "linkageRules") for rule in value["value"]]
    assert len(rules) == 2  # to fill in, and to change
    for rule, which in zip(rules, ("fill", "edit"), strict=True):
        hidden = rule["actions"][0]["params"]["value"]
        others = [
            each["uid"]
            for each in form_items(things, which)
            if not each["uid"].endswith(("-classified", "-zx_status", "-zx_message", "-zx_judged_at"))
        ]
        assert hidden == {"fields": others, "state": "hidden"}
        assert rule["condition"]["items"][0]["operator"] == "$ne"
        assert rule["condition"]["items"][0]["value"] == "否"


def test_a_star_marks_what_must_be_answered(things: FormThings) -> None:
    for item in form_items(things, "fill"):
        field = things.form.field(item["stepParams"]["fieldSettings"]["init"]["fieldPath"])
        assert item["props"]["label"].startswith("* ") == field.starred


def test_the_verdict_is_shown_and_cannot_be_written(things: FormThings) -> None:
    shown = form_items(things, "edit")[:3]
    assert all(each["props"]["pattern"] == "readPretty" for each in shown)


def test_all_of_it_is_json(want: Desired) -> None:
    for things in want.forms.values():
        made = [each.as_json() for each in things.collections]
        json.dumps([made, [w.as_json() for w in things.workflows], [w.steps() for w in things.workflows]])


def test_a_page_changes_its_mark_only_with_its_form() -> None:
    again = wanted(away_message="别的话")
    assert {name: each.page.digest for name, each in again.forms.items()} == {
        name: each.page.digest for name, each in wanted().forms.items()
    }


def test_the_runtime_may_write_its_verdict_and_nothing_else(want: Desired) -> None:
    runtime = next(each for each in want.roles if each.name == "zhengxiang")
    for collection, grants in runtime.grants.items():
        may = {each.action: set(each.fields) for each in grants}
        if collection == want.messages.name:
            assert set(may) == {"create", "view"}
        else:
            assert set(may) <= {"view", "update"}
            assert may.get("update", set()) <= {*WRITTEN_BACK, "project_code"}


def test_nobody_else_can_write_the_verdict(want: Desired) -> None:
    for role in want.roles:
        if role.name != "zhengxiang":
            for collection, grants in role.grants.items():
                for each in grants:
                    if each.action in ("create", "update"):
                        assert not {*WRITTEN_BACK, SAVED_AT, SAVED_BY} & set(each.fields), (
                            role.name,
                            collection,
                        )


def test_a_units_people_work_on_their_own_records_only(want: Desired) -> None:
    unit = next(each for each in want.roles if each.name == "zhengxiang_unit")
    own = {things.collections[-1].name: things.form for things in want.forms.values()}
    for collection, grants in unit.grants.items():
        if collection in own:
            assert own[collection].filled_by == "unit"
            assert {each.action for each in grants if not each.own} == {"create"}
