"""For every test: hypothesis counts examples, not milliseconds, which a busy machine has too few of."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("zhengxiang", deadline=None)
settings.load_profile("zhengxiang")
