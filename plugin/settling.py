"""One project folded anew from its papers, and ledger and outbox brought to what follows from them.

Everything here runs inside the caller's transaction: project, verdicts, obligations and what must leave are written
together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forms import schema
from forms.definition import FormDefinition
from plugin import filings, outgoing, papers
from plugin.answers import verdict_json
from plugin.clock import shanghai_day
from plugin.ledger import SYSTEM, Ledger, Moved, Outgoing, ProjectRow, Submission
from plugin.manifest import Manifest
from plugin.moved import about_moved
from plugin.owing import Owing
from plugin.papers import Draft
from plugin.regulation.facts import project_to_json, to_json
from plugin.regulation.history import History, Judged, Paper, Standing, latest_day, replay
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.stages import EXISTING
from plugin.regulation.verdict import Decision, Finding, Mender, Verdict
from plugin.resemblance import DEMAND, Resemblance
from plugin.standing import PLAN, STANDALONE, known_of

FOUNDING = frozenset(
    {"demand_collection", "plan_supplement", "superior_project_review", EXISTING}
)  # may come without a code
UNATTACHED = "unattached"
UNKNOWN_PROJECT = "PROJECT-UNKNOWN"


@dataclass(frozen=True, slots=True)
class Settling:
    """The fold over one ledger under one manifest snapshot, at one instant."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    manifest: Manifest
    now: datetime
    resemblance: Resemblance

    def draft_of(self, submission: Submission) -> Draft:
        """What is stored, read again under the manifest in force."""
        return papers.read(
            self.forms[submission.form],
            submission.values,
            self.manifest.book.pack,
            record=where(submission),
            saved_at=submission.saved_at,
            overridden=overrides_of(submission),
        )

    def judge_among(self, draft: Draft, code: str | None) -> Judged:
        """The draft among the other papers of its project, in the place of its own earlier version."""
        known = self._known(draft.paper.facts.get("construction_unit"), code, [draft])
        if code is None or self.ledger.projects.get(code) is None:
            if draft.form.name not in FOUNDING | STANDALONE:
                return self._unattached(draft, code)
            return replay([draft.paper], self.manifest.book, known).judged[0]
        others = [
            self.draft_of(each).paper
            for each in self.ledger.submissions.of_project(code)
            if where(each) != draft.paper.record
        ]
        history = replay([*others, draft.paper], self.manifest.book, known)
        return next(each for each in history.judged if each.paper is draft.paper)

    def _known(self, unit: str | None, code: str | None, drafts: Iterable[Draft]) -> Project:
        """What is known before the first paper: the bureau's standing records, and declarations that resemble this one."""
        known = known_of(self.ledger, unit, code, self.manifest.unit_name)
        for draft in drafts:
            if draft.form.name == DEMAND:
                known = known.knowing(
                    self.resemblance.facts_of(draft.paper.record, schema.dump(draft.values), code)
                )
        return known

    def project_of(self, draft: Draft, before: Submission | None) -> str | None:
        """The project this record belongs to. A first paper that is taken founds one; an unknown code waits."""
        if before and before.project_code:
            return before.project_code
        code = draft.project_code
        if code and self.ledger.projects.get(code):
            return code
        book = self.manifest.book
        if (
            draft.form.name not in FOUNDING
            or replay([draft.paper], book).judged[0].standing is not Standing.TAKEN
        ):
            return None
        year = shanghai_day(draft.paper.saved_at).year
        return self.ledger.projects.next_code(self.manifest.code_prefix, year)

    def alone(self, draft: Draft, submission: Submission) -> None:
        """A record without a project: its verdict, and nothing follows from it."""
        judged = self.judge_among(draft, draft.project_code)
        waiting = any(each.code == UNKNOWN_PROJECT for each in judged.verdict.findings)
        status = UNATTACHED if waiting and judged.verdict.may_save else outgoing.status_of(judged)
        standing = UNATTACHED if status == UNATTACHED else judged.standing.value
        wanted = self._judged(draft, replace(submission, standing=standing), judged, status)
        if draft.form.name == PLAN:
            history = replay([draft.paper], self.manifest.book)
            wanted += filings.of_plan(history, draft.form, submission, self.manifest, self.now)
        self.ledger.outbox.sync(f"record:{where(submission)}", [] if submission.deleted else wanted, self.now)
        if draft.form.name == PLAN:
            self._owing().county()

    def project(self, code: str) -> None:
        """Fold the project; bring verdicts, obligations and outbox to what follows."""
        for waiting in self.ledger.submissions.unattached(code):
            self.ledger.submissions.attach(waiting.platform, waiting.record, code)
            self.ledger.outbox.sync(f"record:{where(waiting)}", [], self.now)
        submissions = {where(each): each for each in self.ledger.submissions.of_project(code)}
        drafts = {record: self.draft_of(each) for record, each in submissions.items()}
        papers_of = [draft.paper for draft in drafts.values()]
        known = self._known(unit_of(papers_of), code, drafts.values())
        history = replay(papers_of, self.manifest.book, known, shanghai_day(self.now))
        history = replace(history, project=replace(history.project, project_code=code))
        wanted: list[Outgoing] = []
        for judged in history.judged:
            submission = replace(submissions[judged.paper.record], standing=judged.standing.value)
            wanted += self._judged(
                drafts[judged.paper.record], submission, judged, outgoing.status_of(judged)
            )
        wanted += filings.of_project(code, history, self.forms, submissions, self.now)
        before = self.ledger.projects.get(code)
        row = _project_row(code, history, self.manifest, self.now)
        self.ledger.projects.put(row)
        moved, to = self._owing().put(code, history.project, history.obligations, submissions.values())
        self.ledger.outbox.sync(f"project:{code}", wanted, self.now)
        self.ledger.search.put(code, f"{code} {row.name} {row.unit}", papers.words_of(drafts.values()))
        if before and before.law_version != self.manifest.version and moved:
            self._moved(history.project, moved, to)

    def _moved(self, project: Project, moved: tuple[Moved, ...], to: Mapping[str, Any] | None) -> None:
        """Days are others under the version now in force: on record, and told to the person whom reminders go to."""
        code = project.project_code or ""
        for each in moved:
            days = {"before": to_json(each.before.last_day), "now": to_json(each.now.last_day)}
            detail = {"key": each.now.key, "revision": each.now.revision, **days}
            self.ledger.audit.append(self.now, SYSTEM, "obligation.moved", f"project:{code}", detail)
        if to is not None:
            message = about_moved(code, project.project_name or "", moved, to, self.now)
            self.ledger.outbox.sync(message.subject, [message], self.now)

    def _owing(self) -> Owing:
        return Owing(self.ledger, self.forms, self.manifest, self.now)

    def _judged(self, draft: Draft, submission: Submission, judged: Judged, status: str) -> list[Outgoing]:
        """Store what became of one record; what must be said about it."""
        verdict = self.answer(judged.verdict, draft)
        self.ledger.submissions.put_head(submission)
        self.ledger.verdicts.put(
            submission.platform, submission.record, verdict, self.manifest.version, self.now
        )
        told = outgoing.about_the_bureau(draft.form, submission, status, verdict, self.manifest, self.now)
        return outgoing.about_record(draft.form, submission, status, verdict, self.now) + told

    def answer(self, verdict: Verdict, draft: Draft) -> dict[str, Any]:
        """The verdict as platforms, the ledger and the console see it."""
        pack = self.manifest.book.pack
        return verdict_json(
            verdict, pack, form=draft.form, normalised=schema.dump(draft.values), unknown=draft.unknown
        )

    def _unattached(self, draft: Draft, code: str | None) -> Judged:
        """No project carries this code: the record may be saved and waits until the bureau attaches it."""
        finding = Finding(
            code=UNKNOWN_PROJECT,
            effect=Effect.OVERRIDABLE,
            message=f"项目编码“{code or '（未填写）'}”在台账中不存在。",
            remedy="请核对需求征集或增补申请回执上的项目编码；确有原因的可先提交，由数据资源局核对后关联到项目。",
            mender=Mender.FILLER,
            field="project_code",
        )
        findings = (*draft.paper.shape_findings, finding)
        version = self.manifest.book.version
        verdict = Verdict(draft.form.name, draft.paper.on, Decision.BLOCK, findings, law_version=version)
        return Judged(
            draft.paper, verdict, Standing.AWAITING_OVERRIDE if verdict.may_save else Standing.RETURNED
        )


def unit_of(drafts: Iterable[Paper]) -> str | None:
    """The construction unit that the latest paper names."""
    named = [
        (each.order, each.facts["construction_unit"])
        for each in drafts
        if each.facts.get("construction_unit")
    ]
    return max(named)[1] if named else None


def where(submission: Submission) -> str:
    """The record among all platforms' records."""
    return f"{submission.platform}:{submission.record}"


def overrides_of(head: Submission | None) -> frozenset[str]:
    """The rules that a named person let through for this record."""
    return frozenset(each["rule_code"] for each in head.overrides) if head else frozenset()


def _project_row(code: str, history: History, manifest: Manifest, now: datetime) -> ProjectRow:
    project = history.project
    return ProjectRow(
        code=code,
        name=project.project_name or "",
        unit=manifest.unit_name(project.construction_unit or ""),
        state=project.state.value,
        facts=project_to_json(project),
        law_version=manifest.version,
        updated_at=now,
        latest_on=latest_day(judged.paper for judged in history.judged),
        amounts=None if history.amounts_yuan is None else tuple(sorted(map(str, history.amounts_yuan))),
    )
