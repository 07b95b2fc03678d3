"""Taking one form off the platform: a plan of its own, never part of a push."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plugin.platforms.nocobase.actual import Actual
from plugin.platforms.nocobase.desired import Desired
from plugin.platforms.nocobase.page import Page
from plugin.platforms.nocobase.plan import Change, Kind
from plugin.platforms.nocobase.steps import Hands


class RecordsStand(ValueError):
    """The form still has records, and nobody said that they may go."""


@dataclass(frozen=True, slots=True)
class DropWorkflows:
    """All versions, so that nothing is asked or told any more."""

    keys: tuple[str, ...]

    def run(self, hands: Hands) -> None:
        hands.client.post("workflows:destroy", filter={"key": {"$in": list(self.keys)}})


@dataclass(frozen=True, slots=True)
class DropPage:
    page: Page

    def run(self, hands: Hands) -> None:
        for model in self.page.models:
            hands.client.post("flowModels:destroy", filterByTk=model["uid"])
        hands.client.post("desktopRoutes:destroy", filterByTk=hands.routes[self.page.name])


@dataclass(frozen=True, slots=True)
class DropGrants:
    collections: tuple[str, ...]

    def run(self, hands: Hands) -> None:
        ours = {"dataSourceKey": "main", "name": {"$in": list(self.collections)}}
        hands.client.post("dataSourcesRolesResources:destroy", filter=ours)


@dataclass(frozen=True, slots=True)
class DropCollection:
    name: str

    def run(self, hands: Hands) -> None:
        hands.client.post("collections:destroy", filterByTk=self.name, cascade=True)


def removal(
    want: Desired, have: Actual, form: str, records: int, *, with_records: bool
) -> tuple[Change, ...]:
    """Everything of the form that stands, in the order in which it can go. Raises RecordsStand."""
    if records and not with_records:
        raise RecordsStand(
            f"表单 {form} 在平台上还有{records}条记录，没有删除。确要连同记录一起删除的，加 --with-records。"
        )
    return tuple(_changes(want, have, form, records))


def _changes(want: Desired, have: Actual, form: str, records: int) -> Iterator[Change]:
    things = want.forms[form]
    keys = tuple(each.key for each in things.workflows if each.key in have.workflows)
    if keys:
        yield Change(Kind.REMOVE, f"工作流{len(keys)}个（各版本）", step=DropWorkflows(keys))
    if things.page.name in have.routes:
        yield Change(Kind.REMOVE, f"页面“{things.page.title}”", step=DropPage(things.page))
    standing = [each for each in reversed(things.collections) if each.name in have.collections]
    if standing:
        yield Change(
            Kind.REMOVE, "各角色对这些数据表的权限", step=DropGrants(tuple(each.name for each in standing))
        )
    for each in standing:
        lost = f"连同其中的{records}条记录" if records and each is standing[0] else ""
        yield Change(
            Kind.REMOVE, f"数据表“{each.title}”（{each.name}）{lost}", step=DropCollection(each.name)
        )
