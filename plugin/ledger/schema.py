"""The tables, as migrations. A published migration never changes: add another behind it."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from plugin.ledger.errors import LedgerError
from plugin.ledger.text import load, sorted_by

migrations = Migrations("zhengxiang")

# One row per delivery key, for good. An open row whose due_at has passed may be claimed; a claim moves
# due_at to the
# end of the lease, so a worker that dies gives the row back by doing nothing.
_INBOX = (
    """CREATE TABLE inbox (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, key TEXT NOT NULL, form TEXT NOT NULL,
        record TEXT NOT NULL, kind TEXT NOT NULL, event TEXT NOT NULL, digest TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dead', 'purged')),
        due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, outcome TEXT, error TEXT,
        received_at TEXT NOT NULL, finished_at TEXT, UNIQUE (platform, key)) STRICT""",
    "CREATE INDEX inbox_due ON inbox (due_at, id) WHERE state = 'open'",
    "CREATE INDEX inbox_dead ON inbox (id) WHERE state = 'dead'",
    "CREATE INDEX inbox_record ON inbox (platform, record)",
    """CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, key TEXT NOT NULL, form TEXT NOT NULL,
        record TEXT NOT NULL, original_digest TEXT NOT NULL, digest TEXT NOT NULL, received_at TEXT NOT NULL,
        UNIQUE (platform, key, digest)) STRICT""",
    "CREATE INDEX quarantine_record ON quarantine (platform, record)",
)

_SUBMISSIONS = (
    """CREATE TABLE submission_versions (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, form TEXT NOT NULL, record TEXT NOT NULL,
        saved_at TEXT NOT NULL, kind TEXT NOT NULL, partial INTEGER NOT NULL, fields TEXT NOT NULL,
        submitter TEXT, delivery_key TEXT NOT NULL,
        received_at TEXT NOT NULL, content_hash TEXT NOT NULL,
        UNIQUE (platform, record, saved_at, content_hash)) STRICT""",
    """CREATE TABLE submissions (
        platform TEXT NOT NULL, record TEXT NOT NULL, form TEXT NOT NULL, project_code TEXT,
        named_code TEXT, standing TEXT NOT NULL, vals TEXT NOT NULL, saved_at TEXT NOT NULL, submitter TEXT,
        head_hash TEXT NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (platform, record)) STRICT""",
    "CREATE INDEX submissions_project ON submissions (project_code) WHERE project_code IS NOT NULL",
    "CREATE INDEX submissions_form ON submissions (form, saved_at)",
    "CREATE INDEX submissions_unattached ON submissions (named_code) WHERE project_code IS NULL",
    """CREATE TABLE overrides (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, record TEXT NOT NULL, rule_code TEXT NOT NULL,
        decided_by TEXT NOT NULL, reason TEXT NOT NULL, decided_at TEXT NOT NULL,
        UNIQUE (platform, record, rule_code)) STRICT""",
)

_PROJECTS = (
    """CREATE TABLE projects (
        code TEXT PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, state TEXT NOT NULL,
        facts TEXT NOT NULL, law_version TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT""",
    "CREATE INDEX projects_unit ON projects (unit, code)",
    """CREATE TABLE code_sequences (
        prefix TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL,
        PRIMARY KEY (prefix, year)) STRICT""",
    """CREATE TABLE verdicts (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, record TEXT NOT NULL, verdict TEXT NOT NULL,
        digest TEXT NOT NULL, law_version TEXT NOT NULL, judged_at TEXT NOT NULL,
        superseded_at TEXT) STRICT""",
    "CREATE UNIQUE INDEX verdicts_latest ON verdicts (platform, record) WHERE superseded_at IS NULL",
    "CREATE INDEX verdicts_record ON verdicts (platform, record, id)",
    """CREATE TABLE obligations (
        project_code TEXT NOT NULL REFERENCES projects (code), key TEXT NOT NULL, duty TEXT NOT NULL,
        article TEXT NOT NULL, due_on TEXT, overdue_after TEXT, window_opens_on TEXT, fulfilled_on TEXT,
        responsible TEXT NOT NULL, provisional INTEGER NOT NULL, detail TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'fulfilled', 'cancelled')),
        revision INTEGER NOT NULL, updated_at TEXT NOT NULL, PRIMARY KEY (project_code, key)) STRICT""",
    "CREATE INDEX obligations_due ON obligations (due_on) WHERE state = 'open' AND due_on IS NOT NULL",
    """CREATE TABLE obligation_history (
        project_code TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
        updated_at TEXT NOT NULL, PRIMARY KEY (project_code, key, revision)) STRICT""",
)

# wanted_at: when it should leave; due_at: when it may be tried next (back-off), or while leased the end of
# the lease.
_OUTBOX = (
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, subject TEXT NOT NULL,
        revision INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('writeback', 'message', 'reminder', 'filing')),
        lane TEXT NOT NULL, project_code TEXT, wanted_at TEXT NOT NULL, due_at TEXT NOT NULL,
        payload TEXT NOT NULL, digest TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending'
            CHECK (state IN ('pending', 'leased', 'sent', 'cancelled', 'dead')),
        attempts INTEGER NOT NULL DEFAULT 0, unclear INTEGER NOT NULL DEFAULT 0,
        superseded INTEGER NOT NULL DEFAULT 0, error TEXT, receipt TEXT, created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL, UNIQUE (subject, revision)) STRICT""",
    "CREATE INDEX outbox_due ON outbox (kind, due_at, id) WHERE state = 'pending'",
    "CREATE INDEX outbox_leased ON outbox (due_at) WHERE state = 'leased'",
    "CREATE INDEX outbox_lane ON outbox (lane, id) WHERE state IN ('pending', 'leased')",
    "CREATE INDEX outbox_scope ON outbox (scope) WHERE state IN ('pending', 'leased', 'dead')",
    "CREATE INDEX outbox_dead ON outbox (id) WHERE state = 'dead'",
    "CREATE INDEX outbox_project ON outbox (project_code)",
)

