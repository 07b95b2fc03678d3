"""Both sides compared: what is missing goes out again, what we missed is recorded, everything else is a person's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jobs.reconciling import MAX_ATTEMPTS, ROUND, reconcile_one
from plugin.demo import demo_manifest
from plugin.ledger import DifferenceRow, OutboxRow
from plugin.reconcile import Reconciler
from plugin.remote import RemoteUnavailable
from tests.filings.world import World, world
from tests.flow.conftest import Desk

PEOPLE = {"data_bureau": ("王五",)}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.fixture
def desk(here: World) -> Desk:
    """Papers saved into the ledger of this world."""
    from forms.definition import load_forms
    from plugin.intake import Intake
    from plugin.resemblance import Resemblance

    manifest = replace(demo_manifest({}), recipients=PEOPLE)
    intake = Intake(here.ledger, load_forms(), lambda: manifest, Resemblance(here.ledger, manifest.unit_name))
    return Desk(intake, here.clock())


@pytest.fixture
def code(here: World, desk: Desk) -> str:
    """A project with two filings on both sides."""
    desk.save("demand")
    found = desk.code_of("demand") or ""
    desk.save("contract", project_code=found)
    here.settle()
    here.stands_exactly_once()
    return found


@pytest.fixture
def reconciler(here: World, desk: Desk) -> Reconciler:
    return Reconciler(desk.intake, here.client)


def compared(here: World, reconciler: Reconciler, code: str) -> list[DifferenceRow]:
    return reconciler.project(code, here.clock())


def shown(rows: list[DifferenceRow]) -> list[tuple[str, bool]]:
    return [(row.kind, row.for_person) for row in rows]


def there(here: World, sql: str, *values: Any) -> None:
    """Something happens to the other side's record behind everybody's back."""
    with sqlite3.connect(here.store._path) as db:
        db.execute(sql, values)


def ours(here: World, sql: str, *values: Any) -> None:
    with here.ledger.write_tx():
        here.ledger.changed(sql, *values)


def filing(here: World, step: str) -> OutboxRow:
    return [row for row in here.filings() if row.payload.get("step") == step][-1]


def messages(here: World) -> list[OutboxRow]:
    rows = here.ledger.outbox.list(kind="message")
    return [row for row in rows if row.subject.startswith("message:reconcile") and row.state != "cancelled"]


def test_two_equal_sides_have_no_difference(here: World, reconciler: Reconciler, code: str) -> None:
    assert compared(here, reconciler, code) == []
    assert messages(here) == []


def test_what_the_other_side_lost_goes_out_again_under_its_key(
    here: World, reconciler: Reconciler, code: str
) -> None:
    lost = filing(here, "contract_filing")
    there(here, "DELETE FROM filings WHERE key = ?", lost.key)
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person, row.key) == ("missing", False, lost.key)
    assert lost.receipt and lost.receipt["receipt_no"] in row.message
    here.settle()
    here.stands_exactly_once()
    [kept] = here.ledger.replies.of(lost.id)
    assert (kept.what, kept.body) == ("receipt_lost", lost.receipt["reply"])
    assert compared(here, reconciler, code) == []


def test_both_revisions_come_back_in_order_where_both_were_lost(
    here: World, desk: Desk, reconciler: Reconciler, code: str
) -> None:
    desk.now += timedelta(minutes=1)
    desk.save("contract", project_code=code, contract_name="更正后的合同名称")
    here.settle()
    there(here, "DELETE FROM filings WHERE key LIKE '%contract_filing%'")
    assert shown(compared(here, reconciler, code)) == [("missing", False), ("missing", False)]
    here.settle()
    here.stands_exactly_once()
    first, second = [each for each in here.store.filings.of_project(code) if "contract" in each.key]
    assert (first.body["supersedes"], second.body["supersedes"]) == (None, first.receipt_no)


def test_a_receipt_that_we_missed_is_recorded_and_nothing_is_sent(
    here: World, reconciler: Reconciler, code: str
) -> None:
    known = filing(here, "contract_filing")
    ours(here, "UPDATE outbox SET state = 'dead', receipt = NULL, unclear = 1 WHERE id = ?", known.id)
    calls = len(here.door.took)
    assert shown(compared(here, reconciler, code)) == [("unrecorded", False)]
    assert len(here.door.took) == calls + 2  # the list, and the receipt
    here.stands_exactly_once()
    assert filing(here, "contract_filing").receipt == known.receipt


def test_what_they_hold_and_we_never_filed_is_shown_to_a_person_and_told_once(
    here: World, reconciler: Reconciler, code: str
) -> None:
    body = dict(here.store.filings.of_project(code)[0].body)
    here.store.filings.put("filing:stray:1", {**body, "key": "filing:stray:1"}, here.clock())
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person, row.key) == ("extra", True, "filing:stray:1")
    here.clock.hours(24)
    compared(here, reconciler, code)
    [message] = messages(here)
    assert message.payload["to"] == "王五"
    assert message.payload["title"] == f"备案核对：{code}有1处需要人工处理"
    assert "对方多余（filing:stray:1，2025-03-10（星期一）发现）" in message.payload["text"]
    there(here, "DELETE FROM filings WHERE key = 'filing:stray:1'")
    assert compared(here, reconciler, code) == []


def test_the_bureau_reads_which_paper_it_is_and_no_key(
    here: World, reconciler: Reconciler, code: str
) -> None:
    known = filing(here, "contract_filing")
    there(here, "DELETE FROM filings WHERE key = ?", known.key)
    ours(here, "UPDATE outbox SET state = 'dead', receipt = NULL, error = '不受理。' WHERE id = ?", known.id)
    compared(here, reconciler, code)
    [message] = messages(here)
    assert (
        "1. 没有送达（合同备案第1版，" in message.payload["text"] and "filing:" not in message.payload["text"]
    )


def test_a_content_changed_over_there_is_shown_and_not_overwritten(
    here: World, reconciler: Reconciler, code: str
) -> None:
    key = filing(here, "contract_filing").key
    there(here, "UPDATE filings SET fingerprint = ? WHERE key = ?", "0" * 64, key)
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person) == ("different", True)
    assert "请与对方核对是谁改动的" in row.message


def test_another_receipt_number_is_shown(here: World, reconciler: Reconciler, code: str) -> None:
    there(here, "UPDATE filings SET receipt_no = 'LC-9' WHERE key = ?", filing(here, "contract_filing").key)
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person, "LC-9" in row.message) == ("different", True, True)


def test_an_unclear_filing_with_another_content_over_there_is_shown(
    here: World, reconciler: Reconciler, code: str
) -> None:
    known = filing(here, "contract_filing")
    ours(here, "UPDATE outbox SET state = 'dead', receipt = NULL WHERE id = ?", known.id)
    there(here, "UPDATE filings SET fingerprint = ? WHERE key = ?", "0" * 64, known.key)
    assert shown(compared(here, reconciler, code)) == [("different", True)]


def test_a_refused_filing_stays_on_the_list_with_its_reason(
    here: World, desk: Desk, reconciler: Reconciler, code: str
) -> None:
    here.go_wrong("refusal", "submit")
    desk.now += timedelta(minutes=1)
    desk.save("contract", project_code=code, contract_name="更正后的合同名称")
    here.settle()
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person) == ("undelivered", True)
    assert "请核对项目名称" in row.message and f"O{filing(here, 'contract_filing').id}" in row.message


def test_a_deleted_paper_whose_filing_stands_there_needs_a_person(
    here: World, desk: Desk, reconciler: Reconciler, code: str
) -> None:
    from plugin.sdk import EventKind

    desk.now += timedelta(minutes=1)
    gone = replace(desk.event("contract"), kind=EventKind.DELETED, fields={}, saved_at=desk.now)
    desk.accept(gone)
    desk.take_all()
    [row] = compared(here, reconciler, code)
    assert (row.kind, row.for_person) == ("extra", True)
    assert "原表单已删除或者退回" in row.message
    there(here, "DELETE FROM filings WHERE key = ?", row.key)
    assert compared(here, reconciler, code) == []  # gone on both sides: nothing is sent again


def test_a_classified_record_whose_filing_stands_there_needs_a_person(
    here: World, desk: Desk, reconciler: Reconciler, code: str
) -> None:
    desk.now += timedelta(minutes=1)
    desk.accept(replace(desk.event("contract", classified="是"), saved_at=desk.now))
    rows = compared(here, reconciler, code)
    assert {row.kind for row in rows if row.for_person} == {"extra"}
    assert any("涉密" in row.message for row in rows)


def test_a_version_given_up_for_a_newer_one_that_arrived_after_all_is_shown(
    here: World, desk: Desk, reconciler: Reconciler, code: str
) -> None:
    known = filing(here, "contract_filing")
    ours(here, "UPDATE outbox SET state = 'cancelled', receipt = NULL WHERE id = ?", known.id)
    rows = compared(here, reconciler, code)
    assert ("extra", True) in shown(rows)


def test_a_filing_that_the_outbox_lost_is_queued_again_from_the_papers(
    here: World, reconciler: Reconciler, code: str
) -> None:
    lost = filing(here, "contract_filing")
    ours(here, "DELETE FROM outbox WHERE id = ?", lost.id)
    there(here, "DELETE FROM filings WHERE key = ?", lost.key)
    assert compared(here, reconciler, code) == []  # it waits to be sent, which is no difference
    here.settle()
    here.stands_exactly_once()


def test_one_key_with_two_entries_is_shown(here: World, code: str) -> None:
    from plugin.comparing import compare

    held = here.client.of_project(code)
    twice = [*held, replace(held[0], receipt_no="LC-2")]
    [found] = compare(here.ledger.outbox.list(kind="filing"), twice, lambda _row: True)
    assert (found.kind, found.repair) == ("different", None)
    assert "LC-2" in found.message


def test_a_plan_is_compared_like_a_project(here: World, desk: Desk, reconciler: Reconciler) -> None:
    from tests.filings.test_what_is_filed import save_plan

    save_plan(desk, step="government_approval", government_approved_on="2025-03-01")
    here.settle()
    assert reconciler.codes() == ["DEMO-PLAN-2026"]
    assert compared(here, reconciler, "DEMO-PLAN-2026") == []
    there(here, "DELETE FROM filings")
    assert shown(compared(here, reconciler, "DEMO-PLAN-2026")) == [("missing", False)]
    here.settle()
    here.stands_exactly_once()


class TestNight:
    def step(self, here: World, reconciler: Reconciler) -> int:
        done = 0
        while reconcile_one(reconciler, Random(1), here.clock()):
            done += 1
        return done

    def test_each_project_is_compared_once_a_day_also_after_a_restart(
        self, here: World, desk: Desk, reconciler: Reconciler, code: str
    ) -> None:
        desk.save("late_demand")
        here.settle()
        assert reconcile_one(reconciler, Random(1), here.clock())
        again = Reconciler(desk.intake, here.client)  # another process, in the middle of the round
        assert self.step(here, again) == 1
        assert self.step(here, reconciler) == 0
        assert here.ledger.rounds.last(ROUND) == ("2025-03-10", "done", None)
        here.clock.hours(24)
        assert self.step(here, reconciler) == 2

    def test_it_waits_for_the_night(self, here: World, reconciler: Reconciler, code: str) -> None:
        here.clock.hours(16.5)  # half past one in Shanghai
        assert not reconcile_one(reconciler, Random(1), here.clock())
        here.clock.hours(0.5)
        assert reconcile_one(reconciler, Random(1), here.clock())

    def test_a_system_that_is_away_is_asked_again_then_listed(
        self, here: World, reconciler: Reconciler, code: str
    ) -> None:
        here.go_wrong("away", "list", times=100)
        for _ in range(MAX_ATTEMPTS - 1):
            assert not reconcile_one(reconciler, Random(1), here.clock())
            here.clock.hours(1)
        assert reconcile_one(reconciler, Random(1), here.clock())
        [row] = here.ledger.differences.open(code)
        assert (row.kind, row.for_person) == ("unchecked", True)
        here.faults.clear()
        here.clock.hours(24)
        self.step(here, reconciler)
        assert here.ledger.differences.open(code) == []

    def test_what_cannot_be_compared_changes_nothing(
        self, here: World, reconciler: Reconciler, code: str
    ) -> None:
        before = [(row.key, row.state) for row in here.filings()]
        here.go_wrong("away", "list")
        with pytest.raises(RemoteUnavailable):
            compared(here, reconciler, code)
        assert [(row.key, row.state) for row in here.filings()] == before
