"""The web server as it runs: /metrics tells this machine from whoever comes through a proxy on it."""

from __future__ import annotations

import threading

import pytest
import requests

from plugin.serving import web_server
from tests.console.conftest import House


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_numbers_are_for_this_machine_alone_also_behind_a_proxy(house: House, header: str) -> None:
    """The real server in between: it must not take away what tells of the proxy."""
    server = web_server(house.app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.effective_port}/metrics"
        assert requests.get(address, timeout=5).status_code == 200
        assert requests.get(address, headers={header: "10.1.2.3"}, timeout=5).status_code == 403
    finally:
        server.close()
        thread.join(5)
