"""The web server as it runs: /metrics and a proxy, bodies and the disk, what still answers when the disk is full."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from plugin.app import LARGEST_BODY
from plugin.console.access import Role
from plugin.serving import in_background, web_server
from tests.console.conftest import House, full_disk


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_numbers_are_for_this_machine_alone_also_behind_a_proxy(house: House, header: str) -> None:
    """The real server in between: it must not take away what tells of the proxy."""
    server = web_server(house.app, "127.0.0.1", 0)
    with in_background(server) as address:
        assert requests.get(f"{address}/metrics", timeout=5).status_code == 200
        assert requests.get(f"{address}/metrics", headers={header: "10.1.2.3"}, timeout=5).status_code == 403


def test_no_body_is_ever_put_into_a_file(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It may be classified. Where there is no room for temporary files, the largest bodies are answered all the same."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    server = web_server(house.app, "127.0.0.1", 0)
    with in_background(server) as address:
        upload = {"file": ("x.xlsx", b"x" * 900_000)}
        assert requests.post(f"{address}/console/sign-in", files=upload, timeout=5).status_code == 400
        verdicts, headers = f"{address}/v1/verdicts/demand_collection", {"Content-Type": "application/json"}
        for size in (LARGEST_BODY - 1, LARGEST_BODY + 1):
            asked = requests.post(verdicts, data=b"x" * size, headers=headers, timeout=5)
            assert asked.status_code == 413


def test_with_a_full_disk_pages_go_on_and_it_is_not_ready(house: House) -> None:
    browser, client = house.browser(Role.ADMIN), house.app.test_client()
    assert client.get("/readyz").status_code == 200
    house.clock.at += timedelta(minutes=2)  # the session would be noted as seen
    for ahead in (timedelta(), timedelta(days=-1)):  # a clock that stood ahead hides nothing
        house.clock.at += ahead
        with full_disk():
            assert client.get("/readyz").status_code == 503
    house.clock.at += timedelta(days=1)
    with full_disk():
        assert client.get("/readyz").status_code == 503
        assert [client.get(path).status_code for path in ("/healthz", "/metrics")] == [200, 200]
        assert [browser.get(f"/console/{page}").status_code for page in ("overview", "projects")] == [
            200,
            200,
        ]
        refused = browser.get("/console/projects.csv")  # that it was made cannot be put on record
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        assert "磁盘已满" in refused.get_data(as_text=True)
    assert client.get("/readyz").status_code == 200
