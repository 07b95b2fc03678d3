"""The regulation asked directly: judge lines of JSON, explain a rule or an article."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.assess import assess_lines, is_error
from plugin.clock import shanghai_day
from plugin.commands.common import MANIFEST, load, manifest_path, stop
from plugin.explain import NothingKnown
from plugin.explain import explain as explanation


@click.command()
@MANIFEST
@click.option(
    "--on",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which acts without a day of their own happen.",
)
def assess(manifest: Path | None, today: datetime | None) -> None:
    """Judge JSON Lines from standard input: one verdict a line out. Exit 2 if a line was not usable."""
    active = load(manifest_path(manifest))
    day = today.date() if today else shanghai_day(datetime.now(UTC))
    unusable = False
    for answer in assess_lines(sys.stdin.buffer, active.book, day, active.classified_guidance):
        unusable |= is_error(answer)
        click.echo(answer)
    sys.exit(2 if unusable else 0)


@click.command()
@MANIFEST
@click.argument("code_or_article")
def explain(manifest: Path | None, code_or_article: str) -> None:
    """Say what a rule or an article (39, 39(1), 第三十九条第一款) asks, in the law's words and ours."""
    try:
        click.echo(explanation(code_or_article, load(manifest_path(manifest)).book))
    except NothingKnown as error:
        stop(str(error))
