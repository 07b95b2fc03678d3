"""The queue of webhooks: a row per event, kept until the plugin has acknowledged it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.sandbox.store.base import Database, to_text

QUEUED, DELIVERED, REFUSED, GIVEN_UP = "queued", "delivered", "refused", "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook. `id` stays the same on every attempt; `answer` is what the plugin said last."""

    id: str
    form: str
    record: str
    kind: str
    body: str
    attempts: int
    state: str
    answer: str


def enqueue(connection: sqlite3.Connection, form: str, event: Mapping[str, Any], id: str) -> None:
    """Part of the caller's transaction; due from the moment of saving."""
    due_at = datetime.fromisoformat(event["timestamp"]).timestamp()
    connection.execute(
        "INSERT INTO deliveries (id, form, record, kind, body, due_at) VALUES (?, ?, ?, ?, ?, ?)",
        (id, form, event["data"]["record"], event["type"], to_text(event), due_at),
    )


class Deliveries:
    """What must still be told, and what has been."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def due(self, now: datetime, limit: int = 50) -> list[Delivery]:
        """What should go out now, in the order of saving."""
        rows = self._db.connection.execute(
            "SELECT * FROM deliveries WHERE state = 'queued' AND due_at <= ? ORDER BY seq LIMIT ?",
            (now.timestamp(), limit),
        )
        return [_delivery(row) for row in rows]

    def settle(self, id: str, state: str, answer: str) -> None:
        """No further attempt. The body is not needed any more and goes."""
        with self._db.tx() as connection:
            connection.execute(
                "UPDATE deliveries SET state = ?, answer = ?, attempts = attempts + 1, body = ''"
                " WHERE id = ?",
                (state, answer, id),
            )

    def retry(self, id: str, due_at: float, answer: str) -> None:
        with self._db.tx() as connection:
            connection.execute(
                "UPDATE deliveries SET due_at = ?, answer = ?, attempts = attempts + 1"
                " WHERE id = ? AND state = 'queued'",
                (due_at, answer, id),
            )

    def waiting(self) -> int:
        """How many are not acknowledged yet."""
        row = self._db.connection.execute("SELECT count(*) FROM deliveries WHERE state = 'queued'").fetchone()
        return int(row[0])

    def of_record(self, record: str) -> list[Delivery]:
        rows = self._db.connection.execute(
            "SELECT * FROM deliveries WHERE record = ? ORDER BY seq", (record,)
        )
        return [_delivery(row) for row in rows]


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        form=row["form"],
        record=row["record"],
        kind=row["kind"],
        body=row["body"],
        attempts=row["attempts"],
        state=row["state"],
        answer=row["answer"],
    )
