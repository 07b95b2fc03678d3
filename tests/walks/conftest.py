"""One demo for all walks, and people who come to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.test_browser import browser

from .people import DESK, Bureau, Guard, Official
from .town import Town

__all__ = ["browser"]  # pytest finds the fixture by name
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them take minutes and drive Chromium."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Not started yet: each walk says on which day it begins. WALKS_DATA: a folder that a demo has filled already."""
    folder = tmp_path_factory.mktemp("town") / "data"
    if filled := os.environ.get("WALKS_DATA"):
        shutil.copytree(filled, folder)
    found = Town(folder)
    yield found
    found.stop()


@pytest.fixture
def guard(town: Town) -> Iterator[Guard]:
    """What any page of the walk did wrong fails it at the end."""
    guarding = Guard(town)
    yield guarding
    assert not guarding.wrong, "\n".join(guarding.wrong)


@pytest.fixture
def come(browser: Any, town: Town, guard: Guard) -> Iterator[Callable[..., Any]]:
    """A person of that kind with a browser of their own."""
    opened: list[Any] = []

    def make(kind: type[Bureau] | type[Official]) -> Bureau | Official:
        context = browser.new_context(
            viewport={"width": DESK[0], "height": DESK[1]}, locale="zh-CN", accept_downloads=True
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        guard.watch(page)
        return kind(page, guard, town)

    yield make
    for each in opened:
        each.close()
