"""Lists: every filter, search, order and page; what a unit's person sees; what goes out as Excel and CSV."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from plugin.console.access import Role
from plugin.console.asked import as_key, asked, key_of
from plugin.console.export import as_csv
from plugin.console.listing import Column, Spec
from plugin.console.lists import SPECS
from plugin.ledger import Ledger, ObligationRow, Outgoing, Query
from plugin.ledger.listings import LISTINGS
from plugin.ledger.lists import COUNTED, Lists
from tests.ledger.makers import head, project

from .conftest import NOW, UNIT, House

NASTY = "=HYPERLINK(1)<b>&{{7*7}}"
NUMBER = 120


@pytest.fixture
def full(house: House) -> House:
    """Many projects of two units, with submissions, duties, filings and messages."""
    ledger = house.ledger
    with ledger.write_tx():
        for number in range(NUMBER):
            fill(ledger, number)
    return house


def fill(ledger: Ledger, number: int) -> None:
    code, unit = f"T-2025-{number:04d}", UNIT if number % 4 == 0 else "县水利局（演示）"
    name = NASTY if number == 7 else f"水库监测平台{number}" if number % 3 else f"Ａ级停车系统{number}"
    facts = {
        "kind": "new" if number % 2 else "upgrade", "plan_year": 2024 + number % 3,
        "total_investment_yuan": f"{(number % 10) * 100_000}.00", "resembling": [{}] if number == 5 else [],
    }  # fmt: skip
    state = "planned" if number % 5 else "implementing"
    at = NOW - timedelta(minutes=number)
    ledger.projects.put(project(code, name=name, unit=unit, state=state, facts=facts, updated_at=at))
    ledger.search.put(code, f"{code} {name} {unit}", f"建设内容{number}：小型水库雨情 100%完成_甲")
    due = date(2025, 3, 10) + timedelta(days=number - 60)
    duties = (
        [ObligationRow(code, "contract_filing:x", "contract_filing", "31", due, due)] if number % 6 else []
    )
    ledger.obligations.sync(code, duties, NOW)
    ledger.submissions.put_head(
        head(f"rec{number}", code, saved_at=at, standing="taken" if number % 7 else "awaiting_override", submitter={"id": "u", "name": name})
    )  # fmt: skip
    payload = {"step_title": name, "step": "x", "to": "u1", "title": name}
    wanted = [
        Outgoing(kind, f"{kind}:{number}", f"{code}:{kind}", code, at, payload)
        for kind in ("filing", "message")
    ]
    ledger.outbox.sync(f"project:{code}", wanted, NOW)


def codes(house: House, **query: Any) -> list[str]:
    return [row["code"] for row in house.ledger.lists.page(Query("projects", **{"limit": 500, **query})).rows]


def test_every_filter_of_every_list_is_understood_by_the_ledger(full: House) -> None:
    examples = {"day": "2025-03-01", "number": "10"}
    with full.app.app_context():
        for spec in SPECS.values():
            for each in spec.filters:
                for value in each.choices() if each.kind == "choice" else [examples[each.kind]]:
                    wanted = asked(spec, {each.name: value}, date(2025, 3, 10), None)
                    assert wanted.problems == ()
                    assert wanted.query.filters
                    full.ledger.lists.page(wanted.query)
                    assert full.ledger.lists.count(wanted.query) <= COUNTED + 1


@pytest.mark.parametrize(
    ("args", "number"),
    [
        ({}, NUMBER),
        ({"state": "implementing"}, 24),
        ({"phase": "建设"}, 24),
        ({"phase": "需求与计划"}, 96),
        ({"unit": UNIT}, 30),
        ({"year": "2025"}, 40),
        ({"kind": "new", "year": "2025"}, 20),
        ({"from_wan": "90"}, 12),
        ({"from_wan": "20", "until_wan": "30"}, 24),
        ({"due": "over"}, 50),
        ({"state": "no-such-state"}, NUMBER),
    ],
)
def test_filters_keep_what_fits(full: House, args: dict[str, str], number: int) -> None:
    with full.app.app_context():
        assert (
            full.ledger.lists.count(asked(SPECS["projects"], args, date(2025, 3, 10), None).query) == number
        )


@pytest.mark.parametrize(
    ("name", "value"), [("from_wan", "许多"), ("from_wan", "1e99"), ("from_wan", "NaN"), ("until_wan", "-1")]
)
def test_a_filter_that_makes_no_sense_is_named_and_left_out(full: House, name: str, value: str) -> None:
    page = (
        full.browser(Role.READER).get("/console/projects", query_string={name: value}).get_data(as_text=True)
    )
    assert "没有生效" in page
    assert f"共 {NUMBER} 个项目" in page


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2025-02-30"])
@pytest.mark.parametrize("name", ["from", "until"])
def test_a_day_beyond_all_calendars_is_named_and_left_out(full: House, name: str, day: str) -> None:
    reply = full.browser(Role.READER).get(f"/console/submissions?{name}={day}")
    assert reply.status_code == 200
    assert "没有生效" in reply.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("水库监测", 79), ("水库", 79), ("停", 40), ("a级停车", 40), ("ａ级", 40), ("小型水库雨情", NUMBER), ("雨情", 0), ("水库监测 县水利局", 59),
        ("T-2025-0003", 1), ("100%", NUMBER), ("%", 0), ("完成_甲", NUMBER), ("_", 0), ('"', 0), ('水库"', 0), ("水库监测 OR x", 0),
        ("不存在的词", 0), ("HYPERLINK", 1), ("   ", NUMBER), ("NEAR(", 0), ("水库*", 0),
    ],
)  # fmt: skip
def test_search_finds_chinese_words_of_any_length(full: House, text: str, number: int) -> None:
    """Terms of fewer than three signs are looked for in name, unit and code alone (docs/console.md)."""
    assert len(codes(full, text=text)) == number


def test_what_was_renamed_is_found_by_its_new_name_only(full: House) -> None:
    full.ledger.search.put("T-2025-0001", "T-2025-0001 银杏古树", "")
    assert codes(full, text="银杏古树") == ["T-2025-0001"]
    assert "T-2025-0001" not in codes(full, text="水库监测")
    assert full.ledger.search.put("T-2025-0001", "T-2025-0001 银杏古树", "") is False


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_pages_hold_every_row_once_in_every_order_there_and_back(full: House, name: str) -> None:
    listing = LISTINGS[name]
    for sort in listing.sorts:
        for descending in (False, True):
            query = Query(name, sort=sort, descending=descending, limit=17)
            ahead, last = walk(full.ledger, query)
            whole = full.ledger.lists.page(replace(query, limit=1000)).rows
            assert ahead == whole
            assert (
                back(full.ledger, replace(query, after=last))
                == whole[: len(whole) - len(whole) % 17 or None][: len(ahead)]
            )


def walk(ledger: Ledger, query: Query) -> tuple[list[dict[str, Any]], Any]:
    rows, last = [], None
    while True:
        page = ledger.lists.page(query)
        rows += page.rows
        if page.next is None:
            return rows, last
        last = page.next
        query = replace(query, after=page.next)


def back(ledger: Ledger, query: Query) -> list[dict[str, Any]]:
    """From the last page's key backwards: the page that ends before it, and those before that."""
    if query.after is None:
        return ledger.lists.page(query).rows
    rows: list[dict[str, Any]] = []
    first = ledger.lists.page(replace(query, limit=1, backwards=True)).rows
    key = query.after
    while key is not None:
        page = ledger.lists.page(replace(query, after=key, backwards=True))
        rows = page.rows + rows
        key = page.previous
    edge = ledger.lists.page(replace(query, after=None, limit=len(rows) + 1)).rows
    assert rows == edge[: len(rows)] and first
    return edge


