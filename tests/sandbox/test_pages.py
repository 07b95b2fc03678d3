"""The stand-in platform's pages: the verdict before the saving, and of the classified no trace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from forms.definition import load_forms
from plugin.platforms.signing import sign
from plugin.sandbox.delivery import Deliverer
from plugin.sandbox.platform import create_platform
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store

from .fake_plugin import GUIDANCE, MISSING_CHAPTER, WEBHOOK_SECRETS, Plugin, verdict

SECRET = "绝不应留存的内容丁戊己"
STUDY = {"classified": "否", "project_name": "农情一张图", "total_investment_yuan": "280万元"}
OVERRIDABLE = {**MISSING_CHAPTER, "effect": "overridable_block", "overridable": True, "field": "plan_item_id"}


class Sandbox:
    """The application with its store."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database)
        self.client: FlaskClient = create_platform(self.store, load_forms(), settings).test_client()

    def saved(self) -> list[str]:
        return [each.record for each in self.store.records.latest()]

    def fill_in(self, form: str = "feasibility_study", **fields: Any) -> Any:
        return self.client.post(f"/forms/{form}", data={**STUDY, **fields})

    def save_one(self) -> str:
        reply = self.fill_in(data_sharing_chapter="共享分析.pdf")
        assert reply.status_code == 303
        return str(reply.location).split("/records/")[1].split("?")[0]

    def call(self, method: str, path: str, body: Any, key: str) -> Any:
        data = b"" if body is None else json.dumps(whole(path, body, key), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            **sign(data, id="k1", timestamp=int(self.settings.now().timestamp()), secrets=WEBHOOK_SECRETS),
        }
        return self.client.open(path, method=method, data=data, headers=headers)


