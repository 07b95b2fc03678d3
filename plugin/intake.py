"""The main flow: a question before saving → a verdict; a saved event → the inbox; an event of the inbox → the ledger.

`accept` runs in the receiver: gate, inbox, acknowledgement. `take` runs in a job: one event, one transaction. Each
call uses one manifest snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from forms import schema
from forms.definition import FormDefinition
from plugin import papers
from plugin.answers import kept_out
from plugin.files import files_of
from plugin.ledger import InboxItem, Ledger, Submission
from plugin.manifest import Manifest
from plugin.regulation.history import Standing
from plugin.resemblance import DEMAND, Resemblance
from plugin.sdk import EventKind, FormEvent, Question
from plugin.settling import UNATTACHED, Settling, overrides_of
from plugin.standing import concerned
from plugin.versions import digest, is_deleted, merge, own_fields, tried_again, version_of


class Accepted(StrEnum):
    """What the receiver answers."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"  # a known key with other content: acknowledged, set aside, alarm
    KEPT_OUT = "kept_out"  # classified, or of the government intranet: nothing of it is kept


class TakenElsewhere(Exception):
    """The lease ran out and another worker took the event: this transaction is undone."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who brought a record in; the project it belongs to where that person says so."""

    by: str = "platform"
    project_code: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The flow over one ledger. `manifest` gives the snapshot in force."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    manifest: Callable[[], Manifest]
    resemblance: Resemblance

    def accept(self, event: FormEvent, now: datetime) -> Accepted:
        """Refuse what is not declared unclassified, else remember it durably. Nothing classified gets past here."""
        if self.kept_out(event) is not None:
            self._purge(event, now)
            return Accepted.KEPT_OUT
        if self.ledger.is_purged(event.platform, event.record):
            return Accepted.KEPT_OUT  # an earlier version that comes late
        body = event.as_json()
        remembered = self.ledger.inbox.remember(
            event.platform, event.key, event.form, event.record, event.kind.value, body, digest(body), now
        )
        return Accepted(remembered.value)

    def knows(self, event: FormEvent) -> bool:
        """Whether the record stands in the ledger as the event says it is, so that taking it would change nothing."""
        head = self.ledger.submissions.head(event.platform, event.record)
        if head is None or event.form not in self.forms:
            return False
        if event.kind is EventKind.DELETED or head.deleted:
            return head.deleted and event.kind is EventKind.DELETED
        content = digest(own_fields(event, self.forms[event.form]))
        return content in (head.head_hash, self._told(event))

    def _told(self, event: FormEvent) -> str | None:
        """What the platform last said of the record, without what the bureau filled in beside it."""
        versions = self.ledger.submissions.versions(event.platform, event.record)
        form = self.forms[event.form]
        told = merge((each for each in versions if not each.is_bureau_part), form)
        return None if told is None else digest(own_fields(told, form))

    def kept_out(self, event: FormEvent) -> dict[str, Any] | None:
        """The fixed answer to a saved record that must leave no trace, None for any other.

        In an update that carries only what changed, the answers given before still stand.
        """
        if event.kind not in (EventKind.CREATED, EventKind.UPDATED):
            return None
        head = self.ledger.submissions.head(event.platform, event.record) if event.partial else None
        manifest = self.manifest()
        stated = {**(head.values if head else {}), **event.fields}
        return kept_out(event.form, stated, manifest.pack, manifest.classified_guidance)

    def _purge(self, event: FormEvent, now: datetime) -> None:
        """If it was stored before, every trace goes; its project, and whatever was told of it, is judged anew."""
        head = self.ledger.submissions.head(event.platform, event.record)
        if head is None and not self.ledger.inbox.knows(event.platform, event.record):
            return
        with self.ledger.write_tx():
            quoting = self.ledger.purge_quotes(event.platform, event.record, DEMAND)
            self.ledger.purge_record(event.platform, event.record, now)
            self.resemblance.forget(f"{event.platform}:{event.record}")
            if head is not None and head.project_code:
                self._settling(now).project(head.project_code)
            for platform, record in quoting:
                self.settle_record(platform, record, now)

    def refresh(self, code: str, now: datetime) -> None:
        """Fold a project again: after an override, an attachment, a new calendar or a new manifest."""
        with self.ledger.write_tx():
            self._settling(now).project(code)

    def refold(self, code: str, now: datetime) -> bool:
        """Fold a project under the manifest in force, False if another process has done it meanwhile."""
        with self.ledger.write_tx():
            settling = self._settling(now)
            row = self.ledger.projects.get(code)
            if row is None or row.law_version == settling.manifest.version:
                return False
            settling.project(code)
            return True

    def settle_record(self, platform: str, record: str, now: datetime) -> None:
        """Judge a stored record again, with its project if it has one, inside the caller's transaction."""
        head = self.ledger.submissions.head(platform, record)
        settling = self._settling(now)
        if head and head.project_code:
            settling.project(head.project_code)
        elif head:
            settling.alone(settling.draft_of(head), head)

    def judge_question(self, question: Question, platform: str, now: datetime) -> dict[str, Any]:
        """All findings at once, nothing written."""
        form, settling = self.forms[question.form], self._settling(now)
        head = self.ledger.submissions.head(platform, question.record) if question.record else None
        fields = {**(head.values if head and question.partial else {}), **question.fields}
        refused = kept_out(form.name, fields, settling.manifest.pack, settling.manifest.classified_guidance)
        if refused is not None:
            return refused
        record = f"{platform}:{question.record or ''}"
        draft = papers.read(
            form,
            fields,
            settling.manifest.book.pack,
            record=record,
            saved_at=now,
            overridden=overrides_of(head),
        )
        code = draft.project_code or (head.project_code if head else None)
        return settling.answer(settling.judge_among(draft, code).verdict, draft)

    def take(self, item: InboxItem, now: datetime) -> None:
        """Take one claimed event of the inbox: everything that follows from it, in one transaction."""
        with self.ledger.write_tx():
            if not self.ledger.inbox.done(item.id, outcome := self._take(item, now), now):
                raise TakenElsewhere(outcome)

    def enter(self, event: FormEvent, code: str | None, by: str, now: datetime) -> str:
        """Take what this person brings in and no platform sent, inside the caller's transaction: see `HELD_HERE`.

        `code`: the project that the person says it belongs to; None: the one that the record names.
        """
        if self.kept_out(event) is not None or self.ledger.is_purged(event.platform, event.record):
            raise ValueError("what is kept out is not entered")
        head = self.ledger.submissions.head(event.platform, event.record)
        content = digest(own_fields(event, self.forms[event.form]))
        if head and (head.head_hash, head.deleted) == (content, False):
            return "unchanged"
        return self._take_event(event, now, now, Origin(by, code))

    def _take(self, item: InboxItem, now: datetime) -> str:
        """What became of the event, in one word for the operator."""
        event = FormEvent.from_json(item.event)
        if event.kind is EventKind.OTHER or event.form not in self.forms:
            return "recorded"
        return self._take_event(event, item.received_at, now, Origin())

    def _take_event(self, event: FormEvent, received_at: datetime, now: datetime, origin: Origin) -> str:
        form = self.forms[event.form]
        before = self.ledger.submissions.head(event.platform, event.record)
        self.ledger.submissions.add_version(version_of(event, received_at), digest(own_fields(event, form)))
        versions = self.ledger.submissions.versions(event.platform, event.record)
        head = merge(versions, form)
        if head is None:
            return "nothing_stored"
        content, deleted = digest(own_fields(head, form)), is_deleted(versions)
        if (
            before
            and (before.head_hash, before.deleted) == (content, deleted)
            and not tried_again(before, head)
        ):
            return "unchanged"
        self._store(head, content, deleted, before, self._settling(now), origin)
        return "taken"

    def _store(
        self,
        head: FormEvent,
        content: str,
        deleted: bool,
        before: Submission | None,
        settling: Settling,
        origin: Origin,
    ) -> None:
        """The new head, then the project it belongs to."""
        draft = papers.read(
            self.forms[head.form],
            head.fields,
            settling.manifest.book.pack,
            record=f"{head.platform}:{head.record}",
            saved_at=head.saved_at,
            overridden=overrides_of(before),
        )
        code = origin.project_code or settling.project_of(draft, before)
        submission = head_of(head, schema.dump(draft.values), code, content, deleted)
        self.ledger.submissions.put_head(submission)
        self.ledger.attachments.note(files_of(self.forms[head.form], submission), settling.now)
        subject = f"{head.platform}:{head.record}"
        action = "submission.deleted" if deleted else "submission.taken"
        self.ledger.audit.append(settling.now, origin.by, action, subject, {"content": content})
        if code is None:
            settling.alone(draft, submission)
        affected = (
            (code,) if code else concerned(self.ledger, (before, submission), settling.manifest.unit_name)
        )
        for each in affected:
            settling.project(each)

    def _settling(self, now: datetime) -> Settling:
        return Settling(self.ledger, self.forms, self.manifest(), now, self.resemblance)


def head_of(
    event: FormEvent, values: dict[str, Any], code: str | None, content: str, deleted: bool
) -> Submission:
    """The head of a record as it is first written; judging it says what it stands for."""
    return Submission(
        platform=event.platform,
        form=event.form,
        record=event.record,
        project_code=code,
        standing=UNATTACHED if code is None else Standing.TAKEN.value,
        values=values,
        saved_at=event.saved_at,
        submitter=event.as_json()["submitter"],
        head_hash=content,
        deleted=deleted,
    )
