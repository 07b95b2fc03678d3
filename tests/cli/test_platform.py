"""`platform test` and `doctor`, against a platform and a receiver that really run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from plugin.app import build, create_app
from plugin.cli import main
from plugin.ledger import Ledger
from plugin.manifest import load_manifest, starter_text
from tests.platforms.sandbox import Sandbox, sandbox_at
from tests.webhooks.conftest import SECRETS

OWN = "whsec_" + "d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c="  # 32 × w, as the sandbox of the tests has it


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Sandbox]:
    (tmp_path / "platform").mkdir()
    with sandbox_at(tmp_path / "platform") as opened:
        yield opened


@pytest.fixture
def manifest(tmp_path: Path, platform: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "manifest.yaml"
    text = starter_text().replace("https://platform.example.gov.cn", platform.url)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("ZHENGXIANG_WEBHOOK_SECRETS", OWN)
    monkeypatch.setenv("ZHENGXIANG_LIFECYCLE_SECRETS", SECRETS[0])
    return path


@pytest.fixture
def receiver(tmp_path: Path, manifest: Path) -> Iterator[str]:
    environ = {"ZHENGXIANG_WEBHOOK_SECRETS": OWN, "ZHENGXIANG_LIFECYCLE_SECRETS": SECRETS[0]}
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        loaded = load_manifest(manifest, environ)
        ledger.manifests.apply(loaded.version, loaded.text, "test", datetime.now(UTC))
        app = create_app(build(ledger, environ, lambda: datetime.now(UTC)))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.output


def test_a_platform_that_knows_us_passes_every_check(manifest: Path, receiver: str, tmp_path: Path) -> None:
    status, said = run("platform", "test", "--manifest", str(manifest), "--plugin-url", receiver)
    assert status == 0, said
    assert [line.split("：")[0] for line in said.splitlines()] == [
        f"通过  {name}" for name in ("传输加密", "连接", "时钟", "身份", "自发事件")
    ]
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        assert ledger.submissions.head("standard", "connection-test") is None


def test_a_wrong_key_and_a_receiver_that_is_not_there_are_named(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHENGXIANG_WEBHOOK_SECRETS", SECRETS[1])
    status, said = run("platform", "test", "--manifest", str(manifest), "--plugin-url", "http://127.0.0.1:9")
    assert status == 1
    assert "未通过  身份" in said and "未通过  自发事件" in said and "zhengxiang serve" in said


def test_doctor_finds_a_sound_installation_sound(manifest: Path, receiver: str, tmp_path: Path) -> None:
    status, said = run("doctor", "--data", str(tmp_path), "--manifest", str(manifest))
    assert (status, said.strip()) == (0, "没有发现故障。")


def test_doctor_names_a_manifest_that_is_not_in_force_and_keys_that_are_not_there(
    manifest: Path, receiver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest.write_text(manifest.read_text("utf-8").replace("code_prefix: SX", "code_prefix: SY"), "utf-8")
    monkeypatch.delenv("ZHENGXIANG_LIFECYCLE_SECRETS")
    status, said = run("doctor", "--data", str(tmp_path), "--manifest", str(manifest))
    assert status == 1
    assert "MANIFEST-DIFFERS" in said and "ZHENGXIANG_LIFECYCLE_SECRETS" in said
