"""The stages at which rules are asked: forms (forms/definitions), events, and questions that are never submitted."""

from __future__ import annotations

DEMAND = "demand_collection"
SUPPLEMENT = "plan_supplement"
PROPOSAL = "project_proposal"
FEASIBILITY = "feasibility_study"
DESIGN = "preliminary_design"
SCHEME = "construction_scheme"
MERGED = "merged_dossier"
PROCUREMENT = "procurement_review"
CONTRACT = "contract_filing"
ADJUSTMENT = "adjustment"
PERFORMANCE = "performance_report"
PRELIMINARY = "preliminary_acceptance"
TRIAL = "trial_operation"
SHARING = "sharing_confirmation"
APPLICATION = "acceptance_application"
EXTENSION = "acceptance_extension"
ACCEPTANCE_FILING = "acceptance_filing"
EVALUATION = "self_evaluation"
RECTIFICATION = "rectification_feedback"
CATALOGUE = "data_catalogue"
PLATFORM_EXCEPTION = "platform_exception"
NO_SHARING = "no_sharing_exception"
VIDEO = "video_double_gate"
PREVIEW = "superior_project_review"
OM_FUND = "om_plan_fund"

EXPERTS = "expert_review"
REPLY = "approval_reply"
SUPERIOR = "superior_review"
CONCLUSION = "acceptance_conclusion"
ORDER = "rectification_order"
THIRD_PARTY = "third_party_review"
PLAN = "plan_record"
EXISTING = "existing_project"

TENDER = "tender_start"
START = "implementation_start"
OM_START = "om_start"
OPERATION = "operation_start"
ORGANISATION = "acceptance_organisation"

ROUTE = "approval_route"
SPLIT = "split_check"
RANKING = "plan_ranking"
TICK = "rectification_tick"
FEASIBLE = "feasibility_check"

STUDIES = (FEASIBILITY, DESIGN, MERGED)  # dossiers that the regulation asks more of
DOSSIERS = (*STUDIES, SCHEME)
PAPERS = (PROPOSAL, *DOSSIERS)
DECLARATIONS = (DEMAND, SUPPLEMENT, *PAPERS)
EVERY_UNIT_PAPER = (
    *DECLARATIONS, PROCUREMENT, CONTRACT, ADJUSTMENT, PERFORMANCE, PRELIMINARY, TRIAL, SHARING, APPLICATION,
    EXTENSION, ACCEPTANCE_FILING, EVALUATION, RECTIFICATION, CATALOGUE, PLATFORM_EXCEPTION, NO_SHARING, VIDEO,
    PREVIEW, OM_FUND,
)  # fmt: skip
EVERYTHING = frozenset(
    (
        *EVERY_UNIT_PAPER, EXPERTS, REPLY, SUPERIOR, CONCLUSION, ORDER, THIRD_PARTY, PLAN, "similarity_finding",
        "unit_restriction", "security_opinion", "evaluation_result", EXISTING, TENDER, START, OM_START, OPERATION,
        ORGANISATION, ROUTE, SPLIT, RANKING, TICK, FEASIBLE,
    )
)  # fmt: skip