def whole(path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    """The body with the members that the contract asks for and no test here is about."""
    if path == "/api/messages":
        return {"key": key, "link": None, "form": None, "record": None, **body}
    form, record = path.split("/")[3:5]
    return {"form": form, "record": record, **body}


@pytest.fixture
def sandbox(plugin_server: Plugin, make_settings: Callable[..., Settings]) -> Iterator[Sandbox]:
    made = Sandbox(make_settings(plugin_server.url))
    yield made
    made.store.close()


def test_every_form_has_a_page_with_a_label_for_every_input(sandbox: Sandbox) -> None:
    for name, form in load_forms().items():
        page = sandbox.client.get(f"/forms/{name}").text
        assert form.title in page
        for question in form.fields:
            if question.by == "filler" and question.name != "classified":
                assert f'for="f-{question.name}"' in page or f'id="l-{question.name}"' in page, question.name


def test_what_may_not_be_saved_is_not_saved_and_comes_back_as_it_was_typed(sandbox: Sandbox) -> None:
    reply = sandbox.fill_in()
    assert reply.status_code == 422
    assert sandbox.saved() == []
    assert sandbox.store.deliveries.waiting() == 0
    assert 'value="280万元"' in reply.text
    assert 'value="农情一张图"' in reply.text
    beside = reply.text.split('data-field="data_sharing_chapter"')[1].split("data-field=")[0]
    for words in ("message", "citation", "text", "remedy", "mender"):
        assert MISSING_CHAPTER[words].split("“")[0] in beside
    assert '<a href="#f-data_sharing_chapter">' in reply.text.split("data-guarded")[0]


def test_a_finding_in_a_row_stands_in_that_row(sandbox: Sandbox, plugin_server: Plugin) -> None:
    finding = {**MISSING_CHAPTER, "field": "cost_items", "row": 1, "message": "第二行没有金额。"}
    plugin_server.judge = lambda form, _fields: verdict(form, finding)
    reply = sandbox.fill_in(**{"cost_items.0.spec": "甲", "cost_items.4.spec": "乙"})
    rows = reply.text.split('data-field="cost_items"')[1].split("<template>")[0].split("data-row>")
    assert "第二行没有金额。" not in rows[1]
    assert "第二行没有金额。" in rows[2]
    assert 'value="乙"' in rows[2]


def test_a_finding_without_a_field_stands_on_top(sandbox: Sandbox, plugin_server: Plugin) -> None:
    finding = {**MISSING_CHAPTER, "field": None, "message": "本系统尚未录入限额。"}
    plugin_server.judge = lambda form, _fields: verdict(form, finding)
    assert "本系统尚未录入限额。" in sandbox.fill_in().text.split("data-guarded")[0]


def test_what_may_be_saved_is_saved_and_the_plugin_is_told(sandbox: Sandbox, plugin_server: Plugin) -> None:
    record = sandbox.save_one()
    assert sandbox.saved() == [record]
    assert plugin_server.told == []
    Deliverer(sandbox.store, sandbox.settings).deliver_due(sandbox.settings.now())
    ((_id, event),) = plugin_server.told
    assert event["data"]["fields"]["total_investment_yuan"] == "280万元"
    assert event["data"]["fields"]["classified"] is False
    receipt = sandbox.client.get(f"/records/{record}?saved=1").text
    assert "已经保存。符合要求" in receipt
    assert record in receipt


def test_an_overridable_block_is_saved_and_shown_as_awaiting(sandbox: Sandbox, plugin_server: Plugin) -> None:
    route = {
        "superior_review": ["municipal_data_bureau", "provincial_data_bureau"],
        "route_to": [],
        "papers": [],
    }
    duty = {
        "duty": "contract_filing",
        "due_on": "2027-01-05",
        "overdue_after": "2027-01-07",
        "to": ["data_bureau"],
    }
    plugin_server.judge = lambda form, _fields: verdict(form, OVERRIDABLE, route=route, obligations=[duty])
    receipt = sandbox.client.get(f"/records/{sandbox.save_one()}").text
    for words in (
        "待核准",
        "须报市数据资源局、省数据资源局审核",
        "合同备案",
        "2027-01-05",
        "顺延至2027-01-07",
    ):
        assert words in receipt


def test_without_a_verdict_nothing_is_saved_and_the_page_says_so(
    make_settings: Callable[..., Settings],
) -> None:
    sandbox = Sandbox(make_settings("http://127.0.0.1:9"))
    reply = sandbox.fill_in()
    assert reply.status_code == 503
    assert "本次填报没有保存" in reply.text
    assert 'value="农情一张图"' in reply.text
    assert sandbox.saved() == []
    sandbox.store.close()


@pytest.mark.parametrize("answer", ["是", "不清楚"])
def test_classified_text_is_in_no_file_no_page_and_no_log(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    reply = sandbox.fill_in(classified=answer, necessity=SECRET, project_name=SECRET)
    assert reply.status_code == 403
    assert GUIDANCE in reply.text
    assert SECRET not in reply.text
    assert SECRET not in caplog.text
    assert holding(sandbox.settings.data_dir, SECRET) == []
    assert sandbox.store.deliveries.waiting() == 0


def test_while_the_classified_question_is_open_nothing_is_sent_saved_or_shown(
    sandbox: Sandbox, plugin_server: Plugin
) -> None:
    reply = sandbox.client.post("/forms/feasibility_study", data={"necessity": SECRET})
    assert reply.status_code == 422
    assert "请先回答“是否涉密”" in reply.text
    assert SECRET not in reply.text
    assert plugin_server.asked == []


def test_classified_is_refused_even_where_the_plugin_is_away_or_wrong(
    make_settings: Callable[..., Settings], plugin_server: Plugin
) -> None:
    plugin_server.judge = lambda form, _fields: verdict(form)
    for url in ("http://127.0.0.1:9", plugin_server.url):
        sandbox = Sandbox(make_settings(url))
        assert sandbox.fill_in(classified="是", necessity=SECRET).status_code == 403
        assert holding(sandbox.settings.data_dir, SECRET) == []
        sandbox.store.close()


def test_a_record_found_to_be_classified_afterwards_is_erased_and_the_plugin_told_without_its_content(
    sandbox: Sandbox, plugin_server: Plugin
) -> None:
    record = (
        sandbox.fill_in(data_sharing_chapter="a.pdf", necessity=SECRET).location.split("/")[-1].split("?")[0]
    )
    Deliverer(sandbox.store, sandbox.settings).deliver_due(sandbox.settings.now())
    result = {"revision": 1, "status": "passed", "message": SECRET, "verdict": {}, "project_code": None}
    sandbox.call("PATCH", f"/api/records/feasibility_study/{record}/result", result, "w1")
    sandbox.call(
        "POST", "/api/messages", {"to": "u1", "title": "已受理", "text": SECRET, "record": record}, "m1"
    )
    assert holding(sandbox.settings.data_dir, SECRET) != []
    edited = sandbox.client.post(f"/records/{record}/edit", data={"classified": "是", "necessity": SECRET})
    assert edited.status_code == 403
    Deliverer(sandbox.store, sandbox.settings).deliver_due(sandbox.settings.now())
    assert plugin_server.told[-1][1]["data"]["fields"] == {"classified": True}
    assert plugin_server.told[-1][1]["data"]["partial"] is True
    assert holding(sandbox.settings.data_dir, SECRET) == []
    assert "内容已经清除" in sandbox.client.get(f"/records/{record}").text
    assert sandbox.client.get(f"/records/{record}/edit").status_code == 410


def test_an_edited_record_is_told_as_updated_and_keeps_what_the_bureau_filled_in(
    sandbox: Sandbox, plugin_server: Plugin
) -> None:
    body = {**STUDY, "classified": False, "data_sharing_chapter": "a.pdf", "lifecycle_no": "QSM-7"}
    submitter = {"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}
    record = sandbox.client.post(
        "/submit/feasibility_study", json={"fields": body, "submitter": submitter}
    ).json["record"]
    page = sandbox.client.get(f"/records/{record}/edit").text
    assert 'name="data_sharing_chapter.kept" value="a.pdf"' in page
    changed = {**STUDY, "project_name": "农情一张图二期", "data_sharing_chapter.kept": "a.pdf"}
    assert sandbox.client.post(f"/records/{record}/edit", data=changed).status_code == 303
    Deliverer(sandbox.store, sandbox.settings).deliver_due(sandbox.settings.now())
    event = plugin_server.told[-1][1]
    assert event["type"] == "record.updated"
    assert event["data"]["fields"]["project_name"] == "农情一张图二期"
    assert event["data"]["fields"]["data_sharing_chapter"] == "a.pdf"
    assert event["data"]["fields"]["lifecycle_no"] == "QSM-7"


def test_a_write_back_is_shown_in_the_record_once_and_only_forwards(sandbox: Sandbox) -> None:
    record = sandbox.save_one()
    path = f"/api/records/feasibility_study/{record}/result"
    assert sandbox.call("GET", path, None, "k").status_code == 404
    newer = {
        "revision": 2,
        "status": "returned",
        "message": "请改正后重新提交。",
        "verdict": {},
        "project_code": "XX-2026-0001",
    }
    assert sandbox.call("PATCH", path, newer, "w2").json["revision"] == 2
    assert sandbox.call("PATCH", path, newer, "w2").json["revision"] == 2
    older = {**newer, "revision": 1, "status": "passed"}
    assert sandbox.call("PATCH", path, older, "w1").json["revision"] == 2
    assert sandbox.call("PATCH", path, {**newer, "status": "passed"}, "w2").status_code == 409
    page = sandbox.client.get(f"/records/{record}").text
    assert "受理结果：已退回" in page
    assert "XX-2026-0001" in page
    assert sandbox.call("GET", path, None, "k").json["status"] == "returned"


def test_a_message_is_shown_to_its_person_once(sandbox: Sandbox) -> None:
    body = {"to": "u1", "title": "提醒：合同备案", "text": "请于2026-03-20前完成。"}
    assert sandbox.call("POST", "/api/messages", body, "m1").status_code == 201
    assert sandbox.call("POST", "/api/messages", body, "m1").status_code == 200
    assert sandbox.call("POST", "/api/messages", {**body, "text": "另一段话。"}, "m1").status_code == 409
    assert sandbox.client.get("/messages").text.count("提醒：合同备案") == 1
    sandbox.client.set_cookie("actor", "u2")
    assert "提醒：合同备案" not in sandbox.client.get("/messages").text
    assert sandbox.call("GET", "/api/messages?key=m1", None, "k").json["key"] == "m1"
    assert sandbox.call("GET", "/api/messages?key=m2", None, "k").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/records?since=2026-01-01T00:00:00Z",
        "/api/messages?key=m1",
        "/api/records/feasibility_study/rec_1/result",
    ],
)
def test_the_interface_answers_signed_requests_only(sandbox: Sandbox, path: str) -> None:
    refused = sandbox.client.get(path)
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")


def test_records_are_listed_for_a_reconcile_with_their_results(sandbox: Sandbox) -> None:
    record = sandbox.save_one()
    (item,) = sandbox.call("GET", "/api/records?since=2026-01-01T00:00:00%2B08:00", None, "k").json["items"]
    assert item == sandbox.call("GET", f"/api/records/feasibility_study/{record}", None, "k").json
    assert (item["record"], item["form"], item["saved_by"], item["deleted"]) == (
        record,
        "feasibility_study",
        "u1",
        False,
    )
    assert item["values"]["total_investment_yuan"] == "280万元"
    assert item["result"] is None
    later = "/api/records?since=2099-01-01T00:00:00%2B08:00"
    assert sandbox.call("GET", later, None, "k").json == {"items": [], "next_cursor": None}
    assert sandbox.call("GET", "/api/records?since=2026-01-01", None, "k").status_code == 400
    assert sandbox.client.get("/api/health").json["status"] == "ok"


def test_another_sites_form_cannot_post_here(sandbox: Sandbox) -> None:
    reply = sandbox.client.post(
        "/forms/feasibility_study", data=STUDY, headers={"Origin": "http://elsewhere.example"}
    )
    assert reply.status_code == 403
    assert sandbox.client.get("/", headers={"Host": "elsewhere.example"}).status_code == 403


def test_the_pages_allow_no_inline_script_or_style_and_have_none(sandbox: Sandbox) -> None:
    reply = sandbox.client.get("/forms/feasibility_study")
    assert "unsafe-inline" not in reply.headers["Content-Security-Policy"]
    assert " style=" not in reply.text
    assert "<style" not in reply.text
    assert " onclick=" not in reply.text
    assert reply.headers["Cache-Control"] == "private, no-store"


def test_a_wrong_address_is_said_in_chinese(sandbox: Sandbox) -> None:
    for path in ("/nowhere", "/forms/no_such_form", "/records/rec_unknown"):
        reply = sandbox.client.get(path)
        assert reply.status_code == 404
        assert "没有这个页面" in reply.text
    assert sandbox.client.get("/api/nowhere").mimetype == "application/problem+json"
    too_large = sandbox.client.post("/forms/feasibility_study", data={"basis": "字" * 5_000_000})
    assert (too_large.status_code, "没有保存" in too_large.text) == (413, True)


def test_typed_html_is_shown_as_text(sandbox: Sandbox) -> None:
    reply = sandbox.fill_in(project_name='"><script>alert(1)</script>')
    assert "<script>alert" not in reply.text
    assert "&lt;script&gt;alert(1)" in reply.text


def test_the_next_paper_of_a_project_starts_with_its_common_block(sandbox: Sandbox) -> None:
    record = sandbox.save_one()
    result = {"revision": 1, "status": "passed", "message": "", "verdict": {}, "project_code": "XX-2026-0001"}
    sandbox.call("PATCH", f"/api/records/feasibility_study/{record}/result", result, "w1")
    page = sandbox.client.get("/forms/contract_filing?project=XX-2026-0001").text
    assert 'value="农情一张图"' in page
    assert 'name="project_code" value="XX-2026-0001"' in page
    assert 'value="否" required checked' not in page


def holding(folder: Path, text: str) -> list[str]:
    """The files in which the text stands, as UTF-8 or as JSON escapes."""
    needles = (text.encode(), json.dumps(text)[1:-1].encode())
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(n in path.read_bytes() for n in needles)
    ]
