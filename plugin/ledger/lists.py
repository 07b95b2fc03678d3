"""The console's lists: filtered, searched, sorted, page by page behind a key. Costs what a page costs, not what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from plugin.ledger.listings import LISTINGS, Listing
from plugin.ledger.search import condition
from plugin.ledger.store import Store

PAGE = 50
COUNTED = 10_000  # beyond that a count says "more than"
BATCH = 1000  # rows of an export held at a time
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a list. `unit` is the only unit whose rows may be seen; None: all."""

    list: str
    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    sort: str | None = None
    descending: bool | None = None
    unit: str | None = None
    after: Key | None = None
    backwards: bool = False  # the page before the key instead of the one after it
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Rows by column name; the keys lead to the pages around them, None where there is none."""

    rows: list[dict[str, Any]]
    previous: Key | None
    next: Key | None


class Lists:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, query: Query) -> Page:
        """One page. A filter or sort that the list does not have is a KeyError: the caller checks what came in."""
        listing = LISTINGS[query.list]
        rows = self._rows(query, listing, query.limit + 1)
        more, rows = len(rows) > query.limit, rows[: query.limit]
        if query.backwards:
            rows.reverse()
        keys = [key for key, _row in rows]
        before = bool(keys) and (more if query.backwards else query.after is not None)
        after = bool(keys) and (more or query.backwards)
        return Page([row for _key, row in rows], keys[0] if before else None, keys[-1] if after else None)

    def count(self, query: Query) -> int:
        """How many rows there are, at most COUNTED + 1."""
        listing = LISTINGS[query.list]
        where, values = _where(query, listing)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {_source(query, listing)} WHERE {where} LIMIT {COUNTED + 1})"
        return int(self._store.rows(sql, *values)[0][0])

    def every(self, query: Query, most: int) -> Iterator[dict[str, Any]]:
        """All rows, a batch at a time: an export of any length is never in memory as a whole."""
        listing, left = LISTINGS[query.list], most
        while left > 0:
            rows = self._rows(query, listing, min(BATCH, left))
            yield from (row for _key, row in rows)
            left -= len(rows)
            if len(rows) < BATCH:
                return
            query = replace(query, after=rows[-1][0], backwards=False)

    def choices(self, column: str) -> list[str]:
        """The units, or the plan years, that projects have; or who is in the audit, one look a name."""
        sql = {
            "unit": "SELECT DISTINCT unit FROM projects",
            "plan_year": "SELECT DISTINCT plan_year FROM projects",
            "actor": "WITH RECURSIVE actors (name) AS (SELECT min(actor) FROM audit UNION ALL SELECT (SELECT min(actor)"
            " FROM audit WHERE actor > name) FROM actors WHERE name IS NOT NULL) SELECT name FROM actors",
        }
        return [str(value) for (value,) in self._store.rows(f"{sql[column]} ORDER BY 1") if value]

    def _rows(self, query: Query, listing: Listing, limit: int) -> list[tuple[Key, dict[str, Any]]]:
        name = query.sort or listing.default
        descending = listing.descends(name) if query.descending is None else query.descending
        order = (listing.sorts[name], *listing.key)
        where, values = _where(query, listing)
        if query.after is not None:
            sign = "<" if descending != query.backwards else ">"
            where += f" AND ({', '.join(order)}) {sign} ({', '.join('?' * len(order))})"
            values += query.after
        way = "DESC" if descending != query.backwards else "ASC"
        columns = ", ".join((*order, *listing.columns.values()))
        sql = (
            f"SELECT {columns} FROM {_source(query, listing)} WHERE {where}"
            f" ORDER BY {', '.join(f'{each} {way}' for each in order)} LIMIT ?"
        )
        found = self._store.rows(sql, *values, limit)
        many = len(order)
        return [(row[:many], dict(zip(listing.columns, row[many:], strict=True))) for row in found]


def _source(query: Query, listing: Listing) -> str:
    """Where the rows come from. CROSS JOIN and INDEXED BY keep SQLite to the way written: it knows no numbers of ours."""
    for filters, source in listing.ways:
        if filters <= query.filters.keys():
            return source
    of_one_unit = query.unit is not None or "unit" in query.filters
    through_unit = of_one_unit and not listing.few & query.filters.keys()
    return listing.from_unit if through_unit and listing.from_unit else listing.source


def _where(query: Query, listing: Listing) -> tuple[str, list[Any]]:
    """Every condition at once; the unit's own rows first of all."""
    parts, values = [listing.always], list[Any]()
    if query.unit is not None:
        parts.append(listing.of_unit)
        values.append(query.unit)
    for name, value in query.filters.items():
        parts.append(listing.filters[name])
        values.append(value)
    if query.text.strip():
        sql, terms = condition(query.text, listing.project)
        parts.append(sql)
        values += terms
    return " AND ".join(parts), values
