"""An xlsx file → the cells of one sheet, within limits that are looked up in the zip directory before anything is unpacked."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, NoReturn
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.datetime import from_excel

from plugin.errors import PluginError
from plugin.importing.columns import WHERE
from plugin.manifest import TechnicalLimits

RATIO = 100  # how many times its size a part may unpack to
SMALL = 64 * 1024  # parts below are never a bomb, however well they pack
COLUMNS = 200
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
DAMAGED = "文件内容已损坏，无法读取。请用表格软件打开并另存为 xlsx 后再导入。"
DOCTYPE = b"<!DOCTYPE"
SHEETS = "xl/worksheets/"
CHUNK = 1024 * 1024
NO_RESULT, BROKEN = "formula", "error"


class SheetUnusable(PluginError):
    """The file cannot be read as a whole: why, and what to do (Chinese). Nothing of its content is quoted."""

    code = "XLSX_UNUSABLE"


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell that shows something and holds no value: a formula never calculated, or one that failed."""

    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row, numbered as the spreadsheet numbers it."""

    number: int
    cells: tuple[Any, ...]

    @property
    def empty(self) -> bool:
        return all(each is None or (isinstance(each, str) and not each.strip()) for each in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold anything, the header among them. `epoch`: day 0 of serial numbers."""

    lines: tuple[Line, ...]
    epoch: datetime

    def day(self, serial: float) -> Any:
        """The day a serial number stands for; the number itself where it stands for none."""
        try:
            return from_excel(serial, self.epoch)
        except (ValueError, OverflowError):
            return serial


def read_sheet(data: bytes, name: str, limits: TechnicalLimits) -> Sheet:
    """The sheet of that name. Raises `SheetUnusable`."""
    if len(data) > limits.xlsx_packed_bytes:
        _refuse(
            f"文件有{len(data) // 1024}KB，超过上限{limits.xlsx_packed_bytes // 1024}KB。请删去无关的工作表和图片，或者分几个文件导入。"
        )
    has_formulas = _checked(data, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's warnings quote cells
        try:
            return _read(data, name, limits.xlsx_rows, has_formulas)
        except SheetUnusable:
            raise
        except Exception:  # noqa: BLE001 - openpyxl raises whatever it stumbles over, and may quote a cell
            _refuse(DAMAGED)


def _checked(data: bytes, limits: TechnicalLimits) -> bool:
    """Sizes by the zip directory, which unpacking cannot exceed; then whether any sheet holds a formula."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
            unpacked = sum(each.file_size for each in parts)
            swollen = any(
                each.file_size > SMALL and each.file_size > RATIO * max(each.compress_size, 1)
                for each in parts
            )
            if unpacked > limits.xlsx_unpacked_bytes or swollen:
                _refuse("文件解压后过大，为安全起见没有打开。请用表格软件新建文件，把内容复制过去再导入。")
            found = {mark for each in parts for mark in _marks(packed, each.filename)}
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        _refuse("不是 xlsx 文件，或者文件设有密码。请在表格软件中取消密码，另存为“Excel 工作簿（.xlsx）”。")
    if "doctype" in found:
        _refuse(DAMAGED)
    return "formula" in found


def _marks(packed: ZipFile, part: str) -> Iterator[str]:
    """What tells a part apart without parsing it: a formula in a sheet, a DOCTYPE where no spreadsheet program writes one."""
    with packed.open(part) as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            if part.startswith(SHEETS) and FORMULA.search(tail + chunk):
                yield "formula"
            if DOCTYPE in tail + chunk:
                yield "doctype"
            tail = chunk[-32:]


def _read(data: bytes, name: str, rows: int, has_formulas: bool) -> Sheet:
    with closing(load_workbook(BytesIO(data), read_only=True, data_only=True)) as book:
        if name not in book.sheetnames:
            _refuse(f"文件里没有名为“{name}”的工作表。请取得模板（{WHERE}），填写后导入。")
        formulas = set(_formulas(data, name, rows)) if has_formulas else set()
        lines = (
            Line(number, tuple(_value(each, (number, place) in formulas) for place, each in enumerate(cells)))
            for number, cells in _rows(book, name, rows)
        )
        return Sheet(tuple(line for line in lines if not line.empty), book.epoch)


def _rows(book: Any, name: str, rows: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Every row with its number. A row beyond the limit is never left out silently."""
    sheet = book[name]
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS), 1):
        if number > rows + 1:
            _refuse(f"工作表超过{rows}行（空行也算）。请删除末尾多余的行，或者分几个文件导入。")
        yield number, cells


def _formulas(data: bytes, name: str, rows: int) -> Iterator[tuple[int, int]]:
    """Where formulas stand: of these a missing value is no empty cell."""
    with closing(load_workbook(BytesIO(data), read_only=True)) as book:
        for number, cells in _rows(book, name, rows):
            yield from ((number, place) for place, each in enumerate(cells) if each.data_type == "f")


def _value(cell: Any, is_formula: bool) -> Any:
    if cell.data_type == "e":
        return NoValue(BROKEN)
    if is_formula and cell.value is None:
        return NoValue(NO_RESULT)
    return cell.value


def _refuse(why: str) -> NoReturn:
    raise SheetUnusable(why)
