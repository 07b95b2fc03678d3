"""The filings of the stand-in life-cycle system: one a key, each with a receipt number of its day; and contents."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.sandbox.store.base import Conflict, Database, fingerprint, to_text

__all__ = ["Conflict", "Filing", "Filings"]


@dataclass(frozen=True, slots=True)
class Filing:
    """One step of a project as it was filed."""

    key: str
    receipt_no: str
    project_code: str
    body: Mapping[str, Any]
    received_at: datetime
    lifecycle_no: str  # the system's own number of the project
    digest: str


class Filings:
    """What the life-cycle system holds."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, key: str, body: Mapping[str, Any], now: datetime) -> tuple[Filing, bool]:
        """Take it once. Returns it and whether it is new; Conflict for the same key with another content."""
        with self._db.tx() as connection:
            row = connection.execute("SELECT * FROM filings WHERE key = ?", (key,)).fetchone()
            if row is not None and row["fingerprint"] != fingerprint(body):
                raise Conflict(key)
            if row is not None:
                return _filing(row), False
            day, code = f"{now:%Y%m%d}", body["project_code"]
            number = (
                connection.execute("SELECT count(*) FROM filings WHERE day = ?", (day,)).fetchone()[0] + 1
            )
            receipt_no, own_no = f"LC-{day}-{number:06}", _lifecycle_no(connection, code)
            filing = Filing(key, receipt_no, code, dict(body), now, own_no, fingerprint(body))
            connection.execute(_INSERT, _row(filing, day))
            return filing, True

    def put_new(self, filings: Iterable[tuple[str, Mapping[str, Any]]], now: datetime) -> list[Filing]:
        """Many at once that are known to be new, for a demo that starts with years behind it."""
        with self._db.tx() as connection:
            day, numbers = f"{now:%Y%m%d}", dict[str, str]()
            taken = connection.execute("SELECT count(*) FROM filings WHERE day = ?", (day,)).fetchone()[0]
            held = connection.execute("SELECT count(DISTINCT project_code) FROM filings").fetchone()[0]
            put = []
            for at, (key, body) in enumerate(filings, taken + 1):
                own = numbers.setdefault(body["project_code"], f"QSM-{held + len(numbers) + 1:06}")
                receipt_no = f"LC-{day}-{at:06}"
                put.append(
                    Filing(key, receipt_no, body["project_code"], dict(body), now, own, fingerprint(body))
                )
            connection.executemany(_INSERT, [_row(each, day) for each in put])
            return put

    def find(self, key: str) -> Filing | None:
        return self._one("SELECT * FROM filings WHERE key = ?", key)

    def by_receipt(self, receipt_no: str) -> Filing | None:
        return self._one("SELECT * FROM filings WHERE receipt_no = ?", receipt_no)

    def of_project(self, code: str) -> list[Filing]:
        """In the order of arrival."""
        rows = self._db.connection.execute(
            "SELECT * FROM filings WHERE project_code = ? ORDER BY seq", (code,)
        )
        return [_filing(row) for row in rows]

    def latest(self, limit: int = 500) -> list[Filing]:
        """The newest first."""
        rows = self._db.connection.execute("SELECT * FROM filings ORDER BY seq DESC LIMIT ?", (limit,))
        return [_filing(row) for row in rows]

    def keep_content(self, content: bytes) -> tuple[str, bool]:
        """A content under its SHA-256, and whether it is new."""
        digest = hashlib.sha256(content).hexdigest()
        with self._db.tx() as connection:
            put = connection.execute(
                "INSERT INTO contents (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
                (digest, len(content), content),
            )
            return digest, put.rowcount > 0

    def size_of_content(self, digest: str) -> int | None:
        row = self._db.connection.execute("SELECT size FROM contents WHERE sha256 = ?", (digest,)).fetchone()
        return None if row is None else int(row["size"])

    def _one(self, question: str, value: str) -> Filing | None:
        row = self._db.connection.execute(question, (value,)).fetchone()
        return _filing(row) if row else None


_INSERT = (
    "INSERT INTO filings (key, receipt_no, day, project_code, lifecycle_no, fingerprint, body, received_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def _row(filing: Filing, day: str) -> tuple[str, ...]:
    body, at = to_text(filing.body), filing.received_at.isoformat()
    return (
        filing.key, filing.receipt_no, day, filing.project_code, filing.lifecycle_no, filing.digest, body, at,
    )  # fmt: skip


def _lifecycle_no(connection: sqlite3.Connection, code: str) -> str:
    """The number the system gave the project with its first filing, or the next one."""
    row = connection.execute("SELECT lifecycle_no FROM filings WHERE project_code = ?", (code,)).fetchone()
    count = connection.execute("SELECT count(DISTINCT project_code) FROM filings").fetchone()[0]
    return str(row["lifecycle_no"]) if row else f"QSM-{count + 1:06}"


def _filing(row: sqlite3.Row) -> Filing:
    return Filing(
        key=row["key"],
        receipt_no=row["receipt_no"],
        project_code=row["project_code"],
        body=json.loads(row["body"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        lifecycle_no=row["lifecycle_no"],
        digest=row["fingerprint"],
    )
