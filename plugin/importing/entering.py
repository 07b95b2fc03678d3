"""Good rows → the ledger, in one transaction; what each became and owes. With `keep=False` the same, undone at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from forms.definition import FormDefinition
from plugin.clock import shanghai_day
from plugin.errors import PluginError
from plugin.importing.columns import SHEET
from plugin.importing.identity import Identity
from plugin.importing.problems import Problem
from plugin.importing.reading import Reading, Row, read_rows
from plugin.importing.sheet import read_sheet
from plugin.intake import Intake
from plugin.ledger import IMPORTED, ObligationRow
from plugin.ledger.obligations import DutyState
from plugin.manifest import TechnicalLimits
from plugin.regulation.history import Standing
from plugin.regulation.stages import EXISTING
from plugin.sdk import EventKind, FormEvent

NEW, CHANGED, UNCHANGED = "新增", "更新", "未变"


@dataclass(frozen=True, slots=True)
class Entered:
    """One project as it stands after its row was taken. `open`: what it owes, the dated first."""

    number: int
    code: str
    what: str
    name: str
    unit: str
    stage: str
    open: tuple[ObligationRow, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """What came of a file. With `problems` nothing was written; `kept` is False for a check.

    `to_purge`, `purged`: rows that are kept out now and whose project was imported before, with its record.
    """

    today: date
    kept: bool
    projects: tuple[Entered, ...] = ()
    problems: tuple[Problem, ...] = ()
    examples: tuple[int, ...] = ()
    to_purge: Mapping[int, str] = field(default_factory=dict)
    purged: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    file: str = ""  # the SHA-256 of its bytes

    def count(self, what: str) -> int:
        return sum(each.what == what for each in self.projects)


class NotTaken(PluginError):
    """A record that was found good was not taken: nothing is written."""

    code = "IMPORT_NOT_TAKEN"


class _Undone(Exception):
    """Ends the transaction of a check."""


def import_file(
    intake: Intake,
    data: bytes,
    by: str,
    now: datetime,
    *,
    keep: bool = True,
    agreed: Callable[[Import], bool] | None = None,
    limits: TechnicalLimits | None = None,
) -> Import:
    """Take a file, or only say what taking it would do. Raises `SheetUnusable`, `LedgerError`.

    `agreed` is asked with everything entered and nothing committed: where it says no, all of it is undone, and
    nothing is purged unasked.
    """
    manifest, form = intake.manifest(), intake.forms[EXISTING]
    sheet = read_sheet(data, SHEET, limits or manifest.limits_technical)
    reading = read_rows(sheet, form, manifest.pack, now)
    stored = _stored(intake, reading.kept_out)
    purging = keep and agreed is None
    if purging:
        purge(intake, stored.values(), now)
    result = Import(
        today=shanghai_day(now),
        kept=keep,
        examples=reading.examples,
        purged=stored if purging else {},
        to_purge={} if purging else stored,
        names=reading.names,
        file=sha256(data).hexdigest(),
    )
    with suppress(_Undone), intake.ledger.write_tx():
        result = _Run(intake, form, by, now).taken(reading, result)
        if result.kept and agreed is not None and not agreed(result):
            result = replace(result, kept=False)
        if not result.kept:
            raise _Undone
    return result


def purge(intake: Intake, records: Iterable[str], now: datetime) -> None:
    """Projects that were imported and are classified now, or of the intranet: every trace of them goes."""
    for record in records:
        fields = {"project_code": record}  # 是否涉密 is not answered: kept out
        intake.accept(_event(intake.forms[EXISTING], record, fields, now), now)


def _stored(intake: Intake, kept_out: Iterable[Row]) -> dict[int, str]:
    """Of these rows the ones whose project was imported before; its record."""
    identity = Identity(intake.ledger, intake.manifest())
    found = ((row.number, identity.earlier(row)) for row in kept_out)
    return {number: record for number, record in found if record}


def _event(form: FormDefinition, code: str, fields: Mapping[str, Any], now: datetime) -> FormEvent:
    """A row as a saved record. Its name is the project's code: the same project is the same record for good."""
    return FormEvent(IMPORTED, form.name, code, EventKind.CREATED, now, f"import:{code}", fields)


@dataclass(frozen=True, slots=True)
class _Run:
    intake: Intake
    form: FormDefinition
    by: str
    now: datetime

    def taken(self, reading: Reading, result: Import) -> Import:
        """Every row entered, or all that stands against it. Inside the caller's transaction."""
        identified = Identity(self.intake.ledger, self.intake.manifest()).of(reading.rows)
        problems = sorted((*reading.problems, *identified.problems), key=lambda each: each.row)
        if problems:
            return replace(result, kept=False, problems=tuple(problems))
        projects = tuple(
            self.entered(row, identified.codes[row.number], identified.hints) for row in reading.rows
        )
        result = replace(result, projects=projects)
        self.recorded(result)
        return result

    def entered(self, row: Row, known: str | None, hints: Mapping[int, str]) -> Entered:
        ledger, manifest = self.intake.ledger, self.intake.manifest()
        before = known and ledger.submissions.head(IMPORTED, known)
        code = known or ledger.projects.next_code(manifest.code_prefix, shanghai_day(self.now).year)
        event = _event(self.form, code, {**row.values, "project_code": code}, self.now)
        outcome = self.intake.enter(event, code, self.by, self.now)
        self._must_be_taken(row, code)
        hint = hints.get(row.number)
        return Entered(
            number=row.number,
            code=code,
            what=UNCHANGED if outcome == "unchanged" else CHANGED if before else NEW,
            name=row.values["project_name"],
            unit=manifest.unit_name(row.values["construction_unit"]),
            stage=self.form.field("stage_reached").options[row.values["stage_reached"]],
            open=tuple(each for each in ledger.obligations.of_project(code) if each.state == DutyState.OPEN),
            hints=(*row.hints, *((hint,) if hint else ())),
        )

    def _must_be_taken(self, row: Row, code: str) -> None:
        head = self.intake.ledger.submissions.head(IMPORTED, code)
        if head is not None and head.standing == Standing.TAKEN:
            return
        verdict = self.intake.ledger.verdicts.latest(IMPORTED, code)
        said = verdict.verdict["message"] if verdict else ""
        raise NotTaken(f"第{row.number}行没有被受理，整个文件没有写入。{said}")

    def recorded(self, done: Import) -> None:
        """Who brought in which file; nothing where it changed nothing."""
        new, changed = done.count(NEW), done.count(CHANGED)
        if new or changed:
            detail = {"file": done.file, "new": new, "changed": changed}
            self.intake.ledger.audit.append(self.now, self.by, "projects.imported", "import", detail)
