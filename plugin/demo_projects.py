"""Invented projects in any number, over all stages, always the same for the same seed: to look at pages, and for bench/.

Each project draws its unit, subject and amount, then walks the papers of demo_projects.yaml until today. Some are late,
some papers lack something and come back, some are outside the plan and wait for the bureau: as in a real year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from plugin.strict_yaml import read_yaml

SEED = 2026
PLACE = re.compile(r"\{([a-z_]+)([+-]\d+)?\}")
LONGEST_WAY = 1500  # days: so far back the first project begins
FLAW = 0.1  # the share of dossiers that lack something
FORGOTTEN = 0.05  # the share of yearly reports that never come
TO_COME = 0.12  # the share of projects that stand still where they are, late with their next paper
FLAWED = {
    "feasibility_study": ("data_sharing_chapter", "data_catalogue"),
    "construction_scheme": ("sharing_note",),
}


@dataclass(frozen=True, slots=True)
class Submitted:
    """One paper of one project, as a platform would report it. `record` again is a later version of the same."""

    form: str
    record: str
    saved_at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Invented:
    """One project with its papers up to today, the first of which founds it."""

    number: int
    unit: str
    person: str
    papers: tuple[Submitted, ...]


def invented(count: int, today: date, seed: int = SEED) -> Iterator[Invented]:
    """`count` projects. `{code}` still stands in their papers: the ledger gives the codes."""
    for number in range(count):
        random = Random(f"{seed}-{number}")  # noqa: S311 - invented data
        yield _project(number, random, today)


def _project(number: int, random: Random, today: date) -> Invented:
    drawn = _drawn(number, random)
    day = today - timedelta(days=random.randint(3, LONGEST_WAY))
    drawn["plan_year"] = str(day.year + 1)
    stops = random.random() < TO_COME
    papers: list[Submitted] = []
    before = day
    for number_of_paper, paper in enumerate(_source()["papers"]):
        if not _needed(paper, drawn):
            continue
        low, high = paper.get("after", (0, 0))
        day += timedelta(days=random.randint(low, high))
        if day > today or (stops and len(papers) > 2 and random.random() < TO_COME):
            break
        flawed = paper["form"] in FLAWED and random.random() < FLAW
        papers.append(_paper(paper, number_of_paper, {**drawn, "on": day, "before": before}, flawed, random))
        if flawed:
            break  # it came back, or waits for the bureau
        before = day
    papers += _reports(papers, drawn, today, random)
    return Invented(number, drawn["unit"], drawn["person"], tuple(papers))


def _reports(
    papers: list[Submitted], drawn: Mapping[str, Any], today: date, random: Random
) -> Iterator[Submitted]:
    """A report before the end of each year of construction; a few forget it."""
    days = {each.form: each.saved_at.date() for each in papers}
    began = days.get("contract_filing")
    if began is None or drawn["kind"] == "运维":
        return
    for year in range(began.year, (days.get("acceptance_conclusion") or today).year + 1):
        day = date(year, 12, random.randint(8, 25))
        if began < day <= today and random.random() > FORGOTTEN:
            paper = {**_source()["yearly"], "record": f"report-{year}"}
            yield _paper(paper, 0, {**drawn, "on": day}, False, random)


def _drawn(number: int, random: Random) -> dict[str, Any]:
    """What is particular to one project."""
    words = _source()["words"]
    unit = random.choice(words["units"])
    domain = random.choice(list(words["subjects"]))
    thing, thing2 = random.sample(words["subjects"][domain], 2)
    kind = random.choices(("新建", "升级", "运维"), (60, 25, 15))[0]
    wan = random.choice((18, 28, 36, 45, 68, 95, 120, 156, 188, 230, 280, 320, 365, 410, 480, 560, 680, 920))
    fee = max(5000, wan * 100)
    base = {
        "unit": f"{unit}（演示）",
        "unit_code": f"1134{words['units'].index(unit):013d}A",
        "person": _person(random),
        "contact": _person(random),
        "name": f"{thing}{random.choice(words['systems'])}{random.choice(words['phases'])}"
        + ("运行维护" if kind == "运维" else ""),
        "kind": kind,
        "domain": domain,
        "thing": thing,
        "yuan": f"{wan * 10_000}.00",
        "fee": f"{fee}.00",
        "software": f"{wan * 10_000 - 4 * fee}.00",
        "amount": wan * 10_000,
        "item": str(number % 400 + 1),
        "dossier": "建设方案" if wan < 50 else "可行性研究报告",
    }
    return {**base, **_texts(random, thing, thing2)}


def _texts(random: Random, thing: str, thing2: str) -> dict[str, str]:
    """Sentences that differ enough not to look like one another's copies."""
    words = _source()["words"]
    how, who, with_, effect = (
        random.sample(pool, 4) for pool in (words["how"], words["who"], words["with"], words["effect"])
    )
    n = [random.randint(12, 900) for _ in range(4)]
    first, second = random.sample(words["from"], 2)
    here, there = (f"{random.choice(words['hills'])}{random.choice(words['valleys'])}" for _ in range(2))
    return {
        "summary": f"为{here}、{there}一带的{who[0]}提供{thing}的{how[0]}，{effect[0]}。",
        "necessity": f"{thing}现由{who[1]}手工登记，涉及{n[0]}处，{thing2}数据不能汇总，平均每件用时{n[1] % 9 + 2}天。",
        "objectives": f"建立{thing}台账，实现{how[1]}和{how[2]}，覆盖{there}等{n[2]}处，{effect[1]}，{effect[2]}。",
        "content": f"建设{thing}采集、{thing2}分析、{how[3]}三个模块，在{here}布设{with_[0]}{n[3]}套，面向{who[2]}提供移动端，接入{first}。",
        "route": f"依托全省一体化数据基础平台开发，采用{with_[1]}和{with_[2]}，与{second}每日同步，供{who[3]}使用。",
    }


