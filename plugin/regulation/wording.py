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
    "user_unit": "项目使用单位",
    "supervisor": "监理单位",
    # things that can be missing
    "intensive_construction": "集约建设",
    "data_sharing": "数据共享",
    "interconnection": "系统互联",
    "business_collaboration": "业务协同",
    "platform_special_reason": "特殊情况说明",
    "professional_review": "专业评审意见",
    "plan_expert_review": "专家论证",
    "city_review": "市数据资源局审核",
    "province_review": "省数据资源局审核",
    "government_approval": "县政府批准",
    "government_decision": "县政府审定",
    "mandate_level": "上级明确要求或者特殊原因",
    "mandate_document": "要求文件",
    "urgency": "情况紧急的说明",
    "necessity": "确需增补的说明",
    "lead_unit": "牵头单位",
    "participants": "参建单位",
    "objectives": "建设目标",
    "main_content": "主体内容",
    "business_flow": "业务流",
    "data_flow": "数据流",
    "interfaces": "系统接口",
    "initial_catalogue": "初步数据资源目录",
    "mlps_assessment": "等保测评",
    "crypto_assessment": "密评",
    "software_test": "第三方测试",
    "mlps_assessment_fee": "等保测评费",
    "crypto_assessment_fee": "密评费",
    "software_test_fee": "第三方测试费",
    "construction_summary": "项目建设总结",
    "financial_report": "财务报告",
    "audit_report": "审计报告",
    "supervision_report": "监理报告",
    "risk_assessment_report": "安全风险评估报告",
    "crypto_assessment_report": "密码应用安全性评估报告",
    "accepted_on": "验收通过日期",
    "in_operation_on": "投入运行日期",
    "sanction_decided_by": "决定人",
    "sanction_reason": "处理理由",
    # where a thing stands
    "passed": "通过",
    "revised": "修改后通过",
    "failed": "不通过",
    "missing": "缺少",
    "pending": "办理中",
    "submitted": "已提交，尚未审核",
    "returned": "退回",
    "qualified": "合格",
    "unqualified": "不合格",
    "none": "未进行",
    "project_suspended": "暂停建设",
    "terminated": "终止",
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
