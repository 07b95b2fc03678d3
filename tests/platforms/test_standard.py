"""The reference adapter against the sandbox's platform, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms.definition import load_forms
from plugin.adapters import AdapterUnusable, adapter, installed, problems
from plugin.http import Door
from plugin.jsonbody import parse_json
from plugin.platforms.signing import SCHEMES
from plugin.sdk import Connection, Platform, Secret, SignatureRefused
from plugin.sdk_testing import PlatformContract

from .sandbox import Sandbox, sandbox_at


class TestStandard(PlatformContract):
    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Sandbox]:
        with sandbox_at(tmp_path) as sandbox:
            yield sandbox


def test_adapters_are_found_by_their_entry_points() -> None:
    assert "standard" in installed()
    with pytest.raises(AdapterUnusable, match="已安装："):
        adapter("nobody")


def test_options_that_an_adapter_does_not_know_are_named() -> None:
    assert problems("standard", {"colour": "red"}) == ("没有名为“colour”的选项。",)


NOW = datetime(2025, 3, 10, 1, 30, tzinfo=UTC)


def behind(scheme: str) -> tuple[Platform, list[Secret]]:
    """The reference platform with a gateway between us, and the gateway's key."""
    secrets = [Secret(b"k" * 32, ids=tuple(f"{each}-1" for each in SCHEMES[scheme].ids))]
    connection = Connection(
        base_url="https://platform.example",
        signature=scheme,
        secrets=lambda: secrets,
        token=lambda: "",
        options={},
        forms=load_forms(),
        door=Door([]),
        clock=lambda: NOW,
    )
    return adapter("standard").connect(connection), secrets


@pytest.mark.parametrize("scheme", SCHEMES)
def test_deliveries_are_proven_by_the_gateway_that_the_manifest_names(scheme: str) -> None:
    platform, secrets = behind(scheme)
    hello = platform.hello("contract_filing", secrets, NOW)
    head = platform.authenticate(hello, secrets, NOW)
    (event,) = platform.parse("contract_filing", parse_json(hello.body), head)
    assert event.record == "connection-test" and event.key
    with pytest.raises(SignatureRefused):
        platform.authenticate(hello, [replace(secrets[0], key=b"o" * 32)], NOW)


def test_what_a_gateway_does_not_sign_is_declared() -> None:
    declared = {name: behind(name)[0].capabilities for name in ("v1", "v1sm3", "tif", "static_token")}
    assert declared["v1"].body_signed and declared["v1sm3"].body_signed and declared["v1"].delivery_id
    assert not declared["tif"].body_signed and declared["tif"].time_signed and not declared["tif"].delivery_id
    assert not declared["static_token"].time_signed
