"""Our three interfaces as WSGI applications that serve their own contract, and a caller's signature on every request."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from forms.definition import load_forms
from plugin.app import build, create_app
from plugin.ledger import Ledger
from plugin.platforms.signing import sign
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.platform import create_platform
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store
from tests.filings.world import SECRETS

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT_PATH = "/contract.json"
KEY = re.compile(r'"?[A-Za-z0-9_.:/@+-]{1,200}"?')
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Signed:
    """Signs every request as a caller with our key does, and names in its header the key that its body names."""

    def __init__(self, app: Wsgi, document: dict[str, Any]) -> None:
        self._app, self._document = app, json.dumps(document, ensure_ascii=False, default=str).encode()
        self.calls = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == CONTRACT_PATH:
            start("200 OK", [("Content-Type", "application/json")])
            return [self._document]
        self.calls += 1
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        now = int(datetime.now(UTC).timestamp())
        for name, value in sign(body, id=f"call_{self.calls}", timestamp=now, secrets=SECRETS).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        if KEY.fullmatch(environ.get("HTTP_IDEMPOTENCY_KEY", "")) and (key := key_of(body)):
            environ["HTTP_IDEMPOTENCY_KEY"] = key
        return self._app(environ, start)


def key_of(body: bytes) -> str | None:
    try:
        key = json.loads(body).get("key")
    except (ValueError, AttributeError):
        return None
    return key if isinstance(key, str) and KEY.fullmatch(key) else None


def document(name: str) -> dict[str, Any]:
    """The contract, without what `Signed` puts into every request."""
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(DOCS / name)
    found.pop("security", None)
    found["components"].pop("securitySchemes", None)
    parameters = found["components"].get("parameters", {})
    ours = {
        f"#/components/parameters/{each}"
        for each, given in parameters.items()
        if given["name"].startswith("webhook-")
    }
    for item in found["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
                asked = operation.get("parameters", [])
                operation["parameters"] = [each for each in asked if each.get("$ref") not in ours]
    return found


@contextmanager
def served(name: str, folder: Path) -> Iterator[Signed]:
    """The interface that a contract describes, over data of its own."""
    if name == "openapi.yaml":
        ledger = Ledger.open(folder / "ledger.db")
        text = (DOCS.parent / "plugin" / "demo_manifest.yaml").read_text(encoding="utf-8")
        ledger.manifests.apply("v1", text, "test", datetime.now(UTC))
        keys = {"ZHENGXIANG_WEBHOOK_SECRETS": "whsec_" + "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}
        app = create_app(
            build(ledger, {**os.environ, **keys}, lambda: datetime.now(UTC), folder / "manifest.yaml")
        )
        yield Signed(app.wsgi_app, document(name))
        ledger.close()
        return
    settings = Settings(folder, "http://127.0.0.1:9", lambda: datetime.now(UTC), SECRETS, SECRETS)
    store = Store(settings.database)
    if name == "lifecycle-api.yaml":
        yield Signed(create_lifecycle(store, settings).wsgi_app, document(name))
    else:
        yield Signed(create_platform(store, load_forms(), settings).wsgi_app, document(name))
    store.close()
