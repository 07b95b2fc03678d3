"""Due days as a calendar: what stands in it, that it is strictly RFC 5545, and who gets it until when."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from plugin.app import build, create_app
from plugin.cli import main
from plugin.demo import demo_manifest
from plugin.ledger import Ledger, ObligationRow, WatchedDuty
from plugin.manifest import Manifest
from tests.ledger.makers import project

NOW = datetime(2026, 11, 5, 1, 0, tzinfo=UTC)
FARM, WATER = "县农业农村局", "县水利局"
NAME = "农情一张图；含“墒情、虫情,气象”三类数据的采集、分析与灾情上报平台（二期）"
CONTENT_LINE = re.compile(r"[A-Z-]+(?:;[A-Z-]+=[^:;,\"]+)*:[^\x00-\x08\x0a-\x1f\x7f]*")
TEXTS = ("SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME")


@dataclass
class Office:
    """A ledger with duties, and the web application over it."""

    client: FlaskClient
    ledger: Ledger
    manifest: Manifest

    def link(self, unit: str | None = None) -> str:
        token = secrets.token_urlsafe(32)
        self.ledger.feeds.add(token, unit, "王五", NOW)
        return f"/calendar/{token}.ics"

    def events(self, link: str) -> dict[str, Any]:
        parsed = Calendar.from_ical(self.client.get(link).get_data())
        return {str(each["UID"]): each for each in parsed.walk("VEVENT")}


def application(code: str, due_on: date, last: date | None, **changes: Any) -> ObligationRow:
    key = "acceptance_application"
    return ObligationRow(code, key, key, "39(1)", due_on, last, provisional=last is None, **changes)


def owe(ledger: Ledger, code: str, *duties: ObligationRow) -> None:
    """These are the project's duties, and reminders go out about each that is open."""
    ledger.obligations.sync(code, duties, NOW)
    watched = (
        WatchedDuty(
            code, each.key, each.duty, each.article, each.window_opens_on, each.due_on, each.overdue_after,
            anchored_on=None, role="responsible", notice=False, platform="standard", person="u1",
        ) for each in duties if each.fulfilled_on is None
    )  # fmt: skip
    ledger.watched.sync(code, watched, NOW)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        manifest = demo_manifest({})
        ledger.manifests.apply(manifest.version, manifest.text, "test", NOW, manifest.beside)
        ledger.projects.put(project("A-1", name=NAME, unit=FARM))
        ledger.projects.put(project("B-1", name="智慧水利", unit=WATER))
        undated = ObligationRow("A-1", "contract_filing:合同一", "contract_filing", "31")
        done = ObligationRow(
            "A-1", "done", "preliminary_acceptance", "39(1)", date(2026, 5, 1), fulfilled_on=date(2026, 4, 1)
        )
        rolled = application("A-1", date(2026, 10, 3), date(2026, 10, 8))
        evaluation = ObligationRow(
            "A-1", "self_evaluation", "self_evaluation", "43", date(2026, 12, 9), date(2026, 12, 9), date(2025, 12, 9)
        )  # fmt: skip
        owe(ledger, "A-1", rolled, undated, done, evaluation)
        owe(ledger, "B-1", application("B-1", date(2027, 2, 6), None))
        app = create_app(build(ledger, {}, lambda: NOW))
        yield Office(app.test_client(), ledger, manifest)


def test_a_unit_sees_its_own_open_days_and_the_bureau_all(office: Office) -> None:
    farm, water, bureau = (office.events(office.link(unit)) for unit in (FARM, WATER, None))
    assert (len(farm), len(water), len(bureau)) == (2, 1, 3)
    assert farm.keys() | water.keys() == bureau.keys() and farm.keys().isdisjoint(water.keys())
    assert office.events(office.link("没有项目的单位")) == {}


def test_an_event_says_what_until_when_and_on_which_article(office: Office) -> None:
    event = next(each for each in office.events(office.link(FARM)).values() if each["DTSTART"].dt.month == 10)
    assert event["DTSTART"].to_ical() == b"20261003" and event["DTSTART"].params["VALUE"] == "DATE"
    assert event["DTEND"].dt == date(2026, 10, 4)
    assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CONFIRMED", 1, "TRANSPARENT")
    assert event["SUMMARY"] == f"竣工验收申请截止：{NAME}"
    told = str(event["DESCRIPTION"])
    for words in (
        f"项目：A-1 {NAME}", f"单位：{FARM}", "期限：2026-10-03（星期六），遇节假日顺延至2026-10-08（星期四）",
        "延期验收申请", "依据：第三十九条第一款“项目建设完成后，三个月内",
    ):  # fmt: skip
        assert words in told
    window = next(
        each for each in office.events(office.link(FARM)).values() if each["DTSTART"].dt.month == 12
    )
    assert "自2025-12-09（星期二）起可以办理。" in str(window["DESCRIPTION"])


