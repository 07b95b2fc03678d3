"""The workflows, walked through as the platform would: what a person gets, and what leaves the platform."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from plugin.platforms.nocobase.nodes import EVERY_END, Workflow
from plugin.platforms.nocobase.settings import AWAY, Auth, Away
from plugin.platforms.nocobase.workflows import ONE_BY_ONE
from tests.platforms.nocobase.conftest import every_value, wanted

SAVED = "saved"
FORM = "contract_filing"


def workflow(purpose: str, form: str = FORM, **settings: Any) -> Workflow:
    return next(
        each for each in wanted(**settings).forms[form].workflows if each.key == f"zx_{form}-{purpose}"
    )


def walk(flow: Workflow, context: Mapping[str, Any], answer: Any) -> tuple[str, list[str]]:
    """What becomes of the submission, and the nodes that ran. `answer` is the request's result."""
    scope: dict[str, Any] = {"$context": context, "$jobsMapByNodeKey": {"send": answer, "sign": {}}}
    steps = {each["key"]: each for each in flow.steps()}
    ran: list[str] = []
    said = ""
    key: str | None = next(each["key"] for each in flow.steps() if each["upstream"] is None)
    while key is not None:
        step = steps[key]
        ran.append(key)
        if step["type"] == "response-message":
            said = resolve(step["config"]["message"], scope)
        if step["type"] == "end":
            return said, ran
        branch = int(truth(step["config"]["calculation"], scope)) if step["type"] == "condition" else None
        key = following(steps, key, branch)
    return SAVED, ran


def following(steps: Mapping[str, Any], key: str, branch: int | None) -> str | None:
    inner = [
        each["key"] for each in steps.values() if (each["upstream"], each["branchIndex"]) == (key, branch)
    ]
    if inner:
        return inner[0]
    straight = [e["key"] for e in steps.values() if (e["upstream"], e["branchIndex"]) == (key, None)]
    return straight[0] if straight else None


def truth(calculation: Mapping[str, Any], scope: Mapping[str, Any]) -> bool:
    (each,) = calculation["group"]["calculations"]
    left, right = (resolve(operand, scope) for operand in each["operands"])
    return (left == right) is (each["calculator"] == "equal")


def resolve(value: Any, scope: Mapping[str, Any]) -> Any:
    if not (isinstance(value, str) and value.startswith("{{")):
        return value
    found: Any = scope
    for part in value.strip("{}").split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def context(user: str = "zhangsan", record: str | None = "1", **values: Any) -> dict[str, Any]:
    return {"user": {"username": user}, "params": {"filterByTk": record, "values": values}}


NO_ANSWER = {"message": "connect ECONNREFUSED", "code": "ECONNREFUSED"}
SERVER_ERROR = {"message": "Request failed with status code 503", "status": 503, "data": {"code": "X"}}


@pytest.mark.parametrize("action", ["create", "update"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"may_save": True, "message": "可以提交。"}, SAVED),
        ({"may_save": False, "message": "1. 金额不符。（第三十一条）"}, "1. 金额不符。（第三十一条）"),
        (NO_ANSWER, AWAY),
        (SERVER_ERROR, AWAY),
        ("<html>登录</html>", AWAY),
        (None, AWAY),
        ({}, AWAY),
    ],
)
def test_what_a_person_gets(action: str, answer: Any, outcome: str) -> None:
    got, _ran = walk(workflow(f"ask-{action}"), context(classified="否"), answer)
    assert got == outcome


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [("否", SAVED), ("是", AWAY), (None, AWAY), ("", AWAY), (False, AWAY), ("不", AWAY)],
)
def test_while_we_are_away_only_the_declared_may_pass(declared: Any, outcome: str) -> None:
    flow = workflow("ask-create", on_unreachable=Away.SAVE)
    assert walk(flow, context(classified=declared), NO_ANSWER)[0] == outcome
    assert walk(flow, context(), NO_ANSWER)[0] == AWAY


