"""`forms plan | push | remove | check`: the forms on a real NocoBase.

The address and the options come from the manifest, or from --url and --plugin-url where there is none yet.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from forms.definition import load_forms
from plugin.commands.common import MANIFEST, load, manifest_path, stop, unusable
from plugin.manifest import PlatformSettings, secrets_of, token_of
from plugin.platforms.nocobase import actual
from plugin.platforms.nocobase.check import check as held_against
from plugin.platforms.nocobase.client import Client, provisioning_door
from plugin.platforms.nocobase.desired import Desired, desired
from plugin.platforms.nocobase.plan import Change, Wanted, empty
from plugin.platforms.nocobase.plan import plan as planned
from plugin.platforms.nocobase.push import push as carry_out
from plugin.platforms.nocobase.removal import RecordsStand, removal
from plugin.platforms.nocobase.settings import Auth, NocobaseSettings
from plugin.platforms.nocobase.steps import Hands

ADMIN = "ZHENGXIANG_NOCOBASE_ADMIN_TOKEN"
SECRETS = "ZHENGXIANG_WEBHOOK_SECRETS"
AUTHS = {"v1": Auth.HMAC, "static_token": Auth.TOKEN}
AFTERWARDS = """\
请平台管理员再核对四件事（docs/nocobase.md）：
  1. 平台的 .env 里有 LOGGER_LEVEL=error：否则平台会把每次提交的内容（包括被退回的）写进 storage/logs；
  2. 用签名方式的，.env 里有 WORKFLOW_SCRIPT_MODULES=crypto；
  3. .env 里有 DB_POOL_MAX=40（同时提交的人数的两倍以上）：默认的5个连接，几个人同时提交就会互相等待，提交失败；
  4. 给填报人授予“政项·项目建设单位填报人”或“政项·数据资源局”角色。"""


@dataclass(frozen=True, slots=True)
class Site:
    """One platform, reached as its administrator."""

    settings: NocobaseSettings
    platform: PlatformSettings
    client: Client

    def read(self) -> tuple[Desired, actual.Actual]:
        """What must stand there, and what does."""
        want = desired(load_forms().values(), self.settings)
        return want, actual.read(self.client, self.settings.prefix, self.settings.runtime_user)

    def carry_out(
        self, changes: Iterable[Change], want: Desired, have: actual.Actual, key_file: Path | None
    ) -> int:
        """Every change in order, a line for each."""
        hands = Hands(
            client=self.client,
            names=want.names,
            own_scope=have.own_scope,
            secret=lambda: secrets_of(self.platform, os.environ)[0],
            keep_key=lambda key: _keep(key, key_file),
            pause=time.sleep,
            password=lambda: secrets.token_urlsafe(24),
            routes={name: each["id"] for name, each in have.routes.items()},
        )
        return carry_out(changes, hands, lambda change: click.echo(f"完成  {change.what}"))


def on_site(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command its Site; whatever stops us is told in a sentence, exit status 2."""

    @MANIFEST
    @click.option("--url", help="Address of the platform; instead of a manifest.")
    @click.option(
        "--plugin-url", help="Where the platform reaches `serve`; else platform.options.plugin_url."
    )
    @click.option("--signature", type=click.Choice(list(AUTHS)), default="v1", help="With --url only.")
    @wraps(command)
    def wrapped(
        manifest: Path | None, url: str | None, plugin_url: str | None, signature: str, **rest: Any
    ) -> None:
        with unusable():
            command(_site(manifest, url, plugin_url, signature), **rest)

    return wrapped


@click.command()
@click.argument("names", metavar="[FORM]...", nargs=-1)
@on_site
def plan(site: Site, names: tuple[str, ...]) -> None:
    """Show what a push would create and change. Exit status 0: nothing; 1: something."""
    want, have = site.read()
    changes = planned(want, have, _known(names))
    _show(changes)
    sys.exit(0 if empty(changes) else 1)


