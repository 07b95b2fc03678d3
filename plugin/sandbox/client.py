"""Drives the sandbox over HTTP as its pages do: for the scripted demo and for tests."""

from __future__ import annotations

import http.client
import json
import secrets as randomness
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from plugin.platforms.signing import Secret, sign
from plugin.sandbox.desk import Submitted
from plugin.sandbox.settings import Settings

TIMEOUT_S = 30
LONG_AGO = "2000-01-01T00:00:00+08:00"


class SandboxRefused(Exception):
    """The sandbox did not take the request at all; `status` says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status


class SandboxPlatform:
    """One official's browser, without the browser. The look-ups use the signed interfaces."""

    def __init__(self, platform_url: str, lifecycle_url: str, settings: Settings) -> None:
        self._platform, self._lifecycle, self._settings = platform_url, lifecycle_url, settings

    def submit(
        self, form: str, fields: Mapping[str, Any], submitter: Mapping[str, str], record: str | None = None
    ) -> Submitted:
        """Press 提交: the verdict, then the saving if it may be."""
        question = {"record": record, "submitter": dict(submitter), "fields": dict(fields)}
        body = json.dumps(question, ensure_ascii=False).encode()
        path = f"/submit/{quote(form)}"
        status, answer = _call(self._platform, "POST", path, body, {"Content-Type": "application/json"})
        if status != 200:
            raise SandboxRefused(status, str(answer.get("detail")))
        return Submitted.from_json(answer)

    def records(self) -> list[dict[str, Any]]:
        """Everything that was saved, the oldest first."""
        path, found, cursor = f"/api/records?{urlencode({'since': LONG_AGO})}", [], ""
        while True:
            page = self._platform_has(path + cursor, {"items": [], "next_cursor": None})
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={quote(page['next_cursor'])}"

    def result(self, form: str, record: str) -> dict[str, Any] | None:
        """What the plugin wrote back into the record, None while it has not."""
        return self._platform_has(f"/api/records/{quote(form)}/{quote(record)}/result", {}) or None

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Everything the person has been told, the newest first."""
        status, answer = _call(self._platform, "GET", f"/messages.json?{urlencode({'to': to})}", None, {})
        if status != 200:
            raise SandboxRefused(status, str(answer.get("detail")))
        return list(answer["messages"])

    def filings(self, project_code: str) -> list[dict[str, Any]]:
        """The filings the life-cycle system holds for the project, each with its receipt, in their order."""
        path, found, after = f"/v1/projects/{quote(project_code)}/filings", [], ""
        while True:
            page = self._look_up(self._lifecycle, path + after, self._settings.lifecycle_secrets, {})
            for each in page["items"]:
                one = f"/v1/filings/{quote(each['receipt']['receipt_no'])}"
                stored = self._look_up(self._lifecycle, one, self._settings.lifecycle_secrets, {})
                found.append({**stored["filing"], **stored["receipt"]})
            if page["next_after"] is None:
                return found
            after = f"?after={quote(page['next_after'])}"

    def _platform_has(self, path: str, otherwise: Mapping[str, Any]) -> dict[str, Any]:
        return self._look_up(self._platform, path, self._settings.webhook_secrets, otherwise)

    def _look_up(
        self, base: str, path: str, secrets: Sequence[Secret], otherwise: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What stands there; `otherwise` where nothing does."""
        signed = sign(
            b"",
            id=f"look_{randomness.token_hex(8)}",
            timestamp=int(self._settings.now().timestamp()),
            secrets=secrets,
            algorithm=self._settings.algorithm,
        )
        status, answer = _call(base, "GET", path, None, signed)
        if status not in (200, 404):
            raise SandboxRefused(status, str(answer.get("detail")))
        return answer if status == 200 else dict(otherwise)


def _call(
    base: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()
