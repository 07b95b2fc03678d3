"""The life-cycle system going wrong in sixteen ways at three moments: every filing stands there exactly once."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from plugin.ledger import AttachmentRow
from plugin.remote import RemoteUnavailable, RemoteUnclear
from plugin.sandbox.faults import MODES, STORES, Fault, Faults, UnknownFault
from tests.filings.world import CONTENT, TOTAL_S, World, world

WAYS = [mode for mode in MODES if mode != "refusal"]
LATE_S = 0.6  # a busy machine's threads
MEMORY_BYTES = 4 * 1024 * 1024  # measured: 1.5 MiB, the buffers of client, gateway and stand-in together


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def at_submit(it: World, mode: str, **how: Any) -> None:
    it.go_wrong(mode, "submit", **how)
    it.want()


def at_look_up(it: World, mode: str, **how: Any) -> None:
    """Whether the filing arrived is unknown, and so is what the question brings."""
    it.go_wrong("reset", "submit", stores=how.pop("stores", None))
    it.want()
    it.send_due()
    it.clock.hours(2)
    it.go_wrong(mode, "look_up", **how)


def at_upload(it: World, mode: str, **how: Any) -> None:
    it.go_wrong(mode, "upload", **how)
    it.want(held=CONTENT)


def check(it: World, held: bool = False) -> None:
    it.settle()
    it.stands_exactly_once()
    assert len(it.filings()) == 1
    assert max(it.door.took) < TOTAL_S + LATE_S
    assert it.elsewhere.connections == 0
    if held:
        assert it.store.filings.size_of_content(hashlib.sha256(CONTENT).hexdigest()) == len(CONTENT)
    left = it.faults.armed
    assert left is None or left[1] < left[0].times, "the fault never happened"


@pytest.mark.parametrize(
    "mode", ["too_many", "conflict", "timeout_after", "login_page", "redirect", "wrong_json"]
)
def test_a_filing_stands_exactly_once_whatever_happened(here: World, mode: str) -> None:
    at_submit(here, mode)
    check(here)


def test_a_lost_answer_to_an_upload_uploads_nothing_twice(here: World) -> None:
    at_upload(here, "timeout_after")
    check(here, held=True)


def test_a_filing_waits_for_its_files_and_then_goes_without(here: World) -> None:
    here.want(held=CONTENT)
    row = AttachmentRow("standard", "contract", "f2", "contract_filing", "attachments", "补充.pdf", "/f/2")
    here.ledger.attachments.note([row], here.clock())
    here.send_due()
    assert here.filings()[0].state == "pending" and "附件" in (here.filings()[0].error or "")
    assert here.store.filings.latest() == []
    here.settle()
    here.stands_exactly_once()
    [filed] = here.store.filings.latest()
    assert filed.body["attachments"][0]["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_a_file_that_comes_between_two_attempts_changes_neither(here: World) -> None:
    here.go_wrong("error", "submit", stores=False)
    here.want(names_a_file=True)
    here.send_due()
    here.clock.hours(2)
    here.fetch("contract", CONTENT)
    here.settle()
    here.stands_exactly_once()
    assert here.store.filings.latest()[0].body["attachments"][0]["sha256"] is None


def test_a_question_that_goes_wrong_sends_nothing(here: World) -> None:
    at_look_up(here, "login_page", times=2)
    check(here)


@pytest.mark.slow
@pytest.mark.parametrize("mode", WAYS)
@pytest.mark.parametrize("moment", [at_submit, at_look_up, at_upload], ids=lambda each: each.__name__)
@pytest.mark.parametrize("stores", [True, False], ids=["stored", "lost"])
def test_sixteen_ways_at_three_moments(tmp_path: Path, mode: str, moment: Any, stores: bool) -> None:
    fixed = mode in (
        "conflict",
        "timeout_before",
        "timeout_after",
        "half_open",
        "redirect",
        "expired_certificate",
    )
    if fixed and moment is not at_look_up and stores is not (mode in STORES):
        pytest.skip("this way is one of the two by its nature")
    with world(tmp_path, secure=True) as it:
        moment(it, mode, times=2, stores=None if fixed else stores)
        check(it, held=moment is at_upload)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["huge", "gzip_bomb", "drip", "half_open"])
def test_memory_stays_flat(here: World, mode: str) -> None:
    at_submit(here, mode, times=1)
    here.settle()  # what is made once is made
    tracemalloc.start()
    try:
        for turn in range(5):
            here.go_wrong(mode, "submit", times=2)
            here.want(f"c{turn}")
            here.settle()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    here.stands_exactly_once()
    assert peak < MEMORY_BYTES, f"{peak / 1024 / 1024:.1f} MiB"


@pytest.mark.slow
def test_two_workers_in_a_storm_of_faults_send_everything_exactly_once(here: World) -> None:
    rng = Random(7)
    for project in range(6):
        for name in ("a", "b", "c"):
            here.want(f"{project}{name}", code=f"SX-2025-000{project}")
    for turn in range(10):
        mode = rng.choice([each for each in WAYS if each not in ("expired_certificate", "half_open")])
        here.go_wrong(mode, rng.choice(["any", "submit", "look_up"]), times=rng.randint(2, 8))
        if turn % 3 == 0:
            here.want("0a", code="SX-2025-0000", amended=str(turn))
        workers = [threading.Thread(target=here.send_due) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        here.clock.hours(2)
    here.faults.clear()
    here.settle()
    here.stands_exactly_once()
    assert len({each.key for each in here.store.filings.latest()}) >= 18
    assert here.elsewhere.connections == 0


def test_an_expired_certificate_is_never_talked_to(tmp_path: Path) -> None:
    with world(tmp_path, secure=True) as it:
        it.go_wrong("expired_certificate", times=1)
        it.want()
        it.send_due()
        assert it.store.filings.latest() == []
        assert it.filings()[0].state == "pending"
        check(it)


@pytest.mark.parametrize(
    ("mode", "error"), [("away", RemoteUnavailable), ("error", RemoteUnclear), ("refusal", RemoteUnclear)]
)
def test_a_list_that_goes_wrong_is_no_list(here: World, mode: str, error: type[Exception]) -> None:
    here.go_wrong(mode, "list")
    with pytest.raises(error):
        here.client.of_project("SX-2025-0001")


def test_a_fault_is_used_up_and_fits_its_moment_only() -> None:
    faults = Faults()
    faults.arm(Fault("reset", "submit", 2))
    assert faults.take("look_up") is None
    assert faults.take("submit") == faults.take("submit") == Fault("reset", "submit", 2)
    assert (faults.take("submit"), faults.armed) == (None, None)
    faults.arm(Fault("drip"))
    assert faults.armed == (Fault("drip"), 1)
    faults.clear()
    assert faults.take("submit") is None


@pytest.mark.parametrize(
    "made", [{"mode": "burns"}, {"mode": "drip", "moment": "never"}, {"mode": "drip", "times": 0}]
)
def test_a_fault_that_does_not_exist_is_refused(made: dict[str, Any]) -> None:
    with pytest.raises(UnknownFault):
        Fault(**made)
    with pytest.raises(UnknownFault, match="证书"):
        Faults().arm(Fault("expired_certificate"))
