"""Where a project and its supervision stand (docs/lifecycle.md)."""

from __future__ import annotations

from collections.abc import Mapping
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


NAMES: Mapping[str, str] = {  # as officials read them, on every page and in every list
    "none": "尚未申报",
    "demand_submitted": "需求已申报",
    "project_pool": "已入项目库",
    "planned": "已列入年度计划",
    "supplement": "增补申请审核中",
    "supplemented": "增补已同意",
    "in_review": "方案审查中",
    "design_review": "初步设计审查中",
    "approved": "已批复",
    "requirement_review": "采购需求审核中",
    "tendering": "招标采购中",
    "implementing": "建设实施中",
    "adjustment_review": "调整审批中",
    "completed": "建设完成",
    "preliminary_accepted": "初验通过",
    "trial_operation": "试运行中",
    "trial_done": "试运行结束",
    "acceptance_applied": "已申请竣工验收",
    "acceptance_organised": "竣工验收组织中",
    "acceptance_failed": "竣工验收未通过",
    "accepted": "竣工验收通过",
    "operating": "已投入运行",
    "self_evaluated": "已自评价",
    "closed": "已结束",
}
