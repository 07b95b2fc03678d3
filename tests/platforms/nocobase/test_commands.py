"""`forms plan | push | remove | check`: what they print, and with which status they end."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from plugin.cli import main
from tests.platforms.nocobase.fake import TOKEN, FakeNocobase

SECRET = "whsec_ZTJlLXNlY3JldC1ub3QtYS1zZWNyZXQtMzItYnl0ZXM="


@pytest.fixture
def run(fake: FakeNocobase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHENGXIANG_NOCOBASE_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("ZHENGXIANG_WEBHOOK_SECRETS", SECRET)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)

    def command(*arguments: str, input: str | None = None, url: str = fake.url) -> Result:
        return CliRunner().invoke(
            main, ["forms", *arguments, "--url", url, "--plugin-url", "http://127.0.0.1:8901"], input=input
        )

    return command


def test_plan_push_plan_check_remove(run: Any, fake: FakeNocobase, tmp_path: Path) -> None:
    planned = run("plan", "om_start")
    assert planned.exit_code == 1
    assert "新建  页面“运维项目实施启动”" in planned.output
    pushed = run("push", "om_start", "--key-file", "runtime.key", input="y\n")
    assert pushed.exit_code == 0, pushed.output
    assert "照此执行吗？" in pushed.output
    assert "LOGGER_LEVEL=error" in pushed.output
    key = tmp_path / "runtime.key"
    assert key.read_text() == "runtime-key-1\n"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "runtime-key" not in pushed.output
    assert SECRET not in pushed.output
    again = run("plan", "om_start")
    assert (again.exit_code, again.output) == (0, "平台与表单定义一致，没有要做的。\n")
    assert run("check", "om_start").output == "zx_om_start：与字段表相符。\n"
    fake.records["zx_om_start"] = 2
    refused = run("remove", "om_start", "--yes")
    assert refused.exit_code == 2
    assert "还有2条记录" in refused.output
    removed = run("remove", "om_start", "--with-records", input="y\n")
    assert removed.exit_code == 0
    assert "zx_om_start" not in fake.collections
    assert run("remove", "om_start").exit_code == 0


def test_nothing_is_done_without_a_yes(run: Any, fake: FakeNocobase) -> None:
    assert run("push", "om_start", input="n\n").exit_code == 1
    assert fake.collections == {}


def test_an_existing_key_is_kept(run: Any, fake: FakeNocobase, tmp_path: Path) -> None:
    (tmp_path / "runtime.key").write_text("mine")
    assert run("push", "om_start", "--key-file", "runtime.key", "--yes").exit_code == 0
    assert (tmp_path / "runtime.key").read_text() == "mine"
    assert fake.keys == []


def test_a_form_made_by_hand_that_does_not_fit(run: Any) -> None:
    run("push", "om_start", "--yes")
    wrong = run("check", "contract_filing", "--collection", "zx_om_start")
    assert wrong.exit_code == 1
    assert "缺少“合同编号”（contract_no），应为单行文本。" in wrong.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("plan", "no_such"), "没有名为“no_such”的表单"),
        (("push", "om_start", "--key-file", "no/where", "--yes"), "没有 no 这个目录"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(run: Any, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_a_missing_token_is_told(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENGXIANG_NOCOBASE_ADMIN_TOKEN")
    result = run("plan")
    assert result.exit_code == 2
    assert "没有设置 ZHENGXIANG_NOCOBASE_ADMIN_TOKEN" in result.output


def test_a_manifest_for_another_platform_is_told(run: Any, tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    result = CliRunner().invoke(main, ["forms", "plan"])
    assert result.exit_code == 2
    assert "不是 nocobase" in result.output
