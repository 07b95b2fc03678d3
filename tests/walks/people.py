"""People at their screens. Every page they come to is held against axe, must not scroll sideways and asks no other host."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forms.definition import Field, load_forms
from plugin.demo import PASSWORD

from .town import Town

AXE = (Path(__file__).parent.parent / "console" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)} ${each.nodes[0].failureSummary.slice(0, 200)}`))"""
DESK, PHONE, PAPER = (1366, 768), (390, 844), (794, 1123)
PICTURES = iter(range(1, 1000))


@dataclass
class Guard:
    """What went wrong on any page: a request to elsewhere, a script error, a barrier."""

    town: Town
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        page.route("**/*", self._only_here)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._said(page, said))
        page.on("response", self._answered)

    def _only_here(self, route: Any) -> None:
        wanted, town = urlsplit(route.request.url).netloc, self.town
        if wanted in {urlsplit(each).netloc for each in (town.platform, town.lifecycle, town.console)}:
            route.continue_()
        else:
            self.wrong.append(f"request to {route.request.url}")
            route.abort()

    def _said(self, page: Any, said: Any) -> None:
        if said.type == "error" and "status of 422" not in said.text:
            self.wrong.append(f"{urlsplit(page.url).path}: {said.text} {said.location}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.status != 422:
            self.wrong.append(f"{response.status} {response.url}")


@dataclass(slots=True)
class Person:
    """Somebody with a browser of their own."""

    page: Any
    guard: Guard
    town: Town

    def come(self, address: str, picture: str = "") -> None:
        """Go to a page and look at it."""
        self.page.goto(address)
        self.look(picture)

    def follow(self, name: str, picture: str = "", within: Any = None) -> None:
        """Click the link or button of that name, as one reads it, and look at what comes."""
        place = within or self.page
        place.get_by_role("link", name=name, exact=True).first.click()
        self.look(picture)

    def look(self, picture: str = "") -> None:
        """The page as it is: no barrier, no sideways scrolling; a numbered picture where one is wanted."""
        page = self.page
        page.get_by_role("heading", level=1).wait_for()
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        self.guard.wrong += [f"{page.url} {each}" for each in page.evaluate(VIOLATIONS)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.guard.wrong.append(f"{page.url} scrolls sideways at {page.viewport_size}")
        self.picture(picture)

    def picture(self, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder and name:
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder) / f"{next(PICTURES):02d}-{name}.png"
            self.page.screenshot(path=str(path), full_page=True)

    def look_on_phone(self, picture: str) -> None:
        """The same page on a telephone."""
        self._resized(PHONE)
        self.look(f"{picture}-390")
        self._resized(DESK)

    def look_on_paper(self, picture: str) -> None:
        """The same page as it would be printed, at the width of A4."""
        self._resized(PAPER)
        self.page.emulate_media(media="print")
        self.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        self.picture(f"{picture}-print")
        assert not self.page.get_by_role("navigation", name="主导航").is_visible()
        self.page.emulate_media(media="screen")
        self.page.reload()  # what was opened for printing is closed again
        self._resized(DESK)

    def _resized(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def say_unclassified(self) -> None:
        self.page.get_by_role("radiogroup", name="是否涉密").get_by_label("否", exact=True).check()

    def answer(self, form: str, values: Mapping[str, Any]) -> None:
        """Answer the questions by their inputs, on the page of that form."""
        for name, value in values.items():
            question = load_forms()[form].field(name)
            if question.type == "table":
                _fill_rows(self.page, question, value)
            else:
                _fill(self.page, question, name, value)

    def text(self) -> str:
        return str(self.page.inner_text("main"))


class Official(Person):
    """An official of a construction unit, at the low-code platform."""

    def sit_down(self, who: str, picture: str = "") -> None:
        """Say at the head of the page who is at the desk."""
        self.page.goto(self.town.platform)
        with self.page.expect_navigation():
            self.page.get_by_label("当前人员").select_option(who)
        self.look(picture)

    def fill_in(self, form: str, values: Mapping[str, Any], picture: str = "") -> None:
        """Open the form from the first page, answer it, send it."""
        self.page.goto(self.town.platform)
        self.page.locator(f'a[href="/forms/{form}"]').click()
        self.say_unclassified()
        self.answer(form, values)
        self.look(picture)
        self.page.get_by_role("button", name="提交").click()

    def received(self, picture: str = "", after: int = 0) -> None:
        """The receipt stands there, and an answer later than the one of number `after` has been written back."""
        self.page.locator("h1:has-text('回执'), [role=alert]:visible").first.wait_for()
        assert self.page.get_by_role("heading", name="回执").count(), self.text()
        self.page.get_by_role("heading", name="受理结果：已受理").wait_for(timeout=60_000)
        for _each in range(600):
            if self.revision() > after:
                break
            self.page.wait_for_timeout(100)
        assert self.revision() > after
        self.look(picture)

    def revision(self) -> int:
        """Which answer it is that stands in the record."""
        said = self.page.get_by_role("region", name="受理结果").locator(".help").inner_text()
        return int(said.split("第")[-1].rstrip("版"))

    def code(self) -> str:
        """The project's code on the receipt."""
        return str(self.page.get_by_role("region", name="受理结果").locator("b.number").inner_text())


class Bureau(Person):
    """Somebody of the bureau, at the console."""

    def sign_in(self, login: str, picture: str = "") -> None:
        self.page.goto(f"{self.town.console}/")
        if self.page.get_by_label("用户名").count():
            self.look(picture)
            self.page.get_by_label("用户名").fill(login)
            self.page.get_by_label("密码").fill(PASSWORD)
            self.page.get_by_role("button", name="登录").click()
        self.page.get_by_role("heading", level=1, name="总览").wait_for()

    def open_project(self, code: str, picture: str = "") -> None:
        """By the list and its search, as one finds a project."""
        self.page.get_by_role("navigation", name="主导航").get_by_role(
            "link", name="项目", exact=True
        ).click()
        self.page.get_by_label("搜索").fill(code)
        self.page.get_by_label("搜索").press("Enter")
        self.page.get_by_text("共 1 个项目").wait_for()
        self.look(picture)
        self.page.get_by_role("link", name=code, exact=True).click()
        self.page.get_by_role("list", name="办理进度").wait_for()

    def record(self, form: str, values: Mapping[str, Any], picture: str = "") -> None:
        """From the project's page: choose what to record, fill it in, save it."""
        self.choose(form)
        self.answer(form, values)
        self.look(picture)
        self.save()

    def choose(self, form: str) -> None:
        acts = self.page.get_by_role("region", name="数据资源局办理")
        link = acts.get_by_role("link", name=load_forms()[form].title, exact=True)
        if not link.is_visible():
            acts.get_by_text("登记其他事项").click()
        link.click()
        self.say_unclassified()

    def save(self) -> None:
        self.page.get_by_role("button", name="登记", exact=True).click()
        self.page.locator("[role=status]:has-text('已登记'), [role=alert]").first.wait_for()
        assert not self.page.get_by_role("alert").count(), self.text()


def _fill_rows(page: Any, table: Field, rows: list[Mapping[str, Any]]) -> None:
    box = page.locator(f'[id="f-{table.name}"]')
    while box.locator("[data-row]").count() < len(rows):
        box.locator("[data-add]").click()
    for number, row in enumerate(rows):
        for name, value in row.items():
            _fill(page, table.column(name), f"{table.name}.{number}.{name}", value)


def _fill(page: Any, question: Field, name: str, value: Any) -> None:
    control = page.locator(f'[id="f-{name}"]')
    if question.type == "bool":
        control.get_by_label(value, exact=True).check()
    elif question.type == "multi" and question.options:
        for each in value.split("、"):
            control.get_by_label(each, exact=True).check()
    elif question.type == "enum":
        control.select_option(label=question.options.get(value, value))
    elif question.type == "file" and control.get_attribute("type") == "file":
        control.set_input_files({"name": value, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    elif question.type == "table":
        control.fill("\n".join("|".join(row.values()) for row in value))
    else:
        control.fill(str(value))
