"""Desired × actual → what to do, in order, and what to tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from plugin.platforms.nocobase.access import Role
from plugin.platforms.nocobase.actual import Actual, StandingRole
from plugin.platforms.nocobase.collections import Collection
from plugin.platforms.nocobase.compare import differences, workflow_differences
from plugin.platforms.nocobase.desired import Desired, FormThings
from plugin.platforms.nocobase.nodes import Workflow
from plugin.platforms.nocobase.page import GROUPS, TABS, Page
from plugin.platforms.nocobase.people import MakeKey, MakeRole, MakeUser, SetGrants, ShowMenus
from plugin.platforms.nocobase.steps import (
    AddField,
    ChangeCollection,
    ChangeField,
    DrawPage,
    MakeChannel,
    MakeCollection,
    MakeGroup,
    MakeWorkflow,
    SetSecret,
    Step,
)


class Kind(StrEnum):
    """What is to be done about one thing."""

    CREATE = "新建"
    CHANGE = "修改"
    REMOVE = "删除"
    STUCK = "须人工处理"
    FOREIGN = "不是本系统所建，不动"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the plan. Without a step there is nothing that a push could do."""

    kind: Kind
    what: str
    why: tuple[str, ...] = ()
    step: Step | None = None

    def __str__(self) -> str:
        return f"{self.kind.value}  {self.what}" + "".join(f"\n      {each}" for each in self.why)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller decides beyond the forms: a new key for the runtime, the webhook's secret set anew."""

    runtime_key: bool = False
    secret_anew: bool = False


def plan(
    want: Desired, have: Actual, only: Iterable[str] | None = None, also: Wanted = Wanted()
) -> tuple[Change, ...]:
    """Everything that differs. `only` limits the forms; nothing is ever deleted by a plan."""
    chosen = [each for name, each in want.forms.items() if only is None or name in set(only)]
    return (
        *_shared(want, have, also),
        *(change for things in chosen for change in _form(things, have)),
        *_menus(want, have, chosen),
        *_roles(want, have, chosen),
        *_runtime(want, have, also),
        *_foreign(want, have),
    )


def _shared(want: Desired, have: Actual, also: Wanted) -> Iterator[Change]:
    if not have.secret or also.secret_anew:
        yield Change(
            Kind.CHANGE if have.secret else Kind.CREATE,
            "接收端密钥（平台的加密变量）",
            step=SetSecret(have.secret),
        )
    yield from _collection(want.messages, have)
    if not have.channel:
        yield Change(Kind.CREATE, "站内信通道“政项”", step=MakeChannel())
    yield from _workflow(want.notify, have)
    for filled_by, title in GROUPS.items():
        if want.names.group(filled_by) not in have.routes:
            yield Change(Kind.CREATE, f"菜单“{title}”", step=MakeGroup(filled_by))


def _form(things: FormThings, have: Actual) -> Iterator[Change]:
    for each in things.collections:
        yield from _collection(each, have)
    for workflow in things.workflows:
        yield from _workflow(workflow, have)
    yield from _page(things.page, have)


def _collection(want: Collection, have: Actual) -> Iterator[Change]:
    found = have.collections.get(want.name)
    if found is None:
        yield Change(
            Kind.CREATE,
            f"数据表“{want.title}”（{want.name}，{len(want.fields)}个字段）",
            step=MakeCollection(want),
        )
        return
    head = {"title": want.title, "titleField": want.title_field}
    if wrong := tuple(differences(head, found)):
        yield Change(Kind.CHANGE, f"数据表“{want.title}”", wrong, ChangeCollection(want))
    for field in want.fields:
        standing = found["fields"].get(field["name"])
        label = f"“{want.title}”的字段“{field['uiSchema']['title']}”（{want.name}.{field['name']}）"
        if standing is None:
            yield Change(Kind.CREATE, label, step=AddField(want.name, field))
        elif standing.get("type") != field["type"]:
            kinds = f"平台上的类型是 {standing.get('type')}，应为 {field['type']}；已有数据时平台不能转换，请先备份再改。"
            yield Change(Kind.STUCK, label, (kinds,))
        elif wrong := tuple(differences(field, standing)):
            yield Change(Kind.CHANGE, label, wrong, ChangeField(want.name, field))


def _workflow(want: Workflow, have: Actual) -> Iterator[Change]:
    found = have.workflows.get(want.key)
    if found is None:
        yield Change(Kind.CREATE, f"工作流“{want.title}”", step=MakeWorkflow(want))
    elif wrong := tuple(workflow_differences(want, found)):
        yield Change(Kind.CHANGE, f"工作流“{want.title}”（换成新版本）", wrong, MakeWorkflow(want))


