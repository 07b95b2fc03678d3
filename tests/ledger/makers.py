"""Rows as the colleagues of the ledger hand them over."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from plugin.ledger import (
    Ledger,
    ObligationRow,
    Outgoing,
    ProjectRow,
    Remembered,
    Submission,
    SubmissionVersion,
    WatchedDuty,
)

NOW = datetime(2024, 3, 1, 1, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CODE = "SX-2024-0001"


def remember(ledger: Ledger, key: str, record: str = "rec1", digest: str = "d1", **event: Any) -> Remembered:
    return ledger.inbox.remember("standard", key, "demand_collection", record, "created", event, digest, NOW)


def outgoing(
    subject: str, lane: str = "lane", due_at: datetime = NOW, kind: str = "filing", **payload: Any
) -> Outgoing:
    return Outgoing(kind, subject, lane, CODE, due_at, payload)


def version(record: str = "rec1", saved_at: datetime = NOW, **fields: Any) -> SubmissionVersion:
    return SubmissionVersion(
        "standard", "demand_collection", record, saved_at, "updated", False, fields, {"id": "u1"}, "key", NOW
    )


def head(record: str = "rec1", project_code: str | None = CODE, **changes: Any) -> Submission:
    given: dict[str, Any] = {
        "platform": "standard",
        "form": "demand_collection",
        "record": record,
        "project_code": project_code,
        "standing": "taken",
        "values": {"project_name": "数据中台"},
        "saved_at": NOW,
        "submitter": None,
        "head_hash": "h1",
    }
    return Submission(**(given | changes))


def project(code: str = CODE, **changes: Any) -> ProjectRow:
    given: dict[str, Any] = {
        "code": code,
        "name": "数据中台",
        "unit": "某局",
        "state": "planned",
        "facts": {"total_investment_yuan": "5000000.00"},
        "law_version": "1",
        "updated_at": NOW,
    }
    return ProjectRow(**(given | changes))


def duty(key: str = "contract_filing", **changes: Any) -> ObligationRow:
    given: dict[str, Any] = {
        "duty": key,
        "article": "31",
        "due_on": date(2024, 4, 1),
        "detail": {"to": ["data_bureau"]},
    }
    return ObligationRow(CODE, key, **(given | changes))


def watched(key: str = "contract_filing", **changes: Any) -> WatchedDuty:
    given: dict[str, Any] = {
        "project_code": CODE,
        "key": key,
        "duty": key,
        "article": "31",
        "opens_on": None,
        "due_on": date(2024, 4, 1),
        "overdue_after": date(2024, 4, 1),
        "anchored_on": None,
        "role": "responsible",
        "notice": False,
        "platform": "standard",
        "person": "u1",
    }
    return WatchedDuty(**(given | changes))


def python(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process, running this script on the same code."""
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
