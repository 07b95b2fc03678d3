"""The console in Chromium: signed in, looked around, filtered, exported, an act filled in and one refused; axe on every page.

Looks at the pages with SCREENSHOTS set to a folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from waitress.server import create_server

from forms.definition import load_forms
from plugin.console.access import Role
from plugin.manifest_edit import NewValue
from plugin.proposals import Office
from plugin.serving import in_background
from tests.importing.conftest import COMPLETED, RUNNING, xlsx
from tests.sandbox.test_browser import browser

from .conftest import NOW, PASSWORD, House

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # pytest finds the fixture by name
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CODE = "DEMO-2025-0001"


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The application on a port of its own, with a story behind it."""
    house.desk.save("demand")
    house.desk.now = house.clock.at = NOW + timedelta(minutes=5)
    house.desk.save("corrected", project_code=CODE)
    house.desk.save("contract", project_code=CODE)
    house.desk.save("completion", project_code=CODE)
    house.desk.save("late_demand")
    house.desk.save("overridable", project_code="DEMO-2025-0002")
    house.desk.save("large_demand")
    house.desk.save("refused", project_code="DEMO-2025-0003")
    proposal_of(house)
    server = create_server(house.app, host="127.0.0.1", port=0, threads=4)
    with in_background(server) as served:
        yield served


def proposal_of(house: House) -> None:
    """A proposal that waits, made by somebody else."""
    edit = NewValue("high_value_yuan", 2_000_000, NOW.date(), "某政办〔2025〕1号")
    Office(house.ledger, load_forms(), house.manifest_file).propose(
        edit, "王五", "市局调整权限", house.clock.at
    )


@pytest.fixture
def open_page(browser: Any, address: str, house: House) -> Iterator[Callable[..., Any]]:
    """A page of somebody signed in. A script error, a blocked resource or a request to elsewhere fails the test."""
    wrong: list[str] = []
    opened: list[Any] = []

    def guard(route: Any) -> None:
        if urlsplit(route.request.url).netloc != urlsplit(address).netloc:
            wrong.append(f"request to {route.request.url}")
            route.abort()
        else:
            route.continue_()

    def make(role: Role, width: int = 1366, height: int = 768, *, second: bool = False) -> Any:
        page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
        opened.append(page)
        page.route("**/*", guard)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None,
        )
        page.goto(f"{address}/console/")
        page.get_by_label("用户名").fill(house.account(role, second=second))
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("heading", level=1).wait_for()
        return page

    yield make
    for page in opened:
        page.close()
    assert wrong == []


def look(page: Any, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"console-{name}.png"), full_page=True)


def test_the_bureau_works_through_its_day(
    open_page: Callable[..., Any], address: str, tmp_path: Path
) -> None:
    page = open_page(Role.ADMIN)
    assert page.get_by_role("heading", level=1).inner_text() == "总览"
    look(page, "overview")

    page.get_by_role("navigation", name="主导航").get_by_role("link", name="项目", exact=True).click()
    page.wait_for_load_state()  # the list follows what is typed once its script is there
    page.get_by_label("搜索").fill("农情")
    page.get_by_text("共 1 个项目").wait_for()
    assert "q=%E5%86%9C%E6%83%85" in page.url
    page.get_by_label("阶段").select_option("需求与计划")
    page.get_by_text("没有符合条件的记录").wait_for()
    page.get_by_label("阶段").select_option("")
    page.get_by_text("共 1 个项目").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    download.value.save_as(tmp_path / "list.csv")
    rows = (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "农情一张图" in rows[1]

    page.get_by_role("link", name="农情一张图").click()
    assert page.get_by_role("list", name="办理进度").locator("[aria-current=step]").count() == 1
    law = page.locator("details.law").first
    law.locator("summary").click()
    assert len(law.locator("blockquote").inner_text()) > 20
    look(page, "project")


def test_an_act_is_filled_in_and_what_is_forbidden_says_why(
    open_page: Callable[..., Any], address: str, house: House
) -> None:
    page = open_page(Role.ADMIN)
    page.goto(f"{address}/console/projects/DEMO-2025-0003")
    page.get_by_text("登记其他事项").click()
    page.get_by_role("link", name="批复", exact=True).click()
    page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()
    page.get_by_label("批复的材料").select_option("feasibility_study")
    page.get_by_label("审批结论").select_option("approved")
    page.get_by_label("批复文号").fill("数资批〔2025〕1号")
    page.get_by_label("批复日期").fill("2025-03-10")
    page.get_by_label("批复总投资").fill("680万元")
    page.get_by_role("button", name="登记", exact=True).click()
    alert = page.get_by_role("alert").first
    alert.wait_for()
    page.wait_for_load_state()  # the focus is moved by the script
    assert alert.evaluate("box => box === document.activeElement")
    said = page.inner_text("main")
    for citation in ("第二十一条", "第二十四条第一款", "第二十五条"):
        assert citation in said, citation
    assert page.get_by_label("批复总投资").input_value() == "680万元"
    look(page, "refused")

    page.goto(f"{address}/console/acts/expert_review?project=DEMO-2025-0003")
    page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()
    page.get_by_label("评审日期").fill("2025-03-10")
    page.get_by_label("评审对象").select_option("plan")
    page.get_by_role("button", name="增加一行").click()
    for number, name in enumerate(("专家甲", "专家乙")):
        page.locator(f'[id="f-panel.{number}.name"]').fill(name)
    page.get_by_label("评审结论").select_option("passed")
    page.get_by_label("评审意见", exact=False).first.fill("需求明确。")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("status").get_by_text("已登记").wait_for()
    project = house.ledger.projects.get("DEMO-2025-0003")
    assert project and project.state == "project_pool"


PAGES = (
    "overview", "projects", f"projects/{CODE}", "submissions", "submissions/standard/refused", "submissions/standard/overridable",
    "obligations", "filings", "messages", "deliveries", "audit", "similar", f"similar/{CODE}/DEMO-2025-0002", "operations",
    "operations/interface", "people", "import", "limits", "limits/high_value_yuan", "limits/readings.town_om_blocked",
    "limits/policy.reminders.days_before", "proposals", "proposals/1", "versions", "password", f"acts/approval_reply?project={CODE}", "acts/plan_record",
)  # fmt: skip


def barriers(page: Any) -> list[tuple[str, str, str]]:
    """What axe finds that is serious, with everything opened that can be."""
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], each["nodes"][0]["html"][:120], each["nodes"][0]["failureSummary"][:160])
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_no_page_has_a_serious_barrier_or_scrolls_sideways(
    open_page: Callable[..., Any], address: str, width: int, height: int
) -> None:
    page = open_page(Role.ADMIN, width, height)
    found = []
    for path in PAGES:
        page.goto(f"{address}/console/{path}")
        found += [(path, *each) for each in barriers(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "scrolls sideways", "", ""))
        look(page, f"{path.replace('/', '-').partition('?')[0]}-{width}")
    assert found == []


