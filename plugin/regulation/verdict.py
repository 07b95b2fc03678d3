"""Rules, findings, verdicts: what is asked, what does not conform, what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made_of
from datetime import date
from enum import StrEnum
from typing import Any

from plugin.regulation.law import Law
from plugin.regulation.limits import LimitMissing
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.wording import say


class Mender(StrEnum):
    """Who can mend a finding."""

    FILLER = "填报人"
    PARENT = "主管单位"
    BUREAU = "数据资源局"


class Decision(StrEnum):
    ALLOW = "allow"
    WARN = "warn"
    ROUTE = "route"
    BLOCK = "block"


class Breach:
    """Why a requirement is not met: the values its message names.

    `field` and `row` point into the form where the rule's own field is not the place; `missing` names absent things;
    `note` replaces the rule's message where one rule has two ways of being broken; `effect` replaces the pack's where a
    reading of the register says so.
    """

    __slots__ = ("effect", "field", "missing", "note", "row", "values")

    def __init__(
        self,
        *,
        field: str | None = None,
        row: int | None = None,
        missing: Iterable[str] = (),
        note: str | None = None,
        effect: Effect | None = None,
        **values: Any,
    ) -> None:
        self.effect = effect
        self.field, self.row, self.missing, self.note = field, row, tuple(missing), note
        self.values: Mapping[str, Any] = values


Check = Callable[[Project, Law], Breach | Iterable[Breach] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement of the regulation. Its article and its effect stand in the pack, under `code`."""

    code: str
    stages: frozenset[str]
    field: str | None
    message: str
    remedy: str
    mender: Mender
    check: Check


def rule(
    *,
    code: str,
    stages: Iterable[str],
    message: str,
    remedy: str,
    field: str | None = None,
    mender: Mender = Mender.FILLER,
) -> Callable[[Check], Rule]:
    """Make a rule of a check. Registers nothing: the chapter's RULES tuple is the list."""

    def made(check: Check) -> Rule:
        return Rule(code, frozenset(stages), field, message, remedy, mender, check)

    return made


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not conform, as an official reads it."""

    code: str
    effect: Effect
    message: str
    remedy: str
    mender: Mender
    article: str | None = None  # "39(1)"
    citation: str | None = None  # 第三十九条第一款
    text: str | None = None  # the law's own words
    field: str | None = None
    row: int | None = None  # of a table, counted from 0
    missing: tuple[str, ...] = ()
    reading: str | None = None
    values: Mapping[str, Any] = made_of(default_factory=dict)

    @property
    def overridable(self) -> bool:
        return self.effect is Effect.OVERRIDABLE


@dataclass(frozen=True, slots=True)
class Route:
    """Which papers the project needs, who must consent, where the submission goes next."""

    papers: tuple[str, ...] = ()
    not_required: tuple[str, ...] = ()
    superior_review: tuple[str, ...] = ()
    route_to: tuple[str, ...] = ()
    next_form: str | None = None
    result_document: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one submission. `late` is None where no last day applies."""

    stage: str
    on: date
    decision: Decision
    findings: tuple[Finding, ...] = ()
    route: Route | None = None
    obligations: tuple[Obligation, ...] = ()
    late: bool | None = None
    computed: Mapping[str, Any] = made_of(default_factory=dict)
    guidance: str | None = None
    law_version: str = ""

    @property
    def may_save(self) -> bool:
        """False only for what nobody may let through: before saving the platform refuses exactly this."""
        return not any(finding.effect is Effect.BLOCK for finding in self.findings)

    @property
    def overridable(self) -> bool:
        """Blocked, and an authorised person may let it through with a recorded reason."""
        return self.may_save and self.decision is Decision.BLOCK


def findings_of(rules: Iterable[Rule], stage: str, project: Project, law: Law) -> tuple[Finding, ...]:
    """Every breach of every rule that applies at this stage, not the first."""
    found: list[Finding] = []
    for each in rules:
        if stage not in each.stages or law.effect_of(each.code) is Effect.OFF:
            continue
        try:
            breaches = each.check(project, law)
        except LimitMissing as missing:
            found.append(limit_missing(missing, law))
            continue
        if breaches is None:
            continue
        for breach in (breaches,) if isinstance(breaches, Breach) else breaches:
            found.append(finding(each, breach, law))
    return unique(found)


def finding(each: Rule, breach: Breach, law: Law) -> Finding:
    """The breach in this body's words."""
    citation = law.pack.rules[each.code]
    template = breach.note or citation.message or each.message
    return Finding(
        code=each.code,
        effect=law.effect_of(each.code, breach.effect),
        message=say(template, breach.values),
        remedy=say(each.remedy, breach.values),
        mender=each.mender,
        article=citation.article,
        citation=law.pack.cite(citation.article),
        text=law.pack.words(citation.article),
        field=breach.field or each.field,
        row=breach.row,
        missing=breach.missing,
        reading=citation.reading,
        values=breach.values,
    )


def limit_missing(missing: LimitMissing, law: Law) -> Finding:
    """A number that the regulation leaves to the bureau and the bureau has not entered: nobody guesses it."""
    limit = law.book.limits.get(missing.name)
    article = limit.article if limit else None
    return Finding(
        code="LIMIT-MISSING",
        effect=Effect.BLOCK,
        message=f"本系统尚未录入{missing.on}适用的“{missing.label}”，不能判断应编报哪一种材料。",
        remedy="请联系数据资源局在参数文件中录入金额、起始日期和文件依据，录入后即可提交。",
        mender=Mender.BUREAU,
        article=article,
        citation=law.pack.cite(article) if article else None,
        text=law.pack.words(article) if article else None,
        missing=(missing.name,),
    )


def unique(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Two rules that miss the same limit say it once."""
    return tuple({(f.code, f.field, f.row, f.missing, f.message): f for f in found}.values())


def decide(findings: Iterable[Finding], route: Route | None) -> Decision:
    """Block before route before warn before allow. Lateness and information alone change nothing."""
    effects = {finding.effect for finding in findings}
    if effects & {Effect.BLOCK, Effect.OVERRIDABLE}:
        return Decision.BLOCK
    if route and (route.route_to or route.next_form):
        return Decision.ROUTE
    return Decision.WARN if Effect.WARN in effects else Decision.ALLOW
