"""The stand-in itself keeps the limits and slips of the documents, so that passing against it means something."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from forms.fields import Field
from plugin.platforms.jiandaoyun_fields import RESULT

from .fake import ALL_PER_SECOND, Jdy, serving
from .office import built

ENTRY = "e1"
FIELDS = (
    Field("name", "名称", "text", required=True),
    Field("day", "日期", "date"),
    Field("amount", "金额", "money"),
    Field("file", "附件", "file"),
    Field("rows", "明细", "table", columns=(Field("item", "名目", "text"),)),
    *RESULT,
)


@pytest.fixture
def jdy() -> Iterator[Jdy]:
    with serving(Jdy(lambda: datetime(2025, 3, 10, tzinfo=UTC), clock=iter(range(10**6)).__next__)) as opened:
        opened.forms[ENTRY] = built(ENTRY, "样例", FIELDS)
        yield opened


def call(jdy: Jdy, path: str, key: str = "jdy-key", **given: Any) -> tuple[int, Any]:
    body = {"app_id": jdy.app, "entry_id": ENTRY, **given}
    reply = requests.post(
        f"{jdy.url}/api/v5/app/{path}", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=5
    )
    return reply.status_code, reply.json()


def create(jdy: Jdy, **values: Any) -> tuple[int, Any]:
    widgets = {each["label"]: each["name"] for each in jdy.forms[ENTRY].widgets}
    return call(jdy, "entry/data/create", data={widgets[k]: {"value": v} for k, v in values.items()})


def stored(jdy: Jdy, label: str) -> Any:
    (record,) = jdy.forms[ENTRY].records.values()
    widget = next(each for each in jdy.forms[ENTRY].widgets if each["label"] == label)
    return record[widget["widgetName"]]


@pytest.mark.parametrize(
    "day", ["2025-03-10T00:00:00.000Z", 1741568400123, "2025-03-10", "2025-03-10 08:00:00"]
)
def test_these_days_are_taken(jdy: Jdy, day: object) -> None:
    assert create(jdy, 日期=day)[0] == 200


@pytest.mark.parametrize("day", [None, "", 1741568400, "2021/10/10", "今天"])
def test_these_days_are_refused_with_status_400(jdy: Jdy, day: object) -> None:
    assert create(jdy, 日期=day) == (400, {"code": 17017, "msg": "参数不合法"})


def test_values_come_wrapped_and_a_name_it_does_not_know_is_dropped(jdy: Jdy) -> None:
    assert call(jdy, "entry/data/create", data={"_widget_1529400746000": "bare"})[1]["code"] == 17017
    assert call(jdy, "entry/data/create", data={"nobody": {"value": "x"}})[0] == 200
    assert create(jdy, 金额="12")[1]["code"] == 17017


def test_the_interface_validates_nothing_and_pushes_nothing(jdy: Jdy) -> None:
    assert create(jdy, 金额=1)[0] == 200  # the required name is missing
    assert jdy.pushes == []


def test_a_subform_is_replaced_whole_and_rows_keep_their_number_only_if_it_comes_along(jdy: Jdy) -> None:
    item = jdy.forms[ENTRY].widget("rows") or next(
        w for w in jdy.forms[ENTRY].widgets if w["label"] == "明细"
    )
    column = item["items"][0]["name"]
    create(jdy, 明细=[{column: {"value": "甲"}}, {column: {"value": "乙"}}])
    first, second = stored(jdy, "明细")
    (number,) = jdy.forms[ENTRY].records
    rows = [{"_id": {"value": second["_id"]}, column: {"value": "丙"}}, {column: {"value": "丁"}}]
    call(jdy, "entry/data/update", data_id=number, data={item["name"]: {"value": rows}})
    kept, new = stored(jdy, "明细")
    assert kept["_id"] == second["_id"] and new["_id"] not in (first["_id"], second["_id"])


def test_a_batch_holds_a_hundred_and_the_same_transaction_is_once(jdy: Jdy) -> None:
    many = [{"_widget_1529400746000": {"value": "x"}}] * 101
    assert call(jdy, "entry/data/batch_create", data_list=many)[1]["code"] == 17024
    for _ in range(2):
        answer = call(jdy, "entry/data/batch_create", data_list=many[:100], transaction_id="t1")[1]
        assert answer["success_count"] == 100
    assert len(jdy.forms[ENTRY].records) == 100


def test_a_file_needs_a_token_comes_last_and_is_bound_by_its_transaction(jdy: Jdy) -> None:
    tokens = call(jdy, "entry/file/get_upload_token", transaction_id="t1")[1]["token_and_url_list"]
    assert len(tokens) == 100

    def upload(token: Mapping[str, str], *, file_last: bool = True) -> tuple[int, Any]:
        parts = [("token", (None, token["token"])), ("file", ("a.pdf", b"%PDF"))]
        reply = requests.post(token["url"], files=parts if file_last else parts[::-1], timeout=5)
        return reply.status_code, reply.json()

    assert upload(tokens[0], file_last=False)[0] == 579
    status, answer = upload(tokens[1])
    assert status == 200
    assert upload(tokens[1])[0] == 579  # one file a token
    widget = next(each for each in jdy.forms[ENTRY].widgets if each["label"] == "附件")["name"]
    data = {widget: {"value": [answer["key"]]}}
    assert call(jdy, "entry/data/create", data=data, transaction_id="t2")[0] == 400
    assert call(jdy, "entry/data/create", data=data, transaction_id="t1")[0] == 200


def test_a_key_has_its_interfaces_and_an_application(jdy: Jdy) -> None:
    jdy.keys["narrow"] = {"/v5/app/entry/list"}
    assert call(jdy, "entry/list", key="narrow")[0] == 200
    assert call(jdy, "entry/data/list", key="narrow")[1]["code"] == 8302
    assert call(jdy, "entry/data/list", key="nobody")[1]["code"] == 8301
    assert call(jdy, "entry/data/list", app_id="other")[1]["code"] == 3000


def test_fifty_calls_a_second_are_all(jdy: Jdy) -> None:
    still = Jdy(jdy.now, clock=lambda: 1.0)
    still.forms = jdy.forms
    body = json.dumps({"app_id": jdy.app, "entry_id": ENTRY, "data_id": "x", "transaction_id": "t"}).encode()
    paths = ["/v5/app/entry/list", "/v5/app/entry/widget/list", "/v5/app/entry/data/get"]
    codes = [
        still.answer(paths[n % 3], {"authorization": "Bearer jdy-key"}, body)[1].get("code")
        for n in range(60)
    ]
    assert codes.index(8303) == ALL_PER_SECOND
