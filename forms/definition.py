"""The forms of the regulation in their order, read once from the definition files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from forms.fields import TYPES, Condition, Field, FormDefinition, FormError
from forms.reading import Reader

__all__ = ["FORM_ORDER", "TYPES", "Condition", "Field", "FormDefinition", "FormError", "load_forms"]

FORM_ORDER: tuple[str, ...] = (
    # papers of the project construction unit, F01 to F25
    "demand_collection",
    "plan_supplement",
    "project_proposal",
    "feasibility_study",
    "preliminary_design",
    "construction_scheme",
    "merged_dossier",
    "procurement_review",
    "contract_filing",
    "adjustment",
    "performance_report",
    "preliminary_acceptance",
    "trial_operation",
    "sharing_confirmation",
    "acceptance_application",
    "acceptance_extension",
    "acceptance_filing",
    "self_evaluation",
    "rectification_feedback",
    "data_catalogue",
    "platform_exception",
    "no_sharing_exception",
    "video_double_gate",
    "superior_project_review",
    "om_plan_fund",
    # records of the data bureau, G01 to G12
    "expert_review",
    "approval_reply",
    "superior_review",
    "acceptance_conclusion",
    "rectification_order",
    "third_party_review",
    "plan_record",
    "similarity_finding",
    "unit_restriction",
    "security_opinion",
    "evaluation_result",
    "existing_project",
    # events that no paper of the regulation announces, E01 to E05
    "tender_start",
    "implementation_start",
    "om_start",
    "operation_start",
    "acceptance_organisation",
)


@cache
def load_forms() -> Mapping[str, FormDefinition]:
    """Every form by its machine name, in the order of the regulation. FormError names all mistakes at once."""
    folder = files("forms").joinpath("definitions")
    texts = {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    return MappingProxyType(Reader(texts, FORM_ORDER).forms())
