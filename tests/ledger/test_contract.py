"""What every ledger does on any database: submissions, projects, verdicts, obligations, audit.

With test_inbox.py and test_outbox.py this is the contract suite: public methods only, nothing of SQLite.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from plugin.ledger import Ledger, LedgerError
from tests.ledger.makers import CODE, MINUTE, NOW, duty, head, project, remember, version


class TestSubmissions:
    def test_an_equal_version_is_kept_once_and_versions_come_back_in_the_order_of_saving(
        self, ledger: Ledger
    ) -> None:
        later, earlier = version(saved_at=NOW + MINUTE, a="2"), version(a="1")
        assert ledger.submissions.add_version(later, "h2")
        assert ledger.submissions.add_version(earlier, "h1")
        assert not ledger.submissions.add_version(earlier, "h1")
        assert ledger.submissions.versions("standard", "rec1") == [earlier, later]

    def test_times_of_any_zone_are_in_one_order(self, ledger: Ledger) -> None:
        shanghai = timezone(timedelta(hours=8))
        first = version(saved_at=datetime(2024, 3, 1, 8, 59, tzinfo=shanghai))
        ledger.submissions.add_version(version(saved_at=datetime(2024, 3, 1, 1, 0, 0, 1, tzinfo=UTC)), "h2")
        ledger.submissions.add_version(first, "h1")
        assert ledger.submissions.versions("standard", "rec1")[0] == first

    def test_an_instant_without_a_zone_is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="time zone"):
            ledger.submissions.add_version(version(saved_at=datetime(2024, 3, 1)), "h")

    def test_the_head_is_replaced_and_keeps_its_overrides(self, ledger: Ledger) -> None:
        ledger.submissions.put_head(head())
        assert ledger.submissions.override("standard", "rec1", "TRIAL-MONTH", "王某", "县政府会议纪要", NOW)
        assert not ledger.submissions.override("standard", "rec1", "TRIAL-MONTH", "李某", "其他", NOW)
        ledger.submissions.put_head(head(standing="returned"))
        stored = ledger.submissions.head("standard", "rec1")
        assert stored is not None
        assert stored.standing == "returned"
        assert [(each["rule_code"], each["by"]) for each in stored.overrides] == [("TRIAL-MONTH", "王某")]

    def test_a_project_has_its_attached_undeleted_heads_and_others_wait_unattached(
        self, ledger: Ledger
    ) -> None:
        ledger.submissions.put_head(head("rec1"))
        ledger.submissions.put_head(head("rec2", deleted=True))
        ledger.submissions.put_head(head("rec3", project_code=None, values={"project_code": CODE}))
        assert [each.record for each in ledger.submissions.of_project(CODE)] == ["rec1"]
        assert [each.record for each in ledger.submissions.unattached(CODE)] == ["rec3"]
        assert [each.record for each in ledger.submissions.all_unattached()] == ["rec3"]
        assert ledger.submissions.attach("standard", "rec3", CODE)
        assert [each.record for each in ledger.submissions.of_project(CODE)] == ["rec1", "rec3"]
        assert ledger.submissions.unattached(CODE) == []


class TestProjects:
    def test_the_latest_day_and_the_amounts_come_back_as_they_were_put(self, ledger: Ledger) -> None:
        row = project(latest_on=date(2025, 3, 31), amounts=("1000000.00", "5.00"))
        ledger.projects.put(row)
        assert ledger.projects.get(CODE) == row
        ledger.projects.put(project())
        assert ledger.projects.get(CODE) == project()

    def test_projects_of_any_other_version_are_outdated(self, ledger: Ledger) -> None:
        for code, law in (("A-1", "1"), ("A-2", "2"), ("A-3", "3"), ("A-4", "2"), ("A-5", "")):
            ledger.projects.put(project(code, law_version=law))
        assert ledger.projects.outdated("2", 9) == ("A-5", "A-1", "A-3")
        assert ledger.projects.outdated("2") == ("A-5",)
        assert ledger.projects.outdated_count("2") == 3

    def test_codes_count_up_by_prefix_and_year_and_a_rollback_leaves_no_gap(self, ledger: Ledger) -> None:
        assert ledger.projects.next_code("SX", 2024) == "SX-2024-0001"
        with pytest.raises(RuntimeError), ledger.write_tx():
            assert ledger.projects.next_code("SX", 2024) == "SX-2024-0002"
            raise RuntimeError
        assert ledger.projects.next_code("SX", 2024) == "SX-2024-0002"
        assert ledger.projects.next_code("SX", 2025) == "SX-2025-0001"

    def test_a_project_comes_back_as_it_was_put(self, ledger: Ledger) -> None:
        ledger.projects.put(project(state="none"))
        ledger.projects.put(project())
        ledger.projects.put(project("SX-2024-0002", unit="另一局"))
        assert ledger.projects.get(CODE) == project()
        assert ledger.projects.get("SX-2024-0009") is None
        assert [each.code for each in ledger.projects.list(unit="另一局")] == ["SX-2024-0002"]
        assert [each.code for each in ledger.projects.list(after=CODE)] == ["SX-2024-0002"]
        assert ledger.projects.counts() == {"planned": 2}

    def test_only_a_different_verdict_is_added_and_the_older_one_stays_superseded(
        self, ledger: Ledger
    ) -> None:
        put = ledger.verdicts.put
        assert put("standard", "rec1", {"decision": "block"}, "1", NOW)
        assert not put("standard", "rec1", {"decision": "block"}, "1", NOW)
        assert put("standard", "rec1", {"decision": "allow"}, "1", NOW + MINUTE)
        latest = ledger.verdicts.latest("standard", "rec1")
        assert latest is not None
        assert latest.verdict == {"decision": "allow"}
        assert [each.superseded_at for each in ledger.verdicts.history("standard", "rec1")] == [
            NOW + MINUTE,
            None,
        ]

    def test_duties_are_added_changed_closed_and_cancelled_with_every_revision_kept(
        self, ledger: Ledger
    ) -> None:
        ledger.projects.put(project())
        sync = ledger.obligations.sync
        assert [row.revision for row in sync(CODE, [duty(), duty("self_evaluation")], NOW).added] == [1, 1]
        assert (
            sync(CODE, [duty(), duty("self_evaluation")], NOW)
            == type(sync(CODE, [duty(), duty("self_evaluation")], NOW))()
        )
        moved = duty(due_on=date(2024, 5, 1))
        changes = sync(CODE, [moved], NOW)
        assert ([row.key for row in changes.changed], [row.key for row in changes.cancelled]) == (
            ["contract_filing"],
            ["self_evaluation"],
        )
        closed = sync(CODE, [duty(due_on=date(2024, 5, 1), fulfilled_on=date(2024, 4, 2))], NOW).closed
        assert [(row.state, row.revision) for row in closed] == [("fulfilled", 3)]
        assert [each["due_on"] for each in ledger.obligations.history(CODE, "contract_filing")] == [
            "2024-04-01",
            "2024-05-01",
            "2024-05-01",
        ]
        assert {entry.action for entry in ledger.audit.latest()} == {
            f"obligation.{what}" for what in ("added", "changed", "closed", "cancelled")
        }

    def test_only_open_duties_before_the_day_are_due(self, ledger: Ledger) -> None:
        ledger.projects.put(project())
        rows = [duty(), duty("undated", due_on=None), duty("met", fulfilled_on=date(2024, 3, 1))]
        ledger.obligations.sync(CODE, rows, NOW)
        assert ledger.obligations.open_due_before(date(2024, 4, 1)) == []
        assert [row.key for row in ledger.obligations.open_due_before(date(2024, 4, 2))] == [
            "contract_filing"
        ]


class TestTransactions:
    def test_everything_in_one_transaction_goes_or_stays_together(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        with pytest.raises(RuntimeError), ledger.write_tx():
            ledger.projects.put(project())
            ledger.inbox.done(1, "taken", NOW)
            raise RuntimeError
        assert ledger.projects.get(CODE) is None
        assert ledger.inbox.counts()["open"] == 1

    def test_a_transaction_inside_a_transaction_is_refused(self, ledger: Ledger) -> None:
        with ledger.write_tx(), pytest.raises(LedgerError) as refused, ledger.write_tx():
            pass
        assert refused.value.code == "LEDGER_NESTED"

    def test_several_reads_see_one_state(self, ledger: Ledger) -> None:
        with ledger.read():
            assert ledger.projects.get(CODE) is None
            writer = threading.Thread(target=ledger.projects.put, args=(project(),))
            writer.start()
            writer.join()
            assert ledger.projects.get(CODE) is None
        assert ledger.projects.get(CODE) is not None


class TestManifests:
    def test_the_last_applied_version_is_active_and_the_history_stays(self, ledger: Ledger) -> None:
        assert ledger.manifests.active() is None
        assert ledger.manifests.apply("1", "a: 1", "王某", NOW)
        assert not ledger.manifests.apply("1", "a: 1", "王某", NOW)
        ledger.manifests.apply("2", "a: 2", "王某", NOW)
        ledger.manifests.apply("1", "a: 1", "李某", NOW + MINUTE)
        assert ledger.manifests.active() == ("1", "a: 1", NOW + MINUTE, None)
        assert ledger.manifests.active_version() == "1"
        assert [(each.version, each.applied_by) for each in ledger.manifests.history()] == [
            ("1", "李某"),
            ("2", "王某"),
            ("1", "王某"),
        ]

    def test_what_a_version_carried_is_kept_and_given_to_one_from_before(self, ledger: Ledger) -> None:
        ledger.manifests.apply("1", "a: 1", "王某", NOW)
        assert ledger.manifests.apply("1", "a: 1", "王某", NOW, "{}")
        assert not ledger.manifests.apply("1", "a: 1", "王某", NOW, "{}")
        active = ledger.manifests.active()
        assert active and active.beside == "{}"


class TestAudit:
    def test_rows_are_sealed_in_order_and_verify(self, ledger: Ledger) -> None:
        for number in range(5):
            ledger.audit.append(NOW, "王某", "tested", f"record:{number}", {"n": number})
        assert [ledger.audit.seal(3), ledger.audit.seal(3), ledger.audit.seal(3)] == [3, 2, 0]
        assert ledger.audit.verify() is None
        assert len({entry.hash for entry in ledger.audit.latest()}) == 5
        assert [entry.detail for entry in ledger.audit.of("record:2")] == [{"n": 2}]
