"""Chinese words for the codes that stand in verdicts, results and deliveries: the platform's own wording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.definition import load_forms

STATUS: Mapping[str, str] = {
    "passed": "已受理",
    "warned": "已受理，有需要注意的事项",
    "returned": "已退回",
    "awaiting_override": "待核准",
    "unattached": "待数据资源局关联项目",
}
DECISION: Mapping[str, str] = {
    "allow": "符合要求",
    "warn": "可以提交，有需要注意的事项",
    "route": "可以提交，须报上级审核或者转下一环节",
    "block": "不符合要求",
}
BODIES: Mapping[str, str] = {
    "data_bureau": "数据资源局",
    "municipal_data_bureau": "市数据资源局",
    "provincial_data_bureau": "省数据资源局",
    "county_government": "县政府",
    "expert_panel": "评审专家组",
    "approval_authority": "项目审批部门",
    "finance_bureau": "财政部门",
    "audit_bureau": "审计部门",
    "archives_bureau": "档案主管部门",
    "construction_unit": "项目建设单位",
    "public_security": "公安部门",
    "cryptography_office": "机要（密码管理）部门",
}
DUTIES: Mapping[str, str] = {
    "plan_filing": "年度计划备案",
    "contract_filing": "合同备案",
    "adjustment_filing": "项目调整备案",
    "performance_report": "年度绩效评价报告",
    "preliminary_acceptance": "初步验收",
    "trial_operation_end": "试运行",
    "acceptance_application": "竣工验收申请",
    "acceptance_extension": "延期验收申请",
    "acceptance_filing": "验收报告备案",
    "self_evaluation": "自评价报告",
    "rectification": "整改反馈",
}
DELIVERY: Mapping[str, str] = {
    "queued": "等待送达",
    "delivered": "已送达",
    "refused": "接收方未接收（涉密）",
    "given_up": "送达失败，不再重试",
}
KINDS: Mapping[str, str] = {"record.created": "新建", "record.updated": "修改", "record.deleted": "删除"}


def bodies(names: Iterable[str]) -> str:
    return "、".join(BODIES.get(name, name) for name in names)


def papers(names: Iterable[str]) -> str:
    forms = load_forms()
    return "、".join(forms[name].title if name in forms else name for name in names)


def outcome(verdict: Mapping[str, Any]) -> str:
    """The decision in words; a block that may be let through says so."""
    if verdict.get("overridable"):
        return "待核准：原则上不符合要求，须由数据资源局核准"
    return DECISION.get(str(verdict.get("decision")), "")


def tone(verdict: Mapping[str, Any]) -> str:
    """Which colour goes with it."""
    if verdict.get("overridable"):
        return "awaiting"
    return {"allow": "good", "route": "good", "warn": "awaiting"}.get(str(verdict.get("decision")), "bad")


def status_tone(status: str) -> str:
    return {"passed": "good", "returned": "bad"}.get(status, "awaiting")
