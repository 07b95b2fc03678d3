"""Everything the project page shows, gathered in one read of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms.definition import load_forms
from forms.fields import FormDefinition
from plugin.clock import shanghai_day
from plugin.console import words
from plugin.console.told import Told, told
from plugin.console.way import Step, way_of
from plugin.dossier.words import ACTIONS
from plugin.ledger import (
    CONSOLE,
    AttachmentRow,
    DifferenceRow,
    Kind,
    Ledger,
    ObligationRow,
    OutboxRow,
    ProjectRow,
    ReplyRow,
    Submission,
    SubmissionVersion,
    VerdictRow,
)

HISTORY = 300
FACTS = (  # what a reader looks for first: fact, label, kind
    ("responsible_person", "项目责任人", "text"),
    ("approved_estimate_yuan", "批复总投资", "money"),
    ("total_investment_yuan", "申报总投资", "money"),
    ("estimated_investment_yuan", "投资估算", "money"),
    ("contractor", "承建单位", "text"),
    ("contract_amount_yuan", "合同金额", "money"),
    ("supervision_firm", "监理单位", "text"),
    ("approved_on", "批复日期", "day"),
    ("contract_signed_on", "合同签订", "day"),
    ("completed_on", "建成日期", "day"),
    ("accepted_on", "验收通过", "day"),
    ("in_operation_on", "投入运行", "day"),
)


@dataclass(frozen=True, slots=True)
class Filed:
    """One submission with what became of it."""

    head: Submission
    form: FormDefinition | None
    verdict: VerdictRow | None
    files: list[AttachmentRow]

    @property
    def title(self) -> str:
        return self.form.title if self.form else self.head.form

    @property
    def findings(self) -> list[dict[str, Any]]:
        return self.verdict.verdict["findings"] if self.verdict else []

    @property
    def on(self) -> date:
        """The day the paper counts for."""
        judged = self.verdict.verdict.get("on") if self.verdict else None
        return date.fromisoformat(judged) if judged else shanghai_day(self.head.saved_at)


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing, and what the life-cycle system said where no receipt holds it."""

    row: OutboxRow
    replies: list[ReplyRow]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history: when, who, what, from where."""

    at: datetime
    who: str
    what: str
    where: str
    number: int | None = None  # of the audit


@dataclass(frozen=True, slots=True)
class Dossier:
    """A project with all that belongs to it."""

    project: ProjectRow
    papers: list[Filed]
    duties: list[ObligationRow]
    filings: list[Filing]
    differences: list[DifferenceRow]
    messages: list[Told]
    history: list[Event]
    way: tuple[Step, ...]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The stated ones of FACTS, in words."""
        shown: dict[str, Callable[[Any], str]] = {"money": words.money, "day": words.day, "text": str}
        stated = self.project.facts
        return [(label, shown[kind](stated[name])) for name, label, kind in FACTS if stated.get(name)]


def gathered(ledger: Ledger, code: str, unit: str | None) -> Dossier | None:
    """The project, or None if there is none or it belongs to another unit than the one that may be seen."""
    with ledger.read():
        project = ledger.projects.get(code)
        if project is None or unit not in (None, project.unit):
            return None
        papers = [filed(ledger, head) for head in ledger.submissions.of_project(code)]
        outgoing = ledger.outbox.list(project_code=code)
        messages = told(ledger, code, outgoing, _names(papers))
        filings = [
            Filing(row, ledger.replies.of(row.id))
            for row in outgoing
            if row.kind == Kind.FILING and row.state != "cancelled"
        ]
        differences = ledger.differences.open(code)
        subjects = [f"project:{code}", *(f"{each.head.platform}:{each.head.record}" for each in papers)]
        audit = ledger.audit.of_all(subjects, HISTORY)
        versions = [
            (paper, version)
            for paper in papers
            for version in ledger.submissions.versions(paper.head.platform, paper.head.record)
        ]
        duties = ledger.obligations.of_project(code)
    taken = [(each.head.form, each.on) for each in papers if each.head.standing == "taken"]
    saved = [_saved(paper, version) for paper, version in versions]
    known = [
        _recorded(each) for each in audit if each.action not in ("submission.taken", "obligation.changed")
    ]
    return Dossier(
        project=project,
        papers=papers[::-1],
        duties=[each for each in duties if each.state != "cancelled"],
        filings=filings[::-1],
        differences=differences,
        messages=messages,
        history=sorted((*saved, *known), key=lambda each: each.at, reverse=True),
        way=way_of(project.state, project.facts, taken),
    )


def _names(papers: Iterable[Filed]) -> dict[str, str]:
    """The people of these papers: the platform's id, and the name."""
    people = [each.head.submitter for each in papers if each.head.submitter]
    return {each["id"]: each["name"] for each in people if each.get("name")}


def filed(ledger: Ledger, head: Submission) -> Filed:
    where = head.platform, head.record
    return Filed(
        head,
        load_forms().get(head.form),
        ledger.verdicts.latest(*where),
        ledger.attachments.of_record(*where),
    )


def _saved(paper: Filed, version: SubmissionVersion) -> Event:
    submitter = version.submitter or {}
    unit = f"（{submitter['unit']}）" if submitter.get("unit") else ""
    verb = "补填" if version.partial else words.EVENTS.get(version.kind, version.kind)
    what = f"{'提交' if version.kind == 'created' else verb}“{paper.title}”"
    return Event(version.saved_at, f"{submitter.get('name') or '—'}{unit}", what, _source(version))


def _source(version: SubmissionVersion) -> str:
    """Where a saved state came from."""
    held_here = words.SOURCES.get(CONSOLE if version.is_bureau_part else version.platform)
    return held_here or f"{words.source(version.platform)}，{words.moment(version.received_at)}收到"


def _recorded(entry: Any) -> Event:
    about = "、".join(_details(entry))
    what = ACTIONS.get(entry.action, entry.action)
    return Event(
        entry.at, words.actor(entry.actor), f"{what}{f'：{about}' if about else ''}", "台账", entry.id
    )


def _details(entry: Any) -> Iterator[str]:
    detail = entry.detail
    if "key" in detail:
        yield words.duty(str(detail["key"]).partition(":")[0])
    if "rule" in detail:
        yield f"规则 {detail['rule']}"
    if "form" in detail:
        yield words.form_title(str(detail["form"]))
