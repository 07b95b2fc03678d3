"""Carry out what must leave: write-backs, messages, reminders, filings, one at a time, each exactly once by its key.

Claim → (outcome of the last try unclear: ask by key first) → send → record. What a retry, a give-up or a receipt means is
decided here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Protocol

from jobs.backoff import backoff
from plugin.errors import PluginError
from plugin.gate import may_leave
from plugin.ledger import REFUSED, Ledger, LedgerError, OutboxItem, Outgoing
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

log = logging.getLogger("zhengxiang.jobs")


class Courier(Protocol):
    """Carries one kind of item to its destination."""

    def find(self, item: OutboxItem) -> Mapping[str, Any] | None:
        """The receipt of an earlier try, None if nothing arrived."""

    def send(self, item: OutboxItem, now: datetime) -> Mapping[str, Any]:
        """The receipt. Raises RemoteUnavailable, RemoteUnclear or RemoteRejected."""


# Whom to tell that an item was given up: the scope of the messages, and the messages.
Notice = Callable[[OutboxItem, PluginError, datetime], tuple[str, list[Outgoing]]]


@dataclass(frozen=True, slots=True)
class Sender:
    """One kind of couriers over one outbox."""

    ledger: Ledger
    couriers: Mapping[str, Courier]  # by kind
    rng: Random
    max_attempts: int
    notices: Mapping[str, Notice] = field(default_factory=dict)  # by kind

    def send_one(self, kinds: Collection[str], now: datetime) -> bool:
        """Send the oldest due item of these kinds. Return True if there was one: call again."""
        item = self.ledger.outbox.claim(tuple(kinds), now)
        if item is None:
            return False
        if not may_leave(item.kind, item.payload):
            self.ledger.outbox.cancel(item.id, "涉密内容不得外发", now)
            return True
        courier = self.couriers[item.kind]
        try:
            receipt = courier.find(item) if item.unclear else None
            if receipt is None and item.superseded:
                self.ledger.outbox.cancel(item.id, "已有更新的内容", now)
                return True
            receipt = receipt or courier.send(item, now)
        except RemoteRejected as error:
            self._give_up(item, error, str(error), now)
        except (RemoteUnavailable, RemoteUnclear) as error:
            self._again(item, error, now)
        except LedgerError:
            raise  # not the item's fault: the lease runs out and it is tried again
        except Exception as error:
            name = type(error).__name__
            log.exception("item %s was not sent: %s", item.id, name)
            self._again(item, RemoteUnclear(f"程序出错（{name}），请联系运维人员。"), now)
        else:
            self.ledger.outbox.sent(item.id, dict(receipt), now)
        return True

    def _again(self, item: OutboxItem, error: RemoteUnavailable | RemoteUnclear, now: datetime) -> None:
        if item.attempts >= self.max_attempts:
            self._give_up(item, error, f"已尝试{item.attempts}次：{error}", now)
            return
        unclear = item.unclear or isinstance(error, RemoteUnclear)
        asked = error.retry_after_s if isinstance(error, RemoteUnavailable) else None
        self.ledger.outbox.retry_later(
            item.id, str(error), now + backoff(item.attempts, self.rng, asked), unclear=unclear
        )

    def _give_up(self, item: OutboxItem, error: PluginError, why: str, now: datetime) -> None:
        """Lay it aside, keep the answer, tell people: together or not at all."""
        if item.superseded and isinstance(error, RemoteRejected):
            self.ledger.outbox.cancel(item.id, "已有更新的内容", now)  # refused, and nobody wants it any more
            return
        with self.ledger.write_tx():
            if not self.ledger.outbox.dead(item.id, why, now):
                return  # the lease ran out and another worker has it
            if isinstance(error, RemoteRejected) and error.reply:
                body = error.reply.body.decode(errors="replace")
                self.ledger.replies.keep(item.id, REFUSED, error.reply.status, body, now)
            if item.kind in self.notices:
                scope, wanted = self.notices[item.kind](item, error, now)
                self.ledger.outbox.sync(scope, wanted, now)
