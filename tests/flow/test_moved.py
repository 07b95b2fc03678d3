"""A new calendar in force: every project with open duties is folded again, and only what moved is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobs.refold import Refolding
from plugin.demo_round import steps
from plugin.holidays import Year, calendar_for
from plugin.ledger import Ledger, ObligationRow, OutboxRow
from plugin.manifest import Manifest
from plugin.reminding.watching import look_once
from tests.flow.conftest import Desk

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)  # before the notice for 2027
LATER = NOW + timedelta(days=2)
APPLICATION = date(2027, 2, 6)  # a Saturday, six months after completion
ROUND = {each.name: each for each in steps(NOW.date())}
CLOSED_TO = date(2027, 2, 12)


def entered(manifest: Manifest, *off: date, worked: tuple[date, ...] = ()) -> Manifest:
    """The manifest with a calendar of 2027 of its own, as another version."""
    year = Year(frozenset(off), frozenset(worked), "通知")
    calendar = calendar_for(range(2004, 2100), None, entered={2027: year})
    version = f"{manifest.version}:{hash((off, worked))}"
    return replace(manifest, version=version, book=replace(manifest.book, version=version, calendar=calendar))


def in_force(desk: Desk, manifest: Manifest) -> None:
    desk.intake = replace(desk.intake, manifest=lambda: manifest)


@pytest.fixture
def completed(desk: Desk) -> Desk:
    """A project completed on 6 August 2026, whose application for acceptance is due in the year not announced."""
    desk.now = NOW
    desk.save("demand", **ROUND["demand"].fields)
    fields = {**ROUND["completion"].fields, "completed_on": "2026-08-06"}
    desk.save("completion", **fields, project_code=desk.code_of("demand"))
    return desk


def duty(desk: Desk) -> ObligationRow:
    rows = desk.intake.ledger.obligations.of_project(desk.code_of("demand") or "")
    return next(each for each in rows if each.duty == "acceptance_application")


def recounted(desk: Desk, now: datetime = LATER) -> int:
    job, count = Refolding(desk.intake).one, 0
    while job(now):
        count += 1
    return count


def outbox(ledger: Ledger) -> dict[str, OutboxRow]:
    return {each.key: each for each in ledger.outbox.list()}


def moved_messages(desk: Desk) -> list[dict[str, Any]]:
    return [each.payload for each in desk.intake.ledger.outbox.list() if ":moved:" in each.subject]


def test_the_day_is_provisional_until_the_notice(completed: Desk) -> None:
    found = duty(completed)
    assert (found.due_on, found.overdue_after, found.provisional) == (APPLICATION, None, True)
    assert recounted(completed) == 0  # nothing is folded again while nothing changed


def test_a_day_that_moved_is_on_record_and_told_once(completed: Desk) -> None:
    in_force(completed, entered(completed.intake.manifest(), *days(APPLICATION, CLOSED_TO)))
    assert recounted(completed) == 1
    found = duty(completed)
    assert (found.due_on, found.overdue_after, found.provisional) == (APPLICATION, date(2027, 2, 15), False)
    (message,) = moved_messages(completed)
    assert message["to"] == "u1" and message["title"].startswith("期限变动：竣工验收申请——")
    assert "原为2027-02-06（星期六）（该年度节假日安排尚未公布，暂定）" in message["text"]
    assert "现为2027-02-06（星期六），遇节假日顺延至2027-02-15（星期一）。" in message["text"]
    (row,) = [each for each in completed.intake.ledger.audit.latest() if each.action == "obligation.moved"]
    assert row.detail["before"] == "2027-02-06" and row.detail["now"] == "2027-02-15"
    assert recounted(completed) == 0
    assert len(moved_messages(completed)) == 1


def test_a_day_that_is_confirmed_says_nothing_to_anybody(completed: Desk) -> None:
    ledger = completed.intake.ledger
    saturday_worked = entered(completed.intake.manifest(), worked=(APPLICATION,))
    before, revision = outbox(ledger), duty(completed).revision
    in_force(completed, saturday_worked)
    assert recounted(completed, NOW) == 1
    found = duty(completed)
    assert (found.overdue_after, found.provisional, found.revision) == (APPLICATION, False, revision + 1)
    actions = [each.action for each in ledger.audit.latest()]
    assert "obligation.changed" in actions and "obligation.moved" not in actions
    after = outbox(ledger)
    assert [each for key, each in after.items() if key not in before and each.kind != "writeback"] == []


def test_another_version_alone_writes_nothing_anywhere(completed: Desk) -> None:
    ledger = completed.intake.ledger
    manifest = completed.intake.manifest()
    in_force(completed, replace(manifest, version="other", book=replace(manifest.book, version="other")))
    before, verdicts = outbox(ledger), ledger.verdicts.history("standard", "completion")
    assert recounted(completed, NOW) == 1
    assert outbox(ledger) == before and ledger.verdicts.history("standard", "completion") == verdicts
    assert ledger.projects.get(completed.code_of("demand") or "").law_version == "other"


def test_a_reminder_that_went_out_is_not_repeated(completed: Desk) -> None:
    """Ninety days ahead somebody was reminded of a provisional day; the notice confirms it."""
    early = replace(completed.intake.manifest().reminders, days_before=(100, 7))
    in_force(completed, replace(completed.intake.manifest(), reminders=early, version="a"))
    recounted(completed, NOW)
    hundred = "before:100@2027-02-06"  # 29 October 2026
    assert marks(completed, NOW).count(hundred) == 1
    in_force(completed, entered(completed.intake.manifest(), worked=(APPLICATION,)))
    recounted(completed)
    assert marks(completed, LATER).count(hundred) == 1


def marks(desk: Desk, now: datetime) -> list[str]:
    """What was recorded for anybody by then."""
    while look_once(desk.intake.ledger, desk.intake.manifest(), now):
        pass
    return [each.mark for each in desk.intake.ledger.reminders.list()]


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(number) for number in range((last - first).days + 1)]
