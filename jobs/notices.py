"""Tells people of a filing that was given up: the bureau always, who saved the paper where they can mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from plugin.errors import PluginError
from plugin.filings import ABOUT
from plugin.ledger import Ledger, OutboxItem, Outgoing
from plugin.manifest import Manifest
from plugin.remote import RemoteRejected
from plugin.undelivered import about_undelivered

BUREAU = "data_bureau"


class FilingNotices:
    """Looks up whom to tell."""

    def __init__(self, ledger: Ledger, manifest: Callable[[], Manifest]) -> None:
        self._ledger, self._manifest = ledger, manifest

    def __call__(self, item: OutboxItem, error: PluginError, now: datetime) -> tuple[str, list[Outgoing]]:
        people = list(self._manifest().recipients.get(BUREAU, ()))
        if not isinstance(error, RemoteRejected):
            return about_undelivered(item, str(error), refused=False, people=people, now=now)
        about = item.payload[ABOUT]
        head = self._ledger.submissions.head(about["platform"], about["record"])
        if head and head.submitter:
            people.insert(0, head.submitter["id"])
        return about_undelivered(item, error.reason, refused=True, people=people, now=now)
