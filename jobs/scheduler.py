"""The timetable: APScheduler is the clock, the database the memory. Any number of processes may tick.

Every line is a job that works until nothing is due and then returns. A job lost to a crash is done by the next tick.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.background import BackgroundScheduler

from plugin.clock import SHANGHAI

log = logging.getLogger("zhengxiang.jobs")
BREATH_S = 0.001  # after every transaction, so that the receiver gets the lock
AT_MOST = 500  # items a tick, so that a backlog does not starve the others
CLOCK_STEP_S = 2.0
TOLD_EVERY = timedelta(seconds=30)  # that a job ran is written down so often, for the console
Step = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable. `step` does one item and says whether to call again."""

    name: str
    label: str
    every_s: float
    step: Step


def drain(step: Step, now: Callable[[], datetime], stop: threading.Event) -> int:
    """Call the step until nothing is due. Returns how many items were done."""
    done = 0
    while done < AT_MOST and not stop.is_set() and step(now()):
        done += 1
        time.sleep(BREATH_S)
    return done


class Timetable:
    """Runs the jobs until stopped. `last_tick` per job is what /healthz shows."""

    def __init__(
        self,
        jobs: tuple[Job, ...],
        now: Callable[[], datetime],
        count: Callable[[str], None],
        ticked: Callable[[Job, datetime], None] = lambda _job, _now: None,
    ) -> None:
        self.jobs, self._now, self._count, self._ticked = jobs, now, count, ticked
        self.last_tick: dict[str, datetime] = {}
        self._told: dict[str, datetime] = {}
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(
            self._noticed, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        self._watchdog = ClockWatchdog(self.wake, self._stop)

    def start(self) -> None:
        for job in self.jobs:
            self._scheduler.add_job(
                self._tick,
                "interval",
                seconds=job.every_s,
                args=[job],
                id=job.name,
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Let the items under way finish, start no more."""
        self._stop.set()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Run everything now: the wall clock was moved, and intervals were computed on the old one."""
        self._count("jobs.clock_step")
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def _tick(self, job: Job) -> None:
        drain(job.step, self._now, self._stop)
        now = self.last_tick[job.name] = self._now()
        if job.name not in self._told or now - self._told[job.name] >= TOLD_EVERY:
            self._told[job.name] = now
            self._ticked(job, now)

    def _noticed(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        self._count(f"jobs.{event.job_id}.{'failed' if error else 'skipped'}")
        if error:
            log.error("job %s failed: %s", event.job_id, type(error).__name__)


class ClockWatchdog(threading.Thread):
    """Compares the wall clock with the monotonic one; on a step the timetable is woken."""

    def __init__(
        self,
        on_step: Callable[[], None],
        stop: threading.Event,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        every_s: float = 0.5,
    ) -> None:
        super().__init__(name="clock-watchdog", daemon=True)
        self._on_step, self._stopping, self._wall, self._steady, self._every_s = (
            on_step,
            stop,
            wall,
            steady,
            every_s,
        )

    def run(self) -> None:
        before = self._wall() - self._steady()
        while not self._stopping.wait(self._every_s):
            offset = self._wall() - self._steady()
            if abs(offset - before) > CLOCK_STEP_S:
                self._on_step()
            before = offset


@contextmanager
def running(timetable: Timetable) -> Iterator[Timetable]:
    """The timetable runs inside the block."""
    timetable.start()
    try:
        yield timetable
    finally:
        timetable.stop()
