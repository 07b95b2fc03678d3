"""From the platform to the plugin, on this machine only: ask before saving, tell after it, both signed."""

from __future__ import annotations

import http.client
import json
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from plugin.platforms.signing import sign
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Delivery

MAX_REPLY_BYTES = 4 * 1024 * 1024
AWAY = "暂时无法取得审核结论（{why}），本次填报没有保存。请稍后再次提交；多次不成功的，请联系数据资源局。"


class VerdictAway(Exception):
    """No verdict was to be had. Nothing may be saved; `str(error)` is the sentence for the official."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the plugin answered. Status 0: it did not answer."""

    status: int
    body: bytes
    retry_after_s: float | None = None

    @property
    def said(self) -> str:
        """One line for the record page, never the body: it may quote what was submitted."""
        if self.status == 0:
            return "未连接上"
        try:
            problem = json.loads(self.body)
            detail = problem.get("detail") if isinstance(problem, dict) else None
        except ValueError:
            detail = None
        return f"HTTP {self.status}" + (
            f"：{detail}" if self.status >= 400 and isinstance(detail, str) else ""
        )


class Wire:
    """One connection a call; no proxies, no redirects."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        parts = urlsplit(settings.plugin_url)
        self._host, self._port, self._root = parts.hostname or "", parts.port or 80, parts.path.rstrip("/")

    def ask(
        self, form: str, record: str | None, submitter: Mapping[str, str], fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The verdict on a form about to be saved."""
        question = {"record": record, "submitter": dict(submitter), "fields": dict(fields)}
        body = json.dumps(question, ensure_ascii=False).encode()
        reply = self._post(f"/v1/verdicts/{quote(form)}", body, f"ask_{randomness.token_hex(12)}")
        if reply.status != 200:
            raise VerdictAway(AWAY.format(why=reply.said))
        try:
            answer = json.loads(reply.body)
        except ValueError as error:
            raise VerdictAway(AWAY.format(why="答复不是 JSON")) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("may_save"), bool):
            raise VerdictAway(AWAY.format(why="答复中没有结论"))
        return answer

    def tell(self, delivery: Delivery) -> Reply:
        """One attempt to deliver a webhook."""
        return self._post(f"/webhooks/standard/{quote(delivery.form)}", delivery.body.encode(), delivery.id)

    def _post(self, path: str, body: bytes, id: str) -> Reply:
        settings = self._settings
        signed = sign(
            body,
            id=id,
            timestamp=int(settings.now().timestamp()),
            secrets=settings.webhook_secrets,
            algorithm=settings.algorithm,
        )
        connection = http.client.HTTPConnection(self._host, self._port, timeout=settings.verdict_timeout_s)
        try:
            connection.request(
                "POST", self._root + path, body, {"Content-Type": "application/json", **signed}
            )
            response = connection.getresponse()
            return Reply(
                response.status, response.read(MAX_REPLY_BYTES), _seconds(response.getheader("Retry-After"))
            )
        except (OSError, http.client.HTTPException):
            return Reply(0, b"")
        finally:
            connection.close()


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdecimal() and len(value) < 7 else None