def _person(random: Random) -> str:
    words = _source()["words"]
    given = "".join(random.sample(words["given"], random.choice((1, 2))))
    return f"{random.choice(words['surnames'])}{given}"


def _needed(paper: Mapping[str, Any], drawn: Mapping[str, Any]) -> bool:
    amount = drawn["amount"]
    fits = paper.get("floor", 0) <= amount < paper.get("ceiling", amount + 1)
    return fits and drawn["kind"] in paper.get("kinds", (drawn["kind"],))


def _paper(
    paper: Mapping[str, Any], number: int, drawn: Mapping[str, Any], flawed: bool, random: Random
) -> Submitted:
    form, day = paper["form"], drawn["on"]
    source = _source()
    block = source["bureau"] if form in BUREAU_BLOCK else source["common"]
    fields = {**block, **source["shared"].get(paper.get("like"), {}), **paper.get("fields", {})}
    if flawed:
        for name in random.choice((FLAWED[form], ("plan_item_id",))):
            fields.pop(name, None)
    values = {**drawn, "year": str(day.year)}
    minute = timedelta(hours=random.randint(0, 8), minutes=random.randint(0, 59))
    saved_at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + minute
    record = f"{paper.get('record', number)}"
    return Submitted(form, record, saved_at, filled(fields, values))


BUREAU_BLOCK = frozenset(
    {
        "expert_review", "third_party_review", "superior_review", "approval_reply", "tender_start", "implementation_start",
        "om_start", "acceptance_organisation", "acceptance_conclusion", "operation_start",
    }
)  # fmt: skip


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Every {name} and {on±n} in the texts replaced; what `values` does not know stays."""
    if isinstance(value, dict):
        return {name: filled(each, values) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(each, values) for each in value]
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        return filled(_source()["shared"][value[1:]], values)
    return PLACE.sub(lambda match: _filled(match, values), value)


def _filled(match: re.Match[str], values: Mapping[str, Any]) -> str:
    found = values.get(match[1], match[0])
    return str(found + timedelta(days=int(match[2] or 0))) if isinstance(found, date) else str(found)


@cache
def _source() -> Any:
    return read_yaml(files("plugin").joinpath("demo_projects.yaml").read_text(encoding="utf-8"))
