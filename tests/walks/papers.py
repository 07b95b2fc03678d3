"""What the people of the walk write: the papers of the demo's invented projects, for one project of 680万元."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from forms.definition import load_forms
from plugin.demo_projects import filled
from plugin.strict_yaml import read_yaml

NAME = "古树名木智慧管护平台"
UNIT = "县农业农村局（演示）"
SOURCE = read_yaml(files("plugin").joinpath("demo_projects.yaml").read_text(encoding="utf-8"))
PROJECT = {
    "name": NAME,
    "unit": UNIT,
    "unit_code": "11340000000000000A",
    "person": "张三",
    "contact": "李四",
    "kind": "新建",
    "domain": "生态环境",
    "thing": "古树名木",
    "plan_year": "2026",
    "year": "2025",
    "item": "18",
    "yuan": "6800000.00",
    "fee": "68000.00",
    "software": "6528000.00",
    "dossier": "可行性研究报告",
    "summary": "为全县古树名木建立数字档案，巡查养护有据可查，险情及时处置（演示）。",
    "necessity": "古树名木现由各乡镇纸质登记，共613株，养护记录分散，险情平均三天才能报到县里（演示）。",
    "objectives": "建立一树一档，巡查养护闭环，险情一小时内到达责任人，覆盖全县28个乡镇（演示）。",
    "content": "建设树木档案、巡查养护、险情预警三个模块，布设倾斜监测设备180套，面向护林员提供移动端（演示）。",
    "route": "依托全省一体化数据基础平台开发，采用物联感知和电子地图，与空间地理库每日同步（演示）。",
}


def paper(form: str, on: str, nth: int = 0, **changes: Any) -> Mapping[str, Any]:
    """The answers of the `nth` such paper in the demo's source, written on the day `on`."""
    given = [each for each in (*SOURCE["papers"], SOURCE["yearly"]) if each["form"] == form][nth]
    shared = SOURCE["shared"].get(given.get("like"), {})
    asked, day = load_forms()[form], date.fromisoformat(on)
    answers = filled({**shared, **given.get("fields", {}), **changes}, {**PROJECT, "on": day, "before": day})
    return {name: value for name, value in answers.items() if asked.has(name)}


def head(code: str | None, form: str) -> Mapping[str, Any]:
    """The common block of a unit's form, as far as it asks it. `code`: of the project, None before it has one."""
    block = filled(SOURCE["common"], {**PROJECT, "code": code or ""})
    asked = load_forms()[form]
    return {
        name: value for name, value in block.items() if value and name != "classified" and asked.has(name)
    }
