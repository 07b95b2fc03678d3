"""A list as a workbook or as CSV, row by row: of any length in constant memory, and no text ever becomes a formula."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from plugin.clock import SHANGHAI
from plugin.console.listing import Column, Row, Spec
from plugin.regulation.pack import Pack

MOST = 100_000  # rows of one export; whoever asks for it hands over one more, so that a cut is seen
BOM = "\ufeff"  # without it Excel takes the text for GBK
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000  # Excel's limit is 32,767
CHUNK = 64 * 1024
FORMATS = {"money": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "number": "0"}


def as_csv(spec: Spec, rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV for Excel: UTF-8 with its mark, CRLF, and a ' before what a program might take for a formula."""
    yield BOM.encode() + _line([column.label for column in spec.columns])
    for number, row in enumerate(rows):
        if number == MOST:
            yield _line([_cut()])
            return
        yield _line([_csv_cell(column, row) for column in spec.columns])


def _cut() -> str:
    return f"只导出前{MOST:,}行，后面还有。请缩小筛选范围，分几次导出。"


def on_disk(pieces: Iterable[bytes], folder: Path) -> Iterator[bytes]:
    """The pieces once more, when all of them are there: what fails fails before anything is sent. No file stays."""
    with TemporaryFile(dir=folder) as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        yield b""
        while piece := file.read(CHUNK):
            yield piece


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _csv_cell(column: Column, row: Row) -> str:
    value = column.value(row)
    if value is None:
        return ""
    if column.kind == "moment":
        return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    text = str(value)
    numeric = column.kind in ("money", "number")
    return f"'{text}" if text.startswith(DANGEROUS) and not numeric else text


def as_workbook(spec: Spec, rows: Iterable[Row], heading: str, pack: Pack, folder: Path) -> Iterator[bytes]:
    """An .xlsx in pieces. It is written in a private folder beside the ledger, which is gone with the last piece."""
    private = Path(tempfile.mkdtemp(prefix="export-", dir=folder))
    try:
        path = private / "list.xlsx"
        _write(path, spec, rows, heading, pack)
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _write(path: Path, spec: Spec, rows: Iterable[Row], heading: str, pack: Pack) -> None:
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"}
    with Workbook(str(path), options) as book:
        book.set_properties({"title": heading, "author": "政项"})
        sheet = book.add_worksheet(spec.title)
        formats = {kind: book.add_format({"num_format": each}) for kind, each in FORMATS.items()}
        _head(sheet, spec, book.add_format({"bold": True, "bg_color": "#E8F0F9", "bottom": 1}))
        articles: dict[str, None] = {}
        last = 0
        for last, row in enumerate(rows, 1):
            if last > MOST:
                sheet.write_string(last, 0, _cut())
                break
            for at, column in enumerate(spec.columns):
                _cell(sheet, last, at, column, column.value(row), formats.get(column.kind))
            if row.get("article"):
                articles[row["article"]] = None
        sheet.autofilter(0, 0, max(last, 1), len(spec.columns) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_header("&L" + heading.replace("&", "&&"))
        if articles:
            _notes(book, list(articles), pack)


def _head(sheet: Worksheet, spec: Spec, bold: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for at, column in enumerate(spec.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.label, bold)


def _cell(sheet: Worksheet, row: int, at: int, column: Column, value: Any, shape: Format | None) -> None:
    """Text by write_string alone: write() would make a formula of =1+1 and a link of an address."""
    if value is None:
        return
    if column.kind in ("money", "number"):
        sheet.write_number(row, at, float(value), shape)
    elif column.kind == "day":
        sheet.write_datetime(row, at, datetime.combine(date.fromisoformat(value), datetime.min.time()), shape)
    elif column.kind == "moment":
        local = datetime.fromisoformat(value).astimezone(SHANGHAI).replace(tzinfo=None)
        sheet.write_datetime(row, at, local, shape)
    else:
        sheet.write_string(row, at, str(value)[:LONGEST_CELL])


def _notes(book: Workbook, articles: list[str], pack: Pack) -> None:
    """The law's words of every article that a row cites, on a sheet of its own."""
    sheet, wrapped = book.add_worksheet("依据条文"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 110, wrapped)
    sheet.freeze_panes(1, 0)
    sheet.write_string(0, 0, "条款")
    sheet.write_string(0, 1, f"原文（{pack.title}，{pack.document}）")
    for at, reference in enumerate(sorted(articles), 1):
        citation, words = pack.shown(reference)
        sheet.write_string(at, 0, citation)
        sheet.write_string(at, 1, words[:LONGEST_CELL], wrapped)
