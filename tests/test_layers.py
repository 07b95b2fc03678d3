"""The arrows between our packages, the homes of each library, and what may not stand in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("plugin", "webhooks", "forms", "jobs")
SOURCES = sorted(path for package in OURS for path in (ROOT / package).rglob("*.py"))

# module prefix → what of ours it may import. Inner layers first; the roots may import everything.
ARROWS = {
    "plugin.errors": (),
    "plugin.gate": (),
    "plugin.openapi": (),
    "plugin.clock": (),
    "plugin.jsonbody": ("plugin.errors",),
    "plugin.logs": (),
    "plugin.similar": (),
    "plugin.regulation": ("plugin.regulation",),
    "forms": ("forms",),
    "plugin.ledger": ("plugin.ledger", "plugin.errors", "plugin.regulation"),
    "plugin.http": ("plugin.errors",),
    "plugin.platforms.signing": ("plugin.errors",),
    "plugin.sdk_events": (),
    "plugin.sdk_verdicts": ("plugin.remote",),
    "plugin.sdk": ("forms", "plugin.sdk_events", "plugin.sdk_verdicts", "plugin.http", "plugin.remote", "plugin.platforms.signing"),
    "plugin.sdk_harness": ("forms", "plugin.sdk", "plugin.http"),
    "plugin.sdk_testing": ("forms", "plugin.sdk", "plugin.sdk_harness", "plugin.jsonbody"),
    "plugin.adapters": ("plugin.errors", "plugin.sdk"),
    "plugin.strict_yaml": ("plugin.errors",),
    "plugin.packs": ("plugin.errors", "plugin.strict_yaml", "plugin.regulation"),
    "plugin.holidays": ("plugin.errors", "plugin.strict_yaml", "plugin.regulation"),
    "plugin.manifest": (
        "plugin.errors", "plugin.strict_yaml", "plugin.packs", "plugin.holidays", "plugin.regulation", "plugin.manifest",
        "plugin.platforms.signing", "plugin.adapters", "plugin.reminders", "plugin.settings_words", "forms",
    ),
    "plugin.remote": ("plugin.errors", "plugin.http", "plugin.jsonbody", "plugin.platforms.signing"),
    "plugin.platforms": (
        "plugin.platforms", "plugin.remote", "plugin.sdk", "plugin.http", "plugin.jsonbody", "plugin.errors", "plugin.clock",
        "forms",
    ),
    "plugin.platforms.nocobase": (
        "plugin.platforms.nocobase", "forms", "plugin.http", "plugin.jsonbody", "plugin.remote", "plugin.sdk", "plugin.errors",
    ),
    "plugin.lifecycle": ("plugin.errors", "plugin.http", "plugin.remote"),
    "plugin.sandbox": ("plugin.sandbox", "forms", "plugin.platforms.signing"),
    "plugin.existing": ("forms", "plugin.regulation"),
    "plugin.papers": ("forms", "plugin.regulation", "plugin.clock", "plugin.existing"),
    "plugin.answers": ("forms", "plugin.regulation", "plugin.gate"),
    "plugin.assess": (
        "forms", "plugin.regulation", "plugin.answers", "plugin.gate", "plugin.papers", "plugin.jsonbody", "plugin.errors",
    ),
    "plugin.explain": ("plugin.regulation", "plugin.reminders"),
    "plugin.reminders": (),
    "plugin.feeds": ("plugin.ledger", "plugin.manifest", "plugin.moved", "plugin.reminding", "plugin.reminders", "plugin.clock"),
    "plugin.moved": ("plugin.ledger", "plugin.reminders"),
    "plugin.reminding": (
        "plugin.reminding", "plugin.reminders", "plugin.regulation", "plugin.clock", "plugin.ledger", "plugin.manifest",
        "plugin.sdk", "plugin.mail", "forms",
    ),
    "plugin.mail": ("plugin.errors", "plugin.remote"),
    "plugin.owing": (
        "plugin.reminding", "plugin.regulation", "plugin.clock", "plugin.ledger", "plugin.manifest", "plugin.papers",
        "plugin.standing", "forms",
    ),
    "plugin.outgoing": (
        "forms", "plugin.regulation", "plugin.answers", "plugin.ledger", "plugin.manifest", "plugin.papers",
    ),
    "plugin.filings": ("forms", "plugin.files", "plugin.regulation", "plugin.ledger", "plugin.manifest"),
    "plugin.undelivered": ("plugin.filings", "plugin.ledger", "plugin.letters"),
    "plugin.letters": ("plugin.errors", "plugin.ledger"),
    "plugin.comparing": ("plugin.filings", "plugin.ledger", "plugin.letters", "plugin.lifecycle"),
    "plugin.reconcile": (
        "plugin.clock", "plugin.comparing", "plugin.filings", "plugin.intake", "plugin.ledger", "plugin.lifecycle", "plugin.reminders",
        "plugin.standing",
    ),
    "plugin.demo_round": ("plugin.strict_yaml",),
    "plugin.demo_projects": ("plugin.strict_yaml",),
    "plugin.active": ("plugin.errors", "plugin.ledger", "plugin.manifest"),
    "plugin.files": ("forms", "plugin.ledger"),
    "plugin.versions": ("forms", "plugin.ledger", "plugin.regulation", "plugin.sdk", "plugin.settling"),
    "plugin.intake": (
        "plugin.versions",
        "plugin.files",
        "forms", "plugin.regulation", "plugin.answers", "plugin.gate", "plugin.ledger", "plugin.manifest", "plugin.outgoing",
        "plugin.papers", "plugin.sdk", "plugin.settling", "plugin.standing", "plugin.resemblance",
    ),
    "plugin.dossier": (
        "plugin.dossier", "forms", "plugin.clock", "plugin.errors", "plugin.gate", "plugin.ledger", "plugin.reminders",
    ),
    "plugin.importing": (
        "plugin.importing", "forms", "plugin.regulation", "plugin.answers", "plugin.clock", "plugin.errors", "plugin.gate",
        "plugin.intake", "plugin.ledger", "plugin.manifest", "plugin.papers", "plugin.reminders", "plugin.sdk",
    ),
    "plugin.resemblance": ("plugin.ledger", "plugin.similar"),
    "plugin.standing": ("plugin.ledger", "plugin.regulation"),
    "plugin.settling": (
        "plugin.owing",
        "plugin.standing",
        "plugin.resemblance",
        "plugin.filings",
        "forms", "plugin.regulation", "plugin.answers", "plugin.ledger", "plugin.manifest", "plugin.outgoing", "plugin.papers",
        "plugin.clock", "plugin.moved",
    ),
    "plugin.whatif": (
        "plugin.whatif", "forms", "plugin.regulation", "plugin.ledger", "plugin.manifest", "plugin.papers", "plugin.reminders",
        "plugin.settling", "plugin.standing",
    ),
    "plugin.manifest_edit": ("plugin.manifest_edit", "forms", "plugin.errors", "plugin.strict_yaml"),
    "plugin.thresholds": ("plugin.manifest", "plugin.regulation"),
    "plugin.settings": (
        "forms", "plugin.manifest", "plugin.manifest_edit", "plugin.regulation", "plugin.reminders", "plugin.strict_yaml",
        "plugin.settings_words",
    ),
    "plugin.settings_words": (),
    "plugin.proposals": (
        "forms", "plugin.active", "plugin.clock", "plugin.errors", "plugin.ledger", "plugin.manifest", "plugin.manifest_edit",
        "plugin.strict_yaml", "plugin.whatif",
    ),
    "plugin.console": (
        "plugin.console", "forms", "plugin.regulation", "plugin.ledger", "plugin.manifest", "plugin.intake", "plugin.bureau",
        "plugin.answers", "plugin.sdk", "plugin.errors", "plugin.clock", "plugin.platforms.signing", "plugin.reminders",
        "plugin.resemblance", "plugin.similar", "plugin.settling", "plugin.gate",
        "plugin.openapi", "plugin.strict_yaml", "plugin.letters", "plugin.comparing", "plugin.dossier",
        "plugin.manifest_edit", "plugin.proposals", "plugin.settings", "plugin.thresholds", "plugin.whatif", "plugin.importing",
    ),
    "webhooks": ("webhooks", "forms", "plugin.answers", "plugin.errors", "plugin.feeds", "plugin.gate", "plugin.intake", "plugin.jsonbody",
                 "plugin.ledger", "plugin.manifest", "plugin.platforms.signing", "plugin.sdk"),
    "jobs": ("jobs", "plugin", "forms"),
}  # fmt: skip
ROOTS = (
    "plugin.app",
    "plugin.cli",
    "plugin.commands",
    "plugin.serving",
    "plugin.demo",
    "plugin.demo_report",
    "plugin.demo_bulk",
    "plugin.schemas",
    "plugin.bureau",
)

HOMES = {
    "flask": ("webhooks", "plugin.app", "plugin.sandbox", "plugin.console", "plugin.serving"),
    "werkzeug": ("webhooks", "plugin.app", "plugin.sandbox", "plugin.console", "forms.posted"),
    "waitress": ("plugin.demo", "plugin.sandbox", "plugin.serving"),
    "jinja2": ("forms.render", "plugin.dossier", "plugin.sandbox"),
    "markupsafe": ("forms.render", "plugin.sandbox", "plugin.console"),
    "marshmallow": ("forms", "plugin.manifest_schema", "plugin.manifest"),
    "sqlite_utils": ("plugin.ledger",),
    "sqlite3": ("plugin.ledger", "plugin.sandbox.store"),
    "requests": ("plugin.http",),
    "urllib3": ("plugin.http",),
    "apscheduler": ("jobs",),
    "argon2": ("plugin.console", "plugin.commands.people", "plugin.demo"),
    "flask_wtf": ("plugin.console",),
    "prometheus_client": ("plugin.console",),
    "click": ("plugin.cli", "plugin.commands"),
    "ruamel": ("plugin.strict_yaml", "plugin.manifest_edit", "forms"),
    "icalendar": ("plugin.feeds",),
    "chinese_calendar": ("plugin.holidays",),
    "cryptography": ("plugin.platforms.signing",),
    "smtplib": ("plugin.mail",),
    "openpyxl": ("plugin.importing",),
    "xlsxwriter": ("plugin.importing", "plugin.console.export"),
}
STDLIB_FORBIDDEN_IN_CORE = {
    "os",
    "io",
    "pathlib",
    "sqlite3",
    "socket",
    "time",
    "random",
    "logging",
    "json",
    "urllib",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(prefix + ".") for prefix in prefixes)


def layer_of(module: str) -> str | None:
    fitting = [
        prefix
        for prefix in ARROWS
        if within(module, (prefix,)) or (prefix + "_" in module and prefix != "plugin")
    ]
    return max(fitting, key=len, default=None)


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_point_inward(path: Path) -> None:
    module = module_of(path)
    if within(module, ROOTS) or module in OURS:
        return
    layer = layer_of(module)
    assert layer is not None, f"{module} has no place in ARROWS: decide where it belongs"
    allowed = (*ARROWS[layer], layer)
    wrong = [
        name
        for name in imports_of(path)
        if name.split(".")[0] in OURS
        and name not in OURS
        and not within(name, allowed)
        and not covers(name, allowed)
    ]
    assert not wrong, f"{module} may not import {wrong}"


def covers(name: str, allowed: tuple[str, ...]) -> bool:
    """`from plugin import papers` also names `plugin`; the member is what counts."""
    return any(prefix.startswith(name + ".") for prefix in allowed) and name.count(".") == 0


def test_only_the_roots_import_the_receiver_and_the_jobs() -> None:
    for path in SOURCES:
        module = module_of(path)
        if not within(module, (*ROOTS, "webhooks", "jobs")):
            assert not [name for name in imports_of(path) if within(name, ("webhooks", "jobs"))], module


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_in_its_homes_only(library: str) -> None:
    users = {module_of(path) for path in SOURCES if within_any(imports_of(path), library)}
    assert not {module for module in users if not within(module, HOMES[library])}


def within_any(names: Iterable[str], library: str) -> bool:
    return any(within(name, (library,)) for name in names)


def test_every_library_we_lock_has_a_home() -> None:
    named = {
        re.split(r"[>=<\[ ]", line)[0]
        for line in metadata.requires("zhengxiang") or []
        if "extra ==" not in line
    }
    imported = {
        "sqlite-utils": "sqlite_utils",
        "ruamel-yaml": "ruamel",
        "chinesecalendar": "chinese_calendar",
        "argon2-cffi": "argon2",
        "flask-wtf": "flask_wtf",
        "prometheus-client": "prometheus_client",
    }
    assert {imported.get(name, name) for name in named} - set(HOMES) == {"tzdata"}


def test_the_core_is_pure() -> None:
    for path in (ROOT / "plugin" / "regulation").rglob("*.py"):
        wrong = {name.split(".")[0] for name in imports_of(path)} & STDLIB_FORBIDDEN_IN_CORE
        assert not wrong, f"{module_of(path)} imports {wrong}"
        assert "date.today(" not in path.read_text() and "datetime.now(" not in path.read_text(), module_of(
            path
        )


def test_sql_stands_in_the_ledger_only() -> None:
    sql = re.compile(
        r"\b(SELECT\s+.+\s+FROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b", re.S
    )
    for path in SOURCES:
        if within(module_of(path), ("plugin.ledger", "plugin.sandbox.store")):
            continue
        strings = [n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)]
        assert not [text for text in strings if isinstance(text, str) and sql.search(text)], module_of(path)


def test_no_code_names_a_county_or_its_document() -> None:
    for path in SOURCES:
        found = re.search(
            r"歙|黄山|shexian|She County|5_?000_?000|500_?000\b|2023-12-01", path.read_text(encoding="utf-8")
        )
        assert not found, f"{module_of(path)} names {found and found[0]}"


def test_no_dependency_brings_a_top_level_package_of_ours() -> None:
    owners = metadata.packages_distributions()
    assert all(set(owners.get(package, ["zhengxiang"])) <= {"zhengxiang"} for package in OURS)


def test_the_clock_is_read_at_the_edges_only() -> None:
    edges = ("plugin.commands", "plugin.serving", "plugin.demo", "jobs.scheduler")
    for path in SOURCES:
        if within(module_of(path), edges):
            continue
        calls = [
            ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
        ]
        assert not {"datetime.now", "date.today", "time.time"} & set(calls), module_of(path)