# AUTOINCREMENT: the number of a row that was taken away is never given again. The triggers are a fence
# against mistakes; against intent there is the hash chain.
_AUDIT = (
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
        subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT) STRICT""",
    "CREATE INDEX audit_unsealed ON audit (id) WHERE hash IS NULL",
    "CREATE INDEX audit_subject ON audit (subject, id)",
    """CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_keeps_words BEFORE UPDATE OF id, at, actor, action, subject, detail ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_seals_once BEFORE UPDATE OF hash ON audit WHEN OLD.hash IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'the audit is sealed once'); END""",
)

_MAINTENANCE = (
    """CREATE TABLE manifests (
        id INTEGER PRIMARY KEY, version TEXT NOT NULL, text TEXT NOT NULL, applied_by TEXT NOT NULL,
        applied_at TEXT NOT NULL) STRICT""",
    """CREATE TABLE purges (
        id INTEGER PRIMARY KEY, platform TEXT NOT NULL, record TEXT NOT NULL, purged_at TEXT NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0) STRICT""",
    "CREATE INDEX purges_record ON purges (platform, record)",
    "CREATE INDEX purges_unerased ON purges (id) WHERE erased = 0",
    "CREATE TABLE backups (id INTEGER PRIMARY KEY, path TEXT NOT NULL, made_at TEXT NOT NULL) STRICT",
)


@migrations(name="0001_first_tables")
def first_tables(db: Database) -> None:
    """Everything the product began with."""
    for statement in (*_INBOX, *_SUBMISSIONS, *_PROJECTS, *_OUTBOX, *_AUDIT, *_MAINTENANCE):
        db.execute(statement)


# Files of submissions: named by the platform, fetched by a job, kept under the hash of their content. Marks: up to
# which instant a job that walks along time has come.
_PLATFORM = (
    """CREATE TABLE attachments (
        platform TEXT NOT NULL, record TEXT NOT NULL, ref TEXT NOT NULL, form TEXT NOT NULL,
        field TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, size INTEGER, sha256 TEXT,
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'stored', 'refused')),
        due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, error TEXT, noted_at TEXT NOT NULL,
        PRIMARY KEY (platform, record, ref)) STRICT""",
    "CREATE INDEX attachments_due ON attachments (due_at) WHERE state = 'open'",
    "CREATE INDEX attachments_content ON attachments (sha256) WHERE sha256 IS NOT NULL",
    "CREATE TABLE marks (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT",
)


@migrations(name="0002_platform")
def platform_tables(db: Database) -> None:
    """What is fetched from a platform, and how far it was compared with us."""
    for statement in _PLATFORM:
        db.execute(statement)


# replies: what the life-cycle system said, word for word, where no receipt holds it. rounds: one row a job and day, so
# that nightly work is done once whoever ticks. differences: what comparisons found; resolved ones stay as history.
_FILINGS = (
    """CREATE TABLE replies (
        id INTEGER PRIMARY KEY, outbox_id INTEGER NOT NULL REFERENCES outbox (id), what TEXT NOT NULL,
        status INTEGER, body TEXT NOT NULL, at TEXT NOT NULL) STRICT""",
    "CREATE INDEX replies_outbox ON replies (outbox_id)",
    """CREATE TABLE rounds (
        name TEXT NOT NULL, day TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
        due_at TEXT NOT NULL, after TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, error TEXT,
        started_at TEXT NOT NULL, finished_at TEXT, PRIMARY KEY (name, day)) STRICT""",
    """CREATE TABLE differences (
        id INTEGER PRIMARY KEY, project_code TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL,
        message TEXT NOT NULL, for_person INTEGER NOT NULL, found_at TEXT NOT NULL, resolved_at TEXT) STRICT""",
    "CREATE UNIQUE INDEX differences_open ON differences (project_code, key, kind) WHERE resolved_at IS NULL",
)


@migrations(name="0003_filings")
def filings(db: Database) -> None:
    """Exchange with the life-cycle system: its replies, and comparing both sides."""
    for statement in _FILINGS:
        db.execute(statement)


# beside: what a version of the manifest was applied with, an own pack and the working days.
_CALENDAR = ("ALTER TABLE manifests ADD COLUMN beside TEXT",)


@migrations(name="0004_calendar")
def calendar_days(db: Database) -> None:
    """Working days as part of a version."""
    for statement in _CALENDAR:
        db.execute(statement)


# A link is known by the hash of its token; unit null = the bureau's. Revoked ones stay, so that their numbers do.
_CALENDAR_FEEDS = (
    """CREATE TABLE calendar_feeds (
        id INTEGER PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, unit TEXT, made_by TEXT NOT NULL,
        made_at TEXT NOT NULL, revoked_by TEXT, revoked_at TEXT) STRICT""",
)


@migrations(name="0004_calendar_feeds")
def calendar_feeds(db: Database) -> None:
    """Calendars to subscribe to."""
    for statement in _CALENDAR_FEEDS:
        db.execute(statement)


# watched_duties: what may have to be recalled, and when to look at it next. A duty that is done, or rests, is no row.
# reminders: one row a moment and person; a moment is recorded once for good. Ids and days only, never words.
_REMINDERS = (
    """CREATE TABLE watched_duties (
        project_code TEXT NOT NULL, key TEXT NOT NULL, duty TEXT NOT NULL, article TEXT NOT NULL,
        opens_on TEXT, due_on TEXT, overdue_after TEXT, anchored_on TEXT, role TEXT NOT NULL,
        notice INTEGER NOT NULL, platform TEXT NOT NULL, person TEXT NOT NULL, seen_until TEXT NOT NULL,
        fresh INTEGER NOT NULL, look_at TEXT NOT NULL, looked_under TEXT NOT NULL,
        PRIMARY KEY (project_code, key)) STRICT""",
    "CREATE INDEX watched_due ON watched_duties (look_at)",
    "CREATE INDEX watched_under ON watched_duties (looked_under)",
    """CREATE TABLE reminders (
        id INTEGER PRIMARY KEY, project_code TEXT NOT NULL, key TEXT NOT NULL, mark TEXT NOT NULL,
        role TEXT NOT NULL, platform TEXT NOT NULL, person TEXT NOT NULL, wanted_at TEXT NOT NULL,
        digest TEXT, digest_on TEXT, outcome TEXT CHECK (outcome IN ('told', 'rested')),
        UNIQUE (project_code, key, mark, person)) STRICT""",
    "CREATE INDEX reminders_open ON reminders (platform, person, wanted_at)"
    " WHERE outcome IS NULL AND person <> ''",
    "CREATE INDEX reminders_digest ON reminders (digest) WHERE digest IS NOT NULL",
    "CREATE INDEX reminders_digest_on ON reminders (platform, person, digest_on) WHERE digest_on IS NOT NULL",
    # never gathered, or in a digest that was withdrawn, given up, or has certainly not arrived
    """CREATE VIEW untold_reminders AS SELECT * FROM reminders AS r WHERE r.outcome IS NULL AND r.person <> ''
        AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.key = r.digest AND (o.state IN ('leased', 'sent')
        OR (o.state = 'pending' AND o.unclear = 1)))""",
    """CREATE TABLE digest_attempts (
        id INTEGER PRIMARY KEY, digest TEXT NOT NULL, channel TEXT NOT NULL, person TEXT NOT NULL,
        started_at TEXT NOT NULL, ended_at TEXT, repeat INTEGER NOT NULL,
        outcome TEXT CHECK (outcome IN ('sent', 'failed', 'unclear')), error TEXT, receipt TEXT) STRICT""",
    "CREATE INDEX digest_attempts_digest ON digest_attempts (digest, id)",
    "CREATE INDEX digest_attempts_started ON digest_attempts (started_at)",
    # reminders that were queued singly: every project is folded anew, and its duties are watched
    "UPDATE projects SET law_version = ''",
    "UPDATE outbox SET state = 'cancelled' WHERE kind = 'reminder' AND state = 'pending' AND unclear = 0",
)


@migrations(name="0005_reminders")
def reminders(db: Database) -> None:
    """One digest a person and working day in the place of single reminders."""
    for statement in _REMINDERS:
        db.execute(statement)


# Who may look at the console's pages. Tokens and links are kept as digests: what is stolen from here opens nothing.
_PEOPLE = (
    """CREATE TABLE people (
        id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
        unit TEXT, platform_id TEXT UNIQUE, password_hash TEXT NOT NULL, must_change INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0, locked_until TEXT, disabled_at TEXT, last_signed_in_at TEXT,
        password_set_at TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL) STRICT""",
    """CREATE TABLE sessions (
        digest TEXT PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), started_at TEXT NOT NULL,
        seen_at TEXT NOT NULL) STRICT""",
    "CREATE INDEX sessions_person ON sessions (person_id)",
    "CREATE TABLE used_links (id TEXT PRIMARY KEY, used_at TEXT NOT NULL) STRICT",
    """CREATE TABLE saved_views (
        id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people (id), list TEXT NOT NULL,
        name TEXT NOT NULL, query TEXT NOT NULL, created_at TEXT NOT NULL,
        UNIQUE (person_id, list, name)) STRICT""",
    """CREATE TABLE job_ticks (
        job TEXT PRIMARY KEY, label TEXT NOT NULL, every_s REAL NOT NULL, at TEXT NOT NULL) STRICT""",
)


@migrations(name="0007_people")
def people(db: Database) -> None:
    """The console's people, their sessions and saved views, and when each job last ran."""
    for statement in _PEOPLE:
        db.execute(statement)


