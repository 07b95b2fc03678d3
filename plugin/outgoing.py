"""What must leave because of what is known: write-backs, messages. Pure. Filings: plugin/filings.py.

Each wanted item has a subject (what it is about) and a payload without any clock in it: the outbox compares it with what
stands there, replaces what was not sent, and sends a new revision where the content changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forms.definition import FormDefinition
from plugin.answers import summary
from plugin.ledger import HELD_HERE, Outgoing, Submission
from plugin.manifest import Manifest
from plugin.regulation.history import Judged, Standing
from plugin.regulation.verdict import Decision

BUREAU, WAITING = "data_bureau", ("awaiting_override", "unattached")
STATUS = {Standing.RETURNED: "returned", Standing.AWAITING_OVERRIDE: "awaiting_override"}
TITLES = {
    "passed": "已受理",
    "warned": "已受理，有需要注意的事项",
    "returned": "已退回，请修改后重新提交",
    "awaiting_override": "待核准",
    "unattached": "项目编码不存在，等待数据资源局核对",
}


def status_of(judged: Judged) -> str:
    """passed, warned, returned or awaiting_override."""
    warned = judged.verdict.decision is Decision.WARN
    return STATUS.get(judged.standing, "warned" if warned else "passed")


def about_record(
    form: FormDefinition, submission: Submission, status: str, verdict: Mapping[str, Any], now: datetime
) -> list[Outgoing]:
    """The verdict into the record, and a message to the person who saved it; nothing where no platform holds the record."""
    if submission.platform in HELD_HERE:
        return []
    where = f"{submission.platform}:{submission.record}"
    result = {
        "platform": submission.platform,
        "form": form.name,
        "record": submission.record,
        "status": status,
        "message": summary(verdict),
        # under which version it was judged stands in the ledger: another one alone is no reason to write again
        "verdict": {name: value for name, value in verdict.items() if name != "law_version"},
        "project_code": submission.project_code,
    }
    wanted = [_outgoing("writeback", f"writeback:{where}", submission, now, result)]
    if submission.submitter:
        message = {
            "platform": submission.platform,
            "to": submission.submitter["id"],
            "title": f"{form.title}：{TITLES[status]}",
            "text": summary(verdict),
            "form": form.name,
            "record": submission.record,
        }
        wanted.append(_outgoing("message", f"message:{where}", submission, now, message))
    return wanted


def about_the_bureau(
    form: FormDefinition,
    submission: Submission,
    status: str,
    verdict: Mapping[str, Any],
    manifest: Manifest,
    now: datetime,
) -> list[Outgoing]:
    """A message to each person of the bureau (manifest.yaml, recipients) about what waits for it."""
    route = verdict["route"] or {}
    if status not in WAITING and BUREAU not in route.get("route_to", ()):
        return []
    held_here = submission.platform in HELD_HERE
    wanted = []
    for person in manifest.recipients.get(BUREAU, ()):
        message = {
            "platform": manifest.platform.name if held_here else submission.platform,
            "to": person,
            "title": f"{form.title}：{TITLES[status]}，需要数据资源局办理",
            "text": summary(verdict),
            "form": form.name,
            "record": None if held_here else submission.record,
        }
        subject = f"message:{person}:{submission.platform}:{submission.record}"
        wanted.append(_outgoing("message", subject, submission, now, message))
    return wanted


def _outgoing(
    kind: str, subject: str, submission: Submission, now: datetime, payload: Mapping[str, Any]
) -> Outgoing:
    lane = f"{submission.project_code or submission.record}:{submission.platform}:{kind}"
    return Outgoing(kind, subject, lane, submission.project_code, now, dict(payload))
