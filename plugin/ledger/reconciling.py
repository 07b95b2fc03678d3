"""Comparing with another system: the rounds that did it, one a day, and the differences that they found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plugin.ledger.store import Row, Store
from plugin.ledger.text import instant, made, or_none, stamp

LEASE = timedelta(minutes=2)
_CLAIM = (
    "UPDATE rounds SET due_at = ?, attempts = attempts + 1 WHERE name = ? AND day = ? AND state = 'open' AND"
    " due_at <= ? RETURNING name, day, after, attempts"
)
_SELECT = "SELECT id, project_code, key, kind, message, for_person, found_at, resolved_at FROM differences "


@dataclass(frozen=True, slots=True)
class Round:
    """A day's round, claimed: it goes on behind `after`, the last one that is done."""

    name: str
    day: str
    after: str
    attempts: int


class Rounds:
    """Work that is done once a day, whoever ticks and however often the process is started anew."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, name: str, day: date, now: datetime, lease: timedelta = LEASE) -> Round | None:
        """Begin the round of the day, or go on with it. None: it is done, or another worker has it."""
        key, at = (name, day.isoformat()), stamp(now)
        known = self._store.row("SELECT state, due_at FROM rounds WHERE name = ? AND day = ?", *key)
        if known is not None and (known[0] == "done" or known[1] > at):
            return None
        with self._store.write_tx():
            self._store.changed(
                "INSERT INTO rounds (name, day, due_at, started_at) VALUES (?, ?, ?, ?) ON CONFLICT (name, day) DO"
                " NOTHING",
                *(*key, at, at),
            )
            claimed = self._store.rows(_CLAIM, stamp(now + lease), *key, at)
        return made(Round, claimed[0]) if claimed else None

    def advance(self, held: Round, after: str, now: datetime) -> None:
        """That one is done: give the round back at once."""
        self._set(held, "after = ?, attempts = 0, error = NULL, due_at = ?", after, stamp(now))

    def retry_later(self, held: Round, error: str, at: datetime) -> None:
        self._set(held, "error = ?, due_at = ?", error, stamp(at))

    def finish(self, held: Round, now: datetime) -> None:
        self._set(held, "state = 'done', error = NULL, finished_at = ?", stamp(now))

    def _set(self, held: Round, what: str, *values: str) -> None:
        with self._store.writing():
            self._store.changed(
                f"UPDATE rounds SET {what} WHERE name = ? AND day = ? AND state = 'open'",  # noqa: S608 - ours
                *(*values, held.name, held.day),
            )

    def last(self, name: str) -> tuple[str, str, str | None] | None:
        """Day, state and error of the newest round."""
        row = self._store.row(
            "SELECT day, state, error FROM rounds WHERE name = ? ORDER BY day DESC LIMIT 1", name
        )
        return None if row is None else (row[0], row[1], row[2])


@dataclass(frozen=True, slots=True)
class Difference:
    """Something on which the two sides do not agree. `for_person`: it was not, and cannot be, mended here."""

    project_code: str
    key: str
    kind: str
    message: str
    for_person: bool


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference since it was found; `resolved_at` is set by the first comparison that no longer finds it."""

    id: int
    project_code: str
    key: str
    kind: str
    message: str
    for_person: bool
    found_at: datetime
    resolved_at: datetime | None


class Differences:
    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, project_code: str, found: Iterable[Difference], now: datetime) -> list[DifferenceRow]:
        """These are the project's differences now: what was found before keeps its day, what is gone is resolved."""
        with self._store.writing():
            wanted = {(each.key, each.kind): each for each in found}
            for row in self.open(project_code):
                known = wanted.pop((row.key, row.kind), None)
                if known is None:
                    sql, value = "UPDATE differences SET resolved_at = ? WHERE id = ?", stamp(now)
                else:
                    sql, value = "UPDATE differences SET message = ? WHERE id = ?", known.message
                self._store.changed(sql, value, row.id)
            for each in wanted.values():
                self._store.changed(
                    "INSERT INTO differences (project_code, key, kind, message, for_person, found_at) VALUES (?, ?,"
                    " ?, ?, ?, ?)",
                    *(project_code, each.key, each.kind, each.message, int(each.for_person), stamp(now)),
                )
            return self.open(project_code)

    def open(self, project_code: str | None = None) -> list[DifferenceRow]:
        """Not yet resolved, of one project or of all, oldest first."""
        if project_code is None:
            rows = self._store.rows(_SELECT + "WHERE resolved_at IS NULL ORDER BY id")
        else:
            rows = self._store.rows(
                _SELECT + "WHERE resolved_at IS NULL AND project_code = ? ORDER BY id", project_code
            )
        return [_difference(row) for row in rows]


def _difference(row: Row) -> DifferenceRow:
    return made(DifferenceRow, row, for_person=bool, found_at=instant, resolved_at=or_none(instant))
