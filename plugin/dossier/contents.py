"""What the ledger holds of one project, read in one state: records with their versions and verdicts, duties, post, audit.

Asked again here, because here it leaves: a record or version that is not declared unclassified is not of the dossier, nor is
anything that a purge has emptied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from plugin.errors import PluginError
from plugin.gate import declared_unclassified
from plugin.ledger import (
    AttachmentRow,
    AttemptRow,
    AuditEntry,
    Kind,
    Ledger,
    ObligationRow,
    OutboxRow,
    ProjectRow,
    ReminderRow,
    Submission,
    SubmissionVersion,
    VerdictRow,
)

ALL = 1_000_000


class NothingToArchive(PluginError):
    """No such project, or nothing of it is left."""

    code = "NOTHING_TO_ARCHIVE"


@dataclass(frozen=True, slots=True)
class Version:
    """One saved state, and the verdicts given while it was the newest."""

    saved: SubmissionVersion
    verdicts: tuple[VerdictRow, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One paper of the project: how it stands, every version it had, and what is known of the files it names."""

    head: Submission
    versions: tuple[Version, ...]
    files: tuple[AttachmentRow, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    row: ObligationRow
    revisions: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """One moment of a duty for one person, and every try to get there the digest that told of it."""

    row: ReminderRow
    attempts: tuple[AttemptRow, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """An entry, and the hash its own hash stands on."""

    entry: AuditEntry
    previous_hash: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    project: ProjectRow
    records: tuple[Record, ...]
    duties: tuple[Duty, ...]
    reminders: tuple[Recalled, ...]
    outgoing: tuple[OutboxRow, ...]
    audit: tuple[Audited, ...]


def contents_of(ledger: Ledger, code: str) -> Contents:
    """Everything of the project. Raises `NothingToArchive`."""
    with ledger.read():
        project = ledger.projects.get(code)
        heads = [
            head
            for head in ledger.submissions.ever_of_project(code)
            if declared_unclassified(head.values.get("classified"))
        ]
        if project is None or not heads:
            raise NothingToArchive(f"台账中没有项目“{code}”，或者该项目没有可以归档的材料。")
        outgoing = _outgoing(ledger, code, heads)
        return Contents(
            project=project,
            records=tuple(_record(ledger, head) for head in heads),
            duties=tuple(
                Duty(row, tuple(ledger.obligations.history(code, row.key)))
                for row in ledger.obligations.of_project(code)
            ),
            reminders=tuple(
                Recalled(row, tuple(ledger.attempts.of(row.digest) if row.digest else ()))
                for row in ledger.reminders.list(code)
            ),
            outgoing=outgoing,
            audit=_audit(ledger, code, heads, outgoing),
        )


def _record(ledger: Ledger, head: Submission) -> Record:
    saved = [
        each
        for each in ledger.submissions.versions(head.platform, head.record)
        if declared_unclassified(each.fields.get("classified", False))  # a partial one may not ask again
    ]
    verdicts = ledger.verdicts.history(head.platform, head.record)
    files = ledger.attachments.of_record(head.platform, head.record)
    return Record(head, tuple(_with_verdicts(saved, verdicts)), tuple(files))


def _with_verdicts(saved: list[SubmissionVersion], verdicts: list[VerdictRow]) -> Iterable[Version]:
    """A verdict belongs to the version that was the newest to have come in when it was given."""
    for each in saved:
        later = min(
            (other.received_at for other in saved if other.received_at > each.received_at), default=None
        )
        given = [
            verdict
            for verdict in verdicts
            if verdict.judged_at >= each.received_at and (later is None or verdict.judged_at < later)
        ]
        yield Version(each, tuple(given))


def _outgoing(ledger: Ledger, code: str, heads: list[Submission]) -> tuple[OutboxRow, ...]:
    """What left, or waits to, about the project, or about one of its records before it was attached."""
    records = {(head.platform, head.record) for head in heads}
    found = ledger.outbox.list(project_code=code)
    found += [
        row
        for row in ledger.outbox.without_project()
        if (row.payload.get("platform"), row.payload.get("record")) in records
    ]
    marks = [sha256(f"{platform}:{record}".encode()).hexdigest()[:12] for platform, record in records]
    kept = [
        row for row in found if row.payload or (row.kind == Kind.FILING and _names_one(row.subject, marks))
    ]
    return tuple(sorted(kept, key=lambda row: row.id))


def _names_one(subject: str, marks: list[str]) -> bool:
    """Whether a filing is of a record of the dossier: a purge beside it took its payload and left its receipt."""
    return any(subject.endswith(mark) for mark in marks)


def _audit(
    ledger: Ledger, code: str, heads: list[Submission], outgoing: tuple[OutboxRow, ...]
) -> tuple[Audited, ...]:
    subjects = {f"project:{code}", *(f"{head.platform}:{head.record}" for head in heads)}
    subjects |= {name for row in outgoing for name in (row.subject, row.key)}
    entries = {entry.id: entry for subject in subjects for entry in ledger.audit.of(subject, ALL)}
    return tuple(Audited(entry, ledger.audit.hash_before(id)) for id, entry in sorted(entries.items()))
