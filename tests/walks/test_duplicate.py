"""A possible duplicate is found, both texts are read beside each other, and the bureau decides (Articles 12, 23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .papers import head, paper
from .people import Bureau, Official
from .town import Town

MORNING = "2025-03-10T09:30"
DAY = "2025-03-10"
REASON = "两份申报的采集内容和数据来源相同，应当合并建设（演示）。"
FIRST, SECOND = "河湖岸线巡护平台", "河湖岸线巡护应用"
TEXTS = {
    "objectives": "实现岸线占用早发现早处置，巡护轨迹全程留痕，覆盖全县二十八个乡镇（演示）。",
    "main_content": "建设岸线档案、无人机巡护、占用线索流转三个模块，接入卫星影像比对结果（演示）。",
    "technical_route": "依托全省一体化数据基础平台，采用影像比对和移动端上报，与空间地理库同步（演示）。",
}
PEOPLE = {FIRST: ("u1", "县农业农村局（演示）"), SECOND: ("u2", "县水利局（演示）")}


def test_a_duplicate_is_found_and_decided(town: Town, come: Callable[[type], Any]) -> None:
    town.at(MORNING)
    codes = {name: declared(come(Official), name) for name in PEOPLE}

    bureau = come(Bureau)
    bureau.sign_in("wangwu")
    bureau.follow("疑似重复", "similar-list")
    assert "只作线索，不作认定" in bureau.text()
    bureau.look_on_phone("similar-list")
    bureau.open_project(codes[SECOND])
    hint = bureau.page.get_by_role("region", name="疑似拆分、重复建设")
    assert FIRST in hint.inner_text()
    bureau.look("similar-on-project")
    hint.get_by_role("row", name=FIRST).get_by_role("link", name="对照").click()
    bureau.look("similar-compared")
    marked = bureau.page.locator("mark").all_inner_texts()
    assert any("无人机巡护" in each for each in marked)
    assert bureau.page.locator("td").filter(has_text="县水利局").count() == 1
    bureau.look_on_phone("similar-compared")
    bureau.look_on_paper("similar-compared")

    decide(bureau)
    bureau.look("similar-decided")
    shown = bureau.page.get_by_role("region", name="疑似拆分、重复建设")
    assert codes[FIRST] in shown.inner_text()
    assert "属于重复建设" in shown.inner_text()
    assert REASON in shown.inner_text()
    assert not shown.get_by_role("link", name="对照").count()
    history = bureau.page.get_by_role("region", name="历程")
    assert history.get_by_role("row").filter(has_text="拆分、重复建设认定").filter(has_text="王五").count()
    bureau.open_project(codes[FIRST])
    bureau.look("similar-other-side")
    assert REASON in bureau.page.get_by_role("region", name="疑似拆分、重复建设").inner_text()


def declared(unit: Official, name: str) -> str:
    """The demand of that name, handed in by the official whose it is; the code it was given."""
    who, office = PEOPLE[name]
    unit.sit_down(who)
    words = {**paper("demand_collection", DAY), **TEXTS, "project_name": name, "construction_unit": office}
    unit.fill_in("demand_collection", {**head(None, "demand_collection"), **words}, f"demand-{who}")
    unit.received(picture=f"demand-{who}-taken")
    return unit.code()


def decide(bureau: Bureau) -> None:
    """The finding (G08), from the page that shows both."""
    bureau.follow("登记认定", "similar-decision")
    bureau.say_unclassified()
    bureau.answer(
        "similarity_finding",
        {"split_found": "否", "duplicate_found": "是", "reason": REASON, "decided_on": DAY},
    )
    bureau.save()
