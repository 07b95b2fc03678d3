"""A number of the regulation is raised and taken back: seen before it is proposed, confirmed by a second person each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .people import Bureau
from .town import Town

MORNING = "2025-03-10T09:30"
NUMBER = "自评价最迟报送时间（通过验收并投入运行后）"
DUTY = "自评价报告报送"
RAISED = {"新的数值": "30", "自何日起": "2023-12-01", "依据文件": "某政办〔2025〕1号（演示）"}
PATIENCE_MS = 240_000  # two thousand projects are judged again, one at a time


def test_a_number_is_raised_and_taken_back(town: Town, come: Callable[[type], Any]) -> None:
    town.at(MORNING)
    first, second, reader = come(Bureau), come(Bureau), come(Bureau)
    for person, login in ((first, "wangwu"), (second, "lijiu"), (reader, "zhaoliu")):
        person.sign_in(login)
    first.follow("参数", "limits")
    first.look_on_phone("limits")
    first.follow(NUMBER, "limit")
    for label, value in (*RAISED.items(), ("理由", "市局统一要求（演示）。")):
        first.page.get_by_label(label).fill(value)
    previewed(first, "limit-preview")
    named = first.page.get_by_role("table", name="受影响的项目").get_by_role("row")
    named = named.filter(has_text="已投入运行").first
    project = str(named.get_by_role("link").get_attribute("href"))
    assert "24个月" in first.text()
    before = due_day(reader, project, "threshold-before")

    proposed(first, "proposal")
    assert not first.page.get_by_role("button", name="确认生效").count()
    confirm(second, "proposal-confirmed")
    after = until_changed(reader, project, before)
    reader.look("threshold-after")
    assert after > before

    first.follow("参数")
    first.follow("历次版本", "versions")
    first.page.get_by_role("link", name="恢复此版本").first.click()
    first.look("version")
    first.page.get_by_label("理由").fill("市局要求撤销（演示）。")
    previewed(first, "version-preview")
    proposed(first, "rollback")
    confirm(second, "rollback-confirmed")
    assert until_changed(reader, project, after) == before
    reader.follow("参数")
    row = reader.page.get_by_role("row").filter(has_text=NUMBER)
    assert "24个月" in row.inner_text()
    second.follow("修改提议", "proposals")
    assert second.page.get_by_role("row").filter(has_text="已生效").count() == 2


def previewed(person: Bureau, picture: str) -> None:
    """What it would do is listed, and nothing is written."""
    person.page.get_by_role("button", name="推算影响").click(timeout=PATIENCE_MS)
    person.page.get_by_role("button", name="提出", exact=True).wait_for(timeout=PATIENCE_MS)
    person.look(picture)
    assert "现在还没有写入任何内容" in person.text()


def proposed(person: Bureau, picture: str) -> None:
    person.page.get_by_role("button", name="提出", exact=True).click(timeout=PATIENCE_MS)
    person.page.get_by_role("heading", level=1, name="提议").wait_for(timeout=PATIENCE_MS)
    person.look(picture)


def confirm(person: Bureau, picture: str) -> None:
    """The second person finds what waits, reads it and confirms it."""
    person.follow("参数")
    person.page.get_by_role("link", name="修改提议").click()
    person.page.get_by_role("row").filter(has_text="待确认").get_by_role("link").first.click()
    person.page.get_by_role("button", name="确认生效").click(timeout=PATIENCE_MS)
    person.page.get_by_text("已经生效").first.wait_for(timeout=PATIENCE_MS)
    person.look(picture)


def due_day(person: Bureau, project: str, picture: str = "") -> str:
    """The last day of the duty, as the project's page says it."""
    person.come(person.town.console.removesuffix("/console") + project, picture)
    duties = person.page.get_by_role("region", name="应办事项").get_by_role("row").filter(has_text=DUTY)
    return str(duties.first.get_by_role("cell").first.inner_text()).splitlines()[0]


def until_changed(person: Bureau, project: str, before: str) -> str:
    for _each in range(PATIENCE_MS // 2000):
        if (found := due_day(person, project)) != before:
            return found
        person.page.wait_for_timeout(2000)
    raise AssertionError(f"{project} still says {before}")
