"""How fields and blocks are laid out on a page: in rows of 24 units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.fields import Field

Json = dict[str, Any]
WIDE = frozenset({"longtext", "multi", "file", "table"})


def in_rows(fields: Iterable[Field]) -> list[list[str]]:
    """Two short fields share a line."""
    found: list[list[str]] = []
    joins = False
    for each in fields:
        alone = each.type in WIDE or each.name == "classified"
        if joins and not alone:
            found[-1].append(each.name)
            joins = False
        else:
            found.append([each.name])
            joins = not alone
    return found


def laid_out(placed: Mapping[str, list[list[str]]]) -> Json:
    sizes = {name: [24 // len(cells)] * len(cells) for name, cells in placed.items()}
    return {"rows": dict(placed), "sizes": sizes, "rowOrder": list(placed)}


def grid(uid: str, block: Json) -> Json:
    placed = laid_out({"row1": [[block["uid"]]]})
    return {
        "uid": uid,
        "subKey": "grid",
        "subType": "object",
        "use": "BlockGridModel",
        "props": placed,
        "stepParams": {"gridSettings": {"grid": placed}},
        "subModels": {"items": [block]},
    }
