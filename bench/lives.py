"""Made projects with papers filled in from the first to any later step: for the walk over a whole ledger, in bench and tests.

`filled` fills in a form: what is stated, and for the rest whatever the form will take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from forms import schema
from forms.definition import load_forms
from forms.fields import Field, FormDefinition
from plugin.demo_round import steps
from plugin.ledger import Ledger, ProjectRow, Submission

STEPS = 30  # papers of a whole life
MATERIALS = (
    "construction_summary",
    "financial_report",
    "audit_report",
    "supervision_report",
    "risk_assessment_report",
    "crypto_assessment_report",
)
CATALOGUE = next(
    each.fields["data_catalogue"] for each in steps(date(2025, 3, 10)) if each.name == "corrected"
)
FILE = [{"name": "附件.pdf", "url": "https://platform.example.gov.cn/f/1"}]


@dataclass(frozen=True, slots=True)
class Life:
    """One project: what it costs, when it began, how far it has come; `months` between completion and its neighbours."""

    amount: int = 3_000_000
    began: date = date(2024, 9, 2)
    papers: int = STEPS
    kind: str = "new"
    unit: str = "县农业农村局"
    unit_type: str = "county_department"
    adjusted: int = 100_000
    months: int = 4

    def day(self, days: int) -> date:
        return self.began + timedelta(days)


def papers_of(life: Life) -> Iterator[tuple[str, date, dict[str, Any]]]:
    """Form, day and stated facts of each paper, in order."""
    yield from list(_papers(life))[: life.papers]


def _papers(life: Life) -> Iterator[tuple[str, date, dict[str, Any]]]:
    common = {
        "classified": False,
        "is_gov_intranet": False,
        "public_video_surveillance": False,
        "project_name": "基层治理平台",
        "construction_unit": life.unit,
        "construction_unit_type": life.unit_type,
        "responsible_person": "张三",
        "kind": life.kind,
        "scope": "fiscal",
        "parent_unit": None,
        "parent_endorsement": None,
    }
    year = life.began.year + 1
    money = {
        "total_investment_yuan": life.amount,
        "funding": [{"source": "县级财政", "amount_yuan": life.amount}],
    }
    completed = life.day(420)
    held = completed + timedelta(10)
    trial = held + timedelta(1)
    ended = trial + timedelta(40)
    applied = completed + timedelta(30 * life.months)
    study = {
        **money, "plan_item_id": f"{year}-01", "plan_year": year, "on_provincial_platform": True,
        "data_sharing_chapter": FILE, "no_sharing_claim": False, "secure_products_statement": FILE,
        "design_unit": "设计院", "needs_mlps": False, "needs_crypto_assessment": False, "needs_software_test": False,
        "collects_data_available_by_sharing": False, "new_civil_works": False, "high_energy": False,
        "cost_items": [{"item": "software", "amount_yuan": life.amount}], "data_catalogue": CATALOGUE,
    }  # fmt: skip
    above: list[tuple[str, date, dict[str, Any]]] = [
        ("superior_review", life.day(169 + number), {"reviewed_level": level, "review_opinion": "passed"})
        for number, level in enumerate(("city", "province"))
        if life.amount >= 5_000_000
    ]
    design: list[tuple[str, date, dict[str, Any]]] = [
        ("preliminary_design", life.day(173), dict(study)),
        ("expert_review", life.day(173), {"expert_review": "passed", "expert_review_of": "preliminary_design"}),
        ("third_party_review", life.day(174), {
            "third_party_review": "passed", "evaluation_sharing_opinion": FILE, "third_party_review_of": "preliminary_design",
        }),
        ("approval_reply", life.day(175), {
            "reply_sharing_opinion": FILE, "reply_conclusion": "approved", "approved_estimate_yuan": life.amount,
            "dossier": "preliminary_design",
        }),
    ] if life.amount >= 5_000_000 else []  # fmt: skip
    made: list[tuple[str, date, dict[str, Any]]] = [
        ("demand_collection", life.day(0), {
            "target_plan_year": year, "declared_by": "own_unit", "estimated_investment_yuan": life.amount,
            "funding": money["funding"],
        }),
        ("expert_review", life.day(36), {"expert_review": "passed"}),
        ("plan_record", life.day(126), {
            "plan_type": "annual_plan", "plan_expert_review": "passed", "plan_city_review": "passed",
            "plan_province_review": "passed", "plan_government_approved_on": life.day(126),
        }),
        (_dossier(life), life.day(160), dict(study)),
        *above,
        ("expert_review", life.day(167), {"expert_review": "revised", "expert_review_of": _dossier(life)}),
        ("third_party_review", life.day(168), {
            "third_party_review": "passed", "evaluation_sharing_opinion": FILE, "third_party_review_of": _dossier(life),
        }),
        ("approval_reply", life.day(172), {
            "reply_sharing_opinion": FILE, "xinchuang_opinion": "agree", "reply_conclusion": "approved",
            "approved_estimate_yuan": life.amount, "dossier": _dossier(life),
        }),
        *design,
        ("procurement_review", life.day(176), {
            "procurement_ip_clause": True, "procurement_review_result": "passed", "independent_tests": True,
        }),
        ("tender_start", life.day(178), {}),
        ("contract_filing", life.day(190), {
            "contract_no": "HT-1", "contract_signed_on": life.day(187), "contract_amount_yuan": life.amount,
            "contract_starts_on": life.day(187), "contract_ends_on": life.day(500), "contract_bundles": ["software"],
            "contract_ip_clause": True, "contractor": "软件公司", "implementing_body": "信息科", "supervision_firm": "监理公司",
        }),
        ("adjustment", life.day(230), {
            "adjustment_amount_yuan": life.adjusted, "exceeds_estimate": False, "objectives_changed": False,
            "adjustment_circumstance": "tech_optimisation", "adjustment_effective_on": life.day(230),
            "new_total_yuan": life.amount, "adjustment_items": [{"content": "软件", "delta_yuan": life.adjusted}],
        }),
        ("preliminary_acceptance", completed, {"completed_on": completed}),
        ("preliminary_acceptance", held, {
            "completed_on": completed, "preliminary_acceptance_held_on": held,
            "preliminary_acceptance_conclusion": "passed", "preliminary_acceptance_opinion": FILE,
        }),
        ("trial_operation", trial, {"trial_started_on": trial}),
        ("trial_operation", ended, {"trial_started_on": trial, "trial_ended_on": ended}),
        ("sharing_confirmation", ended + timedelta(5), {"data_sharing_confirmed": True}),
        ("acceptance_application", max(applied, ended + timedelta(6)), {
            "acceptance_materials": [{"material": each, "file": FILE} for each in MATERIALS],
            "archive_acceptance": "qualified",
        }),
    ]  # fmt: skip
    last = max(applied, ended + timedelta(6))
    made += [
        ("acceptance_organisation", last + timedelta(9), {}),
        ("acceptance_conclusion", last + timedelta(19), {
            "acceptance_conclusion": "passed", "archive_acceptance": "qualified", "accepted_on": last + timedelta(19),
        }),
        ("acceptance_filing", last + timedelta(24), {
            "om_responsible": "信息科", "in_operation_on": last + timedelta(24), "accepted_on": last + timedelta(19),
        }),
        ("performance_report", last + timedelta(30), {
            "report_year": year, "report_recipients": ["approval_authority", "finance_bureau"], "user_opinion": FILE,
            "supervisor_opinion": FILE, "in_trial_operation": False,
        }),
        ("self_evaluation", last + timedelta(420), {"evaluation_recipients": ["approval_authority", "finance_bureau"]}),
    ]  # fmt: skip
    for form, day, facts in made:
        yield form, day, {**common, **facts}


def _dossier(life: Life) -> str:
    return "construction_scheme" if life.amount < 500_000 else "feasibility_study"


def filled(form: FormDefinition, facts: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Values that the form takes as they are: those stated, and something for whatever else it asks."""
    values = {
        each.name: facts[each.fact]
        for each in form.fields
        if each.fact in facts and facts[each.fact] is not None
    }
    for _ in range(6):
        missing = [error for error in schema.load(form, values).errors if error.field]
        if not missing:
            break
        for error in missing:
            values[error.field] = _something(form.field(error.field), day)
    loaded = schema.load(form, values)
    assert not loaded.errors, (form.name, loaded.errors)
    return schema.dump(loaded.values)


