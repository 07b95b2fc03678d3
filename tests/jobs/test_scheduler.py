"""The timetable: drains what is due, survives failing jobs, notices a stepped clock."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import UTC, datetime

from jobs.scheduler import AT_MOST, ClockWatchdog, Job, Timetable, drain, running

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)


def counting_down(items: list[int]):
    return lambda _now: bool(items and items.pop() is not None)


def test_a_job_works_until_nothing_is_due() -> None:
    assert drain(counting_down([1, 2, 3]), lambda: NOW, threading.Event()) == 3


def test_a_backlog_does_not_starve_the_other_jobs() -> None:
    assert drain(lambda _now: True, lambda: NOW, threading.Event()) == AT_MOST


def test_a_stopping_process_starts_no_further_item() -> None:
    stop = threading.Event()
    stop.set()
    assert drain(lambda _now: True, lambda: NOW, stop) == 0


def test_a_failing_job_is_counted_and_the_others_go_on() -> None:
    counts: Counter[str] = Counter()
    ticked = threading.Event()

    def fails(_now: datetime) -> bool:
        raise RuntimeError

    def works(_now: datetime) -> bool:
        ticked.set()
        return False

    jobs = (Job("fails", "", 0.05, fails), Job("works", "", 0.05, works))
    with running(Timetable(jobs, lambda: NOW, lambda name: counts.update([name]))) as timetable:
        assert ticked.wait(3)
        deadline = time.monotonic() + 3
        while not counts["jobs.fails.failed"] and time.monotonic() < deadline:
            time.sleep(0.01)
    assert counts["jobs.fails.failed"] >= 1
    assert timetable.last_tick["works"] == NOW


def test_a_stepped_wall_clock_is_noticed_once() -> None:
    wall, steps, stop = [1000.0], [], threading.Event()
    watchdog = ClockWatchdog(lambda: steps.append(wall[0]), stop, lambda: wall[0], lambda: 0.0, every_s=0.01)
    watchdog.start()
    time.sleep(0.1)
    wall[0] += 3600
    deadline = time.monotonic() + 3
    while not steps and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    stop.set()
    watchdog.join(2)
    assert steps == [4600.0]


def test_a_woken_timetable_runs_every_job_at_once() -> None:
    ticks: list[datetime] = []
    woken = threading.Event()

    def step(now: datetime) -> bool:
        ticks.append(now)
        if len(ticks) > 1:
            woken.set()
        return False

    with running(Timetable((Job("slow", "", 3600, step),), lambda: NOW, lambda _name: None)) as timetable:
        deadline = time.monotonic() + 3
        while not ticks and time.monotonic() < deadline:
            time.sleep(0.01)
        timetable.wake()
        assert woken.wait(3)
