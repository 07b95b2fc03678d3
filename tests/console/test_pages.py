"""The first page, the project page, operations, comparison, metrics: what they show and what they never show."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from jobs.scheduler import Job, Timetable
from plugin.app import openapi_text
from plugin.comparing import compare
from plugin.console.access import Role
from plugin.console.charts import Bar, Pair, bars, columns
from plugin.console.compare import compared
from plugin.console.contract import described
from plugin.console.way import way_of
from plugin.demo_bulk import fill
from plugin.demo_projects import invented
from plugin.ledger import Ledger, ObligationRow, Outgoing, Query
from plugin.ledger.schema import migrations
from plugin.lifecycle import Held, digest_of
from tests.ledger.makers import head, project

from .conftest import ENVIRON, NOW, House
from .test_acts import CODE, CONFIRMED, PART, PROJECT, admin, plain, text


def test_the_first_page_counts_what_is_due_and_what_waits(house: House) -> None:
    house.desk.save("demand")
    house.desk.save("contract", project_code=CODE)
    house.desk.save("completion", project_code=CODE)
    house.desk.save("late_demand")
    house.desk.save("overridable", project_code="DEMO-2025-0002")
    page = plain(text(house.browser(Role.READER).get("/console/overview")))
    assert "1待核准、待关联的提交" in page
    assert "尚未收到备案回执" in page
    assert "最近一次收到提交2025-03-1009:00" in page
    assert "可行性研究报告便民档案查询" in page
    assert "初步验收农情一张图" in page


def test_each_number_of_the_first_page_is_that_of_the_list_it_leads_to(house: House) -> None:
    today = date(2025, 3, 10)
    with house.ledger.write_tx():
        for number in range(12):
            code, due = f"T-{number}", today + timedelta(days=number * 10 - 40)
            house.ledger.projects.put(project(code, name=f"项目{number}"))
            duties = [ObligationRow(code, "contract_filing:x", "contract_filing", "31", due, due)]
            if number == 2:  # its day was on a rest day: still in time
                last = today + timedelta(days=1)
                duties = [ObligationRow(code, "contract_filing:x", "contract_filing", "31", due, last)]
            house.ledger.obligations.sync(code, duties, NOW)
            standing = ("awaiting_override", "unattached", "taken")[number % 3]
            house.ledger.submissions.put_head(head(f"r{number}", code, standing=standing))
    browser = house.browser(Role.READER)
    tiles = re.findall(
        r'<li><a href="([^"]+)"><b[^>]*>([0-9,]+)</b>([^<]+)</a>', text(browser.get("/console/overview"))
    )
    assert [(number, said) for _href, number, said in tiles[:3]] == [
        ("3", "已逾期事项"), ("5", "30天内到期"), ("8", "待核准、待关联的提交")
    ]  # fmt: skip
    for href, number, said in tiles:
        page = text(browser.get(href.replace("&amp;", "&")))
        assert f"共 {number} " in page, said


def test_a_number_beyond_what_is_counted_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.desk.save("late_demand")
    monkeypatch.setattr("plugin.ledger.lists.COUNTED", 0)
    monkeypatch.setattr("plugin.console.words.COUNTED", 0)
    assert "超过1万尚未收到备案回执" in plain(text(house.browser(Role.READER).get("/console/overview")))


def test_the_project_page_holds_the_whole_story(stocked: House) -> None:
    stocked.desk.save("refused", project_code=CODE)
    admin(stocked).post(PART, CONFIRMED)
    page = text(stocked.browser(Role.READER).get(PROJECT))
    assert 'aria-current="step"' in page
    assert "材料中没有数据资源共享分析篇（章）。" in page
    assert re.search(r"<details class=\"law\"><summary>第二十四条第一款</summary><blockquote>[^<]{20,}", page)
    said = plain(page)
    assert "张三（县农业农村局）提交“需求征集”" in said
    assert "某admin（歙县数据资源局）补填“数据共享确认”控制台" in said
    assert "数据资源局办理" not in said  # a reader does nothing


def test_what_was_purged_is_on_no_page(house: House) -> None:
    house.desk.save("demand")
    house.desk.accept(house.desk.event("demand", classified="是"))
    browser = house.browser(Role.ADMIN)
    pages = (
        "overview",
        f"projects/{CODE}",
        "projects",
        "submissions",
        "filings",
        "messages",
        "deliveries",
        "projects?q=农情一张图",
    )
    for page in pages:
        assert "农情一张图" not in text(browser.get(f"/console/{page}")).replace(
            'value="农情一张图"', ""
        ).replace("q=农情一张图", ""), page


def test_dead_letters_are_shown_without_content_and_sent_again(stocked: House) -> None:
    ledger = stocked.ledger
    item = ledger.outbox.claim(("filing",), NOW)
    assert item
    ledger.outbox.dead(item.id, "REJECTED", NOW)
    browser = stocked.browser(Role.OPERATOR)
    page = text(browser.get("/console/operations"))
    assert f"O{item.id}" in page and "REJECTED" in page
    assert "农情" not in page
    place = f"/console/operations/dead/O{item.id}/replay"
    assert browser.post(place).status_code == 302
    row = ledger.outbox.get(item.id)
    assert row and row.state == "pending"
    assert [each.actor for each in ledger.audit.of(item.key) if each.action == "outbox.replayed"] == [
        "operator-person"
    ]
    assert "可能已经重发" in text(browser.post(place, follow_redirects=True))


def test_a_delivery_that_was_given_up_is_taken_again(stocked: House) -> None:
    stocked.desk.accept(stocked.desk.event("large_demand"))
    item = stocked.ledger.inbox.claim(NOW)
    assert item
    stocked.ledger.inbox.dead(item.id, "KeyError", NOW)
    browser = stocked.browser(Role.ADMIN)
    assert "KeyError" in text(browser.get("/console/operations"))
    browser.post(f"/console/operations/dead/I{item.id}/replay")
    assert stocked.ledger.inbox.counts()["open"] == 1


def test_operations_name_what_was_refused_and_hide_every_key(
    make_house: Callable[..., House], tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(ENVIRON["ZHENGXIANG_WEBHOOK_SECRETS"])
    environ = {name: key for name, key in ENVIRON.items() if "WEBHOOK" not in name and "SSO" not in name}
    house = make_house({**environ, "ZHENGXIANG_WEBHOOK_SECRETS_FILE": str(file)})
    house.app.test_client().post("/webhooks/standard/demand_collection", json={})
    house.desk.accept(house.desk.event("demand", classified="是"))
    page = text(house.browser(Role.OPERATOR).get("/console/operations"))
    assert "拒收：没有签名" in page
    assert "没有设置 ZHENGXIANG_SSO_SECRETS" in page
    assert "后台任务从未运行" in page
    assert "没有2027年的节假日安排" not in page
    assert not [key for key in ENVIRON.values() if key in page]


def test_a_job_that_stands_still_is_seen(house: House) -> None:
    house.ledger.overview.ticked("inbox", "受理平台送来的提交", 1, NOW - timedelta(minutes=10))
    house.ledger.overview.ticked(
        "inbox", "受理平台送来的提交", 1, NOW - timedelta(hours=1)
    )  # an older word changes nothing
    house.ledger.overview.ticked("audit", "封存审计记录", 60, NOW - timedelta(seconds=90))
    page = plain(text(house.browser(Role.AUDITOR).get("/console/operations")))
    assert "受理平台送来的提交1秒2025-03-1008:50已10分钟没有运行" in page
    assert "封存审计记录60秒2025-03-1008:58正常" in page


def test_that_a_job_ran_is_written_down_every_half_minute_not_every_second() -> None:
    told: list[datetime] = []
    at = [NOW]
    job = Job("inbox", "受理", 1, lambda _now: False)
    timetable = Timetable((job,), lambda: at[0], lambda _name: None, lambda _job, now: told.append(now))
    for second in range(61):
        at[0] = NOW + timedelta(seconds=second)
        timetable._tick(job)
    assert told == [NOW, NOW + timedelta(seconds=30), NOW + timedelta(seconds=60)]


def test_the_interface_is_described_without_any_other_site(house: House) -> None:
    page = text(house.browser(Role.OPERATOR).get("/console/operations/interface"))
    for path in ("/v1/verdicts/{form}", "/webhooks/{platform}/{form}", "/readyz"):
        assert path in page
    assert not re.search(r'(src|href)="https?:', page)
    verdict = described(openapi_text())["operations"][0]
    assert {"fields", "record"} <= {each["name"] for each in verdict["body"]}
    assert "401" in [status for status, _text, _fields in verdict["answers"]]


def test_metrics_are_numbers_for_this_machine_or_whoever_has_the_token(
    make_house: Callable[..., House], tmp_path: Path
) -> None:
    house = make_house()
    house.desk.save("demand")
    client = house.app.test_client()
    said = client.get("/metrics").get_data(as_text=True)
    assert 'zhengxiang_projects{state="demand_submitted"} 1.0' in said
    assert 'zhengxiang_outbox_due{kind="filing"} 1.0' in said
    assert "农情" not in said
    assert "\nzhengxiang_backup_age_seconds" not in said  # there is none yet
    house.ledger.backup(tmp_path / "copy.db", house.clock() - timedelta(hours=2))
    assert "zhengxiang_backup_age_seconds 7200.0" in client.get("/metrics").get_data(as_text=True)
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 403
    guarded = make_house({**ENVIRON, "ZHENGXIANG_METRICS_TOKEN": "t0ken"}).app.test_client()
    assert guarded.get("/metrics").status_code == 403
    assert guarded.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 403
    assert guarded.get("/metrics", headers={"Authorization": "Bearer t0ken"}).status_code == 200


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_is_none_and_opens_nothing(make_house: Callable[..., House], token: str) -> None:
    client = make_house({**ENVIRON, "ZHENGXIANG_METRICS_TOKEN": token}).app.test_client()
    for given in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {token}"}):
        reply = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.0.0.9"}, headers=given)
        assert reply.status_code == 403
    assert client.get("/metrics").status_code == 200


def test_dead_letters_are_counted_however_many_there_are(house: House) -> None:
    with house.ledger.write_tx():
        for number in range(1001):
            lane = f"lane{number}"
            one = Outgoing("message", f"message:{number}", lane, None, NOW, {})
            house.ledger.outbox.sync(lane, [one], NOW)
        house.ledger.connection.execute("UPDATE outbox SET state = 'dead'")
    said = house.app.test_client().get("/metrics").get_data(as_text=True)
    assert "zhengxiang_outbox_dead 1001.0" in said
    page = plain(text(house.browser(Role.OPERATOR).get("/console/operations")))
    assert "处理失败、等待人工1,001条，列出200条" in page


def test_two_declarations_that_resemble_each_other_are_laid_side_by_side(house: House) -> None:
    house.desk.save("demand")
    event = house.desk.event("demand", record="again", project_name="农情监测平台", estimated_investment_yuan="200万元",
                             funding=[{"source": "县级财政", "amount_yuan": "200万元"}])  # fmt: skip
    house.desk.accept(event)
    house.desk.take_all()
    browser = house.browser(Role.ADMIN)
    page = plain(text(browser.get("/console/similar")))
    assert "共1个项目有未认定的提示" in page
    assert "同一单位，可能是拆分" in page
    both = text(browser.get("/console/similar/DEMO-2025-0002/DEMO-2025-0001"))
    assert "<mark>建成全县农情一张图，灾情上报时间由两天缩短到两小时</mark>" in both
    place = re.search(r'href="(/console/acts/similarity_finding[^"]+)"', both)
    assert place
    form = text(browser.get(place[1].replace("&amp;", "&")))
    assert 'value="DEMO-2025-0001"' in form
    finding = {
        "classified": "否", "project_code": "DEMO-2025-0002", "project_name": "农情监测平台", "other_projects": "DEMO-2025-0001",
        "split_found": "否", "duplicate_found": "否", "reason": "服务对象不同", "decided_by": "王五", "decided_on": "2025-03-10", "do": "save",
    }  # fmt: skip
    assert browser.post("/console/acts/similarity_finding?project=DEMO-2025-0002", finding).status_code == 302
    assert "共0个项目有未认定的提示" in plain(text(browser.get("/console/similar")))
    again = plain(text(browser.get("/console/similar/DEMO-2025-0002/DEMO-2025-0001")))
    assert "王五认定，与DEMO-2025-0001不属于拆分申报，不属于重复建设。理由：服务对象不同" in again
    shown = plain(text(browser.get("/console/projects/DEMO-2025-0001")))
    assert "王五认定，与DEMO-2025-0002不属于拆分申报" in shown


def test_a_pair_found_to_be_duplicates_is_not_open_any_more(house: House) -> None:
    house.desk.save("demand")
    house.desk.accept(house.desk.event("demand", record="again", project_name="农情监测平台"))
    house.desk.take_all()
    project = house.ledger.projects.get("DEMO-2025-0002")
    assert project and project.facts["resembling"]
    house.file(
        "similarity_finding", "found",
        {
            "classified": "否", "project_code": "DEMO-2025-0002", "project_name": "农情监测平台", "other_projects": "DEMO-2025-0001",
            "split_found": "否", "duplicate_found": "是", "reason": "内容相同", "decided_by": "王五", "decided_on": "2025-03-10",
        },
    )  # fmt: skip
    after = house.ledger.projects.get("DEMO-2025-0002")
    assert after and not after.facts.get("resembling")
    house.desk.intake.refold("DEMO-2025-0001", NOW)
    other = house.ledger.projects.get("DEMO-2025-0001")
    assert other and not other.facts.get("resembling")


@pytest.mark.parametrize(
    ("one", "other", "marks"),
    [
        ("建设水库监测模块，接入数据", "另外建设水库监测模块若干", ["建设水库监测模块"]),
        (
            "建设12套水库监测设备",
            "建设900套水库监测设备",
            ["建设12套水库监测设备"],
        ),  # figures make no other project
        ("建设水库，监测模块", "建设水库监测模块", ["建设水库，监测模块"]),
        ("ＡＢＣ水库监测", "abc水库监测", ["ＡＢＣ水库监测"]),
        ("水库监测", "水库监测", []),  # shorter than six signs
        ("", "", []),
    ],
)
def test_shared_passages_are_marked_in_the_text_as_it_was_written(
    one: str, other: str, marks: list[str]
) -> None:
    [part] = [
        each for each in compared({"objectives": one}, {"objectives": other}) if each.label == "建设目标"
    ]
    assert [piece for piece, shared in part.one if shared] == marks
    assert "".join(piece for piece, _shared in part.one) == one


def test_a_chart_says_in_words_what_it_draws() -> None:
    drawn = str(bars("x", "各阶段项目数", [Bar("需求<b>", 3, "3个", "/a?b=1&c=2"), Bar("建设", 0, "0个")]))
    assert '<title id="x-t">各阶段项目数</title>' in drawn
    assert "需求&lt;b&gt;3个；建设0个" in drawn
    assert 'href="/a?b=1&amp;c=2"' in drawn
    assert 'width="0.0"' in drawn
    assert "style=" not in drawn
    money = str(
        columns("m", "投资额", [Pair("2025年度", 300, 100, "300万元"), Pair("2026年度", 0, 0, "0")], "已批复")
    )
    assert 'height="180.0"' in money
    assert 'height="60.0"' in money
    assert "style=" not in money
    assert "</svg>" in str(bars("e", "空", [])) + str(columns("f", "空", [], "x"))


@pytest.mark.parametrize(
    ("state", "facts", "now", "steps"),
    [
        ("demand_submitted", {}, "需求征集", 12),
        ("design_review", {"kind": "new"}, "方案审查", 12),
        ("acceptance_failed", {}, "竣工验收", 12),
        ("supplement", {}, "增补申请", 11),
        ("approved", {"supplement_granted": True}, "批复", 11),
        ("implementing", {"kind": "operation_maintenance"}, "建设实施", 5),
        ("closed", {}, "自评价", 12),
    ],
)
def test_the_way_marks_where_a_project_is(state: str, facts: dict[str, Any], now: str, steps: int) -> None:
    way = way_of(
        state, facts, [("demand_collection", date(2025, 1, 2)), ("demand_collection", date(2025, 2, 3))]
    )
    assert [each.name for each in way if each.mark == "now"] == [now]
    assert len(way) == steps
    if way[0].name == "需求征集":
        assert way[0].on == date(2025, 2, 3)


def test_invented_projects_are_the_same_for_the_same_seed() -> None:
    today = date(2026, 3, 10)
    assert list(invented(5, today)) == list(invented(5, today))
    assert list(invented(5, today)) == list(invented(9, today))[:5]
    assert all(
        paper.saved_at <= datetime(2026, 3, 11, tzinfo=UTC)
        for each in invented(30, today)
        for paper in each.papers
    )


def test_invented_projects_stand_in_every_phase_and_are_folded_by_the_real_rules(house: House) -> None:
    held: dict[str, dict[str, Any]] = {}

    def receive(filings: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        held.update(filings)
        return [{"receipt_no": f"LC-{key}", "key": key, "digest": digest_of(each)} for key, each in filings]

    assert fill(house.desk.intake, 40, NOW, receive) > 200
    assert fill(house.desk.intake, 40, NOW, receive) == 0
    states = house.ledger.projects.counts()
    assert {"implementing", "operating", "project_pool"} <= states.keys()
    assert house.ledger.overview.channels(("writeback",), NOW)[0].waiting == 0
    filings = house.ledger.outbox.list(kind="filing")
    there = [
        Held(row.receipt["receipt_no"], row.key, digest_of(held[row.key]), "", 1)
        for row in filings
        if row.receipt
    ]
    assert len(there) == len(held) > 100
    assert compare([row for row in filings if row.key in held], there, lambda _row: True) == []
    shown = house.browser(Role.READER).get("/console/overview")
    assert shown.status_code == 200


def test_an_older_ledger_is_sorted_and_found_like_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrations.apply(Database(old), stop_before="0008_search")
        facts = json.dumps({"kind": "new", "plan_year": 2025, "total_investment_yuan": "5000000.00"})
        old.execute(
            "INSERT INTO projects VALUES ('A-1', '农情', '某局', 'planned', ?, '1', '2025')", (facts,)
        )
        old.execute(
            "INSERT INTO obligations VALUES ('A-1', 'k', 'd', '31', '2025-04-01', NULL, NULL, NULL, 'x', 0, '{}', 'open', 1, '')"
        )
    with closing(Ledger.open(path)) as ledger:
        row = ledger.rows("SELECT kind, plan_year, investment_fen, supervision, next_due_on FROM projects")[0]
        assert row == ("new", 2025, 500_000_000, "normal", "2025-04-01")
        assert [each["code"] for each in ledger.lists.page(Query("projects", text="农情")).rows] == ["A-1"]
