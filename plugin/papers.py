"""A submission's fields → a paper that the regulation can judge: shape errors as findings, facts, the day that counts.

Shape and law are two things and come back together: what the schema cannot read becomes a finding beside those of the
rules. An act happens on the day it was saved on the platform, a declared fact on the day declared (a future one is
refused); both are Shanghai days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms import schema
from forms.definition import FORM_ORDER, FormDefinition
from forms.schema import FieldError
from plugin.clock import shanghai_day
from plugin.existing import contradictions
from plugin.regulation.history import Paper
from plugin.regulation.pack import Effect, Pack
from plugin.regulation.stages import EXISTING
from plugin.regulation.verdict import Finding, Mender


@dataclass(frozen=True, slots=True)
class Draft:
    """A submission as it was read. `unknown` are fields that the form does not have: kept out, never an error."""

    form: FormDefinition
    values: Mapping[str, Any]
    paper: Paper
    unknown: tuple[str, ...]

    @property
    def project_code(self) -> str | None:
        return self.values.get("project_code")


def read(
    form: FormDefinition,
    fields: Mapping[str, Any],
    pack: Pack,
    *,
    record: str,
    saved_at: datetime,
    overridden: frozenset[str] = frozenset(),
) -> Draft:
    """Read what the platform sent. Never raises for bad input: every mistake is a finding."""
    loaded = schema.load(form, fields)
    saved_on = shanghai_day(saved_at)
    declared = form.day_of(loaded.values)
    findings = [shape_finding(error, pack) for error in loaded.errors]
    if declared and declared > saved_on:
        findings.append(in_the_future(form, declared, saved_on))
        declared = None
    if form.name == EXISTING:
        unread = {each.field for each in findings}
        findings += contradictions(form, loaded.values, saved_on, unread)
    facts = form.facts_of(loaded.values)
    if form.act_day:
        facts[form.act_day] = saved_on
    paper = Paper(
        form=form.name,
        form_order=FORM_ORDER.index(form.name),
        record=record,
        saved_at=saved_at,
        on=declared or saved_on,
        facts=facts,
        shape_findings=tuple(findings),
        overridden=overridden,
    )
    return Draft(form, loaded.values, paper, loaded.unknown)


def words_of(drafts: Iterable[Draft]) -> str:
    """What people wrote, for the full text: a word said in several papers is kept once."""
    said: dict[str, None] = {}
    for draft in drafts:
        for name, value in draft.values.items():
            if isinstance(value, str) and draft.form.field(name).type in ("text", "longtext", "ref"):
                said[value] = None
    return "\n".join(said)


def shape_finding(error: FieldError, pack: Pack) -> Finding:
    """What the schema could not read, with the article that asks for the field where this body's regulation has one."""
    article = error.article if pack.form_articles else None
    return Finding(
        code=error.code,
        effect=Effect.BLOCK,
        message=error.message,
        remedy=error.remedy,
        mender=Mender.FILLER,
        article=article,
        citation=pack.cite(article) if article else None,
        text=pack.words(article) if article else None,
        field=error.field,
        row=error.row,
    )


def in_the_future(form: FormDefinition, declared: date, saved_on: date) -> Finding:
    """A fact that has not happened yet cannot be declared."""
    name = next(each for each in (form.dated_by, form.or_dated_by) if each)
    label = form.field(name).label
    return Finding(
        code="NOT-YET",
        effect=Effect.BLOCK,
        message=f"“{label}”填写的是{declared}，晚于提交当日{saved_on}。",
        remedy="请填写实际发生的日期；事情尚未发生的，待发生后再提交。",
        mender=Mender.FILLER,
        field=name,
    )
