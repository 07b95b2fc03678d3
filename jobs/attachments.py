"""Fetch the files that submissions name: one at a time, claimed first, kept under the hash of their content."""

from __future__ import annotations

from datetime import datetime
from random import Random

from jobs.backoff import backoff
from plugin.ledger import Ledger
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear
from plugin.sdk import Attachment, Registry

MAX_ATTEMPTS = 12


def fetch_one(ledger: Ledger, platforms: Registry, limit_bytes: int, rng: Random, now: datetime) -> bool:
    """Fetch the longest due file. Return True if there was one: call again."""
    row = ledger.attachments.claim(now)
    if row is None:
        return False
    try:
        file = Attachment(row.ref, row.name, row.url, row.size)
        content = platforms[row.platform].fetch(file, limit_bytes)
    except RemoteRejected as error:
        ledger.attachments.failed(row, str(error), None)
    except (RemoteUnavailable, RemoteUnclear) as error:
        asked = error.retry_after_s if isinstance(error, RemoteUnavailable) else None
        again = now + backoff(row.attempts, rng, asked) if row.attempts < MAX_ATTEMPTS else None
        ledger.attachments.failed(row, str(error), again)
    else:
        ledger.attachments.stored(row, content)
    return True
