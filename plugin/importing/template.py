"""The template: one sheet to fill in, its choices and formats set, the law beside each heading; a sheet that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from forms.fields import Field, FormDefinition
from plugin.importing.columns import EXAMPLE, SHEET, STAR, Column, columns_of
from plugin.regulation.pack import Pack

EXPLAINED = "说明"
LAST_ROW = 2000  # rows that come with choices and formats; more may be filled in
WIDTHS = {"date": 14, "money": 16, "bool": 12, "int": 10}
FORMATS = {"date": "yyyy-mm-dd", "money": "#,##0.00", "int": "0"}
KINDS = {
    "date": "日期",
    "money": "金额",
    "bool": "是/否",
    "int": "整数",
    "enum": "单选",
    "multi": "多项，用顿号隔开",
}
RULES = (
    "每行填写一个项目，从第2行起；第2行是示例，导入时自动跳过，也可以删除。",
    "表头带*的必须填写；其余按实际情况填写，没有发生的留空。不需要的栏可以整列删除，不要改动表头的文字。",
    "涉密项目不得填入本表。“是否涉密”必须逐行选择“否”；选择“是”或者没有选择的，整个文件不予导入，也不保存该行的任何内容。",
    "日期可以写 2024-03-01、2024/3/1 或者 2024年3月1日，必须是实际存在的某一天。",
    "金额按元填写。按万元填写的请连同单位一起写，例如 356.8万元；不足1万元的请写明“元”。",
    "项目编码一般留空，由系统编发，见导入报告；再次导入同一单位、同名、同一计划年度的项目，视为修改原来的登记。",
    "先核对（控制台“导入在建项目”页，或者 zhengxiang import 文件名 --check），全部改好后再正式导入。有任何一处错误，整个文件都不写入。",
    "期限从填写的日期起算。导入时已经逾期的事项列在导入报告和应办事项中，不补发提醒；以后的提醒按时发给“提醒接收人”。",
    "此前的环节视为在系统启用前已经办理，不补报备案；以后的环节请用各自的表单办理。",
)
SAMPLE: Mapping[str, Any] = {
    "classified": "否",
    "project_name": f"{EXAMPLE}基层治理平台",
    "construction_unit": "县农业农村局",
    "construction_unit_type": "county_department",
    "construction_unit_code": "11340000000000000A",
    "responsible_person": "张三",
    "contact": "李四",
    "phone": "0559-6510000",
    "kind": "new",
    "system_category": "business_system",
    "public_video_surveillance": "否",
    "is_gov_intranet": "否",
    "plan_year": 2025,
    "remind_to": "zhangsan",
    "total_investment_yuan": 3568000,
    "stage_reached": "trial_operation",
    "approved_on": date(2025, 1, 20),
    "procurement_review_result": "passed",
    "contract_no": "HT-2025-008",
    "contract_signed_on": date(2025, 3, 3),
    "contract_filed_on": date(2025, 3, 10),
    "construction_started_on": date(2025, 3, 10),
    "construction_ends_on": date(2025, 9, 30),
    "completed_on": date(2025, 9, 15),
    "preliminary_acceptance_held_on": date(2025, 10, 20),
    "trial_started_on": date(2025, 10, 21),
}
Cite = Callable[[str], tuple[str, str]]  # an article's number → its citation and its words


def template_of(form: FormDefinition, pack: Pack, today: date) -> bytes:
    """The whole file, as the command writes it and the console hands it out."""
    out = BytesIO()
    first = pack.effective_from.year
    write_template(out, form, first, today, lambda each: (pack.cite(each), pack.words(each)))
    return out.getvalue()


def write_template(out: BinaryIO, form: FormDefinition, first_year: int, today: date, cite: Cite) -> None:
    """Write the workbook. A report column for every year since the regulation is in force."""
    columns = columns_of(form, range(first_year, today.year + 1))
    with Workbook(out, {"in_memory": True}) as book:
        _projects(book, columns, cite)
        _explained(book, columns, cite)


def _projects(book: Workbook, columns: tuple[Column, ...], cite: Cite) -> None:
    sheet = book.add_worksheet(SHEET)
    needed = book.add_format(
        {"bold": True, "bg_color": "#FCE4D6", "border": 1, "text_wrap": True, "valign": "top"}
    )
    asked = book.add_format(
        {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"}
    )
    sheet.set_row(0, 48)
    for place, column in enumerate(columns):
        field = column.field
        star = STAR if field.required and column.year is None else ""
        kept = book.add_format({"num_format": FORMATS.get(field.type, "@")})
        sheet.set_column(place, place, WIDTHS.get(field.type, 20), kept)
        sheet.write_string(0, place, column.header + star, needed if star else asked)
        sheet.write_comment(0, place, _note(field, cite), {"width": 320, "height": 120})
        _choices(sheet, place, field)
        _sample(book, sheet, place, column)
    sheet.freeze_panes(1, _place(columns, "project_name") + 1)


def _place(columns: tuple[Column, ...], name: str) -> int:
    return next(place for place, each in enumerate(columns) if each.field.name == name)


def _choices(sheet: Worksheet, place: int, field: Field) -> None:
    """Lists are strict; a day or an amount may also be written out, so those only advise."""
    options = (
        list(field.options.values()) if field.type == "enum" else ["是", "否"] if field.type == "bool" else []
    )
    if options:
        wrong = "请从下拉列表中选择。"
        rule: dict[str, Any] = {
            "validate": "list",
            "source": options,
            "error_title": "请选择",
            "error_message": wrong,
        }
    elif field.type == "date":
        rule = {
            "validate": "date", "criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31),
            "error_type": "information", "error_title": "日期", "error_message": "请填写实际存在的日期，例如 2024-03-01。",
        }  # fmt: skip
    else:
        return
    sheet.data_validation(1, place, LAST_ROW, place, rule)


def _sample(book: Workbook, sheet: Worksheet, place: int, column: Column) -> None:
    value = SAMPLE.get(column.field.name) if column.year is None else None
    if value is None:
        return
    grey = {"italic": True, "font_color": "#808080", "num_format": FORMATS.get(column.field.type, "@")}
    if isinstance(value, date):
        sheet.write_datetime(1, place, value, book.add_format(grey))
    elif isinstance(value, int):
        sheet.write_number(1, place, value, book.add_format(grey))
    else:
        sheet.write_string(1, place, column.field.options.get(value, value), book.add_format(grey))


def _note(field: Field, cite: Cite) -> str:
    citation, words = cite(field.article) if field.article else ("", "")
    law = f"依据{citation}：{words}" if citation else ""
    return "\n".join(filter(None, (field.help, law))) or f"填写{field.label}。"


def _explained(book: Workbook, columns: tuple[Column, ...], cite: Cite) -> None:
    sheet = book.add_worksheet(EXPLAINED)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((26, 18, 44, 40, 18)):
        sheet.set_column(place, place, width)
    for row, text in enumerate(
        ("填写和导入", *(f"{number}. {each}" for number, each in enumerate(RULES, 1)))
    ):
        sheet.merge_range(row, 0, row, 4, text, wrapped if row else bold)
        sheet.set_row(row, 32 if row else None)
    top = len(RULES) + 2
    for place, text in enumerate(("栏目", "填写方式", "说明", "可选内容", "依据")):
        sheet.write_string(top, place, text, bold)
    for row, column in enumerate(columns, top + 1):
        for place, text in enumerate(_described(column, cite)):
            sheet.write_string(row, place, text, wrapped)


def _described(column: Column, cite: Cite) -> tuple[str, ...]:
    field = column.field
    must = "，必填" if field.required and column.year is None else ""
    kind = KINDS.get(field.type, "文字") + must
    options = "、".join(field.options.values())
    return column.header, kind, field.help or "", options, cite(field.article)[0] if field.article else ""