def test_addresses_lead_through_pages(full: House) -> None:
    browser = full.browser(Role.READER)
    first = browser.get("/console/projects?sort=code&dir=asc").get_data(as_text=True)
    assert re.findall(r">(T-2025-\d{4})</a>", first)[:2] == ["T-2025-0000", "T-2025-0001"]
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = browser.get(following[1].replace("&amp;", "&")).get_data(as_text=True)
    assert ">T-2025-0050</a>" in second
    before = re.search(r'rel="prev" href="([^"]+)"', second)
    assert before
    assert ">T-2025-0000</a>" in browser.get(before[1].replace("&amp;", "&")).get_data(as_text=True)


@pytest.mark.parametrize(
    "key", ["", "x", "!!!", "W10", as_key((1, 2, 3, 4)), as_key(("a",)), "WzEsIFsxXV0", "bnVsbA", "9" * 600]
)
def test_a_broken_place_in_an_address_is_the_first_page(full: House, key: str) -> None:
    page = full.browser(Role.READER).get("/console/projects", query_string={"after": key, "sort": "code"})
    assert (page.status_code, "T-2025-0119" in page.get_data(as_text=True)) == (200, True)


@pytest.mark.parametrize("key", [[10**30, "x"], ["\ud800", "x"], [True, "x"]])
@pytest.mark.parametrize("page", ["projects", "similar"])
def test_a_place_that_no_ledger_can_hold_is_none(full: House, page: str, key: list[Any]) -> None:
    place = base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
    assert full.browser(Role.READER).get(f"/console/{page}?after={place}").status_code == 200


