"""Compares our filings with the life-cycle system's, project by project, and mends what the ledger is the authority for.

What we filed and they lost goes out again under its key; a receipt that we missed is recorded; everything else is a
person's, listed until it is gone and told to the bureau once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from plugin.clock import shanghai_day
from plugin.comparing import LABELS, RECORD_RECEIPT, SEND_AGAIN, Finding, Kind, compare
from plugin.filings import ABOUT, SENT, plan_code
from plugin.intake import Intake
from plugin.ledger import RECEIPT_LOST, Difference, DifferenceRow, Ledger, OutboxRow, Outgoing
from plugin.lifecycle import LifecycleClient
from plugin.reminders import day_said
from plugin.standing import PLAN

BUREAU = "data_bureau"
TEXT_CHARS = 5000
OUR_KEY = re.compile(r"filing:[^:]+:([a-z_]+)-[0-9a-f]+:([0-9]+)")


@dataclass(frozen=True, slots=True)
class Reconciler:
    """The comparison with the life-cycle system. Other systems get their own; the differences stand in one list."""

    intake: Intake
    client: LifecycleClient

    @property
    def ledger(self) -> Ledger:
        return self.intake.ledger

    def codes(self, after: str = "", limit: int = 1_000_000) -> list[str]:
        """Every project, and every plan that was filed, in order."""
        return self.ledger.outbox.filed_codes(after, limit)

    def project(self, code: str, now: datetime) -> list[DifferenceRow]:
        """Compare one project (or plan) and mend. Raises RemoteUnavailable or RemoteUnclear: nothing was changed."""
        self._fold_anew(code, now)
        ours = self.ledger.outbox.list(kind="filing", project_code=code)
        found = compare(ours, self.client.of_project(code), self._stands)
        receipts = {each.id: self.client.find(each.key) for each in found if each.repair == RECORD_RECEIPT}
        with self.ledger.write_tx():
            for each in found:
                if each.repair == SEND_AGAIN:
                    self._send_again(each, next(row for row in ours if row.id == each.id), now)
                elif each.repair and (receipt := receipts[each.id]):
                    self.ledger.outbox.sent(each.id, asdict(receipt), now)
            return self._listed(code, [each.of(code) for each in found], now)

    def unchecked(self, code: str, why: str, now: datetime) -> None:
        """The project could not be compared: listed beside what was found before."""
        said = Difference(code, code, Kind.UNCHECKED, f"多次尝试仍未能核对：{why}", True)
        with self.ledger.write_tx():
            known = [
                Difference(row.project_code, row.key, row.kind, row.message, row.for_person)
                for row in self.ledger.differences.open(code)
                if row.kind != Kind.UNCHECKED
            ]
            self._listed(code, [*known, said], now)

    def _fold_anew(self, code: str, now: datetime) -> None:
        """What the papers ask for stands in the outbox, even if the outbox lost it."""
        if self.ledger.projects.get(code):
            self.intake.refresh(code, now)
            return
        for plan in self.ledger.submissions.taken_of_form(PLAN):
            with self.ledger.write_tx():
                self.intake.settle_record(plan.platform, plan.record, now)

    def _stands(self, row: OutboxRow) -> bool:
        """Whether the paper of a filing was taken and still belongs under its code."""
        about = row.payload[ABOUT]
        head = self.ledger.submissions.head(about["platform"], about["record"])
        if head is None or head.deleted or head.standing != "taken":
            return False
        if head.form != PLAN:
            return head.project_code == row.project_code
        kind, year = head.values["plan_type"], head.values.get("year")
        return plan_code(self.intake.manifest().code_prefix, kind, year) == row.project_code

    def _send_again(self, finding: Finding, row: OutboxRow, now: datetime) -> None:
        anew = {name: value for name, value in row.payload.items() if name != SENT}
        if self.ledger.outbox.send_again(finding.id, anew, now) and row.receipt:
            self.ledger.replies.keep(finding.id, RECEIPT_LOST, None, row.receipt.get("reply", ""), now)

    def _listed(self, code: str, found: list[Difference], now: datetime) -> list[DifferenceRow]:
        """Keep the list, and tell the bureau what needs a person."""
        rows = self.ledger.differences.put(code, found, now)
        manifest = self.intake.manifest()
        papers = self.ledger.submissions.of_project(code)
        platform = papers[-1].platform if papers else manifest.platform.name
        people = manifest.recipients.get(BUREAU, ())
        titles = {name: form.title for name, form in self.intake.forms.items()}
        for_people = [row for row in rows if row.for_person]
        wanted = about_differences(code, for_people, titles, platform, people, now)
        self.ledger.outbox.sync(f"reconcile:{code}", wanted, now)
        return rows


def _which(key: str, titles: Mapping[str, str]) -> str:
    """The paper and its version, from a key of ours; anybody else's key as it is."""
    found = OUR_KEY.fullmatch(key)
    return f"{titles[found[1]]}第{found[2]}版" if found and found[1] in titles else key


def about_differences(
    code: str,
    rows: list[DifferenceRow],
    titles: Mapping[str, str],
    platform: str,
    people: Iterable[str],
    now: datetime,
) -> list[Outgoing]:
    """One message a person and project; the same list again is the same message. `titles` of forms, by name."""
    if not rows:
        return []
    lines = [
        f"{number}. {LABELS[Kind(row.kind)]}（{_which(row.key, titles)}，{day_said(shanghai_day(row.found_at))}发现）："
        f"{row.message}"
        for number, row in enumerate(rows, 1)
    ]
    head = f"{code}与全生命周期管理系统核对，有{len(rows)}处需要人工处理：\n"
    message = {
        "platform": platform,
        "title": f"备案核对：{code}有{len(rows)}处需要人工处理",
        "text": (head + "\n".join(lines))[:TEXT_CHARS],
    }
    return [
        Outgoing(
            "message",
            f"message:reconcile:{code}:{person}",
            f"{code}:{platform}:message",
            code,
            now,
            {**message, "to": person},
        )
        for person in dict.fromkeys(people)
    ]
