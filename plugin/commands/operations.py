"""For operators: the timetable and its jobs, dead letters, the comparison with the life-cycle system."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import click

from plugin.clock import SHANGHAI
from plugin.commands.common import DATA, MANIFEST, known_ledger, load, manifest_path, stop, unusable
from plugin.commands.tables import table
from plugin.comparing import LABELS, Kind
from plugin.ledger import DifferenceRow, Ledger
from plugin.letters import dead_letters
from plugin.letters import replay as replay_letter
from plugin.logs import configure
from plugin.reconcile import Reconciler
from plugin.remote import RemoteUnavailable, RemoteUnclear

if TYPE_CHECKING:
    from jobs.scheduler import Job
    from plugin.app import Services

BREATH_S = 0.001  # as the timetable: after every transaction, so that the receiver gets the lock
WAITING = {"write_backs": "writeback", "messages": "message", "reminders": "reminder", "filings": "filing"}


@click.group(invoke_without_command=True)
@MANIFEST
@DATA
@click.pass_context
def jobs(context: click.Context, manifest: Path | None, data: Path) -> None:
    """Run the timetable: take submissions, write back, remind, file, compare. Any number of processes may run it."""
    given = {"manifest": manifest, "data": data}
    if context.invoked_subcommand:
        context.default_map = dict.fromkeys(
            jobs.commands, given
        )  # what stands before the subcommand counts for it
        return
    from plugin.serving import run_jobs  # noqa: PLC0415 - the other commands need no web server

    configure()
    path = manifest_path(manifest)
    with unusable():
        run_jobs(data, load(path), path)


@contextmanager
def services_of(data: Path, manifest: Path | None) -> Iterator[Services]:
    """The parts of one process, for one command."""
    from plugin.app import build  # noqa: PLC0415 - the other commands need neither Flask nor APScheduler

    with closing(known_ledger(data)) as ledger, unusable():
        yield build(ledger, os.environ, lambda: datetime.now(UTC), manifest_path(manifest))


def jobs_of(services: Services) -> tuple[Job, ...]:
    from plugin.app import timetable  # noqa: PLC0415 - as above

    return timetable(services, Random()).jobs  # noqa: S311 - jitter, no secret


@jobs.command("list")
@MANIFEST
@DATA
def list_jobs(manifest: Path | None, data: Path) -> None:
    """The jobs, how often each runs, what waits for it and what was given up."""
    with services_of(data, manifest) as services:
        rows = [
            (job.name, f"{job.every_s:g}秒", *_load(services.ledger, job.name), job.label)
            for job in jobs_of(services)
        ]
    for line in table(("作业", "间隔", "待办", "死信", "内容"), rows):
        click.echo(line)


def _load(ledger: Ledger, name: str) -> tuple[str, str]:
    """What waits for the job, and what it gave up."""
    if name == "inbox":
        counts = ledger.inbox.counts()
        return str(counts["open"]), str(counts["dead"])
    if name not in WAITING:
        return "-", "-"
    counts = ledger.outbox.counts().get(WAITING[name], {})
    return str(counts.get("pending", 0) + counts.get("leased", 0)), str(counts.get("dead", 0))


@jobs.command()
@MANIFEST
@DATA
@click.argument("name")
def run(manifest: Path | None, data: Path, name: str) -> None:
    """Run one job now, until nothing is due, and say how much it did."""
    with services_of(data, manifest) as services:
        known = {job.name: job for job in jobs_of(services)}
        if name not in known:
            stop(f"没有名为“{name}”的作业。可以运行：{'、'.join(known)}。")
        done = 0
        while known[name].step(services.clock()):
            done += 1
            time.sleep(BREATH_S)
    click.echo(f"{known[name].label}：处理了{done}件。")


@jobs.command()
@DATA
def dead(data: Path) -> None:
    """What was given up and waits for a person. Exit 1 if there is anything."""
    with closing(known_ledger(data)) as ledger:
        letters = list(dead_letters(ledger))
    if not letters:
        click.echo("没有死信。")
        return
    rows = [
        (
            each.no,
            each.kind,
            each.project_code,
            each.what,
            f"{each.since.astimezone(SHANGHAI):%m-%d %H:%M}",
            each.why,
        )
        for each in letters
    ]
    for line in table(("编号", "类别", "项目", "内容", "时间", "原因"), rows):
        click.echo(line)
    click.echo(f"共{len(letters)}件。排除原因后重发：zhengxiang jobs replay 编号，或者 --all 全部重发。")
    sys.exit(1)


@jobs.command()
@DATA
@click.argument("numbers", nargs=-1, metavar="[NO]...")
@click.option("--all", "everything", is_flag=True, help="All dead letters.")
@click.option(
    "--by", default=getpass.getuser, help="Who replays: goes into the audit trail. [default: the login name]"
)
def replay(data: Path, numbers: tuple[str, ...], everything: bool, by: str) -> None:
    """Try dead letters again once the cause is mended: O12, I7, or --all."""
    if bool(numbers) is everything:
        stop("请写明要重发的编号（zhengxiang jobs dead 可列出），或者用 --all 全部重发，二者选一。")
    with closing(known_ledger(data)) as ledger, unusable(), ledger.write_tx():  # all of them or none
        wanted = [each.no for each in dead_letters(ledger)] if everything else list(numbers)
        done = [replay_letter(ledger, each, datetime.now(UTC), by) for each in wanted]
    click.echo(f"已重新排队：{'、'.join(done)}。" if done else "没有死信。")


@click.command()
@MANIFEST
@DATA
@click.option("--project", help="Only this project's (or plan's) code.")
def reconcile(manifest: Path | None, data: Path, project: str | None) -> None:
    """Compare our filings with the life-cycle system's; mend what can be. Exit 1 if something needs a person."""
    with services_of(data, manifest) as services:
        reconciler = Reconciler(services.intake, services.lifecycle)
        codes = reconciler.codes()
        if project is not None and project not in codes:
            stop(f"台账中没有项目“{project}”。")
        found: list[DifferenceRow] = []
        for number, code in enumerate([project] if project else codes):
            try:
                found += reconciler.project(code, services.clock())
            except (RemoteUnavailable, RemoteUnclear) as error:
                _print_differences(found)
                stop(f"核对到{code}时中断，此前核对了{number}个：{error}")
    _print_differences(found)
    people = sum(each.for_person for each in found)
    compared = 1 if project else len(codes)
    click.echo(
        f"核对了{compared}个，已修复{len(found) - people}处，需要人工处理{people}处。"
        if found
        else f"核对了{compared}个，两边一致。"
    )
    sys.exit(1 if people else 0)


def _print_differences(found: list[DifferenceRow]) -> None:
    rows = [
        (
            row.project_code,
            LABELS[Kind(row.kind)],
            "人工" if row.for_person else "已修复",
            row.key,
            row.message,
        )
        for row in found
    ]
    for line in table(("项目", "情况", "处理", "备案", "说明"), rows) if rows else ():
        click.echo(line)
