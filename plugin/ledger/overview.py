"""What the console's first page and the operator's page count. Every number is read from an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin.ledger.store import Store
from plugin.ledger.text import instant, made, or_none, stamp

_OF_UNIT = {True: "", False: "WHERE unit = ? "}


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of outgoing item: what waits, since when, when one last arrived, what went wrong last."""

    kind: str
    waiting: int
    oldest_wanted_at: datetime | None
    last_sent_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Tick:
    """When a job last ran."""

    job: str
    label: str
    every_s: float
    at: datetime


class Overview:
    def __init__(self, store: Store) -> None:
        self._store = store

    def states(self, unit: str | None) -> dict[str, int]:
        """Projects per state, of one unit or of all."""
        sql = "SELECT state, count(*) FROM projects " + _OF_UNIT[unit is None] + "GROUP BY state"
        return dict(self._store.rows(sql, *_value(unit)))

    def money(self, unit: str | None) -> list[tuple[int, str, int]]:
        """Plan year, state, and the investment of its projects in 分."""
        sum_up = "SELECT plan_year, state, sum(investment_fen) FROM projects "
        sql = sum_up + _OF_UNIT[unit is None] + "GROUP BY plan_year, state"
        return [(year, state, fen) for year, state, fen in self._store.rows(sql, *_value(unit)) if year]

    def last_delivery_at(self) -> datetime | None:
        row = self._store.row("SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1")
        return None if row is None else instant(row[0])

    def channels(self, kinds: tuple[str, ...], now: datetime) -> list[Channel]:
        """The state of every way out."""
        return [self._channel(kind, stamp(now)) for kind in kinds]

    def _channel(self, kind: str, at: str) -> Channel:
        waiting = "SELECT count(*), min(wanted_at) FROM outbox WHERE kind = ? AND state = 'pending' AND wanted_at <= ?"
        sent = "SELECT updated_at FROM outbox WHERE kind = ? AND state = 'sent' ORDER BY id DESC LIMIT 1"
        failed = (
            "SELECT error FROM outbox WHERE kind = ? AND state = 'pending' AND error IS NOT NULL ORDER BY id DESC"
            " LIMIT 1"
        )
        count, oldest = self._store.rows(waiting, kind, at)[0]
        last, error = self._store.row(sent, kind), self._store.row(failed, kind)
        return made(
            Channel,
            (kind, count, oldest, last and last[0], error and error[0]),
            oldest_wanted_at=or_none(instant),
            last_sent_at=or_none(instant),
        )

    def ticked(self, job: str, label: str, every_s: float, now: datetime) -> None:
        """A job has run."""
        with self._store.writing():
            self._store.changed(
                "INSERT INTO job_ticks (job, label, every_s, at) VALUES (?, ?, ?, ?) ON CONFLICT (job) DO UPDATE SET"
                " label = excluded.label, every_s = excluded.every_s, at = max(excluded.at, job_ticks.at)",
                *(job, label, every_s, stamp(now)),
            )

    def ticks(self) -> list[Tick]:
        rows = self._store.rows("SELECT job, label, every_s, at FROM job_ticks ORDER BY every_s, job")
        return [made(Tick, row, at=instant) for row in rows]


def _value(unit: str | None) -> tuple[str, ...]:
    return () if unit is None else (unit,)
