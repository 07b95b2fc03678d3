"""The rows of the sheet → records of form G12, all mistakes of all rows at once. Nothing is guessed, nothing written.

A row that is not declared unclassified is known by its number alone: its other cells are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from forms import schema, values
from forms.fields import FormDefinition
from plugin import papers
from plugin.answers import kept_out
from plugin.gate import declared_unclassified
from plugin.importing.columns import EXAMPLE, HEADER_ROW, REPORTS, Column, recognised
from plugin.importing.problems import Problem
from plugin.importing.sheet import NO_RESULT, Line, NoValue, Sheet
from plugin.regulation.pack import Effect, Pack
from plugin.regulation.verdict import Finding

UNSURE_BELOW = Decimal(10_000)  # an amount in yuan so small is more likely one in 万元
MAX_SERIAL = 73_050  # the last day of 2099; a larger whole number is a day written 20240301
EXACT_DIGITS = 15  # a spreadsheet keeps no more of a number
CLASSIFIED = "“是否涉密”没有明确填写“否”，不得在本系统登记。"
INTRANET = "属于电子政务内网项目，由机要（密码管理）部门管理，不在本系统登记。"
TAKE_OUT = "请把这一行从文件中删除后再导入，本系统没有保存其中内容。"
AS_TEXT = "请把该列设为“文本”格式后重新输入。"


@dataclass(frozen=True, slots=True)
class Row:
    """One project of the file, read and found good: JSON-ready values of the form."""

    number: int
    values: Mapping[str, Any]
    hints: tuple[str, ...] = ()

    @property
    def code(self) -> str | None:
        return self.values.get("project_code")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the file says. `kept_out`: rows that say 是, as the few cells that find what was stored of them before.

    `names`: the projects' names by row, of rows declared unclassified alone.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    examples: tuple[int, ...] = ()
    kept_out: tuple[Row, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)


def read_rows(sheet: Sheet, form: FormDefinition, pack: Pack, now: datetime) -> Reading:
    """Every row. Where the header is not ours, only that is told."""
    header = next((line for line in sheet.lines if line.number == HEADER_ROW), None)
    columns, problems = recognised(form, header.cells if header else ())
    if problems:
        return Reading(problems=tuple(problems))
    reader = _Reader(sheet, form, pack, now, columns)
    for line in sheet.lines:
        if line.number > HEADER_ROW:
            reader.read(line)
    return Reading(
        tuple(reader.rows),
        tuple(reader.problems),
        tuple(reader.examples),
        tuple(reader.kept_out),
        reader.names,
    )


class _Reader:
    """Reads line after line and keeps what came of each."""

    def __init__(
        self, sheet: Sheet, form: FormDefinition, pack: Pack, now: datetime, columns: dict[int, Column]
    ) -> None:
        self._sheet, self._form, self._pack, self._now, self._columns = sheet, form, pack, now, columns
        self._places = {each.field.name: place for place, each in columns.items() if each.year is None}
        self._order = {each.header: place for place, each in columns.items()}
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        self.examples: list[int] = []
        self.kept_out: list[Row] = []
        self.names: dict[int, str] = {}

    def read(self, line: Line) -> None:
        refused = self._kept_out(line)
        if refused:
            self.problems.append(Problem(line.number, None, refused, TAKE_OUT))
            return
        name = str(self._cell(line, "project_name") or "").strip()
        if name.startswith(EXAMPLE):
            self.examples.append(line.number)
            return
        self.names[line.number] = values.shown(name)
        fields, problems = self._fields(line)
        draft = papers.read(self._form, fields, self._pack, record="", saved_at=self._now)
        told = {each.column for each in problems}
        findings = [(self._column_of(each, fields), each) for each in draft.paper.shape_findings]
        problems += [
            Problem(line.number, column, each.message, each.remedy, article=each.article)
            for column, each in findings
            if each.effect is Effect.BLOCK and column not in told
        ]
        hints = tuple(
            f"{each.message}{each.remedy}" for _, each in findings if each.effect is not Effect.BLOCK
        )
        problems.sort(key=lambda each: self._order.get(each.column or "", -1))
        self.problems += [replace(each, value=self._shown(line, each.column)) for each in problems]
        if not problems:
            self.rows.append(Row(line.number, schema.dump(draft.values), hints))

    def _kept_out(self, line: Line) -> str | None:
        """Why nothing of the row may be read; None for an explicit 否."""
        stated = {name: self._cell(line, name) for name in ("classified", "is_gov_intranet")}
        if kept_out(self._form.name, stated, self._pack) is None:
            return None
        intranet = declared_unclassified(stated["classified"])
        if intranet or stated["classified"] in (True, "是"):
            names = ("project_code", "project_name", "construction_unit", "plan_year")
            self.kept_out.append(Row(line.number, {name: self._cell(line, name) for name in names}))
        return INTRANET if intranet else CLASSIFIED

    def _cell(self, line: Line, name: str) -> Any:
        """A cell by the question it answers, text without the blanks around it."""
        place = self._places.get(name)
        value = line.cells[place] if place is not None and place < len(line.cells) else None
        return values.narrow(value) if isinstance(value, str) else value

    def _shown(self, line: Line, column: str | None) -> str | None:
        """What stands in that cell, if it holds a value."""
        place = self._order.get(column or "")
        value = line.cells[place] if place is not None and place < len(line.cells) else None
        if values.blank(value) or isinstance(value, NoValue):
            return None
        if isinstance(value, datetime) and value.time() == time():
            value = value.date()
        return values.shown(value)

    def _fields(self, line: Line) -> tuple[dict[str, Any], list[Problem]]:
        """What the row states, as the form asks it; cells that cannot stand as they are."""
        fields: dict[str, Any] = {}
        problems: list[Problem] = []
        reports: list[dict[str, Any]] = []
        for place, column in self._columns.items():
            value = line.cells[place] if place < len(line.cells) else None
            if values.blank(value):
                continue
            value = self._converted(value, column)
            problem = _unsure(value, column)
            if problem:
                problems.append(Problem(line.number, column.header, *problem))
            elif column.year is None:
                fields[column.field.name] = value
            else:
                reports.append({"year": column.year, "reported_on": value})
        return fields | ({REPORTS: reports} if reports else {}), problems

    def _converted(self, value: Any, column: Column) -> Any:
        """A number as what the spreadsheet means by it: a day in a column of days, digits in one of text."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return value
        if column.field.type == "date":
            day = self._sheet.day(value)
            return str(value) if day == value or (isinstance(value, int) and value > MAX_SERIAL) else day
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 10**EXACT_DIGITS
        return int(value) if whole and column.field.type != "money" else value

    def _column_of(self, finding: Finding, fields: Mapping[str, Any]) -> str | None:
        if finding.field == REPORTS and finding.row is not None:
            year = fields[REPORTS][finding.row]["year"]
            return next(each.header for each in self._columns.values() if each.year == year)
        place = self._places.get(finding.field or "")
        return self._columns[place].header if place is not None else self._label(finding.field)

    def _label(self, name: str | None) -> str | None:
        return self._form.field(name).label if name and self._form.has(name) else None


def _unsure(value: Any, column: Column) -> tuple[str, str] | None:
    """What a cell shows and does not say: message and remedy."""
    if isinstance(value, NoValue):
        if value.why == NO_RESULT:
            return "是公式，而文件里没有它的计算结果。", "请用表格软件打开并保存一次，或者把公式改成数值。"
        return "公式出错，没有结果。", "请改正公式，或者直接填写内容。"
    if column.field.type in ("text", "ref") and isinstance(value, date):
        return "被表格软件当成了日期。", AS_TEXT
    if (
        column.field.type in ("text", "ref")
        and isinstance(value, (int, float))
        and abs(value) >= 10**EXACT_DIGITS
    ):
        return f"是超过{EXACT_DIGITS}位的数字，表格软件已丢失末尾几位。", AS_TEXT
    if column.field.type != "money":
        return None
    read = values.number(value, values.MONEY)
    if read and not read[1] and 0 < abs(read[0]) < UNSURE_BELOW:
        return (
            f"填写的{values.shown(value)}没有写单位，按元计不足1万元，不能确定是元还是万元。",
            f"请写明单位，例如 {values.shown(value)}万元 或者 {values.shown(value)}元。",
        )
    return None
