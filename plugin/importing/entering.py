"""Good rows → the ledger, in one transaction; what each became and owes. With `keep=False` the same, undone at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from forms.definition import FormDefinition
from plugin.clock import shanghai_day
from plugin.errors import PluginError
from plugin.importing.columns import SHEET
from plugin.importing.identity import Identity
from plugin.importing.problems import Problem
from plugin.importing.reading import Row, read_rows
from plugin.importing.sheet import read_sheet
from plugin.intake import Intake
from plugin.ledger import IMPORTED, ObligationRow
from plugin.ledger.obligations import DutyState
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
    """What came of a file. With `problems` nothing was written; `kept` is False for a check."""

    today: date
    kept: bool
    projects: tuple[Entered, ...] = ()
    problems: tuple[Problem, ...] = ()
    examples: tuple[int, ...] = ()
    purged: tuple[int, ...] = ()  # rows that are kept out now and whose project was stored before


class NotTaken(PluginError):
    """A record that was found good was not taken: nothing is written."""

    code = "IMPORT_NOT_TAKEN"


class _Undone(Exception):
    """Ends the transaction of a check."""


def import_file(intake: Intake, data: bytes, by: str, now: datetime, *, keep: bool = True) -> Import:
    """Take a file, or only say what taking it would do. Raises `SheetUnusable`, `LedgerError`."""
    manifest = intake.manifest()
    form = intake.forms[EXISTING]
    reading = read_rows(read_sheet(data, SHEET, manifest.limits_technical), form, manifest.pack, now)
    run = _Run(intake, form, by, now)
    purged = run.purged(reading.kept_out) if keep else ()
    result = Import(shanghai_day(now), keep, examples=reading.examples, purged=purged)
    with suppress(_Undone), intake.ledger.write_tx():
        identified = Identity(intake.ledger, manifest).of(reading.rows)
        problems = tuple(sorted((*reading.problems, *identified.problems), key=lambda each: each.row))
        if problems:
            return replace(result, kept=False, problems=problems)
        projects = tuple(
            run.entered(row, identified.codes[row.number], identified.hints) for row in reading.rows
        )
        result = replace(result, projects=projects)
        run.recorded(projects, data)
        if not keep:
            raise _Undone
    return result


@dataclass(frozen=True, slots=True)
class _Run:
    intake: Intake
    form: FormDefinition
    by: str
    now: datetime

    def entered(self, row: Row, known: str | None, hints: Mapping[int, str]) -> Entered:
        ledger, manifest = self.intake.ledger, self.intake.manifest()
        before = known and ledger.submissions.head(IMPORTED, known)
        code = known or ledger.projects.next_code(manifest.code_prefix, shanghai_day(self.now).year)
        outcome = self.intake.enter(self._event(code, row.values), code, self.by, self.now)
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

    def _event(self, code: str, values: Mapping[str, Any]) -> FormEvent:
        """The row as a saved record. Its name is the project's code: the same project is the same record for good."""
        fields = {**values, "project_code": code}
        return FormEvent(
            IMPORTED, self.form.name, code, EventKind.CREATED, self.now, f"import:{code}", fields
        )

    def _must_be_taken(self, row: Row, code: str) -> None:
        head = self.intake.ledger.submissions.head(IMPORTED, code)
        if head is not None and head.standing == Standing.TAKEN:
            return
        verdict = self.intake.ledger.verdicts.latest(IMPORTED, code)
        said = verdict.verdict["message"] if verdict else ""
        raise NotTaken(f"第{row.number}行没有被受理，整个文件没有写入。{said}")

    def recorded(self, projects: Iterable[Entered], data: bytes) -> None:
        """Who brought in which file; nothing where it changed nothing."""
        counts = {what: sum(each.what == what for each in projects) for what in (NEW, CHANGED)}
        if any(counts.values()):
            detail = {"file": sha256(data).hexdigest(), "new": counts[NEW], "changed": counts[CHANGED]}
            self.intake.ledger.audit.append(self.now, self.by, "projects.imported", "import", detail)

    def purged(self, kept_out: Iterable[Row]) -> tuple[int, ...]:
        """A project that was entered before and is classified now, or of the intranet: every trace of it goes."""
        identity = Identity(self.intake.ledger, self.intake.manifest())
        numbers = []
        for row in kept_out:
            record = identity.earlier(row)
            if record:
                self.intake.accept(self._event(record, {}), self.now)
                numbers.append(row.number)
        return tuple(numbers)
