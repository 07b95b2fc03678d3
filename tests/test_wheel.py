"""The wheel carries what it needs: installed outside the repository it checks a manifest and plays the demo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel; its dependencies come from ours, the checkout does not."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder / "bin" / "zhengxiang"


def run(command: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(command), *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_wheel_holds_forms_packs_starter_and_contract_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "forms/definitions/feasibility_study.yaml",
        "plugin/regulation/packs/shexian-2023-63.yaml",
        "plugin/starter.yaml",
        "plugin/openapi.yaml",
        "plugin/demo_round.yaml",
        "plugin/sandbox/static/sandbox.css",
    ):
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_installed_elsewhere_it_writes_and_checks_a_manifest(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "init").returncode == 0
    assert (tmp_path / "manifest.yaml").read_text(encoding="utf-8") == (ROOT / "manifest.yaml").read_text(
        encoding="utf-8"
    )
    assert run(installed, tmp_path, "init").returncode == 2  # never over a file that is there
    checked = run(installed, tmp_path, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "分散采购限额标准" in checked.stdout


def test_installed_elsewhere_it_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    played = run(installed, tmp_path, "demo", "--once", "--data", "data", "--now", "2025-03-10T09:30")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "全部到达" in played.stdout


def test_somebody_elses_adapter_is_found_and_passes_the_contract(
    installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """docs/adapters.md, followed to the end: a package of its own, built, installed, run through the suite."""
    folder, example = tmp_path_factory.mktemp("adapter"), ROOT / "docs" / "examples" / "adapter-paperdesk"
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(example),
    ]
    subprocess.run(build, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    python = installed.with_name("python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(built)], check=True, capture_output=True)
    shutil.copy(example / "test_paperdesk.py", folder)
    suite = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder / "test_paperdesk.py")]
    ran = subprocess.run(suite, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"1[0-9] passed", ran.stdout), ran.stdout


def test_installed_elsewhere_it_judges_lines(installed: Path, tmp_path: Path) -> None:
    run(installed, tmp_path, "init")
    command = [str(installed), "assess"]
    lines = '{"form": "demand_collection", "submission": {"classified": "是"}}\nnot json\n'
    judged = subprocess.run(
        command, cwd=tmp_path, input=lines, capture_output=True, text=True, timeout=60, check=False
    )
    assert judged.returncode == 2
    first, second = judged.stdout.splitlines()
    assert '"may_save": false' in first
    assert second.startswith('{"error"')
