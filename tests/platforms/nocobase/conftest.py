from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.platforms.nocobase.desired import Desired, desired
from plugin.platforms.nocobase.settings import NocobaseSettings
from tests.platforms.nocobase.fake import FakeNocobase, serving

PLUGIN = "http://127.0.0.1:8901"


@cache
def wanted(**changes: Any) -> Desired:
    """What all 41 forms need."""
    settings = NocobaseSettings(base_url="http://127.0.0.1:13000", plugin_url=PLUGIN, **changes)
    return desired(load_forms().values(), settings)


@pytest.fixture
def want() -> Desired:
    return wanted()


@pytest.fixture
def fake() -> Iterator[FakeNocobase]:
    with serving(FakeNocobase()) as found:
        yield found


def every_value(value: Any, name: str) -> Iterator[Any]:
    """Every value that stands under that name, however deep."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == name:
                yield inner
            yield from every_value(inner, name)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from every_value(inner, name)
