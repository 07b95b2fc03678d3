"""The JSON Schema for editors is generated from the fields that check, and accepts what they accept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugin.manifest import manifest_json_schema
from plugin.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
GOOD = ("manifest.yaml", "plugin/demo_manifest.yaml", *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "examples").glob("*/manifest.yaml")
))  # fmt: skip


def as_editors_see_it(value: Any) -> Any:
    """Days as text, decimals as numbers."""
    if isinstance(value, dict):
        return {name: as_editors_see_it(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(each) for each in value]
    return (
        float(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else value
    )


def content(path: str) -> Any:
    return as_editors_see_it(read_yaml((ROOT / path).read_text(encoding="utf-8")))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


def test_the_file_in_docs_is_the_generated_one() -> None:
    written = json.loads((ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))
    assert written == manifest_json_schema()


def test_it_is_a_schema_that_lets_no_unknown_name_through() -> None:
    schema = manifest_json_schema()
    Draft202012Validator.check_schema(schema)
    named = [each for each in objects(schema) if "properties" in each]
    assert len(named) > 10 and all(each["additionalProperties"] is False for each in named)


@pytest.mark.parametrize("path", GOOD)
def test_it_accepts_what_the_loader_accepts(path: str) -> None:
    Draft202012Validator(manifest_json_schema()).validate(content(path))


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("policy", "contract_filing_days", "七"),
        ("policy", "enforce", "blok"),
        ("policy", "unknown", 1),
        ("identity", "code_prefix", "sx"),
        ("readings", "holiday_roll", "never"),
        ("readings", "adjustment_inclusive", "no"),
        ("platform", "secret_env", "whsec_abc"),
        ("limits_technical", "body_bytes", 0),
    ],
)
def test_it_refuses_what_the_loader_refuses(section: str, name: str, value: Any) -> None:
    starter = content("manifest.yaml")
    starter[section][name] = value
    assert [*Draft202012Validator(manifest_json_schema()).iter_errors(starter)]
