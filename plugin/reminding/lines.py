"""From the moments in a digest to its lines: what still stands, under the manifest in force, as it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from forms.definition import FormDefinition
from plugin.clock import shanghai_day
from plugin.ledger import Ledger, ReminderRow, WatchedDuty
from plugin.manifest import Manifest
from plugin.regulation.states import State
from plugin.reminders import FORMS, Line
from plugin.reminding.moments import counts_from

SHOWN_PROJECTS = 10
BEFORE_APPROVAL = frozenset(list(State)[: list(State).index(State.APPROVED)])


@dataclass(frozen=True, slots=True)
class Lines:
    """What a digest says, and the moments that have lost their meaning since they were recorded."""

    said: tuple[Line, ...]
    rested: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Reads what a digest is about. One manifest snapshot a digest."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    manifest: Manifest

    def lines(self, rows: Iterable[ReminderRow], today: date) -> Lines:
        """One line a duty. A duty that is done, moved or at rest is no longer watched, or counts from another day."""
        grouped: dict[tuple[str, str], list[ReminderRow]] = {}
        rested: list[int] = []
        found: dict[tuple[str, str], WatchedDuty] = {}
        for row in rows:
            place = row.project_code, row.key
            duty = found.get(place) or self.ledger.watched.get(*place)
            if duty is None or counts_from(row.mark) not in duty.counted_from:
                rested.append(row.id)
                continue
            found[place] = duty
            grouped.setdefault(place, []).append(row)
        said = tuple(self.line(found[place], each, today) for place, each in grouped.items())
        return Lines(said, tuple(rested))

    def line(self, duty: WatchedDuty, rows: Iterable[ReminderRow], today: date) -> Line:
        rows = tuple(rows)
        wanted = sorted({shanghai_day(row.wanted_at) for row in rows})
        late_for = tuple(day for day in wanted if day < today)
        return self.shown(duty, rows[0].role, [row.mark for row in rows], late_for)

    def shown(
        self, duty: WatchedDuty, role: str, marks: Iterable[str], late_for: tuple[date, ...] = ()
    ) -> Line:
        """A duty as one line, with the article's words and the place where it is answered."""
        project = self.ledger.projects.get(duty.project_code) if duty.project_code else None
        form, pack = self.forms.get(FORMS.get(duty.duty, duty.duty)), self.manifest.book.pack
        return Line(
            duty=duty.duty,
            citation=pack.cite(duty.article) if duty.article else "",
            words=pack.words(duty.article) if duty.article else "",
            opens_on=duty.opens_on,
            due_on=duty.due_on,
            overdue_after=duty.overdue_after,
            which=duty.key.partition(":")[2],
            opened=any(mark.startswith("opens") for mark in marks),
            notice=duty.notice,
            project_code=duty.project_code,
            project_name=project.name if project else "",
            addressed_as=role,
            unit=project.unit if project else "",
            responsible=self.manifest.person(duty.person) if duty.person else "",
            form_title=form.title if form else "",
            link=form_link(self.manifest, form.name, duty.project_code) if form else None,
            more=self._more(duty),
            late_for=late_for,
        )

    def _more(self, duty: WatchedDuty) -> str:
        """What the county's own lines have to say besides."""
        year = duty.key.rpartition(":")[2]
        if duty.duty == "collection_round":
            return f"本次征集{int(year) + 1}年度建设需求，请各单位在征集期内提交。"
        if duty.duty != "plan_rollover":
            return ""
        left = [
            f"{each.name}（{each.code}）"
            for each in self.ledger.projects.list()
            if str(each.facts.get("plan_year")) == year and each.state in BEFORE_APPROVAL
        ]
        more = f"等{len(left)}个项目" if len(left) > SHOWN_PROJECTS else ""
        return f"{year}年度计划中尚未批复的项目：{'、'.join(left[:SHOWN_PROJECTS]) or '无'}{more}。"


def form_link(manifest: Manifest, form: str, project_code: str) -> str | None:
    """Where a person fills in that form, if the platform has such an address."""
    template, base = manifest.platform.form_link, manifest.platform.base_url
    if template is None:
        return None
    whole = base.rstrip("/") + template if template.startswith("/") else template
    return whole.replace("{form}", form).replace("{project_code}", project_code)
