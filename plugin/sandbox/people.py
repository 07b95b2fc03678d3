"""Three invented officials: no log-in, a picker in the page's head says who is at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OFFICIALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "u1": MappingProxyType({"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}),
        "u2": MappingProxyType({"id": "u2", "name": "李四", "unit": "县水利局（演示）"}),
        "u3": MappingProxyType({"id": "u3", "name": "王五", "unit": "数据资源局（演示）"}),
    }
)
FIRST = "u1"
BUREAU = "u3"


def official(id: str | None) -> Mapping[str, str]:
    """The one of that id; the first where there is none."""
    return OFFICIALS.get(id or FIRST, OFFICIALS[FIRST])
