"""Projects as the fold left them, their codes, and the verdicts on their submissions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from plugin.ledger.store import Row, Store
from plugin.ledger.text import (
    day,
    day_text,
    digest,
    dump,
    instant,
    load,
    made,
    or_none,
    sorted_by,
    stamp,
)

_SELECT = "SELECT code, name, unit, state, facts, law_version, updated_at, latest_on, amounts FROM projects "
_PUT = (
    "INSERT INTO projects (code, name, unit, state, facts, law_version, updated_at, latest_on, amounts, kind, plan_year,"
    " investment_fen, supervision, resembles) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET"
    " name = excluded.name, unit = excluded.unit, state = excluded.state, facts = excluded.facts, law_version ="
    " excluded.law_version, updated_at = excluded.updated_at, latest_on = excluded.latest_on, amounts = excluded.amounts, kind ="
    " excluded.kind, plan_year = excluded.plan_year, investment_fen = excluded.investment_fen, supervision ="
    " excluded.supervision, resembles = excluded.resembles"
)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """`latest_on`: the latest day whose numbers its papers ask for; `amounts`: what was held against lines of money.

    None where nobody has looked yet, or where any day or amount may have been.
    """

    code: str
    name: str
    unit: str
    state: str
    facts: dict[str, Any]
    law_version: str
    updated_at: datetime
    latest_on: date | None = None
    amounts: tuple[str, ...] | None = None


class Sketch(NamedTuple):
    """A project as a walk over the whole ledger sees it; `facts` is JSON that few of them need read."""

    code: str
    name: str
    unit: str
    state: str
    law_version: str
    latest_on: str | None
    amounts: str | None
    facts: str


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One verdict as it was given, with the law it was given under."""

    platform: str
    record: str
    verdict: dict[str, Any]
    law_version: str
    judged_at: datetime
    superseded_at: datetime | None = None


class Projects:
    def __init__(self, store: Store) -> None:
        self._store = store

    def next_code(self, prefix: str, year: int) -> str:
        """The next code of this prefix and year; given back with the transaction, so there are no gaps."""
        with self._store.writing():
            [(number,)] = self._store.rows(
                "INSERT INTO code_sequences (prefix, year, last) VALUES (?, ?, 1) ON CONFLICT (prefix,"
                " year) DO UPDATE SET last = code_sequences.last + 1 RETURNING last",
                *(prefix, year),
            )
        return f"{prefix}-{year}-{number:04d}"

    def get(self, code: str) -> ProjectRow | None:
        row = self._store.row(_SELECT + "WHERE code = ?", code)
        return None if row is None else _project(row)

    def put(self, project: ProjectRow) -> None:
        with self._store.writing():
            self._store.changed(
                _PUT,
                *(project.code, project.name, project.unit, project.state, dump(project.facts)),
                *(project.law_version, stamp(project.updated_at), day_text(project.latest_on)),
                None if project.amounts is None else dump(list(project.amounts)),
                *sorted_by(project.facts),
            )

    def list(
        self, *, unit: str | None = None, state: str | None = None, after: str = "", limit: int = 1_000_000
    ) -> list[ProjectRow]:
        """In the order of their codes; `after` a code, to page on."""
        sql, values = _SELECT + "WHERE code > ? ", [after]
        if unit is not None:
            sql, values = sql + "AND unit = ? ", [*values, unit]
        if state is not None:
            sql, values = sql + "AND state = ? ", [*values, state]
        return [_project(row) for row in self._store.rows(sql + "ORDER BY code LIMIT ?", *values, limit)]

    def walk(self, page: int = 1000) -> Iterator[tuple[Sketch, ...]]:
        """Every project, some at a time, in the order of their codes. Each page is a read of its own."""
        after = ""
        while rows := self._store.rows(_WALK, after, page):
            yield tuple(map(Sketch._make, rows))
            after = rows[-1][0]

    def outdated(self, version: str, limit: int = 1) -> tuple[str, ...]:
        """Codes of projects that were folded under another version than this one."""
        found: tuple[str, ...] = ()
        for sql in _OUTDATED:  # two ranges of the index; <> would read all of it
            found += tuple(code for (code,) in self._store.rows(sql, version, limit - len(found)))
        return found

    def outdated_count(self, version: str) -> int:
        """How many are still to be folded anew."""
        return int(self._store.rows("SELECT count(*) FROM projects WHERE law_version <> ?", version)[0][0])

    def fold_anew(self) -> None:
        """Let every project be folded again, one by one, by the job that does so after a new version."""
        with self._store.writing():
            self._store.changed("UPDATE projects SET law_version = '' WHERE law_version <> ''")

    def counts(self) -> dict[str, int]:
        """Projects per state."""
        return dict(self._store.rows("SELECT state, count(*) FROM projects GROUP BY state ORDER BY state"))


_WALK = (
    "SELECT code, name, unit, state, law_version, latest_on, amounts, facts FROM projects WHERE code > ?"
    " ORDER BY code LIMIT ?"
)
_OUTDATED = (
    "SELECT code FROM projects WHERE law_version < ? ORDER BY law_version, code LIMIT ?",
    "SELECT code FROM projects WHERE law_version > ? ORDER BY law_version, code LIMIT ?",
)


class Verdicts:
    """Append-only: a new verdict supersedes the older one, which stays."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self, platform: str, record: str, verdict: dict[str, Any], law_version: str, now: datetime
    ) -> bool:
        """Keep a verdict if it says something else than the latest one: another version alone is nothing else."""
        body, at = dump(verdict), stamp(now)
        mark = digest(dump({name: value for name, value in verdict.items() if name != "law_version"}))
        with self._store.writing():
            found = self._store.row(_LATEST_DIGEST, platform, record)
            if found is not None and found[0] == mark:
                return False
            self._store.changed(_SUPERSEDE, at, platform, record)
            self._store.changed(
                "INSERT INTO verdicts (platform, record, verdict, digest, law_version, judged_at) VALUES"
                " (?, ?, ?, ?, ?, ?)",
                *(platform, record, body, mark, law_version, at),
            )
        return True

    def latest(self, platform: str, record: str) -> VerdictRow | None:
        row = self._store.row(_VERDICT + "AND superseded_at IS NULL", platform, record)
        return None if row is None else _verdict(row)

    def history(self, platform: str, record: str) -> list[VerdictRow]:
        """Oldest first."""
        return [_verdict(row) for row in self._store.rows(_VERDICT + "ORDER BY id", platform, record)]


_VERDICT = (
    "SELECT platform, record, verdict, law_version, judged_at, superseded_at FROM verdicts WHERE platform"
    " = ? AND record = ? "
)
_SUPERSEDE = (
    "UPDATE verdicts SET superseded_at = ? WHERE platform = ? AND record = ? AND superseded_at IS NULL"
)
_LATEST_DIGEST = "SELECT digest FROM verdicts WHERE platform = ? AND record = ? AND superseded_at IS NULL"


def _project(row: Row) -> ProjectRow:
    return made(
        ProjectRow,
        row,
        facts=load,
        updated_at=instant,
        latest_on=day,
        amounts=or_none(lambda text: tuple(load(text))),
    )


def _verdict(row: Row) -> VerdictRow:
    return made(VerdictRow, row, verdict=load, judged_at=instant, superseded_at=or_none(instant))
