"""What leaves: superseding, lanes, leases, unclear outcomes, dead letters. Part of the contract."""

from __future__ import annotations

from datetime import timedelta

from plugin.ledger import Ledger, OutboxItem, Outgoing
from tests.ledger.makers import CODE, MINUTE, NOW, SECOND, outgoing

SCOPE = f"project:{CODE}"
KINDS = ("writeback", "message", "reminder", "filing")


def want(ledger: Ledger, *wanted: Outgoing, scope: str = SCOPE) -> None:
    ledger.outbox.sync(scope, list(wanted), NOW)


def claim(ledger: Ledger, after: timedelta = timedelta()) -> OutboxItem:
    item = ledger.outbox.claim(KINDS, NOW + after)
    assert item is not None
    return item


def states(ledger: Ledger) -> list[tuple[str, str]]:
    return [(row.key, row.state) for row in ledger.outbox.list()]


class TestSync:
    def test_the_same_wish_twice_is_one_row(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        want(ledger, outgoing("filing:a", n="1", due_at=NOW + SECOND))
        assert states(ledger) == [("filing:a:1", "pending")]

    def test_what_arrived_is_not_sent_again_while_its_content_is_the_same(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.sent(claim(ledger).id, {"no": "R1"}, NOW)
        want(ledger, outgoing("filing:a", n="1"))
        assert ledger.outbox.claim(KINDS, NOW + MINUTE * 9) is None

    def test_a_newer_content_cancels_the_unsent_one(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        want(ledger, outgoing("filing:a", n="2"))
        assert states(ledger) == [("filing:a:1", "cancelled"), ("filing:a:2", "pending")]

    def test_what_was_sent_is_corrected_by_a_new_revision_that_knows_the_receipt(
        self, ledger: Ledger
    ) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.sent(claim(ledger).id, {"no": "R1"}, NOW)
        want(ledger, outgoing("filing:a", n="2"))
        assert claim(ledger).key == "filing:a:2"
        assert ledger.outbox.previous_receipt("filing:a", 2) == {"no": "R1"}

    def test_a_correction_taken_back_before_it_left_leaves_what_was_sent(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.sent(claim(ledger).id, {}, NOW)
        want(ledger, outgoing("filing:a", n="2"))
        want(ledger, outgoing("filing:a", n="1"))
        assert states(ledger) == [("filing:a:1", "sent"), ("filing:a:2", "cancelled")]

    def test_what_is_no_longer_wanted_is_cancelled_unsent_and_left_sent(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", lane="1"), outgoing("filing:b", lane="2"))
        ledger.outbox.sent(claim(ledger).id, {}, NOW)
        want(ledger)
        assert states(ledger) == [("filing:a:1", "sent"), ("filing:b:1", "cancelled")]
        want(ledger, outgoing("filing:b", lane="2"))
        assert states(ledger)[-1] == ("filing:b:2", "pending")

    def test_another_scope_is_left_alone(self, ledger: Ledger) -> None:
        want(ledger, outgoing("writeback:x"), scope="record:standard:x")
        want(ledger, outgoing("filing:a"))
        want(ledger, scope="record:standard:y")
        assert [state for _, state in states(ledger)] == ["pending", "pending"]

    def test_a_row_in_flight_is_not_cancelled_and_the_newer_one_follows_it(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        flying = claim(ledger)
        want(ledger, outgoing("filing:a", n="2"))
        assert ledger.outbox.claim(KINDS, NOW) is None
        ledger.outbox.sent(flying.id, {"no": "R1"}, NOW)
        assert claim(ledger).payload == {"n": "2"}

    def test_a_clear_failure_of_a_row_nobody_wants_any_more_ends_it(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        flying = claim(ledger)
        want(ledger, outgoing("filing:a", n="2"))
        ledger.outbox.retry_later(flying.id, "LIFECYCLE_UNAVAILABLE", NOW + MINUTE)
        assert states(ledger) == [("filing:a:1", "cancelled"), ("filing:a:2", "pending")]
        assert claim(ledger).key == "filing:a:2"

    def test_a_row_that_may_have_arrived_is_cleared_up_before_its_correction_leaves(
        self, ledger: Ledger
    ) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.retry_later(claim(ledger).id, "TIMEOUT", NOW + MINUTE, unclear=True)
        want(ledger, outgoing("filing:a", n="2"))
        assert ledger.outbox.claim(KINDS, NOW) is None
        first = claim(ledger, MINUTE)
        assert (first.key, first.unclear, first.superseded) == ("filing:a:1", True, True)
        ledger.outbox.cancel(first.id, "not there", NOW + MINUTE)
        assert claim(ledger, MINUTE).key == "filing:a:2"

    def test_an_unclear_row_wanted_again_is_an_ordinary_one(self, ledger: Ledger) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.retry_later(claim(ledger).id, "TIMEOUT", NOW, unclear=True)
        want(ledger)
        want(ledger, outgoing("filing:a", n="1"))
        item = claim(ledger)
        assert (item.key, item.unclear, item.superseded) == ("filing:a:1", True, False)

    def test_a_reminder_whose_day_moved_moves_with_it(self, ledger: Ledger) -> None:
        want(ledger, outgoing("reminder:a", kind="reminder", due_at=NOW + MINUTE))
        want(ledger, outgoing("reminder:a", kind="reminder", due_at=NOW + MINUTE * 5))
        assert ledger.outbox.claim(KINDS, NOW + MINUTE * 4) is None
        assert claim(ledger, MINUTE * 5).key == "reminder:a:1"

    def test_a_dead_letter_stays_dead_for_the_same_wish_and_is_replaced_by_another(
        self, ledger: Ledger
    ) -> None:
        want(ledger, outgoing("filing:a", n="1"))
        ledger.outbox.dead(claim(ledger).id, "LIFECYCLE_REJECTED", NOW)
        want(ledger, outgoing("filing:a", n="1"))
        assert states(ledger) == [("filing:a:1", "dead")]
        want(ledger, outgoing("filing:a", n="2"))
        assert states(ledger) == [("filing:a:1", "cancelled"), ("filing:a:2", "pending")]


class TestClaims:
    def test_only_the_kinds_asked_for_are_claimed_the_oldest_first(self, ledger: Ledger) -> None:
        want(
            ledger,
            outgoing("m", lane="1", kind="message", due_at=NOW - SECOND),
            outgoing("f", lane="2", due_at=NOW - SECOND * 2),
            outgoing("w", lane="3", kind="writeback", due_at=NOW - SECOND * 3),
        )
        claimed = [ledger.outbox.claim(("message", "filing"), NOW) for _ in range(3)]
        assert [item and item.subject for item in claimed] == ["f", "m", None]

    def test_a_lane_leaves_in_order_one_at_a_time(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a"), outgoing("b"), outgoing("c", lane="other"))
        assert [claim(ledger).subject, claim(ledger).subject] == ["a", "c"]
        assert ledger.outbox.claim(KINDS, NOW) is None
        ledger.outbox.sent(1, {}, NOW)
        assert claim(ledger).subject == "b"

    def test_a_row_in_back_off_holds_its_lane(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a"), outgoing("b"))
        ledger.outbox.retry_later(claim(ledger).id, "503", NOW + MINUTE)
        assert ledger.outbox.claim(KINDS, NOW) is None
        assert claim(ledger, MINUTE).subject == "a"

    def test_a_reminder_for_next_month_holds_nothing(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a", kind="reminder", due_at=NOW + MINUTE), outgoing("b"))
        assert claim(ledger).subject == "b"

    def test_a_dead_letter_frees_its_lane_and_a_replay_waits_for_its_turn(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a"), outgoing("b"))
        ledger.outbox.dead(claim(ledger).id, "REJECTED", NOW)
        assert claim(ledger).subject == "b"
        assert ledger.outbox.replay(1, NOW)
        assert not ledger.outbox.replay(1, NOW)
        assert ledger.outbox.claim(KINDS, NOW) is None
        ledger.outbox.sent(2, {}, NOW)
        assert claim(ledger).subject == "a"

    def test_an_expired_lease_comes_back_as_unclear(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a"))
        assert not claim(ledger).unclear
        assert ledger.outbox.claim(KINDS, NOW + SECOND) is None
        again = claim(ledger, MINUTE * 2)
        assert (again.unclear, again.attempts) == (True, 2)

    def test_a_receipt_counts_even_if_the_lease_ran_out_meanwhile(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a"))
        first = claim(ledger)
        claim(ledger, MINUTE * 2)
        assert ledger.outbox.sent(first.id, {"no": "R1"}, NOW)
        assert not ledger.outbox.sent(first.id, {"no": "R2"}, NOW)
        assert ledger.outbox.previous_receipt("a", 2) == {"no": "R1"}

    def test_rows_are_listed_and_counted(self, ledger: Ledger) -> None:
        want(ledger, outgoing("a", lane="1"), outgoing("b", lane="2", kind="message"))
        ledger.outbox.sent(claim(ledger).id, {}, NOW)
        assert ledger.outbox.counts() == {"filing": {"sent": 1}, "message": {"pending": 1}}
        assert [
            row.subject for row in ledger.outbox.list(kind="message", state="pending", project_code=CODE)
        ] == ["b"]
        assert ledger.outbox.list(project_code="SX-2024-0009") == []
        row = ledger.outbox.get(1)
        assert row is not None
        assert (row.receipt, row.wanted_at) == ({}, NOW)


def test_what_a_wrong_clock_put_off_is_due_once_it_is_right(ledger: Ledger) -> None:
    """It stood forty days ahead: one item failed, one was in flight, one was queued then."""
    ahead = NOW + timedelta(days=40)
    want(ledger, outgoing("filing:a", lane="a"), outgoing("filing:b", lane="b"))
    failed, flying = claim(ledger, timedelta(days=40)), claim(ledger, timedelta(days=40))
    ledger.outbox.retry_later(failed.id, "连不上", ahead + MINUTE)
    ledger.outbox.sync("project:other", [outgoing("filing:c", lane="c", due_at=ahead)], ahead)
    assert ledger.outbox.claim(KINDS, NOW) is None
    ledger.free_stranded(NOW)
    found = {item.key: item.unclear for item in (claim(ledger) for _ in range(3))}
    assert found == {failed.key: False, flying.key: True, "filing:c:1": False}


def test_a_day_that_another_side_asked_to_wait_is_waited(ledger: Ledger) -> None:
    want(ledger, outgoing("filing:a"))
    ledger.outbox.retry_later(claim(ledger).id, "明天再来", NOW + timedelta(days=1))
    ledger.free_stranded(NOW)
    assert ledger.outbox.claim(KINDS, NOW) is None
