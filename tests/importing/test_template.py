"""The template: every question of the form, its law beside it, choices that the reader takes, an example that is right."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from plugin.cli import main
from plugin.importing.columns import EXAMPLE, SHEET
from plugin.importing.reading import read_rows
from plugin.importing.sheet import read_sheet
from plugin.importing.template import write_template
from plugin.manifest import TechnicalLimits
from plugin.packs import load_pack
from tests.flow.conftest import NOW
from tests.importing.conftest import FORM, RUNNING, xlsx

PACK = load_pack("shexian-2023-63").pack


@pytest.fixture
def template() -> bytes:
    out = BytesIO()
    write_template(out, FORM, 2023, date(2026, 11, 24), lambda each: (PACK.cite(each), PACK.words(each)))
    return out.getvalue()


@pytest.fixture
def book(template: bytes) -> Workbook:
    return load_workbook(BytesIO(template))


def headings(book: Workbook) -> list[str]:
    return [str(cell.value) for cell in book[SHEET][1]]


def test_every_question_has_its_column_and_every_year_its_report(book: Workbook) -> None:
    asked = [each.label for each in FORM.fields if each.type not in ("file", "table")]
    years = [f"{year}年度绩效评价报送日期" for year in (2023, 2024, 2025, 2026)]
    names = [each.rstrip("*") for each in headings(book)]
    assert sorted(names) == sorted([*asked, *years])
    assert names[0] == "是否涉密"
    starred = {each.rstrip("*") for each in headings(book) if each.endswith("*")}
    assert starred == {each.label for each in FORM.fields if each.required}
    assert book[SHEET].freeze_panes == "D2"


def test_the_law_stands_beside_its_heading(book: Workbook) -> None:
    notes = {str(cell.value).rstrip("*"): cell.comment.text for cell in book[SHEET][1]}
    assert "第三十九条第一款：项目建设完成后，三个月内" in notes["建设完成日期"]
    assert all(note.strip() for note in notes.values())


def test_choices_are_those_of_the_form_and_short_enough_for_the_format(book: Workbook) -> None:
    lists = {
        str(each.sqref).split(":")[0]: each.formula1.strip('"').split(",")
        for each in book[SHEET].data_validations.dataValidation
        if each.type == "list"
    }
    by_label = {str(book[SHEET][place[:-1] + "1"].value).rstrip("*"): given for place, given in lists.items()}
    assert by_label["所处阶段"] == list(FORM.field("stage_reached").options.values())
    assert by_label["是否涉密"] == ["是", "否"]
    assert all(len(",".join(given)) <= 255 for given in lists.values())


def test_nothing_in_it_is_a_formula(book: Workbook) -> None:
    assert not [cell for page in book for row in page for cell in row if cell.data_type == "f"]


def test_the_template_as_it_is_imports_nothing(template: bytes) -> None:
    found = read_rows(read_sheet(template, SHEET, TechnicalLimits()), FORM, PACK, NOW)
    assert (found.rows, found.problems, found.examples) == ((), (), (2,))


def test_the_example_is_right_once_it_is_no_example(book: Workbook) -> None:
    name = book[SHEET].cell(2, headings(book).index("项目名称*") + 1)
    name.value = str(name.value).removeprefix(EXAMPLE)
    out = BytesIO()
    book.save(out)
    later = NOW.replace(year=2026)
    found = read_rows(read_sheet(out.getvalue(), SHEET, TechnicalLimits()), FORM, PACK, later)
    assert found.problems == () and found.rows[0].hints == ()
    assert found.rows[0].values["trial_started_on"] == "2025-10-21"


def test_the_second_sheet_explains_every_column(book: Workbook) -> None:
    told = [str(cell.value) for row in book["说明"] for cell in row if cell.value]
    assert {each.rstrip("*") for each in headings(book)} <= set(told)
    assert any("涉密项目不得填入本表" in each for each in told)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    assert command("init").exit_code == 0
    assert command("apply", "--by", "王五", "--yes").exit_code == 0
    return command


def test_template_check_import_and_again(run, tmp_path: Path) -> None:
    assert run("import", "--template", "t.xlsx").exit_code == 0
    assert run("import", "--template", "t.xlsx").exit_code == 2  # never over a file
    assert load_workbook(tmp_path / "t.xlsx").sheetnames == ["项目", "说明"]
    (tmp_path / "a.xlsx").write_bytes(xlsx(RUNNING))
    checked = run("import", "a.xlsx", "--check")
    assert checked.exit_code == 0 and "没有写入" in checked.output
    done = run("import", "a.xlsx", "--by", "王五")
    assert done.exit_code == 0 and "新增1个" in done.output and "SX-" in done.output
    assert "未变1个" in run("import", "a.xlsx", "--by", "王五").output


def test_mistakes_end_with_one_and_what_is_unusable_with_two(run, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx({**RUNNING, "是否涉密": "是", "项目名称": "某某专项工程"}))
    refused = run("import", "a.xlsx", "--by", "王五")
    assert refused.exit_code == 1 and "第2行" in refused.output and "专项" not in refused.output
    for arguments in (["a.xlsx"], [], ["none.xlsx", "--check"], ["manifest.yaml", "--check"]):
        assert run("import", *arguments).exit_code == 2, arguments
    assert run("import", "--template", "no/such/folder/t.xlsx").exit_code == 2


def test_a_file_too_large_is_not_even_read(run, tmp_path: Path) -> None:
    with (tmp_path / "huge.xlsx").open("wb") as file:
        file.truncate(3 * 1024**3)
    refused = run("import", "huge.xlsx", "--check")
    assert refused.exit_code == 2 and "超过上限" in refused.output
