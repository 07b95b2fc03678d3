"""docs/handbook/screenshots.py still finds its way through the console, and takes what the handbook shows."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest

from .conftest import ROOT

HANDBOOK = ROOT / "docs" / "handbook"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium here")
def test_the_pictures_of_the_console_can_be_taken_again(tmp_path: Path) -> None:
    runpy.run_path(str(HANDBOOK / "screenshots.py"))["main"](tmp_path)
    shown = set(
        re.findall(r"images/(console-[a-z]+\.png)", (HANDBOOK / "admin.zh.md").read_text(encoding="utf-8"))
    )
    assert shown and shown <= {each.name for each in tmp_path.iterdir()}
