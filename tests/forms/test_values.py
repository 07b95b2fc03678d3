"""What people write and what is stored: tolerant in reading, exact in what is kept, refused with a sentence that helps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import values
from forms.values import Unreadable


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("3000000", "3000000.00"), ("3,000,000", "3000000.00"), ("300万元", "3000000.00"), ("300 万元", "3000000.00"),
        ("３００万元", "3000000.00"), ("１００万", "1000000.00"), ("0.5亿元", "50000000.00"), ("52.35万", "523500.00"),
        ("166666.67", "166666.67"), ("12.345678万元", "123456.78"), (3000000, "3000000.00"), (12345.67, "12345.67"),
        (Decimal("166666.67"), "166666.67"), ("3000000元", "3000000.00"), ("¥3,000,000.00", "3000000.00"), ("0", "0.00"),
        ("人民币500万元整", "5000000.00"), (" 5000000 ", "5000000.00"), ("5E6", "5000000.00"), ("-0.00", "0.00"),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(written: Any, yuan: str) -> None:
    assert str(values.money(written)) == yuan


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("约3000万", "NOT-MONEY"), ("三百万元", "NOT-MONEY"), ("壹佰万元整", "NOT-MONEY"), ("300-500万", "NOT-MONEY"),
        ("300万美元", "NOT-MONEY"), ("1.2.3", "NOT-MONEY"), ("1,00,000", "NOT-MONEY"), ("NaN", "NOT-MONEY"), ("Infinity", "NOT-MONEY"),
        ("1E+999999999", "NOT-MONEY"), ("9" * 31, "NOT-MONEY"), (True, "NOT-MONEY"), ([], "NOT-MONEY"), (float("nan"), "NOT-MONEY"),
        ("166666.666", "TOO-MANY-DECIMALS"), ("0.0000001万元", "TOO-MANY-DECIMALS"), (0.1 + 0.2, "TOO-MANY-DECIMALS"),
        ("99999999999999万元", "OUT-OF-RANGE"), ("5²", "NOT-MONEY"), ("３．１．２", "NOT-MONEY"), ("0x10", "NOT-MONEY"), ("1_000", "NOT-MONEY"),
    ],
)  # fmt: skip
def test_money_that_is_no_definite_amount_is_refused(written: Any, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        values.money(written)
    assert refused.value.code == code
    assert refused.value.remedy.endswith(("。", "。"))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)), ("2026/1/5", date(2026, 1, 5)), ("2026.1.5", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)), ("２０２６－０１－０５", date(2026, 1, 5)), ("2026 年 1 月 5 日", date(2026, 1, 5)),
        ("二〇二六年一月五日", date(2026, 1, 5)), ("二零二六年十二月二十一日", date(2026, 12, 21)), ("20260105", date(2026, 1, 5)),
        ("2024-02-29", date(2024, 2, 29)), ("2026-01-04T16:00:00.000Z", date(2026, 1, 5)), ("2026-01-04T15:59:59Z", date(2026, 1, 4)),
        ("2026-01-05 09:30:00", date(2026, 1, 5)), (date(2026, 1, 5), date(2026, 1, 5)),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(written: Any, day: date) -> None:
    assert values.day(written) == day


@pytest.mark.parametrize(
    "written",
    ["2026-13-40", "2025-02-29", "2026-W48-1", "26-1-5", "2026-1", "明天", "2026年元月", "1/5/2026", "2026-1/5", 20260105.5, "1999-12-31", "2100-01-01", "2026-01-05T99:00:00Z", True, None],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_refused(written: Any) -> None:
    with pytest.raises(Unreadable):
        values.day(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12), ("１２", 12), ("2026年", 2026), ("2026年度", 2026), (12.0, 12), ("12.0", 12)],
)
def test_a_whole_number_is_read(written: Any, number: int) -> None:
    assert values.integer(written) == number


@pytest.mark.parametrize("written", ["1.9", 1.9, "十二", "1_000", "", " ", True, "12个"])
def test_what_is_no_whole_number_is_refused_and_never_cut(written: Any) -> None:
    with pytest.raises(Unreadable):
        values.integer(written)


@pytest.mark.parametrize(
    ("written", "answer"),
    [(True, True), ("是", True), ("true", True), (False, False), ("否", False), ("False", False)],
)
def test_yes_and_no_are_said_explicitly(written: Any, answer: bool) -> None:
    assert values.yes_no(written) is answer


@pytest.mark.parametrize("written", ["yes", "对", 1, 0, "1", "不", "是否", None])
def test_anything_else_is_neither_yes_nor_no(written: Any) -> None:
    with pytest.raises(Unreadable):
        values.yes_no(written)


@pytest.mark.parametrize(
    "name", ["政务·一网通办", "𠮷县平台", "〔2023〕63号", "“双把关”系统（二期）", "A\u3000B", "表一/表二"]
)
def test_text_keeps_what_was_written(name: str) -> None:
    assert values.text(name, 500, lines=False) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "名称\x00",
        "名\u202e称",
        "名\u200b称",
        "名\ufeff称",
        "\ud800",
        "一行\n两行",
        "\x1b[31m红",
        "锟斤拷\ufffd",
    ],
)
def test_hidden_characters_are_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        values.text(name, 500, lines=False)


@given(st.text(max_size=80))
def test_no_text_makes_a_reader_fail_otherwise_than_it_says(text: str) -> None:
    for read in (values.money, values.day, values.integer, values.decimal, values.yes_no):
        try:
            read(text)
        except Unreadable as refused:
            assert refused.code and refused.why and refused.remedy
        values.shown(text)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_an_amount_survives_in_every_writing(yuan: Decimal) -> None:
    for written in (str(yuan), f"{yuan:,.2f}", f"{yuan / 10_000:f}万元", yuan):
        assert values.money(written) == yuan
