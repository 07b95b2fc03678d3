"""What is known of one project: the facts that rules ask about. `None` = not stated, never "no".

A fact has the name of the form field that states it (forms/definitions, `fact:`). docs/facts.schema.json is generated
from this class. Money is Decimal yuan with two places, dates are Shanghai days, a file is whatever the platform hands
over for it (rules only ask whether one is there).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from plugin.regulation.particulars import File, Particulars, Row
from plugin.regulation.states import State

NEW, UPGRADE, OPERATION_MAINTENANCE, PURCHASE_OF_SERVICE = (
    "new",
    "upgrade",
    "operation_maintenance",
    "purchase_of_service",
)
NEW_SYSTEM = "new_system"
FISCAL = "fiscal"


@dataclass(frozen=True, slots=True)
class Project(Particulars):
    """The facts of one project after the events considered."""

    # procurement and contract (Articles 28-31, 40)
    procurement_method: str | None = None
    procurement_review_result: str | None = None  # passed, or where it stands
    procurement_ip_clause: bool | None = None
    independent_tests: bool | None = None
    contract_no: str | None = None
    contract_signed_on: date | None = None
    contract_filed_on: date | None = None
    contract_starts_on: date | None = None
    contract_ends_on: date | None = None
    contract_amount_yuan: Decimal | None = None
    budget_yuan: Decimal | None = None
    contractor: str | None = None
    contract_bundles: tuple[str, ...] = ()
    contract_ip_clause: bool | None = None
    contracts: tuple[Row, ...] = ()  # {contract_no, signed_on, filed_on}
    implementing_body: str | None = None
    supervision_firm: str | None = None
    no_supervision_reason: str | None = None
    # construction (Articles 35, 38)
    construction_started_on: date | None = None
    adjustment_amount_yuan: Decimal | None = None
    adjustment_items: tuple[Row, ...] = ()  # {content, delta_yuan}
    prior_self_adjusted_yuan: Decimal | None = None
    new_total_yuan: Decimal | None = None
    exceeds_estimate: bool | None = None
    objectives_changed: bool | None = None
    adjustment_circumstance: str | None = None
    adjustment_effective_on: date | None = None
    adjustment_submitted_on: date | None = None
    adjustments: tuple[Row, ...] = ()  # self-adjustments {effective_on, submitted_on, amount_yuan}
    report_year: int | None = None
    performance_reported_on: date | None = None
    performance_reports: tuple[Row, ...] = ()  # {year, reported_on}
    report_recipients: tuple[str, ...] = ()
    user_opinion: File = None
    supervisor_opinion: File = None
    in_trial_operation: bool | None = None
    trial_effect: str | None = None
    trial_problems: str | None = None
    # acceptance (Articles 39-44)
    completed_on: date | None = None
    preliminary_acceptance_held_on: date | None = None
    preliminary_acceptance_conclusion: str | None = None
    preliminary_acceptance_opinion: File = None
    trial_started_on: date | None = None
    trial_ended_on: date | None = None
    acceptance_applied_on: date | None = None
    acceptance_materials: tuple[Row, ...] = ()  # {material, file, reason}
    data_sharing_confirmed: bool | None = None
    data_sharing_confirmed_on: date | None = None
    archive_acceptance: str | None = None  # qualified, unqualified, none
    original_due_on: date | None = None
    extension_reason: str | None = None
    extension_requested_on: date | None = None
    extension_requested_until_on: date | None = None
    extension_decision: str | None = None
    extension_granted_until_on: date | None = None
    acceptance_conclusion: str | None = None  # passed, failed
    accepted_on: date | None = None
    in_operation_on: date | None = None
    acceptance_filed_on: date | None = None
    om_responsible: str | None = None
    self_evaluated_on: date | None = None
    evaluation_recipients: tuple[str, ...] = ()
    unit_restrictions: tuple[str, ...] = ()  # sharing, security: the bureau's standing findings on the unit
    # operation and maintenance (Articles 44, 47)
    collects_public_data: bool | None = None
    om_sharing_tasks: tuple[str, ...] = ()
    in_lifecycle_system: bool | None = None
    sharing_ok: bool | None = None
    duplicates_collection: bool | None = None
    crypto_ok: bool | None = None
    security_ok: bool | None = None
    # supervision (Article 49)
    rectification_order: str | None = None
    rectification_issued_on: date | None = None
    rectification_deadline_on: date | None = None
    rectification_submitted_on: date | None = None
    rectification_verification: str | None = None  # compliant, still_noncompliant
    rectifications: tuple[Row, ...] = ()  # {order, issued_on, deadline_on, submitted_on}
    sanction: str | None = None
    sanction_decided_by: str | None = None
    sanction_reason: str | None = None
    # begun before this system was (Article 23): where it stood then
    stage_reached: State | None = None

    def knowing(self, facts: Mapping[str, Any]) -> Project:
        """The project with these facts as well. `None` states nothing; names that are no facts are passed over."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in facts.items()
            if name in FACTS and value is not None
        }
        return self.but(**known) if known else self

    def but(self, **facts: Any) -> Project:
        """`dataclasses.replace` in a quarter of the time, for folds and walks over a ledger: no field is set by name."""
        made = object.__new__(Project)
        for put, value in zip(SETTERS.values(), VALUES(self), strict=True):
            put(made, value)
        for name, value in facts.items():
            SETTERS[name](made, value)
        return made

    @property
    def investment_yuan(self) -> Decimal | None:
        """The total of all fiscal money, fees included (I-04): as stated, else the sum of the cost items."""
        if self.total_investment_yuan is not None:
            return self.total_investment_yuan
        if self.cost_items:
            return sum((item["amount_yuan"] for item in self.cost_items), Decimal(0))
        return self.estimated_investment_yuan

    @property
    def substance(self) -> str | None:
        """The kind that the money buys: a purchased service counts as what it yields (I-51)."""
        if self.kind != PURCHASE_OF_SERVICE:
            return self.kind
        return NEW if self.service_substance == NEW_SYSTEM else self.service_substance

    @property
    def is_maintenance(self) -> bool:
        return self.substance == OPERATION_MAINTENANCE

    @property
    def by_reference(self) -> bool:
        """A project of Article 2, second paragraph."""
        return self.scope not in (None, FISCAL)

    @property
    def planned(self) -> bool:
        """In the annual plan: as the bureau recorded it, else by the plan item it names."""
        return bool(self.plan_item_id) if self.in_annual_plan is None else self.in_annual_plan

    @property
    def supplemented(self) -> bool:
        """Granted outside the plan (Article 14): as recorded, else by the approval it names."""
        return bool(self.supplement_id) if self.supplement_granted is None else self.supplement_granted

    @property
    def joint(self) -> bool:
        """Built by several units together (Article 16)."""
        return len(self.participating_units) > 1

    @property
    def latest(self) -> date | None:
        """The day on which construction ended, or is meant to end."""
        return self.accepted_on or self.construction_ends_on or self.contract_ends_on


NAMES = tuple(field.name for field in fields(Project))
VALUES = attrgetter(*NAMES)
SETTERS = {name: getattr(Project, name).__set__ for name in NAMES}
FACTS = frozenset(NAMES)
