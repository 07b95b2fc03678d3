"""Rows as officials fill them in: every mistake at once with its place, nothing guessed, nothing of a classified row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.importing.columns import EXAMPLE
from plugin.importing.reading import Reading, read_rows
from plugin.importing.sheet import read_sheet
from plugin.manifest import TechnicalLimits
from plugin.packs import load_pack
from tests.flow.conftest import NOW
from tests.importing.conftest import COMPLETED, FORM, RUNNING, xlsx

PACK = load_pack("shexian-2023-63").pack
SECRET = "某某专项工程"


def reading(*rows: dict[str, Any], header: list[str] | None = None) -> Reading:
    sheet = read_sheet(xlsx(*rows, header=header), "项目", TechnicalLimits())
    return read_rows(sheet, FORM, PACK, NOW)


def value(column: str, given: Any, name: str) -> Any:
    """What the field of that name holds once the column was filled in so; the problem where it cannot be read."""
    read = reading({**COMPLETED, column: given})
    return read.rows[0].values[name] if read.rows else [str(each) for each in read.problems]


@pytest.mark.parametrize(
    "given",
    [date(2024, 10, 31), "2024-10-31", "2024/10/31", "2024.10.31", "2024年10月31日", "２０２４-10-31", "20241031",
     20241031, 45596, 45596.0, "二〇二四年十月三十一日"],
)  # fmt: skip
def test_a_day_is_read_as_officials_write_it(given: Any) -> None:
    assert value("建设完成日期", given, "completed_on") == "2024-10-31"


@pytest.mark.parametrize("given", ["2024-13-01", "2024年10月", "去年年底", 2024, 20241301, True, 0.5])
def test_what_is_no_day_is_told_with_its_value(given: Any) -> None:
    [told] = value("建设完成日期", given, "completed_on")
    assert told.startswith("第2行“建设完成日期”：") and ("请按年月日填写" in told or "核对年份" in told)


@pytest.mark.parametrize(
    ("given", "yuan"),
    [(3568000, "3568000.00"), (3568000.5, "3568000.50"), ("356.8万元", "3568000.00"), ("3,568,000", "3568000.00"),
     ("9800元", "9800.00"), (10000, "10000.00"), ("0.98万", "9800.00")],
)  # fmt: skip
def test_an_amount_is_exact(given: Any, yuan: str) -> None:
    assert value("投资额（元）", given, "total_investment_yuan") == yuan


@pytest.mark.parametrize("given", [356.8, 9999.99, "356.8", "500"])
def test_an_amount_that_may_be_in_ten_thousands_is_not_guessed(given: Any) -> None:
    [told] = value("投资额（元）", given, "total_investment_yuan")
    assert "不能确定是元还是万元" in told and f"{given}万元" in told and f"{given}元" in told


def test_nothing_adjusted_is_an_amount() -> None:
    assert value("已自行调整累计金额（元）", 0, "prior_self_adjusted_yuan") == "0.00"


@pytest.mark.parametrize(
    ("column", "given", "name", "read"),
    [
        ("联系电话", 13955912345, "phone", "13955912345"),
        ("联系电话", 13955912345.0, "phone", "13955912345"),
        (
            "统一社会信用代码",
            "１１３４" + "0" * 12 + "Ａ1",
            "construction_unit_code",
            "1134" + "0" * 12 + "A1",
        ),
        ("计划年度", "2024年度", "plan_year", 2024),
        ("计划年度", 2024.0, "plan_year", 2024),
        ("参建单位", "县农业农村局、县水利局", "participating_units", ["县农业农村局", "县水利局"]),
        ("项目类型", "upgrade", "kind", "upgrade"),
        ("是否公共场所视频监控类", False, "public_video_surveillance", False),
    ],
)
def test_other_cells_are_read_as_they_are_meant(column: str, given: Any, name: str, read: Any) -> None:
    assert value(column, given, name) == read


@pytest.mark.parametrize(
    ("column", "given", "said"),
    [
        ("统一社会信用代码", 113400000000000011, "丢失末尾几位"),
        ("合同编号", date(2024, 1, 1), "当成了日期"),
        ("合同编号", ("=A1", "#REF!"), "公式出错"),
        ("项目类型", "新", "新建、升级、运维、政府购买服务"),
        ("计划年度", 24, "小于2000"),
        ("项目名称", "平台\u202e", "看不见的控制字符"),
        ("已自行调整累计金额（元）", "约3万", "不是确定的金额"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_told_once(column: str, given: Any, said: str) -> None:
    [told] = value(column, given, "project_name")
    assert told.startswith(f"第2行“{column}”：") and said in told


def test_every_mistake_of_every_row_comes_at_once() -> None:
    found = reading(
        {**COMPLETED, "建设完成日期": "昨天", "提醒接收人": None},
        COMPLETED,
        {**RUNNING, "项目类型": "其他", "2024年度绩效评价报送日期": "2026-01-01", "所处阶段": None},
    ).problems
    assert [(each.row, each.column) for each in found] == [
        (2, "提醒接收人"),
        (2, "建设完成日期"),
        (4, "项目类型"),
        (4, "所处阶段"),
        (4, "2024年度绩效评价报送日期"),
    ]
    assert all(str(each).count("“" + (each.column or "")) == 1 for each in found)


def test_the_reports_of_the_years_are_rows_of_the_form() -> None:
    [row] = reading({**RUNNING, "2023年度绩效评价报送日期": "2023-12-29"}).rows
    assert row.values["performance_reports"] == [
        {"year": 2024, "reported_on": "2024-12-20"},
        {"year": 2023, "reported_on": "2023-12-29"},
    ]


def test_the_example_and_empty_rows_are_passed_over() -> None:
    found = reading({**RUNNING, "项目名称": f"{EXAMPLE}平台", "建设完成日期": "x"}, {}, RUNNING)
    assert ([row.number for row in found.rows], found.examples, found.problems) == ([4], (2,), ())


def test_a_heading_that_is_not_ours_stops_everything() -> None:
    """(万元) for (元) is the mistake that no later check could find."""
    headings = [name.replace("（元）", "（万元）") for name in RUNNING]
    row = {**RUNNING, "投资额（万元）": 356.8}
    told = [str(each) for each in reading(row, header=headings).problems]
    assert "没有“投资额(万元)”这一栏" in told[0]
    assert any("“投资额（元）”：缺少这一栏" in each for each in told)
    doubled = reading(RUNNING, header=[*RUNNING, "项目名称*"]).problems
    assert "两次" in doubled[0].message
    assert reading(header=[]).problems


def test_headings_may_stand_in_any_order_with_their_star() -> None:
    names = [f"{name}*" for name in reversed(RUNNING)]
    [row] = reading({f"{name}*": cell for name, cell in RUNNING.items()}, header=names).rows
    assert row.values["project_name"] == "基层治理平台"


@pytest.mark.parametrize("answer", ["是", True, None, "", "不涉密", "未定", 0, 1, "N", ("=A1", "#N/A")])
def test_of_a_row_not_declared_unclassified_only_the_number_is_known(answer: Any) -> None:
    row = {**COMPLETED, "是否涉密": answer, "项目名称": SECRET, "建设完成日期": SECRET, "投资额（元）": 1}
    found = reading(RUNNING, row)
    [problem] = found.problems
    assert (problem.row, problem.column) == (3, None) and "没有保存" in problem.remedy
    assert SECRET not in str(found.problems) + str(found.rows)
    assert bool(found.kept_out) is (answer in ("是", True))


@pytest.mark.parametrize("answer", ["否", "否 ", "　否", False])
def test_an_explicit_no_is_one_however_it_is_spaced(answer: Any) -> None:
    assert len(reading({**RUNNING, "是否涉密": answer}).rows) == 1


def test_the_government_intranet_is_kept_out_in_the_same_way() -> None:
    [problem] = reading({**RUNNING, "是否电子政务内网项目": "是", "项目名称": SECRET}).problems
    assert (problem.row, problem.column) == (2, None) and "机要" in problem.message
    assert SECRET not in str(problem)


def test_what_may_be_wrong_is_pointed_out_and_taken() -> None:
    [row] = reading({**RUNNING, "批复日期": None}).rows
    assert any("未批先建" in hint for hint in row.hints)
