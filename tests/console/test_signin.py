"""Signing in: passwords, the lock, the first password, sessions that end, the platform's link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plugin.console.access import Role
from plugin.console.security import local_path
from plugin.console.signin import first_password, signed_link, weakness
from plugin.platforms.signing import Secret

from .conftest import ENVIRON, KEY, NOW, PASSWORD, House

SSO = (Secret.parse(ENVIRON["ZHENGXIANG_SSO_SECRETS"]),)


def actions(house: House, login: str) -> list[str]:
    return [each.action for each in house.ledger.audit.of(f"person:{login}")]


def test_a_person_signs_in_works_and_signs_out(house: House) -> None:
    browser = house.browser(Role.ADMIN)
    assert browser.get("/console/people").status_code == 200
    assert browser.post("/console/sign-out").status_code == 302
    assert browser.get("/console/people").headers["Location"].startswith("/console/sign-in")
    assert actions(house, "admin-person")[:2] == ["person.signed_out", "person.signed_in"]


def test_a_session_that_was_signed_out_is_dead_even_if_its_cookie_was_kept(house: House) -> None:
    browser = house.browser(Role.ADMIN)
    cookie = browser.client.get_cookie("zhengxiang_console", domain="console.test", path="/console")
    assert cookie is not None
    browser.post("/console/sign-out")
    browser.client.set_cookie("zhengxiang_console", cookie.value, domain="console.test", path="/console")
    assert browser.get("/console/people").status_code == 302


@pytest.mark.parametrize(("login", "password"), [("admin-person", "wrong"), ("nobody", "wrong"), ("", "")])
def test_a_refusal_does_not_say_which_half_was_wrong(house: House, login: str, password: str) -> None:
    house.account(Role.ADMIN)
    reply = house.browser().sign_in(login, password)
    assert reply.status_code == 401
    assert "用户名或密码不正确，或者账号已停用、已锁定" in reply.get_data(as_text=True)


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(house: House) -> None:
    login, browser = house.account(Role.ADMIN), house.browser()
    for _ in range(5):
        assert browser.sign_in(login, "wrong").status_code == 401
    assert browser.sign_in(login).status_code == 401
    assert "person.locked" in actions(house, login)
    house.clock.at = NOW + timedelta(minutes=15)
    assert browser.sign_in(login).status_code == 302


def test_four_wrong_passwords_and_a_right_one_begin_the_count_anew(house: House) -> None:
    login, browser = house.account(Role.ADMIN), house.browser()
    for _ in range(2):
        for _ in range(4):
            browser.sign_in(login, "wrong")
        assert browser.sign_in(login).status_code == 302


def test_a_lock_holds_on_the_page_of_the_password_too(house: House) -> None:
    """Whoever sits at a screen that was left open does not get to try passwords without end."""
    browser, new = house.browser(Role.ADMIN), "quite new 22"
    for _ in range(5):
        browser.post("/console/password", {"old": "wrong", "new": new, "again": new})
    reply = browser.post("/console/password", {"old": PASSWORD, "new": new, "again": new})
    assert (reply.status_code, "已锁定" in reply.get_data(as_text=True)) == (422, True)
    house.clock.at = NOW + timedelta(minutes=15)
    assert browser.post("/console/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 302


def test_wrong_passwords_given_at_once_are_all_counted(house: House) -> None:
    person = house.ledger.people.by_login(house.account(Role.ADMIN))
    assert person
    for _ in range(5):  # each of them read the account before any had failed
        house.ledger.people.failed(person, 5, NOW + timedelta(minutes=15), NOW)
    assert house.browser().sign_in(person.login).status_code == 401


def test_the_first_password_opens_nothing_but_its_own_change(house: House) -> None:
    login, browser = house.account(Role.ADMIN, first=True), house.browser()
    assert browser.sign_in(login).status_code == 302
    assert browser.get("/console/people").headers["Location"] == "/console/password"
    wrong = {"old": "correct horse 1", "new": "a better 1 for me", "again": "another 1 for me"}
    assert browser.post("/console/password", wrong).status_code == 422
    right = {**wrong, "again": wrong["new"]}
    assert browser.post("/console/password", right).status_code == 302
    assert browser.get("/console/people").status_code == 200
    assert house.browser().sign_in(login, "a better 1 for me").status_code == 302


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short1", "10至128个字符"),
        ("nodigitsatall", "字母和数字"),
        ("12345678901", "字母和数字"),
        ("admin-person-1", "用户名"),
        ("aaaaaaaaaaa1", "重复"),
        ("correct horse 1", "不能与原密码相同"),
    ],
)
def test_a_weak_password_is_refused_and_why(house: House, new: str, said: str) -> None:
    browser = house.browser(Role.ADMIN)
    reply = browser.post("/console/password", {"old": "correct horse 1", "new": new, "again": new})
    assert (reply.status_code, said in reply.get_data(as_text=True)) == (422, True)


def test_a_new_password_ends_the_sessions_elsewhere(house: House) -> None:
    here, there = house.browser(Role.ADMIN), house.browser(Role.ADMIN)
    here.post("/console/password", {"old": "correct horse 1", "new": "quite new 22", "again": "quite new 22"})
    assert here.get("/console/people").status_code == 200
    assert there.get("/console/people").status_code == 302


@pytest.mark.parametrize(("away", "status"), [(29, 200), (31, 302)])
def test_half_an_hour_without_a_page_ends_a_session(house: House, away: int, status: int) -> None:
    browser = house.browser(Role.ADMIN)
    house.clock.at = NOW + timedelta(minutes=away)
    assert browser.get("/console/people").status_code == status


def test_a_working_day_ends_a_session_however_busy(house: House) -> None:
    browser = house.browser(Role.ADMIN)
    for minutes in range(20, 600, 20):
        house.clock.at = NOW + timedelta(minutes=minutes)
        assert browser.get("/console/people").status_code == 200
    house.clock.at = NOW + timedelta(hours=10)
    assert browser.get("/console/people").status_code == 302


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    browser = house.browser(Role.ADMIN)
    person = house.ledger.people.by_login("admin-person")
    assert person
    house.ledger.people.disable(person, "test", NOW)
    assert browser.get("/console/people").status_code == 302
    assert browser.sign_in("admin-person").status_code == 401


def enter_by(house: House, link: dict[str, str]) -> Any:
    browser = house.browser()
    browser.get("/console/sign-in/link", query_string=link)
    return browser.post("/console/sign-in/link", link)


def test_the_platforms_link_signs_in_once(house: House) -> None:
    house.account(Role.READER)
    link = signed_link("p-reader-person", SSO, NOW)
    assert enter_by(house, link).status_code == 302
    reply = enter_by(house, link)
    assert (reply.status_code, "已经用过" in reply.get_data(as_text=True)) == (401, True)


def test_looking_at_a_link_does_not_use_it_up(house: House) -> None:
    house.account(Role.READER)
    link = signed_link("p-reader-person", SSO, NOW)
    for _ in range(3):
        assert house.browser().get("/console/sign-in/link", query_string=link).status_code == 200
    assert enter_by(house, link).status_code == 302


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: {**link, "at": str(int(link["at"]) + 1)},
        lambda link: {**link, "who": signed_link("p-admin-person", SSO, NOW)["who"]},
        lambda link: {**link, "signature": "v1,AAAA"},
        lambda link: {**link, "who": "%%%"},
        lambda link: {},
        lambda _link: signed_link("p-reader-person", (Secret.parse(KEY),), NOW),
        lambda _link: signed_link("p-reader-person", SSO, NOW - timedelta(minutes=6)),
        lambda _link: signed_link("nobody", SSO, NOW),
    ],
)
def test_a_link_that_is_not_the_platforms_signs_nobody_in(
    house: House, spoil: Callable[..., dict[str, str]]
) -> None:
    house.account(Role.READER)
    house.account(Role.ADMIN)
    assert enter_by(house, spoil(signed_link("p-reader-person", SSO, NOW))).status_code == 401


def test_without_a_session_key_the_console_is_closed_and_says_so(make_house: Callable[..., House]) -> None:
    house = make_house({name: key for name, key in ENVIRON.items() if "SESSION" not in name})
    for path in ("/console/", "/console/sign-in", "/console/people"):
        reply = house.app.test_client().get(path)
        assert (reply.status_code, "ZHENGXIANG_SESSION_SECRETS" in reply.get_data(as_text=True)) == (
            503,
            True,
        )
    assert house.app.test_client().get("/readyz").status_code == 200


def test_an_old_session_key_still_reads_its_cookies(make_house: Callable[..., House]) -> None:
    new = "whsec_" + "E" * 43 + "="
    browser = make_house().browser(Role.ADMIN)
    cookie = browser.client.get_cookie("zhengxiang_console", domain="console.test", path="/console")
    assert cookie is not None
    later = make_house({**ENVIRON, "ZHENGXIANG_SESSION_SECRETS": f"{new} {KEY}"}).browser()
    later.client.set_cookie("zhengxiang_console", cookie.value, domain="console.test", path="/console")
    assert later.get("/console/people").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/console/",
        "//evil.test/console/",
        "/\\evil.test",
        "javascript:alert(1)",
        "/webhooks/x",
        "",
        "/console/sign-out",
        "//[",
        "http://[",
        "/console/people\r\nSet-Cookie: a=b",
        "/console/../webhooks/x",
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(house: House, wanted: str) -> None:
    with house.app.test_request_context("/console/"):
        assert local_path(wanted) == "/console/"
    reply = house.browser().sign_in(house.account(Role.ADMIN), next=wanted)
    assert reply.headers["Location"] == "/console/"


def test_the_page_that_was_asked_for_comes_after_signing_in(house: House) -> None:
    browser = house.browser()
    asked = browser.get("/console/people?x=%E4%B8%80").headers["Location"]
    assert asked == "/console/sign-in?next=/console/people?x%3D%25E4%25B8%2580"
    reply = browser.sign_in(house.account(Role.ADMIN), next="/console/people?x=1")
    assert reply.headers["Location"] == "/console/people?x=1"


def test_first_passwords_are_strong_and_differ() -> None:
    made = {first_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each) == 16 for each in made)
    assert weakness("a1" * 6, "x") is not None


def test_the_key_of_a_session_is_kept_as_a_digest(house: House) -> None:
    house.browser(Role.ADMIN)
    token = house.ledger.rows("SELECT digest FROM sessions")[0][0]
    assert len(token) == 64
