"""What belongs to one act of a project and not to the project: a new paper of the form starts it afresh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from plugin.regulation import stages as at
from plugin.regulation.particulars import Row
from plugin.regulation.project import Project

DEFAULTS: Mapping[str, Any] = {each.name: each.default for each in fields(Project)}
OWN: Mapping[str, tuple[str, ...]] = {  # facts of one act: a new paper of the form does not inherit the last one's
    at.CONTRACT: (
        "contract_no", "contract_signed_on", "contract_filed_on", "contract_bundles", "contract_ip_clause", "contractor",
    ),
    at.ADJUSTMENT: (
        "adjustment_amount_yuan", "adjustment_items", "new_total_yuan", "exceeds_estimate", "objectives_changed",
        "adjustment_circumstance", "adjustment_effective_on", "adjustment_submitted_on",
    ),
    at.PERFORMANCE: (
        "report_year", "performance_reported_on", "report_recipients", "user_opinion", "supervisor_opinion",
        "in_trial_operation", "trial_effect", "trial_problems",
    ),
    at.PRELIMINARY: (
        "preliminary_acceptance_held_on", "preliminary_acceptance_conclusion", "preliminary_acceptance_opinion",
    ),
    at.APPLICATION: ("acceptance_applied_on",),
    at.ACCEPTANCE_FILING: ("acceptance_filed_on",),
    at.EVALUATION: ("self_evaluated_on", "evaluation_recipients"),
    at.EXTENSION: ("extension_requested_on", "extension_requested_until_on", "extension_reason", "extension_decision"),
    at.EXPERTS: ("expert_review", "expert_review_of"),
    at.THIRD_PARTY: ("third_party_review", "third_party_review_of", "evaluation_sharing_opinion"),
    at.REPLY: ("reply_conclusion", "reply_sharing_opinion"),
    at.SUPERIOR: ("reviewed_level", "review_opinion"),
    at.VIDEO: ("video_step", "video_bureau_opinion", "video_psb_opinion"),
    at.ORDER: (
        "rectification_order", "rectification_issued_on", "rectification_deadline_on", "rectification_submitted_on",
        "rectification_verification", "sanction", "sanction_decided_by", "sanction_reason",
    ),
}  # fmt: skip


def afresh(project: Project, form: str) -> Project:
    """The project without what the last paper of this form stated of its own act."""
    own = OWN.get(form)
    return project.but(**{name: DEFAULTS[name] for name in own}) if own else project


def with_row(rows: tuple[Row, ...], row: Row, *key: str) -> tuple[Row, ...]:
    """The rows with this one, in the place of the one with the same key."""
    kept = tuple(each for each in rows if any(each.get(name) != row.get(name) for name in key))
    return (*kept, row)
