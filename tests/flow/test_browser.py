"""The whole in a browser: an official fills in F04, reads the findings of the real plugin, mends them, sees the receipt.

Makes the README's screenshot where SCREENSHOTS names a folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.clock import shanghai_day
from plugin.demo import Demo, play, started, wait_until
from plugin.demo_round import steps
from tests.sandbox.test_browser import STUDY, browser, fill, page

pytestmark = pytest.mark.browser
__all__ = ["browser", "page"]  # pytest finds the fixtures by name


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    with started(tmp_path / "data", datetime(2026, 3, 10, 1, 30, tzinfo=UTC)) as running:
        yield running


def test_an_official_mends_a_finding_of_the_real_plugin_and_gets_the_receipt(demo: Demo, page: Any) -> None:
    first = next(step for step in steps(shanghai_day(demo.now())) if step.name == "demand")
    play(demo, first)
    assert wait_until(lambda: bool(demo.services.ledger.projects.list()), 10)
    [project] = demo.services.ledger.projects.list()
    page.goto(f"{demo.sandbox.platform_url}/forms/feasibility_study")
    page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()
    costs = [{"item": "software", "amount_yuan": "240万元"}, {"item": "supervision", "amount_yuan": "40万元"}]
    catalogue = {key: value for key, value in STUDY.items() if key != "no_data_statement"}
    fill(
        page,
        "feasibility_study",
        {**catalogue, "project_code": project.code, "mlps_level": "level_3", "cost_items": costs},
    )
    page.get_by_role("button", name="提交").click()

    summary = page.get_by_role("alert").first
    summary.wait_for()
    text = page.inner_text("main")
    for citation in ("第二十四条第一款", "第二十四条第三款", "第三十条"):
        assert citation in text, citation
    assert demo.services.ledger.inbox.counts()["done"] == 1
    if folder := os.environ.get("SCREENSHOTS"):
        page.set_viewport_size({"width": 1366, "height": 900})
        page.locator('[data-field="data_sharing_chapter"]').scroll_into_view_if_needed()
        page.screenshot(path=str(Path(folder) / "form-with-findings.png"))

    page.locator('[data-field="cost_items"] [data-add]').first.click()
    fill(
        page,
        "feasibility_study",
        {
            "data_sharing_chapter": "数据资源共享分析篇.pdf",
            "no_data_statement": "本项目不产生数据资源（演示）。",
            "cost_items": [
                {"item": "software", "amount_yuan": "228万元"},
                {"item": "supervision", "amount_yuan": "40万元"},
                {"item": "mlps_assessment", "amount_yuan": "12万元"},
            ],
        },
    )
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="回执").wait_for()
    assert "已经保存" in page.get_by_role("status").inner_text()
    assert wait_until(lambda: len(demo.platform.filings(project.code)) == 2, 15)
    page.reload()
    written_back = page.inner_text("main")
    assert project.code in written_back
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / "receipt.png"), full_page=True)
