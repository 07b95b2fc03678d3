"""What a job does with one outgoing item: once, whatever the other side does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobs.couriers import MessageCourier
from jobs.outbox import Sender
from plugin.ledger import Ledger, OutboxItem, Outgoing
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear
from plugin.sdk import Registry

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
LATER = timedelta(hours=2)
TAKEN = {"values": {"classified": False}}


class OtherSide:
    """A destination that fails on demand and remembers by key what it holds."""

    def __init__(self) -> None:
        self.holds: dict[str, dict[str, Any]] = {}
        self.sends = 0
        self.failures: list[Exception] = []
        self.stores_before_failing = False

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        return self.holds.get(item.key)

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        self.sends += 1
        if self.failures:
            if self.stores_before_failing:
                self.holds[item.key] = {"receipt_no": f"R{len(self.holds) + 1}"}
            raise self.failures.pop(0)
        return self.holds.setdefault(item.key, {"receipt_no": f"R{len(self.holds) + 1}"})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def other() -> OtherSide:
    return OtherSide()


@pytest.fixture
def sender(ledger: Ledger, other: OtherSide) -> Sender:
    return Sender(ledger, {"filing": other}, Random(1), max_attempts=3)


def want(ledger: Ledger, *, name: str = "a", payload: dict[str, Any] | None = None) -> None:
    item = Outgoing("filing", f"filing:P:{name}", "P:lifecycle", "P", NOW, {"n": name, **(payload or TAKEN)})
    ledger.outbox.sync(f"project:{name}", [item], NOW)


def state(ledger: Ledger) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in ledger.outbox.list()]


def test_nothing_due_is_nothing_done(sender: Sender) -> None:
    assert not sender.send_one(["filing"], NOW)


def test_an_item_is_sent_once_and_its_receipt_kept(sender: Sender, ledger: Ledger, other: OtherSide) -> None:
    want(ledger)
    assert sender.send_one(["filing"], NOW)
    assert not sender.send_one(["filing"], NOW + LATER)
    assert other.sends == 1
    assert ledger.outbox.list()[0].receipt == {"receipt_no": "R1"}


def test_an_unavailable_side_is_tried_later_not_before_it_asked(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    other.failures = [RemoteUnavailable("忙", retry_after_s=3600)]
    sender.send_one(["filing"], NOW)
    assert not sender.send_one(["filing"], NOW + timedelta(seconds=3599))
    assert sender.send_one(["filing"], NOW + timedelta(seconds=3600))
    assert state(ledger) == [("sent", 2)]


def test_an_unclear_outcome_is_asked_for_before_anything_is_sent_again(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    other.failures, other.stores_before_failing = [RemoteUnclear("超时")], True
    sender.send_one(["filing"], NOW)
    sender.send_one(["filing"], NOW + LATER)
    assert other.sends == 1
    assert state(ledger) == [("sent", 2)]


def test_an_unclear_outcome_that_did_not_arrive_is_sent_again(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    other.failures = [RemoteUnclear("超时")]
    sender.send_one(["filing"], NOW)
    sender.send_one(["filing"], NOW + LATER)
    assert other.sends == 2
    assert len(other.holds) == 1


def test_a_refusal_is_for_a_person_and_frees_the_lane(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger, name="a")
    want(ledger, name="b")
    other.failures = [RemoteRejected("不接受", "项目编号有误。")]
    assert sender.send_one(["filing"], NOW)
    assert sender.send_one(["filing"], NOW)
    assert [row.state for row in ledger.outbox.list()] == ["dead", "sent"]


def test_after_the_last_attempt_it_is_laid_aside(sender: Sender, ledger: Ledger, other: OtherSide) -> None:
    want(ledger)
    other.failures = [RemoteUnavailable("忙") for _ in range(3)]
    for hours in range(3):
        sender.send_one(["filing"], NOW + LATER * hours)
    [row] = ledger.outbox.list()
    assert row.state == "dead"
    assert "已尝试3次" in (row.error or "")


def test_an_error_of_our_own_counts_as_an_attempt_of_unknown_outcome(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    other.failures, other.stores_before_failing = [ZeroDivisionError()], True
    assert sender.send_one(["filing"], NOW)
    assert [(row.state, row.error) for row in ledger.outbox.list()] == [
        ("pending", "程序出错（ZeroDivisionError），请联系运维人员。")
    ]
    assert sender.send_one(["filing"], NOW + LATER)
    assert [(row.state, row.receipt) for row in ledger.outbox.list()] == [("sent", {"receipt_no": "R1"})]
    want(ledger, name="b")
    other.failures, other.stores_before_failing = [ZeroDivisionError() for _ in range(3)], False
    for hours in range(3):
        sender.send_one(["filing"], NOW + LATER * (2 + hours))
    assert [row.state for row in ledger.outbox.list()] == ["sent", "dead"]


def test_what_is_not_declared_unclassified_never_leaves(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    for name, answer in (("a", True), ("b", None), ("c", "是")):
        want(ledger, name=name, payload={"values": {"classified": answer}})
    while sender.send_one(["filing"], NOW):
        pass
    assert other.sends == 0
    assert {row.state for row in ledger.outbox.list()} == {"cancelled"}


def test_a_correction_replaces_what_was_not_sent_and_follows_what_may_have_been(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    want(ledger, payload={"values": {"classified": False, "amount_yuan": "2.00"}})
    sender.send_one(["filing"], NOW)
    assert other.sends == 1
    other.failures, other.stores_before_failing = [RemoteUnclear("超时")], True
    want(ledger, payload={"values": {"classified": False, "amount_yuan": "3.00"}})
    sender.send_one(["filing"], NOW)
    want(ledger, payload={"values": {"classified": False, "amount_yuan": "4.00"}})
    for hours in range(1, 4):
        sender.send_one(["filing"], NOW + LATER * hours)
    assert [row.state for row in ledger.outbox.list()] == ["cancelled", "sent", "sent", "sent"]
    assert len(other.holds) == 3


def test_a_refusal_of_what_nobody_wants_any_more_bothers_nobody(
    sender: Sender, ledger: Ledger, other: OtherSide
) -> None:
    want(ledger)
    other.failures = [RemoteUnclear("超时")]
    sender.send_one(["filing"], NOW)
    want(ledger, payload={"values": {"classified": False, "amount_yuan": "2.00"}})
    other.find = lambda item: (_ for _ in ()).throw(RemoteRejected("不一致", "不一致。"))  # type: ignore[method-assign]
    sender.send_one(["filing"], NOW + LATER)
    assert [row.state for row in ledger.outbox.list()] == ["cancelled", "pending"]


def test_what_is_for_a_platform_that_is_connected_no_more_is_laid_aside_with_the_reason(
    ledger: Ledger,
) -> None:
    """After a county has changed its platform: it must not end every round of the job."""
    sender = Sender(ledger, {"message": MessageCourier(Registry({}), str)}, Random(1), max_attempts=2)
    letter = {"platform": "old", "to": "u1", "title": "备案核对", "text": "两边不一致。"}
    ledger.outbox.sync("s", [Outgoing("message", "message:a", "a", None, NOW, letter)], NOW)
    assert sender.send_one(("message",), NOW) and sender.send_one(("message",), NOW + LATER)
    [row] = ledger.outbox.list()
    assert row.state == "dead" and "没有接入名为“old”的平台" in (row.error or "")
