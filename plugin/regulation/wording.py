"""How values stand in a Chinese sentence, and the Chinese names of bodies, papers and things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

TEN_THOUSAND = 10_000

NAMES: Mapping[str, str] = {
    # papers
    "demand_collection": "需求征集",
    "plan_supplement": "年度计划外增补申请",
    "project_proposal": "项目建议书",
    "feasibility_study": "可行性研究报告",
    "preliminary_design": "初步设计方案和投资概算",
    "construction_scheme": "建设方案",
    "merged_dossier": "合并编报材料",
    # bodies
    "data_bureau": "数据资源局",
    "municipal_data_bureau": "市数据资源局",
    "provincial_data_bureau": "省数据资源局",
    "county_government": "县政府",
    "expert_panel": "评审专家组",
    "approval_authority": "项目审批部门",
    "finance_bureau": "财政部门",
    "construction_unit": "项目建设单位",
    "public_security": "公安部门",
    "cryptography_office": "机要（密码管理）部门",
}


class ChineseFormatter(Formatter):
    """Dates as 2024-03-01, money as 500万元 or 1,234.50元, lists with 、, names by their Chinese name."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return text(value) if not format_spec else super().format_field(value, format_spec)


def text(value: Any) -> str:
    """One value as it stands in a sentence."""
    if value is None:
        return "（未填写）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return NAMES.get(value, value)
    if isinstance(value, Iterable):
        return "、".join(text(each) for each in value)
    return str(value)


def money(value: Decimal) -> str:
    """500万元 and 52.35万元 from ten thousand on where nothing is rounded away, else 1,234,567.89元."""
    if value >= TEN_THOUSAND and value % 100 == 0:
        return f"{(value / TEN_THOUSAND).normalize():,f}万元"
    return f"{value:,.2f}元"


def say(template: str, values: Mapping[str, Any]) -> str:
    """The sentence with its values. A template that names a value the breach does not carry is a defect: KeyError."""
    return ChineseFormatter().vformat(template, (), values)
