"""The bureau's numbers and habits: shown as a table, changed by proposals that a second person confirms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from dataclasses import fields as fields_of
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

import click

from forms.definition import load_forms
from plugin.active import ActiveManifest
from plugin.clock import SHANGHAI, shanghai_day
from plugin.commands.common import DATA, MANIFEST, as_json, known_ledger, manifest_path, unusable
from plugin.commands.tables import table
from plugin.ledger import Proposal, ProposalState
from plugin.manifest import CATEGORIES, Manifest
from plugin.manifest.shape import PolicySection
from plugin.manifest_edit import Edit, EditRefused, NewSetting, NewValue
from plugin.manifest_edit.reading import limit_value, setting_value
from plugin.proposals import STATES, Office
from plugin.regulation.facts import to_json
from plugin.regulation.readings import Readings
from plugin.thresholds import HEAD, limit_rows

BY = click.option("--by", required=True, help="Your name: goes on record.")
REASON = click.option("--reason", required=True, help="Why: goes on record.")
DAY = click.DateTime(["%Y-%m-%d"])
SECTIONS = {
    "readings": tuple(each.name for each in fields_of(Readings)),
    "policy": tuple(PolicySection().fields),
}


@click.command()
@DATA
@MANIFEST
@click.option("--on", type=DAY, help="The day for which the values are shown. [default: today]")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def limits(data: Path, manifest: Path | None, on: datetime | None, style: str) -> None:
    """Show the numbers in force: value, since when, article, source, and what comes next."""
    with _office(data, manifest) as office:
        shown = limit_rows(_active(office), on.date() if on else _today())
    if style == "json":
        click.echo(as_json([to_json(asdict(row)) for row in shown]))
        return
    for line in table(HEAD, [row.cells for row in shown]):
        click.echo(line)


@click.command()
@click.argument("name")
@click.argument("value")
@DATA
@MANIFEST
@click.option("--from", "since", type=DAY, help="First day of the value (a limit needs one).")
@click.option("--source", help="The document it stands on (a limit needs one).")
@click.option(
    "--category", type=click.Choice(list(CATEGORIES)), help="Where values differ by what is bought."
)
@BY
@REASON
def propose(
    name: str,
    value: str,
    data: Path,
    manifest: Path | None,
    since: datetime | None,
    source: str | None,
    category: str | None,
    by: str,
    reason: str,
) -> None:
    """Propose VALUE for the limit, habit or reading NAME, and show what it would change. Nothing is in force yet.

    NAME as `zhengxiang limits` lists it, or `policy.…`, `readings.…`; VALUE as 800万, 15%, 6, 12-31, null, [30, 7, 1].
    """
    with _office(data, manifest) as office:
        edit = _edit(_active(office), name, value, since.date() if since else None, source, category)
        _told(office.propose(edit, by, reason, datetime.now(UTC)))


@click.command()
@click.argument("version")
@DATA
@MANIFEST
@BY
@REASON
def rollback(version: str, data: Path, manifest: Path | None, by: str, reason: str) -> None:
    """Propose to go back to an earlier VERSION (its first characters are enough)."""
    with _office(data, manifest) as office:
        _told(office.roll_back(version, by, reason, datetime.now(UTC)))


@click.command()
@click.argument("number", type=int)
@DATA
@MANIFEST
@BY
@click.option("--yes", is_flag=True, help="Do not ask.")
def confirm(number: int, data: Path, manifest: Path | None, by: str, yes: bool) -> None:
    """Confirm proposal NUMBER: the file is written, the version comes into force, both names are on record."""
    with _office(data, manifest) as office:
        proposal = office.ledger.proposals.get(number)
        if proposal and proposal.state == ProposalState.OPEN and not yes:
            _show(proposal)
            click.confirm("确认生效？", abort=True)
        done = office.confirm(number, by, datetime.now(UTC))
        waiting = office.ledger.projects.outdated_count(done.version)
    click.echo(f"第{number}号提议已生效，版本 {done.version}，参数文件已改写。")
    if waiting:
        click.echo(
            f"台账中的{waiting}个项目由 zhengxiang jobs 逐个按此版本重新判断，结论没有变化的不再通知。"
        )


@click.command()
@click.argument("number", type=int)
@DATA
@MANIFEST
@BY
def withdraw(number: int, data: Path, manifest: Path | None, by: str) -> None:
    """Withdraw the open proposal NUMBER."""
    with _office(data, manifest) as office:
        office.withdraw(number, by, datetime.now(UTC))
    click.echo(f"第{number}号提议已撤回。")


@click.command()
@DATA
@MANIFEST
@click.option("--versions", is_flag=True, help="List the versions that were in force instead.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def proposals(data: Path, manifest: Path | None, versions: bool, style: str) -> None:
    """List proposals, the newest first, or the versions that were in force."""
    with _office(data, manifest) as office:
        if versions:
            _versions(office)
            return
        listed = office.ledger.proposals.list()
    if style == "json":
        click.echo(json.dumps([_as_json(each) for each in listed], ensure_ascii=False, indent=2))
        return
    for proposal in listed:
        _show(proposal)
    if not listed:
        click.echo("没有提议。")


@contextmanager
def _office(data: Path, manifest: Path | None) -> Iterator[Office]:
    with closing(known_ledger(data)) as ledger, unusable():
        yield Office(ledger, load_forms(), manifest_path(manifest))


def _active(office: Office) -> Manifest:
    return ActiveManifest(office.ledger, office.file.parent)()


def _edit(
    active: Manifest, name: str, value: str, since: date | None, source: str | None, category: str | None
) -> Edit:
    limit = active.book.limits.get(name.removeprefix("limits."))
    if limit is None:
        if since or source or category:
            raise EditRefused(
                f"没有名为“{name}”的标准；起始日期、依据和类别只用于标准。zhengxiang limits 可列出全部标准。"
            )
        return NewSetting(_path(name, active.book.limits), setting_value(value))
    if since is None or not (source or "").strip():
        raise EditRefused(
            f"“{limit.label}”是办法规定的标准，请用 --from 写明起始日期，用 --source 写明依据的文号。"
        )
    return NewValue(limit.name, limit_value(value, limit.unit), since, str(source).strip(), category)


def _path(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Where a habit or reading stands; its section may be left out."""
    parts = tuple(name.split("."))
    if parts[0] in SECTIONS:
        return parts
    for section, names in SECTIONS.items():
        if parts[0] in names:
            return (section, *parts)
    near = get_close_matches(name, [*known, *(each for names in SECTIONS.values() for each in names)], 1)
    hint = (
        f"是否想写“{near[0]}”？" if near else "zhengxiang limits 可列出全部标准；习惯和口径的名称见参数文件。"
    )
    raise EditRefused(f"没有名为“{name}”的标准、口径或习惯。{hint}")


