"""A form's page as a thing that stands on the platform: its menu entry, its tabs, and what it was drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
GROUPS = {"unit": "政项·项目建设单位填报", "bureau": "政项·数据资源局填报"}
TABS = {"fill": "填报", "records": "已填报"}


@dataclass(frozen=True, slots=True)
class Page:
    """A menu entry with two tabs, and the models that make up its content."""

    name: str
    form: str
    title: str
    filled_by: str
    models: tuple[Mapping[str, Any], ...]
    digest: str

    def tab(self, which: str) -> str:
        return f"{self.name}-{which}"

    def route(self, parent_id: Any) -> Json:
        """The body of desktopRoutes:create."""
        tabs = [
            {
                "type": "tabs",
                "title": title,
                "schemaUid": self.tab(which),
                "tabSchemaName": which,
                "sort": number,
            }
            for number, (which, title) in enumerate(TABS.items(), 1)
        ]
        return {
            "type": "flowPage",
            "title": self.title,
            "icon": "FileTextOutlined",
            "parentId": parent_id,
            "schemaUid": self.name,
            "enableTabs": True,
            "displayTitle": True,
            "options": self.mark(),
            "children": tabs,
        }

    def mark(self) -> Json:
        """What the menu entry remembers: whose page it is, and which definition it was drawn from."""
        return {"zhengxiang": {"form": self.form, "digest": self.digest}}
