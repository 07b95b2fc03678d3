"""A copy of everything, while work goes on; and which copies were made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.clock import SHANGHAI
from plugin.commands.common import DATA, known_ledger, stop, unusable
from plugin.ledger import Ledger
from plugin.ledger.backups import back_up


@click.command()
@DATA
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--earlier", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A backup made before, on the same disk: attachments that are in it are linked, not copied.",
)  # fmt: skip
@click.option("--list", "only_list", is_flag=True, help="List the backups made so far instead.")
def backup(data: Path, folder: Path | None, earlier: Path | None, only_list: bool) -> None:
    """Write a new FOLDER with the checked ledger and its attachments, while work goes on."""
    if only_list is (folder is not None):
        stop("请写明备份到哪个新目录；只看做过哪些备份的，用 zhengxiang backup --list。")
    with closing(known_ledger(data)) as ledger, unusable():
        if folder is None:
            for line in _made(ledger):
                click.echo(line)
            return
        count = back_up(ledger, folder.absolute(), datetime.now(UTC), earlier)
    click.echo(f"已备份到 {folder}：台账（已校验）和{count}个附件。")


def _made(ledger: Ledger) -> Iterator[str]:
    for path, at in ledger.backups():
        there = "" if Path(path).exists() else "  （已不在原处）"
        yield f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {path}{there}"
