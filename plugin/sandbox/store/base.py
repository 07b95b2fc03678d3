"""What the parts of the store share: how they reach the database, and JSON as it is kept."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Database(Protocol):
    """A connection to read with, a transaction to write in."""

    @property
    def connection(self) -> sqlite3.Connection: ...

    def tx(self) -> AbstractContextManager[sqlite3.Connection]: ...


class Conflict(Exception):
    """The key was used before, with another content."""


def to_text(value: Any) -> str:
    """Compact JSON in a fixed order: equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(value: Mapping[str, Any]) -> str:
    """Tells a repeated request from another one under its key. The hour of sending does not count."""
    content = {name: each for name, each in value.items() if name != "sent_at"}
    return hashlib.sha256(to_text(content).encode()).hexdigest()