def test_a_number_is_proposed_and_confirmed_by_another(
    open_page: Callable[..., Any], address: str, house: House
) -> None:
    house.account(Role.ADMIN, second=True)
    page = open_page(Role.ADMIN)
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="参数").click()
    page.get_by_role("link", name="须报市、省数据资源局审核的投资额").click()
    page.get_by_role("button", name="推算影响").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    page.wait_for_load_state()  # the focus is moved by the script
    assert alert.evaluate("box => box === document.activeElement")
    alert.get_by_text("请填写“新的数值”").click()
    assert page.evaluate("document.activeElement.id") == "f-value"
    look(page, "limit-mistakes")
    assert barriers(page) == []
    page.get_by_label("新的数值").fill("200万元")
    page.get_by_label("自何日起").fill("2025年3月10日")
    page.get_by_label("依据文件").fill("某政办〔2025〕2号")
    page.get_by_label("理由").fill("市局再次调整权限")
    page.get_by_role("button", name="推算影响").click()
    page.get_by_role("heading", name="提出以前，请核对影响").wait_for()
    assert page.get_by_role("link", name="农情一张图").count() == 1
    look(page, "limit-preview")
    assert barriers(page) == []
    page.get_by_role("button", name="提出", exact=True).click()
    page.get_by_text("已提出第2号提议").wait_for()
    assert page.get_by_role("button", name="确认生效").count() == 0
    look(page, "proposal-own")

    other = open_page(Role.ADMIN, second=True)
    other.goto(f"{address}/console/proposals/2")
    other.get_by_role("button", name="确认生效").click()
    other.get_by_role("status").get_by_text("第2号提议已生效").wait_for()
    look(other, "proposal-confirmed")
    assert house.services.manifest().book.limits["high_value_yuan"].values[-1].value == 2_000_000
    other.goto(f"{address}/console/versions")
    look(other, "versions-two")
    other.get_by_role("link", name="恢复此版本").first.click()
    other.get_by_role("heading", name="恢复此版本，现行版本将有的改动").wait_for()
    look(other, "version")
    assert barriers(other) == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_running_projects_are_checked_mended_and_imported(
    open_page: Callable[..., Any], address: str, house: House, tmp_path: Path, width: int, height: int
) -> None:
    wrong = {**COMPLETED, "项目名称": "水利平台", "投资额（元）": 356.8, "合同签订日期": "2024-13-01"}
    for name, rows in {
        "wrong": (RUNNING, wrong),
        "right": (RUNNING, {**COMPLETED, "项目名称": "水利平台"}),
    }.items():
        (tmp_path / f"{name}.xlsx").write_bytes(xlsx(*rows))
    page = open_page(Role.ADMIN, width, height)
    page.goto(f"{address}/console/projects")
    page.get_by_role("link", name="导入在建项目").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").first.click()
    assert download.value.suggested_filename == "项目台账.xlsx"
    page.get_by_label("填好的文件").set_input_files(tmp_path / "wrong.xlsx")
    page.get_by_role("button", name="核对").click()
    alert = page.get_by_role("alert")
    alert.get_by_text("没有导入：有2处需要改正").wait_for()
    page.wait_for_load_state()  # the focus is moved by the script
    assert alert.evaluate("box => box === document.activeElement")
    found = [("mistakes", each) for each in barriers(page)]
    look(page, f"import-mistakes-{width}")
    page.get_by_label("填好的文件").set_input_files(tmp_path / "right.xlsx")
    page.get_by_role("button", name="核对").click()
    page.get_by_role("heading", name="核对通过，还没有写入").wait_for()
    found += [("checked", each) for each in barriers(page)]
    look(page, f"import-checked-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="导入2个项目").click()
    page.get_by_role("heading", name="导入完成").wait_for()
    found += [("done", each) for each in barriers(page)]
    look(page, f"import-done-{width}")
    assert found == []
    page.get_by_role("link", name="基层治理平台").first.click()
    page.get_by_role("heading", name="应办事项").wait_for()


def test_the_keyboard_alone_reaches_the_main_part_and_a_menu(
    open_page: Callable[..., Any], address: str
) -> None:
    page = open_page(Role.READER)
    page.goto(f"{address}/console/projects")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    menu = page.locator("details.account")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