@click.command()
@click.argument("names", metavar="[FORM]...", nargs=-1)
@click.option(
    "--key-file", type=click.Path(path_type=Path), help="Make a key for our runtime and keep it here (0600)."
)
@click.option("--new-secret", is_flag=True, help="Set the webhook's secret on the platform anew.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@on_site
def push(site: Site, names: tuple[str, ...], key_file: Path | None, new_secret: bool, yes: bool) -> None:
    """Bring the platform in line with the forms. Deletes nothing. Without names: all forms."""
    if not site.settings.plugin_url:
        stop("没有接收端地址：请在 platform.options.plugin_url 写明，或者用 --plugin-url 给出。")
    if key_file is not None and not key_file.parent.is_dir():
        stop(f"没有 {key_file.parent} 这个目录，密钥无处存放。")
    want, have = site.read()
    also = Wanted(runtime_key=key_file is not None and not key_file.exists(), secret_anew=new_secret)
    changes = planned(want, have, _known(names), also)
    _show(changes)
    if empty(changes):
        return
    if not yes:
        click.confirm("照此执行吗？", abort=True)
    done = site.carry_out(changes, want, have, key_file)
    click.echo(f"共完成{done}项。\n{AFTERWARDS}")


@click.command()
@click.argument("name", metavar="FORM")
@click.option("--with-records", is_flag=True, help="Also if it has records: they are lost.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@on_site
def remove(site: Site, name: str, with_records: bool, yes: bool) -> None:
    """Take a form off the platform: workflows, page, collections. Refuses while it has records."""
    _known((name,))
    want, have = site.read()
    own = want.forms[name].collections[-1].name
    records = site.client.count(own) if own in have.collections else 0
    try:
        changes = removal(want, have, name, records, with_records=with_records)
    except RecordsStand as error:
        stop(str(error))
    _show(changes)
    if empty(changes):
        return
    if not yes:
        click.confirm("删除后不能恢复，照此执行吗？", abort=True)
    site.carry_out(changes, want, have, None)


@click.command()
@click.argument("name", metavar="FORM")
@click.option("--collection", help="The collection made by hand; else the name a push would give.")
@on_site
def check(site: Site, name: str, collection: str | None) -> None:
    """Hold a form that was made by hand against its field list. Exit status 0: it fits; 1: it does not."""
    _known((name,))
    own = collection or f"{site.settings.prefix}{name}"
    every = {
        each["name"]: {"fields": {field["name"]: field for field in each["fields"]}}
        for each in site.client.get("collections:listMeta")
    }
    wrong = held_against(load_forms()[name], every, own)
    for each in wrong:
        click.echo(each)
    click.echo(f"{own}：{f'有{len(wrong)}处不符' if wrong else '与字段表相符'}。")
    sys.exit(1 if wrong else 0)


COMMANDS = (plan, push, remove, check)


def _site(manifest: Path | None, url: str | None, plugin_url: str | None, signature: str) -> Site:
    ca_bundle = None
    if url:
        platform = PlatformSettings("nocobase", url, SECRETS, signature, ADMIN)
    else:
        loaded = load(manifest_path(manifest))
        platform, ca_bundle = replace(loaded.platform, token_env=ADMIN), loaded.ca_bundle
        if platform.name != "nocobase":
            stop(
                f"参数文件里的平台是 {platform.name}，不是 nocobase。请修改 platform.name，或者用 --url 指明平台地址。"
            )
    if platform.signature not in AUTHS:
        stop(f"NocoBase 不支持签名方式 {platform.signature}，请改用 {' 或 '.join(AUTHS)}。")
    options = {**platform.options, **({"plugin_url": plugin_url} if plugin_url else {})}
    try:
        settings = NocobaseSettings.from_options(
            options, base_url=platform.base_url, auth=AUTHS[platform.signature]
        )
    except ValueError as error:
        stop(str(error))
    door = provisioning_door(settings.base_url, ca_bundle)
    return Site(settings, platform, Client(door, settings.base_url, token_of(platform, os.environ)))


def _known(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The forms named, None for all."""
    for name in names:
        if name not in load_forms():
            stop(f"没有名为“{name}”的表单。运行 zhengxiang forms render 可列出全部表单。")
    return names or None


def _show(changes: Iterable[Change]) -> None:
    lines = [str(each) for each in changes]
    click.echo("\n".join(lines) if lines else "平台与表单定义一致，没有要做的。")


def _keep(key: str, path: Path | None) -> None:
    """The runtime's key goes into a file that only we can read, never onto the screen."""
    if path is not None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
