"""The SDK's client against the real receiver, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from plugin.app import build, create_app
from plugin.demo import demo_manifest
from plugin.ledger import Ledger
from plugin.sdk import Door, Remote, RemoteRejected, RemoteUnavailable, Secret, VerdictClient

from .conftest import NOW, SECRETS


@pytest.fixture
def address(tmp_path: Path, environ: dict[str, str]) -> Iterator[str]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        manifest = demo_manifest(environ)
        ledger.manifests.apply(manifest.version, manifest.text, "test", NOW)
        server = make_server("127.0.0.1", 0, create_app(build(ledger, environ, lambda: NOW)), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def client(address: str, secret: str = SECRETS[0], now: datetime = NOW) -> VerdictClient:
    keys = [Secret.parse(secret)]
    return VerdictClient(Remote("政项", Door([address]), address, lambda: keys, "v1", lambda: now))


def test_a_verdict_comes_as_a_value_with_its_findings(address: str, demand: Mapping[str, Any]) -> None:
    good = client(address).ask("demand_collection", demand, submitter={"id": "u1"})
    assert (good.form, good.may_save, good.decision) == ("demand_collection", True, "allow")
    bad = client(address).ask("demand_collection", {**demand, "construction_unit_type": "town"})
    town = next(each for each in bad.findings if each.citation == "第十三条第一款" or "乡镇" in each.message)
    assert not bad.may_save and town.remedy and town.message in bad.message


def test_a_caller_without_our_key_or_clock_is_told_so(address: str, demand: Mapping[str, Any]) -> None:
    with pytest.raises(RemoteUnavailable, match="签名"):
        client(address, secret=SECRETS[2]).ask("demand_collection", demand)
    with pytest.raises(RemoteUnavailable, match="时间"):
        client(address, now=datetime(2030, 1, 1, tzinfo=UTC)).ask("demand_collection", demand)


def test_an_unknown_form_is_refused_for_good(address: str) -> None:
    with pytest.raises((RemoteRejected, RemoteUnavailable), match="no_such_form"):
        client(address).ask("no_such_form", {})
