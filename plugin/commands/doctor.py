"""Is this installation sound: the ledger, the manifest in force, keys, the platform's way of signing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from plugin.active import ActiveManifest, NothingApplied
from plugin.adapters import AdapterUnusable
from plugin.app import platform_of, secrets
from plugin.commands.common import DATA, MANIFEST, load, manifest_path, open_ledger
from plugin.ledger import Ledger
from plugin.manifest import Manifest, SecretsUnreadable, token_of


@click.command()
@DATA
@MANIFEST
def doctor(data: Path, manifest: Path | None) -> None:
    """Check everything on this machine and say what to mend. Exit status 0: sound; 1: something is not."""
    path = manifest_path(manifest)
    settings = load(path)
    with closing(open_ledger(data)) as ledger:
        faults = [f"{each.code}  {each.message}" for each in ledger.doctor(datetime.now(UTC))]
        faults += [*_version(ledger, settings, path.parent), *_keys(settings)]
    warnings = list(_warnings(settings))
    for each in (*faults, *warnings):
        click.echo(each)
    if not faults:
        click.echo("没有发现故障。" if not warnings else "没有发现故障，以上各项请留意。")
    sys.exit(1 if faults else 0)


def _version(ledger: Ledger, settings: Manifest, base: Path) -> Iterator[str]:
    try:
        active = ActiveManifest(ledger, base)().version
    except NothingApplied as error:
        yield f"{error.code}  {error}"
        return
    if active != settings.version:
        yield (
            f"MANIFEST-DIFFERS  参数文件（{settings.version}）与生效的版本（{active}）不同。"
            "请运行 zhengxiang apply 使改动生效，或恢复文件。"
        )


def _keys(settings: Manifest) -> Iterator[str]:
    for section in (settings.platform, settings.lifecycle):
        try:
            secrets(section, os.environ)
        except SecretsUnreadable as error:
            yield f"{error.code}  {error}"
    try:
        token_of(settings.platform, os.environ)
    except SecretsUnreadable as error:
        yield f"{error.code}  {error}"


def _warnings(settings: Manifest) -> Iterator[str]:
    try:
        capabilities = platform_of(settings, os.environ, lambda: datetime.now(UTC)).capabilities
    except (AdapterUnusable, SecretsUnreadable):
        return  # said already
    if not capabilities.body_signed:
        yield (
            "BODY-UNSIGNED  平台的签名不覆盖请求内容：能看到请求的人可以改动内容而不被发现。"
            "请务必使用 https；平台支持签名内容的，请改用覆盖内容的签名方式。"
        )
    if not capabilities.time_signed:
        yield "TIME-UNSIGNED  平台的签名不含时间：截获的请求可以重放。重复的投递不会重复受理，仍请使用 https。"