def _told(proposal: Proposal) -> None:
    _show(proposal)
    who = "须由另一人确认" if proposal.needs_second else "是本局自己的管理习惯，不需要第二人"
    click.echo(f"尚未生效：{who}。确认：zhengxiang confirm {proposal.id} --by 姓名")


def _show(proposal: Proposal) -> None:
    at = f"{proposal.proposed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    kind = "退回早先的版本" if proposal.kind == "rollback" else "修改"
    click.echo(
        f"第{proposal.id}号  {STATES[ProposalState(proposal.state)]}  {kind}，{proposal.proposed_by}于{at}提出：{proposal.reason}"
    )
    if proposal.decided_by and proposal.decided_at:
        click.echo(f"  {proposal.decided_by}于{proposal.decided_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}办理")
    for line in (*proposal.changes, *proposal.preview["said"]):
        click.echo(f"  {line}")


def _as_json(proposal: Proposal) -> dict[str, object]:
    shown = {
        each.name: getattr(proposal, each.name)
        for each in fields_of(Proposal)
        if each.name not in ("text", "beside")
    }
    times = {name: each.isoformat() for name, each in shown.items() if isinstance(each, datetime)}
    return {**shown, **times}


def _versions(office: Office) -> None:
    history = office.ledger.manifests.history()
    rows = [
        (each.version, f"{each.applied_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", each.applied_by)
        for each in history
    ]
    for line in table(("版本", "生效时间", "办理人"), rows):
        click.echo(line)


def _today() -> date:
    return shanghai_day(datetime.now(UTC))
