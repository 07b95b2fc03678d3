"""A year in a process of its own that dies in the middle: `python -m tests.rhythm.child FOLDER SEED PROJECTS [CPU_SECONDS]`.

It dies without a word at any machine instruction, once it has used that much CPU time, and goes on from where it was
when it is started again.
"""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from pathlib import Path

from tests.rhythm.driver import Year, county_manifest
from tests.rhythm.world import year_of


def main(folder: Path, seed: int, projects: int, dies_after_s: float) -> None:
    events, year, reached = year_of(seed, projects), Year(folder, county_manifest()), folder / "reached"
    if reached.exists():
        year.now = datetime.fromisoformat(reached.read_text(encoding="ascii"))

    def moved(now: datetime) -> None:
        unfinished = folder / "reached.part"
        unfinished.write_text(now.isoformat(), encoding="ascii")
        unfinished.replace(reached)

    if dies_after_s:
        signal.setitimer(signal.ITIMER_PROF, dies_after_s)  # nobody handles SIGPROF: the process is gone
    year.run(events, moved)
    year.ledger.close()


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 0
    )