def _something(field: Field, day: date) -> Any:
    made: dict[str, Any] = {
        "money": 1_000_000,
        "date": day,
        "int": field.min or 1,
        "decimal": Decimal(1),
        "bool": False,
        "enum": next(iter(field.options), "其他"),
        "multi": [next(iter(field.options), "其他")],
        "file": FILE,
        "table": [{each.name: _something(each, day) for each in field.columns}] * max(field.min_rows, 1),
    }
    words = ("按要求填写", "A" * 18, "0559-6510000")
    return made.get(field.type, next(each for each in words if re.fullmatch(field.pattern or ".*", each)))


@cache
def _forms() -> Mapping[str, FormDefinition]:
    return load_forms()


def store(ledger: Ledger, code: str, life: Life, until: date = date.max) -> None:
    """The heads of the project's papers up to that day and a bare row: fold it to get what follows."""
    at = datetime.combine(life.began, time(1), UTC)
    ledger.projects.put(ProjectRow(code, "", "", "none", {}, "", at))
    for number, (form, day, facts) in enumerate(papers_of(life)):
        if day > until:
            break
        values = filled(_forms()[form], facts, day)
        if _forms()[form].has("project_code"):
            values["project_code"] = code
        saved = datetime.combine(day, time(1, number), UTC)
        ledger.submissions.put_head(
            Submission(
                "standard", form, f"{code}-{number}", code, "taken", values, saved, {"id": "u1"}, f"h{number}"
            )
        )
