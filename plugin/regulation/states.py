"""Where a project and its supervision stand (docs/lifecycle.md)."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The project's way, part A."""

    NONE = "none"
    DEMAND_SUBMITTED = "demand_submitted"
    PROJECT_POOL = "project_pool"
    PLANNED = "planned"
    SUPPLEMENT = "supplement"
    SUPPLEMENTED = "supplemented"
    IN_REVIEW = "in_review"
    DESIGN_REVIEW = "design_review"
    APPROVED = "approved"
    REQUIREMENT_REVIEW = "requirement_review"
    TENDERING = "tendering"
    IMPLEMENTING = "implementing"
    ADJUSTMENT_REVIEW = "adjustment_review"
    COMPLETED = "completed"
    PRELIMINARY_ACCEPTED = "preliminary_accepted"
    TRIAL_OPERATION = "trial_operation"
    TRIAL_DONE = "trial_done"
    ACCEPTANCE_APPLIED = "acceptance_applied"
    ACCEPTANCE_ORGANISED = "acceptance_organised"
    ACCEPTANCE_FAILED = "acceptance_failed"
    ACCEPTED = "accepted"
    OPERATING = "operating"
    SELF_EVALUATED = "self_evaluated"
    CLOSED = "closed"


class Standing(StrEnum):
    """Supervision of the project, part B (Article 49)."""

    NORMAL = "normal"
    RECTIFYING = "rectifying"
    OVERDUE = "overdue"
    CRITICISED = "criticised"
    FUNDS_OR_PLAN_SUSPENDED = "funds_or_plan_suspended"
    PROJECT_SUSPENDED = "project_suspended"
    TERMINATED = "terminated"
