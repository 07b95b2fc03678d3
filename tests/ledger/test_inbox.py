"""What the platform told us is kept once, on disk before it is acknowledged, worked off once (contract)."""

from __future__ import annotations

import threading

import pytest

from plugin.ledger import Ledger, LedgerError, Remembered
from tests.ledger.makers import MINUTE, NOW, SECOND, python, remember

CLAIM_ALL = """
import sys
from datetime import datetime
from plugin.ledger import Ledger
ledger, now = Ledger.open(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
while (item := ledger.inbox.claim(now)) is not None:
    print(item.id, flush=True)
"""


class TestInbox:
    def test_the_same_key_twice_is_stored_once(self, ledger: Ledger) -> None:
        assert remember(ledger, "k1", name="甲") is Remembered.NEW
        assert remember(ledger, "k1", name="甲") is Remembered.KNOWN
        assert ledger.inbox.counts()["open"] == 1

    def test_the_same_key_of_another_platform_is_another_delivery(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        assert ledger.inbox.remember("other", "k1", "f", "r", "created", {}, "d", NOW) is Remembered.NEW

    def test_other_content_under_a_known_key_is_quarantined_as_digests_and_the_original_stays(
        self, ledger: Ledger
    ) -> None:
        remember(ledger, "k1", name="甲")
        assert remember(ledger, "k1", digest="d2", name="乙") is Remembered.CONFLICT
        assert remember(ledger, "k1", digest="d2", name="乙") is Remembered.CONFLICT
        [kept] = ledger.inbox.quarantined()
        assert (kept.original_digest, kept.digest) == ("d1", "d2")
        item = ledger.inbox.claim(NOW)
        assert item is not None
        assert item.event == {"name": "甲"}
        assert [entry.action for entry in ledger.audit.latest()] == ["inbox.conflict"]

    def test_a_delivery_is_remembered_only_outside_a_transaction_that_could_undo_it(
        self, ledger: Ledger
    ) -> None:
        with ledger.write_tx(), pytest.raises(LedgerError):
            remember(ledger, "k1")

    def test_the_oldest_due_delivery_is_claimed_first_and_only_once(self, ledger: Ledger) -> None:
        remember(ledger, "k1", record="a")
        remember(ledger, "k2", record="b")
        claimed = [ledger.inbox.claim(NOW) for _ in range(3)]
        assert [item and item.record for item in claimed] == ["a", "b", None]

    def test_an_expired_lease_gives_the_delivery_to_the_next_worker(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        ledger.inbox.claim(NOW, lease=MINUTE)
        assert ledger.inbox.claim(NOW + MINUTE - SECOND) is None
        again = ledger.inbox.claim(NOW + MINUTE)
        assert again is not None
        assert again.attempts == 2

    def test_only_the_first_of_two_workers_finishes_a_delivery(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        assert ledger.inbox.done(1, "taken", NOW)
        assert not ledger.inbox.done(1, "taken", NOW)
        assert ledger.inbox.claim(NOW + MINUTE * 9) is None

    def test_a_retry_waits_for_its_time(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        ledger.inbox.claim(NOW)
        ledger.inbox.retry_later(1, "LEDGER_BUSY", NOW + SECOND * 10)
        assert ledger.inbox.claim(NOW + SECOND * 9) is None
        assert ledger.inbox.claim(NOW + SECOND * 10) is not None

    def test_a_dead_delivery_rests_until_it_is_replayed(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        ledger.inbox.dead(1, "ValueError", NOW)
        assert ledger.inbox.claim(NOW + MINUTE) is None
        [(item, error)] = ledger.inbox.dead_letters()
        assert (item.id, error) == (1, "ValueError")
        assert ledger.inbox.replay(1, NOW)
        assert not ledger.inbox.replay(1, NOW)
        assert ledger.inbox.claim(NOW) is not None

    def test_threads_claim_each_delivery_once(self, ledger: Ledger) -> None:
        for number in range(60):
            remember(ledger, f"k{number}")
        claimed: list[int] = []

        def work() -> None:
            while (item := ledger.inbox.claim(NOW)) is not None:
                claimed.append(item.id)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(claimed) == list(range(1, 61))

    def test_processes_claim_each_delivery_once(self, ledger: Ledger) -> None:
        for number in range(60):
            remember(ledger, f"k{number}")
        workers = [python(CLAIM_ALL, str(ledger.path), NOW.isoformat()) for _ in range(2)]
        said = [worker.communicate(timeout=60) for worker in workers]
        assert [errors for _, errors in said] == ["", ""]
        assert sorted(int(id) for out, _ in said for id in out.split()) == list(range(1, 61))
