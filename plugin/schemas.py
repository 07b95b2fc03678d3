"""Writes the schemas under docs/ that are generated from code: `make docs` in a checkout."""

from __future__ import annotations

import json
from pathlib import Path

from plugin.manifest.json_schema import manifest_json_schema
from plugin.regulation.facts import facts_schema

DOCS = Path(__file__).parent.parent / "docs"


def main() -> None:
    for name, schema in (("manifest", manifest_json_schema()), ("facts", facts_schema())):
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        (DOCS / f"{name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
