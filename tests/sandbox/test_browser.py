"""An official fills in F04 in Chromium: sees a finding with its article, mends it, saves, sees the receipt.

`plugin_server` may be the small plugin of these tests or the real one: the page sees only its answers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from forms.definition import Field, load_forms
from plugin.sandbox.server import Running, serve_sandbox
from plugin.sandbox.settings import Settings

from .fake_plugin import Plugin

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STUDY: Mapping[str, Any] = {
    "project_code": "XX-2026-0001",
    "project_name": "农情一张图",
    "construction_unit": "县农业农村局（演示）",
    "construction_unit_type": "county_department",
    "construction_unit_code": "11340000000000000A",
    "responsible_person": "张三",
    "contact": "李四",
    "phone": "0559-0000000",
    "kind": "new",
    "system_category": "business_system",
    "public_video_surveillance": "否",
    "is_gov_intranet": "否",
    "plan_year": "2026",
    "plan_item_id": "年度计划第12项（演示）",
    "basis": "县政府年度重点工作安排（演示）",
    "necessity": "现有台账分散，数据不能汇总。",
    "objectives": "建成全县农情一张图。",
    "main_content": "建设农情采集、分析研判、灾情上报三个模块。",
    "technical_route": "依托全省一体化数据基础平台开发。",
    "total_investment_yuan": "280万元",
    "funding": [{"source": "county_budget", "amount_yuan": "280万元"}],
    "cost_items": [
        {"item": "software", "amount_yuan": "240万元"},
        {"item": "supervision", "amount_yuan": "40万元"},
    ],
    "on_provincial_platform": "是",
    "no_data_statement": "本项目不产生数据资源（演示）。",
    "no_sharing_claim": "否",
    "mlps_level": "none",
    "needs_crypto_assessment": "否",
    "needs_software_test": "否",
    "collects_data_available_by_sharing": "否",
    "crypto_plan": "密码应用方案.pdf",
    "secure_products_statement": "安全可靠产品说明.pdf",
    "internet_facing": "否",
    "stores_personal_info": "否",
    "data_sensitivity": "internal",
    "data_volume": "约50万条",
    "design_unit": "某设计咨询公司（演示）",
    "new_civil_works": "否",
    "high_energy": "否",
    "schedule": [{"phase": "建设", "starts_on": "2026-05-01", "ends_on": "2026年12月20日"}],
    "performance_targets": [{"indicator": "灾情上报时间", "target": "两小时以内"}],
    "document": "可行性研究报告.pdf",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium. Without one the tests are skipped, but never where CI is set."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "no Chromium here (Debian: apt-get install chromium fonts-noto-cjk)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def sandbox(plugin_server: Plugin, make_settings: Callable[..., Settings]) -> Iterator[Running]:
    running = serve_sandbox(make_settings(plugin_server.url))
    yield running
    running.stop()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A desk screen; a script error or a blocked resource fails the test."""
    opened = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield opened
    opened.close()
    assert wrong == []


def fill(page: Any, form: str, values: Mapping[str, Any]) -> None:
    """Answer the questions as a person would, by their inputs."""
    for name, value in values.items():
        question = load_forms()[form].field(name)
        if question.type == "table":
            fill_table(page, question, value)
        else:
            fill_one(page, question, name, value)


def fill_table(page: Any, table: Field, rows: list[Mapping[str, Any]]) -> None:
    box = page.locator(f'[id="f-{table.name}"]')
    while box.locator("[data-row]").count() < len(rows):
        box.locator("[data-add]").click()
    for number, row in enumerate(rows):
        for name, value in row.items():
            fill_one(page, table.column(name), f"{table.name}.{number}.{name}", value)


def fill_one(page: Any, question: Field, name: str, value: str) -> None:
    control = page.locator(f'[id="f-{name}"]')
    if question.type == "bool":
        control.get_by_label(value, exact=True).check()
    elif question.type == "enum":
        control.select_option(value)
    elif question.type == "file":
        control.set_input_files({"name": value, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    else:
        control.fill(value)


def test_an_official_sees_a_finding_mends_it_saves_and_sees_the_receipt(page: Any, sandbox: Running) -> None:
    page.goto(sandbox.platform_url)
    page.locator('a[href="/forms/feasibility_study"]').click()
    page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()
    fill(page, "feasibility_study", STUDY)
    page.get_by_role("button", name="提交").click()

    summary = page.get_by_role("alert").first
    summary.wait_for()
    assert "没有保存" in summary.inner_text()
    assert summary.evaluate("box => box === document.activeElement")
    question = page.locator('[data-field="data_sharing_chapter"]')
    finding = question.locator(".finding").first
    assert "第二十四条第一款" in finding.inner_text()
    finding.get_by_text("依据：").click()
    assert "数据资源共享分析篇（章）" in finding.locator("blockquote").inner_text()
    assert page.locator('[id="f-total_investment_yuan"]').input_value() == "280万元"
    assert sandbox.store.records.latest() == []

    summary.get_by_role("link", name="数据资源共享分析篇（章）").first.click()
    control = page.locator('[id="f-data_sharing_chapter"]')
    assert control.evaluate("input => input === document.activeElement")
    assert finding.get_attribute("id") in str(control.get_attribute("aria-describedby"))
    fill(page, "feasibility_study", {"data_sharing_chapter": "数据资源共享分析篇.pdf"})
    page.get_by_role("button", name="提交").click()

    page.get_by_role("heading", name="回执").wait_for()
    (record,) = sandbox.store.records.latest()
    assert record.record in page.inner_text("main")
    assert "已经保存" in page.get_by_role("status").inner_text()
    assert record.fields["document"] == "可行性研究报告.pdf"
    assert record.fields["data_sharing_chapter"] == "数据资源共享分析篇.pdf"
    assert [row["amount_yuan"] for row in record.fields["cost_items"]] == ["240万元", "40万元"]
    page.get_by_text("已送达").wait_for()


def test_answering_yes_to_classified_closes_the_form_before_anything_is_sent(
    page: Any, sandbox: Running
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{sandbox.platform_url}/forms/feasibility_study")
    classified = page.get_by_role("radiogroup", name="是否涉密")
    necessity = page.locator('[id="f-necessity"]')
    assert not necessity.is_visible()
    classified.get_by_label("否", exact=True).check()
    necessity.fill("绝不应留存的内容")
    classified.get_by_label("是", exact=True).check()
    assert page.get_by_role("alert").filter(has_text="请停止填写").is_visible()
    assert not necessity.is_visible()
    assert not page.get_by_role("button", name="提交").is_visible()
    assert "POST" not in sent


def test_a_phone_shows_the_whole_form_without_scrolling_sideways(page: Any, sandbox: Running) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/records", "/forms/data_catalogue", "/forms/feasibility_study"):
        page.goto(sandbox.platform_url + path)
        if path.startswith("/forms/"):
            page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
