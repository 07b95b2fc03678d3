"""The console's people, their sessions, the one-use sign-in links and the views they saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.ledger.audit import Audit
from plugin.ledger.store import Row, Store
from plugin.ledger.text import instant, made, or_none, stamp

_SELECT = (
    "SELECT id, login, name, role, unit, platform_id, password_hash, must_change, failures, locked_until,"
    " disabled_at, last_signed_in_at, password_set_at FROM people "
)
_INSTANTS = ("locked_until", "disabled_at", "last_signed_in_at", "password_set_at")
LINKS_KEPT = timedelta(days=1)  # far longer than a link is valid


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `unit` is set for those who see one unit's projects only."""

    id: int
    login: str
    name: str
    role: str
    unit: str | None
    platform_id: str | None
    password_hash: str
    must_change: bool
    failures: int
    locked_until: datetime | None
    disabled_at: datetime | None
    last_signed_in_at: datetime | None
    password_set_at: datetime

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


@dataclass(frozen=True, slots=True)
class SavedView:
    """A list with its filters, under a name of its owner's."""

    id: int
    list: str
    name: str
    query: str


class People:
    """Accounts and what belongs to them. Every change is recorded with who made it."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def add(
        self,
        login: str,
        name: str,
        role: str,
        password_hash: str,
        by: str,
        now: datetime,
        *,
        unit: str | None = None,
        platform_id: str | None = None,
    ) -> bool:
        """A new account with a password to be changed at first use. False if login or platform id is taken."""
        at = stamp(now)
        with self._store.writing():
            is_new = self._store.changed(
                "INSERT INTO people (login, name, role, unit, platform_id, password_hash, must_change,"
                " password_set_at, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                *(login, name, role, unit, platform_id, password_hash, at, at, by),
            )
            if is_new:
                self._audit.append(now, by, "person.added", f"person:{login}", {"role": role})
            return is_new

    def everybody(self) -> list[Person]:
        return [_person(row) for row in self._store.rows(_SELECT + "ORDER BY role, login")]

    def by_login(self, login: str) -> Person | None:
        return self._one("login = ?", login)

    def by_platform_id(self, platform_id: str) -> Person | None:
        return self._one("platform_id = ?", platform_id)

    def _one(self, where: str, value: Any) -> Person | None:
        row = self._store.row(f"{_SELECT}WHERE {where}", value)
        return None if row is None else _person(row)

    def failed(self, person: Person, allowed: int, locked_until: datetime, now: datetime) -> None:
        """A wrong password: counted, and after so many the account is locked for a while."""
        with self._store.writing():
            # counted on what stands there now: several may be tried at once
            [(locks,)] = self._store.rows(
                "UPDATE people SET failures = (failures + 1) % ?1,"
                " locked_until = iif(failures + 1 >= ?1, ?2, locked_until) WHERE id = ?3 RETURNING failures = 0",
                *(allowed, stamp(locked_until), person.id),
            )
            action = "person.locked" if locks else "person.refused"
            self._audit.append(now, person.login, action, f"person:{person.login}", {})

    def set_password(
        self, person: Person, password_hash: str, must_change: bool, by: str, now: datetime
    ) -> None:
        """A new password. It ends every session of the person and lifts a lock."""
        with self._store.writing():
            self._store.changed(
                "UPDATE people SET password_hash = ?, must_change = ?, password_set_at = ?, failures = 0,"
                " locked_until = NULL WHERE id = ?",
                *(password_hash, int(must_change), stamp(now), person.id),
            )
            self._end_sessions(person)
            self._audit.append(now, by, "person.password_set", f"person:{person.login}", {})

    def rehash(self, person: Person, password_hash: str) -> None:
        """The same password under today's cost."""
        self._store_changed("UPDATE people SET password_hash = ? WHERE id = ?", password_hash, person.id)

    def disable(self, person: Person, by: str, now: datetime) -> None:
        """No more signing in; what is open ends now."""
        with self._store.writing():
            self._store.changed("UPDATE people SET disabled_at = ? WHERE id = ?", stamp(now), person.id)
            self._end_sessions(person)
            self._audit.append(now, by, "person.disabled", f"person:{person.login}", {})

    def start_session(self, person: Person, digest: str, how: str, oldest: datetime, now: datetime) -> None:
        """Signed in. `digest` is that of the token; sessions begun before `oldest` are swept out."""
        at = stamp(now)
        with self._store.writing():
            self._store.changed("DELETE FROM sessions WHERE started_at < ?", stamp(oldest))
            self._store.changed(
                "INSERT INTO sessions (digest, person_id, started_at, seen_at) VALUES (?, ?, ?, ?)",
                *(digest, person.id, at, at),
            )
            self._store.changed(
                "UPDATE people SET failures = 0, locked_until = NULL, last_signed_in_at = ? WHERE id = ?",
                *(at, person.id),
            )
            self._audit.append(now, person.login, "person.signed_in", f"person:{person.login}", {"how": how})

    def of_session(self, digest: str, *, started: datetime, seen: datetime) -> tuple[Person, datetime] | None:
        """Whose session this is and when it was last seen, if it began and was seen after these instants."""
        row = self._store.row(
            "SELECT person_id, seen_at FROM sessions WHERE digest = ? AND started_at > ? AND seen_at > ?",
            *(digest, stamp(started), stamp(seen)),
        )
        person = None if row is None else self._one("disabled_at IS NULL AND id = ?", row[0])
        return None if person is None or row is None else (person, instant(row[1]))

    def seen(self, digest: str, now: datetime) -> None:
        self._store_changed("UPDATE sessions SET seen_at = ? WHERE digest = ?", stamp(now), digest)

    def end_session(self, digest: str, person: Person, now: datetime) -> None:
        with self._store.writing():
            self._store.changed("DELETE FROM sessions WHERE digest = ?", digest)
            self._audit.append(now, person.login, "person.signed_out", f"person:{person.login}", {})

    def use_link(self, id: str, now: datetime) -> bool:
        """Remember a sign-in link. False if it was used before."""
        with self._store.writing():
            self._store.changed("DELETE FROM used_links WHERE used_at < ?", stamp(now - LINKS_KEPT))
            return self._store.changed(
                "INSERT INTO used_links (id, used_at) VALUES (?, ?) ON CONFLICT DO NOTHING", id, stamp(now)
            )

    def save_view(self, person: Person, list_name: str, name: str, query: str, now: datetime) -> None:
        """Keep the filters of a list under a name; the same name again replaces them."""
        self._store_changed(
            "INSERT INTO saved_views (person_id, list, name, query, created_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (person_id, list, name) DO UPDATE SET query = excluded.query",
            *(person.id, list_name, name, query, stamp(now)),
        )

    def views(self, person: Person, list_name: str) -> list[SavedView]:
        sql = "SELECT id, list, name, query FROM saved_views WHERE person_id = ? AND list = ? ORDER BY name"
        return [SavedView(*row) for row in self._store.rows(sql, person.id, list_name)]

    def drop_view(self, person: Person, id: int) -> None:
        """Only one's own."""
        self._store_changed("DELETE FROM saved_views WHERE id = ? AND person_id = ?", id, person.id)

    def _end_sessions(self, person: Person) -> None:
        self._store.changed("DELETE FROM sessions WHERE person_id = ?", person.id)

    def _store_changed(self, sql: str, *values: Any) -> None:
        with self._store.writing():
            self._store.changed(sql, *values)


def _person(row: Row) -> Person:
    return made(Person, row, must_change=bool, **dict.fromkeys(_INSTANTS, or_none(instant)))
