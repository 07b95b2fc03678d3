"""The page of a form: one tab to fill it in, one with what was filled in, its verdict on top when it is opened.

Written as the platform's own page models with names of ours. `flowSurfaces:applyBlueprint`, the short way, took 11 s for
a form of 40 fields and could not replace what it had made; saving the models takes a fraction of a second.
A page that stands is redrawn only when the form's definition changed: what an administrator arranged on it stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forms.fields import Field, FormDefinition
from plugin.platforms.nocobase.inputs import Place, item, sub_input
from plugin.platforms.nocobase.layout import grid as block_grid
from plugin.platforms.nocobase.layout import in_rows, laid_out
from plugin.platforms.nocobase.names import JUDGED_AT, MESSAGE, STATUS, Names
from plugin.platforms.nocobase.page import Page

Json = dict[str, Any]


def page_of(form: FormDefinition, names: Names) -> Page:
    """The whole page of a form."""
    name = names.page(form.name)
    draw = Drawing(form, names.collection(form.name), name)
    models = (draw.root(), draw.grid("fill", draw.create_form()), draw.grid("records", draw.table()))
    text = json.dumps(models, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Page(name, form.name, form.title, form.filled_by, models, digest)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws the models of one form's page; each has a name made of the page's."""

    form: FormDefinition
    collection: str
    page: str

    def root(self) -> Json:
        settings = {
            "title": self.form.title,
            "documentTitle": self.form.title,
            "displayTitle": True,
            "enableTabs": True,
        }
        return {
            "uid": f"{self.page}-root",
            "parentId": self.page,
            "subKey": "page",
            "subType": "object",
            "use": "RootPageModel",
            "props": {name: settings[name] for name in ("title", "displayTitle", "enableTabs")},
            "stepParams": {"pageSettings": {"general": settings}},
        }

    def grid(self, tab: str, block: Json) -> Json:
        """A tab with one block in it."""
        return {**block_grid(f"{self.page}-{tab}-grid", block), "parentId": f"{self.page}-{tab}"}

    def create_form(self) -> Json:
        asked = [each for each in self.form.fields if each.by == "filler"]
        place = Place(self.collection, f"{self.page}-fill")
        items = [item(each, place) for each in asked]
        return {
            "uid": f"{self.page}-fill-form",
            "use": "CreateFormModel",
            "stepParams": {
                **self._of_collection(),
                "cardSettings": {"titleDescription": {"description": f"{self.form.intro}带 * 的必须填写。"}},
                "formModelSettings": {"layout": {"layout": "vertical"}},
            },
            "subModels": {
                "actions": [self._submit("fill")],
                "grid": self._fields("fill", items, in_rows(asked), asked),
            },
        }

    def _edit_form(self) -> Json:
        shown = [each for each in self.form.fields if each.by != "computed"]
        place = Place(self.collection, f"{self.page}-edit")
        verdict = [sub_input(name, place) for name in (STATUS, JUDGED_AT, MESSAGE)]
        rows = [[STATUS, JUDGED_AT], [MESSAGE], *in_rows(shown)]
        items = [*verdict, *(item(each, place) for each in shown)]
        return {
            "uid": f"{self.page}-edit-form",
            "use": "EditFormModel",
            "stepParams": {
                "resourceSettings": {
                    "init": {**self._init(), "filterByTk": "{{ctx.view.inputArgs.filterByTk}}"}
                },
                "formModelSettings": {"layout": {"layout": "vertical"}},
            },
            "subModels": {
                "actions": [self._submit("edit")],
                "grid": self._fields("edit", items, rows, shown),
            },
        }

    def _fields(self, which: str, items: list[Json], rows: list[list[str]], asked: Iterable[Field]) -> Json:
        """The fields in rows; all wait until the first question, 是否涉密, is answered with 否."""
        others = [f"{self.page}-{which}-{each.name}" for each in asked if each.name != "classified"]
        hide = {
            "name": "linkageSetFieldProps",
            "key": "hide",
            "params": {"value": {"fields": others, "state": "hidden"}},
        }
        undeclared = {"path": "{{ ctx.formValues.classified }}", "operator": "$ne", "value": "否"}
        rule = {
            "key": "declared",
            "title": "先回答是否涉密",
            "enable": True,
            "condition": {"logic": "$and", "items": [undeclared]},
            "actions": [hide],
        }
        placed = {
            f"row{number}": [[f"{self.page}-{which}-{name}"] for name in row]
            for number, row in enumerate(rows, 1)
        }
        return {
            "uid": f"{self.page}-{which}-fields",
            "use": "FormGridModel",
            "stepParams": {
                "gridSettings": {"grid": laid_out(placed)},
                "eventSettings": {"linkageRules": {"value": [rule]}},
            },
            "subModels": {"items": items},
        }

    def table(self) -> Json:
        """What was filled in, the newest first."""
        first = "project_name" if self.form.has("project_name") else self.form.fields[1].name
        columns = [
            self._column(name, kind)
            for name, kind in (
                (first, "DisplayTextFieldModel"),
                (STATUS, "DisplayEnumFieldModel"),
                (MESSAGE, "DisplayTextFieldModel"),
                ("createdAt", "DisplayDateTimeFieldModel"),
            )
        ]
        actions = {
            "uid": f"{self.page}-actions",
            "use": "TableActionsColumnModel",
            "subModels": {"actions": [self._open()]},
        }
        refresh = {
            "uid": f"{self.page}-refresh",
            "use": "RefreshActionModel",
            "stepParams": {"buttonSettings": {"general": {"title": "刷新", "icon": "ReloadOutlined"}}},
        }
        newest = {"defaultSorting": {"sort": [{"field": "createdAt", "direction": "desc"}]}}
        return {
            "uid": f"{self.page}-table",
            "use": "TableBlockModel",
            "stepParams": {**self._of_collection(), "tableSettings": newest},
            "subModels": {"columns": [*columns, actions], "actions": [refresh]},
        }

    def _open(self) -> Json:
        """The button that opens a record: its verdict, its fields, ready to be changed."""
        title = "查看、修改"
        tab = {
            "uid": f"{self.page}-open-tab",
            "use": "ChildPageTabModel",
            "stepParams": {"pageTabSettings": {"tab": {"title": title}}},
            "subModels": {"grid": block_grid(f"{self.page}-open-grid", self._edit_form())},
        }
        inside = {
            "uid": f"{self.page}-open-page",
            "use": "ChildPageModel",
            "stepParams": {"pageSettings": {"general": {"displayTitle": False, "enableTabs": False}}},
            "subModels": {"tabs": [tab]},
        }
        view = {
            "mode": "drawer",
            "size": "large",
            "pageModelClass": "ChildPageModel",
            "title": self.form.title,
        }
        return {
            "uid": f"{self.page}-open",
            "use": "EditActionModel",
            "props": {"title": title, "type": "link"},
            "stepParams": {
                "buttonSettings": {"general": {"title": title, "type": "link"}},
                "popupSettings": {"openView": {**view, **self._init()}},
            },
            "subModels": {"page": inside},
        }

    def _column(self, name: str, kind: str) -> Json:
        init = {"fieldSettings": {"init": {**self._init(), "fieldPath": name}}}
        shown = {"uid": f"{self.page}-column-{name}-field", "use": kind, "stepParams": init}
        return {
            "uid": f"{self.page}-column-{name}",
            "use": "TableColumnModel",
            "stepParams": init,
            "subModels": {"field": shown},
        }

    def _submit(self, which: str) -> Json:
        return {
            "uid": f"{self.page}-{which}-submit",
            "use": "FormSubmitActionModel",
            "props": {"title": "提交", "type": "primary", "htmlType": "submit"},
            "stepParams": {"buttonSettings": {"general": {"title": "提交", "type": "primary"}}},
        }

    def _init(self) -> Json:
        return {"dataSourceKey": "main", "collectionName": self.collection}

    def _of_collection(self) -> Json:
        return {"resourceSettings": {"init": self._init()}}
