"""Acts of the bureau on single records: let a rule through with a reason, attach a record to its project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from forms.definition import load_forms
from plugin.active import ActiveManifest
from plugin.errors import PluginError
from plugin.intake import Intake
from plugin.ledger import Ledger
from plugin.resemblance import Resemblance


class NotPossible(PluginError):
    """The act does not fit what the ledger holds: which record, and why (Chinese)."""

    code = "NOT_POSSIBLE"


@dataclass(frozen=True, slots=True)
class Override:
    """An authorised person's decision on one rule for one record."""

    platform: str
    record: str
    rule: str
    by: str
    reason: str


def offline_intake(ledger: Ledger, base: Path) -> Intake:
    """The flow over a ledger, without any system around it."""
    manifest = ActiveManifest(ledger, base)
    return Intake(
        ledger, load_forms(), manifest, Resemblance(ledger, lambda unit: manifest().unit_name(unit))
    )


def overridden(intake: Intake, decision: Override, now: datetime) -> None:
    """Record the decision and fold the project again. Only a finding that may be let through can be."""
    verdict = intake.ledger.verdicts.latest(decision.platform, decision.record)
    if verdict is None:
        raise NotPossible(f"台账中没有记录“{decision.record}”。")
    open_codes = [each["code"] for each in verdict.verdict["findings"] if each["overridable"]]
    if decision.rule not in open_codes:
        said = "、".join(open_codes) or "无"
        raise NotPossible(
            f"记录“{decision.record}”没有可以由规则 {decision.rule} 核准的事项；可以核准的规则：{said}。"
        )
    with intake.ledger.write_tx():
        intake.ledger.submissions.override(
            decision.platform, decision.record, decision.rule, decision.by, decision.reason, now
        )
        intake.settle_record(decision.platform, decision.record, now)


def attached(intake: Intake, platform: str, record: str, code: str, by: str, now: datetime) -> None:
    """The record belongs to this project from now on."""
    if intake.ledger.projects.get(code) is None:
        raise NotPossible(f"台账中没有项目“{code}”。")
    with intake.ledger.write_tx():
        head = intake.ledger.submissions.head(platform, record)
        if head is None or head.project_code is not None:
            raise NotPossible(f"记录“{record}”不存在，或者已经属于一个项目。")
        intake.ledger.submissions.attach(platform, record, code)
        intake.ledger.audit.append(now, by, "submission.attached", f"{platform}:{record}", {"project": code})
        intake.settle_record(platform, record, now)
