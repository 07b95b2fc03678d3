"""A desk with an empty ledger, and spreadsheets as a bureau hands them in: headings and values, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from forms.definition import load_forms
from plugin.importing.entering import Import, import_file
from plugin.reminding.watching import look_once
from tests.flow.conftest import NOW, Desk, desk, ledger

__all__ = ["desk", "ledger"]

FORM = load_forms()["existing_project"]
RUNNING: Mapping[str, Any] = {  # implementing since last year; today is 2025-03-10
    "是否涉密": "否",
    "项目名称": "基层治理平台",
    "项目建设单位": "县农业农村局",
    "建设单位类型": "县直部门",
    "项目责任人": "张三",
    "项目类型": "新建",
    "是否电子政务内网项目": "否",
    "计划年度": 2024,
    "提醒接收人": "u7",
    "投资额（元）": 3568000,
    "所处阶段": "实施中",
    "批复日期": date(2024, 2, 1),
    "采购需求审核结果": "通过",
    "合同编号": "HT-1",
    "合同签订日期": date(2024, 3, 1),
    "合同备案日期": date(2024, 3, 8),
    "开始实施日期": date(2024, 3, 5),
    "计划完成日期": date(2025, 6, 30),
    "2024年度绩效评价报送日期": date(2024, 12, 20),
}
COMPLETED: Mapping[
    str, Any
] = {  # the preliminary acceptance was due on 2025-01-31, the application is on 2025-04-30
    **RUNNING,
    "所处阶段": "已建成待初验",
    "建设完成日期": date(2024, 10, 31),
}


def xlsx(*rows: Mapping[str, Any], header: Sequence[str] | None = None, sheet: str = "项目") -> bytes:
    """A workbook of these rows under their headings. Text beginning with = is a formula, its result the second of a pair."""
    headings = header or list(dict.fromkeys(name for row in rows for name in row))
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        page, day = book.add_worksheet(sheet), book.add_format({"num_format": "yyyy-mm-dd"})
        for place, name in enumerate(headings):
            page.write_string(0, place, name)
        for number, row in enumerate(rows, 1):
            for place, name in enumerate(headings):
                _write(page, number, place, row.get(name), day)
    return out.getvalue()


def _write(page: Any, row: int, place: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(row, place, value, day)
    elif isinstance(value, tuple):
        page.write_formula(row, place, value[0], None, value[1])
    elif isinstance(value, bool):
        page.write_boolean(row, place, value)
    elif isinstance(value, str):
        page.write_string(row, place, value)
    elif value is not None:
        page.write_number(row, place, value)


class Office:
    """The bureau at its desk."""

    def __init__(self, desk: Desk) -> None:
        manifest = replace(desk.intake.manifest(), code_prefix="SX")
        desk.intake = replace(desk.intake, manifest=lambda: manifest)
        self.desk, self.ledger, self.intake = desk, desk.intake.ledger, desk.intake

    def import_(self, *rows: Mapping[str, Any], keep: bool = True, **how: Any) -> Import:
        return self.take(xlsx(*rows, **how), keep=keep)

    def take(self, data: bytes, *, keep: bool = True) -> Import:
        return import_file(self.intake, data, "王五", self.desk.now, keep=keep)

    def looked(self, now: datetime) -> None:
        """The job of reminders has recorded every moment up to then."""
        while look_once(self.ledger, self.intake.manifest(), now):
            pass

    def trace(self) -> list[Any]:
        """Everything the ledger holds, row by row."""
        tables = self.ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [(name, self.ledger.rows(f'SELECT * FROM "{name}"')) for (name,) in tables]


@pytest.fixture
def office(desk: Desk) -> Office:
    assert desk.now == NOW
    return Office(desk)
