"""Desired × actual → changes, on what a real NocoBase said stands there after a push of one form."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.platforms.nocobase.actual import Actual, read
from plugin.platforms.nocobase.plan import Change, Kind, Wanted, empty, plan
from tests.platforms.nocobase.conftest import wanted

FORM = "contract_filing"
STANDING = json.loads((Path(__file__).parent / "captured" / "standing.json").read_text(encoding="utf-8"))


class Recorded:
    """A client that answers from the recording."""

    def __init__(self, change: Callable[[dict[str, Any]], None] = lambda _answers: None) -> None:
        self.answers = copy.deepcopy(STANDING)
        change(self.answers)

    def get(self, action: str, **_query: Any) -> Any:
        return self.answers[action]

    every = get


def standing(change: Callable[[dict[str, Any]], None] = lambda _answers: None) -> Actual:
    return read(Recorded(change), "zx_", "zhengxiang")  # type: ignore[arg-type]


def planned(change: Callable[[dict[str, Any]], None], **also: bool) -> list[Change]:
    found = plan(wanted(), standing(change), [FORM], Wanted(**also))
    return [each for each in found if each.kind is not Kind.FOREIGN]


def test_what_a_push_made_is_what_it_wanted() -> None:
    assert standing().version == "2.2.15"
    assert plan(wanted(), standing(), [FORM]) == ()


def collection(answers: dict[str, Any], name: str = "zx_contract_filing") -> dict[str, Any]:
    return next(each for each in answers["collections:list"] if each["name"] == name)


def field(answers: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in collection(answers)["fields"] if each["name"] == name)


def flow(answers: dict[str, Any], purpose: str) -> dict[str, Any]:
    return next(each for each in answers["workflows:list"] if each["key"].endswith(purpose))


def node(answers: dict[str, Any], purpose: str, key: str) -> dict[str, Any]:
    return next(each for each in flow(answers, purpose)["nodes"] if each["key"] == key)


def page(answers: dict[str, Any]) -> dict[str, Any]:
    return next(e for e in answers["desktopRoutes:list"] if e["schemaUid"] == "zx_contract_filing-page")


def drop(answers: dict[str, Any], action: str, **where: Any) -> None:
    answers[action] = [e for e in answers[action] if any(e[name] != value for name, value in where.items())]


Edit = Callable[[dict[str, Any]], Any]
DRIFTS: tuple[tuple[str, Edit, Kind, str], ...] = (
    (
        "a field is gone",
        lambda a: collection(a)["fields"].remove(field(a, "supplier")),
        Kind.CREATE,
        "供应商",
    ),
    ("a title is another", lambda a: field(a, "supplier")["uiSchema"].update(title="乙方"), Kind.CHANGE, "uiSchema.title"),
    ("a help is gone", lambda a: field(a, "supplier").update(description=None), Kind.CHANGE, "description"),
    ("an option is gone", lambda a: field(a, "bundles")["uiSchema"]["enum"].pop(), Kind.CHANGE, "uiSchema.enum"),
    ("money lost its places", lambda a: field(a, "amount_yuan").update(scale=0), Kind.CHANGE, "scale"),
    ("a field is of another type", lambda a: field(a, "amount_yuan").update(type="double"), Kind.STUCK, "decimal"),
    ("the collection is renamed", lambda a: collection(a).update(title="x"), Kind.CHANGE, "title"),
    ("the collection is gone", lambda a: drop(a, "collections:list", name="zx_contract_filing"), Kind.CREATE, "合同备案"),
    ("a workflow is gone", lambda a: drop(a, "workflows:list", key="zx_contract_filing-ask-create"), Kind.CREATE, "新填"),
    ("a workflow is switched off", lambda a: flow(a, "filing-stamp").update(enabled=False), Kind.CHANGE, "enabled"),
    (
        "executions are kept",
        lambda a: flow(a, "filing-stamp")["options"].update(deleteExecutionOnStatus=[]),
        Kind.CHANGE,
        "deleteExecutionOnStatus",
    ),
    ("it asks another address", lambda a: node(a, "ask-create", "send")["config"].update(url="http://x"), Kind.CHANGE, "config.url"),
    ("it lets pass what failed", lambda a: node(a, "ask-create", "away-end")["config"].update(endStatus=1), Kind.CHANGE, "endStatus"),
    (
        "a node is gone",
        lambda a: flow(a, "ask-create")["nodes"].remove(node(a, "ask-create", "away-end")),
        Kind.CHANGE,
        "缺少节点 away-end",
    ),
    (
        "a node too many",
        lambda a: flow(a, "ask-create")["nodes"].append({"id": 1, "key": "x", "type": "end", "config": {}}),
        Kind.CHANGE,
        "多出节点 x",
    ),
    ("the page was drawn from an older form", lambda a: page(a)["options"]["zhengxiang"].update(digest="0"), Kind.CHANGE, "重新绘制"),
    ("the page is gone", lambda a: a["desktopRoutes:list"].remove(page(a)), Kind.CREATE, "/admin/zx_contract_filing-page"),
    (
        "the runtime may write more",
        lambda a: _grants(a, "zhengxiang", "update").append("amount_yuan"),
        Kind.CHANGE,
        "权限",
    ),
    ("the runtime may not read", lambda a: _grants(a, "zhengxiang", "view").clear(), Kind.CHANGE, "权限"),
    ("the runtime's user is gone", lambda a: a["users:list"].clear(), Kind.CREATE, "zhengxiang"),
    ("the channel is gone", lambda a: a["notificationChannels:list"].clear(), Kind.CREATE, "通道"),
    ("the secret is gone", lambda a: a["environmentVariables:list"].clear(), Kind.CREATE, "密钥"),
)  # fmt: skip


def _grants(answers: dict[str, Any], role: str, action: str) -> list[str]:
    found = next(
        each
        for each in answers["dataSourcesRolesResources:list"]
        if (each["roleName"], each["name"]) == (role, "zx_contract_filing")
    )
    return next(each["fields"] for each in found["actions"] if each["name"] == action)


@pytest.mark.parametrize(
    ("change", "kind", "told"), [row[1:] for row in DRIFTS], ids=[row[0] for row in DRIFTS]
)
def test_every_drift_is_one_line(change: Edit, kind: Kind, told: str) -> None:
    changes = planned(change)
    first = next(each for each in changes if told in str(each))
    assert first.kind is kind
    assert (first.step is None) is (kind is Kind.STUCK)
    menus_follow_a_new_page = 2 if "页面" in first.what and kind is Kind.CREATE else 0
    assert len(changes) == 1 + menus_follow_a_new_page


def test_what_is_not_ours_is_named_and_left() -> None:
    def add(answers: dict[str, Any]) -> None:
        collection(answers)["fields"].append({"name": "extra", "type": "string"})
        answers["collections:list"].append({"name": "zx_old", "title": "旧表", "fields": []})
        answers["workflows:list"].append(
            {**flow(answers, "filing-stamp"), "key": "zx_old-x", "title": "旧流程"}
        )

    changes = plan(wanted(), standing(add), [FORM])
    assert [each.kind for each in changes] == [Kind.FOREIGN] * 3
    assert empty(changes)
    told = "\n".join(map(str, changes))
    assert "旧表" in told
    assert "旧流程" in told
    assert "zx_contract_filing 的字段 extra" in told


def test_a_new_key_and_a_new_secret_are_made_when_asked_for() -> None:
    changes = planned(lambda _answers: None, runtime_key=True, secret_anew=True)
    assert [each.what for each in changes] == ["接收端密钥（平台的加密变量）", "用户“zhengxiang”的接口密钥"]


def test_the_rest_of_the_forms_is_planned_in_the_order_of_the_regulation() -> None:
    changes = plan(wanted(), standing())
    pages = [each.what for each in changes if each.what.startswith("页面")]
    assert len(pages) == len(load_forms()) - 1
    assert pages[0] == "页面“需求征集”（/admin/zx_demand_collection-page）"
    kinds = [type(each.step).__name__ for each in changes]
    assert kinds.index("MakeCollection") < kinds.index("MakeWorkflow") < kinds.index("SetGrants")
