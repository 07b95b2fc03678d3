"""Replies, rounds and differences: what exchanging with another system leaves in the ledger."""

from __future__ import annotations

import threading
from datetime import date, timedelta

from plugin.ledger import REFUSED, Difference, Ledger, Round
from tests.ledger.makers import CODE, MINUTE, NOW, SECOND, outgoing, project

DAY = date(2024, 3, 1)
ROUND = "reconcile:lifecycle"


class TestReplies:
    def test_every_refusal_is_kept_word_for_word(self, ledger: Ledger) -> None:
        ledger.outbox.sync("s", [outgoing("filing:a")], NOW)
        for body in ('{"detail" : "甲"}', '{"detail" : "乙"}'):
            ledger.replies.keep(1, REFUSED, 422, body, NOW)
        assert [(row.what, row.status, row.body) for row in ledger.replies.of(1)] == [
            ("refused", 422, '{"detail" : "甲"}'),
            ("refused", 422, '{"detail" : "乙"}'),
        ]


class TestRounds:
    def claim(self, ledger: Ledger, after: timedelta = timedelta(), day: date = DAY) -> Round | None:
        return ledger.rounds.claim(ROUND, day, NOW + after)

    def test_a_day_has_one_round_whoever_asks(self, ledger: Ledger) -> None:
        found: list[Round | None] = []
        threads = [threading.Thread(target=lambda: found.append(self.claim(ledger))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [each for each in found if each] == [Round(ROUND, "2024-03-01", "", 1)]

    def test_it_goes_on_behind_what_is_done_until_it_is_finished(self, ledger: Ledger) -> None:
        first = self.claim(ledger)
        assert first
        ledger.rounds.advance(first, CODE, NOW)
        second = self.claim(ledger)
        assert second == Round(ROUND, "2024-03-01", CODE, 1)
        ledger.rounds.finish(second, NOW)
        assert self.claim(ledger, timedelta(hours=9)) is None
        assert ledger.rounds.last(ROUND) == ("2024-03-01", "done", None)
        assert self.claim(ledger, day=date(2024, 3, 2)) is not None

    def test_a_worker_that_died_gives_it_back_when_the_lease_ends(self, ledger: Ledger) -> None:
        assert self.claim(ledger)
        assert self.claim(ledger, MINUTE) is None
        again = self.claim(ledger, MINUTE * 2 + SECOND)
        assert again and again.attempts == 2

    def test_a_failure_waits_and_is_remembered(self, ledger: Ledger) -> None:
        first = self.claim(ledger)
        assert first
        ledger.rounds.retry_later(first, "连不上", NOW + MINUTE)
        assert self.claim(ledger) is None
        assert ledger.rounds.last(ROUND) == ("2024-03-01", "open", "连不上")
        assert self.claim(ledger, MINUTE) is not None

    def test_no_round_was_ever_there(self, ledger: Ledger) -> None:
        assert ledger.rounds.last(ROUND) is None


class TestDifferences:
    def test_a_difference_keeps_the_day_it_was_found_until_it_is_gone(self, ledger: Ledger) -> None:
        extra = Difference(CODE, "filing:a:1", "extra", "多余", True)
        [row] = ledger.differences.put(CODE, [extra], NOW)
        [same] = ledger.differences.put(
            CODE, [Difference(CODE, "filing:a:1", "extra", "另一句话", True)], NOW + MINUTE
        )
        assert (same.id, same.found_at, same.message) == (row.id, NOW, "另一句话")
        assert ledger.differences.put(CODE, [], NOW + MINUTE) == []
        [again] = ledger.differences.put(CODE, [extra], NOW + MINUTE * 2)
        assert (again.found_at, again.resolved_at) == (NOW + MINUTE * 2, None)

    def test_other_projects_are_left_alone(self, ledger: Ledger) -> None:
        ledger.differences.put(CODE, [Difference(CODE, "a", "extra", "", True)], NOW)
        ledger.differences.put("SX-2024-0002", [], NOW)
        assert len(ledger.differences.open()) == 1


class TestWhatIsAskedOfTheOutbox:
    def test_what_arrived_and_is_gone_is_sent_again_under_its_key(self, ledger: Ledger) -> None:
        ledger.outbox.sync("s", [outgoing("filing:a")], NOW)
        assert not ledger.outbox.send_again(1, {"n": "2"}, NOW)
        ledger.outbox.sent(1, {"receipt_no": "R1"}, NOW)
        assert ledger.outbox.send_again(1, {"n": "2"}, NOW)
        item = ledger.outbox.claim(["filing"], NOW)
        assert item and (item.key, item.unclear, item.payload) == ("filing:a:1", True, {"n": "2"})

    def test_what_was_settled_for_the_first_attempt_is_sent_by_every_later_one(self, ledger: Ledger) -> None:
        ledger.outbox.sync("s", [outgoing("filing:a", n="1")], NOW)
        assert not ledger.outbox.keep_payload(1, {"n": "1", "sent": {}})
        item = ledger.outbox.claim(["filing"], NOW)
        assert item and ledger.outbox.keep_payload(item.id, {"n": "1", "sent": {}})
        ledger.outbox.sync("s", [outgoing("filing:a", n="1")], NOW)  # which is still what is wanted
        ledger.outbox.retry_later(item.id, "503", NOW)
        again = ledger.outbox.claim(["filing"], NOW)
        assert again and (again.key, again.payload) == ("filing:a:1", {"n": "1", "sent": {}})

    def test_the_receipt_a_correction_refers_to_is_of_an_earlier_revision(self, ledger: Ledger) -> None:
        for revision in (1, 2):
            ledger.outbox.sync("s", [outgoing("filing:a", n=str(revision))], NOW)
            ledger.outbox.sent(revision, {"receipt_no": f"R{revision}"}, NOW)
        assert ledger.outbox.previous_receipt("filing:a", 1) is None
        assert ledger.outbox.previous_receipt("filing:a", 2) == {"receipt_no": "R1"}

    def test_whatever_has_filings_is_compared_and_every_project(self, ledger: Ledger) -> None:
        ledger.projects.put(project())
        ledger.outbox.sync("s", [outgoing("filing:a"), outgoing("m", kind="message")], NOW)
        assert ledger.outbox.filed_codes() == [CODE]
        assert ledger.outbox.filed_codes(after=CODE) == []
