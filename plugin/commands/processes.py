"""What runs for long: the receiver and the demo. The timetable is in operations.py."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from plugin.clock import SHANGHAI
from plugin.commands.common import DATA, MANIFEST, load, manifest_path, unusable
from plugin.logs import configure


@click.command()
@MANIFEST
@DATA
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8700, show_default=True)
def serve(manifest: Path | None, data: Path, host: str, port: int) -> None:
    """Run the receiver. A ledger that has no manifest yet takes the file's."""
    from plugin.serving import run_web  # noqa: PLC0415 - the other commands need no web server

    configure()
    path = manifest_path(manifest)
    with unusable():
        run_web(data, load(path), path, host, port)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True)
@click.option(
    "--port",
    type=int,
    default=8700,
    show_default=True,
    help="The two after it serve platform and life-cycle system.",
)
@click.option(
    "--now",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Start the clock at this moment (Shanghai).",
)
@click.option("--once", is_flag=True, help="Play a scripted round over HTTP, print what happened, stop.")
@click.option("--projects", type=int, default=0, help="Add so many invented projects over all stages.")
def demo(data: Path, port: int, now: datetime | None, once: bool, projects: int) -> None:
    """Everything on this machine: plugin, a stand-in platform, a stand-in life-cycle system."""
    from plugin.demo import play_once, run  # noqa: PLC0415 - as above

    configure()
    start = now.replace(tzinfo=SHANGHAI) if now else None
    sys.exit(play_once(data, start) if once else run(data, port, start, projects))
