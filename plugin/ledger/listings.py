"""What each list is made of: its rows, columns, filters and orders. SQL as data; plugin/ledger/lists.py puts it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_DUE = "coalesce(o.due_on, '9999-12-31')"
_OF_UNIT = "p.unit = ?"
_GROUP = "substr(a.action, 1, instr(a.action, '.') - 1)"
_DAY = "substr(at, 1, 10)"
_PLATFORM = "substr(a.subject, 1, instr(a.subject, ':') - 1)"
_RECORD = "substr(a.subject, instr(a.subject, ':') + 1)"
_PHASES = "instr(?, ',' || p.state || ',') > 0"  # the states as ",a,b,"


def _edge(sign: str, way: str, edge: str) -> str:
    """The first or last id of all rows on that day and beyond it: one look a day, and right though a clock went wrong."""
    next_day = f"SELECT {_DAY} FROM audit WHERE {_DAY} {{}} ORDER BY {_DAY} {way} LIMIT 1"
    return (
        f"(WITH RECURSIVE days (day) AS (SELECT ({next_day.format(f'{sign}= substr(?, 1, 10)')}) UNION ALL"
        f" SELECT ({next_day.format(f'{sign} day')}) FROM days WHERE day IS NOT NULL)"
        f" SELECT {edge}((SELECT {edge}(id) FROM audit WHERE {_DAY} = day)) FROM days)"
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """`key` makes every row's place in an order its own. `project` is the column with the project's code."""

    source: str
    columns: Mapping[str, str]
    sorts: Mapping[str, str]
    default: str
    key: tuple[str, ...]
    filters: Mapping[str, str]
    project: str
    always: str = "1 = 1"
    of_unit: str = _OF_UNIT
    newest_first: tuple[str, ...] = ()  # orders that begin with the greatest
    few: frozenset[str] = frozenset()  # filters that leave so few rows that they come before the unit
    from_unit: str | None = (
        None  # the source for one unit's rows: from the unit's projects, never through all rows
    )
    ways: tuple[tuple[frozenset[str], str], ...] = ()  # where all these filters stand, this source: the first

    def descends(self, sort: str) -> bool:
        return sort in self.newest_first


LISTINGS: Mapping[str, Listing] = {
    "projects": Listing(
        source="projects AS p",
        columns={
            "code": "p.code", "name": "p.name", "unit": "p.unit", "state": "p.state", "kind": "p.kind",
            "plan_year": "p.plan_year", "investment_fen": "p.investment_fen", "supervision": "p.supervision",
            "next_due_on": "p.next_due_on", "updated_at": "p.updated_at",
        },
        sorts={
            "code": "p.code", "name": "p.name", "unit": "p.unit", "state": "p.state", "plan_year": "p.plan_year",
            "investment": "p.investment_fen", "next_due": "p.next_due_on", "updated": "p.updated_at",
        },
        default="updated",
        key=("p.code",),
        filters={
            "state": "p.state = ?", "phase": _PHASES, "unit": _OF_UNIT, "kind": "p.kind = ?",
            "year": "p.plan_year = CAST(? AS INTEGER)", "supervision": "p.supervision = ?",
            "from_fen": "p.investment_fen >= CAST(? AS INTEGER)", "until_fen": "p.investment_fen <= CAST(? AS INTEGER)",
            "due_until": "p.next_due_on <= ?", "resembles": "p.resembles > 0 AND ? = '1'",
        },
        project="p.code",
        newest_first=("updated", "investment", "plan_year", "code"),
    ),
    "submissions": Listing(
        source="submissions AS s LEFT JOIN projects AS p ON p.code = s.project_code",
        from_unit="projects AS p CROSS JOIN submissions AS s INDEXED BY submissions_project ON s.project_code = p.code",
        columns={
            "platform": "s.platform", "record": "s.record", "form": "s.form", "standing": "s.standing",
            "saved_at": "s.saved_at", "submitter": "s.submitter", "project_code": "s.project_code",
            "named_code": "s.named_code", "project_name": "p.name", "unit": "p.unit",
        },
        sorts={"saved": "s.saved_at", "form": "s.form", "standing": "s.standing"},
        default="saved",
        key=("s.platform", "s.record"),
        filters={
            "standing": "s.standing = ?", "held": "s.standing IN ('awaiting_override', 'unattached') AND ? = '1'", "form": "s.form = ?", "unit": _OF_UNIT, "platform": "s.platform = ?",
            "from": "s.saved_at >= ?", "until": "s.saved_at < ?",
        },
        project="s.project_code",
        always="s.deleted = 0",
        newest_first=("saved",),
    ),
    "obligations": Listing(
        source="obligations AS o JOIN projects AS p ON p.code = o.project_code",
        from_unit="projects AS p CROSS JOIN obligations AS o INDEXED BY sqlite_autoindex_obligations_1 ON o.project_code = p.code",
        columns={
            "project_code": "o.project_code", "project_name": "p.name", "unit": "p.unit", "duty": "o.duty",
            "key": "o.key", "article": "o.article", "due_on": "o.due_on", "overdue_after": "o.overdue_after",
            "window_opens_on": "o.window_opens_on", "fulfilled_on": "o.fulfilled_on", "state": "o.state",
            "provisional": "o.provisional",
        },
        sorts={"due": _DUE, "project": "o.project_code", "duty": "o.duty"},
        default="due",
        key=("o.project_code", "o.key"),
        filters={
            "state": "o.state = ?", "duty": "o.duty = ?", "unit": _OF_UNIT,
            "from": f"{_DUE} >= ?", "until": f"{_DUE} <= ?",
            "overdue": "coalesce(o.overdue_after, o.due_on) < ?", "in_time": f"coalesce(o.overdue_after, {_DUE}) >= ?",
        },
        project="o.project_code",
    ),
    "filings": Listing(
        source="outbox AS o LEFT JOIN projects AS p ON p.code = o.project_code",
        from_unit="projects AS p CROSS JOIN outbox AS o INDEXED BY outbox_project ON o.project_code = p.code",
        columns={
            "id": "o.id", "project_code": "o.project_code", "project_name": "p.name", "unit": "p.unit",
            "payload": "o.payload", "state": "o.state", "revision": "o.revision", "receipt": "o.receipt",
            "attempts": "o.attempts", "error": "o.error", "wanted_at": "o.wanted_at", "updated_at": "o.updated_at",
        },
        sorts={"queued": "o.id"},
        default="queued",
        key=("o.id",),
        filters={
            "state": "o.state = ?", "open": "o.state IN ('pending', 'leased', 'dead') AND ? = '1'", "unit": _OF_UNIT,
            "from": "o.wanted_at >= ?", "until": "o.wanted_at < ?",
        },
        project="o.project_code",
        always="o.kind = 'filing'",
        few=frozenset({"open"}),
        newest_first=("queued",),
    ),
    "messages": Listing(
        source="outbox AS o LEFT JOIN projects AS p ON p.code = o.project_code",
        from_unit="projects AS p CROSS JOIN outbox AS o INDEXED BY outbox_project ON o.project_code = p.code",
        columns={
            "id": "o.id", "kind": "o.kind", "project_code": "o.project_code", "project_name": "p.name",
            "unit": "p.unit", "payload": "o.payload", "state": "o.state", "error": "o.error",
            "wanted_at": "o.wanted_at", "updated_at": "o.updated_at",
        },
        sorts={"queued": "o.id"},
        default="queued",
        key=("o.id",),
        filters={
            "kind": "o.kind = ?", "state": "o.state = ?", "unit": _OF_UNIT,
            "from": "o.wanted_at >= ?", "until": "o.wanted_at < ?",
        },
        project="o.project_code",
        always="+o.kind IN ('message', 'reminder')",  # the plus: in the order of ids, whichever kind comes
        newest_first=("queued",),
    ),
    "deliveries": Listing(
        source="inbox AS i",
        columns={
            "id": "i.id", "platform": "i.platform", "form": "i.form", "record": "i.record", "kind": "i.kind",
            "state": "i.state", "outcome": "i.outcome", "error": "i.error", "attempts": "i.attempts",
            "received_at": "i.received_at", "finished_at": "i.finished_at",
        },
        sorts={"received": "i.id"},
        default="received",
        key=("i.id",),
        filters={
            "state": "+i.state = ?", "form": "i.form = ?", "platform": "i.platform = ?",
            "from": "i.received_at >= ?", "until": "i.received_at < ?",
        },
        project="(SELECT s.project_code FROM submissions AS s WHERE s.platform = i.platform AND s.record = i.record)",
        of_unit="1 = 0 AND ? <> ''",  # deliveries belong to no unit: a unit's person sees none
        newest_first=("received",),
    ),
    "audit": Listing(
        source="audit AS a",
        columns={
            "id": "a.id", "at": "a.at", "actor": "a.actor", "action": "a.action", "subject": "a.subject",
            "detail": "a.detail", "hash": "a.hash",
            "is_record": f"EXISTS (SELECT 1 FROM submissions AS s WHERE s.platform = {_PLATFORM} AND s.record = {_RECORD})",
            "project_code": "(SELECT o.project_code FROM outbox AS o WHERE a.action LIKE 'outbox.%' AND"
                            " o.key IN (a.subject, a.subject || ':' || json_extract(a.detail, '$.revision')) LIMIT 1)",
        },
        sorts={"recorded": "a.id"},
        default="recorded",
        key=("a.id",),
        filters={
            "group": f"{_GROUP} = ?", "actor": "a.actor = ?", "from": "a.at >= ?", "until": "a.at < ?",
            "from_row": f"a.id >= {_edge('>', 'ASC', 'min')}", "until_row": f"a.id <= {_edge('<', 'DESC', 'max')}",
        },
        ways=(
            (frozenset({"actor", "group"}), "audit AS a INDEXED BY audit_actor_group"),
            (frozenset({"group"}), "audit AS a INDEXED BY audit_group"),
            (frozenset({"actor"}), "audit AS a INDEXED BY audit_actor"),
        ),
        project="''",  # not searched: most of it belongs to no project
        of_unit="1 = 0 AND ? <> ''",
        newest_first=("recorded",),
    ),
}  # fmt: skip
