"""A project's way through the life cycle, as steps of which one is the present. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Milestone = tuple[
    str, frozenset[str], frozenset[str]
]  # its name, the states that stand there, the papers that bring it


@dataclass(frozen=True, slots=True)
class Step:
    """`mark` is done, now or ahead; `on` the day its last paper was taken."""

    name: str
    mark: str
    on: date | None


def _step(name: str, states: str, forms: str) -> Milestone:
    return name, frozenset(states.split()), frozenset(forms.split())


DEMAND = _step("需求征集", "none demand_submitted", "demand_collection")
POOL = _step("入项目库", "project_pool", "")
PLAN = _step("年度计划", "planned", "plan_record")
SUPPLEMENT = _step("增补申请", "none supplement", "plan_supplement project_proposal")
SUPPLEMENTED = _step("增补同意", "supplemented", "")
REVIEW = _step(
    "方案审查", "in_review design_review",
    "project_proposal feasibility_study preliminary_design construction_scheme merged_dossier",
)  # fmt: skip
APPROVED = _step("批复", "approved", "approval_reply")
BUYING = _step("采购", "requirement_review tendering", "procurement_review tender_start")
BUILDING = _step(
    "建设实施", "implementing adjustment_review", "contract_filing implementation_start om_start adjustment"
)
DONE = _step("建成初验", "completed preliminary_accepted", "preliminary_acceptance")
TRIAL = _step("试运行", "trial_operation trial_done", "trial_operation")
ACCEPTANCE = _step(
    "竣工验收", "acceptance_applied acceptance_organised acceptance_failed accepted",
    "acceptance_application acceptance_organisation acceptance_conclusion acceptance_filing",
)  # fmt: skip
RUNNING = _step("投入运行", "operating", "operation_start")
EVALUATED = _step("自评价", "self_evaluated closed", "self_evaluation")

LATER = (REVIEW, APPROVED, BUYING, BUILDING, DONE, TRIAL, ACCEPTANCE, RUNNING, EVALUATED)
USUAL: tuple[Milestone, ...] = (DEMAND, POOL, PLAN, *LATER)
OUTSIDE_PLAN: tuple[Milestone, ...] = (SUPPLEMENT, SUPPLEMENTED, *LATER)
MAINTENANCE: tuple[Milestone, ...] = (DEMAND, POOL, PLAN, BUILDING, ACCEPTANCE)


def way_of(state: str, facts: Mapping[str, Any], taken: Iterable[tuple[str, date]]) -> tuple[Step, ...]:
    """The steps of this project's kind of way; `taken` are the forms of its papers with the day each counts for."""
    milestones, papers = _milestones(state, facts), list(taken)
    here = next((at for at, (_, states, _forms) in enumerate(milestones) if state in states), 0)
    return tuple(
        Step(
            name,
            "done" if at < here else "now" if at == here else "ahead",
            max((on for form, on in papers if form in forms), default=None) if at <= here else None,
        )
        for at, (name, _states, forms) in enumerate(milestones)
    )


def _milestones(state: str, facts: Mapping[str, Any]) -> tuple[Milestone, ...]:
    if (
        facts.get("kind") == "operation_maintenance"
        or facts.get("service_substance") == "operation_maintenance"
    ):
        return MAINTENANCE
    outside = facts.get("supplement_granted") or state in ("supplement", "supplemented")
    return OUTSIDE_PLAN if outside else USUAL


# what the bureau is likely to record next; every other form is a click further
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "demand_submitted": ("expert_review", "similarity_finding"),
    "project_pool": ("plan_record", "similarity_finding"),
    "supplement": ("expert_review", "superior_review", "approval_reply"),
    "in_review": (
        "third_party_review",
        "expert_review",
        "security_opinion",
        "superior_review",
        "approval_reply",
    ),
    "design_review": ("third_party_review", "expert_review", "security_opinion", "approval_reply"),
    "adjustment_review": ("expert_review", "superior_review", "approval_reply"),
    "acceptance_applied": ("acceptance_organisation",),
    "acceptance_organised": ("acceptance_conclusion",),
    "accepted": ("evaluation_result",),
    "operating": ("evaluation_result",),
    "self_evaluated": ("evaluation_result",),
}

ABOUT_SEVERAL = ("plan_record", "unit_restriction")  # records about several projects, or about a unit
