"""For every test: hypothesis counts examples, not milliseconds; what is traced for coverage, and what need not be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("zhengxiang", deadline=None)
settings.load_profile("zhengxiang")

HERE = Path(__file__).parent
# The law and the verifier are covered by their own tests: tracing the others as well costs half as much time again.
TRACED = tuple(HERE / name for name in ("regulation", "webhooks", "assess", "filings/test_what_is_filed.py"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not any(item.path.is_relative_to(place) for place in TRACED):
            item.add_marker(pytest.mark.no_cover)
