"""What another manifest would change, before anybody applies it."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from forms.definition import load_forms
from plugin import manifest as manifests
from plugin.active import ActiveManifest
from plugin.clock import shanghai_day
from plugin.commands.common import DATA, MANIFEST, known_ledger, unusable
from plugin.errors import PluginError
from plugin.manifest import Manifest
from plugin.whatif import Effect, Summary, WhatIf
from plugin.whatif.report import HEAD, effect_json, effect_lines, rows, summary_json, summary_lines
from plugin.whatif.words import Words

SHOWN = 50


@click.command()
@click.argument("new", type=click.Path(path_type=Path))
@DATA
@MANIFEST
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which next steps are imagined. Else the first day of the new values, today at the earliest.",
)
@click.option(
    "--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    help=f"How many projects to list, 0 = all. [default: {SHOWN}; csv: all]",
)
def whatif(
    new: Path, data: Path, manifest: Path | None, on: datetime | None, style: str, limit: int | None
) -> None:
    """Show what the manifest NEW would change for the projects of the ledger. Writes nothing.

    Exit status 0: for no project; 1: for some; 2: NEW has mistakes, or there is nothing to compare it with.
    """
    base = _base(manifest, new)
    with closing(known_ledger(data)) as ledger, unusable():
        old = ActiveManifest(ledger, base)()
        proposed = manifests.load_manifest(new, os.environ, base=base)
        today = shanghai_day(datetime.now(UTC))
        question = WhatIf(ledger, load_forms(), old, proposed, today, on.date() if on else None)
        shown = limit or None if style == "csv" or limit is not None else SHOWN
        show = {"text": _text, "json": _json, "csv": _csv}[style]
        affected = show(question, old, proposed, shown)
    sys.exit(1 if affected else 0)


def _base(option: Path | None, new: Path) -> Path:
    """The folder of the manifest in force: NEW is meant to stand in its place. Where there is none, NEW's own."""
    try:
        return manifests.find_manifest(option, os.environ, Path.cwd()).parent
    except PluginError:
        return new.parent


def _text(question: WhatIf, old: Manifest, new: Manifest, shown: int | None) -> int:
    summary, listed = Summary(), list[Effect]()
    for effect in _counted(question, summary):
        if shown is None or len(listed) < shown:
            listed.append(effect)
    words = Words(question.change)
    click.echo(f"{new.version} 与生效版本 {old.version} 相比：")
    for line in manifests.diff(old, new) or ["没有差别。"]:
        click.echo(f"  {line}")
    for line in summary_lines(summary, words):
        click.echo(line)
    for effect in listed:
        for line in effect_lines(effect, words):
            click.echo(line)
    left = summary.affected.projects - len(listed)
    if left:
        click.echo(f"另有{left}个项目没有列出；--limit 0 列出全部，--format csv 导出表格。")
    return summary.affected.projects


def _json(question: WhatIf, old: Manifest, new: Manifest, shown: int | None) -> int:
    summary, words, listed = Summary(), Words(question.change), list[object]()
    for effect in _counted(question, summary):
        if shown is None or len(listed) < shown:
            listed.append(effect_json(effect, words))
    answer = {
        "in_force": old.version,
        "proposed": new.version,
        "changes": manifests.diff(old, new),
        "summary": summary_json(summary, words),
        "projects": listed,
    }
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    return summary.affected.projects


def _csv(question: WhatIf, _old: Manifest, _new: Manifest, shown: int | None) -> int:
    """One row a change, as it is found: nothing is kept. With the mark by which Excel knows UTF-8."""
    summary, words = Summary(), Words(question.change)
    sys.stdout.write("\ufeff")
    table = csv.writer(sys.stdout)
    table.writerow(HEAD)
    for effect in islice(_counted(question, summary), shown):
        table.writerows(rows(effect, words))
    return summary.affected.projects


def _counted(question: WhatIf, summary: Summary) -> Iterator[Effect]:
    for effect in question.effects(summary.seen):
        summary.add(effect)
        yield effect
