"""The NocoBase adapter against a stand-in with the real one's habits; both ways of proving a delivery."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from forms.schema import load
from plugin.adapters import adapter, problems
from plugin.jsonbody import parse_json
from plugin.platforms.nocobase.records import answers, event_of
from plugin.sdk import (
    Attachment,
    Connection,
    NotUnderstood,
    RemoteRejected,
    RemoteUnavailable,
    Request,
    Secret,
    WriteBack,
    new_nonce,
    sign_request,
)
from plugin.sdk_testing import FORM, PlatformContract, TroubledDoor, sample

from .stand_in import TOKEN, StandIn, serving

USER = {"id": 2, "username": "zhangsan", "nickname": "张三"}
OPTIONS = {"plugin_url": "http://127.0.0.1:8700"}
KEYS = {"v1": Secret(b"n" * 32), "static_token": Secret(b"a-token-that-nobody-guesses-1234")}


class Office:
    """An official's browser and the workflows behind it."""

    person = "2"

    def __init__(self, stand_in: StandIn, scheme: str) -> None:
        self.stand_in, self.scheme = stand_in, scheme
        self.secrets: Sequence[Secret] = [KEYS[scheme]]
        self.door = TroubledDoor([stand_in.url])
        self.platform = adapter("nocobase").connect(
            Connection(
                base_url=stand_in.url,
                signature=scheme,
                secrets=lambda: self.secrets,
                token=lambda: TOKEN,
                options=OPTIONS,
                forms=load_forms(),
                door=self.door,
                clock=self.now,
            )
        )

    def now(self) -> datetime:
        return datetime.now(UTC)

    def save(self, form: str, fields: Mapping[str, Any], record: str | None = None) -> tuple[str, Request]:
        row = self.stand_in.save(form, fields, int(record) if record else None)
        sent = {
            "type": "record.saved",
            "form": form,
            "record": row,
            "submitter": USER,
            "sent_at": row["zx_saved_at"],
        }
        return str(row["id"]), self._post(f"/webhooks/nocobase/{form}", sent)

    def ask(self, form: str, fields: Mapping[str, Any]) -> Request:
        return self._post(f"/v1/verdicts/{form}", {"user": USER, "record": None, "values": dict(fields)})

    def _post(self, path: str, body: Mapping[str, Any]) -> Request:
        raw = json.dumps(body, ensure_ascii=False).encode()
        request = Request("POST", path, "", {"Content-Type": "application/json"}, raw)
        nonce = new_nonce(self.scheme, self.now(), b"0" * 16)
        return sign_request(
            self.scheme, request, secrets=self.secrets, now=self.now(), id="nb_1", nonce=nonce
        )

    def shown(self, form: str, record: str) -> tuple[str, str] | None:
        row = self.stand_in.rows[f"zx_{form}"][int(record)]
        return None if row["zx_status"] == "pending" else (row["zx_status"], row["zx_message"])

    def inbox(self) -> Sequence[str]:
        rows = self.stand_in.rows["zx_messages"].values()
        return [each["title"] for each in rows if each["to_user"] == self.person]

    def echoes(self) -> Sequence[Request]:
        return []  # the workflow watches the input columns only; test_live.py sees that on the real one


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with serving(StandIn()) as running:
        yield running


@pytest.fixture
def office(stand_in: StandIn) -> Office:
    return Office(stand_in, "v1")


class TestSigned(PlatformContract):
    @pytest.fixture
    def harness(self, office: Office) -> Office:
        return office


class TestWithAToken(PlatformContract):
    @pytest.fixture
    def harness(self, stand_in: StandIn) -> Office:
        return Office(stand_in, "static_token")


def test_what_the_platform_adds_to_rows_and_files_is_left_out() -> None:
    form = load_forms()["acceptance_application"]
    table = next(each for each in form.fields if each.type == "table")
    column = next(each for each in table.columns if each.type == "file")
    file = {
        "id": 7,
        "title": "合同",
        "extname": ".pdf",
        "size": 9,
        "url": "/files/7.pdf",
        "mimetype": "application/pdf",
    }
    row = {"id": 1, "createdAt": "2026-11-24T00:00:00.000Z", "sort": 1, column.name: [file], "parent_id": 3}
    record = {"id": 3, "createdById": 2, "zx_status": "passed", "attachments": [file], table.name: [row]}
    kept = {"ref": "7", "name": "合同.pdf", "url": "/files/7.pdf", "size": 9}
    assert answers(form, record) == {"attachments": [kept], table.name: [{column.name: [kept]}]}


@pytest.mark.parametrize("amount", ["12345.67", 12345.67, "12345.670000"])
def test_a_decimal_comes_as_text_or_as_a_number(amount: Any) -> None:
    form = load_forms()[FORM]
    money = next(each.name for each in form.fields if each.type == "money")
    assert str(load(form, answers(form, {money: amount})).values[money]) == "12345.67"


def test_the_same_state_of_a_record_has_the_same_key_whoever_told_of_it(office: Office) -> None:
    record, request = office.save(FORM, sample(load_forms()[FORM]))
    told = event_of(load_forms()[FORM], json.loads(request.body))
    (listed,) = office.platform.changed([FORM], datetime.now(UTC) - timedelta(minutes=1))
    assert told and told.key == listed.key and told.record == record