def test_away_is_set_form_by_form() -> None:
    settings = {"on_unreachable_of": _Frozen({"contract_filing": Away.SAVE})}
    assert walk(workflow("ask-create", **settings), context(classified="否"), NO_ANSWER)[0] == SAVED
    other = workflow("ask-create", "trial_operation", **settings)
    assert walk(other, context(classified="否"), NO_ANSWER)[0] == AWAY


class _Frozen(dict):  # type: ignore[type-arg]
    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def test_what_we_write_back_is_not_asked_about() -> None:
    outcome, ran = walk(workflow("ask-update"), context(user="zhengxiang", zx_status="passed"), NO_ANSWER)
    assert (outcome, ran) == (SAVED, ["others"])


def test_many_records_cannot_be_changed_at_once() -> None:
    outcome, ran = walk(workflow("ask-update"), context(record=None, note="x"), {"may_save": True})
    assert outcome == ONE_BY_ONE
    assert "send" not in ran


def test_only_a_save_of_a_persons_is_stamped_and_told() -> None:
    stamp, tell = workflow("stamp"), workflow("tell-saved")
    assert stamp.sync
    assert {"updatedBy": {"username": {"$ne": "zhengxiang"}}} in stamp.config["condition"]["$or"]
    (node,) = stamp.steps()
    assert set(node["config"]["params"]["values"]) == {"zx_saved_at", "zx_saved_by", "zx_status"}
    assert (tell.config["mode"], tell.config["changed"], tell.sync) == (2, ["zx_saved_at"], False)


@pytest.mark.parametrize("form", list(wanted().forms))
def test_the_whole_record_is_told_with_rows_and_files(form: str) -> None:
    things = wanted().forms[form]
    tell = workflow("tell-saved", form)
    (envelope,) = [each for each in every_value(tell.steps(), "value") if isinstance(each, Mapping)]
    assert {each.name for each in things.form.fields} <= set(envelope["record"])
    nested = {each.name for each in things.form.fields if each.type in ("file", "table")}
    assert nested <= set(tell.config["appends"])
    inner = {
        f"{each.name}.{column.name}"
        for each in things.form.fields
        for column in each.columns
        if column.type in ("file", "table")
    }
    assert inner <= set(tell.config["appends"])


def test_of_a_deleted_record_nothing_but_its_number_is_told() -> None:
    text = json.dumps(workflow("tell-deleted").steps(), ensure_ascii=False)
    assert "contract_name" not in text
    assert workflow("tell-deleted").config["mode"] == 4


def test_nothing_of_a_submission_is_kept_by_the_platform() -> None:
    for form in wanted().forms:
        for each in wanted().forms[form].workflows:
            assert each.as_json()["options"]["deleteExecutionOnStatus"] == EVERY_END
    assert set(EVERY_END) == {1, *range(-6, 0)}


@pytest.mark.parametrize("auth", list(Auth))
def test_every_request_is_proven_and_no_workflow_holds_a_key(auth: Auth) -> None:
    for purpose in ("ask-create", "ask-update", "tell-saved", "tell-deleted"):
        (send,) = [each for each in workflow(purpose, auth=auth).steps() if each["type"] == "request"]
        names = {each["name"] for each in send["config"]["headers"]}
        if auth is Auth.HMAC:
            assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
            assert send["config"]["data"] == "{{$jobsMapByNodeKey.sign.body}}"
            assert send["upstream"] == "sign"
        else:
            assert send["config"]["headers"] == [
                {"name": "Authorization", "value": "Bearer {{$env.ZX_WEBHOOK_SECRET}}"}
            ]
        assert send["config"]["contentType"] == "application/json"
    text = json.dumps(workflow("ask-create", auth=auth).steps())
    assert "whsec_" not in text


def test_a_message_from_a_record_cannot_read_the_platforms_secrets() -> None:
    (node,) = wanted().notify.steps()
    assert "{{" not in node["config"]["title"]  # the platform fills in a title twice
