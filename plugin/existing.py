"""Whether the record of a project begun earlier is whole: duties hang on its days, so a missing or crossed one is told.

Nothing here is law: what was done late or in a wrong order long ago is taken as it was, and at most pointed out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.fields import FormDefinition
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.states import State
from plugin.regulation.verdict import Finding, Mender

ORDERED = tuple(State)
AHEAD = frozenset(  # days that may lie in the future; every other one has been
    [
        "construction_ends_on",
        "contract_starts_on",
        "contract_ends_on",
        "extension_granted_until_on",
        "rectification_deadline_on",
    ]
)
CROSSED = (  # the second cannot come before the first
    ("contract_signed_on", "contract_filed_on"),
    ("contract_starts_on", "contract_ends_on"),
    ("construction_started_on", "construction_ends_on"),
    ("construction_started_on", "completed_on"),
    ("trial_started_on", "trial_ended_on"),
    ("acceptance_applied_on", "accepted_on"),
    ("accepted_on", "acceptance_filed_on"),
    ("accepted_on", "self_evaluated_on"),
    ("rectification_issued_on", "rectification_deadline_on"),
)
UNUSUAL = (  # it can, and should not have
    ("approved_on", "contract_signed_on"),
    ("completed_on", "preliminary_acceptance_held_on"),
    ("preliminary_acceptance_held_on", "trial_started_on"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A day that brings a project into a state. `after`: once accepted, it is asked for only beside that other day."""

    day: str
    state: State
    after: str | None = None
    builds_only: bool = True


STEPS = (
    Step("construction_started_on", State.IMPLEMENTING, "construction_ends_on"),
    Step("completed_on", State.COMPLETED, "preliminary_acceptance_held_on"),
    Step("preliminary_acceptance_held_on", State.PRELIMINARY_ACCEPTED, "completed_on"),
    Step("trial_started_on", State.TRIAL_OPERATION, "trial_ended_on"),
    Step("trial_ended_on", State.TRIAL_DONE, "trial_started_on"),
    Step("acceptance_applied_on", State.ACCEPTANCE_APPLIED, "completed_on"),
    Step("accepted_on", State.ACCEPTED, builds_only=False),
    Step("in_operation_on", State.OPERATING, builds_only=False),
    Step("self_evaluated_on", State.SELF_EVALUATED),
)
BEFORE = (  # days of a later stage than the one stated; those of STEPS, but operation may begin before acceptance
    ("approved_on", State.APPROVED),
    ("contract_signed_on", State.IMPLEMENTING),
    *((each.day, each.state) for each in STEPS if each.day != "in_operation_on"),
)
UNSTATED = (  # what later papers will be judged on, once the project is so far
    ("approved_on", State.TENDERING, "按没有批复登记，以后备案的合同会提示未批先建。"),
    ("procurement_review_result", State.IMPLEMENTING, "按采购需求没有审核登记。"),
    ("contract_signed_on", State.IMPLEMENTING, "合同备案没有列入应办事项。"),
)


def contradictions(
    form: FormDefinition, values: Mapping[str, Any], today: date, unread: Collection[str | None] = ()
) -> list[Finding]:
    """Everything in the read values that cannot be so, or is not enough to know what is due when; of `unread` nothing more."""
    found = [*_not_yet(form, values, today), *_crossed(form, values)]
    if values.get("stage_reached"):
        found += _against_the_stage(form, values, State(values["stage_reached"]))
    return [each for each in found if each.field not in unread]


def _not_yet(form: FormDefinition, values: Mapping[str, Any], today: date) -> Iterator[Finding]:
    for name, day in values.items():
        if isinstance(day, date) and day > today and name not in AHEAD:
            label = form.field(name).label
            message = f"“{label}”填写的是{day}，晚于登记当日{today}。"
            yield _found("NOT-YET", name, message, "请填写实际发生的日期；还没有发生的留空。")
    for number, row in enumerate(values.get("performance_reports", ())):
        day = row.get("reported_on")
        if day and day > today:
            message = f"{row.get('year')}年度绩效评价的报送日期{day}晚于登记当日{today}。"
            remedy = "请填写实际报送的日期；还没有报送的留空。"
            yield _found("NOT-YET", "performance_reports", message, remedy, row=number)


def _crossed(form: FormDefinition, values: Mapping[str, Any]) -> Iterator[Finding]:
    for pairs, effect in ((CROSSED, Effect.BLOCK), (UNUSUAL, Effect.WARN)):
        for first, second in pairs:
            if first in values and second in values and values[second] < values[first]:
                message = f"“{form.field(second).label}”{values[second]}早于“{form.field(first).label}”{values[first]}。"
                yield _found("DAYS-CROSSED", second, message, "请核对两个日期。", effect=effect)


def _against_the_stage(form: FormDefinition, values: Mapping[str, Any], stage: State) -> Iterator[Finding]:
    """What the stage says was done has its day, and nothing after the stage has one."""
    said = form.field("stage_reached").options[stage]
    for name in _needed(values, stage):
        label = form.field(name).label
        message = f"所处阶段为“{said}”，“{label}”没有填写。"
        yield _found("STAGE-NEEDS", name, message, f"请填写{label}；还没有到这一步的，请改正所处阶段。")
    for name, state, what in UNSTATED:
        if not values.get(name) and not _beyond(state, stage) and not _maintains(values):
            message = f"“{form.field(name).label}”没有填写，{what}"
            yield _found("NOT-STATED", name, message, "实际已经办理的，请补填。", effect=Effect.WARN)
    for name, state in BEFORE:
        if values.get(name) and _beyond(state, stage):
            message = f"所处阶段为“{said}”，却填写了“{form.field(name).label}”{values[name]}。"
            yield _found("STAGE-BEYOND", name, message, "请将所处阶段改为已经到达的阶段，或者删除这个日期。")


def _needed(values: Mapping[str, Any], stage: State) -> Iterator[str]:
    if stage is State.APPROVED and not values.get("approved_on"):
        yield "approved_on"
    accepted = not _beyond(State.ACCEPTED, stage)
    running = not accepted and not _beyond(State.IMPLEMENTING, stage)
    if running and not _maintains(values) and not values.get("construction_ends_on"):
        yield "construction_ends_on"
    for step in STEPS:
        if values.get(step.day) or _beyond(step.state, stage):
            continue
        if step.builds_only and _maintains(values):
            continue
        if not accepted or step.after is None or values.get(step.after):
            yield step.day


def _maintains(values: Mapping[str, Any]) -> bool:
    return Project(kind=values.get("kind"), service_substance=values.get("service_substance")).is_maintenance


def _beyond(state: State, stage: State) -> bool:
    """Whether the state lies beyond the stage on a project's way."""
    return ORDERED.index(state) > ORDERED.index(stage)


def _found(
    code: str, field: str, message: str, remedy: str, effect: Effect = Effect.BLOCK, row: int | None = None
) -> Finding:
    return Finding(code, effect, message, remedy, Mender.BUREAU, field=field, row=row)
