"""How long the console's pages take over a county's worst case: 100,000 projects, half a million submissions.

    nice .venv/bin/python bench/console.py [--projects 100000] [--audit 300000] [--data FOLDER]

Rows go straight into the tables (no fold, slim contents), so that the build takes minutes, not hours: 100,000 projects with
5 submissions, 4 duties and 6 outgoing items each, drawn by the seed of plugin/demo_projects.py, and an audit of five years. Each page is asked for through
the application itself, templates included, eleven times after one warm-up; medians are printed, by the wall and of the thread alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from argon2 import PasswordHasher

from plugin.app import build, create_app
from plugin.console.access import Role
from plugin.console.words import STATES
from plugin.demo import demo_manifest
from plugin.demo_projects import _drawn
from plugin.ledger import Ledger
from plugin.ledger.text import stamp

NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
FORMS = (
    "demand_collection",
    "feasibility_study",
    "approval_reply",
    "contract_filing",
    "preliminary_acceptance",
)
DUTIES = ("contract_filing", "performance_report", "preliminary_acceptance", "acceptance_application")
KINDS = ("filing", "filing", "message", "message", "writeback", "reminder")
ROUNDS = 11
UNIT = "县农业农村局（演示）"
PAGES = {  # what is measured: name → address, and who asks
    "overview": ("/console/overview", Role.READER),
    "overview, one unit": ("/console/overview", Role.UNIT),
    "projects, newest": ("/console/projects", Role.READER),
    "projects by amount": ("/console/projects?sort=investment", Role.READER),
    "projects by next due": ("/console/projects?sort=next_due&dir=asc", Role.READER),
    "projects by name, filtered": ("/console/projects?phase=建设&year=2025&sort=name", Role.READER),
    "projects of a unit": (f"/console/projects?unit={UNIT}&sort=investment", Role.READER),
    "projects, page far on": ("", Role.READER),
    "search, common word": ("/console/projects?q=监测预警", Role.READER),
    "search, rare word": ("/console/projects?q=非遗传承人一张图", Role.READER),
    "search, two signs": ("/console/projects?q=水库", Role.READER),
    "search, one sign": ("/console/projects?q=水", Role.READER),
    "search, nothing found": ("/console/projects?q=不存在的词语", Role.READER),
    "search with filter and order": ("/console/projects?q=水库&phase=验收&sort=investment", Role.READER),
    "projects, one unit's person": ("/console/projects?q=水库", Role.UNIT),
    "submissions, newest": ("/console/submissions", Role.READER),
    "submissions waiting": ("/console/submissions?standing=awaiting_override", Role.READER),
    "submissions, one form": ("/console/submissions?form=approval_reply", Role.READER),
    "submissions, one unit's person": ("/console/submissions", Role.UNIT),
    "submissions, search": ("/console/submissions?q=非遗传承人", Role.READER),
    "duties overdue": ("/console/obligations?when=over", Role.READER),
    "duties soon, a unit": (f"/console/obligations?when=soon&unit={UNIT}", Role.READER),
    "duties, one unit's person": ("/console/obligations?when=open", Role.UNIT),
    "filings": ("/console/filings", Role.READER),
    "filings without receipt": ("/console/filings?open=1", Role.READER),
    "filings, one unit's person": ("/console/filings", Role.UNIT),
    "messages": ("/console/messages", Role.READER),
    "messages, search": ("/console/messages?q=非遗传承人", Role.READER),
    "one project": ("/console/projects/DEMO-2026-001000", Role.READER),
    "resembling projects": ("/console/similar", Role.READER),
    "limits": ("/console/limits", Role.READER),
    "versions": ("/console/versions", Role.READER),
    "audit": ("/console/audit", Role.AUDITOR),
    "audit, a rare group": ("/console/audit?group=record", Role.AUDITOR),
    "audit, a common group, days": (
        "/console/audit?group=outbox&from=2025-01-01&until=2025-01-31",
        Role.AUDITOR,
    ),
    "audit, one actor until a day": ("/console/audit?actor=p3&until=2024-06-30", Role.AUDITOR),
    "audit, all filters": (
        "/console/audit?actor=system&group=record&from=2024-01-01&until=2025-12-31",
        Role.AUDITOR,
    ),
    "operations": ("/console/operations", Role.OPERATOR),
    "metrics": ("/metrics", None),
}


ACTS = (  # what is recorded, by whom, how often
    ("outbox.queued", "system", 4000), ("outbox.sent", "system", 2500), ("obligation.added", "system", 1200),
    ("obligation.changed", "system", 1000), ("submission.taken", "platform", 1000), ("person.signed_in", "", 300),
    ("console.exported", "", 20), ("submission.override", "", 5), ("record.purged", "system", 1),
)  # fmt: skip


def recorded(ledger: Ledger, count: int) -> None:
    """So many rows of the audit over five years, sealed as to their length."""
    random, first = Random("bench-audit"), NOW - timedelta(days=1826)
    drawn = random.choices(ACTS, [often for *_, often in ACTS], k=count)
    detail = json.dumps({"digest": "d" * 64, "revision": 1}, separators=(",", ":"))
    with ledger.write_tx():
        ledger.connection.executemany(
            "INSERT INTO audit (at, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (stamp(first + timedelta(days=1826 * number / count)), actor or f"p{number % 37}", action,
                 f"k{number % 600_000}-0" if action.startswith("outbox") else f"standard:b-{number % 100_000}-0", detail, "h" * 64)
                for number, (action, actor, _often) in enumerate(drawn)
            ),
        )  # fmt: skip


def fill(ledger: Ledger, count: int) -> None:
    """Straight into the tables, five thousand projects a transaction."""
    step = 5000
    for first in range(0, count, step):
        with ledger.write_tx():
            for number in range(first, min(first + step, count)):
                _project(ledger, number)


def _project(ledger: Ledger, number: int) -> None:
    random = Random(f"bench-{number}")
    drawn = _drawn(number, random)
    code, run = f"DEMO-2026-{number:06d}", ledger.connection.execute
    state, year = random.choice(list(STATES)), random.randint(2022, 2027)
    due = (NOW + timedelta(days=random.randint(-300, 900))).date().isoformat()
    at = NOW - timedelta(minutes=random.randint(0, 1_000_000))
    name, unit = f"{drawn['name']}{number}", drawn["unit"]
    run(
        "INSERT INTO projects (code, name, unit, state, facts, law_version, updated_at, kind, plan_year, investment_fen,"
        " next_due_on) VALUES (?, ?, ?, ?, ?, '1', ?, ?, ?, ?, ?)",
        (code, name, unit, state, '{"kind":"new"}', stamp(at), "new", year, drawn["amount"] * 100, due),
    )
    text = " ".join(drawn[part] for part in ("summary", "necessity", "objectives", "content", "route"))
    ledger.search.put(code, f"{code} {name} {unit}", text)
    submitter = json.dumps({"id": "u1", "name": drawn["person"], "unit": unit}, ensure_ascii=False)
    for each, form in enumerate(FORMS):
        standing = random.choices(("taken", "returned", "awaiting_override"), (95, 4, 1))[0]
        run(
            "INSERT INTO submissions (platform, record, form, project_code, standing, vals, saved_at, submitter, head_hash)"
            " VALUES ('standard', ?, ?, ?, ?, '{}', ?, ?, 'h')",
            (f"b-{number}-{each}", form, code, standing, stamp(at - timedelta(days=each)), submitter),
        )
    for duty in DUTIES:
        done = due if random.random() < 0.6 else None
        run(
            "INSERT INTO obligations VALUES (?, ?, ?, '39(1)', ?, ?, NULL, ?, 'construction_unit', 0, '{}', ?, 1, '')",
            (code, f"{duty}:1", duty, due, due, done, "fulfilled" if done else "open"),
        )
    payload = json.dumps(
        {"step_title": "批复", "title": "批复：已受理", "to": "u1", "duty": DUTIES[0]}, ensure_ascii=False
    )
    for each, kind in enumerate(KINDS):
        lost = random.random() < 0.01
        run(
            "INSERT INTO outbox (key, scope, subject, revision, kind, lane, project_code, wanted_at, due_at, payload, digest,"
            " state, receipt, created_at, updated_at) VALUES (?, '', ?, 1, ?, '', ?, ?, ?, ?, '', ?, '{}', '', ?)",
            (f"k{number}-{each}", f"k{number}-{each}", kind, code, stamp(at), stamp(at), payload, "pending" if lost else "sent", stamp(at)),
        )  # fmt: skip


def browsers(ledger: Ledger) -> dict[Any, Any]:
    """A signed-in test client of each role that asks."""
    manifest = demo_manifest({})
    ledger.manifests.apply(manifest.version, manifest.text, "bench", NOW)
    app = create_app(build(ledger, {"ZHENGXIANG_SESSION_SECRETS": "whsec_" + "A" * 43 + "="}, lambda: NOW))
    found: dict[Any, Any] = {None: app.test_client()}
    for role in (Role.READER, Role.UNIT, Role.OPERATOR, Role.AUDITOR):
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        people = ledger.people
        people.add(role, role, role, "", "bench", NOW, unit=UNIT if role == Role.UNIT else None)
        person = people.by_login(role)
        assert person
        people.set_password(person, hasher.hash("bench pass 1"), False, "bench", NOW)
        client = app.test_client()
        page = client.get("/console/sign-in", base_url="https://b").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        fields = {"login": role, "password": "bench pass 1", "csrf_token": token}
        reply = client.post(
            "/console/sign-in", base_url="https://b", data=fields, headers={"Referer": "https://b/"}
        )
        assert reply.status_code == 302
        found[role] = client
    return found


def measured(client: Any, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each round, by the wall and of this thread: what they differ by was other work on the machine."""
    wall, own = list[float](), list[float]()
    for _ in range(ROUNDS + 1):
        start, began = time.perf_counter(), time.thread_time()
        reply = client.get(address, base_url="https://b", buffered=True)
        wall.append((time.perf_counter() - start) * 1000)
        own.append((time.thread_time() - began) * 1000)
        assert reply.status_code == 200, (address, reply.status_code)
        assert len(reply.data) > 1000, address
    return wall[1:], own[1:]


def far_on(client: Any) -> str:
    """The address of a page some way in."""
    address = "/console/projects?sort=code&dir=asc"
    for _ in range(20):
        page = client.get(address, base_url="https://b").get_data(as_text=True)
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    return address


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--audit", type=int, default=300_000)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.data or Path(folder)) / "bench.db"
        is_new = not path.exists()
        with closing(Ledger.open(path)) as ledger:
            start = time.perf_counter()
            if is_new:
                fill(ledger, given.projects)
                recorded(ledger, given.audit)
            took, size = time.perf_counter() - start, path.stat().st_size / 1e6
            print(
                f"{given.projects:,} projects, {given.audit:,} audit rows, {size:,.0f} MB, filled in {took:.0f} s"
            )
            clients = browsers(ledger)
            for name, (address, role) in PAGES.items():
                wall, own = measured(clients[role], address or far_on(clients[role]))
                print(f"{name:<32}{median(wall):>8.1f} ms   own {median(own):>8.1f} ms")


if __name__ == "__main__":
    main()
