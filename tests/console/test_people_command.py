"""`zhengxiang people`: accounts made, listed, reset and ended from the command line."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from argon2 import PasswordHasher
from click.testing import CliRunner

from plugin.cli import main
from plugin.ledger import Ledger, Person


def run(data: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["people", *arguments, "--data", str(data)])
    return result.exit_code, result.output


def person(data: Path, login: str) -> Person:
    with closing(Ledger.open(data / "ledger.db")) as ledger:
        found = ledger.people.by_login(login)
    assert found
    return found


def test_an_account_is_made_with_a_first_password_shown_once(tmp_path: Path) -> None:
    code, said = run(tmp_path, "add", "wangwu", "--name", "王五", "--role", "admin", "--platform-id", "u9")
    first = re.search(r"初始密码：(\S{16})\n", said)
    assert (code, first is not None) == (0, True)
    made = person(tmp_path, "wangwu")
    assert (made.name, made.role, made.platform_id, made.must_change) == ("王五", "admin", "u9", True)
    assert first and PasswordHasher().verify(made.password_hash, first[1])
    assert first[1] not in run(tmp_path, "list")[1]


def test_a_reset_gives_another_password_and_disabling_ends_the_account(tmp_path: Path) -> None:
    run(tmp_path, "add", "zhangsan", "--name", "张三", "--role", "unit", "--unit", "县档案馆（演示）")
    before = person(tmp_path, "zhangsan").password_hash
    assert run(tmp_path, "reset", "zhangsan")[0] == 0
    assert person(tmp_path, "zhangsan").password_hash != before
    assert run(tmp_path, "disable", "zhangsan")[0] == 0
    said = run(tmp_path, "list")[1]
    assert "已停用" in said
    assert "县档案馆（演示）" in said


def test_what_does_not_fit_is_refused_in_chinese(tmp_path: Path) -> None:
    run(tmp_path, "add", "wangwu", "--name", "王五", "--role", "admin")
    for arguments, said in (
        (("add", "wangwu", "--name", "王五", "--role", "admin"), "已经有账号"),
        (("add", "王五", "--name", "王五", "--role", "admin"), "用户名用小写字母"),
        (("add", "x1", "--name", "甲", "--role", "unit"), "--unit"),
        (("add", "x1", "--name", "甲", "--role", "reader", "--unit", "某局"), "--unit"),
        (("reset", "nobody"), "没有用户名为"),
        (("disable", "nobody"), "没有用户名为"),
    ):
        code, output = run(tmp_path, *arguments)
        assert (code, said in output) == (2, True), output
