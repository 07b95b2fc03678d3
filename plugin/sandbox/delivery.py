"""Webhooks out: each queued event is sent until the plugin has acknowledged it, always under the same id."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Delivery, Store, StoreError
from plugin.sandbox.store.deliveries import DELIVERED, GIVEN_UP, REFUSED
from plugin.sandbox.wire import Reply, Wire

WAITS_S = (5, 30, 120, 600, 3600)  # the last one again and again
MAX_ATTEMPTS = 100  # about four days
COME_AGAIN = frozenset(
    {401, 408, 425, 429}
)  # our keys, our clock or the other side's load: not the event's fault
PAUSE_S = 0.2

log = logging.getLogger(__name__)


class Deliverer:
    """Sends what is due. Killed between sending and noting it, it sends again: the plugin knows the id."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings, self._wire = store, settings, Wire(settings)

    def deliver_due(self, now: datetime) -> int:
        """Send each due event once; how many there were."""
        due = self._store.deliveries.due(now)
        for delivery in due:
            self._note(delivery, self._wire.tell(delivery), now)
        return len(due)

    def _note(self, delivery: Delivery, reply: Reply, now: datetime) -> None:
        deliveries = self._store.deliveries
        final = delivery.attempts + 1 >= MAX_ATTEMPTS
        if reply.status == 200:
            deliveries.settle(delivery.id, REFUSED, "接收方按涉密处理，未保存")
        elif 200 < reply.status < 300:
            deliveries.settle(delivery.id, DELIVERED, reply.said)
        elif final or (400 <= reply.status < 500 and reply.status not in COME_AGAIN):
            deliveries.settle(delivery.id, GIVEN_UP, reply.said)
        else:
            wait = WAITS_S[min(delivery.attempts, len(WAITS_S) - 1)]
            wait_s = max(wait, reply.retry_after_s or 0) * self._settings.retry_scale
            deliveries.retry(delivery.id, now.timestamp() + wait_s, reply.said)

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. A failed round is logged without content, and the next one tries again."""
        while not stop.is_set():
            try:
                busy = self.deliver_due(self._settings.now())
            except StoreError as error:
                log.error("delivery round failed: %s", type(error).__name__)
                busy = 0
            if not busy:
                stop.wait(PAUSE_S)
