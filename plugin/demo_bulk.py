"""Invented projects straight into a ledger: each project's papers are stored and folded once, by the same rules.

Through the receiver 2000 projects would be folded once a paper, some 30,000 times. What follows from them counts as
long since sent, but for a few filings: nothing invented crowds out the demo's real deliveries. The stand-in life-cycle
system is given what it would have received, or the first night's comparison would send it all again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from forms import schema
from plugin import papers
from plugin.clock import shanghai_day
from plugin.demo_projects import Invented, filled, invented
from plugin.filings import SENT, content_of, settled
from plugin.intake import Intake
from plugin.ledger import Kind, OutboxRow, Submission, SubmissionVersion
from plugin.settling import Settling
from plugin.versions import digest

PLATFORM = "standard"
BUREAU = {"id": "demo-zhaoliu", "name": "赵六", "unit": "数据资源局（演示）"}
BATCH = 10  # projects in one transaction: the jobs of the demo want the ledger too
FLAWED_FILINGS = {
    7: "pending",
    97: "dead",
}  # of so many projects one has a filing that waits, or was given up


Receive = Callable[
    [list[tuple[str, dict[str, Any]]]], list[dict[str, Any]]
]  # filings by key → their receipts


def fill(intake: Intake, count: int, now: datetime, receive: Receive) -> int:
    """Add that many projects; how many papers they have. The same call again adds nothing."""
    head = intake.ledger.submissions.head(PLATFORM, record_of(0, "0"))
    if head is not None:
        return 0
    done, plans = 0, defaultdict[str, list[tuple[str, str]]](list)
    everything = invented(count, shanghai_day(now))
    while batch := list(islice(everything, BATCH)):
        with intake.ledger.write_tx():
            settling = Settling(intake.ledger, intake.forms, intake.manifest(), now, intake.resemblance)
            codes = [(_store(settling, project), project) for project in batch]
            for code, _project in codes:
                settling.project(code)
            _file(intake, [(code, _waiting(project)) for code, project in codes], now, receive)
            for code, project in codes:
                done += len(project.papers)
                if project.papers[0].fields["kind"] == "运维":
                    plans[project.papers[0].fields["plan_year"]].append(
                        (code, project.papers[0].fields["project_name"])
                    )
    for year, listed in plans.items():
        _plan(intake, year, listed, now, receive)
    return done


def _plan(intake: Intake, year: str, listed: list[tuple[str, str]], now: datetime, receive: Receive) -> None:
    """The year's plan with its maintenance projects, approved in January: they start without a dossier (20)."""
    approved = datetime(int(year), 1, 20, 2, tzinfo=UTC)
    if approved > now:
        return
    items = [
        {"plan_item_id": str(at), "project_code": code, "project_name": name}
        for at, (code, name) in enumerate(listed, 1)
    ]
    fields: dict[str, Any] = {
        "classified": "否",
        "plan_type": "annual_plan",
        "year": year,
        "step": "government_approval",
    }
    fields |= {"government_approved_on": str(approved.date()), "items": items[:500]}
    with intake.ledger.write_tx():
        settling = Settling(intake.ledger, intake.forms, intake.manifest(), now, intake.resemblance)
        _keep(settling, "plan_record", f"demo-plan-{year}", fields, approved, BUREAU, None)
        for code, _name in listed:
            settling.project(code)
        _file(intake, [(code, []) for code, _name in listed], now, receive)


def record_of(number: int, record: str) -> str:
    return f"demo-{number}-{record}"


def _store(settling: Settling, project: Invented) -> str:
    """The project's papers as heads and versions, under a code of its own."""
    ledger, manifest = settling.ledger, settling.manifest
    code = ledger.projects.next_code(manifest.code_prefix, shanghai_day(project.papers[0].saved_at).year)
    submitter = {"id": f"demo-{project.person}", "name": project.person, "unit": project.unit}
    for paper in project.papers:
        fields: dict[str, Any] = filled(dict(paper.fields), {"code": code})
        if paper.form == "demand_collection":
            fields.pop("project_code")
        record = record_of(project.number, paper.record)
        by = BUREAU if settling.forms[paper.form].filled_by == "bureau" else submitter
        _keep(settling, paper.form, record, fields, paper.saved_at, by, code)
    return code


def _keep(
    settling: Settling,
    form_name: str,
    record: str,
    fields: dict[str, Any],
    saved_at: datetime,
    submitter: dict[str, Any],
    code: str | None,
) -> None:
    """One version and its head, as intake leaves them before the fold."""
    ledger, form, content = settling.ledger, settling.forms[form_name], digest(fields)
    ledger.submissions.add_version(
        SubmissionVersion(
            PLATFORM, form.name, record, saved_at, "created", False, fields, submitter, f"{record}:{content[:12]}", saved_at
        ),
        content,
    )  # fmt: skip
    draft = papers.read(form, fields, settling.manifest.book.pack, record=record, saved_at=saved_at)
    ledger.submissions.put_head(
        Submission(
            PLATFORM,
            form.name,
            record,
            code,
            "taken",
            schema.dump(draft.values),
            saved_at,
            submitter,
            content,
        )
    )


def _waiting(project: Invented) -> list[str]:
    """In which states its latest filing is left, so that there is something to look at."""
    return [state for every, state in FLAWED_FILINGS.items() if project.number % every == every - 1]


def _file(intake: Intake, projects: list[tuple[str, list[str]]], now: datetime, receive: Receive) -> None:
    """What is due of these projects is sent; the latest filing of one with states stays in the last of them."""
    due: list[OutboxRow] = []
    for code, left in projects:
        rows = [
            row
            for row in intake.ledger.outbox.list(kind=Kind.FILING, project_code=code)
            if row.state == "pending" and row.wanted_at <= now
        ]
        due += rows[:-1] if left else rows
    sent = [{**row.payload, SENT: settled(row.payload, (), None)} for row in due]
    contents = [
        content_of(row.payload, row.key, row.revision, payload[SENT])
        for row, payload in zip(due, sent, strict=True)
    ]
    receipts = receive([(row.key, content) for row, content in zip(due, contents, strict=True)])
    ids = [row.id for row in due]
    intake.ledger.bulk.filed(zip(ids, sent, receipts, strict=True), now)
    for code, left in projects:
        intake.ledger.bulk.settle_outbox(code, now, left)
