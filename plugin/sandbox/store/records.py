"""The records of the stand-in platform. A record and the webhook that tells of it are one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from plugin.sandbox.store.base import Database, to_text
from plugin.sandbox.store.deliveries import enqueue


@dataclass(frozen=True, slots=True)
class Record:
    """One form as an official saved it last. `verdict` is the answer before saving."""

    record: str
    form: str
    saved_at: datetime
    submitter: Mapping[str, str]
    fields: Mapping[str, Any]
    verdict: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    created_at: datetime | None = None
    erased: bool = False


ERASING = (
    "UPDATE records SET fields = '{}', verdict = '{}', erased = 1 WHERE record = ?",
    "DELETE FROM versions WHERE record = ?",
    "DELETE FROM deliveries WHERE record = ?",
    "DELETE FROM results WHERE record = ?",
    "DELETE FROM messages WHERE record = ?",
)


class Records:
    """Saved records and their versions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, record: Record, delivery_id: str) -> Record:
        """Save a new record or a new version of one, and queue its webhook: both or neither."""
        with self._db.tx() as connection:
            earlier = self.get(record.record)
            saved = replace(record, version=earlier.version + 1 if earlier else 1)
            content = (saved.saved_at.isoformat(), to_text(saved.submitter), to_text(saved.fields))
            connection.execute(
                "INSERT INTO records"
                " (record, form, verdict, version, created_at, saved_at, submitter, fields)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record) DO UPDATE SET"
                " verdict = excluded.verdict,"
                " version = excluded.version, saved_at = excluded.saved_at, submitter = excluded.submitter,"
                " fields = excluded.fields",
                (saved.record, saved.form, to_text(saved.verdict), saved.version, content[0], *content),
            )
            connection.execute(
                "INSERT INTO versions (record, version, saved_at, submitter, fields) VALUES (?, ?, ?, ?, ?)",
                (saved.record, saved.version, *content),
            )
            event = event_of(saved, "record.updated" if earlier else "record.created")
            enqueue(connection, saved.form, event, delivery_id)
        return saved

    def erase(self, record: str, at: datetime, delivery_id: str) -> None:
        """It turned out to be classified: its content goes, and the plugin is told without any of it."""
        with self._db.tx() as connection:
            kept = self.get(record)
            if kept is None or kept.erased:
                return
            for statement in ERASING:
                connection.execute(statement, (record,))
            said = replace(kept, saved_at=at, fields={"classified": True})
            enqueue(connection, kept.form, event_of(said, "record.updated", partial=True), delivery_id)

    def get(self, record: str) -> Record | None:
        row = self._db.connection.execute("SELECT * FROM records WHERE record = ?", (record,)).fetchone()
        return _record(row) if row else None

    def latest(self, limit: int = 200) -> list[Record]:
        """The newest first."""
        rows = self._db.connection.execute(
            "SELECT * FROM records ORDER BY saved_at DESC, record LIMIT ?", (limit,)
        )
        return [_record(row) for row in rows]

    def saved_from(self, since: datetime) -> list[Record]:
        """For a reconcile: saved since then, the oldest first. Instants compare as instants, not as text."""
        found = (_record(row) for row in self._db.connection.execute("SELECT * FROM records"))
        wanted = [each for each in found if each.saved_at >= since]
        return sorted(wanted, key=lambda each: (each.saved_at, each.record))


def event_of(saved: Record, kind: str, partial: bool = False) -> dict[str, Any]:
    """The body of a webhook as docs/openapi.yaml describes it."""
    return {"type": kind, "timestamp": saved.saved_at.isoformat(), "data": data_of(saved, partial)}


def data_of(saved: Record, partial: bool = False) -> dict[str, Any]:
    """A record on the wire."""
    return {
        "record": saved.record,
        "saved_at": saved.saved_at.isoformat(),
        "submitter": dict(saved.submitter),
        "partial": partial,
        "fields": dict(saved.fields),
    }


def _record(row: sqlite3.Row) -> Record:
    return Record(
        record=row["record"],
        form=row["form"],
        version=row["version"],
        saved_at=datetime.fromisoformat(row["saved_at"]),
        submitter=json.loads(row["submitter"]),
        fields=json.loads(row["fields"]),
        verdict=json.loads(row["verdict"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        erased=bool(row["erased"]),
    )
