"""Duties of projects as rows: brought in line with what the fold wants, every revision kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.store import Row, Store
from plugin.ledger.text import day, day_text, dump, load, made, stamp

_SELECT = (
    "SELECT project_code, key, duty, article, due_on, overdue_after, window_opens_on, fulfilled_on,"
    " responsible, provisional, detail, state, revision FROM obligations "
)
_UPSERT = (
    "INSERT INTO obligations (project_code, key, duty, article, due_on, overdue_after,"
    " window_opens_on, fulfilled_on, responsible, provisional, detail, state, revision,"
    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project_code,"
    " key) DO UPDATE SET duty = excluded.duty, article = excluded.article, due_on ="
    " excluded.due_on, overdue_after = excluded.overdue_after, window_opens_on ="
    " excluded.window_opens_on, fulfilled_on = excluded.fulfilled_on, responsible ="
    " excluded.responsible, provisional = excluded.provisional, detail = excluded.detail, state ="
    " excluded.state, revision = excluded.revision, updated_at = excluded.updated_at"
)
NEVER = "9999-12-31"  # after every day, so that what has no day comes last
_NEXT_DUE = (
    "UPDATE projects SET next_due_on = coalesce((SELECT min(due_on) FROM obligations WHERE project_code"
    " = ? AND state = 'open'), ?) WHERE code = ?"
)
_DAYS = ("due_on", "overdue_after", "window_opens_on", "fulfilled_on")


class DutyState(StrEnum):
    OPEN = "open"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One duty. `detail` is for whatever else the reminder needs; `state` and `revision` are the ledger's."""

    project_code: str
    key: str
    duty: str
    article: str
    due_on: date | None = None
    overdue_after: date | None = None
    window_opens_on: date | None = None
    fulfilled_on: date | None = None
    responsible: str = "construction_unit"
    provisional: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    state: str = DutyState.OPEN
    revision: int = 0

    @property
    def last_day(self) -> date | None:
        """The day after which it is overdue, as far as it is known."""
        return self.overdue_after or self.due_on


@dataclass(frozen=True, slots=True)
class Moved:
    """An open duty whose day, or last day, is another now."""

    before: ObligationRow
    now: ObligationRow


@dataclass(frozen=True, slots=True)
class ObligationChanges:
    """What syncing changed. `closed` were fulfilled, `changed` includes those opened again, `moved` are among the changed."""

    added: tuple[ObligationRow, ...] = ()
    changed: tuple[ObligationRow, ...] = ()
    closed: tuple[ObligationRow, ...] = ()
    cancelled: tuple[ObligationRow, ...] = ()
    moved: tuple[Moved, ...] = ()


class Obligations:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def sync(self, project_code: str, wanted: Iterable[ObligationRow], now: datetime) -> ObligationChanges:
        """Make the project's duties these. What is no longer wanted is cancelled, never removed."""
        with self._store.writing():
            known = {row.key: row for row in self.of_project(project_code)}
            changes: dict[str, list[ObligationRow]] = {
                "added": [],
                "changed": [],
                "closed": [],
                "cancelled": [],
            }
            moved: list[Moved] = []
            due = {row.key: _as_wanted(row, project_code) for row in wanted}
            for key, row in due.items():
                before = known.get(key)
                what, new = _compared(before, row)
                if what:
                    changes[what].append(self._put(new, what, now))
                if before and _moved(before, new):
                    moved.append(Moved(before, new))
            for key, row in known.items():
                if key not in due and row.state != DutyState.CANCELLED:
                    gone = replace(row, state=DutyState.CANCELLED, revision=row.revision + 1)
                    changes["cancelled"].append(self._put(gone, "cancelled", now))
            if any(changes.values()):
                self._store.changed(_NEXT_DUE, project_code, NEVER, project_code)
            return ObligationChanges(
                **{what: tuple(rows) for what, rows in changes.items()}, moved=tuple(moved)
            )

    def _put(self, row: ObligationRow, what: str, now: datetime) -> ObligationRow:
        at = stamp(now)
        self._store.changed(
            _UPSERT,
            *(row.project_code, row.key, row.duty, row.article),
            *(
                day_text(each)
                for each in (row.due_on, row.overdue_after, row.window_opens_on, row.fulfilled_on)
            ),
            *(row.responsible, int(row.provisional)),
            *(dump(row.detail), row.state, row.revision, at),
        )
        self._store.changed(
            "INSERT INTO obligation_history (project_code, key, revision, body, updated_at) VALUES (?, ?,"
            " ?, ?, ?)",
            *(row.project_code, row.key, row.revision, _body(row), at),
        )
        detail = {"key": row.key, "revision": row.revision}
        self._audit.append(now, SYSTEM, f"obligation.{what}", f"project:{row.project_code}", detail)
        return row

    def of_project(self, code: str) -> list[ObligationRow]:
        """All of them, the cancelled too; the dated first, in the order of their days."""
        sql = _SELECT + "WHERE project_code = ? ORDER BY due_on IS NULL, due_on, key"
        return [obligation_of(row) for row in self._store.rows(sql, code)]

    def open_due_before(self, before: date) -> list[ObligationRow]:
        """Open duties whose nominal day lies before this one, the oldest first."""
        sql = (
            _SELECT
            + "WHERE state = 'open' AND due_on IS NOT NULL AND due_on < ? ORDER BY due_on, project_code, key"
        )
        return [obligation_of(row) for row in self._store.rows(sql, before.isoformat())]

    def history(self, project_code: str, key: str) -> list[dict[str, Any]]:
        """Every revision as JSON, oldest first."""
        sql = "SELECT body FROM obligation_history WHERE project_code = ? AND key = ? ORDER BY revision"
        return [load(body) for (body,) in self._store.rows(sql, project_code, key)]

    def counts(self) -> dict[str, int]:
        return dict(self._store.rows("SELECT state, count(*) FROM obligations GROUP BY state ORDER BY state"))


def _as_wanted(row: ObligationRow, project_code: str) -> ObligationRow:
    state = DutyState.OPEN if row.fulfilled_on is None else DutyState.FULFILLED
    detail = load(dump(row.detail))  # as it will be read again, so that a tuple is no difference
    return replace(row, project_code=project_code, detail=detail, state=state, revision=0)


def _compared(known: ObligationRow | None, wanted: ObligationRow) -> tuple[str | None, ObligationRow]:
    """What happens to the duty, and the row that says so. A new one may be fulfilled already."""
    if known is None:
        return "added", replace(wanted, revision=1)
    new = replace(wanted, revision=known.revision + 1)
    if replace(new, revision=known.revision) == known:
        return None, known
    closes = new.state == DutyState.FULFILLED and known.state != DutyState.FULFILLED
    return ("closed" if closes else "changed"), new


def _moved(before: ObligationRow, now: ObligationRow) -> bool:
    """A provisional day that was confirmed has not moved."""
    days = {(each.due_on, each.last_day) for each in (before, now)}
    return before.state == now.state == DutyState.OPEN and len(days) > 1


def _body(row: ObligationRow) -> str:
    return dump(
        {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(row).items()}
    )


def obligation_of(row: Row) -> ObligationRow:
    """A row with the columns of ObligationRow, in their order."""
    return made(ObligationRow, row, provisional=bool, detail=load, **dict.fromkeys(_DAYS, day))
