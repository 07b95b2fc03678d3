"""What an official sees: refused with the article, mended, saved, told. In headless Chromium, nothing leaves loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from e2e.papers import paper
from e2e.site import PASSWORD, Session, Site, sign_in, wait_until
from forms.definition import load_forms
from forms.fields import Field

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
NOTICES = ".ant-message-notice, .ant-notification-notice, .ant-alert, .ant-modal-confirm"
STUDY = "feasibility_study"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Zhang San's desk, signed in. Whatever does not go to loopback is stopped and fails the story."""
    context = browser.new_context(viewport={"width": 1366, "height": 1000}, locale="zh-CN")
    outside: list[str] = []

    def guard(route: Any) -> None:
        address = route.request.url
        if address.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            outside.append(address)
            route.abort()

    context.route("**/*", guard)
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.goto(f"{site.url}/signin")
    opened.locator("input").nth(0).fill("zhangsan")
    opened.locator("input[type=password]").fill(PASSWORD)
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/admin**")
    yield opened
    assert outside == []
    context.close()


def shot(page: Page, name: str) -> None:
    """Into the folder that SCREENSHOTS names, if it does."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"nocobase-{name}.png"))


class Form:
    """A form's page: one item a field."""

    def __init__(self, page: Page, site: Site, name: str) -> None:
        self.page, self.definition = page, load_forms()[name]
        page.goto(f"{site.url}/admin/zx_{name}-page")
        self.item(self.definition.field("classified")).wait_for()

    def item(self, field: Field) -> Any:
        return self.page.locator(".ant-form-item", has=self.page.locator(f"label[for='{field.name}']")).first

    def answer(self, name: str, value: Any) -> None:
        field = self.definition.field(name)
        item = self.item(field)
        match field.type:
            case "bool":
                item.locator(".ant-radio-wrapper", has_text=value).first.click()
            case "table":
                for number, row in enumerate(value):
                    item.locator("button", has_text="添加").last.click()
                    for column in (each for each in field.columns if each.name in row):
                        self._put(
                            column, row[column.name], self._cell(item, f"{name}.{column.name},{number}")
                        )
            case "file":
                for each in value:
                    file = {"name": each, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
                    with self.page.expect_response(lambda reply: "attachments:create" in reply.url):
                        item.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
            case _:
                self._put(field, value, item)

    @staticmethod
    def _cell(item: Any, name: str) -> Any:
        """The cell of a table's row by the name of its input."""
        return item.locator("td", has=item.page.locator(f"[id='{name}']"))

    def _put(self, field: Field, value: Any, where: Any) -> None:
        if field.type == "enum":
            where.locator(".ant-select-selector").first.click()
            title = field.options[value]
            self.page.locator(
                f".ant-select-dropdown:visible .ant-select-item-option[title='{title}']"
            ).first.click()
        elif field.type == "date":
            where.locator("input").first.fill(str(value))
            self.page.keyboard.press("Tab")  # Enter would submit the form
        else:
            where.locator("textarea, input").first.fill(str(value))

    def submit(self) -> None:
        self.page.locator("button", has_text="提交").or_(
            self.page.locator("button", has_text="提 交")
        ).first.click()

    def told(self) -> str:
        """What pops up."""
        self.page.locator(NOTICES).first.wait_for()
        return "\n".join(self.page.locator(NOTICES).all_inner_texts())


def fill(form: Form, values: dict[str, Any]) -> None:
    """As a person would: 是否涉密 first, everything else appears then."""
    form.answer("classified", values.pop("classified"))
    for name, value in values.items():
        form.answer(name, value)


def names(file: str) -> str:
    """A file of a paper by its name: the browser uploads it."""
    return file


def founded(site: Site, person: Session, step: str, name: str) -> str:
    """A project in the ledger, as the demand before it left it: its code."""
    _form, values = paper(step, lambda file: person.upload(file, b"%PDF-1.4"), datetime.now(UTC).date())
    record = person.save("demand_collection", {**values, "project_name": name}).json()["data"]["id"]
    return str(site.judged("demand_collection", record)["project_code"])


def study(step: str, code: str, name: str, **changes: Any) -> dict[str, Any]:
    """A feasibility study without the catalogue of its data."""
    _form, values = paper(step, names, datetime.now(UTC).date())  # type: ignore[arg-type]  # names, not files
    answers = {
        each: value for each, value in values.items() if each not in ("data_catalogue", "project_code")
    }
    return {**answers, "project_code": code, "project_name": name, **changes}


def test_an_official_is_refused_with_the_article_mends_it_saves_and_is_told(site: Site, page: Page) -> None:
    zhangsan = sign_in(site.url, "zhangsan")
    code = founded(site, zhangsan, "demand", "农情一张图")
    form = Form(page, site, STUDY)
    fill(form, study("corrected", code, "农情一张图"))
    form.submit()
    told = form.told()
    assert "数据资源目录" in told and "第二十四条" in told, told
    shot(page, "refused")
    listed = site.root.call("GET", f"zx_{STUDY}:list", filter={"project_name": "农情一张图"}).json()["data"]
    assert listed == [], "a refused form was saved"
    form.answer("no_data_statement", "本项目只建设硬件设施，不产生、不使用数据资源（演示）。")
    page.locator(".ant-notification-notice-close").first.click()
    form.submit()
    saved = only(site, page, "农情一张图")
    page.locator(".ant-notification-notice").first.wait_for()
    shot(page, "told")
    assert "可行性研究报告" in "".join(page.locator(".ant-notification-notice").all_inner_texts())
    assert site.judged(STUDY, saved["id"])["zx_status"] in ("passed", "warned")
    page.get_by_text("已填报", exact=True).first.click()
    page.locator("td", has_text="农情一张图").first.wait_for()
    shot(page, "record")


def test_five_million_and_more_goes_upward(site: Site, page: Page) -> None:
    zhangsan = sign_in(site.url, "zhangsan")
    code = founded(site, zhangsan, "large_demand", "智慧水利综合平台")
    values = study("routed", code, "智慧水利综合平台", no_data_statement="本项目不产生数据资源（演示）。")
    form = Form(page, site, STUDY)
    fill(form, values)
    form.submit()
    record = site.judged(STUDY, only(site, page, "智慧水利综合平台")["id"])
    assert record["zx_verdict"]["decision"] == "route"
    assert record["zx_verdict"]["route"]["superior_review"] == [
        "municipal_data_bureau",
        "provincial_data_bureau",
    ]


def test_a_classified_project_ends_at_the_first_question(site: Site, page: Page) -> None:
    form = Form(page, site, STUDY)
    form.answer("classified", "是")
    page.wait_for_timeout(1000)
    assert (
        form.item(form.definition.field("project_name")).count() == 0
        or not form.item(form.definition.field("project_name")).is_visible()
    )
    form.submit()
    assert "不得在本系统填报" in form.told()
    shot(page, "classified")


def only(site: Site, page: Page, name: str) -> dict[str, Any]:
    """The one record of that name, once it is saved."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        errors = page.locator(".ant-notification-notice-error").all_inner_texts()
        assert not errors, errors
        found[:] = site.root.call("GET", f"zx_{STUDY}:list", filter={"project_name": name}).json()["data"]
        return bool(found)

    wait_until(there, 30, f"{name} was not saved")
    assert len(found) == 1
    return found[0]