def test_a_provisional_day_is_tentative(office: Office) -> None:
    (event,) = office.events(office.link(WATER)).values()
    assert event["STATUS"] == "TENTATIVE" and event["SUMMARY"].startswith("（暂定）")
    assert "该年度节假日安排尚未公布" in str(event["DESCRIPTION"])


def test_alarms_ring_on_the_mornings_on_which_reminders_go_out(office: Office) -> None:
    """Thirty, seven and one days before Saturday 3 October: 3 September, 26 September (a Saturday: the 25th is a holiday,
    so the 24th), and 2 October (a holiday: 30 September)."""
    event = next(each for each in office.events(office.link(FARM)).values() if each["DTSTART"].dt.month == 10)
    assert office.manifest.reminder_days("acceptance_application") == (30, 7, 1)
    mornings = [
        datetime(2026, 10, 3) + alarm["TRIGGER"].dt for alarm in event.walk("VALARM") if alarm["ACTION"] == "DISPLAY"
    ]  # fmt: skip
    assert mornings == [datetime(2026, 9, 3, 9), datetime(2026, 9, 24, 9), datetime(2026, 9, 30, 9)]


def test_a_moved_day_is_the_same_event_in_a_later_sequence(office: Office) -> None:
    link = office.link(WATER)
    before = office.events(link)
    office.ledger.obligations.sync("B-1", [application("B-1", date(2027, 2, 6), date(2027, 2, 8))], NOW)
    after = office.events(link)
    assert before.keys() == after.keys()
    (event,) = after.values()
    assert (event["SEQUENCE"], event["STATUS"]) == (2, "CONFIRMED")
    done = application("B-1", date(2027, 2, 6), date(2027, 2, 8), fulfilled_on=date(2026, 11, 5))
    office.ledger.obligations.sync("B-1", [done], NOW)
    assert office.events(link) == {}


def test_it_is_strictly_what_the_standard_asks(office: Office) -> None:
    reply = office.client.get(office.link())
    assert reply.content_type == "text/calendar; charset=utf-8"
    body = reply.get_data()
    assert (
        body.endswith(b"\r\n")
        and b"\n" not in body.replace(b"\r\n", b"")
        and b"\r" not in body.replace(b"\r\n", b"")
    )
    physical = body.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, physical)) <= 75
    assert all(line.decode("utf-8") for line in physical)  # no character is cut in two
    assert any(line.startswith(b" ") for line in physical)
    lines = body.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    open_parts: list[str] = []
    for line in lines:
        assert CONTENT_LINE.fullmatch(line), line
        name, _, value = line.partition(":")
        if name in ("BEGIN", "END"):
            open_parts.append(value) if name == "BEGIN" else open_parts.remove(value)
        if name in TEXTS:
            assert not re.search(r"(?<!\\)[,;]", value) and not re.search(r"\\[^,;nN\\]", value), line
    assert lines[0] == "BEGIN:VCALENDAR" and not open_parts
    parsed = Calendar.from_ical(body)
    assert not parsed.errors and not [each for part in parsed.walk() for each in part.errors]
    for event in parsed.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= event.keys()
        assert event["DTSTAMP"].dt.tzinfo is not None
    assert [str(parsed[name]) for name in ("VERSION", "METHOD")] == ["2.0", "PUBLISH"]
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines and "X-PUBLISHED-TTL:PT6H" in lines
    assert str(parsed["X-WR-CALNAME"]) == f"政项期限：{office.manifest.bureau}"


