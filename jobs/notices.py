"""Tells people of a filing that was given up: the bureau always, who saved the paper where they can mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from plugin.errors import PluginError
from plugin.filings import ABOUT
from plugin.ledger import HELD_HERE, Ledger, OutboxItem, Outgoing
from plugin.manifest import Manifest
from plugin.remote import RemoteRejected
from plugin.undelivered import about_undelivered

BUREAU = "data_bureau"


class FilingNotices:
    """Looks up whom to tell."""

    def __init__(self, ledger: Ledger, manifest: Callable[[], Manifest]) -> None:
        self._ledger, self._manifest = ledger, manifest

    def __call__(self, item: OutboxItem, error: PluginError, now: datetime) -> tuple[str, list[Outgoing]]:
        manifest, about = self._manifest(), item.payload[ABOUT]
        people = list(manifest.recipients.get(BUREAU, ()))
        held_here = about["platform"] in HELD_HERE
        platform = manifest.platform.name if held_here else about["platform"]
        if not isinstance(error, RemoteRejected):
            said = str(error)
            return about_undelivered(item, said, refused=False, platform=platform, people=people, now=now)
        head = self._ledger.submissions.head(about["platform"], about["record"])
        if head and head.submitter and not held_here:
            people.insert(0, head.submitter["id"])
        return about_undelivered(item, error.reason, refused=True, platform=platform, people=people, now=now)
