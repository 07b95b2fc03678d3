"""The register of doubtful places: how this body reads them. Each default is the recommended reading.

`I-nn` numbers are those of docs/readings.zh.md. A bureau changes one under `readings:` in manifest.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.regulation.calendar import Roll


@dataclass(frozen=True, slots=True)
class Readings:
    """One attribute a switch; the register says what the other value means."""

    procurement_boundary: str = "upper"  # I-02: exactly the limit counts as 以上 (upper) or 以下 (lower)
    procurement_category: str = "services"  # I-03: which catalogue category an IT project falls under
    investment_base: str = "total_incl_fees"  # I-04: or total_excl_fees
    co_built_base: str = "county_portion"  # I-05: or total
    supplement_om_exempt: bool = False  # I-06
    second_review_after_supplement: bool = False  # I-07
    supplement_urgency_for_mandate: bool = True  # I-08: urgency is asked of every supplement
    superior_review_exclude_kinds: tuple[str, ...] = ("operation_maintenance",)  # Article 25 names it
    expert_review_below_high_value: bool = True  # I-09, I-14
    start_events: tuple[str, ...] = ("tender_start", "contract_filing", "implementation_start")  # I-10
    plan_year_strict: bool = False  # I-11: another year's plan blocks instead of warning
    split_score: float = 0.5  # I-12
    town_unit_types: tuple[str, ...] = ("town",)  # I-13
    town_om_blocked: bool = False  # I-13
    catalogue_for_every_approval: bool = True  # I-15
    sharing_chapter_in_scheme: str = "warn"  # I-16: or block, off
    procurement_review_for_all_methods: bool = False  # I-17: non-tender purchases are blocked too
    adjustment_inclusive: bool = True  # D4: 不超过
    adjustment_basis: str = "cumulative_gross"  # I-21: or single_gross, single_net
    holiday_roll: Roll = Roll.NONWORKING  # I-47
    trial_operation_unit: str = "month"  # I-24: or days30
    half_year_unit: str = "months"  # I-25: or days183
    performance_first_year: bool = True  # I-29: a first, partial year is reported too
    early_self_evaluation: bool = False  # I-30: earlier than the window is taken
    evaluation_of_earlier_projects: bool = False  # I-39: those accepted before the regulation as well
    material_gap_blocks: bool = True  # I-31
    restriction_scope: str = "unit"  # I-32: or system
    lifecycle_record_blocks: bool = True  # I-34
    video_gate_steps: tuple[str, ...] = (  # I-35
        "demand_collection",
        "approval_reply",
        "procurement_review",
        "adjustment",
        "acceptance_conclusion",
    )
    joint_review_on_growth: bool = True  # I-49
    by_reference_rules: bool = False  # I-53: every rule applies to projects of Article 2(2)
    contract_breach_blocks: bool = False  # I-48: a signed contract that breaches Articles 30 or 40 is refused
