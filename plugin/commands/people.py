"""Accounts of the console: who may sign in, as what."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

import click
from argon2 import PasswordHasher

from plugin.clock import SHANGHAI
from plugin.commands.common import DATA, open_ledger, stop
from plugin.console.access import NAMES, Role
from plugin.console.signin import first_password
from plugin.ledger import Ledger, Person

LOGIN = r"[a-z0-9][a-z0-9._-]{1,39}"


@click.group()
def people() -> None:
    """Accounts of the console."""


@people.command()
@DATA
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role", type=click.Choice([each.value for each in Role]), required=True,
    help="admin, reader: the bureau. auditor: sees all, changes nothing. operator: runs the system. unit: one unit's projects.",
)  # fmt: skip
@click.option("--unit", help="The construction unit, in full; for the role `unit`.")
@click.option("--platform-id", help="The person's id on the platform, for its sign-in link.")
def add(data: Path, login: str, name: str, role: str, unit: str | None, platform_id: str | None) -> None:
    """Make an account. Its first password is shown once and must be changed at first use."""
    if not re.fullmatch(LOGIN, login):
        stop("用户名用小写字母、数字、点、下划线和短横，2至40个字符，以字母或数字开头。")
    if (role == Role.UNIT) != bool(unit):
        stop("角色 unit 须用 --unit 写明建设单位全称，其他角色不写。")
    password = first_password()
    with closing(open_ledger(data)) as ledger:
        made = ledger.people.add(
            login, name, role, PasswordHasher().hash(password), getuser(), datetime.now(UTC),
            unit=unit, platform_id=platform_id,
        )  # fmt: skip
    if not made:
        stop(f"用户名“{login}”或者平台用户已经有账号，没有新建。")
    click.echo(
        f"已新建：{login}（{name}，{NAMES[Role(role)]}）\n初始密码：{password}\n只显示这一次，首次登录须修改。"
    )


@people.command("list")
@DATA
def list_people(data: Path) -> None:
    """All accounts and their state."""
    now = datetime.now(UTC)
    with closing(open_ledger(data)) as ledger:
        for each in ledger.people.everybody():
            last = (
                f"{each.last_signed_in_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
                if each.last_signed_in_at
                else "从未登录"
            )
            click.echo(
                f"{each.login:<16}{each.name}  {NAMES[Role(each.role)]}  {each.unit or ''}  {_state(each, now)}  {last}"
            )


@people.command()
@DATA
@click.argument("login")
def reset(data: Path, login: str) -> None:
    """Give a new first password, lift a lock, end the person's sessions."""
    password = first_password()
    with closing(open_ledger(data)) as ledger:
        person = _known(ledger, login)
        ledger.people.set_password(
            person, PasswordHasher().hash(password), True, getuser(), datetime.now(UTC)
        )
    click.echo(f"新的初始密码：{password}\n只显示这一次，首次登录须修改。")


@people.command()
@DATA
@click.argument("login")
def disable(data: Path, login: str) -> None:
    """End the account: no signing in, open sessions end now. Its history stays."""
    with closing(open_ledger(data)) as ledger:
        ledger.people.disable(_known(ledger, login), getuser(), datetime.now(UTC))
    click.echo(f"已停用：{login}。")


def _known(ledger: Ledger, login: str) -> Person:
    person = ledger.people.by_login(login)
    return person or stop(f"没有用户名为“{login}”的账号。运行 zhengxiang people list 可列出全部账号。")


def _state(person: Person, now: datetime) -> str:
    if person.disabled_at:
        return "已停用"
    return "已锁定" if person.is_locked(now) else "初始密码" if person.must_change else "可用"
