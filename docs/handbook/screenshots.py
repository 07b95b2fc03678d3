"""The pictures of the handbook, from invented projects on a clock that stands still: the same pictures every time.

    python docs/handbook/screenshots.py [docs/images]

Needs Chromium on this machine. A new page is a line in SHOTS.
"""

from __future__ import annotations

import shutil
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher
from playwright.sync_api import Page, sync_playwright
from xlsxwriter import Workbook

from plugin.app import build, create_app, timetable
from plugin.clock import SHANGHAI
from plugin.demo import ACCOUNTS, PASSWORD, SECRETS, demo_manifest
from plugin.demo_bulk import fill
from plugin.ledger import Ledger
from plugin.lifecycle import digest_of
from plugin.serving import in_background, web_server

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=SHANGHAI)  # a Monday
PROJECTS = 200
SIZE = {"width": 1280, "height": 760}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@dataclass(frozen=True)
class Shot:
    """A picture: its page, and what to do there first."""

    name: str
    path: str
    walk: Callable[[Page], object] = lambda _page: None


def first_project(page: Page) -> None:
    page.locator("#rows tbody a").first.click()
    page.get_by_role("heading", name="应办事项").wait_for()


def refused_reply(page: Page) -> None:
    """The bureau's reply on a project that is not ready for one: every reason with its article."""
    first_project(page)
    page.get_by_text("登记其他事项").click()
    page.locator("details .acts").get_by_role("link", name="批复", exact=True).click()
    page.get_by_label("否", exact=True).first.check()
    page.locator("button[name=do]").first.click()
    page.get_by_text("没有登记").wait_for()


def first_held(page: Page) -> None:
    page.locator("#rows tbody a").first.click()
    page.get_by_role("heading", name="核准放行").wait_for()


def raised_limit(page: Page) -> None:
    """What raising the value for review above would change, before anything is proposed."""
    page.locator("#f-value").fill("800万元")
    page.locator("#f-since").fill(f"{NOW:%Y-%m-%d}")
    page.locator("#f-source").fill("歙政办〔2026〕1号")
    page.locator("#f-reason").fill("依据县政府文件调整")
    page.get_by_role("button", name="推算影响").click()
    page.get_by_role("button", name="提出").wait_for()


def checked_file(page: Page) -> None:
    """Two running projects, one of them late."""
    page.get_by_label("填好的文件").set_input_files(
        {"name": "项目台账.xlsx", "mimeType": "application/octet-stream", "buffer": running_projects()}
    )
    page.get_by_role("button", name="核对").click()
    page.get_by_role("heading", name="核对通过").wait_for()


def running_projects() -> bytes:
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("项目")
        for place, (heading, *cells) in enumerate(RUNNING):
            sheet.write_column(0, place, (heading, *cells))
    return out.getvalue()


RUNNING = (
    ("是否涉密", "否", "否"),
    ("项目名称", "基层治理平台", "水库水雨情监测系统"),
    ("项目建设单位", "县农业农村局", "县水利局"),
    ("建设单位类型", "县直部门", "县直部门"),
    ("项目责任人", "张三", "李四"),
    ("项目类型", "新建", "新建"),
    ("是否电子政务内网项目", "否", "否"),
    ("计划年度", 2025, 2025),
    ("提醒接收人", "zhangsan", "lisi"),
    ("投资额（元）", "356.8万元", "128万元"),
    ("所处阶段", "实施中", "已建成待初验"),
    ("批复日期", "2025-02-10", "2025-01-20"),
    ("采购需求审核结果", "通过", "通过"),
    ("合同编号", "HT-2025-008", "HT-2025-003"),
    ("合同签订日期", "2025-03-03", "2025-02-20"),
    ("合同备案日期", "2025-03-10", "2025-02-26"),
    ("开始实施日期", "2025-03-10", "2025-03-01"),
    ("计划完成日期", "2026-06-30", "2025-10-31"),
    ("建设完成日期", None, "2025-11-20"),
    ("2025年度绩效评价报送日期", "2025-12-20", "2025-12-22"),
)
SHOTS = (
    Shot("console-overview", "/console/overview"),
    Shot("console-projects", "/console/projects"),
    Shot("console-project", "/console/projects?state=implementing", first_project),
    Shot("console-refusal", "/console/projects?state=implementing", refused_reply),
    Shot("console-override", "/console/submissions?standing=awaiting_override", first_held),
    Shot("console-similar", "/console/similar"),
    Shot("console-people", "/console/people"),
    Shot("console-operations", "/console/operations"),
    Shot("console-limits", "/console/limits"),
    Shot("console-import", "/console/import", checked_file),
    Shot("console-preview", "/console/limits/high_value_yuan", raised_limit),
)


def main(folder: Path) -> None:
    with TemporaryDirectory() as data, served(Path(data)) as address, sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = browser.new_context(viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        page.goto(f"{address}/console/sign-in")
        sign_in(page)
        for shot in SHOTS:
            page.goto(address + shot.path)
            shot.walk(page)
            take(page, folder / f"{shot.name}.png")
        browser.close()


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The console over invented projects; nothing leaves this process."""
    environ = {
        name: "whsec_" + b64encode(bytes([number]) * 32).decode() for number, name in enumerate(SECRETS)
    }
    with closing(Ledger.open(data / "ledger.db")) as ledger:
        manifest = demo_manifest(environ)
        ledger.manifests.apply(
            manifest.version, manifest.text, "王五", NOW - timedelta(days=60), manifest.beside
        )
        file = data / "manifest.yaml"
        file.write_text(manifest.text, encoding="utf-8")
        services = build(ledger, environ, lambda: NOW, file)
        fill(services.intake, PROJECTS, NOW, acknowledged)
        accounts(ledger)
        for job in timetable(services, Random(1)).jobs:  # noqa: S311 - no secret
            ledger.overview.ticked(job.name, job.label, job.every_s, NOW)
        ledger.backup(data / "backup.db", NOW - timedelta(hours=8))
        server = web_server(create_app(services), "127.0.0.1", 0)
        with in_background(server) as address:
            yield address


def acknowledged(filings: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The receipts that a life-cycle system would have given."""
    return [
        {
            "receipt_no": f"LC-{number:06}",
            "key": key,
            "received_at": NOW.isoformat(),
            "digest": digest_of(each),
        }
        for number, (key, each) in enumerate(filings, 1)
    ]


def accounts(ledger: Ledger) -> None:
    hashed = PasswordHasher().hash(PASSWORD)
    for login, name, role, unit in ACCOUNTS:
        ledger.people.add(
            login, name, role, "", "zhouba", NOW - timedelta(days=60), unit=unit, platform_id=f"demo-{login}"
        )
        if person := ledger.people.by_login(login):
            ledger.people.set_password(person, hashed, False, login, NOW - timedelta(days=59))


def sign_in(page: Page) -> None:
    page.get_by_label("用户名").fill("wangwu")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="总览", level=1).wait_for()


def take(page: Page, target: Path) -> None:
    page.mouse.move(0, 0)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=target, animations="disabled", caret="hide")
    print(f"{target.name}: {target.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "docs/images"))
