"""One request, one answer: what the regulation says of a submission, beside the facts known of its project.

Request: {form, submission, project?, on?}. `form` is one of forms/definitions, or one of QUESTIONS, which are
asked and never submitted. Nothing is stored. Unusable input is an error; everything else is a verdict.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar

from forms import schema, values
from forms.definition import load_forms
from plugin import papers
from plugin.answers import (
    CLASSIFIED_GUIDANCE,
    classified_answer,
    intranet_answer,
    on_the_intranet,
    verdict_json,
)
from plugin.errors import PluginError
from plugin.gate import declared_unclassified
from plugin.jsonbody import BadJson, parse_json
from plugin.regulation.facts import FactsError, facts_from_json, project_from_json
from plugin.regulation.judgement import judge, take
from plugin.regulation.law import LawBook
from plugin.regulation.project import Project

QUESTIONS = frozenset(
    {"approval_route", "split_check", "plan_ranking", "rectification_tick", "feasibility_check"}
)
KEYS = frozenset({"form", "submission", "project", "on"})
MAX_LINE_BYTES = 1 << 20
NOON = time(12)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
ERROR = '{"error"'  # how an answer line begins that is no verdict


class Unusable(PluginError):
    """The request cannot be judged. Its text never repeats a value of the submission."""

    code: ClassVar[str] = "UNUSABLE_REQUEST"


def assess(
    request: Mapping[str, Any], book: LawBook, today: date, guidance: str = CLASSIFIED_GUIDANCE
) -> dict[str, Any]:
    """The answer to one request. Raises `Unusable`."""
    form, submission, known, on = _parts(request, today)
    if not _unclassified(form, submission, known):
        return classified_answer(form, guidance, book.pack)
    if on_the_intranet(submission, book.pack) or on_the_intranet(known, book.pack):
        return intranet_answer(form, book.pack)
    try:
        project = project_from_json(known)
        return (
            _question(form, submission, project, book, on)
            if form in QUESTIONS
            else _form(form, submission, project, book, on)
        )
    except FactsError as error:
        raise Unusable(f"事实不能使用：{error}") from error


def assess_lines(
    lines: Iterable[bytes], book: LawBook, today: date, guidance: str = CLASSIFIED_GUIDANCE
) -> Iterator[str]:
    """JSON Lines in, one answer a line out, one line in memory at a time. Blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            answer = assess(_parsed(line), book, today, guidance)
        except (Unusable, BadJson) as error:
            answer = {"error": {"code": error.code, "detail": str(error)}, "line": number}
        yield json.dumps(answer, ensure_ascii=False)


def is_error(answer: str) -> bool:
    """Whether an answer line is a problem and no verdict; one such line makes the exit code 2."""
    return answer.startswith(ERROR)


def _parsed(line: bytes) -> Mapping[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise Unusable(f"这一行有{len(line)}字节，最多{MAX_LINE_BYTES}字节。")
    request = parse_json(line)
    if not isinstance(request, Mapping):
        raise Unusable("每行应为一个 JSON 对象：{form, submission, project, on}。")
    return request


def _parts(request: Mapping[str, Any], today: date) -> tuple[str, Mapping[str, Any], Mapping[str, Any], date]:
    if not request.keys() <= KEYS:
        raise Unusable("请求只能有 form、submission、project、on 四个键。")
    form = request.get("form")
    if not isinstance(form, str) or (form not in QUESTIONS and form not in load_forms()):
        raise Unusable("form 不是已有的表单、登记记录或者查询的名称。")
    submission, known = request.get("submission", {}), request.get("project")
    if not isinstance(submission, Mapping) or not isinstance(known, Mapping | None):
        raise Unusable("submission 和 project 应为对象。")
    return form, submission, known or {}, _day(request.get("on"), today)


def _day(value: Any, today: date) -> date:
    if value is None:
        return today
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unusable('on 应为日期，例如 "2025-03-10"。')


def _unclassified(form: str, submission: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """An explicit 否 wherever it is asked: on the form itself, and nowhere anything else."""
    answers = [each["classified"] for each in (submission, known) if "classified" in each]
    asked = form in QUESTIONS or "classified" in submission
    return asked and bool(answers) and all(declared_unclassified(each) for each in answers)


def _form(
    form: str, submission: Mapping[str, Any], known: Project, book: LawBook, on: date
) -> dict[str, Any]:
    """Shape and law together, as before saving."""
    saved_at = datetime.combine(on, NOON, values.SHANGHAI)
    draft = papers.read(load_forms()[form], submission, book.pack, record="", saved_at=saved_at)
    paper = draft.paper
    after = take(known, form, paper.on, paper.facts)
    verdict = judge(form, after, book.on(paper.on), shape=paper.shape_findings)
    return verdict_json(
        verdict, book.pack, form=draft.form, normalised=schema.dump(draft.values), unknown=draft.unknown
    )


def _question(
    form: str, submission: Mapping[str, Any], known: Project, book: LawBook, on: date
) -> dict[str, Any]:
    """The submission of a question is facts; amounts may be written as people write them."""
    facts, unknown = facts_from_json(submission, money=_money)
    verdict = judge(form, known.knowing(facts), book.on(on))
    return verdict_json(verdict, book.pack, normalised=facts, unknown=unknown)


def _money(value: Any) -> Any:
    """Text with a unit as the forms read it."""
    try:
        return values.money(value)
    except values.Unreadable as error:
        raise ValueError(f"金额{error.why}。{error.remedy}") from error
