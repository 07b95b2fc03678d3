"""The worked examples' neutral words and ours: tables only."""

from __future__ import annotations

TODAY = "2025-03-10"
EVENTS = {
    "demand.submit": "demand_collection", "plan.check_split": "split_check", "split.decide": "demand_collection",
    "plan.rank": "plan_ranking", "plan.submit_to_city": "plan_record", "plan.county_government_approve": "plan_record",
    "it_development_plan.submit_to_county_government": "plan_record", "supplement.submit": "plan_supplement",
    "project_proposal.submit": "project_proposal", "approval.route": "approval_route",
    "feasibility_study.submit": "feasibility_study", "preliminary_design.submit": "preliminary_design",
    "construction_scheme.submit": "construction_scheme", "scheme_review.submit": "construction_scheme",
    "merged_dossier.submit": "merged_dossier", "approval.decide": "approval_reply",
    "platform_exception.decide": "platform_exception", "superior_approval.submit": "superior_project_review",
    "catalogue.submit": "data_catalogue", "procurement_review.review": "procurement_review",
    "tender.start": "tender_start", "contract.signed": "contract_filing", "contract.file": "contract_filing",
    "implementation.start": "implementation_start", "om.start": "om_start", "om_plan.submit": "om_plan_fund",
    "om_fund.request": "om_plan_fund", "adjustment.submit": "adjustment", "performance_report.submit": "performance_report",
    "completion.record": "preliminary_acceptance", "preliminary_acceptance.submit": "preliminary_acceptance",
    "trial_operation.finish": "trial_operation", "final_acceptance.apply": "acceptance_application",
    "final_acceptance.organise": "acceptance_organisation", "final_acceptance.decide": "acceptance_conclusion",
    "final_acceptance.passed": "acceptance_conclusion", "extension.submit": "acceptance_extension",
    "operation.start": "operation_start", "self_evaluation.submit": "self_evaluation",
    "rectification.feedback": "rectification_feedback", "job.obligations": "implementation_start",
    "job.feasibility_check": "feasibility_check", "job.rectification_tick": "rectification_tick",
}  # fmt: skip
BODIES = {
    "data_bureau": "county_data_bureau", "municipal_data_bureau": "city_data_bureau",
    "provincial_data_bureau": "provincial_data_bureau", "approval_authority": "approval_department",
    "finance_bureau": "finance_department",
}  # fmt: skip
NEUTRAL_BODIES = {neutral: ours for ours, neutral in BODIES.items()}
FLAGS = {
    "PLAN-YEAR": "plan_year_mismatch", "PROPOSAL-NOT-REQUIRED": "proposal_not_required", "SPLIT-POSSIBLE": "possible_split",
    "TESTS-BUNDLED": "noncompliant:30", "CONTRACT-IP": "noncompliant:40", "CONTRACT-NO-APPROVAL": "noncompliant:15",
    "CONTRACT-NO-REVIEW": "noncompliant:29", "CANNOT-APPLY-IN-TIME": "cannot_meet_acceptance_application_due",
    "FEASIBILITY-NOT-REQUIRED": "feasibility_not_required",
}  # fmt: skip
MISSING = {
    "mlps_assessment": "mlps_assessment_fee", "crypto_assessment": "crypto_assessment_fee",
    "software_test": "software_test_fee", "trial_effect": "trial_operation_section", "trial_problems": "trial_operation_section", "user_opinion": "user_unit", "supervisor_opinion": "supervisor",
    **BODIES,
}  # fmt: skip
MANDATES = {"county_government": "county", "department_internal": "none", None: "none"}
REASONS = {
    "national_security": "national_security",
    "national_strategy": "national_strategy",
    "other": "other",
    None: "none",
}
CIRCUMSTANCES = {"superior_requirement", "tech_optimisation", "business_development_within_plan", "other"}
REVIEWS = {
    "passed": "passed",
    "done": "passed",
    "missing": None,
    "pending": "pending",
    "submitted": "submitted",
    None: None,
}
FUNDS = {"provincial_transfer": "superior_transfer", "county_budget": "county_budget"}
ACT_DAYS = ("submitted_on", "applied_on")
FACT_DAYS = (
    "completed_on", "held_on", "ended_on", "accepted_on", "in_operation_on", "started_on", "preliminary_accepted_on",
)  # fmt: skip
FILE = "材料.pdf"


CATALOGUE_ROW = {
    "class_lei": "departmental", "class_xiang": "农业", "class_mu": "农情", "class_ximu": "墒情", "resource_name": "墒情数据",
    "provider": "某局", "provider_code": "X", "summary": "某", "format": ["database"], "items": [{"name": "a", "type": "C"}],
    "share_type": "unconditional", "share_method": "platform", "is_open": False, "update_cycle": "daily",
    "must_share_universally": True,
}  # fmt: skip


LIMIT_NAMES = {
    "decentralised_procurement_yuan": "decentralised_procurement_limit",
    "high_value_yuan": "high_value_threshold",
}


FEES = {
    "needs_mlps": "mlps_assessment",
    "needs_crypto_assessment": "crypto_assessment",
    "needs_software_test": "software_test",
}
NOT_YET_BUILT = (
    "job.feasibility_check", "extension.submit", "final_acceptance.apply", "completion.record",
    "preliminary_acceptance.submit", "operation.start", "final_acceptance.passed", "job.obligations",
)  # fmt: skip