def test_keys_come_back_as_they_went() -> None:
    for key in (("2025-03-10", "T-1"), (5, "名称"), ("", 0)):
        assert key_of(as_key(key)) == key


@pytest.mark.parametrize("path", ["projects", "submissions", "obligations", "filings", "messages"])
def test_a_units_person_sees_the_units_own_rows_only(full: House, path: str) -> None:
    browser = full.browser(Role.UNIT)
    for query in ("", "?q=水库", "?unit=县水利局（演示）", "?q=T-2025-0001"):
        page = browser.get(f"/console/{path}{query}").get_data(as_text=True)
        assert "县水利局" not in page.replace('value="县水利局', ""), query
        assert ">T-2025-0001<" not in page, query
    for kind in ("csv", "xlsx"):
        rows = exported(browser.get(f"/console/{path}.{kind}").data, kind)
        assert {row[column(rows, "建设单位")] for row in rows[1:]} == {UNIT}
        assert len(rows) == 31 if path != "obligations" else len(rows) == 21


def column(rows: list[list[str]], label: str) -> int:
    return rows[0].index(label)


@pytest.mark.parametrize(
    "path",
    [
        "/console/projects/T-2025-0001",
        "/console/submissions/standard/rec1",
        "/console/similar",
        "/console/deliveries",
    ],
)
def test_nor_another_units_project_by_its_address(full: House, path: str) -> None:
    assert full.browser(Role.UNIT).get(path).status_code in (403, 404)
    assert full.browser(Role.UNIT).get("/console/projects/T-2025-0000").status_code == 200
    assert full.browser(Role.UNIT).get("/console/submissions/standard/rec0").status_code == 200


def test_nor_in_the_numbers_of_the_first_page(full: House) -> None:
    page = full.browser(Role.UNIT).get("/console/overview").get_data(as_text=True)
    assert "县水利局" not in page
    assert "建设6个" in re.sub(r"<[^>]+>", "", page).replace("\n", "")


def exported(data: bytes, kind: str) -> list[list[str]]:
    """The first sheet as text, read with nothing but the standard library."""
    if kind == "csv":
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return list(sheet(book.read("xl/worksheets/sheet1.xml")))


def sheet(xml: bytes) -> Iterator[list[str]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    for row in ElementTree.fromstring(xml).iter(f"{space}row"):
        yield [
            "".join(text.text or "" for text in cell.iter() if text.tag in (f"{space}t", f"{space}v"))
            for cell in row
        ]


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(full: House) -> None:
    reply = full.browser(Role.READER).get("/console/projects.xlsx?sort=code&dir=asc")
    assert "filename*=UTF-8''%E9%A1%B9%E7%9B%AE20250310-0900.xlsx" in reply.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.data)) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "<hyperlink" not in xml
    assert 'state="frozen"' in xml
    rows = exported(reply.data, "xlsx")
    assert len(rows) == NUMBER + 1
    assert rows[8][1] == NASTY
    assert Decimal(rows[8][column(rows, "投资额")]) == 700_000
    assert 'r="G9" s=' in xml  # with a number format, not as text


def test_csv_takes_the_edge_off_what_a_program_might_run(full: House) -> None:
    rows = exported(full.browser(Role.READER).get("/console/projects.csv?sort=code&dir=asc").data, "csv")
    assert rows[8][1] == f"'{NASTY}"
    assert rows[8][column(rows, "投资额")] == "700000"
    assert rows[1][column(rows, "更新时间")] == "2025-03-10 09:00"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_of_a_csv_begins_like_a_formula(sign: str) -> None:
    spec = Spec("x", "x", "行", (Column("内容", lambda row: row["text"]),), ())
    [_head, line] = b"".join(as_csv(spec, [{"text": f"{sign}1+1"}])).decode().split("\r\n", 1)
    assert next(csv.reader(io.StringIO(line, newline=""))) == [f"'{sign}1+1"]


def test_an_export_carries_the_words_of_its_articles(full: House) -> None:
    data = full.browser(Role.READER).get("/console/obligations.xlsx").data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        notes = book.read("xl/worksheets/sheet2.xml").decode()
    assert "第三十一条" in notes
    assert "合同" in notes


