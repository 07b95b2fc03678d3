"""What a project owes, as rows: its duties, and those of them that are watched for reminders. Also the county's own.

Settling writes them with the fold, so they are as current as the ledger. What a new year brings is looked after here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from forms.definition import FORM_ORDER, FormDefinition
from plugin import papers
from plugin.clock import shanghai_day
from plugin.ledger import CONSOLE, COUNTY, HELD_HERE, Ledger, Moved, ObligationRow, Submission
from plugin.manifest import Manifest
from plugin.regulation.history import replay
from plugin.regulation.obligations import Obligation
from plugin.regulation.project import Project
from plugin.regulation.stages import EXISTING
from plugin.reminding.county import county_duties, security_test
from plugin.reminding.moments import Role
from plugin.reminding.watching import watched
from plugin.standing import PLAN


@dataclass(frozen=True, slots=True)
class Owing:
    """Duties over one ledger under one manifest snapshot, at one instant. Writes join the caller's transaction."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    manifest: Manifest
    now: datetime

    @property
    def today(self) -> date:
        return shanghai_day(self.now)

    def put(
        self, code: str, project: Project, duties: Iterable[Obligation], saved: Iterable[Submission]
    ) -> tuple[tuple[Moved, ...], Mapping[str, Any] | None]:
        """Make these the project's duties; `saved` are its records. Returns those whose day moved, and who answers for it."""
        duties, to = tuple(duties), self.recipient(saved)
        changes = self.ledger.obligations.sync(code, [_row(code, each) for each in duties], self.now)
        person = to or {"platform": self.manifest.platform.name, "to": ""}
        known = self.ledger.watched.of_project(code)
        prompts = security_test(
            project, code, self.manifest, person["to"], person["platform"], self.today, known
        )
        wanted = [*watched(code, duties, project, to, self.manifest), *prompts]
        self.ledger.watched.sync(code, wanted, self.now)
        return changes.moved, to

    def recipient(self, saved: Iterable[Submission]) -> Mapping[str, Any] | None:
        """Who answers for the project: who last saved its latest paper, the bureau's people and records aside.

        Where only the bureau has saved anything, the bureau's person. Of a project begun before this system it is whom
        the bureau named, until somebody saves a paper.
        """
        papers = sorted(saved, key=_order, reverse=True)
        for paper in papers:
            if person := self._of_the_unit(paper):
                held_here = paper.platform in HELD_HERE
                return {
                    "platform": self.manifest.platform.name if held_here else paper.platform,
                    "to": person,
                }
        for paper in papers:
            if paper.submitter and paper.platform not in HELD_HERE:
                return {"platform": paper.platform, "to": paper.submitter["id"]}
        return None

    def _of_the_unit(self, paper: Submission) -> str | None:
        """Who last saved a paper of the unit; the bureau writes its decisions on some of them too."""
        if paper.form == EXISTING:
            return paper.values.get("remind_to")
        if self.forms[paper.form].filled_by != "unit":
            return None
        bureau = self.manifest.recipients.get(Role.BUREAU, ())
        if paper.submitter and paper.submitter["id"] not in bureau and paper.platform != CONSOLE:
            return str(paper.submitter["id"])
        versions = reversed(self.ledger.submissions.versions(paper.platform, paper.record))
        saved = (str(each.submitter["id"]) for each in versions if each.submitter and not each.is_bureau_part)
        return next((person for person in saved if person not in bureau), None)

    def turn_year(self) -> bool:
        """Once a year every project is to be folded anew: what is still under construction owes another report (I-29)."""
        turned = self.ledger.marks.get("year")
        if turned is not None and shanghai_day(turned).year == self.today.year:
            return False
        with self.ledger.write_tx():
            self.ledger.projects.fold_anew()
            self.ledger.marks.put("year", self.now)
        return True

    def turn_day(self) -> bool:
        """The county's own duties, once a day under each manifest. False if they are known.

        Another day may be one before: what the wrong clock put off is freed then.
        """
        name = f"county:{self.manifest.version}"
        known = self.ledger.marks.get(name)
        if known is not None and shanghai_day(known) == self.today:
            return False
        with self.ledger.write_tx():
            self.county()
            self.ledger.free_stranded(self.now)
            self.ledger.marks.put(name, self.now)
        return True

    def county(self) -> None:
        """Make the county's duties those of this day: what its year holds, what plans owe above."""
        known = self.ledger.watched.of_project(COUNTY)
        wanted = county_duties(self.manifest, self._plan_filings(), self.today, known)
        self.ledger.watched.sync(COUNTY, wanted, self.now)

    def _plan_filings(self) -> Iterator[Obligation]:
        """What the records of each plan, taken together, owe above (Articles 11, 12)."""
        records = sorted(self.ledger.submissions.taken_of_form(PLAN), key=_plan)
        for (_, year), same in groupby(records, key=_plan):
            drafts = [
                papers.read(
                    self.forms[PLAN],
                    each.values,
                    self.manifest.pack,
                    record=f"{each.platform}:{each.record}",
                    saved_at=each.saved_at,
                )
                for each in same
            ]
            owed = replay([draft.paper for draft in drafts], self.manifest.book).obligations
            yield from (replace(each, key=f"{each.duty}:{year}") for each in owed)


def _order(submission: Submission) -> tuple[bool, datetime, int, str]:
    """As papers are folded: what the bureau's books say stands first."""
    return (
        submission.form != EXISTING,
        submission.saved_at,
        FORM_ORDER.index(submission.form),
        submission.record,
    )


def _plan(submission: Submission) -> tuple[str, str]:
    return str(submission.values.get("plan_type")), str(submission.values.get("year"))


def _row(code: str, duty: Obligation) -> ObligationRow:
    return ObligationRow(
        project_code=code,
        key=duty.key,
        duty=duty.duty,
        article=duty.article,
        due_on=duty.due_on,
        overdue_after=duty.overdue_after,
        window_opens_on=duty.window_opens_on,
        fulfilled_on=duty.fulfilled_on,
        responsible=duty.responsible,
        provisional=duty.provisional,
        detail={"to": list(duty.to), "timing": duty.timing},
    )
