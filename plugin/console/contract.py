"""docs/openapi.yaml as a page's data: every path with what it takes and gives. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plugin.strict_yaml import read_yaml

DEEPEST = 4


def described(text: str) -> dict[str, Any]:
    """Title, description and the operations of the document."""
    document = read_yaml(text)
    return {"info": document["info"], "operations": list(_operations(document))}


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "signed": operation.get("security", document.get("security")) != [],
                "parameters": [_resolved(document, each) for each in operation.get("parameters", ())],
                "body": _fields_of(document, operation.get("requestBody", {})),
                "answers": [
                    (status, answer.get("description", ""), _fields_of(document, answer))
                    for status, given in operation.get("responses", {}).items()
                    for answer in (_resolved(document, given),)
                ],
            }


def _fields_of(document: Mapping[str, Any], part: Mapping[str, Any]) -> list[dict[str, Any]]:
    schemas = (media.get("schema") for media in part.get("content", {}).values())
    return [field for schema in schemas if schema for field in _fields(document, schema, "", 0)]


def _fields(document: Mapping[str, Any], schema: Any, path: str, depth: int) -> Iterator[dict[str, Any]]:
    """One line a property, those inside it behind it."""
    found = _resolved(document, schema)
    for name, inner in found.get("properties", {}).items():
        shape, where = _resolved(document, inner), f"{path}.{name}" if path else name
        yield {
            "name": where,
            "type": _type(shape),
            "required": name in found.get("required", ()),
            "description": shape.get("description", ""),
        }
        if depth < DEEPEST:
            yield from _fields(document, shape, where, depth + 1)
            if "items" in shape:
                yield from _fields(document, shape["items"], f"{where}[]", depth + 1)


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)


def _resolved(document: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """What a $ref inside the document stands for."""
    if not isinstance(part, Mapping):
        return {}
    if "$ref" not in part:
        return part
    found: Any = document
    for name in str(part["$ref"]).removeprefix("#/").split("/"):
        found = found[name]
    return _resolved(document, found)