def test_what_cites_the_pack_before_is_listed_all_the_same(full: House) -> None:
    """After a change of the pack, until the job has folded the project: one such row must not take a page away."""
    day = date(2025, 3, 9)
    old = ObligationRow("T-2025-0000", "x:y", "contract_filing", "99(9)", day, day)
    full.ledger.obligations.sync("T-2025-0000", [old], NOW)
    browser = full.browser(Role.READER)
    for path in ("obligations", "projects/T-2025-0000"):
        page = browser.get(f"/console/{path}")
        assert (page.status_code, "原条款99(9)" in page.get_data(as_text=True)) == (200, True)
    for kind in ("csv", "xlsx"):
        assert any(
            "原条款99(9)" in row for row in exported(browser.get(f"/console/obligations.{kind}").data, kind)
        )


def test_an_export_is_filtered_like_the_page_leaves_nothing_behind_and_is_recorded(full: House) -> None:
    browser = full.browser(Role.AUDITOR)
    assert len(exported(browser.get("/console/projects.csv?state=implementing&q=水库").data, "csv")) == 17
    browser.get("/console/projects.xlsx")
    assert not list(full.ledger.path.parent.glob("export-*"))
    entry = full.ledger.audit.of("list:projects")[-1]
    assert (entry.actor, entry.action, entry.detail["filters"]) == (
        "auditor-person",
        "console.exported",
        ["state"],
    )


def test_an_export_of_any_length_is_read_in_batches(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.ledger.lists.BATCH", 7)
    assert [row["code"] for row in full.ledger.lists.every(Query("projects", sort="code"), 1000)] == codes(
        full, sort="code"
    )
    assert len(list(full.ledger.lists.every(Query("projects"), 20))) == 20


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_of_one_moment(full: House, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A project that is changed while rows are read moves to the front: it must not fall out of the file."""
    monkeypatch.setattr("plugin.ledger.lists.BATCH", 50)
    read, browser = Lists._rows, full.browser(Role.READER)

    def touch() -> None:
        fill(full.ledger, -1000)  # the newest of all
        with full.ledger.write_tx():
            full.ledger.connection.execute(
                "UPDATE projects SET updated_at = '2026' WHERE code = 'T-2025-0119'"
            )

    def reading(*args: Any) -> Any:
        found = read(*args)
        changing = threading.Thread(target=touch)
        changing.start()
        changing.join()
        return found

    monkeypatch.setattr(Lists, "_rows", reading)
    rows = exported(browser.get(f"/console/projects.{kind}").data, kind)
    assert sorted(row[0] for row in rows[1:]) == [f"T-2025-{number:04d}" for number in range(NUMBER)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_that_is_cut_says_so(full: House, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    browser = full.browser(Role.READER)
    for most, number in ((NUMBER, NUMBER + 1), (100, 102)):
        monkeypatch.setattr("plugin.console.export.MOST", most)
        rows = exported(browser.get(f"/console/projects.{kind}").data, kind)
        assert len(rows) == number
        assert any("只导出前100行" in cell for cell in rows[-1]) is (most == 100)


def test_a_view_is_saved_under_a_name_of_ones_own(full: House) -> None:
    mine, other = full.browser(Role.READER), full.browser(Role.ADMIN)
    mine.get("/console/projects")
    reply = mine.post(
        "/console/projects/views", {"name": "在建水库", "query": "q=水库&phase=建设&evil=1&after=x"}
    )
    assert reply.headers["Location"] == "/console/projects?phase=%E5%BB%BA%E8%AE%BE&q=%E6%B0%B4%E5%BA%93"
    assert "在建水库" in mine.get("/console/projects").get_data(as_text=True)
    assert "在建水库" not in other.get("/console/projects").get_data(as_text=True)
    [view] = full.ledger.people.views(person(full, "reader-person"), "projects")
    other.post(f"/console/projects/views/{view.id}/drop")
    assert full.ledger.people.views(person(full, "reader-person"), "projects") == [view]
    mine.get("/console/projects")
    mine.post(f"/console/projects/views/{view.id}/drop")
    assert full.ledger.people.views(person(full, "reader-person"), "projects") == []


def person(house: House, login: str) -> Any:
    found = house.ledger.people.by_login(login)
    assert found
    return found


def test_naughty_names_stay_texts_on_the_page(full: House) -> None:
    page = full.browser(Role.READER).get("/console/projects?q=HYPERLINK").get_data(as_text=True)
    assert "&lt;b&gt;&amp;{{7*7}}" in page
    assert "<b>&" not in page


def test_deliveries_are_listed_without_their_content(stocked: House) -> None:
    page = stocked.browser(Role.OPERATOR).get("/console/deliveries").get_data(as_text=True)
    assert "需求征集" in page
    assert "农情" not in page


def test_a_list_without_rows_says_so(house: House) -> None:
    assert "没有符合条件的记录" in house.browser(Role.READER).get("/console/projects").get_data(as_text=True)
