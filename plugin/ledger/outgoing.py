"""What should leave the house: the wanted set of one scope against what is queued and what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.store import Store
from plugin.ledger.text import digest, dump, made, stamp


class Kind(StrEnum):
    WRITEBACK = "writeback"
    MESSAGE = "message"
    REMINDER = "reminder"
    FILING = "filing"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something wanted. `subject` names it for good; what shares a `lane` leaves in order, one at a time."""

    kind: str
    subject: str
    lane: str
    project_code: str | None
    due_at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Queued:
    """The live revisions of one subject, newest first, are compared by these."""

    id: int
    revision: int
    digest: str
    state: str
    unclear: bool
    superseded: bool
    attempts: int
    due_at: str

    @property
    def may_be_there(self) -> bool:
        """In flight, or of unknown outcome: never cancelled, only followed by the next revision."""
        return self.state == "leased" or self.unclear


class Syncing:
    """Brings one scope's rows in line with what is wanted now."""

    def __init__(self, store: Store, audit: Audit, scope: str, now: datetime) -> None:
        self._store, self._audit, self._scope, self._now = store, audit, scope, now
        self._at = stamp(now)

    def run(self, wanted: Iterable[Outgoing]) -> None:
        due = {each.subject: each for each in wanted}
        for each in due.values():
            self._want(each)
        queued = (
            "SELECT DISTINCT subject FROM outbox WHERE scope = ? AND state IN ('pending', 'leased', 'dead')"
        )
        for (subject,) in self._store.rows(queued, self._scope):
            if subject not in due:
                self._withdraw(subject, self._live(subject))

    def _want(self, wanted: Outgoing) -> None:
        body = dump(wanted.payload)
        mark, live = digest(body), self._live(wanted.subject)
        if live and live[0].digest == mark:
            self._keep(live[0], wanted)
            return
        self._withdraw(wanted.subject, live)
        left = [row for row in live if row.state == "sent" or row.may_be_there]
        if left and left[0].digest == mark:
            self._keep(left[0], wanted)
        else:
            self._insert(wanted, body, mark)

    def _live(self, subject: str) -> list[_Queued]:
        rows = self._store.rows(
            "SELECT id, revision, digest, state, unclear, superseded, attempts, due_at FROM outbox WHERE"
            " subject = ? AND state <> 'cancelled' ORDER BY revision DESC",
            subject,
        )
        return [made(_Queued, row, unclear=bool, superseded=bool) for row in rows]

    def _keep(self, row: _Queued, wanted: Outgoing) -> None:
        """Queued or sent as wanted. Only an untried row follows a changed day; what is due stays due."""
        self._store.changed(
            "UPDATE outbox SET scope = ?, project_code = ?, superseded = 0 WHERE id = ?",
            *(self._scope, wanted.project_code, row.id),
        )
        due = stamp(wanted.due_at)
        untried = row.state == "pending" and row.attempts == 0
        if untried and due != row.due_at and not (due <= self._at and row.due_at <= self._at):
            self._store.changed(
                "UPDATE outbox SET wanted_at = ?, due_at = ?, updated_at = ? WHERE id = ?",
                due,
                due,
                self._at,
                row.id,
            )

    def _withdraw(self, subject: str, live: list[_Queued]) -> None:
        """Cancel what is certainly not there; mark what may be, so that a clear failure ends it."""
        for row in live:
            if row.state == "sent":
                continue
            if row.may_be_there:
                self._store.changed("UPDATE outbox SET superseded = 1 WHERE id = ?", row.id)
                continue
            self._store.changed(
                "UPDATE outbox SET state = 'cancelled', updated_at = ? WHERE id = ?", self._at, row.id
            )
            self._record("outbox.cancelled", subject, {"revision": row.revision})

    def _insert(self, wanted: Outgoing, body: str, mark: str) -> None:
        last = self._store.rows(
            "SELECT coalesce(max(revision), 0) FROM outbox WHERE subject = ?", wanted.subject
        )
        revision, due = last[0][0] + 1, stamp(wanted.due_at)
        self._store.changed(
            "INSERT INTO outbox (key, scope, subject, revision, kind, lane, project_code, wanted_at,"
            " due_at, payload, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?)",
            *(
                f"{wanted.subject}:{revision}",
                self._scope,
                wanted.subject,
                revision,
                wanted.kind,
                wanted.lane,
            ),
            *(wanted.project_code, due, due, body, mark, self._at, self._at),
        )
        self._record("outbox.queued", wanted.subject, {"revision": revision, "digest": mark})

    def _record(self, action: str, subject: str, detail: dict[str, Any]) -> None:
        self._audit.append(self._now, SYSTEM, action, subject, detail)
