"""What the pages stand on: the parts of the process, and who is looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from flask import current_app, g

from plugin.clock import shanghai_day
from plugin.ledger import Ledger, Person
from plugin.manifest import Environ, Manifest

EXTENSION = "console"


class Parts(Protocol):
    """The services of the web process, as far as pages use them (plugin/app.py builds them)."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def manifest(self) -> Callable[[], Manifest]: ...
    @property
    def intake(self) -> Any: ...
    @property
    def environ(self) -> Environ: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def counts(self) -> Counter[str]: ...
    @property
    def file(self) -> Path | None: ...


def parts() -> Parts:
    """Those of this application."""
    found: Parts = current_app.extensions[EXTENSION]
    return found


def ledger() -> Ledger:
    return parts().ledger


def now() -> datetime:
    return parts().clock()


def today() -> date:
    return shanghai_day(now())


def person() -> Person:
    """Who is signed in. The guard has made sure that there is somebody."""
    found: Person = g.person
    return found
