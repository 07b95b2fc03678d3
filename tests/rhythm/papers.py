"""Papers as officials fill them in, complete, with only the days that matter given."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

MATERIALS = (
    "项目建设总结",
    "财务报告",
    "审计报告",
    "监理报告",
    "安全风险评估报告（含等保测评报告）",
    "密码应用安全性评估报告",
)
BOTH = "项目审批部门、财政部门"
HAN = [chr(code) for code in range(0x4E00, 0x5200)]


def words(rng: Random, length: int = 24) -> str:
    """Invented text that resembles no other."""
    return "".join(rng.choices(HAN, k=length))


def head(name: str, unit: str) -> dict[str, Any]:
    return {
        "classified": "否", "project_name": name, "construction_unit": unit, "construction_unit_type": "县直部门",
        "construction_unit_code": "11340000000000000A", "responsible_person": "张三", "contact": "李四",
        "phone": "0559-0000000", "kind": "新建", "system_category": "业务信息系统", "public_video_surveillance": "否",
        "is_gov_intranet": "否", "plan_year": 2025, "plan_item_id": "12",
    }  # fmt: skip


def demand(rng: Random, saved_year: int) -> dict[str, Any]:
    return {
        "target_plan_year": saved_year + 1, "demand_summary": words(rng), "basis": words(rng), "necessity": words(rng),
        "objectives": words(rng), "main_content": words(rng), "technical_route": words(rng),
        "estimated_investment_yuan": "280万元", "funding": [{"source": "县级财政", "amount_yuan": "280万元"}],
        "declared_by": "本单位", "construction_starts_on": f"{saved_year}-06-01", "construction_ends_on": f"{saved_year}-12-20",
    }  # fmt: skip


def contract(number: str, signed: date, ends: date) -> dict[str, Any]:
    return {
        "contract_no": number, "contract_name": "软件开发合同", "supplier": "某公司", "supplier_code": "91340000000000000B",
        "signed_on": str(signed), "amount_yuan": "2,360,000元", "period_starts_on": str(signed), "period_ends_on": str(ends),
        "bundles": "软件开发", "ip_clause": "是", "source_code_delivery": "是", "implementing_body": "信息中心",
        "supervision_firm": "某监理公司", "contract_file": "合同.pdf",
    }  # fmt: skip


def completion(done: date, held: date | None = None) -> dict[str, Any]:
    passed = {"held_on": str(held), "conclusion": "通过", "opinion_file": "初验意见.pdf"} if held else {}
    return {"completed_on": str(done), **passed}


def trial(started: date, ended: date | None = None) -> dict[str, Any]:
    over = {"trial_ended_on": str(ended), "effect": "良好", "report": "试运行报告.pdf"} if ended else {}
    return {"trial_started_on": str(started), **over}


def sharing(on: date) -> dict[str, Any]:
    return {
        "catalogue_ref": "ML-1", "mounted_resources": 3, "must_share_items": 3, "shared_items": 3, "confirmed": "是",
        "confirmed_by": "王五", "confirmed_on": str(on),
    }  # fmt: skip


def application(on: date) -> dict[str, Any]:
    rows = [{"material": name, "file": "资料.pdf"} for name in MATERIALS]
    return {"applied_on": str(on), "materials": rows, "archive_acceptance": "合格"}


def extension(until: date, decision: str | None = None, granted: date | None = None) -> dict[str, Any]:
    decided = (
        {"decision": decision, **({"granted_until_on": str(granted)} if granted else {})} if decision else {}
    )
    return {"reason": "设备晚到", "requested_until_on": str(until), "plan": "加快安装", **decided}


def conclusion(on: date) -> dict[str, Any]:
    return {"conclusion": "通过", "accepted_on": str(on), "archive_acceptance": "合格", "opinion": "同意通过"}


def filing(accepted: date) -> dict[str, Any]:
    return {"accepted_on": str(accepted), "acceptance_report": "验收报告.pdf", "om_responsible": "信息科"}


def operation(on: date) -> dict[str, Any]:
    return {"in_operation_on": str(on), "om_responsible": "信息科"}


def evaluation() -> dict[str, Any]:
    rows = [{"indicator": "上报时间", "target": "两小时", "result": "一小时"}]
    return {"report": "自评价.pdf", "targets_vs_results": rows, "recipients": BOTH}


def performance(year: int) -> dict[str, Any]:
    return {
        "report_year": year, "progress_percent": 60, "progress_text": "按计划", "investment_plan_yuan": "100万元",
        "investment_done_yuan": "90万元", "target_results": [{"indicator": "进度", "target": "60%", "result": "60%"}],
        "user_opinion": "意见.pdf", "supervisor_opinion": "意见.pdf", "in_trial_operation": "否", "recipients": BOTH,
        "report": "绩效.pdf",
    }  # fmt: skip


def order(number: str, issued: date, deadline: date) -> dict[str, Any]:
    return {
        "order_no": number, "ordering_body": "数据资源局", "issued_on": str(issued), "ground": "未按批复建设",
        "deadline_on": str(deadline),
    }  # fmt: skip


def feedback(
    number: str, done: date, verification: str | None = None, sanction: str | None = None
) -> dict[str, Any]:
    decided = (
        {"sanction": sanction, "decided_by": "王五", "decision_reason": "整改不到位"} if sanction else {}
    )
    rows = [{"issue": "问题", "measure": "措施", "done": "是"}]
    checked = {"verification": verification} if verification else {}
    return {
        "order": number,
        "measures": rows,
        "done_on": str(done),
        "evidence": "材料.pdf",
        **checked,
        **decided,
    }


def plan(year: int, approved: date, filed: date | None = None) -> dict[str, Any]:
    above = {"filed_city_on": str(filed), "filed_province_on": str(filed)} if filed else {}
    return {
        "classified": "否", "plan_type": "annual_plan", "year": year, "step": "filing" if filed else "government_approval",
        "expert_review": "passed", "city_review": "passed", "province_review": "passed",
        "government_approved_on": str(approved), "items": [], **above,
    }  # fmt: skip
