"""The reference adapter against the sandbox's platform, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.adapters import AdapterUnusable, adapter, installed, problems
from plugin.sdk_testing import PlatformContract

from .sandbox import Sandbox, sandbox_at


class TestStandard(PlatformContract):
    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Sandbox]:
        with sandbox_at(tmp_path) as sandbox:
            yield sandbox


def test_adapters_are_found_by_their_entry_points() -> None:
    assert "standard" in installed()
    with pytest.raises(AdapterUnusable, match="已安装："):
        adapter("nobody")


def test_options_that_an_adapter_does_not_know_are_named() -> None:
    assert problems("standard", {"colour": "red"}) == ("没有名为“colour”的选项。",)
