"""What reminders would be sent: from a ledger as it stands, or from invented projects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from plugin.active import ActiveManifest, NothingApplied
from plugin.commands.common import MANIFEST, as_json, load, manifest_path, open_ledger, stop
from plugin.ledger import Ledger, WatchedDuty
from plugin.manifest import Manifest
from plugin.reminders import DUTIES, WEEKDAYS
from plugin.reminding.invented import invented
from plugin.reminding.simulating import Digest, Item
from plugin.reminding.simulating import simulate as simulated
from plugin.reminding.snapshot import of_county, of_ledger

DAY = click.DateTime(["%Y-%m-%d"])
CHANNELS = {"platform": "平台消息", "email": "电子邮件"}
ROLES = {
    "responsible": "",
    "unit_head": "（单位负责人）",
    "data_bureau": "（数据资源局）",
    "departments": "（各部门）",
}


@click.command()
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, included.")
@MANIFEST
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of a ledger: its open duties, its manifest.",
)
@click.option(
    "--projects",
    type=click.IntRange(1, 100_000),
    default=300,
    show_default=True,
    help="Else so many invented ones.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="One seed, one set of invented projects."
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def simulate(
    first: datetime,
    last: datetime,
    manifest: Path | None,
    data: Path | None,
    projects: int,
    seed: int,
    style: str,
) -> None:
    """Print the calendar of what would be sent, if nothing were done meanwhile.

    With --data under the version in force of that ledger, or under --manifest if it is given. Sends and changes nothing.
    """
    begins, ends = first.date(), last.date()
    if ends < begins:
        stop(f"截止日期{ends}早于起始日期{begins}。请检查 --from 和 --to。")
    if data is None:
        law = load(manifest_path(manifest))
        duties = [*invented(projects, seed, law, begins), *of_county(law, (), begins, ends)]
        digests = simulated(duties, law, begins, ends)
    elif not (data / "ledger.db").is_file():
        stop(f"{data} 中没有台账 ledger.db。请用 --data 指定台账所在的目录。")
    else:
        with closing(open_ledger(data)) as ledger:
            law = _in_force(ledger, manifest)
            recorded = {(row.project_code, row.key, row.mark) for row in ledger.reminders.list()}
            digests = simulated(of_ledger(ledger, law, begins, ends), law, begins, ends, recorded)
    click.echo(as_json(list(map(_json, digests))) if style == "json" else "\n".join(_text(digests, law)))


def _in_force(ledger: Ledger, manifest: Path | None) -> Manifest:
    if manifest is not None:
        return load(manifest_path(manifest))
    try:
        return ActiveManifest(ledger)()
    except NothingApplied as error:
        stop(str(error))


def _json(digest: Digest) -> dict[str, Any]:
    return {
        "day": digest.day.isoformat(),
        "person": digest.person,
        "channel": digest.channel,
        "duties": [
            {
                "project_code": item.known.duty.project_code or None,
                "duty": item.known.duty.duty,
                "key": item.known.duty.key,
                "due_on": item.known.duty.due_on.isoformat() if item.known.duty.due_on else None,
                "role": item.role,
                "moments": [mark.partition("@")[0] for mark in item.marks],
            }
            for item in digest.items.values()
        ],
    }


def _text(digests: list[Digest], law: Manifest) -> Iterator[str]:
    """A paragraph a day, a line a digest, a line a duty; then how much it is."""
    shown: date | None = None
    for digest in digests:
        if digest.day != shown:
            yield f"\n{digest.day}（星期{WEEKDAYS[digest.day.weekday()]}）"
            shown = digest.day
        yield f"  {digest.person}  {CHANNELS[digest.channel]}  {len(digest.items)}项"
        yield from (f"    · {_item(item, digest.day)}" for item in digest.items.values())
    people = {each.person for each in digests}
    items = sum(len(each.items) for each in digests)
    yield f"\n共{len(digests)}条提醒、{items}项次，{len(people)}人。参数文件版本 {law.version}。"
    if not digests:
        yield "没有提醒：可能没有未办事项，或没有登记接收人。"


def _item(item: Item, day: date) -> str:
    duty = item.known.duty
    about = f"：{item.known.project_name}（{duty.project_code}）" if duty.project_code else ""
    return f"{DUTIES.get(duty.duty, duty.duty)}{about}，{_state(duty, day)}{ROLES[item.role]}"


def _state(duty: WatchedDuty, day: date) -> str:
    last = duty.overdue_after or duty.due_on
    if last is None:
        return f"{duty.opens_on}起可以办理" if duty.opens_on else "没有规定期限"
    return f"{duty.due_on}到期" if day <= last else f"已逾期{(day - last).days}天"
