"""What a digest says on the day it really leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from plugin.reminders import LONGEST_TEXT, LONGEST_TITLE, Line, compose

APPLICATION = Line(
    "acceptance_application", "第三十九条第一款", "建成后半年内", due_on=date(2025, 1, 31), overdue_after=date(2025, 2, 5),
    project_code="SX-2025-0001", project_name="农情一张图", form_title="竣工验收申请",
)  # fmt: skip


def said(line: Line, today: date) -> str:
    return compose([line], today)[1]


@pytest.mark.parametrize(
    ("today", "heading", "words"),
    [
        (date(2025, 1, 1), "即将到期", "距今还有30天"),
        (date(2025, 1, 30), "即将到期", "距今还有1天"),
        (date(2025, 1, 31), "今天到期", "今天到期，请今天办理"),
        (date(2025, 2, 3), "今天到期", "在顺延期内"),
        (date(2025, 2, 5), "今天到期", "今天是最后一天"),
        (date(2025, 2, 6), "已逾期", "已逾期1天"),
    ],
)
def test_it_never_says_before_after_the_day(today: date, heading: str, words: str) -> None:
    title, text = compose([APPLICATION], today)
    assert ("已逾期" in title) is (today > date(2025, 2, 5)) and title.endswith("竣工验收申请——农情一张图")
    assert f"【{heading}" in text and words in text
    assert ("距今还有" in text) is (today < date(2025, 1, 31))


def test_it_says_what_until_when_on_which_words_what_otherwise_and_where() -> None:
    text = said(APPLICATION, date(2025, 1, 2))
    for part in (
        "竣工验收申请：农情一张图（SX-2025-0001）",
        "2025-01-31（星期五）前（含当日）",
        "顺延至2025-02-05（星期三）",
        "依据第三十九条第一款",
        "第三十九条第一款：“建成后半年内”",
        "请在此日前提交延期验收申请",
        "请在平台填报《竣工验收申请》",
    ):
        assert part in text, part
    linked = replace(APPLICATION, link="https://platform.example.gov.cn/forms/acceptance_application")
    assert "办理：https://platform.example.gov.cn/forms/acceptance_application" in said(
        linked, date(2025, 1, 2)
    )


def test_after_the_day_it_asks_for_nothing_that_had_to_come_before_it() -> None:
    late = said(APPLICATION, date(2025, 2, 6))
    assert "日前" not in late.partition("条文：")[0] and "逾期办理仍会受理" in late


def test_nobody_is_called_late_for_what_is_only_made_known() -> None:
    closed = Line(
        "collection_round",
        "第十二条",
        "征集",
        date(2025, 10, 9),
        date(2025, 10, 31),
        date(2025, 10, 31),
        notice=True,
    )
    text = said(closed, date(2025, 11, 3))
    assert "期限为2025-10-31（星期五），已过3天。" in text and "逾期" not in text and "尽快" not in text
    ended = Line(
        "validity_end",
        "第五十三条",
        "施行",
        due_on=date(2025, 10, 31),
        overdue_after=date(2025, 10, 31),
        notice=True,
    )
    assert "期满前" not in said(ended, date(2025, 11, 3)) and "期满前" in said(ended, date(2025, 10, 31))


def test_on_the_day_itself_it_does_not_speak_of_the_past() -> None:
    unrolled = replace(APPLICATION, overdue_after=date(2025, 1, 31))
    assert "今天是最后一天" in said(unrolled, date(2025, 1, 31))


def test_a_day_whose_year_is_not_announced_is_called_provisional() -> None:
    text = said(replace(APPLICATION, overdue_after=None), date(2025, 1, 1))
    assert "按最早可能的日期计算" in text and "顺延至" not in text


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2027, 1, 2), "今天到期，请今天办理。"),
        (date(2027, 1, 4), "规定日期已过，最后一天待节假日安排公布后确定，请立即办理。"),
        (date(2027, 1, 25), "今天已逾期23天，请尽快办理。"),
    ],
)
def test_nobody_is_called_late_while_the_roll_is_not_known(today: date, words: str) -> None:
    """A Saturday in a year not announced: the Monday may be the last day, but no break is as long as three weeks (I-47)."""
    title, text = compose([replace(APPLICATION, due_on=date(2027, 1, 2), overdue_after=None)], today)
    assert words in text and ("已逾期" in title) is ("逾期23天" in words)
    assert ("请在此日前" in text) is not ("逾期23天" in words)


def test_a_window_that_opens_is_told_with_its_last_day() -> None:
    opened = replace(
        APPLICATION, duty="self_evaluation", opens_on=date(2025, 3, 1), due_on=date(2026, 3, 1),
        overdue_after=date(2026, 3, 2), opened=True,
    )  # fmt: skip
    text = said(opened, date(2025, 3, 3))
    assert (
        "【可以开始办理】" in text and "自2025-03-01（星期六）起可以办理，最迟2026-03-01（星期日）前" in text
    )
    trial = replace(opened, duty="trial_operation", due_on=None, overdue_after=None)
    assert "自2025-03-01（星期六）起已满规定期限，可以结束。" in said(trial, date(2025, 3, 3))


def test_a_duty_without_a_day_names_none() -> None:
    undated = replace(APPLICATION, duty="contract_filing", which="HT-1", due_on=None, overdue_after=None)
    text = said(undated, date(2025, 3, 3))
    assert "合同备案（HT-1）" in text and "没有规定期限" in text and "应于" not in text


def test_a_report_names_its_year() -> None:
    report = replace(APPLICATION, duty="performance_report", which="2025")
    assert "2025年度绩效评价报告提交" in said(report, date(2025, 1, 1))


def test_what_comes_late_says_when_it_should_have_left() -> None:
    late = replace(APPLICATION, late_for=(date(2025, 1, 24), date(2025, 1, 27)))
    assert "迟发：原定2025-01-24、2025-01-27发送。" in said(late, date(2025, 1, 28))


def test_who_stands_above_learns_whose_duty_it_is() -> None:
    above = replace(APPLICATION, addressed_as="unit_head", unit="县农业农村局", responsible="张三")
    assert "（本单位事项，责任人张三）" in said(above, date(2025, 3, 1))
    bureau = replace(above, addressed_as="data_bureau", responsible="")
    assert "（县农业农村局，责任人未登记）" in said(bureau, date(2025, 3, 1))


def test_the_most_pressing_comes_first_and_articles_stand_once_at_the_end() -> None:
    lines = [
        replace(APPLICATION, project_name="从容", due_on=date(2025, 4, 1), overdue_after=date(2025, 4, 1)),
        replace(
            APPLICATION,
            project_name="通知",
            duty="validity_check",
            notice=True,
            due_on=None,
            citation="",
            words="",
        ),
        replace(APPLICATION, project_name="今日", due_on=date(2025, 3, 3), overdue_after=date(2025, 3, 3)),
        replace(APPLICATION, project_name="逾期"),
    ]
    title, text = compose(lines, date(2025, 3, 3))
    assert title == "提醒：4项应办事项，其中1项已逾期"
    places = [text.index(f"：{name}") for name in ("逾期", "今日", "从容", "通知")]
    assert places == sorted(places)
    assert text.count("建成后半年内") == 1
    assert [text.index(f"{number}. ") > 0 for number in range(1, 5)] == [True] * 4


def test_a_digest_fits_into_a_message_and_says_what_it_leaves_out() -> None:
    many = [
        replace(APPLICATION, project_code=f"SX-2025-{n:04d}", project_name="很长的项目名称" * 20)
        for n in range(200)
    ]
    title, text = compose(many, date(2025, 1, 2))
    assert len(title) <= LONGEST_TITLE and len(text) <= LONGEST_TEXT
    shown = text.count("竣工验收申请：")
    assert f"另有{200 - shown}项未列出" in text and shown > 5
    alone = replace(APPLICATION, project_name="名" * 500, words="字" * 6000)
    title, text = compose([alone], date(2025, 1, 2))
    assert len(title) <= LONGEST_TITLE and len(text) <= LONGEST_TEXT