def test_what_a_program_has_already_is_not_sent_again(office: Office) -> None:
    link = office.link()
    first = office.client.get(link)
    assert first.get_data() == office.client.get(link).get_data()  # no clock in it
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = office.client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    since = office.client.get(link, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304
    office.ledger.obligations.sync("B-1", [], NOW + timedelta(hours=1))
    changed = office.client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["Last-Modified"] != first.headers["Last-Modified"]
    assert office.client.head(link).headers["ETag"] == changed.headers["ETag"]


def test_a_duty_that_rests_is_not_in_it(office: Office) -> None:
    """A project that was stopped (49), or asked for more time (39): its duties are open and nobody is reminded of them."""
    link = office.link()
    first = office.client.get(link)
    later = NOW + timedelta(hours=1)
    office.ledger.watched.sync("B-1", [], later)
    office.ledger.projects.put(project("B-1", name="智慧水利", unit=WATER, updated_at=later))
    assert len(office.events(link)) == 2 and office.ledger.obligations.of_project("B-1")[0].state == "open"
    for name, known in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert office.client.get(link, headers={name: first.headers[known]}).status_code == 200


def refused(reply: TestResponse) -> bool:
    problem = reply.get_json()
    return (reply.status_code, reply.mimetype, problem["code"]) == (
        404, "application/problem+json", "CALENDAR_UNKNOWN"
    ) and "索取新的链接" in problem["detail"]  # fmt: skip


def test_a_link_that_is_unknown_or_revoked_is_not_found(office: Office) -> None:
    link = office.link()
    (feed,) = office.ledger.feeds.list()
    assert office.client.get(link).status_code == 200
    for other in (
        link.replace(link[10:14], "AAAA"),
        "/calendar/%00.ics",
        "/calendar/张三.ics",
        "/calendar/a.ics",
    ):
        assert refused(office.client.get(other))
    etag = office.client.get(link).headers["ETag"]
    assert office.ledger.feeds.revoke(feed.id, "王五", NOW) and not office.ledger.feeds.revoke(
        feed.id, "王五", NOW
    )
    assert refused(office.client.get(link, headers={"If-None-Match": etag}))
    assert [each.action for each in office.ledger.audit.latest(2)] == [
        "calendar_feed.revoked",
        "calendar_feed.added",
    ]


def test_the_token_stands_nowhere(office: Office, tmp_path: Path) -> None:
    token = office.link().removeprefix("/calendar/").removesuffix(".ics")
    office.client.get(f"/calendar/{token}.ics")
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and token.encode() in path.read_bytes()
    ]


def test_a_unit_that_was_renamed_keeps_its_link(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    link = office.link("农业局")
    monkeypatch.setattr(Manifest, "unit_name", lambda _self, name: {"农业局": FARM}.get(name, name))
    assert len(office.events(link)) == 2


class TestCommands:
    @pytest.fixture
    def run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.chdir(tmp_path)
        for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
            monkeypatch.delenv(name, raising=False)
        command = lambda *arguments: CliRunner().invoke(main, [*arguments])  # noqa: E731
        command("init")
        command("apply", "--by", "王五", "--yes")
        return command

    def test_a_link_is_made_listed_and_revoked(self, run: Any, tmp_path: Path) -> None:
        made = run(
            "calendar",
            "feeds",
            "add",
            "--unit",
            FARM,
            "--by",
            "王五",
            "--address",
            "https://zx.example.gov.cn/",
        )
        assert made.exit_code == 0 and f"还没有“{FARM}”的项目" in made.stderr
        (link,) = re.findall(r"^https://zx\.example\.gov\.cn/calendar/([\w-]{43})\.ics$", made.stdout, re.M)
        assert "/calendar/" in run("calendar", "feeds", "add", "--bureau", "--by", "王五").stdout
        listed = run("calendar", "feeds", "list").stdout
        assert (
            re.search(rf"1  在用  {FARM}  \d{{4}}-\d\d-\d\d由王五建立", listed) and "2  在用  全县" in listed
        )
        assert link not in listed
        assert run("calendar", "feeds", "revoke", "1", "--by", "王五").exit_code == 0
        assert run("calendar", "feeds", "revoke", "1", "--by", "王五").exit_code == 1
        assert "撤销" in run("calendar", "feeds", "list").stdout.splitlines()[0]
        with closing(Ledger.open(tmp_path / "data" / "ledger.db")) as ledger:
            assert ledger.feeds.find(link) is None

    @pytest.mark.parametrize("whose", [(), ("--bureau", "--unit", FARM)])
    def test_it_is_for_a_unit_or_for_all(self, run: Any, whose: tuple[str, ...]) -> None:
        refused = run("calendar", "feeds", "add", *whose, "--by", "王五")
        assert refused.exit_code == 2 and "两者选一" in refused.stderr
