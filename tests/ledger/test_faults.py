"""Killed processes, a full disk, a locked file: acknowledged means on disk, and nothing happens twice."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from plugin.ledger import Ledger, LedgerBusy, LedgerFull
from tests.ledger.makers import MINUTE, NOW, outgoing, project, python, remember

DIES = """
import os, signal, sys
from datetime import datetime
from plugin.ledger import Ledger, Outgoing
path, point, nth, now = sys.argv[1], sys.argv[2], int(sys.argv[3]), datetime.fromisoformat(sys.argv[4])
def at(name):
    global nth
    nth -= name == point
    if nth == 0 and name == point:
        os.kill(os.getpid(), signal.SIGKILL)
ledger = Ledger.open(path, crash=at)
for number in range(5):
    ledger.inbox.remember("standard", f"k{number}", "f", f"r{number}", "created", {}, "d", now)
    print("acknowledged", f"k{number}", flush=True)
while (item := ledger.inbox.claim(now)) is not None:
    with ledger.write_tx():
        code = ledger.projects.next_code("SX", 2024)
        wanted = Outgoing("filing", f"filing:{item.key}", item.key, code, now, {})
        ledger.outbox.sync(f"record:{item.key}", [wanted], now)
        ledger.inbox.done(item.id, code, now)
    print("done", item.key, flush=True)
while (row := ledger.outbox.claim(("filing",), now)) is not None:
    print("send", row.key, row.unclear, flush=True)
    ledger.outbox.sent(row.id, {}, now)
