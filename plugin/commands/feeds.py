"""Links to calendars of due days: made for a unit or for the bureau, listed, revoked."""

from __future__ import annotations

import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.clock import SHANGHAI
from plugin.commands.calendar import in_force
from plugin.commands.common import DATA, MANIFEST, manifest_path, open_ledger, stop, unusable
from plugin.ledger.feeds import TOKEN_BYTES


@click.group()
def feeds() -> None:
    """Calendars that mail programs subscribe to."""


@feeds.command()
@DATA
@MANIFEST
@click.option("--unit", help="The open duties of this unit's projects.")
@click.option("--bureau", is_flag=True, help="Those of all units.")
@click.option("--by", required=True, help="Who makes the link: goes into the audit trail.")
@click.option("--address", default="", help="Where the receiver is reached, to print the whole link.")
def add(data: Path, manifest: Path | None, unit: str | None, bureau: bool, by: str, address: str) -> None:
    """Make a link and print it. It is shown this once: only its hash is kept."""
    if bureau is (unit is not None):
        stop("请写明是哪个单位（--unit 单位名称），或者全县（--bureau），两者选一。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with closing(open_ledger(data)) as ledger, unusable():
        name = in_force(ledger, manifest_path(manifest)).unit_name(unit) if unit else None
        id = ledger.feeds.add(token, name, by, datetime.now(UTC))
        known = name is None or bool(ledger.projects.list(unit=name, limit=1))
    click.echo(
        f"日历{id}（{name or '全县'}）的链接如下，只显示这一次。持有链接的人都能看到其中的事项，请单独交给使用人。"
    )
    click.echo(f"{address.rstrip('/')}/calendar/{token}.ics")
    if not known:
        click.echo(f"提醒：台账中还没有“{name}”的项目，请核对单位名称。", err=True)


@feeds.command("list")
@DATA
def list_(data: Path) -> None:
    """List the links ever made; the links themselves are not kept."""
    with closing(open_ledger(data)) as ledger:
        for each in ledger.feeds.list():
            state = f"{each.revoked_at.astimezone(SHANGHAI):%Y-%m-%d}撤销" if each.revoked_at else "在用"
            made = f"{each.made_at.astimezone(SHANGHAI):%Y-%m-%d}由{each.made_by}建立"
            click.echo(f"{each.id:>4}  {state}  {each.unit or '全县'}  {made}")


@feeds.command()
@DATA
@click.argument("id", type=int)
@click.option("--by", required=True)
def revoke(data: Path, id: int, by: str) -> None:
    """Make a link unknown, at once and for good."""
    with closing(open_ledger(data)) as ledger:
        revoked = ledger.feeds.revoke(id, by, datetime.now(UTC))
    click.echo(f"日历{id}的链接已撤销。" if revoked else f"没有在用的日历{id}。")
    sys.exit(0 if revoked else 1)
