"""The receiver as a Flask test client, with signed requests."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.app import build, create_app
from plugin.demo import demo_manifest
from plugin.demo_round import steps
from plugin.ledger import Ledger
from plugin.platforms.signing import Secret, sign

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
SECRETS = tuple("whsec_" + b64encode(bytes([number]) * 32).decode() for number in range(3))


@dataclass
class Sender:
    """A platform as the receiver sees it."""

    client: FlaskClient
    ledger: Ledger
    count: int = 0

    def post(
        self,
        path: str,
        body: Any,
        *,
        secret: str = SECRETS[0],
        at: datetime = NOW,
        id: str | None = None,
        algorithm: str = "v1",
        **headers: str,
    ) -> TestResponse:
        self.count += 1
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        signed = sign(
            raw,
            id=id or f"evt_{self.count}",
            timestamp=int(at.timestamp()),
            secrets=[Secret.parse(secret)],
            algorithm=algorithm,
        )
        return self.client.post(
            path, data=raw, headers={"Content-Type": "application/json", **signed, **headers}
        )


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    keys = tmp_path / "keys"
    keys.write_text("\n".join(SECRETS[:2]), encoding="ascii")
    return {"ZHENGXIANG_WEBHOOK_SECRETS_FILE": str(keys), "ZHENGXIANG_LIFECYCLE_SECRETS": SECRETS[0]}


@pytest.fixture
def sender(tmp_path: Path, environ: dict[str, str]) -> Iterator[Sender]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        manifest = demo_manifest(environ)
        ledger.manifests.apply(manifest.version, manifest.text, "test", NOW)
        app = create_app(build(ledger, environ, lambda: NOW))
        yield Sender(app.test_client(), ledger)


@pytest.fixture
def demand() -> Mapping[str, Any]:
    return next(step.fields for step in steps(NOW.date()) if step.name == "demand")


def saved(fields: Mapping[str, Any], record: str = "rec1", **data: Any) -> dict[str, Any]:
    return {
        "type": "record.created",
        "timestamp": NOW.isoformat(),
        "data": {
            "record": record,
            "saved_at": NOW.isoformat(),
            "submitter": {"id": "u1"},
            "fields": fields,
            **data,
        },
    }
