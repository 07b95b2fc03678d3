"""The columns of the sheet: the questions of form G12, and for each year the day its performance report was handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forms import values
from forms.fields import Field, FormDefinition
from plugin.importing.problems import Problem

SHEET = "项目"
HEADER_ROW = 1
STAR = "*"
REPORTS = "performance_reports"
YEARLY = re.compile(r"(20\d\d)年度绩效评价报送日期", re.ASCII)
WHERE = "控制台“导入在建项目”页，或者 zhengxiang import --template"
EXAMPLE = "【示例】"  # a row whose project name begins so is passed over


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `year`: it holds the day on which the report of that year was handed in."""

    header: str
    field: Field
    year: int | None = None


def columns_of(form: FormDefinition, years: Iterable[int]) -> tuple[Column, ...]:
    """The columns of the template, in the order of the form."""
    return tuple(_columns(form, tuple(years)))


def _columns(form: FormDefinition, years: tuple[int, ...]) -> Iterator[Column]:
    for field in form.fields:
        if field.name == REPORTS:
            yield from (yearly(form, year) for year in years)
        elif field.type != "file" and field.by != "computed":
            yield Column(field.label, field)


def yearly(form: FormDefinition, year: int) -> Column:
    return Column(f"{year}年度绩效评价报送日期", form.field(REPORTS).column("reported_on"), year)


def recognised(form: FormDefinition, header: Sequence[Any]) -> tuple[dict[int, Column], list[Problem]]:
    """Which column each place of the header row holds. Nothing is guessed: an unknown heading may be another unit of money."""
    known = {values.narrow(each.header): each for each in columns_of(form, ())}
    found: dict[int, Column] = {}
    problems: list[Problem] = []
    for place, cell in enumerate(header):
        if values.blank(cell):
            continue
        text = values.narrow(str(cell)).rstrip(STAR).strip()
        year = YEARLY.fullmatch(text)
        column = yearly(form, int(year[1])) if year else known.get(text)
        if column is None:
            message = f"没有“{values.shown(text)}”这一栏。"
            problems.append(
                Problem(HEADER_ROW, None, message, "请保持模板的表头不变，不需要的栏可以整列删除。")
            )
        elif column in found.values():
            problems.append(Problem(HEADER_ROW, column.header, "同一栏出现了两次。", "请只保留一栏。"))
        else:
            found[place] = column
    return found, problems + _absent(form, found)


def _absent(form: FormDefinition, found: dict[int, Column]) -> list[Problem]:
    there = {each.field.name for each in found.values()}
    return [
        Problem(
            HEADER_ROW,
            each.label,
            "缺少这一栏。",
            f"请重新取得模板（{WHERE}），再填入内容。",
        )
        for each in form.fields
        if each.required and each.name not in there
    ]
