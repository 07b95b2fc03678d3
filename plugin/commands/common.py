"""What the commands share: options, the ledger, the manifest, and how they refuse."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from plugin import manifest as manifests
from plugin.errors import PluginError
from plugin.ledger import Ledger, LedgerError
from plugin.manifest import Manifest, ManifestInvalid

DATA = click.option(
    "--data", type=click.Path(path_type=Path), envvar="ZHENGXIANG_DATA", default=Path("data"), show_default=True,
    help="Folder of the ledger.",
)  # fmt: skip
MANIFEST = click.option(
    "--manifest", type=click.Path(path_type=Path), help="Else ZHENGXIANG_MANIFEST, else ./manifest.yaml."
)


def open_ledger(data: Path) -> Ledger:
    """The ledger in that folder, made if it is not there."""
    data.mkdir(parents=True, exist_ok=True)
    with unusable():
        return Ledger.open(data / "ledger.db")


def known_ledger(data: Path) -> Ledger:
    """The ledger in that folder; a command that only asks makes none."""
    if not (data / "ledger.db").is_file():
        stop(f"{data} 中没有台账。请用 --data 指明台账所在的目录，或先运行 zhengxiang apply。")
    return open_ledger(data)


@contextmanager
def unusable() -> Iterator[None]:
    """What stops us before anything was done: its Chinese sentence on standard error, exit status 2."""
    try:
        yield
    except (LedgerError, PluginError) as error:
        stop(str(error))


def manifest_path(option: Path | None) -> Path:
    """The file named, or the one of the environment or of this folder."""
    try:
        return manifests.find_manifest(option, os.environ, Path.cwd())
    except PluginError as error:
        stop(str(error))


def load(path: Path) -> Manifest:
    """The checked manifest; with mistakes in it, all of them on standard error."""
    try:
        return manifests.load_manifest(path, os.environ)
    except ManifestInvalid as error:
        stop("\n".join(str(each) for each in error.problems))


def as_json(value: Any) -> str:
    """JSON for a person: indented, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def stop(message: str) -> NoReturn:
    """Not usable: say why on standard error."""
    click.echo(message, err=True)
    sys.exit(2)
