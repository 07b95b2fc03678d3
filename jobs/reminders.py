"""Remind: look at duties as their moments come, gather a digest a person and working day, get it to its reader.

A digest is put into words as it leaves, and everything in it is looked at once more: what was done, moved or came to
rest since then is left out. If a channel fails, the next one is used at once; if the outcome is unclear, nothing is
sent until that channel was asked, or, where it cannot answer, the repeat is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from forms.definition import FormDefinition
from jobs.backoff import backoff
from plugin.clock import shanghai_day
from plugin.ledger import AttemptRow, Kind, Ledger, OutboxItem
from plugin.manifest import Manifest, SecretsUnreadable
from plugin.owing import Owing
from plugin.reminders import compose
from plugin.reminding.channels import Channel, Note, usable
from plugin.reminding.lines import Wording
from plugin.reminding.moments import within_hours
from plugin.reminding.watching import habits_of, look_once
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

NOTHING_LEFT = "事项均已办理、变更或者暂停，无需提醒"
NEWER = "已并入后一个工作日的提醒"


@dataclass(frozen=True, slots=True)
class Reminding:
    """The job over one ledger. `manifest` gives the snapshot in force; one step uses one snapshot."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    manifest: Callable[[], Manifest]
    channels: Mapping[str, Channel]
    rng: Random

    def step(self, now: datetime) -> bool:
        """Do the next thing. True if there was one: call again."""
        manifest = self.manifest()
        owing = Owing(self.ledger, self.forms, manifest, now)
        if owing.turn_year() or owing.turn_day() or look_once(self.ledger, manifest, now):
            return True
        if not within_hours(now, habits_of(manifest)):
            return False
        return self.ledger.reminders.gather_next(now, shanghai_day(now)) or self._deliver(manifest, now)

    def _deliver(self, manifest: Manifest, now: datetime) -> bool:
        """One digest, if this minute's number is not reached."""
        if self.ledger.attempts.free_at(now, manifest.reminders.per_minute) is not None:
            return False
        item = self.ledger.outbox.claim((Kind.REMINDER,), now)
        if item is not None:
            _Delivery(self, manifest, item, now).run()
        return item is not None


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One claimed digest on its way."""

    job: Reminding
    manifest: Manifest
    item: OutboxItem
    now: datetime

    def run(self) -> None:
        ledger, item = self.job.ledger, self.item
        tried = ledger.attempts.of(item.key)
        last = tried[-1] if tried and tried[-1].may_have_arrived else None
        try:
            if last is not None and self._arrived(last):
                return
        except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
            self._again([error], unclear=True)
            return
        if item.superseded:
            ledger.outbox.cancel(item.id, NEWER, self.now)
            return
        note = self._note()
        if note is None:
            ledger.outbox.cancel(item.id, NOTHING_LEFT, self.now)
        else:
            self._send(note, repeat=any(each.may_have_arrived for each in ledger.attempts.of(item.key)))

    def _arrived(self, last: AttemptRow) -> bool:
        """Ask for a try of unknown outcome. A channel that cannot answer leaves it unknown."""
        channel, note = self.job.channels[last.channel], self._addressed("", "", None)
        if not channel.answers_for_key(note):
            self.job.ledger.attempts.end(last.id, "unclear", self.now, last.error)
            return False
        receipt = channel.find(note, self.item.key)
        if receipt is None:
            self.job.ledger.attempts.end(last.id, "failed", self.now, "查询得知没有送达")
            return False
        self._sent(last.id, last.channel, receipt)
        return True

    def _note(self) -> Note | None:
        """The digest in words, None if nothing is left to say."""
        job, today = self.job, shanghai_day(self.now)
        wording = Wording(job.ledger, job.forms, self.manifest)
        lines = wording.lines(job.ledger.reminders.in_digest(self.item.key), today)
        job.ledger.reminders.rest(lines.rested)
        if not lines.said:
            return None
        title, text = compose(lines.said, today)
        return self._addressed(title, text, lines.said[0].link if len(lines.said) == 1 else None)

    def _addressed(self, title: str, text: str, link: str | None) -> Note:
        person = self.manifest.person(str(self.item.payload.get("person")))
        email = self.manifest.person_settings(person).email
        return Note(str(self.item.payload.get("platform")), person, email, title, text, link)

    def _send(self, note: Note, *, repeat: bool) -> None:
        """Through the first channel that takes it."""
        attempts, failures = self.job.ledger.attempts, list[Exception]()
        for name, channel in usable(self.job.channels, note, self.manifest):
            id = attempts.begin(self.item.key, name, note.person, self.now, repeat=repeat)
            try:
                receipt = channel.send(note, self.item.key, self.now)
            except RemoteUnclear as error:
                attempts.end(id, "unclear", self.now, str(error))
                self._again([error], unclear=True)
                return
            except (RemoteUnavailable, RemoteRejected, SecretsUnreadable) as error:
                attempts.end(id, "failed", self.now, str(error))
                failures.append(error)
            else:
                self._sent(id, name, receipt)
                return
        if all(isinstance(each, RemoteRejected) for each in failures):
            self.job.ledger.outbox.dead(self.item.id, "；".join(map(str, failures)), self.now)
        else:
            self._again(failures, unclear=False)

    def _sent(self, attempt: int, channel: str, receipt: Mapping[str, Any]) -> None:
        ledger = self.job.ledger
        with ledger.write_tx():
            ledger.attempts.end(attempt, "sent", self.now, receipt=receipt)
            ledger.outbox.sent(self.item.id, {**receipt, "channel": channel}, self.now)
            ledger.reminders.told(self.item.key)

    def _again(self, errors: list[Exception], *, unclear: bool) -> None:
        """Later, not before any side asked for; after the last try a person must look."""
        outbox, said = self.job.ledger.outbox, "；".join(map(str, errors))
        if self.item.attempts >= self.manifest.max_attempts:
            outbox.dead(self.item.id, f"已尝试{self.item.attempts}次：{said}", self.now)
            return
        asked = [each.retry_after_s for each in errors if isinstance(each, RemoteUnavailable)]
        longest = max((each for each in asked if each), default=None)
        pause = backoff(self.item.attempts, self.job.rng, longest)
        outbox.retry_later(self.item.id, said, self.now + pause, unclear=unclear)
