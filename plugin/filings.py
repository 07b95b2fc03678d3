"""What is filed with the life-cycle system (Article 23): every step of a project, and the plans (11, 12). Pure.

A filing is a paper that was taken. Where it answers a duty of the regulation, the filing names the duty and whom it is
owed to: a duty needs no filing beside its paper. Subject `filing:{project}:{form}-{paper}`, key with `:{revision}`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forms.definition import Field, FormDefinition
from plugin.files import file_values
from plugin.ledger import AttachmentRow, Outgoing, Submission
from plugin.manifest import Manifest
from plugin.regulation.answering import answered
from plugin.regulation.history import History, Judged, Standing

SHA256 = re.compile(r"[0-9a-f]{64}")
NAME_CHARS = 500
ABOUT, SENT = (
    "about",
    "sent",
)  # members of a payload that stay in the house: whose paper, what was settled at first
PLANS = {"development_plan": "政务信息化建设规划", "annual_plan": "{year}年度政务信息化建设计划"}


@dataclass(frozen=True, slots=True)
class Dossier:
    """Whose filing it is: a project, or a plan with a code of its own."""

    code: str
    name: str | None
    unit: str | None


def of_project(
    code: str,
    history: History,
    forms: Mapping[str, FormDefinition],
    submissions: Mapping[str, Submission],
    now: datetime,
) -> list[Outgoing]:
    """Every step that was taken, in order. `submissions` by record.

    Name and unit are those known when the paper was saved: a later rename corrects no earlier filing.
    """
    wanted = []
    name = unit = None
    for judged in history.judged:
        paper, form = judged.paper, forms[judged.paper.form]
        if judged.standing is not Standing.TAKEN:
            continue
        name = paper.facts.get("project_name") or name
        unit = paper.facts.get("construction_unit") or unit
        if form.files:
            known = history.project
            dossier = Dossier(code, name or known.project_name, unit or known.construction_unit)
            wanted.append(_filing(dossier, form, submissions[paper.record], judged, now))
    return wanted


def of_plan(
    history: History, form: FormDefinition, submission: Submission, manifest: Manifest, now: datetime
) -> list[Outgoing]:
    """A plan, once its approval has made it due for filing with city and province. It is no project's paper."""
    [judged] = history.judged
    due = answered(judged.paper, judged.verdict.obligations)
    if due is None or judged.standing is not Standing.TAKEN:
        return []
    kind, year = submission.values["plan_type"], submission.values.get("year")
    code = plan_code(manifest.code_prefix, kind, year)
    dossier = Dossier(code, PLANS[kind].format(year=year), manifest.bureau)
    return [_filing(dossier, form, submission, judged, now)]


def plan_code(prefix: str, kind: str, year: int | None) -> str:
    """The code under which a plan stands in the life-cycle system; no project's code looks like it."""
    return f"{prefix}-PLAN" if kind == "development_plan" else f"{prefix}-PLAN-{year}"


def _filing(
    dossier: Dossier, form: FormDefinition, submission: Submission, judged: Judged, now: datetime
) -> Outgoing:
    """No day of the duty goes in: a changed calendar is no correction of what was filed."""
    duty = answered(judged.paper, judged.verdict.obligations)
    payload = {
        ABOUT: {"platform": submission.platform, "form": form.name, "record": submission.record},
        "project_code": dossier.code,
        "project_name": dossier.name,
        "construction_unit": dossier.unit,
        "step": form.name,
        "step_title": form.title,
        "happened_on": judged.paper.on.isoformat(),
        "duty": {"name": duty.duty, "article": duty.article, "to": list(duty.to)} if duty else None,
        "attachments": listed(form, submission.values),
        "values": without_addresses(form.fields, submission.values),
    }
    # A record's id may hold anything, a key may not. The paper and not the duty's own number stands in the key, so that
    # a mistyped contract number is corrected by the next revision and not by a second filing.
    paper = hashlib.sha256(judged.paper.record.encode()).hexdigest()[:12]
    subject = f"filing:{dossier.code}:{form.name}-{paper}"
    return Outgoing("filing", subject, f"{dossier.code}:lifecycle", dossier.code, now, payload)


def listed(form: FormDefinition, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files that a paper names, as far as the platform described them; `ref` finds the ledger's row."""
    return [
        _listed(field, file)
        for field, value in file_values(form.fields, values)
        for file in (value if isinstance(value, list) else [value])
    ]


def _listed(field: str, file: Any) -> dict[str, Any]:
    given = file if isinstance(file, Mapping) else {"name": file}
    stated = str(given.get("sha256") or given.get("hash") or "").lower().removeprefix("sha256:")
    size = given.get("size")
    return {
        "field": field,
        "name": _name(given),
        "size": size if isinstance(size, int) and size >= 0 else None,
        "sha256": stated if SHA256.fullmatch(stated) else None,
        "ref": given.get("ref"),
    }


def without_addresses(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with files by their names: an address of the platform opens for us alone, and changes."""
    kept = dict(values)
    for each in fields:
        value = values.get(each.name)
        if each.type == "table" and value:
            kept[each.name] = [without_addresses(each.columns, row) for row in value]
        elif each.type == "file" and value:
            kept[each.name] = [_name(file) for file in value] if isinstance(value, list) else _name(value)
    return kept


def _name(file: Any) -> str:
    given = file if isinstance(file, Mapping) else {"name": file}
    named = (given.get(each) for each in ("name", "url", "id", "ref", "hash"))
    return str(next(filter(None, named), ""))[:NAME_CHARS]


def settled(
    payload: Mapping[str, Any], files: Iterable[AttachmentRow], supersedes: str | None
) -> dict[str, Any]:
    """What is known only when a filing is first sent: the hashes of its files, and the receipt that it corrects."""
    stored = {row.ref: row for row in files if row.sha256}
    return {
        "attachments": [_settled(each, stored) for each in payload["attachments"]],
        "supersedes": supersedes,
    }


def _settled(file: Mapping[str, Any], stored: Mapping[str, AttachmentRow]) -> dict[str, Any]:
    row = stored.get(file["ref"]) if file["ref"] else None
    known = {"size": row.size, "sha256": row.sha256} if row else {}
    return {name: known.get(name, value) for name, value in file.items() if name != "ref"}


def content_of(
    payload: Mapping[str, Any], key: str, revision: int, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """What is sent, of what is queued: without what stays in the house, with its place among the revisions."""
    kept = {name: value for name, value in payload.items() if name not in (ABOUT, SENT)}
    return {**kept, **sent, "key": key, "revision": revision}
