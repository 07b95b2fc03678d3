"""The facts of a project up to its approval: who and what, planning, money, dossier, reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from plugin.regulation.states import Standing, State

Row = Mapping[str, Any]
File = Any


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is stated before construction begins (see `Project`)."""

    # where it stands
    state: State = State.NONE
    standing: Standing = Standing.NORMAL
    # who and what (common block)
    classified: bool | None = None
    project_code: str | None = None
    project_name: str | None = None
    lifecycle_no: str | None = None
    construction_unit: str | None = None
    construction_unit_type: str | None = None
    construction_unit_code: str | None = None
    parent_unit: str | None = None
    parent_endorsement: File = None
    declared_by: str | None = None  # own_unit, parent
    on_behalf_of: tuple[str, ...] = ()
    responsible_person: str | None = None
    contact: str | None = None
    kind: str | None = None
    service_substance: str | None = None
    scope: str | None = None
    system_category: str | None = None
    public_video_surveillance: bool | None = None
    is_gov_intranet: bool | None = None
    # planning (Articles 11-17)
    target_plan_year: int | None = None
    plan_year: int | None = None
    plan_item_id: str | None = None
    supplement_id: str | None = None
    supplement_granted: bool | None = None
    supplement_investment_yuan: Decimal | None = None  # the amount that was reviewed as a supplement
    in_annual_plan: bool | None = None
    mandate_level: str | None = None  # central, province, city, county, none
    mandate_document: File = None
    special_reason: str | None = None  # national_strategy, national_security, other, none
    urgency: str | None = None
    necessity: str | None = None
    consultation: str | None = None  # passed, or what it came to instead
    government_decision: str | None = None
    superior_unified_available: bool | None = None  # the bureau's finding
    split_found: bool | None = None  # the bureau's finding
    declarations: tuple[
        Row, ...
    ] = ()  # {unit, plan_year, amount_yuan, similar_group, objectives, main_content, …}
    resembling: tuple[
        Row, ...
    ] = ()  # {project_code, project_name, unit, score, passages}: a hint, never a decision
    candidates: tuple[Row, ...] = ()  # {id, evaluation}: what is ranked for the next plan
    evaluation: str | None = None
    plan_type: str | None = None  # annual_plan, development_plan
    plan_step: str | None = None  # the step now taken: city_review, province_review, government_approval
    plan_expert_review: str | None = None
    plan_city_review: str | None = None
    plan_province_review: str | None = None
    plan_government_approved_on: date | None = None
    plan_filed_city_on: date | None = None
    plan_filed_province_on: date | None = None
    # money
    estimated_investment_yuan: Decimal | None = None
    total_investment_yuan: Decimal | None = None
    cost_items: tuple[Row, ...] = ()
    funding: tuple[Row, ...] = ()
    co_built_levels: tuple[str, ...] = ()
    county_portion_yuan: Decimal | None = None
    approved_estimate_yuan: Decimal | None = None
    # the dossier (Articles 2, 10, 16, 18-27, 30, 33, 44)
    dossier: str | None = None  # the paper now under review
    construction_starts_on: date | None = None
    construction_ends_on: date | None = None
    lead_unit: str | None = None
    participating_units: tuple[str, ...] = ()
    joint_scheme: tuple[str, ...] | None = None
    on_provincial_platform: bool | None = None
    platform_exception: str | None = None  # a reference to F21
    platform_exception_granted: bool | None = None  # the bureau's decision on it
    platform_special_reason: str | None = None
    professional_review: File = None
    data_sharing_chapter: File = None
    sharing_note: str | None = None
    data_catalogue: tuple[Row, ...] = ()
    no_data_statement: File = None
    no_data_confirmed: bool | None = None
    no_sharing_claim: bool | None = None
    no_sharing_exception: str | None = None  # a reference to F22
    no_sharing_approved: bool | None = None  # by the county government
    needs_mlps: bool | None = None
    mlps_level: str | None = None
    needs_crypto_assessment: bool | None = None
    needs_software_test: bool | None = None
    collects_data_available_by_sharing: bool | None = None
    crypto_plan: File = None
    crypto_plan_reason: str | None = None
    secure_products_statement: File = None
    design_unit: str | None = None
    new_civil_works: bool | None = None
    high_energy: bool | None = None
    other_permits: File = None
    depth_confirmed_by_bureau: bool | None = None
    om_has_development: bool | None = None
    # reviews and the reply (bureau records)
    expert_review: str | None = None  # passed, revised (passed once revised), failed
    expert_review_of: str | None = None  # the dossier reviewed, or "plan"
    third_party_review: str | None = None
    third_party_review_of: str | None = None
    evaluation_sharing_opinion: File = None
    reply_sharing_opinion: File = None
    city_review: str | None = None
    province_review: str | None = None
    reviewed_level: str | None = None  # of one record of a superior review: city, province
    review_opinion: str | None = None
    scheme_reviewed: bool | None = None  # Article 2, second paragraph
    review_points: tuple[str, ...] = ()
    xinchuang_opinion: str | None = None
    video_opinions: tuple[Row, ...] = ()  # {step, data_bureau, public_security}: agree or disagree
    video_step: str | None = None
    video_bureau_opinion: str | None = None
    video_psb_opinion: str | None = None
    reply_conclusion: str | None = None  # approved, returned
    feasibility_approved: bool | None = None
    approved: bool | None = None
    approved_on: date | None = None
    approving_level: str | None = None  # Article 26
    bureau_preview: str | None = None
    sent_on: date | None = None
