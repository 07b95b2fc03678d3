"""A server below a folder: the program, settings, keys and a ledger in force, as install.sh leaves them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.ledger import Ledger
from plugin.manifest import load_manifest
from tests.console.conftest import house, make_house

__all__ = ["house", "make_house"]

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = "whsec_" + "A" * 43 + "=\n"


@dataclass(frozen=True)
class Server:
    """`root` stands for / of a machine."""

    root: Path

    @property
    def program(self) -> Path:
        return self.root / "opt/zhengxiang"

    @property
    def settings(self) -> Path:
        return self.root / "etc/zhengxiang"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/zhengxiang"

    @property
    def backups(self) -> Path:
        return self.root / "var/backups/zhengxiang"

    def run(self, *command: object, **environ: str) -> subprocess.CompletedProcess[str]:
        """With nothing of this machine's surroundings but the path to its programs."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root), "ROOT": str(self.root), "LANG": "C.UTF-8"}
        return subprocess.run(
            [str(each) for each in command],
            env=env | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def done(self, *command: object, **environ: str) -> str:
        """What it printed; it must have ended well."""
        ended = self.run(*command, **environ)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def zhengxiang(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """The command with the settings of zhengxiang.env."""
        lines = (self.settings / "zhengxiang.env").read_text(encoding="utf-8").splitlines()
        environ = dict(line.split("=", 1) for line in lines if line.startswith("ZHENGXIANG_"))
        return self.run(self.program / "current/bin/zhengxiang", *arguments, **environ)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """Two releases of the program under test, a manifest in force, keys."""
    made = Server(tmp_path / "server")
    for folder in (made.settings / "keys", made.settings / "manifest", made.data, made.backups):
        folder.mkdir(parents=True)
    for name in ("old", "new"):
        release = made.program / "releases" / name
        (release / "bin").mkdir(parents=True)
        for program in ("python", "zhengxiang"):
            (release / "bin" / program).symlink_to(Path(sys.executable).parent / program)
        (release / ".complete").touch()
    (made.program / "current").symlink_to(made.program / "releases" / "new")
    (made.program / "previous").symlink_to(made.program / "releases" / "old")
    shutil.copy(ROOT / "manifest.yaml", made.settings / "manifest")
    env = (DEPLOY / "zhengxiang.env").read_text(encoding="utf-8").replace("@ROOT@", str(made.root))
    (made.settings / "zhengxiang.env").write_text(env, encoding="utf-8")
    for name in ("webhook", "lifecycle", "session"):
        (made.settings / "keys" / f"{name}.keys").write_text(KEY)
    manifest = load_manifest(made.settings / "manifest" / "manifest.yaml", {})
    with closing(Ledger.open(made.data / "ledger.db")) as ledger:
        ledger.manifests.apply(manifest.version, manifest.text, "王五", NOW, manifest.beside)
    return made


@pytest.fixture
def mark(server: Server) -> Callable[[str], None]:
    """Leaves something in the ledger that a look can find again."""

    def leave(name: str) -> None:
        with closing(Ledger.open(server.data / "ledger.db")) as ledger:
            ledger.feeds.add(f"token-{name}", name, "王五", NOW)

    return leave


def marks(server: Server) -> list[str | None]:
    """What was left so far."""
    with closing(Ledger.open(server.data / "ledger.db")) as ledger:
        return [each.unit for each in ledger.feeds.list()]
