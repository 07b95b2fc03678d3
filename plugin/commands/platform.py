"""The low-code platform: is it there, does it know us, would its events arrive."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from forms.definition import load_forms
from plugin.app import platform_of, secrets
from plugin.commands.common import MANIFEST, load, manifest_path, unusable
from plugin.http import Door, HostRefused, Unclear, Unreachable
from plugin.manifest import Manifest
from plugin.sdk import Check, Platform


@click.group()
def platform() -> None:
    """The low-code platform that the forms are filled in on."""


@platform.command()
@MANIFEST
@click.option(
    "--plugin-url", default="http://127.0.0.1:8700", show_default=True, help="Where `serve` answers."
)
def test(manifest: Path | None, plugin_url: str) -> None:
    """Try everything before it is needed: reachability, TLS, clock, keys, a form read, an event sent to ourselves.

    Exit status 0: all well; 1: something is not.
    """
    settings = load(manifest_path(manifest))
    with unusable():
        connected = platform_of(settings, os.environ, lambda: datetime.now(UTC))
        checks = [*_checks(settings, connected), _own_event(settings, connected, plugin_url)]
    for each in checks:
        click.echo(f"{'通过' if each.ok else '未通过'}  {each.name}：{each.said}")
    sys.exit(0 if all(each.ok for each in checks) else 1)


def _checks(settings: Manifest, connected: Platform) -> Iterator[Check]:
    encrypted = settings.platform.base_url.startswith("https://")
    yield Check("传输加密", True, "使用 https。" if encrypted else "未使用 https，只可用于本机或专线。")
    yield from connected.probe()
    if connected.capabilities.describes_forms:
        for form in load_forms().values():
            wrong = connected.check_form(form)
            if wrong:
                yield Check(f"表单 {form.title}", False, "".join(wrong))


def _own_event(settings: Manifest, connected: Platform, plugin_url: str) -> Check:
    """What the platform would send, sent by ourselves to our own receiver: it is recorded as a test, nothing else."""
    hello = connected.hello(
        next(iter(load_forms())), secrets(settings.platform, os.environ), datetime.now(UTC)
    )
    url = plugin_url.rstrip("/") + hello.path + (f"?{hello.query}" if hello.query else "")
    try:
        reply = Door([plugin_url], ca_bundle=settings.ca_bundle).request(
            hello.method, url, headers=hello.headers, body=hello.body
        )
    except (Unreachable, Unclear, HostRefused) as error:
        return Check("自发事件", False, f"{error}请确认 zhengxiang serve 已启动，地址是 {plugin_url}。")
    if reply.status != 202:
        return Check("自发事件", False, f"接收端答复 HTTP {reply.status}：请核对密钥和系统时间。")
    return Check("自发事件", True, "接收端已受理。")
