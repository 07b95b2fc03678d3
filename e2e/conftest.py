"""One site for all stories: starting it takes longer than they do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.site import Site
from e2e.site import site as whole_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    with whole_site(folder, {"demand_collection": "save_and_judge_later"}) as up:
        yield up
