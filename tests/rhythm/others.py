"""The other sides of a simulated year: platform, mail server, life-cycle system; each outlives a killed process."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from plugin.http import Reply
from plugin.ledger import OutboxItem
from plugin.reminding.channels import Note


class Kept:
    """Entries with a key, in a file: each line is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self.by_key = {entry["key"]: entry for entry in self.entries}

    def keep(self, entry: dict[str, Any]) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
        os.close(handle)
        self.entries.append(entry)
        self.by_key[entry["key"]] = entry

    @property
    def keys(self) -> list[str]:
        """As they arrived, repeats included."""
        return [entry["key"] for entry in self.entries]


class FakePlatform(Kept):
    """In the place of the door to the platform: one message a key, as the contract says."""

    repeats = 0

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, **_limits: Any
    ) -> Reply:
        if method == "GET":
            key = parse_qs(urlsplit(url).query)["key"][0]
            return self._answer(200, key) if key in self.by_key else self._not_there()
        key, message = unquote(headers["Idempotency-Key"]), json.loads(body or b"")
        assert key == message["key"] and len(message["title"]) <= 100 and len(message["text"]) <= 5000
        if key in self.by_key:
            self.repeats += 1
            return self._answer(200, key)
        self.keep(message)
        return self._answer(201, key)

    def _answer(self, status: int, key: str) -> Reply:
        body = {"message_id": key, "key": key, "delivered_at": "2026-01-01T00:00:00+08:00"}
        return Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())

    def _not_there(self) -> Reply:
        return Reply(404, {"content-type": "application/problem+json"}, b'{"status": 404}')


class FakeLifecycle(Kept):
    """A courier of filings that always arrive."""

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        return {"receipt_no": item.key} if item.key in self.by_key else None

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        self.keep({"key": item.key})
        return {"receipt_no": item.key}


class FakeMail(Kept):
    """A way that takes everything it is given and cannot say later what arrived."""

    def reaches(self, note: Note) -> bool:
        return note.email is not None

    def answers_for_key(self, note: Note) -> bool:
        return False

    def send(self, note: Note, key: str, now: datetime) -> Mapping[str, Any]:
        self.keep({"key": key, "to": note.email, "text": note.text})
        return {"message_id": key}

    def find(self, note: Note, key: str) -> Mapping[str, Any] | None:
        raise AssertionError("asked, though it cannot answer")
