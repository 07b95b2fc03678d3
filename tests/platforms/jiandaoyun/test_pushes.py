"""Recorded pushes, written from the shapes of the documents: what each says in our words, and what none may do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from forms.schema import load
from plugin.adapters import adapter
from plugin.http import Door, Reply
from plugin.jsonbody import parse_json
from plugin.platforms.signing import read_secret
from plugin.sdk import (
    Actor,
    Connection,
    EventKind,
    FormEvent,
    NotUnderstood,
    Platform,
    RemoteUnavailable,
    SignatureRefused,
    SignedHead,
)

from .office import SECRET, sent

PAYLOADS = Path(__file__).parent / "payloads"
FORM, RECORD = "contract_filing", "5b237267b22ab14884086d01"
APP, ENTRY = "5b237267b22ab14884086c49", "5b237267b22ab14884086cc9"
NOW = datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
HEAD = SignedHead(None, int(NOW.timestamp()))


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


class Recorded(Door):
    """Answers with what was recorded, by the last part of the path."""

    def __init__(self, **answers: Reply) -> None:
        super().__init__([])
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, **_: Any
    ) -> Reply:
        self.asked.append((url, json.loads(body or b"{}")))
        default = Reply(200, {}, payload("widget_list"))
        return self.answers.get(url.rsplit("/", 1)[1], default)


def connected(door: Door | None = None, **options: Any) -> Platform:
    given = {"app": APP, "forms": {FORM: ENTRY}, **options}
    return adapter("jiandaoyun").connect(
        Connection(
            base_url="https://api.example.com/api",
            signature="jiandaoyun",
            secrets=lambda: (),
            token=lambda: "k",
            options=given,
            forms=load_forms(),
            door=door or Recorded(),
            clock=lambda: NOW,
        )
    )


def events_of(name: str, platform: Platform | None = None) -> tuple[FormEvent, ...]:
    return (platform or connected()).parse(FORM, parse_json(payload(name)), HEAD)


def test_a_new_record_in_our_words() -> None:
    (event,) = events_of("data_create")
    assert (event.kind, event.form, event.record) == (EventKind.CREATED, FORM, RECORD)
    assert event.saved_at == datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
    assert event.submitter == Actor("zhangsan", "张三")
    assert "bei_zhu" not in event.fields and "flowState" not in event.fields
    loaded = load(load_forms()[FORM], event.fields)
    assert not loaded.unknown
    read = {
        name: str(loaded.values[name]) for name in ("project_name", "construction_unit", "contact", "phone")
    }
    assert read == {
        "project_name": "智慧水利监测平台",
        "construction_unit": "县水利局",
        "contact": "李四",
        "phone": "05590000000",
    }
    assert loaded.values["classified"] is False
    assert str(loaded.values["signed_on"]) == "2025-03-07"  # 16:00 UTC on the sixth
    assert str(loaded.values["amount_yuan"]) == "1280000.50"
    assert loaded.values["bundles"] == ["software", "integration"]


def test_the_rows_of_a_subform_and_its_own_aliases() -> None:
    (event,) = events_of("data_create")
    assert event.fields["payment_nodes"] == [
        {
            "node": "预付",
            "amount_yuan": event.fields["payment_nodes"][0]["amount_yuan"],
            "due_on": "2025-04-01",
        },
        {"node": "终验", "amount_yuan": event.fields["payment_nodes"][1]["amount_yuan"], "due_on": None},
    ]
    assert str(event.fields["payment_nodes"][0]["amount_yuan"]) == "384000.15"


def test_a_file_is_known_by_its_record_and_path_not_by_its_passing_address() -> None:
    (event,) = events_of("data_create")
    (file,) = event.fields["contract_file"]
    assert file["ref"] == f"{ENTRY}/{RECORD}/FkT2x"
    assert (file["name"], file["size"]) == ("采购合同.pdf", 524288)
    assert file["url"].startswith("https://files.example.com/FkT2x?")


def test_what_we_wrote_ourselves_is_not_part_of_the_submission() -> None:
    (event,) = events_of("data_update")
    assert event.kind is EventKind.UPDATED and event.submitter == Actor("lisi", "李四")
    assert not [name for name in event.fields if name.startswith("zx_")]


@pytest.mark.parametrize(
    ("name", "kind", "saved_at"),
    [
        ("data_remove", EventKind.DELETED, datetime(2025, 3, 10, 3, 0, 0, 789000, UTC)),
        ("data_recover", EventKind.RESTORED, datetime(2025, 3, 10, 4, 0, tzinfo=UTC)),
        ("flow_message", EventKind.OTHER, datetime(2025, 3, 10, 5, 0, tzinfo=UTC)),
    ],
)
def test_other_operations_carry_record_and_time_only(name: str, kind: EventKind, saved_at: datetime) -> None:
    (event,) = events_of(name)
    assert (event.kind, event.record, event.saved_at, event.fields) == (kind, RECORD, saved_at, {})


@pytest.mark.parametrize("name", ["connection_test", "form_update"])
def test_what_is_about_no_record_is_acknowledged(name: str) -> None:
    assert events_of(name) == ()


def test_the_key_is_made_of_what_is_signed() -> None:
    keys = {name: events_of(name)[0].key for name in ("data_create", "data_update", "data_remove")}
    assert len(set(keys.values())) == 3
    assert keys["data_create"] == f"{APP}:{ENTRY}:{RECORD}:data_create:2025-03-10T01:00:00.123+00:00"
    assert events_of("data_create_without_op_time")[0].key.endswith("2025-03-10T01:00:00.000+00:00")


def test_a_removal_of_an_older_push_is_dated_by_the_record() -> None:
    body = json.loads(payload("data_remove"))
    del body["opTime"]
    (event,) = connected().parse(FORM, body, HEAD)
    assert event.saved_at == datetime(2025, 3, 10, 3, 0, tzinfo=UTC)


def test_a_push_of_another_form_is_not_taken_for_this_one() -> None:
    """The address is not part of the signature: only the number in the body says which form it is."""
    platform = connected(forms={"demand_collection": "5b237267b22ab14884086cff", FORM: ENTRY})
    with pytest.raises(NotUnderstood, match="推送的地址"):
        platform.parse("demand_collection", parse_json(payload("data_create")), HEAD)
    with pytest.raises(NotUnderstood, match="推送的地址"):
        connected(app="5b237267b22ab14884086c00").parse(FORM, parse_json(payload("data_create")), HEAD)


@pytest.mark.parametrize(
    "change",
    [
        {"_id": None},
        {"_id": ""},
        {"_id": "x" * 101},
        {"updateTime": "今天"},
        {"updateTime": "2025-03-10T01:00:00"},
        {"updateTime": None},
    ],
)
def test_a_record_without_number_or_time_is_not_understood(change: dict[str, Any]) -> None:
    body = json.loads(payload("data_create"))
    body["data"] |= change
    with pytest.raises(NotUnderstood):
        connected().parse(FORM, body, HEAD)


@pytest.mark.parametrize("at", ["1741568400123", -1, 0, 10**15, 1.5, True])
def test_an_odd_time_of_operation_is_not_understood(at: object) -> None:
    body = {**json.loads(payload("data_create")), "opTime": at}
    with pytest.raises(NotUnderstood, match="opTime"):
        connected().parse(FORM, body, HEAD)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"name": "县水利局"}, "县水利局"),
        ([{"name": "甲"}, {"name": "乙"}], "甲、乙"),
        ({"id": "5b", "key": "P-1"}, "P-1"),
        ({"province": "安徽省", "city": "黄市", "district": "", "detail": "路1号"}, "安徽省黄市路1号"),
        ({"unheard": "of"}, None),
        (12, 12),
        (None, None),
        ([], ""),
    ],
)
def test_people_places_and_links_become_the_word_a_person_reads(value: object, read: object) -> None:
    body = json.loads(payload("data_create"))
    body["data"]["_widget_1529400746004"] = value
    (event,) = connected().parse(FORM, body, HEAD)
    assert event.fields["construction_unit"] == read


@pytest.mark.parametrize("value", ["not a list", None, [1, None, {}], {"name": "x"}])
def test_a_file_that_is_none_is_left_out(value: object) -> None:
    body = json.loads(payload("data_create"))
    body["data"]["_widget_1529400746011"] = value
    (event,) = connected().parse(FORM, body, HEAD)
    assert event.fields["contract_file"] == []


def test_the_address_of_a_file_may_be_nonsense() -> None:
    body = json.loads(payload("data_create"))
    body["data"]["_widget_1529400746011"] = [{"name": "x", "url": "http://[", "size": "big"}]
    (event,) = connected().parse(FORM, body, HEAD)
    assert event.fields["contract_file"][0]["size"] is None


def test_the_layout_is_read_once_and_again_after_a_change_of_the_form() -> None:
    door = Recorded()
    platform = connected(door)
    events_of("data_create", platform)
    events_of("data_update", platform)
    assert len(door.asked) == 1
    events_of("form_update", platform)
    events_of("data_create", platform)
    assert len(door.asked) == 2


def test_while_the_layout_cannot_be_read_the_push_is_for_later() -> None:
    door = Recorded(list=Reply(502, {}, b""))
    with pytest.raises(RemoteUnavailable):
        events_of("data_create", connected(door))


def test_the_body_is_held_as_it_came_whatever_its_spacing() -> None:
    """Who parses first and writes the JSON anew has another text, and then no signature fits."""
    platform = connected()
    request = sent(FORM, payload("data_create"), NOW)
    keys = [read_secret("jiandaoyun", SECRET)]
    assert platform.authenticate(request, keys, NOW) == HEAD
    compact = json.dumps(json.loads(payload("data_create")), ensure_ascii=False).encode()
    with pytest.raises(SignatureRefused):
        platform.authenticate(replace(request, body=compact), keys, NOW)
