"""Full text of projects: an FTS5 index of trigrams, and plain LIKE for terms that are too short for it."""

from __future__ import annotations

import unicodedata

from plugin.ledger.store import Store

SHORTEST = 3  # signs: a trigram index finds nothing shorter
LONGEST_BODY = 20_000
MOST_TERMS = 8


class Search:
    """One text a project. `head` (code, name, unit) is searched for every term, `body` for those long enough."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, code: str, head: str, body: str) -> bool:
        """Make this the text of the project; False if it is already."""
        head, body = normal(head), normal(body)[:LONGEST_BODY]
        with self._store.writing():
            old = self._store.row("SELECT id, head, body FROM search_texts WHERE code = ?", code)
            if old is not None and old[1:] == (head, body):
                return False
            if old is not None:
                sql = "INSERT INTO search (search, rowid, head, body) VALUES ('delete', ?, ?, ?)"
                self._store.changed(sql, *old)
            [(id,)] = self._store.rows(
                "INSERT INTO search_texts (code, head, body) VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE SET"
                " head = excluded.head, body = excluded.body RETURNING id",
                *(code, head, body),
            )
            self._store.changed("INSERT INTO search (rowid, head, body) VALUES (?, ?, ?)", id, head, body)
        return True


def normal(text: str) -> str:
    """One form of each character, so that ＡＢ and ab, full-width and half-width, are found alike."""
    return unicodedata.normalize("NFKC", text).lower()


def condition(text: str, code: str) -> tuple[str, list[str]]:
    """SQL that holds for projects in which every term of the text stands; `code` is the column to compare."""
    terms = normal(text).split()[:MOST_TERMS]
    sql, values = [], []
    long = [f'"{term.replace(chr(34), chr(34) * 2)}"' for term in terms if len(term) >= SHORTEST]
    if long:
        sql.append(
            f"{code} IN (SELECT code FROM search_texts WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?))"
        )
        values.append(" AND ".join(long))
    for term in terms:
        if len(term) < SHORTEST:
            sql.append(f"{code} IN (SELECT code FROM search_texts WHERE head LIKE ? ESCAPE '\\')")
            values.append(f"%{literal(term)}%")
    return " AND ".join(sql), values


def literal(text: str) -> str:
    """The text as LIKE takes it at its word."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
