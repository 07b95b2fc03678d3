"""A small plugin on loopback, so that the sandbox is tested alone: real HTTP, real signatures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from plugin.platforms.signing import Secret, SignatureRefused, verify

WEBHOOK_SECRETS = (Secret(b"w" * 32, "webhook"),)
LIFECYCLE_SECRETS = (Secret(b"l" * 32, "lifecycle"),)
GUIDANCE = "涉密项目请走线下涉密渠道。"
MISSING_CHAPTER: Mapping[str, Any] = {
    "code": "SHARING-CHAPTER",
    "effect": "block",
    "overridable": False,
    "article": "24(1)",
    "citation": "第二十四条第一款",
    "text": "项目可行性研究报告应当包括数据资源共享分析篇（章）。",
    "field": "data_sharing_chapter",
    "row": None,
    "message": "没有上传“数据资源共享分析篇（章）”。",
    "remedy": "请上传可行性研究报告中的数据资源共享分析篇（章）。",
    "mender": "填报人",
    "missing": ["data_sharing_chapter"],
    "reading": None,
}


class Plugin:
    """What it was asked and told, and how it shall answer. Tests change `judge` and `statuses`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []  # (delivery id, event) of every attempt
        self.statuses: list[int] = []  # for the next deliveries; then 202
        self.judge: Callable[[str, Mapping[str, Any]], dict[str, Any]] = judge
        self.url = ""

    def answer(self, path: str, id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.startswith("/v1/verdicts/"):
            form = path.rsplit("/", 1)[1]
            self.asked.append((form, body))
            return 200, self.judge(form, body["fields"])
        self.told.append((id, body))
        status = self.statuses.pop(0) if self.statuses else 202
        return status, {"id": id, "duplicate": False} if status == 202 else {"detail": "稍后重发。"}


def verdict(form: str, *findings: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An answer as docs/openapi.yaml describes it."""
    blocked = any(each["effect"] == "block" for each in findings)
    return {
        "form": form,
        "decision": "block" if findings else "allow",
        "may_save": not blocked,
        "overridable": bool(findings) and not blocked,
        "message": "有不符合规定的内容，请改正后再提交。" if findings else "符合规定。",
        "findings": [dict(each) for each in findings],
        "guidance": None,
        "route": None,
        "obligations": [],
        **more,
    }


def judge(form: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Just enough of the regulation for these tests."""
    if fields.get("classified") not in (False, "否"):
        return verdict(form, decision="block", may_save=False, guidance=GUIDANCE)
    if form == "feasibility_study" and not fields.get("data_sharing_chapter"):
        return verdict(form, MISSING_CHAPTER)
    return verdict(form)


def handler_of(plugin: Plugin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                head = verify(dict(self.headers), body, WEBHOOK_SECRETS, datetime.now(UTC), tolerance_s=10**9)
                status, reply = plugin.answer(self.path, head.id, json.loads(body))
            except SignatureRefused as error:
                status, reply = 401, {"detail": str(error)}
            data = json.dumps(reply, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