def _page(want: Page, have: Actual) -> Iterator[Change]:
    found = have.routes.get(want.name)
    if found is None:
        yield Change(Kind.CREATE, f"页面“{want.title}”（/admin/{want.name}）", step=DrawPage(want))
        return
    drawn_from = ((found.get("options") or {}).get("zhengxiang") or {}).get("digest")
    if drawn_from != want.digest:
        yield Change(Kind.CHANGE, f"页面“{want.title}”", ("表单定义已变，重新绘制。",), DrawPage(want))


def _menus(want: Desired, have: Actual, chosen: Iterable[FormThings]) -> Iterator[Change]:
    """Roles come first, since a menu is shown to one."""
    for role in want.roles:
        if role.name not in have.roles:
            yield Change(Kind.CREATE, f"角色“{role.title}”", step=MakeRole(role))
    for role in want.roles:
        seen = have.roles[role.name].menus if role.name in have.roles else frozenset()
        pages = [each.page for each in chosen if each.page.filled_by in role.menus]
        routes = [
            *(want.names.group(filled_by) for filled_by in role.menus),
            *(name for page in pages for name in (page.name, *(page.tab(which) for which in TABS))),
        ]
        hidden = tuple(
            name for name in routes if name not in have.routes or have.routes[name]["id"] not in seen
        )
        if hidden:
            yield Change(
                Kind.CREATE, f"角色“{role.title}”可见的菜单{len(hidden)}项", step=ShowMenus(role.name, hidden)
            )


def _roles(want: Desired, have: Actual, chosen: Iterable[FormThings]) -> Iterator[Change]:
    concerned = {want.names.messages, *(each.name for things in chosen for each in things.collections)}
    for role in want.roles:
        yield from _grants(role, have.roles.get(role.name, StandingRole({}, frozenset())), concerned)


def _grants(role: Role, have: StandingRole, concerned: set[str]) -> Iterator[Change]:
    for collection, grants in role.grants.items():
        if collection not in concerned:
            continue
        standing, found = have.resources.get(collection, (None, ()))
        wanted = {(each.action, frozenset(each.fields), each.own) for each in grants}
        if wanted != {(each.action, frozenset(each.fields), each.own) for each in found}:
            kind = Kind.CREATE if standing is None else Kind.CHANGE
            yield Change(
                kind,
                f"角色“{role.title}”对 {collection} 的权限",
                step=SetGrants(role.name, collection, grants, standing),
            )


def _runtime(want: Desired, have: Actual, also: Wanted) -> Iterator[Change]:
    user = want.settings.runtime_user
    if have.runtime_user is None:
        yield Change(Kind.CREATE, f"用户“{user}”（程序专用）", step=MakeUser(user))
    if also.runtime_key:
        yield Change(Kind.CREATE, f"用户“{user}”的接口密钥", step=MakeKey(user))


def _foreign(want: Desired, have: Actual) -> Iterator[Change]:
    """Under our prefix, and none of ours."""
    ours = {want.messages.name, *(each.name for things in want.forms.values() for each in things.collections)}
    links = {each for name in ours if name in have.collections for each in _links(have, name)}
    keys = {want.notify.key, *(each.key for things in want.forms.values() for each in things.workflows)}
    for name, found in have.collections.items():
        if name not in ours | links:
            yield Change(Kind.FOREIGN, f"数据表“{found['title'] or name}”（{name}）")
    for key, workflow in have.workflows.items():
        if key not in keys:
            yield Change(Kind.FOREIGN, f"工作流“{workflow.head.get('title')}”（{key}）")
    wanted = {each.name: {field["name"] for field in each.fields} for each in _all(want)}
    for name in ours & have.collections.keys():
        for field in have.collections[name]["fields"].keys() - wanted[name] - KEPT:
            yield Change(Kind.FOREIGN, f"{name} 的字段 {field}")


KEPT = frozenset({"createdById", "updatedById", "zx_saved_by_id", "zx_parent_id", "sort"})


def _all(want: Desired) -> Iterator[Collection]:
    yield want.messages
    for things in want.forms.values():
        yield from things.collections


def _links(have: Actual, collection: str) -> Iterator[str]:
    fields = have.collections[collection]["fields"].values()
    yield from (each["through"] for each in fields if each.get("through"))


def empty(changes: Iterable[Change]) -> bool:
    """Whether a push would do nothing."""
    return all(each.step is None for each in changes)
