"""A filing that is refused or cannot be delivered: people are told why, once, and after mending it goes out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from jobs.notices import FilingNotices
from jobs.outbox import Sender
from plugin.http import Reply
from plugin.ledger import OutboxItem, OutboxRow
from plugin.remote import RemoteRejected, RemoteUnavailable
from plugin.undelivered import about_undelivered
from tests.flow.conftest import Desk, minutes

REASON = "合同金额超过批复的概算。"
ANSWER = '{"title" : "不符合要求",\n "detail":"合同金额超过批复的概算。"}'


class Lifecycle:
    """A courier that refuses on demand."""

    def __init__(self) -> None:
        self.failing: list[Exception] = []
        self.arrived: list[str] = []

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        return None

    def send(self, item: OutboxItem, now: object) -> Mapping[str, Any]:
        if self.failing:
            raise self.failing.pop(0)
        self.arrived.append(item.key)
        return {"receipt_no": f"R{len(self.arrived)}"}


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


@pytest.fixture
def sender(desk: Desk, lifecycle: Lifecycle) -> Sender:
    ledger = desk.intake.ledger
    manifest = replace(desk.intake.manifest(), recipients={"data_bureau": ("王五",)})
    notices = {"filing": FilingNotices(ledger, lambda: manifest)}
    return Sender(ledger, {"filing": lifecycle}, Random(1), max_attempts=2, notices=notices)


def send_all(sender: Sender, desk: Desk, hours: int = 1) -> None:
    for _ in range(hours):
        while sender.send_one(["filing"], desk.now):
            pass
        desk.now += timedelta(hours=2)


def refused() -> RemoteRejected:
    reply = Reply(422, {"content-type": "application/problem+json"}, ANSWER.encode())
    return RemoteRejected(f"不接受：{REASON}", REASON, reply)


def letters(desk: Desk) -> list[OutboxRow]:
    rows = desk.intake.ledger.outbox.list(kind="message")
    return [
        row for row in rows if row.subject.startswith("message:undelivered:") and row.state != "cancelled"
    ]


def filing(desk: Desk) -> OutboxRow:
    return [row for row in desk.intake.ledger.outbox.list(kind="filing") if row.state != "cancelled"][-1]


def test_the_bureau_and_who_saved_the_paper_are_told_why_in_chinese(
    desk: Desk, sender: Sender, lifecycle: Lifecycle
) -> None:
    desk.save("demand")
    lifecycle.failing = [refused()]
    send_all(sender, desk)
    assert [letter.payload["to"] for letter in letters(desk)] == ["u1", "王五"]
    letter = letters(desk)[0].payload
    assert letter["title"] == "备案未被接收：需求征集——农情一张图"
    assert f"对方的说明：{REASON}" in letter["text"]
    assert desk.code_of("demand") in letter["text"] and f"编号O{filing(desk).id}" in letter["text"]
    assert (letter["form"], letter["record"]) == ("demand_collection", "demand")


def test_a_project_without_a_name_is_told_by_its_code(desk: Desk) -> None:
    desk.save("demand")
    item = desk.intake.ledger.outbox.claim(("filing",), desk.now)
    assert item
    nameless = replace(item, payload={**item.payload, "project_name": None})
    _, [letter] = about_undelivered(
        nameless, REASON, refused=True, platform="standard", people=["u1"], now=desk.now
    )
    assert letter.payload["title"] == f"备案未被接收：需求征集——{desk.code_of('demand')}"
    assert letter.payload["text"].startswith(f"{desk.code_of('demand')}的需求征集（发生日期")


def test_the_answer_is_kept_word_for_word(desk: Desk, sender: Sender, lifecycle: Lifecycle) -> None:
    desk.save("demand")
    lifecycle.failing = [refused()]
    send_all(sender, desk)
    [reply] = desk.intake.ledger.replies.of(filing(desk).id)
    assert (reply.what, reply.status, reply.body) == ("refused", 422, ANSWER)
    assert filing(desk).error == f"不接受：{REASON}"


def test_the_same_reason_is_told_once_a_revision_however_often_it_is_tried(
    desk: Desk, sender: Sender, lifecycle: Lifecycle
) -> None:
    desk.save("demand")
    lifecycle.failing = [refused(), refused()]
    send_all(sender, desk)
    assert desk.intake.ledger.outbox.replay(filing(desk).id, desk.now, "王五")
    send_all(sender, desk)
    assert (filing(desk).state, lifecycle.failing) == ("dead", [])
    assert len(letters(desk)) == 2


def test_a_corrected_paper_goes_out_as_the_next_revision(
    desk: Desk, sender: Sender, lifecycle: Lifecycle
) -> None:
    desk.save("demand")
    lifecycle.failing = [refused()]
    send_all(sender, desk)
    desk.now += minutes(1)
    desk.save("demand", demand_summary="更正后的需求概述，写明了范围。")
    send_all(sender, desk)
    assert (filing(desk).revision, filing(desk).state) == (2, "sent")
    assert lifecycle.arrived == [filing(desk).key]
    assert len(letters(desk)) == 2


def test_a_refused_correction_is_told_again(desk: Desk, sender: Sender, lifecycle: Lifecycle) -> None:
    desk.save("demand")
    lifecycle.failing = [refused(), refused()]
    send_all(sender, desk)
    desk.now += minutes(1)
    desk.save("demand", demand_summary="更正后的需求概述，写明了范围。")
    send_all(sender, desk)
    assert len(letters(desk)) == 4


def test_after_a_replay_it_goes_out_under_the_same_key(
    desk: Desk, sender: Sender, lifecycle: Lifecycle
) -> None:
    desk.save("demand")
    lifecycle.failing = [refused()]
    send_all(sender, desk)
    desk.intake.ledger.outbox.replay(filing(desk).id, desk.now, "王五")
    send_all(sender, desk)
    assert (filing(desk).revision, filing(desk).state) == (1, "sent")


def test_what_cannot_be_delivered_is_told_to_the_bureau_alone(
    desk: Desk, sender: Sender, lifecycle: Lifecycle
) -> None:
    desk.save("demand")
    lifecycle.failing = [RemoteUnavailable("暂时连不上。") for _ in range(2)]
    send_all(sender, desk, hours=3)
    [letter] = letters(desk)
    assert letter.payload["to"] == "王五"
    assert letter.payload["title"].startswith("备案未送达")
    assert "暂时连不上。" in letter.payload["text"]


def test_a_purge_takes_the_words_along(desk: Desk, sender: Sender, lifecycle: Lifecycle) -> None:
    desk.save("demand")
    lifecycle.failing = [refused()]
    send_all(sender, desk)
    id = filing(desk).id
    desk.intake.ledger.purge_record("standard", "demand", desk.now)
    rows = desk.intake.ledger.outbox.list()
    assert all(row.payload == {} for row in rows)
    assert [reply.body for reply in desk.intake.ledger.replies.of(id)] == [""]


def test_a_worker_whose_lease_ran_out_tells_nobody(desk: Desk, sender: Sender, lifecycle: Lifecycle) -> None:
    desk.save("demand")
    item = desk.intake.ledger.outbox.claim(["filing"], desk.now)
    assert item
    desk.intake.ledger.outbox.sent(item.id, {"receipt_no": "R1"}, desk.now)
    sender._give_up(item, refused(), "迟到的答复", desk.now)
    assert letters(desk) == []
    assert filing(desk).state == "sent"
