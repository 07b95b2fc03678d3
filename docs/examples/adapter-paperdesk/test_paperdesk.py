"""The contract suite over a Paperdesk that lives in a dictionary: run it with `pytest test_paperdesk.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from forms.definition import load_forms
from plugin.adapters import adapter
from plugin.sdk import Connection, Door, Reply, Request, Secret
from plugin.sdk_testing import PlatformContract, TroubledDoor

KEY = "desk-token-of-at-least-16"


class Desk(Door):
    """The platform itself: rows and notes."""

    def __init__(self) -> None:
        super().__init__([])
        self.rows: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, **_: Any
    ) -> Reply:
        parts = urlsplit(url)
        where = [unquote(each) for each in parts.path.strip("/").split("/")]
        given = json.loads(body) if body else {}
        if headers.get("X-Desk-Token") != KEY:
            return Reply(401, {}, b"")
        match [method, *where]:
            case ["GET", "ping"]:
                answer: Any = {}
            case ["GET", "rows"]:
                since = datetime.fromisoformat(parse_qs(parts.query)["from"][0])
                answer = {
                    "rows": [row for row in self.rows.values() if datetime.fromisoformat(row["at"]) >= since]
                }
            case ["GET", "rows", record]:
                answer = self.rows[record].get("told", {})
            case ["PATCH", "rows", record]:
                answer = self.rows[record]["told"] = given
            case ["POST", "notes"]:
                answer = self.notes.setdefault(given["key"], given)
            case ["GET", "notes", key]:
                answer = self.notes.get(key, {})
            case _:
                return Reply(404, {}, b"")
        return Reply(200, {}, json.dumps(answer).encode())


class Troubled(TroubledDoor, Desk):
    """The same, and it fails on demand."""

    def __init__(self) -> None:
        Desk.__init__(self)


class Office:
    """What the suite asks a harness for."""

    person = "clerk7"

    def __init__(self) -> None:
        self.door = Troubled()
        self.secrets: Sequence[Secret] = [Secret(KEY.encode())]
        self.platform = adapter("paperdesk").connect(
            Connection(
                base_url="http://desk.example",
                signature="static_token",
                secrets=lambda: self.secrets,
                token=lambda: KEY,
                options={},
                forms=load_forms(),
                door=self.door,
                clock=self.now,
            )
        )

    def now(self) -> datetime:
        return datetime.now(UTC)

    def save(self, form: str, fields: Mapping[str, Any], record: str | None = None) -> tuple[str, Request]:
        record = record or str(len(self.door.rows) + 1)
        event = {
            "what": "saved",
            "id": record,
            "at": self.now().isoformat(),
            "by": self.person,
            "cells": dict(fields),
        }
        self.door.rows[record] = event
        body = json.dumps(event, ensure_ascii=False).encode()
        return record, Request("POST", f"/webhooks/paperdesk/{form}", "", {"X-Desk-Token": KEY}, body)

    def ask(self, form: str, fields: Mapping[str, Any]) -> Request:
        raise NotImplementedError  # the capabilities say that it never asks

    def shown(self, form: str, record: str) -> tuple[str, str] | None:
        told = self.door.rows[record].get("told")
        return (told["status"], told["message"]) if told else None

    def inbox(self) -> Sequence[str]:
        return [each["title"] for each in self.door.notes.values() if each["to"] == self.person]

    def echoes(self) -> Sequence[Request]:
        return []


class TestPaperdesk(PlatformContract):
    @pytest.fixture
    def harness(self) -> Office:
        return Office()
