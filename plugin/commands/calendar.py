"""The working days: enter the State Council's notice, see what is missing, look at a year."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import click

from plugin.active import ActiveManifest, NothingApplied
from plugin.clock import SHANGHAI, shanghai_day
from plugin.commands.common import (
    DATA,
    MANIFEST,
    known_ledger,
    load,
    manifest_path,
    open_ledger,
    stop,
    unusable,
)
from plugin.holidays import FIRST_YEAR, LAST_YEAR, Year, calendar_for, corrections, read_notice
from plugin.holidays.changes import changes, shown
from plugin.holidays.coverage import Level, gaps, said
from plugin.holidays.entering import write_year, years_of
from plugin.ledger import Ledger
from plugin.manifest import Beside, Manifest, load_text

LARGEST = 64 * 1024
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


@click.group()
def calendar() -> None:
    """Working days and holidays, and due days as a calendar to subscribe to."""


@calendar.command("import")
@click.argument("notice", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@DATA
@MANIFEST
@click.option("--by", required=True, help="Who enters it: goes into the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(notice: str, data: Path, manifest: Path | None, by: str, yes: bool) -> None:
    """Read the State Council's NOTICE (a text file, or -), show what changes, then put it in force."""
    path = manifest_path(manifest)
    with closing(open_ledger(data)) as ledger:
        current = in_force(ledger, path)
        folder = path.parent / current.corrections
        with unusable():
            known = corrections(folder)
            base = calendar_for(YEARS, folder, current.book.calendar.roll)
            read = read_notice(_text(notice))
            years = years_of(read, base, known)
            wanted = calendar_for(YEARS, folder, base.roll, years)
        lines = changes(current.book.calendar, wanted)
        if not lines and all(known.get(year) == content for year, content in years.items()):
            click.echo("与现行安排一致，没有改动。")
            return
        for line in lines or ["上班和放假的日子没有变化，只补记依据。"]:
            click.echo(line)
        if read.doubt:
            click.echo(f"［提醒］{read.doubt}")
        _confirmed(notice, yes)
        _write(folder, years)
        with unusable():
            _putin_force(ledger, path.parent, by)


def _text(notice: str) -> str:
    """UTF-8, or the GB 18030 that Windows still saves."""
    with click.open_file(notice, "rb") as file:
        content: bytes = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        stop("文件太大，不像是放假通知。请把通知全文单独存成一个文本文件。")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _confirmed(notice: str, yes: bool) -> None:
    if yes:
        return
    if notice == "-":
        click.echo(
            "通知是从标准输入读入的，无法在这里确认。核对无误后请加 --yes 再运行一次；尚未改动任何内容。",
            err=True,
        )
        sys.exit(1)
    click.confirm("写入以上改动并使之生效？", abort=True)


def _write(folder: Path, years: dict[int, Year]) -> None:
    now = datetime.now(SHANGHAI)
    for year, content in years.items():
        kept = write_year(folder, year, content, now)
        click.echo(f"已写入 {folder / f'{year}.yaml'}。" + (f"原文件保留为 {kept.name}。" if kept else ""))


def _putin_force(ledger: Ledger, base: Path, by: str) -> None:
    """The version in force with the new days: its text and pack stay, whatever stands in the files by now."""
    active = ledger.manifests.active()
    if active is None:
        click.echo("台账中还没有生效的参数文件：运行 zhengxiang apply 后生效。")
        return
    pack = Beside(pack=Beside.from_json(active.beside).pack)
    wanted = load_text(active.text, f"ledger:{active.version}", base=base, beside=pack)
    changed = ledger.manifests.apply(wanted.version, active.text, by, datetime.now(UTC), wanted.beside)
    click.echo(
        f"版本 {wanted.version} 已生效。未办结事项的期限由 zhengxiang jobs 重新计算，日期有变动的会通知到人。"
        if changed
        else f"版本 {wanted.version} 原已生效。"
    )


@calendar.command()
@DATA
@MANIFEST
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of that day instead of today.")
def check(data: Path, manifest: Path | None, on: datetime | None) -> None:
    """Say whether open deadlines reach a year not announced. Exit 1 from 1 November before it, 2 from 15 December."""
    path = manifest_path(manifest)
    day = on.date() if on else shanghai_day(datetime.now(UTC))
    with closing(known_ledger(data)) as ledger, unusable():
        years = in_force(ledger, path).book.calendar.years
        rows = ledger.obligations.open_due_before(date.max)
    found = gaps([(row.due_on, row.provisional) for row in rows if row.due_on], years, day)
    for gap in found:
        click.echo(said(gap))
    if not found:
        click.echo(f"未办结事项的期限都在已有节假日安排的年份内（至{max(years)}年）。")
    sys.exit(max((gap.level for gap in found), default=Level.CALM))


@calendar.command()
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@DATA
@MANIFEST
def show(year: int, data: Path, manifest: Path | None) -> None:
    """Print a year in force: working days, days off, weekends worked, month by month."""
    with closing(open_ledger(data)) as ledger, unusable():
        current = in_force(ledger, manifest_path(manifest)).book.calendar
    if year not in current.years:
        stop(
            f"{year}年没有节假日安排，期限暂按周末计算。请用 zhengxiang calendar import 导入国务院办公厅的通知。"
        )
    for line in shown(current, year):
        click.echo(line)


def in_force(ledger: Ledger, path: Path) -> Manifest:
    """What the ledger has in force; the file where nothing was applied yet."""
    try:
        return ActiveManifest(ledger, path.parent)()
    except NothingApplied:
        return load(path)
