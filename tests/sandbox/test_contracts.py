"""What the stand-ins answer, and what the platform sends, held against the public contracts in docs/."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from forms.definition import load_forms
from plugin.platforms.signing import sign
from plugin.sandbox.delivery import Deliverer
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.platform import create_platform
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store

from .fake_plugin import LIFECYCLE_SECRETS, WEBHOOK_SECRETS, Plugin
from .test_lifecycle import FILING

DOCS = Path(__file__).parents[2] / "docs"
FIELDS = {"classified": False, "project_name": "农情一张图"}
OFFICIAL = {"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}
RESULT = {
    "status": "passed",
    "message": "已受理。",
    "verdict": {},
    "project_code": "XX-2026-0001",
    "revision": 1,
}
MESSAGE = {
    "key": "m1",
    "to": "u1",
    "title": "已受理",
    "text": "已受理。",
    "link": None,
    "form": None,
    "record": None,
}


def to_write(record: str) -> dict[str, Any]:
    return {"form": "demand_collection", "record": record, **RESULT}


def fits(document: str, schema: str, value: Any) -> None:
    """Raise where the value is not what the named schema of the document says."""
    components = YAML(typ="safe").load(DOCS / document)["components"]
    Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components}).validate(value)


class Systems:
    """Both applications over one store, called as the plugin calls them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database)
        self.platform = create_platform(self.store, load_forms(), settings).test_client()
        self.lifecycle = create_lifecycle(self.store, settings).test_client()

    def call(self, client: Any, method: str, path: str, body: Any = None, key: str = "k1") -> Any:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        secrets = LIFECYCLE_SECRETS if client is self.lifecycle else WEBHOOK_SECRETS
        signed = sign(data, id="call", timestamp=int(self.settings.now().timestamp()), secrets=secrets)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **signed}
        return client.open(path, method=method, data=data, headers=headers)


@pytest.fixture
def systems(plugin_server: Plugin, make_settings: Callable[..., Settings]) -> Iterator[Systems]:
    made = Systems(make_settings(plugin_server.url))
    yield made
    made.store.close()


@pytest.fixture
def record(systems: Systems) -> str:
    body = {"fields": FIELDS, "submitter": OFFICIAL, "record": "rec_1"}
    return str(systems.platform.post("/submit/demand_collection", json=body).json["record"])


def test_what_the_platform_asks_and_tells_fits_openapi(
    systems: Systems, record: str, plugin_server: Plugin
) -> None:
    Deliverer(systems.store, systems.settings).deliver_due(systems.settings.now())
    fits("openapi.yaml", "Question", plugin_server.asked[0][1])
    fits("openapi.yaml", "Event", plugin_server.told[0][1])


def test_the_platforms_answers_fit_its_contract(systems: Systems, record: str) -> None:
    path = f"/api/records/demand_collection/{record}"
    result = to_write(record)
    fits("platform-api.yaml", "ResultToWrite", result)
    fits("platform-api.yaml", "Message", MESSAGE)
    fits("platform-api.yaml", "Problem", systems.call(systems.platform, "GET", f"{path}/result").json)
    fits("platform-api.yaml", "Record", systems.call(systems.platform, "GET", path).json)
    written = systems.call(systems.platform, "PATCH", f"{path}/result", result)
    fits("platform-api.yaml", "Result", written.json)
    fits("platform-api.yaml", "Record", systems.call(systems.platform, "GET", path).json)
    sent = systems.call(systems.platform, "POST", "/api/messages", MESSAGE, "m1")
    fits("platform-api.yaml", "SentMessage", sent.json)
    assert systems.call(systems.platform, "GET", "/api/messages?key=m1").json == sent.json


def test_the_life_cycle_systems_answers_fit_its_contract(systems: Systems) -> None:
    fits("lifecycle-api.yaml", "Filing", dict(FILING))
    filed = systems.call(systems.lifecycle, "POST", "/v1/filings", dict(FILING), FILING["key"])
    fits("lifecycle-api.yaml", "Receipt", filed.json)
    listed = systems.call(systems.lifecycle, "GET", f"/v1/projects/{FILING['project_code']}/filings").json
    fits("lifecycle-api.yaml", "FilingHead", listed["items"][0])
    one = systems.call(systems.lifecycle, "GET", f"/v1/filings/{filed.json['receipt_no']}").json
    fits("lifecycle-api.yaml", "StoredFiling", one)
    fits("lifecycle-api.yaml", "Problem", systems.call(systems.lifecycle, "GET", "/v1/filings?key=none").json)


@pytest.mark.parametrize("missing", sorted(RESULT))
def test_a_result_without_a_member_of_the_contract_is_refused(
    systems: Systems, record: str, missing: str
) -> None:
    body = {name: value for name, value in to_write(record).items() if name != missing}
    refused = systems.call(systems.platform, "PATCH", f"/api/records/demand_collection/{record}/result", body)
    assert (refused.status_code, missing in refused.json["detail"]) == (400, True)
    assert systems.store.results.get(record) is None


def test_a_result_for_another_address_than_its_own_is_refused(systems: Systems, record: str) -> None:
    path = f"/api/records/demand_collection/{record}/result"
    refused = systems.call(systems.platform, "PATCH", path, to_write("rec_2"))
    assert (refused.status_code, refused.json["code"]) == (400, "OTHER_ADDRESS")
    extra = systems.call(systems.platform, "PATCH", path, {**to_write(record), "more": 1})
    assert (extra.status_code, "more" in extra.json["detail"]) == (400, True)
