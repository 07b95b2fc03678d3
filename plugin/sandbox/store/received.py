"""What the plugin wrote into the platform: results and messages. Each key counts once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.sandbox.store.base import Conflict, Database, fingerprint, to_text


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict as it stands in a record."""

    record: str
    form: str
    revision: int
    key: str
    body: Mapping[str, Any]
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person."""

    id: str
    key: str
    to: str
    body: Mapping[str, Any]
    received_at: datetime


class Results:
    """One result a record: the one with the highest revision."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(
        self, form: str, record: str, key: str, body: Mapping[str, Any], now: datetime
    ) -> tuple[Result, bool]:
        """Write it, unless a newer one stands there. Returns what stands now and whether the key was new."""
        with self._db.tx() as connection:
            if _known(connection, "SELECT fingerprint FROM result_keys WHERE key = ?", key, body):
                standing = self.get(record)
                if standing is not None:
                    return standing, False
            connection.execute(
                "INSERT INTO result_keys (key, fingerprint) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
                (key, fingerprint(body)),
            )
            connection.execute(
                "INSERT INTO results (record, form, revision, key, body, written_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET"
                " revision = excluded.revision, key = excluded.key, body = excluded.body,"
                " written_at = excluded.written_at WHERE excluded.revision > results.revision",
                (record, form, int(body["revision"]), key, to_text(body), now.isoformat()),
            )
            standing = self.get(record)
            if standing is None:
                raise LookupError(record)
            return standing, True

    def get(self, record: str) -> Result | None:
        row = self._db.connection.execute("SELECT * FROM results WHERE record = ?", (record,)).fetchone()
        return _result(row) if row else None

    def all(self) -> dict[str, Result]:
        rows = self._db.connection.execute("SELECT * FROM results")
        return {row["record"]: _result(row) for row in rows}


class Messages:
    """Messages by their key."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, key: str, body: Mapping[str, Any], now: datetime) -> tuple[Message, bool]:
        """Show it once. Returns it and whether the key was new; Conflict for its key with other words."""
        with self._db.tx() as connection:
            known = _known(connection, "SELECT fingerprint FROM messages WHERE key = ?", key, body)
            if not known:
                connection.execute(
                    "INSERT INTO messages (key, fingerprint, recipient, record, body, received_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        key,
                        fingerprint(body),
                        str(body["to"]),
                        body.get("record"),
                        to_text(body),
                        now.isoformat(),
                    ),
                )
            row = connection.execute("SELECT * FROM messages WHERE key = ?", (key,)).fetchone()
            return _message(row), not known

    def find(self, key: str) -> Message | None:
        row = self._db.connection.execute("SELECT * FROM messages WHERE key = ?", (key,)).fetchone()
        return _message(row) if row else None

    def latest(self, to: str | None = None, limit: int = 200) -> list[Message]:
        """The newest first."""
        rows = self._db.connection.execute(
            "SELECT * FROM messages WHERE ? IS NULL OR recipient = ? ORDER BY seq DESC LIMIT ?",
            (to, to, limit),
        )
        return [_message(row) for row in rows]

    def about(self, record: str) -> list[Message]:
        rows = self._db.connection.execute(
            "SELECT * FROM messages WHERE record = ? ORDER BY seq DESC", (record,)
        )
        return [_message(row) for row in rows]


def _known(connection: sqlite3.Connection, question: str, key: str, body: Mapping[str, Any]) -> bool:
    row = connection.execute(question, (key,)).fetchone()
    if row is not None and row["fingerprint"] != fingerprint(body):
        raise Conflict(key)
    return row is not None


def _result(row: sqlite3.Row) -> Result:
    return Result(
        record=row["record"],
        form=row["form"],
        revision=row["revision"],
        key=row["key"],
        body=json.loads(row["body"]),
        written_at=datetime.fromisoformat(row["written_at"]),
    )


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=f"msg_{row['seq']}",
        key=row["key"],
        to=row["recipient"],
        body=json.loads(row["body"]),
        received_at=datetime.fromisoformat(row["received_at"]),
    )
