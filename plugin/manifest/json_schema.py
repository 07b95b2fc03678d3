"""The shape of manifest.yaml as JSON Schema (2020-12), for editors: generated from the same fields that check it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from plugin.manifest.enforcing import Enforce, EnforceGroup
from plugin.manifest.fields import Value
from plugin.manifest.groups import Table
from plugin.manifest.shape import ManifestSchema


def manifest_json_schema() -> dict[str, Any]:
    """docs/manifest.schema.json as a value."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "政项参数文件"}
    return head | _group(ManifestSchema())


def _group(schema: Schema) -> dict[str, Any]:
    named = {each.data_key or name: each for name, each in schema.fields.items()}
    required = [name for name, each in named.items() if each.required]
    return {
        "type": "object",
        "properties": {name: _described(each) for name, each in named.items()},
        "additionalProperties": False,
    } | ({"required": required} if required else {})


def _described(field: fields.Field[Any]) -> dict[str, Any]:
    found = _kind(field)
    if field.allow_none:
        found = {"anyOf": [found, {"type": "null"}]}
    meaning = field.metadata.get("zh")
    return {"description": meaning, **found} if meaning else found


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return _group(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _described(field.inner)}
    if isinstance(field, Table):
        names = {"propertyNames": {"pattern": f"^{field.names}$"}}
        return {"type": "object", **names, "additionalProperties": _described(field.inner)}
    if isinstance(field, Enforce):
        return {"anyOf": [field.words.json(), _group(EnforceGroup())]}
    if isinstance(field, Value):
        return field.json()
    raise TypeError(f"no JSON Schema for {type(field).__name__}")
