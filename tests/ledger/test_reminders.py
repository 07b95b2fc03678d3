"""What is watched and what was recorded: once for good, found at the cost of what is due."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from plugin.ledger import Ledger
from tests.ledger.makers import CODE, MINUTE, NOW, outgoing, project, watched

LATER = NOW + timedelta(days=30)


def record(ledger: Ledger, *persons: str, mark: str = "due@2024-04-01") -> list[str]:
    ledger.reminders.record(CODE, "contract_filing", mark, "responsible", "standard", persons, NOW)
    return [row.person for row in ledger.reminders.list(project_code=CODE)]


class TestRecording:
    def test_a_moment_is_recorded_once_for_good(self, ledger: Ledger) -> None:
        assert record(ledger, "u1", "u2", "u1") == ["u1", "u2"]
        assert record(ledger, "u3") == ["u1", "u2"]
        assert record(ledger, "u3", mark="overdue:0@2024-04-01") == ["u1", "u2", "u3"]

    def test_a_moment_for_nobody_is_on_record_and_in_no_digest(self, ledger: Ledger) -> None:
        assert record(ledger) == [""]
        assert not ledger.reminders.gather_next(NOW, NOW.date())

    def test_one_digest_a_person_and_day_takes_all_that_waits(self, ledger: Ledger) -> None:
        record(ledger, "u1", "u2")
        record(ledger, "u1", mark="overdue:0@2024-04-01")
        assert [ledger.reminders.gather_next(NOW, NOW.date()) for _ in range(3)] == [True, True, False]
        keys = {row.person: row.digest for row in ledger.reminders.list()}
        assert len(ledger.reminders.in_digest(keys["u1"] or "")) == 2
        record(ledger, "u1", mark="overdue:1@2024-04-01")
        assert not ledger.reminders.gather_next(NOW, NOW.date())
        assert ledger.reminders.gather_next(NOW, NOW.date() + timedelta(1))


class TestWatching:
    def test_what_changes_nothing_is_not_looked_at_again(self, ledger: Ledger) -> None:
        ledger.projects.put(project())
        ledger.watched.sync(CODE, [watched()], NOW)
        [duty] = ledger.watched.to_look_at(NOW, "v", 10)
        assert duty.fresh and duty.seen_until == NOW
        ledger.watched.looked(duty, NOW, LATER, "v")
        ledger.watched.sync(CODE, [watched()], NOW + MINUTE)
        assert ledger.watched.to_look_at(NOW + MINUTE, "v", 10) == []
        assert len(ledger.watched.to_look_at(LATER, "v", 10)) == 1
        assert len(ledger.watched.to_look_at(NOW + MINUTE, "another", 10)) == 1

    def test_another_person_is_known_and_another_day_begins_anew(self, ledger: Ledger) -> None:
        ledger.watched.sync(CODE, [watched()], NOW)
        ledger.watched.looked(watched(), NOW, LATER, "v")
        ledger.watched.sync(CODE, [watched(person="u2")], NOW + MINUTE)
        duty = ledger.watched.get(CODE, "contract_filing")
        assert duty and (duty.person, duty.fresh, duty.seen_until) == ("u2", False, NOW)
        moved = watched(person="u2", due_on=date(2024, 5, 1))
        ledger.watched.sync(CODE, [moved], NOW + MINUTE)
        duty = ledger.watched.get(CODE, "contract_filing")
        assert duty and (duty.fresh, duty.seen_until) == (True, NOW + MINUTE)
        ledger.watched.sync(CODE, [], NOW + MINUTE)
        assert ledger.watched.of_project(CODE) == []

    def test_what_rested_may_be_recorded_again_once_it_goes_on(self, ledger: Ledger) -> None:
        record(ledger, "u1")
        ledger.reminders.rest([ledger.reminders.list()[0].id])
        ledger.watched.sync(CODE, [watched()], NOW)
        assert record(ledger, "u2") == ["u2"]

    def test_a_tick_reads_what_is_due(self, ledger: Ledger) -> None:
        for sql, values in (
            ("SELECT * FROM watched_duties WHERE look_at <= ? ORDER BY look_at LIMIT ?", ("2024", 1)),
            ("SELECT * FROM watched_duties WHERE (looked_under < ? OR looked_under > ?)", ("v", "v")),
            ("SELECT platform, person FROM untold_reminders WHERE wanted_at <= ?", ("2024",)),
            ("SELECT 1 FROM digest_attempts WHERE started_at > ?", ("2024",)),
        ):
            plan = " ".join(row[3] for row in ledger.rows(f"EXPLAIN QUERY PLAN {sql}", *values))
            assert "INDEX" in plan and "SCAN watched_duties" not in plan.replace("USING", ""), plan


class TestAttempts:
    def test_so_many_in_any_minute(self, ledger: Ledger) -> None:
        for seconds in (0, 20, 40):
            at = NOW + timedelta(seconds=seconds)
            assert ledger.attempts.free_at(at, 3) is None
            ledger.attempts.begin(f"d{seconds}", "platform", "u1", at, repeat=False)
        assert ledger.attempts.free_at(NOW + timedelta(seconds=59), 3) == NOW + MINUTE
        assert ledger.attempts.free_at(NOW + MINUTE, 3) is None

    def test_a_try_without_an_end_may_have_arrived(self, ledger: Ledger) -> None:
        first = ledger.attempts.begin("d", "email", "u1", NOW, repeat=False)
        [row] = ledger.attempts.of("d")
        assert row.may_have_arrived and row.ended_at is None
        ledger.attempts.end(first, "sent", NOW + MINUTE, receipt={"message_id": "m"})
        [row] = ledger.attempts.of("d")
        assert not row.may_have_arrived and row.receipt == {"message_id": "m"}


def test_a_ledger_of_before_lets_its_projects_be_folded_anew(tmp_path: Path) -> None:
    """Reminders were queued singly then; those that certainly did not leave are withdrawn."""
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        ledger.projects.put(project())
        waiting = outgoing("reminder:a", kind="reminder")
        ledger.outbox.sync(
            "project:x", [waiting, replace(waiting, kind="filing", subject="filing:a", lane="b")], NOW
        )
        for kind, name in (
            ("VIEW", "untold_reminders"),
            *(("TABLE", name) for name in ("watched_duties", "reminders", "digest_attempts")),
        ):
            ledger.changed(f"DROP {kind} {name}")
        ledger.changed("DELETE FROM _sqlite_migrations WHERE name = '0005_reminders'")
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        assert {row.kind: row.state for row in ledger.outbox.list()} == {
            "reminder": "cancelled",
            "filing": "pending",
        }
        assert ledger.projects.outdated("1") == (CODE,)
        assert ledger.reminders.list() == []
