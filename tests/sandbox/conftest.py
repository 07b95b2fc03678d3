"""What the sandbox's tests share: a small plugin on loopback, settings with an own data folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from plugin.sandbox.settings import Settings

from .fake_plugin import LIFECYCLE_SECRETS, WEBHOOK_SECRETS, Plugin, handler_of


@pytest.fixture
def plugin_server() -> Iterator[Plugin]:
    """The stand-in for the plugin; the real application can take its place by overriding this fixture."""
    plugin = Plugin()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(plugin))
    plugin.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield plugin
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    def made(plugin_url: str = "http://127.0.0.1:9", **more: Any) -> Settings:
        given = {
            "data_dir": tmp_path / "data",
            "plugin_url": plugin_url,
            "now": lambda: datetime.now(UTC),
            "webhook_secrets": WEBHOOK_SECRETS,
            "lifecycle_secrets": LIFECYCLE_SECRETS,
            "retry_scale": 0.01,
        }
        return Settings(**{**given, **more})

    return made
