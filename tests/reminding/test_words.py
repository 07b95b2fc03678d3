"""What a reminder says on the day it really leaves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plugin.reminders import compose

PAYLOAD: dict[str, Any] = {
    "duty": "acceptance_application",
    "article": "39(1)",
    "project_code": "SX-2025-0001",
    "project_name": "农情一张图",
    "due_on": "2025-01-31",
    "overdue_after": "2025-02-05",
    "opens_on": None,
}


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2025, 1, 1), "距今还有30天"),
        (date(2025, 1, 30), "距今还有1天"),
        (date(2025, 1, 31), "今天是最后一天"),
        (date(2025, 2, 3), "在顺延期内"),
        (date(2025, 2, 5), "在顺延期内"),
        (date(2025, 2, 6), "已逾期1天"),
    ],
)
def test_it_never_says_before_after_the_day(today: date, words: str) -> None:
    title, text = compose(PAYLOAD, today, "第三十九条第一款", "建成后半年内")
    assert title == "提醒：竣工验收申请——农情一张图"
    assert words in text and ("距今还有" in text) is (today < date(2025, 1, 31))
    for part in (
        "2025-01-31（星期五）",
        "顺延至2025-02-05（星期三）",
        "第三十九条第一款“建成后半年内”",
        "延期验收申请",
    ):
        assert part in text


def test_a_day_whose_year_is_not_announced_is_called_provisional() -> None:
    _title, text = compose({**PAYLOAD, "overdue_after": None}, date(2025, 1, 1), "第三十九条第一款", "x")
    assert "暂按此日计算" in text and "顺延至" not in text


def test_a_window_that_opens_is_told_once_with_its_last_day() -> None:
    opened = {**PAYLOAD, "duty": "self_evaluation", "opens_on": "2025-03-01", "due_on": "2026-03-01"}
    title, text = compose(opened, date(2025, 3, 1), "第四十三条", "x")
    assert "自评价报告报送可以开始办理" in title
    assert "自2025-03-01（星期六）起可以开始办理，最迟2026-03-01前（含当日）完成" in text
    trial = {**PAYLOAD, "duty": "trial_operation", "opens_on": "2025-03-01", "due_on": None}
    assert (
        "试运行自2025-03-01（星期六）起已满规定期限，可以结束。"
        in compose(trial, date(2025, 3, 1), "第三十九条", "x")[1]
    )