def test_records_that_never_got_a_verdict_are_listed_however_old(office: Office) -> None:
    record, _ = office.save(FORM, sample(load_forms()[FORM]))
    later = datetime.now(UTC) + timedelta(hours=1)
    assert [each.record for each in office.platform.changed([FORM], later)] == [record]
    office.platform.write_back(WriteBack(FORM, record, 1, "passed", "已受理", {}, None), key="k")
    assert list(office.platform.changed([FORM], later)) == []


def test_all_pages_are_read(office: Office) -> None:
    saved = {office.save(FORM, {"classified": False})[0] for _ in range(205)}
    listed = [each.record for each in office.platform.changed([FORM], datetime(2020, 1, 1, tzinfo=UTC))]
    assert len(listed) == 205 and set(listed) == saved


def test_a_deleted_record_says_so() -> None:
    body = {"type": "record.deleted", "record": {"id": 5}, "sent_at": "2026-11-24T01:00:00.000Z"}
    event = event_of(load_forms()[FORM], body)
    assert event and (event.kind.value, dict(event.fields)) == ("deleted", {})


@pytest.mark.parametrize(
    "body",
    [
        {"type": "record.saved"},
        {"type": "record.saved", "record": {"id": "abc", "zx_saved_at": "2026-11-24T01:00:00.000Z"}},
        {"type": "record.saved", "record": {"id": 5, "zx_saved_at": "Invalid date"}},
        {"type": "record.saved", "record": {"id": 5, "zx_saved_at": "2026-11-24T01:00:00"}},
    ],
)
def test_a_record_without_number_or_instant_is_not_understood(body: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        event_of(load_forms()[FORM], body)


def test_a_record_that_is_gone_takes_no_verdict(office: Office) -> None:
    with pytest.raises(RemoteRejected, match="没有这条记录"):
        office.platform.write_back(WriteBack(FORM, "1", 1, "passed", "", {}, None), key="k")


def test_files_are_fetched_with_the_token_from_the_platform_only(office: Office) -> None:
    office.stand_in.files["/storage/uploads/7.pdf"] = b"%PDF-1.7"
    file = Attachment("7", "合同.pdf", "http://elsewhere.example/files/7.pdf", 8)
    assert office.platform.fetch(file, 100) == b"%PDF-1.7"
    with pytest.raises(RemoteRejected, match="超过"):
        office.platform.fetch(Attachment("7", "合同.pdf", "/files/7.pdf", 101), 100)


def test_a_key_that_expired_stops_nothing_for_good(office: Office) -> None:
    stranger = Connection(
        base_url=office.stand_in.url,
        signature="v1",
        secrets=lambda: office.secrets,
        token=lambda: "expired-token-of-the-role-zhengxiang",
        options=OPTIONS,
        forms=load_forms(),
        door=office.door,
        clock=office.now,
    )
    with pytest.raises(RemoteUnavailable):
        list(adapter("nocobase").connect(stranger).changed([FORM], datetime.now(UTC)))


def test_options_are_checked() -> None:
    assert problems("nocobase", OPTIONS) == ()
    assert problems("nocobase", {**OPTIONS, "colour": "red"})


IN = Path(__file__).parent / "captured" / "in"
SIGNED_WITH = Secret.parse("whsec_" + base64.b64encode(b"e2e-secret-not-a-secret-32-bytes").decode())


def recorded(name: str) -> Any:
    return parse_json(json.loads((IN / f"{name}.json").read_text(encoding="utf-8"))["raw"].encode())


def test_a_recorded_event_is_read_to_the_last_row_and_file() -> None:
    form = load_forms()[FORM]
    event = event_of(form, recorded("told_update"))
    assert event and event.submitter
    assert (event.record, event.submitter.id, event.submitter.name) == ("399500742754325", "2", "张三")
    assert event.saved_at.isoformat() == "2026-11-24T11:46:47.216000+00:00"
    loaded = load(form, event.fields)
    assert not loaded.errors and not loaded.unknown
    assert loaded.values["classified"] is False and str(loaded.values["amount_yuan"]) == "3000001.00"
    assert [(str(row["amount_yuan"]), row["node"]) for row in loaded.values["payment_nodes"]] == [
        ("900001.00", "advance")
    ]
    assert [each["name"] for each in loaded.values["contract_file"]] == ["采购合同.pdf", "补充协议.pdf"]


def test_a_change_of_rows_or_files_alone_is_a_new_version() -> None:
    form = load_forms()[FORM]
    names = (
        "told_create",
        "told_update",
        "told_update_rows_only",
        "told_update_files_only",
        "told_update_row_dropped",
    )
    events = [event_of(form, recorded(name)) for name in names]
    assert len({each.key for each in events if each}) == len(names)
    assert len({json.dumps(dict(each.fields), default=str) for each in events if each}) == len(names)


@pytest.mark.parametrize("name", ["ask_create", "ask_update", "ask_update_rows_only", "ask_create_empty"])
def test_recorded_questions_are_read(office: Office, name: str) -> None:
    question = office.platform.question(FORM, recorded(name))
    assert question.partial is (question.record is not None) is name.startswith("ask_update")
    assert not load(load_forms()[FORM], question.fields).unknown
    assert question.submitter and question.submitter.id == "2"


def test_a_recorded_deletion_and_its_saving_are_two_events() -> None:
    gone = event_of(load_forms()[FORM], recorded("told_delete"))
    assert gone and gone.kind.value == "deleted" and not gone.fields
