"""Who may do what: the role of our own runtime, and those of the people who fill in the forms.

The runtime reads the forms and writes its verdict, nothing else. Neither role of the people can write what we write back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.fields import FormDefinition
from plugin.platforms.nocobase.collections import Collection
from plugin.platforms.nocobase.names import WRITTEN_BACK, Names

RUNTIME, UNIT, BUREAU = "zhengxiang", "zhengxiang_unit", "zhengxiang_bureau"
TITLES = {
    RUNTIME: "政项·运行（程序专用，不要授予个人）",
    UNIT: "政项·项目建设单位填报人",
    BUREAU: "政项·数据资源局",
}
KEPT = ("id", "createdAt", "updatedAt", "createdById", "updatedById", "createdBy", "updatedBy")
NO_SETTINGS = ("!ui.*", "!pm", "!pm.*")


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one collection; `own`: on records that the person made."""

    action: str
    fields: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    """A role and what it may do, by collection. Nothing that is not named."""

    name: str
    title: str
    grants: Mapping[str, tuple[Grant, ...]]
    menus: tuple[str, ...] = ()  # filled_by of the forms whose pages it sees

    def as_json(self) -> dict[str, Any]:
        """The body of roles:create."""
        return {
            "name": self.name,
            "title": self.title,
            "snippets": list(NO_SETTINGS),
            "strategy": {"actions": []},
            "allowNewMenu": False,
            "hidden": False,
        }


def roles(
    forms: Iterable[FormDefinition], collections: Mapping[str, tuple[Collection, ...]], names: Names
) -> tuple[Role, ...]:
    """`collections` by form, the form's own the last."""
    runtime: dict[str, tuple[Grant, ...]] = {
        names.messages: (Grant("create", MESSAGE_FIELDS), Grant("view", (*MESSAGE_FIELDS, *KEPT)))
    }
    unit: dict[str, tuple[Grant, ...]] = {}
    bureau: dict[str, tuple[Grant, ...]] = {}
    for form in forms:
        *rows, own = collections[form.name]
        runtime[own.name] = _runtime(form, own)
        bureau[own.name] = _people(form, own, own_only=False, may_create=form.filled_by == "bureau")
        if form.filled_by == "unit":
            unit[own.name] = _people(form, own, own_only=True, may_create=True)
        for each in rows:
            runtime[each.name] = (Grant("view", _names(each)),)
            written = tuple(Grant(action, _names(each)) for action in ("create", "view", "update", "destroy"))
            bureau[each.name] = written
            if form.filled_by == "unit":
                unit[each.name] = written
    return (
        Role(RUNTIME, TITLES[RUNTIME], runtime),
        Role(UNIT, TITLES[UNIT], unit, ("unit",)),
        Role(BUREAU, TITLES[BUREAU], bureau, ("unit", "bureau")),
    )


MESSAGE_FIELDS = ("key", "to_user", "title", "text", "form", "record", "link")


def _runtime(form: FormDefinition, collection: Collection) -> tuple[Grant, ...]:
    written = (*WRITTEN_BACK, *(("project_code",) if form.has("project_code") else ()))
    return (Grant("view", _names(collection)), Grant("update", written))


def _people(
    form: FormDefinition, collection: Collection, *, own_only: bool, may_create: bool
) -> tuple[Grant, ...]:
    """The bureau also fills in what is the bureau's; a unit's people their own questions in their own records."""
    mine = ("filler",) if own_only else ("filler", "bureau")
    asked = tuple(each.name for each in form.fields if each.by in mine)
    create = (Grant("create", asked),) if may_create else ()
    return (*create, Grant("view", _names(collection), own=own_only), Grant("update", asked, own=own_only))


def _names(collection: Collection) -> tuple[str, ...]:
    found = tuple(each["name"] for each in collection.fields)
    more = ("createdById", "updatedById") if "createdBy" in found else ()
    return (*found, *more)


__all__ = ["BUREAU", "RUNTIME", "UNIT", "Grant", "Role", "roles"]
