"""The whole way without a network: wheelhouse, install, the same again, upgrade, an upgrade that fails, back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import DEPLOY, KEY, Server

SEAL = (
    "find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > ../sums && mv ../sums SHA256SUMS"
)
NO_NETWORK = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}


def sealed(house: Path) -> None:
    subprocess.run(["sh", "-c", SEAL], cwd=house, check=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it is carried over: from the package index of this machine."""
    made = tmp_path_factory.mktemp("carried") / "house"
    subprocess.run(["sh", str(DEPLOY / "wheelhouse.sh"), str(made)], check=True)
    return made


@pytest.mark.slow
def test_installed_upgraded_and_taken_back_without_a_network(house: Path, tmp_path: Path) -> None:
    server = Server(tmp_path / "root")
    server.root.mkdir()
    install = ("sh", house / "deploy" / "install.sh")
    current = server.program / "current"
    assert "已安装" in server.done(*install, **NO_NETWORK)
    for name in ("webhook", "lifecycle"):
        (server.settings / "keys" / f"{name}.keys").write_text(KEY)
    assert "已生效" in server.zhengxiang("apply", "--by", "王五", "--yes").stdout
    assert "没有改动" in server.done(*install, **NO_NETWORK)
    first = current.resolve()

    (house / "VERSION").write_text("0.1.1\n")
    sealed(house)
    assert "已升级" in server.done(*install, **NO_NETWORK)
    assert "0.1.1" in current.resolve().name
    [saved] = server.backups.glob("*-before-upgrade")
    assert (saved / "ledger.db").is_file()

    manifest = server.settings / "manifest" / "manifest.yaml"
    kept = manifest.read_text(encoding="utf-8")
    manifest.write_text("bureau: {}\n")
    (house / "VERSION").write_text("0.1.2\n")
    sealed(house)
    failed = server.run(*install, **NO_NETWORK)
    assert failed.returncode == 2 and "已退回原版本" in failed.stderr and "0.1.1" in current.resolve().name
    manifest.write_text(kept, encoding="utf-8")

    server.done("sh", current / "deploy" / "rollback.sh", saved)
    assert current.resolve() == first


@pytest.mark.slow
def test_a_folder_that_was_changed_on_the_way_is_not_installed(house: Path, tmp_path: Path) -> None:
    changed = tmp_path / "house"
    shutil.copytree(house, changed)
    with (changed / "manifest.yaml").open("a") as file:
        file.write("#\n")
    server = Server(tmp_path / "root")
    server.root.mkdir()
    refused = server.run("sh", changed / "deploy" / "install.sh", **NO_NETWORK)
    assert refused.returncode == 2 and "SHA256SUMS" in refused.stderr
    sealed(changed)
    (changed / "PLATFORM").write_text("3 9 sw64\n")
    sealed(changed)
    refused = server.run("sh", changed / "deploy" / "install.sh", **NO_NETWORK)
    assert refused.returncode == 2 and "sw64" in refused.stderr
    assert not server.program.exists()
