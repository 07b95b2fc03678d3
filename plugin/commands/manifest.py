"""The manifest: check, start, apply."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin import manifest as manifests
from plugin.active import ActiveManifest, NothingApplied
from plugin.clock import shanghai_day
from plugin.commands.common import DATA, MANIFEST, load, manifest_path, open_ledger, stop
from plugin.ledger import Ledger
from plugin.manifest import Manifest


@click.command()
@MANIFEST
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(manifest: Path | None, style: str) -> None:
    """Check manifest.yaml: all mistakes at once, each with its line and its cure."""
    report = manifests.check(manifest_path(manifest), os.environ, shanghai_day(datetime.now(UTC)))
    click.echo(report.as_json() if style == "json" else report.as_text())
    sys.exit(report.exit_code)


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("manifest.yaml"))
def init(path: Path) -> None:
    """Write a commented starter manifest."""
    if path.exists():
        stop(f"{path} 已存在，未改动。请换一个文件名，或先移走原文件。")
    path.write_text(manifests.starter_text(), encoding="utf-8")
    click.echo(f"已写入 {path}。请按注释填写，然后运行 zhengxiang check。")


@click.command()
@MANIFEST
@DATA
@click.option("--by", required=True, help="Who applies it: goes into the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(manifest: Path | None, data: Path, by: str, yes: bool) -> None:
    """Show what the manifest would change, then make it the version in force."""
    path = manifest_path(manifest)
    wanted = load(path)
    with closing(open_ledger(data)) as ledger:
        for line in _changes(ledger, wanted, path.parent):
            click.echo(line)
        if not yes:
            click.confirm("应用以上改动？", abort=True)
        now = datetime.now(UTC)
        changed = ledger.manifests.apply(wanted.version, wanted.text, by, now, wanted.beside)
        waiting = ledger.projects.outdated_count(wanted.version)
    click.echo(f"版本 {wanted.version} {'已生效' if changed else '原已生效，无改动'}。")
    if waiting:
        click.echo(
            f"台账中的{waiting}个项目由 zhengxiang jobs 逐个按此版本重新判断，结论没有变化的不再通知。"
        )


def _changes(ledger: Ledger, wanted: Manifest, base: Path) -> list[str]:
    try:
        return manifests.diff(ActiveManifest(ledger, base)(), wanted) or ["与生效版本没有差别。"]
    except NothingApplied:
        return ["首次应用：此前没有生效的参数文件。"]
