"""Every page × every role, from one table. A route that is not in it fails; so does a change by GET."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from plugin.console.access import MAY, Role

from .conftest import House

ROLES = (None, *Role)
LISTS = ("projects", "submissions", "obligations", "filings", "messages")
# endpoint, method, path, who may: N nobody signed in, A admin, R reader, U auditor, O operator, C construction unit
TABLE = (
    ("console.static", "GET", "/console/static/console.css", "NARUOC"),
    ("console.nowhere", "GET", "/console/nothing/here", "NARUOC"),
    ("console.home", "GET", "/console/", "ARUOC"),
    ("console.signin.ask", "GET", "/console/sign-in", "NARUOC"),
    ("console.signin.enter", "POST", "/console/sign-in", "NARUOC"),
    ("console.signin.link", "GET", "/console/sign-in/link", "NARUOC"),
    ("console.signin.enter_by_link", "POST", "/console/sign-in/link", "NARUOC"),
    ("console.signin.leave", "POST", "/console/sign-out", "ARUOC"),
    ("console.signin.password", "GET", "/console/password", "ARUOC"),
    ("console.signin.change_password", "POST", "/console/password", "ARUOC"),
    *(("console.lists.show", "GET", f"/console/{name}", "ARUC") for name in LISTS),
    *(
        ("console.lists.export", "GET", f"/console/{name}.{kind}", "ARUC")
        for name in LISTS
        for kind in ("xlsx", "csv")
    ),
    ("console.lists.save_view", "POST", "/console/projects/views", "ARC"),
    ("console.lists.drop_view", "POST", "/console/projects/views/1/drop", "ARC"),
    ("console.lists.deliveries", "GET", "/console/deliveries", "AUO"),
    ("console.lists.export_deliveries", "GET", "/console/deliveries.csv", "AUO"),
    ("console.lists.audit", "GET", "/console/audit", "AU"),
    *(("console.lists.export_audit", "GET", f"/console/audit.{kind}", "AU") for kind in ("xlsx", "csv")),
    ("console.projects.show", "GET", "/console/projects/DEMO-2025-0001", "ARUC"),
    ("console.projects.archive", "GET", "/console/projects/DEMO-2025-0001.zip", "ARUC"),
    ("console.submissions.show", "GET", "/console/submissions/standard/demand", "ARUC"),
    ("console.submissions.override", "POST", "/console/submissions/standard/demand/override", "A"),
    ("console.submissions.attach", "POST", "/console/submissions/standard/demand/attach", "A"),
    ("console.acts.ask", "GET", "/console/acts/approval_reply?project=DEMO-2025-0001", "A"),
    ("console.acts.save", "POST", "/console/acts/approval_reply?project=DEMO-2025-0001", "A"),
    ("console.acts.ask_part", "GET", "/console/submissions/standard/share/part", "A"),
    ("console.acts.save_part", "POST", "/console/submissions/standard/share/part", "A"),
    ("console.imports.ask", "GET", "/console/import", "A"),
    ("console.imports.template", "GET", "/console/import.xlsx", "A"),
    ("console.imports.take", "POST", "/console/import", "A"),
    ("console.similar.show", "GET", "/console/similar", "ARU"),
    ("console.similar.compare", "GET", "/console/similar/DEMO-2025-0001/DEMO-2025-0001", "ARU"),
    ("console.overview.show", "GET", "/console/overview", "ARUOC"),
    ("console.operations.show", "GET", "/console/operations", "AUO"),
    ("console.operations.interface", "GET", "/console/operations/interface", "AUO"),
    ("console.operations.replay", "POST", "/console/operations/dead/O1/replay", "AO"),
    ("console.limits.show", "GET", "/console/limits", "ARU"),
    *(("console.limits.export", "GET", f"/console/limits.{kind}", "ARU") for kind in ("xlsx", "csv")),
    ("console.limits.ask", "GET", "/console/limits/high_value_yuan", "ARU"),
    ("console.limits.propose", "POST", "/console/limits/high_value_yuan", "A"),
    ("console.proposals.show_all", "GET", "/console/proposals", "ARU"),
    ("console.proposals.show", "GET", "/console/proposals/1", "ARU"),
    ("console.proposals.confirm", "POST", "/console/proposals/1/confirm", "A"),
    ("console.proposals.withdraw", "POST", "/console/proposals/1/withdraw", "A"),
    ("console.versions.show_all", "GET", "/console/versions", "ARU"),
    ("console.versions.show", "GET", "/console/versions/000000000000", "ARU"),
    ("console.versions.propose", "POST", "/console/versions/000000000000", "A"),
    ("console.people.show", "GET", "/console/people", "AU"),
    ("console.people.add_feed", "POST", "/console/people/feeds", "A"),
    ("console.people.revoke_feed", "POST", "/console/people/feeds/1/revoke", "A"),
)
LETTERS = dict(zip("NARUOC", ROLES, strict=True))
ELSEWHERE = {  # routes that are not the console's: signed, or open without content
    "root", "metrics", "healthz", "readyz", "openapi", "webhooks.verdict", "webhooks.receive", "feeds.feed",
}  # fmt: skip


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """(endpoint, method) → rule, for every route there is."""
    return {
        (rule.endpoint, method): rule.rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table(stocked: House) -> None:
    ours = {key for key in routes(stocked.app) if key[0] not in ELSEWHERE}
    assert ours == {(endpoint, method) for endpoint, method, _path, _who in TABLE}
    assert {endpoint for endpoint, *_ in TABLE} == set(MAY)


def test_the_table_names_real_paths(stocked: House) -> None:
    adapter = stocked.app.url_map.bind("console.test")
    for endpoint, method, path, _who in TABLE:
        assert adapter.match(path.partition("?")[0], method)[0] == endpoint


def entered(status: int, location: str) -> bool:
    """Whether the page itself answered, rather than the guard."""
    return status not in (401, 403) and not location.startswith("/console/sign-in?next=")


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_each_role_gets_what_the_table_says_and_nothing_else(stocked: House, role: Role | None) -> None:
    wrong = []
    looking = stocked.browser(role)
    for endpoint, method, path, who in TABLE:
        browser = looking if method == "GET" else stocked.browser(role)  # a change may end the session
        browser.get("/console/sign-in")
        reply = browser.get(path) if method == "GET" else browser.post(path, {"login": "x"})
        may = role in {LETTERS[letter] for letter in who}
        passed = entered(reply.status_code, reply.headers.get("Location", ""))
        if endpoint.startswith("console.signin.enter"):
            passed = True  # a wrong password is answered 401 by the page itself
        if passed != may:
            wrong.append((endpoint, method, reply.status_code))
    assert wrong == []


def test_no_change_is_taken_without_its_token(stocked: House) -> None:
    for _endpoint, method, path, _who in TABLE:
        if method == "POST":
            browser = stocked.browser(Role.ADMIN)
            browser.token = ""
            assert browser.post(path).status_code == 400, path


def test_a_token_of_another_session_is_none(stocked: House) -> None:
    mine, other = stocked.browser(Role.ADMIN), stocked.browser(Role.ADMIN)
    mine.token = other.token
    assert mine.post("/console/sign-out").status_code == 400


def test_nothing_changes_by_get(stocked: House) -> None:
    """What changes has no GET of its own; asking for it by GET ends at no page."""
    changing = {rule for (endpoint, method), rule in routes(stocked.app).items() if method != "GET"}
    adapter = stocked.app.url_map.bind("console.test")
    for rule in changing:
        if not rule.startswith("/console"):
            continue
        example = next(
            path
            for endpoint, method, path, _ in TABLE
            if routes(stocked.app)[endpoint, method] == rule and method != "GET"
        )
        endpoint, _values = adapter.match(example, "GET")
        assert endpoint == "console.nowhere" or MAY.keys() >= {endpoint}


def test_looking_at_every_page_writes_nothing(stocked: House) -> None:
    browser = stocked.browser(Role.ADMIN)
    before = dump(stocked)
    for endpoint, method, path, who in TABLE:
        if (
            method == "GET" and "A" in who and "export" not in endpoint and "archive" not in endpoint
        ):  # that one was made is recorded
            assert browser.get(path).status_code in (200, 302, 404), path
    assert dump(stocked) == before


def dump(stocked: House) -> list[Any]:
    tables = [
        name
        for (name,) in stocked.ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
    ]
    return [stocked.ledger.rows(f"SELECT * FROM {name}") for name in tables if not name.startswith("sqlite_")]


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/console/people", "/console/nothing", "/console/sign-out"]
)
def test_every_answer_carries_the_guarding_headers(stocked: House, path: str) -> None:
    for reply in (stocked.browser().get(path), stocked.browser(Role.ADMIN).get(path)):
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["Cache-Control"] == "private, no-store"
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookie_is_for_us_alone(make_house: Callable[..., House]) -> None:
    stocked = make_house()
    reply = stocked.browser().sign_in(stocked.account(Role.ADMIN))
    cookie = reply.headers["Set-Cookie"]
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/console"))
    assert "Expires" not in cookie


def test_on_this_machine_itself_the_cookie_needs_no_tls(stocked: House) -> None:
    reply = stocked.app.test_client().get("/console/sign-in", base_url="http://127.0.0.1:8700")
    assert "Secure" not in reply.headers["Set-Cookie"]
