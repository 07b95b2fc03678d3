"""A law book with every number set, and for each stage a project that breaks nothing: cases state only what differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from plugin.holidays import calendar_for
from plugin.packs import load_pack
from plugin.regulation.calendar import Roll
from plugin.regulation.law import LawBook, Policy
from plugin.regulation.limits import Limit, LimitValue
from plugin.regulation.pack import Effect, Pack
from plugin.regulation.project import Project
from plugin.regulation.readings import Readings

FIRST_DAY = date(2023, 12, 1)
TODAY = date(2025, 3, 10)
NUMBERS: dict[str, tuple[str, Any]] = {
    "high_value_yuan": ("25", Decimal(5_000_000)),
    "decentralised_procurement_yuan": ("20(1)", Decimal(500_000)),
    "adjustment_percent": ("38", Decimal(15)),
    "preliminary_acceptance_months": ("39(1)", 3),
    "trial_operation_months": ("39(1)", 1),
    "acceptance_application_months": ("39(1)", 6),
    "self_evaluation_opens_months": ("43", 12),
    "self_evaluation_closes_months": ("43", 24),
    "performance_report_month_day": ("35", "12-31"),
}
CATALOGUE_ROW = {
    "resource_name": "办件信息",
    "share_type": "unconditional",
    "must_share_universally": True,
    "share_scope": [],
    "open_to": [],
}
MATERIALS = (
    "construction_summary",
    "financial_report",
    "audit_report",
    "supervision_report",
    "risk_assessment_report",
    "crypto_assessment_report",
)
COMMON: dict[str, Any] = {
    "classified": False,
    "is_gov_intranet": False,
    "public_video_surveillance": False,
    "project_code": "SX-2025-0001",
    "project_name": "基层治理平台",
    "construction_unit": "县农业农村局",
    "construction_unit_type": "county_department",
    "responsible_person": "张三",
    "kind": "new",
    "plan_year": 2025,
    "plan_item_id": "2025-01",
    "in_annual_plan": True,
    "total_investment_yuan": Decimal(3_000_000),
    "estimated_investment_yuan": Decimal(3_000_000),
    "on_provincial_platform": True,
    "data_sharing_chapter": "chapter.pdf",
    "sharing_note": "使用人口库",
    "data_catalogue": (CATALOGUE_ROW,),
    "no_sharing_claim": False,
    "needs_mlps": False,
    "needs_crypto_assessment": False,
    "needs_software_test": False,
    "collects_data_available_by_sharing": False,
    "secure_products_statement": "products.pdf",
    "design_unit": "设计院",
    "new_civil_works": False,
    "high_energy": False,
    "superior_unified_available": False,
    "expert_review": "passed",
    "third_party_review": "passed",
    "evaluation_sharing_opinion": "同意",
    "reply_sharing_opinion": "同意",
    "xinchuang_opinion": "agree",
    "approved": True,
    "feasibility_approved": True,
    "procurement_review_result": "passed",
    "procurement_ip_clause": True,
    "independent_tests": True,
    "implementing_body": "信息科",
    "supervision_firm": "监理公司",
    "data_sharing_confirmed": True,
    "sharing_ok": True,
    "crypto_ok": True,
    "security_ok": True,
    "in_lifecycle_system": True,
    "archive_acceptance": "qualified",
    "acceptance_materials": tuple({"material": each, "file": f"{each}.pdf"} for each in MATERIALS),
    "om_responsible": "信息科",
    "report_recipients": ("approval_authority", "finance_bureau"),
    "evaluation_recipients": ("approval_authority", "finance_bureau"),
    "user_opinion": "user.pdf",
    "supervisor_opinion": "supervisor.pdf",
}
ACCEPTED: dict[str, Any] = {
    "completed_on": date(2024, 12, 31),
    "preliminary_acceptance_held_on": date(2025, 1, 10),
    "preliminary_acceptance_conclusion": "passed",
    "preliminary_acceptance_opinion": "opinion.pdf",
    "trial_started_on": date(2025, 1, 13),
}
SUPPLEMENT: dict[str, Any] = {
    "in_annual_plan": False,
    "plan_item_id": None,
    "mandate_level": "county",
    "mandate_document": "mandate.pdf",
    "urgency": "汛期前必须建成",
    "necessity": "确需增补",
}
STAGES: dict[str, dict[str, Any]] = {
    "demand_collection": {"target_plan_year": 2026, "declared_by": "own_unit"},
    "plan_supplement": SUPPLEMENT,
    "project_proposal": {**SUPPLEMENT, "total_investment_yuan": Decimal(6_000_000)},
    "preliminary_design": {"total_investment_yuan": Decimal(6_000_000)},
    "construction_scheme": {"total_investment_yuan": Decimal(300_000)},
    "merged_dossier": {
        "supplement_granted": True,
        "in_annual_plan": False,
        "depth_confirmed_by_bureau": True,
    },
    "contract_filing": {
        "contract_no": "HT-1",
        "contract_signed_on": date(2025, 3, 3),
        "contract_filed_on": date(2025, 3, 10),
        "contract_bundles": ("software",),
        "contract_ip_clause": True,
        "contractor": "软件公司",
    },
    "adjustment": {
        "approved_estimate_yuan": Decimal(3_000_000),
        "adjustment_amount_yuan": Decimal(300_000),
        "exceeds_estimate": False,
        "objectives_changed": False,
        "adjustment_circumstance": "tech_optimisation",
        "adjustment_effective_on": date(2025, 3, 10),
        "adjustment_submitted_on": date(2025, 3, 10),
    },
    "performance_report": {"report_year": 2025, "performance_reported_on": date(2025, 3, 10)},
    "preliminary_acceptance": ACCEPTED,
    "trial_operation": {**ACCEPTED, "trial_ended_on": date(2025, 2, 20)},
    "acceptance_application": {**ACCEPTED, "acceptance_applied_on": TODAY},
    "acceptance_extension": {**ACCEPTED, "extension_reason": "设备晚到", "extension_requested_on": TODAY},
    "acceptance_filing": {**ACCEPTED, "accepted_on": date(2025, 3, 3), "acceptance_filed_on": TODAY},
    "self_evaluation": {
        "accepted_on": date(2024, 1, 10),
        "in_operation_on": date(2024, 1, 10),
        "self_evaluated_on": TODAY,
    },
    "feasibility_check": ACCEPTED,
    "rectification_feedback": {
        "rectification_issued_on": date(2025, 3, 1),
        "rectification_deadline_on": date(2025, 4, 1),
        "rectification_submitted_on": TODAY,
        "rectification_verification": "compliant",
    },
    "rectification_tick": {
        "rectification_issued_on": date(2025, 3, 1),
        "rectification_deadline_on": date(2025, 4, 1),
    },
    "superior_project_review": {"bureau_preview": "agree", "sent_on": TODAY},
    "platform_exception": {
        "platform_special_reason": "旧设备协议",
        "professional_review": "review.pdf",
        "platform_exception_granted": True,
    },
    "plan_record": {"plan_type": "annual_plan", "plan_expert_review": "passed"},
    "om_plan_fund": {"kind": "operation_maintenance"},
    "om_start": {"kind": "operation_maintenance"},
}


@cache
def pack() -> Pack:
    return load_pack("shexian-2023-63").pack


def limits(**values: Any) -> dict[str, Limit]:
    """Every limit from the first day on; `None` leaves one without a value."""
    made = {}
    known = NUMBERS | dict.fromkeys(values.keys() - NUMBERS.keys(), ("39(3)", None))
    for name, (article, number) in known.items():
        value = values.get(name, number)
        entries = () if value is None else (LimitValue(FIRST_DAY, value, "歙政办秘〔2023〕63号"),)
        made[name] = Limit(name, "限额标准", article, "count", entries)
    return made


def book(
    readings: dict[str, Any] | None = None,
    policy: dict[str, Any] | None = None,
    effects: dict[str, str] | None = None,
    **numbers: Any,
) -> LawBook:
    """The law with some readings, habits, effects or numbers of a bureau's own."""
    read = Readings(**(readings or {}))
    changed = {
        code: replace(pack().rules[code], effect=Effect(effect)) for code, effect in (effects or {}).items()
    }
    law = replace(pack(), rules={**pack().rules, **changed})
    return LawBook(
        "test",
        law,
        limits(**numbers),
        read,
        calendar_for(range(2023, 2028), None, Roll(read.holiday_roll)),
        Policy(**(policy or {})),
    )


def project(stage: str, **given: Any) -> Project:
    """The compliant project of a stage with these facts instead; `None` takes a fact away."""
    facts = {**COMMON, **STAGES.get(stage, {}), **given}
    return replace(Project(), **{name: plain(money_or(name, value)) for name, value in facts.items()})


def plain(value: Any) -> Any:
    """Facts as a case file writes them: lists are tuples, numbers of money are Decimals in rows too."""
    if isinstance(value, list):
        return tuple(plain(each) for each in value)
    if isinstance(value, dict):
        return {name: money_or(name, each) for name, each in value.items()}
    return value


def money_or(name: str, value: Any) -> Any:
    return Decimal(str(value)) if name.endswith("_yuan") and value is not None else value
