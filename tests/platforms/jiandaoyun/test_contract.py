"""The adapter of 简道云 over the stand-in, against the contract of every adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from plugin.sdk_testing import PlatformContract

from .office import Office, office


class TestJiandaoyun(PlatformContract):
    @pytest.fixture
    def harness(self) -> Iterator[Office]:
        with office() as opened:
            yield opened
