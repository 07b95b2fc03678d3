"""What a project page shows of the world outside: filings and refusals, digests, attachments; what leaves as a zip or a calendar."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from hashlib import sha256
from urllib.parse import unquote
from zipfile import ZipFile

from jobs.notices import FilingNotices
from plugin.console.access import Role
from plugin.filings import ABOUT
from plugin.ledger import REFUSED, AttachmentRow, Difference
from plugin.remote import RemoteRejected

from .conftest import NOW, House
from .test_acts import CODE, PROJECT, REVIEW, admin, plain, text

ARCHIVE = f"{PROJECT}.zip"
FEEDS = "/console/people/feeds"


def test_a_refused_filing_shows_the_word_of_the_other_side(stocked: House) -> None:
    ledger = stocked.ledger
    item = ledger.outbox.claim(("filing",), NOW)
    assert item
    ledger.outbox.dead(item.id, "对方拒收", NOW)
    ledger.replies.keep(item.id, REFUSED, 422, '{"reason": "缺少批复文号"}', NOW)
    found = Difference(CODE, item.key, "undelivered", "需求征集没有送达。", for_person=True)
    ledger.differences.put(CODE, [found], NOW)
    page = plain(text(stocked.browser(Role.READER).get(PROJECT)))
    assert "2025-03-1009:00对方拒收" in page
    assert "缺少批复文号" in page
    assert "没有送达。需求征集没有送达。" in page
    assert f"{CODE}没有送达需求征集没有送达。" in plain(
        text(stocked.browser(Role.OPERATOR).get("/console/operations"))
    )


def test_reminders_stand_on_the_page_with_how_they_went(stocked: House) -> None:
    ledger = stocked.ledger
    for key, persons in (("performance_report:2025", ["u1"]), ("project_completion", [])):
        ledger.reminders.record(CODE, key, "due@2025-03-10", "responsible", "standard", persons, NOW)
    reader = stocked.browser(Role.READER)
    assert "没有可提醒的人" in text(reader.get(PROJECT))
    assert ledger.reminders.gather_next(NOW, date(2025, 3, 10))
    item = ledger.outbox.claim(("reminder",), NOW)
    assert item
    tried = ledger.attempts.begin(item.key, "email", "u1", NOW, repeat=False)
    ledger.attempts.end(tried, "failed", NOW, "邮件服务器没有应答")
    assert "发送中邮件服务器没有应答" in plain(text(reader.get(PROJECT)))
    ledger.attempts.end(tried, "sent", NOW)
    ledger.outbox.sent(item.id, {"channel": "email"}, NOW)
    ledger.reminders.told(item.key)
    assert "张三已送达（电子邮件）" in plain(text(reader.get(PROJECT)))
    assert "到期事项提醒（当日汇总，各项目的提醒见项目页）到期提醒u1" in plain(
        text(reader.get("/console/messages"))
    )


def test_attachments_say_whether_we_hold_them(stocked: House) -> None:
    ledger = stocked.ledger
    for ref in ("a", "b"):
        row = AttachmentRow(
            "standard", "share", ref, "sharing_confirmation", "proof", f"{ref}.pdf", "https://x"
        )
        ledger.attachments.note([row], NOW)
    claimed = ledger.attachments.claim(NOW)
    assert claimed
    ledger.attachments.stored(claimed, b"x" * 3000)
    for place in (PROJECT, "/console/submissions/standard/share"):
        page = text(stocked.browser(Role.READER).get(place))
        assert f"{claimed.name} <small>2 KB · 已取回</small>" in page
        assert "待取回" in page
        assert "https://x" not in page


def test_the_archive_is_whole_and_on_record(stocked: House) -> None:
    reply = admin(stocked).get(ARCHIVE)
    assert reply.headers["Content-Type"] == "application/zip"
    assert "filename*=UTF-8''" in reply.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(reply.data)) as packed:
        said = [line.split("  ", 1) for line in packed.read("sha256sums").decode().splitlines()]
        assert said
        assert all(sha256(packed.read(name)).hexdigest() == digest for digest, name in said)
        assert {name for _, name in said} | {"sha256sums"} == set(packed.namelist())
    [entry] = [
        each for each in stocked.ledger.audit.of(f"project:{CODE}") if each.action == "console.archived"
    ]
    assert entry.actor == "admin-person"
    assert not list(stocked.ledger.path.parent.glob("*.zip"))


def test_the_name_of_an_archive_fits_into_a_header_and_a_folder(house: House) -> None:
    house.desk.save("demand", project_name="甲/乙:" + "长" * 190)
    said = admin(house).get(ARCHIVE).headers["Content-Disposition"]
    name = unquote(said.partition("UTF-8''")[2])
    assert name.startswith("甲_乙_长") and name.endswith(f"-{CODE}.zip")
    assert len(said) < 1000 and "/" not in said


def test_a_unit_gets_the_archive_of_its_own_projects_only(stocked: House) -> None:
    stocked.desk.save("large_demand", construction_unit="县水利局（演示）")
    unit = stocked.browser(Role.UNIT)
    assert unit.get(ARCHIVE).status_code == 200
    assert unit.get("/console/projects/DEMO-2025-0002.zip").status_code == 404
    assert unit.get("/console/projects/DEMO-2025-0009.zip").status_code == 404


def test_a_calendar_link_is_shown_once_and_can_be_revoked(stocked: House) -> None:
    browser = admin(stocked, "/console/people")
    page = text(browser.post(FEEDS, {"unit": ""}))
    [path] = re.findall(r"https?://[^/]+(/calendar/[^<]+\.ics)", page)
    client = stocked.app.test_client()
    assert client.get(path).status_code == 200
    assert path not in text(browser.get("/console/people"))
    assert browser.post(FEEDS, {"unit": "没有这个单位"}).status_code == 302
    assert browser.post(f"{FEEDS}/1/revoke").status_code == 302
    assert client.get(path).status_code == 404
    assert [(each.unit, each.made_by) for each in stocked.ledger.feeds.list()] == [(None, "admin-person")]


def test_behind_a_proxy_a_calendar_link_is_an_encrypted_one(stocked: House) -> None:
    """The token must not go over the wire in the open, and TLS ends before us."""
    browser = admin(stocked, "/console/people")
    through = {"wsgi.url_scheme": "http"}
    assert "https://console.test/calendar/" in text(
        browser.post(FEEDS, {"unit": ""}, environ_overrides=through)
    )


def test_a_refused_filing_of_the_bureau_s_own_record_is_told_on_the_platform(stocked: House) -> None:
    """The console is no platform that messages go to."""
    admin(stocked).post(f"/console/acts/expert_review?project={CODE}", REVIEW)
    manifest = replace(stocked.services.manifest(), recipients={"data_bureau": ("b1",)})
    notices = FilingNotices(stocked.ledger, lambda: manifest)
    while item := stocked.ledger.outbox.claim(("filing",), NOW):
        if item.payload[ABOUT]["platform"] == "console":
            break
        stocked.ledger.outbox.sent(item.id, {}, NOW)
    assert item
    _scope, told = notices(item, RemoteRejected("对方没有接收。", "缺少附件"), NOW)
    assert {(each.payload["platform"], each.payload["record"]) for each in told} == {("standard", None)}
    assert [each.payload["to"] for each in told] == ["b1"]
