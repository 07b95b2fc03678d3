"""Files as they come: too large, swollen, locked, broken, with formulas; and what cells mean."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from plugin.importing.sheet import NoValue, SheetUnusable, read_sheet
from plugin.manifest import TechnicalLimits
from tests.importing.conftest import RUNNING, xlsx

LIMITS = TechnicalLimits()
SECRET = "不得泄露的内容"


def refused(data: bytes, limits: TechnicalLimits = LIMITS) -> str:
    with pytest.raises(SheetUnusable) as error:
        read_sheet(data, "项目", limits)
    assert error.value.__cause__ is None or error.value.__suppress_context__ or SECRET not in str(error.value)
    return str(error.value)


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The workbook with some of its parts replaced; `sheet` is the first sheet."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    wanted = {names[name]: content for name, content in parts.items()}
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            new.writestr(each, wanted.get(each, old.read(each)))
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(data)) as packed:
        return packed.read(name)


def test_the_rows_come_with_the_numbers_the_spreadsheet_shows() -> None:
    sheet = read_sheet(xlsx({"甲": "a"}, {}, {"甲": "  "}, {"甲": 1.5}), "项目", LIMITS)
    assert [(line.number, line.cells[0]) for line in sheet.lines] == [(1, "甲"), (2, "a"), (5, 1.5)]
    assert sheet.day(45352) == datetime(2024, 3, 1)
    assert sheet.day(1e300) == 1e300


def test_limits_are_inclusive_and_told_with_their_number() -> None:
    data = xlsx(*({"甲": "a"},) * 3)
    exact = replace(LIMITS, xlsx_packed_bytes=len(data), xlsx_rows=3)
    assert len(read_sheet(data, "项目", exact).lines) == 4
    assert "超过上限" in refused(data, replace(exact, xlsx_packed_bytes=len(data) - 1))
    assert "超过2行" in refused(data, replace(exact, xlsx_rows=2))
    unpacked = sum(each.file_size for each in ZipFile(BytesIO(data)).infolist())
    assert read_sheet(data, "项目", replace(exact, xlsx_unpacked_bytes=unpacked))
    assert "过大" in refused(data, replace(exact, xlsx_unpacked_bytes=unpacked - 1))


def test_a_bomb_is_never_unpacked() -> None:
    """40 MB of blanks pack to 40 kB: by the directory it is known, before a byte is inflated."""
    data = xlsx({"甲": "a"})
    sheet = part(data, "xl/worksheets/sheet1.xml")
    swollen = repacked(data, sheet=sheet + b" " * 40_000_000)
    assert len(swollen) < 100_000
    assert "过大" in refused(swollen)


def test_a_directory_that_lies_about_a_size_gains_nothing() -> None:
    data = xlsx({"甲": "a"})
    packed = repacked(data, sheet=part(data, "xl/worksheets/sheet1.xml") + b" " * 1_000_000)
    size = ZipFile(BytesIO(packed)).getinfo("xl/worksheets/sheet1.xml").file_size
    lied = packed.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lied != packed
    refused(lied)


def test_a_row_far_beyond_the_limit_is_told_not_left_out() -> None:
    data = xlsx({"甲": "a"}, {"甲": "b"})
    sheet = part(data, "xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="3"', b'<row r="99999999"').replace(b'r="A3"', b'r="A99999999"')
    assert "超过20000行" in refused(repacked(data, sheet=far))


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"a,b\n1,2\n"],
    ids=["empty", "cut", "old or locked", "csv"],
)
def test_what_is_no_xlsx_is_told_with_the_way_out(data: bytes) -> None:
    assert "另存为" in refused(data)


@pytest.mark.parametrize(
    "sheet",
    [
        b"<not closed",
        b'<!DOCTYPE x [<!ENTITY a "'
        + SECRET.encode()
        + b'"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="x"/></sheetData></worksheet>',
    ],
    ids=["no xml", "entities", "rows without numbers"],
)
def test_a_broken_sheet_is_refused_without_its_content(sheet: bytes) -> None:
    assert SECRET not in refused(repacked(xlsx({"甲": SECRET}), sheet=sheet))


def test_a_part_that_does_not_unpack_is_refused() -> None:
    data = xlsx({"甲": "a" * 5000})
    body = zlib.compress(b"x")
    broken = data.replace(data[60:90], body[:8] * 4, 1)
    assert refused(broken)


def test_the_sheet_must_have_its_name() -> None:
    assert "“项目”" in refused(xlsx({"甲": "a"}, sheet="Sheet1"))


def test_a_formula_counts_with_its_result_and_never_as_an_empty_cell() -> None:
    """XlsxWriter stores 0 where no result is given, a spreadsheet program the result; others store none."""
    data = xlsx({"甲": ("=1+1", 2), "乙": ("=A1", "文字")})
    [_, line] = read_sheet(data, "项目", LIMITS).lines
    assert line.cells[:2] == (2, "文字")
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(b"<v>2</v>", b"")
    [_, line] = read_sheet(repacked(data, sheet=sheet), "项目", LIMITS).lines
    assert line.cells[:2] == (NoValue("formula"), "文字")


def test_a_failed_formula_is_no_text() -> None:
    data = xlsx({"甲": ("=1/0", "#DIV/0!")})
    assert read_sheet(data, "项目", LIMITS).lines[1].cells[0] == NoValue("error")


def test_days_and_truth_values_come_as_they_are() -> None:
    [_, line] = read_sheet(xlsx({"甲": date(2024, 3, 1), "乙": False, "丙": 3568000}), "项目", LIMITS).lines
    assert line.cells[:3] == (datetime(2024, 3, 1), False, 3568000)


def test_the_serial_numbers_of_1904_are_read_as_such() -> None:
    data = xlsx(RUNNING)
    book = part(data, "xl/workbook.xml").replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w") as new:
        for each in old.namelist():
            new.writestr(each, book if each == "xl/workbook.xml" else old.read(each))
    assert read_sheet(out.getvalue(), "项目", LIMITS).day(43890) == datetime(2024, 3, 1)
