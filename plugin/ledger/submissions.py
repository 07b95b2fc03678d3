"""Every version a record had, and its head: what the platform last saved, read and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.ledger.audit import Audit
from plugin.ledger.store import Row, Store
from plugin.ledger.text import Readers, dump, instant, load, made, or_none, stamp

# The platforms of records that no platform holds, so that nothing is written back to them: brought in by a file, filled in
# on the bureau's own pages.
IMPORTED, CONSOLE = "import", "console"
HELD_HERE = frozenset({IMPORTED, CONSOLE})
BUREAU_PART = "bureau-part:"  # how the delivery key of such a version begins
_HEAD = (
    "SELECT platform, form, record, project_code, standing, vals, saved_at, submitter, head_hash, deleted"
    " FROM submissions "
)
_IN_ORDER = "ORDER BY saved_at, form, record"


@dataclass(frozen=True, slots=True)
class SubmissionVersion:
    """One saved state as the platform sent it; `partial`: only the fields that changed."""

    platform: str
    form: str
    record: str
    saved_at: datetime
    kind: str
    partial: bool
    fields: dict[str, Any]
    submitter: dict[str, Any] | None
    delivery_key: str
    received_at: datetime

    @property
    def is_bureau_part(self) -> bool:
        """What the bureau filled in on the console in a record of the platform. It stands over the platform's copy, which
        does not know of it, until the platform itself changes the same field; it moves neither the day nor the submitter."""
        return self.delivery_key.startswith(BUREAU_PART)


@dataclass(frozen=True, slots=True)
class Submission:
    """The head of one record. `overrides` are read from their own table: put_head leaves them alone."""

    platform: str
    form: str
    record: str
    project_code: str | None
    standing: str
    values: dict[str, Any]
    saved_at: datetime
    submitter: dict[str, Any] | None
    head_hash: str
    deleted: bool = False
    overrides: list[dict[str, Any]] = field(default_factory=list)  # {rule_code, by, reason, at}


class Submissions:
    def __init__(self, store: Store, audit: Audit) -> None:
        self._store, self._audit = store, audit

    def add_version(self, version: SubmissionVersion, content_hash: str) -> bool:
        """Keep one version. False if this content of this instant is already kept."""
        with self._store.writing():
            return self._store.changed(
                "INSERT INTO submission_versions (platform, form, record, saved_at, kind, partial,"
                " fields, submitter, delivery_key, received_at, content_hash) VALUES (?, ?, ?, ?, ?, ?,"
                " ?, ?, ?, ?, ?) ON CONFLICT (platform, record, saved_at, content_hash) DO NOTHING",
                *(version.platform, version.form, version.record, stamp(version.saved_at), version.kind),
                *(int(version.partial), dump(version.fields), _dump_or_none(version.submitter)),
                *(version.delivery_key, stamp(version.received_at), content_hash),
            )

    def versions(self, platform: str, record: str) -> list[SubmissionVersion]:
        """In the order the platform saved them, whatever the order they came in."""
        rows = self._store.rows(
            "SELECT platform, form, record, saved_at, kind, partial, fields, submitter, delivery_key,"
            " received_at FROM submission_versions WHERE platform = ? AND record = ? ORDER BY saved_at,"
            " id",
            *(platform, record),
        )
        return [_version(row) for row in rows]

    def put_head(self, head: Submission) -> None:
        """Write the head. The code it names is kept beside the code it is attached to."""
        named = head.values.get("project_code")
        with self._store.writing():
            self._store.changed(
                "INSERT INTO submissions (platform, record, form, project_code, named_code, standing,"
                " vals, saved_at, submitter, head_hash, deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (platform, record) DO UPDATE SET form = excluded.form, project_code ="
                " excluded.project_code, named_code = excluded.named_code, standing = excluded.standing,"
                " vals = excluded.vals, saved_at = excluded.saved_at, submitter = excluded.submitter,"
                " head_hash = excluded.head_hash, deleted = excluded.deleted",
                *(
                    head.platform,
                    head.record,
                    head.form,
                    head.project_code,
                    named if isinstance(named, str) else None,
                ),
                *(head.standing, dump(head.values), stamp(head.saved_at), _dump_or_none(head.submitter)),
                *(head.head_hash, int(head.deleted)),
            )

    def head(self, platform: str, record: str) -> Submission | None:
        row = self._store.row(_HEAD + "WHERE platform = ? AND record = ?", platform, record)
        return None if row is None else self._head(row)

    def of_project(self, code: str) -> list[Submission]:
        """The attached heads that were not deleted on the platform."""
        return self._heads("WHERE project_code = ? AND deleted = 0 ", code)

    def saved_last(self, code: str, form: str) -> datetime | None:
        """When the project's latest attached head of that form was saved."""
        sql = "SELECT max(saved_at) FROM submissions WHERE project_code = ? AND form = ? AND deleted = 0"
        row = self._store.row(sql, code, form)
        return instant(row[0]) if row and row[0] else None

    def ever_of_project(self, code: str) -> list[Submission]:
        """The attached heads, those deleted on the platform as well: for the archive."""
        return self._heads("WHERE project_code = ? ", code)

    def forms_between(self, first: str, last: str) -> dict[str, set[tuple[str, str]]]:
        """The forms, each with its standing, of every project whose code lies between these two, both included."""
        found: dict[str, set[tuple[str, str]]] = {}
        for code, form, standing in self._store.rows(
            "SELECT project_code, form, standing FROM submissions WHERE project_code IS NOT NULL AND"
            " project_code >= ? AND project_code <= ? AND deleted = 0 ORDER BY project_code, form, standing",
            *(first, last),
        ):
            found.setdefault(code, set()).add((form, standing))
        return found

    def taken_of_form(self, form: str) -> list[Submission]:
        """The heads of one form that were taken and not deleted: the bureau's records about several projects."""
        # the plus: nearly all stands as taken, an index on the standing would lead through everything
        return self._heads("WHERE form = ? AND +standing = 'taken' AND deleted = 0 ", form)

    def changed_since(self, form: str, version: int) -> list[tuple[int, Submission]]:
        """The heads of one form of which a version came after that number, with the number of their newest."""
        newest = self._store.rows(
            "SELECT max(id), platform, record FROM submission_versions WHERE id > ? AND form = ?"
            " GROUP BY platform, record ORDER BY 1",
            *(version, form),
        )
        heads = ((number, self.head(platform, record)) for number, platform, record in newest)
        return [(number, head) for number, head in heads if head is not None]

    def unattached(self, code: str) -> list[Submission]:
        """Heads that name this code and wait for the project, or for the bureau."""
        return self._heads("WHERE project_code IS NULL AND named_code = ? AND deleted = 0 ", code)

    def all_unattached(self, limit: int = 200) -> list[Submission]:
        """Everything that names a code and is attached to none, for the bureau's page."""
        sql = _HEAD + "WHERE project_code IS NULL AND named_code IS NOT NULL AND deleted = 0 " + _IN_ORDER
        return [self._head(row) for row in self._store.rows(sql + " LIMIT ?", limit)]

    def attach(self, platform: str, record: str, code: str) -> bool:
        """Attach a head to a project; False if there is no such head."""
        with self._store.writing():
            sql = "UPDATE submissions SET project_code = ? WHERE platform = ? AND record = ?"
            return self._store.changed(sql, code, platform, record)

    def override(
        self, platform: str, record: str, rule_code: str, by: str, reason: str, now: datetime
    ) -> bool:
        """A named person lets one rule through, with a reason. False if it already is; the first stands."""
        with self._store.writing():
            is_new = self._store.changed(
                "INSERT INTO overrides (platform, record, rule_code, decided_by, reason, decided_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (platform, record, rule_code) DO NOTHING",
                *(platform, record, rule_code, by, reason, stamp(now)),
            )
            if is_new:
                self._audit.append(
                    now, by, "submission.override", f"{platform}:{record}", {"rule": rule_code}
                )
            return is_new

    def _heads(self, where: str, code: str) -> list[Submission]:
        return [self._head(row) for row in self._store.rows(_HEAD + where + _IN_ORDER, code)]

    def _head(self, row: Row) -> Submission:
        rows = self._store.rows(
            "SELECT rule_code, decided_by, reason, decided_at FROM overrides WHERE platform = ? AND"
            " record = ? ORDER BY id",
            *(row[0], row[2]),
        )
        overrides = [dict(zip(("rule_code", "by", "reason", "at"), each, strict=True)) for each in rows]
        readers: Readers = {"values": load, "saved_at": instant, "submitter": or_none(load), "deleted": bool}
        return made(Submission, (*row, overrides), **readers)


def _version(row: Row) -> SubmissionVersion:
    readers: Readers = {"partial": bool, "fields": load, "submitter": or_none(load)}
    return made(SubmissionVersion, row, saved_at=instant, received_at=instant, **readers)


def _dump_or_none(value: dict[str, Any] | None) -> str | None:
    return None if value is None else dump(value)
