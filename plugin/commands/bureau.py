"""Acts of the bureau on single records."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.bureau import Override, attached, offline_intake, overridden
from plugin.commands.common import DATA, MANIFEST, manifest_path, open_ledger, unusable


@click.command()
@DATA
@MANIFEST
@click.argument("record")
@click.argument("rule")
@click.option("--by", required=True, help="The authorised person.")
@click.option("--reason", required=True, help="Why: recorded for good.")
@click.option("--platform", default="standard", show_default=True)
def override(
    data: Path, manifest: Path | None, record: str, rule: str, by: str, reason: str, platform: str
) -> None:
    """Let one 原则上 rule through for one record (待核准): who, when and why are kept."""
    with closing(open_ledger(data)) as ledger, unusable():
        intake = offline_intake(ledger, manifest_path(manifest).parent)
        overridden(intake, Override(platform, record, rule, by, reason), datetime.now(UTC))
    click.echo(f"已核准：{record} 的规则 {rule}。")


@click.command()
@DATA
@MANIFEST
@click.argument("record")
@click.argument("project_code")
@click.option("--by", required=True)
@click.option("--platform", default="standard", show_default=True)
def attach(data: Path, manifest: Path | None, record: str, project_code: str, by: str, platform: str) -> None:
    """Attach a record whose project code is unknown to a project of the ledger."""
    with closing(open_ledger(data)) as ledger, unusable():
        attached(
            offline_intake(ledger, manifest_path(manifest).parent),
            platform,
            record,
            project_code,
            by,
            datetime.now(UTC),
        )
    click.echo(f"已关联：{record} 归入 {project_code}。")