# What lists sort, filter and search by. `head` is short: terms too short for the trigrams are looked for there alone.
_SEARCH = (
    "ALTER TABLE projects ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE projects ADD COLUMN plan_year INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE projects ADD COLUMN investment_fen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE projects ADD COLUMN supervision TEXT NOT NULL DEFAULT 'normal'",
    "ALTER TABLE projects ADD COLUMN next_due_on TEXT NOT NULL DEFAULT '9999-12-31'",
    "ALTER TABLE projects ADD COLUMN resembles INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX projects_resembling ON projects (code) WHERE resembles > 0",
    "CREATE INDEX projects_name ON projects (name, code)",
    "CREATE INDEX projects_state ON projects (state, code)",
    "CREATE INDEX projects_year ON projects (plan_year, code)",
    "CREATE INDEX projects_investment ON projects (investment_fen, code)",
    "CREATE INDEX projects_next_due ON projects (next_due_on, code)",
    "CREATE INDEX projects_updated ON projects (updated_at, code)",
    "CREATE INDEX projects_money ON projects (plan_year, state, investment_fen)",
    "CREATE INDEX submissions_saved ON submissions (saved_at, platform, record)",
    "CREATE INDEX submissions_standing ON submissions (standing, saved_at)",
    "CREATE INDEX obligations_order ON obligations (coalesce(due_on, '9999-12-31'), project_code, key)",
    "CREATE INDEX obligations_state ON obligations (state, coalesce(due_on, '9999-12-31'), project_code, key)",
    "CREATE INDEX outbox_kind ON outbox (kind, id)",
    "CREATE INDEX outbox_kind_state ON outbox (kind, state, id)",
    """CREATE TABLE search_texts (
        id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, head TEXT NOT NULL, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX search_heads ON search_texts (code, head)",  # short terms: a scan of names, not of texts
    "CREATE VIRTUAL TABLE search USING fts5 (head, body, content = 'search_texts', content_rowid = 'id',"
    " tokenize = 'trigram')",
)


@migrations(name="0008_search")
def search(db: Database) -> None:
    """Columns and indexes of the console's lists, and the full text of projects."""
    for statement in _SEARCH:
        db.execute(statement)
    for code, facts in db.execute("SELECT code, facts FROM projects").fetchall():
        sql = (
            "UPDATE projects SET kind = ?, plan_year = ?, investment_fen = ?, supervision = ?, resembles = ?"
        )
        db.execute(f"{sql} WHERE code = ?", (*sorted_by(load(facts)), code))
    db.execute(
        "INSERT INTO search_texts (code, head, body) SELECT code, lower(code || ' ' || name || ' ' || unit), '' FROM projects"
    )
    db.execute("INSERT INTO search (search) VALUES ('rebuild')")  # the papers' words come with each next fold
    db.execute(
        "UPDATE projects SET next_due_on = coalesce((SELECT min(due_on) FROM obligations AS o WHERE"
        " o.project_code = projects.code AND o.state = 'open'), next_due_on)"
    )


# latest_on: the latest day whose numbers any paper of the project asks for, null = not known. A project whose
# law_version is not the one in force is folded anew by a job; the empty version is nobody's.
_PROPOSALS = (
    "ALTER TABLE projects ADD COLUMN latest_on TEXT",
    "CREATE INDEX projects_folded ON projects (law_version, code)",
    "CREATE INDEX submissions_forms ON submissions (project_code, form, standing)"
    " WHERE project_code IS NOT NULL AND deleted = 0",
    "UPDATE projects SET law_version = ''",
)


@migrations(name="0009_proposals")
def proposals(db: Database) -> None:
    """Changes of the manifest: proposed, confirmed, and brought to the projects."""
    for statement in _PROPOSALS:
        db.execute(statement)


# amounts: what of the project was held against lines of money, null = not known. A proposal is a whole version of the
# manifest with the one it was made from; at most one of those made from one version is ever applied.
_THRESHOLDS = (
    "ALTER TABLE projects ADD COLUMN amounts TEXT",
    "UPDATE projects SET law_version = ''",
    """CREATE TABLE proposals (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('change', 'rollback')),
        base_version TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, beside TEXT NOT NULL,
        changes TEXT NOT NULL, preview TEXT NOT NULL, needs_second INTEGER NOT NULL, proposed_by TEXT NOT NULL,
        reason TEXT NOT NULL, proposed_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'withdrawn', 'outdated')),
        decided_by TEXT, decided_at TEXT) STRICT""",
    "CREATE INDEX proposals_open ON proposals (id) WHERE state = 'open'",
)


@migrations(name="0009_thresholds")
def thresholds(db: Database) -> None:
    """What a change of the manifest reaches, proposed before it is applied."""
    for statement in _THRESHOLDS:
        db.execute(statement)


# The audit is listed in the order in which it was written, which is that of its chain: an index ends with the row's id
# anyway, so these stay small on the table that grows fastest. The expressions are those of plugin/ledger/listings.py.
_AUDIT_LIST = (
    "CREATE INDEX audit_day ON audit (substr(at, 1, 10))",
    "CREATE INDEX audit_group ON audit (substr(action, 1, instr(action, '.') - 1))",
    "CREATE INDEX audit_actor ON audit (actor)",
    "CREATE INDEX audit_actor_group ON audit (actor, substr(action, 1, instr(action, '.') - 1))",
)


@migrations(name="0010_audit_list")
def audit_list(db: Database) -> None:
    """What the console's list of the audit is filtered by."""
    for statement in _AUDIT_LIST:
        db.execute(statement)


def unknown_migrations(connection: sqlite3.Connection) -> list[str]:
    """What a newer version of the product did to this file. Reads only."""
    ours = {each.name for each in migrations.pending(Database(memory=True))}
    db = Database(connection, execute_plugins=False, strict=True)
    return [each.name for each in migrations.applied(db) if each.name not in ours]


def pending_migrations(connection: sqlite3.Connection) -> list[str]:
    db = Database(connection, execute_plugins=False, strict=True)
    return [each.name for each in migrations.pending(db)]


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to this code; refuse one that is ahead of it before anything is written."""
    unknown = unknown_migrations(connection)
    if unknown:
        raise LedgerError(
            "LEDGER_NEWER",
            f"台账由更新版本的程序建立（含本程序不认识的结构变更：{'、'.join(unknown)}），本程序不会改动它。"
            "请升级程序，或从升级前的备份恢复。",
        )
    migrations.apply(Database(connection, execute_plugins=False, strict=True))
