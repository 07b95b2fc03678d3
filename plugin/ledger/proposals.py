"""Proposed versions of the manifest: who wants what and why, what it would change, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from plugin.ledger.audit import Audit
from plugin.ledger.store import Row, Store
from plugin.ledger.text import digest, dump, instant, load, made, or_none, stamp

_SELECT = (
    "SELECT id, kind, base_version, version, text, beside, changes, preview, needs_second, proposed_by, reason,"
    " proposed_at, state, decided_by, decided_at FROM proposals "
)


class ProposalState(StrEnum):
    OPEN = "open"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"  # another version came into force meanwhile


@dataclass(frozen=True, slots=True)
class Proposal:
    """A whole version with the one it was made from. `changes` are sentences, `preview` is JSON of docs/whatif.md."""

    id: int
    kind: str  # change, rollback
    base_version: str
    version: str
    text: str
    beside: str
    changes: tuple[str, ...]
    preview: dict[str, Any]
    needs_second: bool
    proposed_by: str
    reason: str
    proposed_at: datetime
    state: str = ProposalState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None


class Proposals:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def add(self, proposal: Proposal) -> int:
        """Keep a new one, whatever its `id`; the number it got."""
        with self._store.writing():
            [(id,)] = self._store.rows(
                "INSERT INTO proposals (kind, base_version, version, text, beside, changes, preview, needs_second,"
                " proposed_by, reason, proposed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                *(proposal.kind, proposal.base_version, proposal.version, proposal.text, proposal.beside),
                *(dump(list(proposal.changes)), dump(proposal.preview), int(proposal.needs_second)),
                *(proposal.proposed_by, proposal.reason, stamp(proposal.proposed_at)),
            )
            detail = {
                "base": proposal.base_version,
                "version": proposal.version,
                "digest": digest(proposal.text),
            }
            subject = f"proposal:{id}"
            self._audit.append(proposal.proposed_at, proposal.proposed_by, "proposal.made", subject, detail)
            return int(id)

    def get(self, id: int) -> Proposal | None:
        row = self._store.row(_SELECT + "WHERE id = ?", id)
        return None if row is None else _proposal(row)

    def list(self, state: str | None = None, limit: int = 100) -> list[Proposal]:
        """Newest first."""
        where, values = ("WHERE state = ? ", [state]) if state else ("", [])
        return [
            _proposal(row)
            for row in self._store.rows(_SELECT + where + "ORDER BY id DESC LIMIT ?", *values, limit)
        ]

    def open_count(self) -> int:
        """How many wait for a decision."""
        return int(self._store.rows("SELECT count(*) FROM proposals WHERE state = 'open'")[0][0])

    def close(self, proposal: Proposal, state: ProposalState, by: str, now: datetime) -> bool:
        """Decide an open one. False if it is not open any more."""
        with self._store.writing():
            closed = self._store.changed(
                "UPDATE proposals SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'open'",
                *(state.value, by, stamp(now), proposal.id),
            )
            if closed:
                detail = {"proposed_by": proposal.proposed_by, "version": proposal.version}
                self._audit.append(now, by, f"proposal.{state.value}", f"proposal:{proposal.id}", detail)
            return closed


def outdate_open(store: Store, now: datetime) -> None:
    """A version came into force: what was proposed on the one before stands on nothing."""
    store.changed("UPDATE proposals SET state = 'outdated', decided_at = ? WHERE state = 'open'", stamp(now))


def _proposal(row: Row) -> Proposal:
    return made(
        Proposal,
        row,
        changes=lambda text: tuple(load(text)),
        preview=load,
        needs_second=bool,
        proposed_at=instant,
        decided_at=or_none(instant),
    )
