"""A record that turned out to be classified: every word of it goes, and every word derived from it."""

from __future__ import annotations

from datetime import datetime

from plugin.ledger.audit import SYSTEM, Audit
from plugin.ledger.store import Store
from plugin.ledger.text import dump, stamp

# Rows about the record itself. The inbox keeps key and digest, so that a late repeat of the delivery is
# still known.
_OF_RECORD = {
    "versions": "DELETE FROM submission_versions WHERE platform = ? AND record = ?",
    "heads": "DELETE FROM submissions WHERE platform = ? AND record = ?",
    "overrides": "DELETE FROM overrides WHERE platform = ? AND record = ?",
    "verdicts": "DELETE FROM verdicts WHERE platform = ? AND record = ?",
    "quarantined": "DELETE FROM quarantine WHERE platform = ? AND record = ?",
    "deliveries": "UPDATE inbox SET state = 'purged', event = '{}', outcome = NULL, error = NULL"
    " WHERE platform = ? AND record = ? AND state <> 'purged'",
}
# Rows of its project that may repeat its values. The caller folds the project again in the same transaction.
_OF_PROJECT = {
    "project_facts": "UPDATE projects SET name = '', unit = '', facts = '{}', kind = '', plan_year = 0, investment_fen = 0,"
    " latest_on = NULL, amounts = NULL WHERE code = ?",
    "project_verdicts": "DELETE FROM verdicts WHERE EXISTS (SELECT 1 FROM submissions AS s WHERE"
    " s.project_code = ? AND s.platform = verdicts.platform AND s.record = verdicts.record)",
    "duty_details": "UPDATE obligations SET detail = '{}' WHERE project_code = ?",
    "duties_watched": "DELETE FROM watched_duties WHERE project_code = ?",
    "differences": "DELETE FROM differences WHERE project_code = ?",
    "search_texts": "DELETE FROM search_texts WHERE code = ?",
    "previews": "UPDATE proposals SET preview = json_set(preview, '$.projects', (SELECT json_group_array(json(value))"
    " FROM json_each(preview, '$.projects') WHERE json_extract(value, '$.project_code') <> ?1)) WHERE instr(preview, ?1)",
    "duty_revisions": "DELETE FROM obligation_history WHERE project_code = ?",
}
# Records of others that were told of the record by its name: in findings, or in what their project is known to resemble.
_QUOTING = (
    "SELECT platform, record FROM verdicts WHERE instr(verdict, ?1) AND EXISTS (SELECT 1 FROM"
    " json_each(verdict, '$.findings') WHERE instr(json_extract(value, '$.message'), ?2))"
    " UNION SELECT s.platform, s.record FROM projects AS p JOIN submissions AS s ON s.project_code = p.code"
    " WHERE p.resembles > 0 AND s.form = ?3 AND instr(p.facts, ?1)"
)
_OUTGOING = (
    "SELECT id, state, subject, scope, project_code FROM outbox WHERE project_code IS NOT NULL OR scope"
    " LIKE ? ESCAPE '\\' OR subject LIKE ? ESCAPE '\\'"
)
_KEEP_SENT = "UPDATE outbox SET payload = '{}', error = NULL WHERE id = ?"
_WITHDRAW = "UPDATE outbox SET payload = '{}', error = NULL, state = 'cancelled' WHERE id = ?"


def purge_record(store: Store, audit: Audit, platform: str, record: str, now: datetime) -> dict[str, int]:
    """Remove it and say how many rows went. Files are wiped after the commit; see Store.finish_purges."""
    with store.writing():
        codes = _project_codes(store, platform, record)
        removed = {"outgoing": _purge_outgoing(store, platform, record, codes)}
        for what, sql in _OF_RECORD.items():
            removed[what] = _count(store, sql, platform, record)
        for what, sql in _OF_PROJECT.items():
            removed[what] = sum(_count(store, sql, code) for code in codes)
        store.changed(
            "INSERT INTO search (search) VALUES ('rebuild')"
        )  # a deletion alone leaves its grams behind
        store.changed(
            "INSERT INTO purges (platform, record, purged_at) VALUES (?, ?, ?)", platform, record, stamp(now)
        )
        audit.append(now, SYSTEM, "record.purged", f"{platform}:{record}", removed)
        store.erase_after_commit()
    return removed


def purge_quotes(store: Store, platform: str, record: str, form: str) -> list[tuple[str, str]]:
    """Empty what others were told of this record by its name. To be called before the purge, in its transaction.

    `form`: of the records that are quoted. Returns the records that quoted it: the caller judges them anew.
    """
    found: set[tuple[str, str]] = set()
    names = store.rows(
        "SELECT DISTINCT json_extract(fields, '$.project_name') FROM submission_versions"
        " WHERE platform = ? AND record = ? AND form = ?",
        *(platform, record, form),
    )
    for name in (str(name) for (name,) in names if name):
        written = dump(name)[1:-1]  # as it stands inside JSON
        for each in store.rows(_QUOTING, written, name, form):
            if each != (platform, record):
                found.add((each[0], each[1]))
                _forget_words(store, each[0], each[1], written)
    return sorted(found)


def _forget_words(store: Store, platform: str, record: str, written: str) -> None:
    """Verdicts on a record, and what was sent about it, where this text stands in them."""
    store.changed(
        "DELETE FROM verdicts WHERE platform = ? AND record = ? AND instr(verdict, ?)",
        platform,
        record,
        written,
    )
    for kind in ("writeback", "message"):
        sql = "SELECT id, state FROM outbox WHERE subject = ? AND instr(payload, ?)"
        for id, state in store.rows(sql, f"{kind}:{platform}:{record}", written):
            store.changed(_KEEP_SENT if state == "sent" else _WITHDRAW, id)


def is_purged(store: Store, platform: str, record: str) -> bool:
    """Whether the record was ever purged: what still arrives about it is not taken."""
    return (
        store.row("SELECT 1 FROM purges WHERE platform = ? AND record = ? LIMIT 1", platform, record)
        is not None
    )


def _project_codes(store: Store, platform: str, record: str) -> list[str]:
    sql = (
        "SELECT project_code FROM submissions WHERE platform = ? AND record = ? AND project_code IS NOT NULL"
    )
    return [code for (code,) in store.rows(sql, platform, record)]


def _purge_outgoing(store: Store, platform: str, record: str, codes: list[str]) -> int:
    """What was sent keeps its receipt and digest, what was not is withdrawn; both lose their payload."""
    name = f"{platform}:{record}"
    pattern = f"%{_literal(name)}%"
    found = 0
    for id, state, subject, scope, code in store.rows(_OUTGOING, pattern, pattern):
        if code in codes or f":{name}:" in f":{subject}:" or f":{name}:" in f":{scope}:":
            store.changed(_KEEP_SENT if state == "sent" else _WITHDRAW, id)
            store.changed("UPDATE replies SET body = '' WHERE outbox_id = ?", id)
            found += 1
    return found


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _count(store: Store, sql: str, *values: str) -> int:
    """How many rows a statement touches."""
    before = store.connection.total_changes
    store.changed(sql, *values)
    return store.connection.total_changes - before
