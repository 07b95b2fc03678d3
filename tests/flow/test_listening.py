"""What no webhook told us is taken all the same, once, and a platform that is away costs nothing but time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.listening import every_s, listening_round, take_what_was_missed
from plugin.demo_round import steps
from plugin.sdk import RemoteUnavailable
from plugin.sdk_testing import troubled
from tests.flow.conftest import Desk
from tests.platforms.sandbox import Sandbox, sandbox_at

LATER = timedelta(minutes=1)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    (tmp_path / "platform").mkdir()
    with sandbox_at(tmp_path / "platform") as opened:
        yield opened


def demand(sandbox: Sandbox, number: int = 0, **changes: object) -> str:
    """One demand saved on the platform; the event that told of it goes nowhere."""
    fields = next(each.fields for each in steps(datetime.now(UTC).date()) if each.name == "demand")
    record, _lost = sandbox.save("demand_collection", {**fields, "project_name": f"项目{number}", **changes})
    return record


def test_fifty_records_whose_events_were_lost_all_get_their_verdict(desk: Desk, sandbox: Sandbox) -> None:
    records = {demand(sandbox, number) for number in range(50)}
    now = datetime.now(UTC)
    assert take_what_was_missed(desk.intake, sandbox.platform, now) == 50
    desk.now = now
    desk.take_all()
    assert {each for each in records if desk.intake.ledger.verdicts.latest("standard", each)} == records


def test_what_is_known_is_not_taken_again_and_a_change_is(desk: Desk, sandbox: Sandbox) -> None:
    record, now = demand(sandbox), datetime.now(UTC)
    assert take_what_was_missed(desk.intake, sandbox.platform, now) == 1
    desk.now = now
    desk.take_all()
    assert take_what_was_missed(desk.intake, sandbox.platform, now + LATER) == 0
    fields = dict(desk.intake.ledger.submissions.head("standard", record).values)  # type: ignore[union-attr]
    sandbox.save("demand_collection", {**fields, "project_name": "改名"}, record)
    assert take_what_was_missed(desk.intake, sandbox.platform, now + 2 * LATER) == 1


def test_a_round_that_fails_is_repeated_from_where_the_last_good_one_ended(
    desk: Desk, sandbox: Sandbox
) -> None:
    demand(sandbox)
    now = datetime.now(UTC)
    marks = desk.intake.ledger.marks
    with troubled(sandbox.door, "down"):
        with pytest.raises(RemoteUnavailable):
            take_what_was_missed(desk.intake, sandbox.platform, now)
        assert listening_round(desk.intake, sandbox.platform, now) is False
    assert marks.get("listed:standard") is None
    assert listening_round(desk.intake, sandbox.platform, now) is False
    assert marks.get("listed:standard") == now


def test_a_clock_that_stood_ahead_leaves_no_gap(desk: Desk, sandbox: Sandbox) -> None:
    now = datetime.now(UTC)
    take_what_was_missed(desk.intake, sandbox.platform, now + timedelta(days=40))
    demand(sandbox)
    assert take_what_was_missed(desk.intake, sandbox.platform, now + timedelta(days=40, seconds=30)) == 0
    assert take_what_was_missed(desk.intake, sandbox.platform, now + LATER) == 1
    assert desk.intake.ledger.marks.get("listed:standard") == now + LATER


def test_a_classified_record_found_on_the_platform_is_not_kept(desk: Desk, sandbox: Sandbox) -> None:
    record = demand(sandbox, project_name="机密内容甲")
    sandbox.reclassify(record)
    assert take_what_was_missed(desk.intake, sandbox.platform, datetime.now(UTC)) == 0
    for file in desk.intake.ledger.path.parent.glob("ledger*"):
        assert "机密内容甲".encode() not in file.read_bytes()


def test_a_platform_that_repeats_by_itself_is_asked_seldom(sandbox: Sandbox) -> None:
    assert every_s(sandbox.platform) == 3600
