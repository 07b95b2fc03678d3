"""Duties that may have to be recalled, and when to look at each next: a tick costs what is due, not what is stored.

A duty that arises, gets other days, or goes on after a rest is `fresh`: what of its moments had passed before is not made
up for one by one. A duty that is done, or rests, is no row here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from plugin.ledger.store import Row, Store
from plugin.ledger.text import day, day_text, instant, made, stamp

COUNTY = ""  # in the place of a project code: a duty of no project
NEVER = "9999-12-31T00:00:00.000000Z"
_SELECT = (
    "SELECT project_code, key, duty, article, opens_on, due_on, overdue_after, anchored_on, role, notice,"
    " platform, person, seen_until, fresh FROM watched_duties "
)
_DAYS = ("opens_on", "due_on", "overdue_after", "anchored_on")
_INSERT = (
    "INSERT INTO watched_duties (project_code, key, duty, article, opens_on, due_on, overdue_after,"
    " anchored_on, role, notice, platform, person, seen_until, fresh, look_at, looked_under)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (project_code, key) DO UPDATE SET"
    " duty = excluded.duty, article = excluded.article, opens_on = excluded.opens_on, due_on = excluded.due_on,"
    " overdue_after = excluded.overdue_after, anchored_on = excluded.anchored_on, role = excluded.role,"
    " notice = excluded.notice, platform = excluded.platform, person = excluded.person,"
    " seen_until = excluded.seen_until, fresh = excluded.fresh, look_at = excluded.look_at"
)


@dataclass(frozen=True, slots=True)
class WatchedDuty:
    """A duty as reminders see it. `seen_until`, `fresh`: its moments up to then are dealt with; the ledger's own."""

    project_code: str
    key: str
    duty: str
    article: str
    opens_on: date | None
    due_on: date | None
    overdue_after: date | None
    anchored_on: date | None
    role: str
    notice: bool
    platform: str
    person: str  # who is responsible, "" where nobody is known
    seen_until: datetime | None = None
    fresh: bool = True

    @property
    def counted_from(self) -> frozenset[str]:
        """The days that a moment of this duty may count from."""
        return frozenset(each.isoformat() for each in (self.opens_on, self.due_on, self.anchored_on) if each)


class WatchedDuties:
    def __init__(self, store: Store) -> None:
        self._store = store

    def sync(self, project_code: str, wanted: Iterable[WatchedDuty], now: datetime) -> None:
        """Make these the watched duties of the project, or of the county."""
        with self._store.writing():
            known = {each.key: each for each in self.of_project(project_code)}
            due = {each.key: each for each in wanted}
            for key, each in due.items():
                self._put(each, known.get(key), now)
            for key in known.keys() - due.keys():
                self._store.changed(
                    "DELETE FROM watched_duties WHERE project_code = ? AND key = ?", project_code, key
                )

    def _put(self, wanted: WatchedDuty, known: WatchedDuty | None, now: datetime) -> None:
        if known is None or known.counted_from != wanted.counted_from:
            self._store.changed(
                "DELETE FROM reminders WHERE project_code = ? AND key = ? AND outcome = 'rested'",
                *(wanted.project_code, wanted.key),
            )
            self._write(replace(wanted, seen_until=now, fresh=True), now)
        elif replace(wanted, seen_until=known.seen_until, fresh=known.fresh) != known:
            self._write(replace(wanted, seen_until=known.seen_until, fresh=known.fresh), now)

    def _write(self, row: WatchedDuty, now: datetime) -> None:
        at = stamp(now)
        self._store.changed(
            _INSERT,
            *(row.project_code, row.key, row.duty, row.article),
            *(day_text(getattr(row, name)) for name in _DAYS),
            *(row.role, int(row.notice), row.platform, row.person),
            *(stamp(row.seen_until or now), int(row.fresh), at),
        )

    def to_look_at(self, now: datetime, version: str, limit: int) -> list[WatchedDuty]:
        """Those whose time has come, and those last looked at under another manifest."""
        rows = self._store.rows(_SELECT + "WHERE look_at <= ? ORDER BY look_at LIMIT ?", stamp(now), limit)
        if len(rows) < limit:
            others = _SELECT + "WHERE (looked_under < ? OR looked_under > ?) AND look_at > ? LIMIT ?"
            rows += self._store.rows(others, version, version, stamp(now), limit - len(rows))
        return [_watched(row) for row in rows]

    def looked(self, duty: WatchedDuty, now: datetime, again_at: datetime | None, version: str) -> None:
        self._store.changed(
            "UPDATE watched_duties SET seen_until = ?, fresh = 0, look_at = ?, looked_under = ? WHERE"
            " project_code = ? AND key = ?",
            *(stamp(now), stamp(again_at) if again_at else NEVER, version, duty.project_code, duty.key),
        )

    def wait(self, duty: WatchedDuty, until: datetime, version: str) -> None:
        """It has just arisen: to be looked at for the first time then."""
        self._store.changed(
            "UPDATE watched_duties SET look_at = ?, looked_under = ? WHERE project_code = ? AND key = ?",
            *(stamp(until), version, duty.project_code, duty.key),
        )

    def get(self, project_code: str, key: str) -> WatchedDuty | None:
        row = self._store.row(_SELECT + "WHERE project_code = ? AND key = ?", project_code, key)
        return None if row is None else _watched(row)

    def of_project(self, project_code: str) -> list[WatchedDuty]:
        return [
            _watched(row)
            for row in self._store.rows(_SELECT + "WHERE project_code = ? ORDER BY key", project_code)
        ]

    def list(self) -> list[WatchedDuty]:
        """All of them, the county's first."""
        return [_watched(row) for row in self._store.rows(_SELECT + "ORDER BY project_code, key")]


def _watched(row: Row) -> WatchedDuty:
    readers: dict[str, Any] = {"notice": bool, "fresh": bool, "seen_until": instant}
    return made(WatchedDuty, row, **readers, **dict.fromkeys(_DAYS, day))