"""
POINTS = [
    *(("before-insert", nth) for nth in (1, 3)),
    *(("after-insert", nth) for nth in (1, 3)),
    *(("before-commit", nth) for nth in (1, 3, 6, 7, 12, 16, 17)),
    *(("after-commit", nth) for nth in (1, 3, 6, 7, 12, 16, 17)),
    *(("after-claim", nth) for nth in (1, 3, 6, 8)),
]
FULL_FILE = """
import resource, sys
from datetime import datetime
from plugin.ledger import Ledger, LedgerFull
ledger, now = Ledger.open(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
number = 0
try:
    while True:
        ledger.inbox.remember("standard", f"k{number}", "f", "r", "created", {"n": "x" * 20000}, "d", now)
        number += 1
except LedgerFull as full:
    print(full.code, number, ledger.inbox.counts()["open"])
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(ledger.inbox.remember("standard", "later", "f", "r", "created", {}, "d", now).value)
"""


@pytest.mark.parametrize(("point", "nth"), POINTS)
def test_a_process_killed_anywhere_loses_nothing_acknowledged_and_repeats_nothing(
    tmp_path: Path, point: str, nth: int
) -> None:
    path = tmp_path / "ledger.db"
    dies = python(DIES, str(path), point, str(nth), NOW.isoformat())
    first, _ = dies.communicate(timeout=60)
    assert dies.returncode == -signal.SIGKILL
    acknowledged = {line.split()[1] for line in first.splitlines() if line.startswith("acknowledged")}
    ledger = Ledger.open(path)
    assert {key for (key,) in ledger.rows("SELECT key FROM inbox")} >= acknowledged
    assert ledger.doctor() == []
    ledger.close()

    later = (NOW + MINUTE * 5).isoformat()
    second, errors = python(DIES, str(path), "nowhere", "1", later).communicate(timeout=60)
    assert errors == ""
    ledger = Ledger.open(path)
    assert ledger.inbox.counts() == {"open": 0, "done": 5, "dead": 0, "purged": 0, "quarantined": 0}
    assert ledger.outbox.counts() == {"filing": {"sent": 5}}
    codes = [code for (code,) in ledger.rows("SELECT outcome FROM inbox ORDER BY outcome")]
    assert codes == [f"SX-2024-{number:04d}" for number in range(1, 6)]
    tried_before = {line.split()[1] for line in first.splitlines() if line.startswith("send")}
    tried_again = {
        line.split()[1]: line.split()[2] for line in second.splitlines() if line.startswith("send")
    }
    assert all(tried_again[key] == "True" for key in tried_before & set(tried_again)), (
        "a repeat asks by key first"
    )
    ledger.close()


def test_a_full_database_says_so_keeps_reading_and_recovers(ledger: Ledger) -> None:
    remember(ledger, "before")
    [(pages,)] = ledger.rows("PRAGMA page_count")
    ledger.rows(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(LedgerFull) as full:
        for number in range(50):
            remember(ledger, f"k{number}", text="x" * 4000)
    assert full.value.code == "LEDGER_FULL"
    kept = ledger.inbox.counts()["open"]
    assert kept < 50
    ledger.rows("PRAGMA max_page_count = 1000000")
    remember(ledger, "after")
    assert ledger.inbox.counts()["open"] == kept + 1


def test_a_full_disk_says_so_and_the_same_process_recovers(tmp_path: Path) -> None:
    said, errors = python(FULL_FILE, str(tmp_path / "ledger.db"), NOW.isoformat()).communicate(timeout=60)
    assert errors == ""
    code, acknowledged, kept, later = said.split()
    assert (code, later) == ("LEDGER_FULL", "new")
    assert acknowledged == kept


def hold_the_database(path: Path, seconds: float) -> threading.Thread:
    """Another program that knows nothing of our lock file holds SQLite's write lock."""
    holds = threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        holds.set()
        time.sleep(seconds)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait()
    return thread


def test_a_database_locked_for_four_seconds_is_waited_for(ledger: Ledger) -> None:
    holder = hold_the_database(ledger.path, 4)
    remember(ledger, "k1")
    holder.join()
    assert ledger.inbox.counts()["open"] == 1


def test_a_database_locked_for_longer_is_reported_busy_and_nothing_is_written(ledger: Ledger) -> None:
    holder = hold_the_database(ledger.path, 7)
    with pytest.raises(LedgerBusy) as busy:
        remember(ledger, "k1")
    holder.join()
    assert busy.value.code == "LEDGER_BUSY"
    assert ledger.inbox.counts()["open"] == 0
    remember(ledger, "k1")


def test_a_writer_that_does_not_let_go_makes_the_others_busy(ledger: Ledger) -> None:
    impatient = Ledger(ledger.path)
    impatient._lock._wait = 0.2
    with ledger.write_tx(), pytest.raises(LedgerBusy):
        remember(impatient, "k1")
    remember(impatient, "k1")
    impatient.close()


def test_an_error_in_the_transaction_leaves_the_connection_usable(ledger: Ledger) -> None:
    for _ in range(3):
        with pytest.raises(sqlite3.IntegrityError), ledger.write_tx():
            ledger.changed("INSERT INTO manifests (version) VALUES ('1')")
    ledger.projects.put(project())
    assert ledger.doctor() == []


def test_every_thread_has_its_own_connection(ledger: Ledger) -> None:
    seen = [ledger.connection]
    thread = threading.Thread(target=lambda: seen.append(ledger.connection))
    thread.start()
    thread.join()
    assert seen[0] is ledger.connection
    assert seen[1] is not seen[0]


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (
            "SELECT id FROM inbox WHERE state = 'open' AND due_at <= ? ORDER BY due_at, id LIMIT 1",
            "inbox_due",
        ),
        ("SELECT 1 FROM outbox WHERE state = 'leased' AND due_at <= ? LIMIT 1", "outbox_leased"),
    ],
)
def test_looking_for_due_rows_reads_the_index_of_open_ones(ledger: Ledger, sql: str, index: str) -> None:
    plan = " ".join(row[3] for row in ledger.rows("EXPLAIN QUERY PLAN " + sql, "2024"))
    assert f"INDEX {index}" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_a_tick_costs_what_is_due_not_what_is_stored(ledger: Ledger) -> None:
    from plugin.ledger.outbox import _NEXT

    plan = " ".join(row[3] for row in ledger.rows("EXPLAIN QUERY PLAN " + _NEXT, "reminder", "2024", "2024"))
    assert "INDEX outbox_due (kind=? AND due_at<?)" in plan
    assert "INDEX outbox_lane (lane=?)" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan

    def steps() -> int:
        """How many hundreds of SQLite's own instructions a tick takes: a cost without a clock."""
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        ledger.connection.set_progress_handler(tick, 1)
        assert ledger.outbox.claim(("reminder", "filing"), NOW) is None
        ledger.connection.set_progress_handler(None, 1)
        return count

    few = steps()
    wanted = [
        outgoing(f"r{n}", lane=f"{n}", kind="reminder", due_at=NOW + MINUTE * (n + 1)) for n in range(2000)
    ]
    ledger.outbox.sync("project:all", wanted, NOW)
    assert steps() <= few + 20


def test_the_bureau_s_records_are_found_by_their_form(ledger: Ledger) -> None:
    """Read with every fold: among half a million papers of which nearly all were taken."""
    asked: list[str] = []
    ledger.connection.set_trace_callback(asked.append)
    ledger.submissions.taken_of_form("plan_record")
    ledger.connection.set_trace_callback(None)
    [sql] = [each for each in asked if "submissions" in each]
    plan = " ".join(row[3] for row in ledger.rows(f"EXPLAIN QUERY PLAN {sql}"))
    assert "USING INDEX submissions_form (form=?)" in plan, plan
