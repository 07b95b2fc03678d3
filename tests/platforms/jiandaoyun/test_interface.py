"""What goes out: within the limits, wrapped, once, and each bad answer as the remedy it calls for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forms.definition import load_forms
from plugin.adapters import adapter, problems
from plugin.http import Reply
from plugin.platforms.jiandaoyun_api import PAUSE_S, Api, Pace, paces
from plugin.platforms.jiandaoyun_fields import RESULT
from plugin.platforms.jiandaoyun_records import asked_of
from plugin.sdk import (
    Attachment,
    EventKind,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    WriteBack,
)
from plugin.sdk_testing import sample

from .fake import PER_SECOND, Jdy
from .office import PERSON, Office, office
from .test_pushes import Recorded, connected, payload

FORM = "contract_filing"
RESULT_1 = WriteBack(FORM, "", 1, "returned", "合同金额超过概算。", {}, "AB-2025-0001")


@pytest.fixture
def at_work() -> Iterator[Office]:
    with office() as opened:
        yield opened


def saved(at_work: Office, form: str = FORM) -> str:
    return at_work.save(form, sample(load_forms()[form]))[0]


def writes(jdy: Jdy) -> list[dict[str, object]]:
    return [given for path, given in jdy.calls if path.endswith("/data/update")]


# write-back


def test_a_result_is_written_wrapped_into_its_own_widgets_and_nothing_else(at_work: Office) -> None:
    record = saved(at_work)
    stored = at_work.form(FORM).records[record]
    stored["_widget_1529400746001"] = ""  # the project code, not chosen
    before = dict(stored)
    at_work.platform.write_back(replace(RESULT_1, record=record), key="k")
    (call,) = writes(at_work.jdy)
    assert call["data"] == {
        "zx_status": {"value": "退回修改"},
        "zx_message": {"value": "合同金额超过概算。"},
        "zx_revision": {"value": f"1@{record}"},
        "project_code": {"value": "AB-2025-0001"},
    }
    assert call["is_start_trigger"] is False
    changed = {key for key, value in at_work.form(FORM).records[record].items() if before.get(key) != value}
    ours = {
        at_work.form(FORM).widget(each)["widgetName"] for each in ("zx_status", "zx_message", "zx_revision")
    }  # type: ignore[index]
    assert changed == ours | {"_widget_1529400746001", "updateTime", "updater"}


def test_a_code_that_a_person_chose_is_not_touched(at_work: Office) -> None:
    record = saved(at_work)
    at_work.platform.write_back(replace(RESULT_1, record=record), key="k")
    assert "project_code" not in writes(at_work.jdy)[0]["data"]  # type: ignore[operator]


def test_the_same_result_twice_is_written_once(at_work: Office) -> None:
    result = replace(RESULT_1, record=saved(at_work))
    first = at_work.platform.write_back(result, key="k")
    assert at_work.platform.write_back(result, key="k")["revision"] == first["revision"] == 1
    assert len(writes(at_work.jdy)) == 1


def test_a_form_without_room_for_our_results_is_said_and_tried_again(at_work: Office) -> None:
    record, form = saved(at_work), at_work.form(FORM)
    taken = form.widgets.pop()
    with pytest.raises(RemoteUnavailable, match="缺少字段系统审查版次"):
        at_work.platform.write_back(replace(RESULT_1, record=record), key="k")
    form.widgets.append(taken)
    at_work.jdy.now.moved = timedelta(minutes=2)  # type: ignore[attr-defined]
    assert at_work.platform.write_back(replace(RESULT_1, record=record), key="k")


def test_a_record_that_is_gone_is_a_matter_for_a_person(at_work: Office) -> None:
    with pytest.raises(RemoteRejected, match="4001"):
        at_work.platform.write_back(replace(RESULT_1, record="0" * 24), key="k")
    with pytest.raises(RemoteRejected, match=r"platform\.options\.forms"):
        at_work.platform.find(replace(RESULT_1, form="om_start"), key="k")


@pytest.mark.parametrize("held", [None, "", "x", 3, "3", "3@", "3@another", "@", "1234567890@{}", "三@{}"])
def test_a_revision_that_was_not_written_for_this_record_is_none(at_work: Office, held: object) -> None:
    record = saved(at_work)
    widget = at_work.form(FORM).widget("zx_revision")
    assert widget
    value = held.format(record) if isinstance(held, str) else held
    at_work.form(FORM).records[record][widget["widgetName"]] = value
    assert at_work.platform.find(replace(RESULT_1, record=record), key="k") is None


def test_a_copy_of_a_record_gets_a_verdict_of_its_own(at_work: Office) -> None:
    """Whoever copies a record that passed would otherwise have one that shows 符合 without ever being judged."""
    record = saved(at_work)
    at_work.platform.write_back(replace(RESULT_1, record=record, status="passed"), key="k")
    before = at_work.form(FORM).records[record]
    values = {key: value for key, value in before.items() if key.startswith("_widget_")}
    copy = at_work.jdy.save(at_work.entries[FORM], values, PERSON)
    assert at_work.shown(FORM, copy) == ("passed", RESULT_1.message)
    assert [each.record for each in at_work.platform.changed([FORM], at_work.now() + timedelta(days=1))] == [
        copy
    ]
    at_work.platform.write_back(replace(RESULT_1, record=copy, message="缺少合同文本。"), key="k2")
    assert at_work.shown(FORM, copy) == ("returned", "缺少合同文本。")


# errors


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(400, {}, payload("error_8303")), RemoteUnavailable, "8303.*超出请求频率限制"),
        (Reply(429, {}, b""), RemoteUnavailable, "HTTP 429"),
        (Reply(502, {}, b"<html>"), RemoteUnavailable, "HTTP 502"),
        (Reply(400, {}, payload("error_8302")), RemoteUnavailable, "没有接口权限.*应用范围"),
        (Reply(401, {}, b""), RemoteUnavailable, "HTTP 401"),
        (Reply(302, {}, b""), RemoteUnavailable, "HTTP 302"),
        (Reply(400, {}, payload("error_17017")), RemoteRejected, "17017.*参数不合法"),
        (Reply(400, {}, b"not json"), RemoteRejected, "没有说明原因"),
        (Reply(400, {}, b'{"code": "x", "msg": " a\\nb\\u202e "}'), RemoteRejected, "a b。"),
        (Reply(579, {}, b""), RemoteUnclear, "HTTP 579"),
        (Reply(500, {}, b""), RemoteUnclear, "先查询"),
        (Reply(200, {}, b"<html>sign in</html>"), RemoteUnclear, "读不懂"),
        (Reply(200, {}, b"[]"), RemoteUnclear, "约定"),
    ],
)
def test_each_bad_answer_asks_for_its_remedy(reply: Reply, error: type[Exception], says: str) -> None:
    platform = connected(Recorded(list=reply))
    with pytest.raises(error, match=says) as caught:
        platform.find(replace(RESULT_1, record="r"), key="k")
    paused = reply.status in (429, 502) or b"8303" in reply.body
    if isinstance(caught.value, RemoteUnavailable):
        assert caught.value.retry_after_s == (PAUSE_S if paused else None)


def test_a_key_sees_only_what_it_may(at_work: Office) -> None:
    record = saved(at_work)
    at_work.jdy.keys = {"jdy-key": {"/v5/app/entry/widget/list", "/v5/app/entry/data/get"}}
    with pytest.raises(RemoteUnavailable, match=r"8302.*接口权限"):
        at_work.platform.write_back(replace(RESULT_1, record=record), key="k")
    at_work.jdy.keys = {"another": set()}
    with pytest.raises(RemoteUnavailable, match="8301"):
        at_work.platform.find(replace(RESULT_1, record=record), key="k")


# pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_no_second_sees_more_calls_than_its_limit() -> None:
    clock = Clock()
    pace, starts = Pace(20, clock, clock.sleep), []
    for _ in range(100):
        pace.wait()
        starts.append(clock())
    assert all(later - earlier > 1 for earlier, later in zip(starts, starts[20:], strict=False))
    assert starts[-1] - starts[0] < 5


def test_after_too_much_nothing_goes_out_for_a_while() -> None:
    clock = Clock()
    door = Recorded(list=Reply(429, {}, b""))
    api = Api(door, "https://x", lambda: "k", paces(clock, clock.sleep))
    for _ in range(3):
        with pytest.raises(RemoteUnavailable) as caught:
            api.call("/v5/app/list", {})
        assert caught.value.retry_after_s == PAUSE_S
    assert len(door.asked) == 1
    door.answers.clear()
    clock.sleep(PAUSE_S)
    assert api.call("/v5/app/list", {})


@pytest.mark.parametrize("kind", ["read", "write"])
def test_the_stand_in_refuses_what_the_pace_prevents(kind: str) -> None:
    clock = Clock()
    jdy = Jdy(lambda: datetime(2025, 3, 10, tzinfo=UTC), clock)
    path = {"read": "/v5/app/entry/list", "write": "/v5/app/entry/data/delete"}[kind]
    headers = {"authorization": "Bearer jdy-key"}
    body = b'{"app_id": "x", "entry_id": "x", "data_id": "x"}'
    codes = [jdy.answer(path, headers, body)[1].get("code") for _ in range(PER_SECOND[kind] + 1)]
    assert codes.index(8303) == PER_SECOND[kind]

    class Straight(Recorded):
        def request(self, method: str, url: str, **given: object) -> Reply:
            status, value = jdy.answer(path, headers, body)
            return Reply(200 if value.get("code") != 8303 else status, {}, b"{}")

    clock.sleep(5)
    api = Api(Straight(), "https://x", lambda: "jdy-key", paces(clock, clock.sleep))
    for _ in range(3 * PER_SECOND[kind]):
        api.exchange(path, {}, kind)
    assert clock() - 105 < 4


# lists


def test_every_page_is_read_and_what_nobody_pushed_is_found(at_work: Office) -> None:
    start = at_work.now()
    values = at_work.values(FORM, sample(load_forms()[FORM]))
    records = {at_work.jdy.imported(at_work.entries[FORM], values, PERSON) for _ in range(203)}
    events = list(at_work.platform.changed([FORM, "om_start"], start))
    assert {each.record for each in events} == records and len(events) == 203
    assert all(each.kind is EventKind.UPDATED for each in events)
    lists = [given for path, given in at_work.jdy.calls if path.endswith("/data/list")]
    assert [given["limit"] for given in lists] == [100, 100, 100]


def test_what_has_its_verdict_and_is_older_is_not_listed_again(at_work: Office) -> None:
    with_verdict, without = saved(at_work), saved(at_work)
    at_work.platform.write_back(replace(RESULT_1, record=with_verdict), key="k")
    later = at_work.now() + timedelta(minutes=1)
    assert [each.record for each in at_work.platform.changed([FORM], later)] == [without]


def test_after_a_write_of_ours_the_person_is_still_the_one_who_filled_it_in(at_work: Office) -> None:
    record = saved(at_work)
    at_work.platform.write_back(replace(RESULT_1, record=record), key="k")
    (event,) = at_work.platform.changed([FORM], at_work.now() - timedelta(hours=1))
    assert event.submitter and event.submitter.id == "zhangsan"


@pytest.mark.parametrize("body", [b'{"data": {}}', b'{"data": [1]}', b'{"data": [{"_id": "r"}]}', b"{}"])
def test_a_list_that_is_none_is_unclear(body: bytes) -> None:
    class Lists(Recorded):
        def request(self, method: str, url: str, **given: object) -> Reply:
            whole = url.endswith("widget/list")
            return Reply(200, {}, payload("widget_list") if whole else body)

    with pytest.raises(RemoteUnclear):
        list(connected(Lists()).changed([FORM], datetime(2025, 1, 1, tzinfo=UTC)))


def test_a_recorded_page_is_read() -> None:
    class Lists(Recorded):
        def request(self, method: str, url: str, **given: object) -> Reply:
            name = "widget_list" if url.endswith("widget/list") else "data_list"
            return Reply(200, {}, payload(name))

    (event,) = connected(Lists()).changed([FORM], datetime(2025, 1, 1, tzinfo=UTC))
    assert event.fields["project_name"] == "智慧水利监测平台" and event.key.count("listed") == 1


# files


def with_file(at_work: Office, content: bytes = b"%PDF-1.7") -> Attachment:
    values = at_work.values(FORM, sample(load_forms()[FORM]))
    widget = next(each for each in at_work.form(FORM).widgets if each["label"] == "合同文本")
    values[widget["widgetName"]] = [at_work.jdy.attach("合同.pdf", content)]
    at_work.jdy.save(at_work.entries[FORM], values, PERSON)
    (event,) = at_work.platform.changed([FORM], at_work.now() - timedelta(minutes=1))
    (file,) = event.fields["contract_file"]
    return Attachment(**file)


def test_a_file_is_fetched_whole(at_work: Office) -> None:
    assert at_work.platform.fetch(with_file(at_work), 1000) == b"%PDF-1.7"


def test_a_file_whose_address_has_run_out_is_found_by_its_record(at_work: Office) -> None:
    file = with_file(at_work)
    at_work.jdy.now.moved = timedelta(days=16)  # type: ignore[attr-defined]
    assert at_work.platform.fetch(file, 1000) == b"%PDF-1.7"


def test_a_file_that_is_nowhere_any_more_is_asked_for_again(at_work: Office) -> None:
    file = with_file(at_work)
    at_work.jdy.files.clear()
    with pytest.raises(RemoteRejected, match="重新上传"):
        at_work.platform.fetch(file, 1000)
    with pytest.raises(RemoteRejected, match="重新上传"):
        at_work.platform.fetch(replace(file, ref="old"), 1000)


def test_a_file_too_large_is_not_fetched_at_all(at_work: Office) -> None:
    with pytest.raises(RemoteRejected, match="超过7字节"):
        at_work.platform.fetch(with_file(at_work), 7)


def test_a_file_on_an_address_not_allowed_says_what_to_add(at_work: Office) -> None:
    file = replace(with_file(at_work), url="https://files.elsewhere.example/x")
    with pytest.raises(RemoteUnavailable, match=r"files\.elsewhere\.example.*allowed_hosts"):
        at_work.platform.fetch(file, 1000)


# the form beside ours


def test_the_form_is_compared_and_every_difference_named(at_work: Office) -> None:
    form, asked = at_work.form(FORM), load_forms()[FORM]
    assert at_work.platform.check_form(asked) == ()
    by_label = {each["label"]: each for each in form.widgets}
    form.widgets.remove(by_label["合同编号"])
    by_label["合同签订日期"]["type"] = "text"
    by_label["付款节点"]["items"].pop()
    for each in ("供应商", "合同名称"):
        by_label[each]["name"] = by_label[each]["widgetName"]
    form.widgets.append({**by_label["供应商"], "widgetName": "_widget_9", "name": "_widget_9"})
    said = at_work.platform.check_form(asked)
    assert set(said) == {
        "缺少“合同编号”（别名 contract_no，单行文本、多行文本）。",
        "“合同签订日期”的类型是单行文本，应为日期时间。",
        "缺少“付款节点”的“约定付款日期”（别名 due_on，日期时间）。",
        "有多个字段名为“供应商”，请把其中一个的别名设为 supplier。",
    }
    (missing,) = at_work.platform.check_form(load_forms()["om_start"])
    assert "om_start 的表单编号" in missing


@pytest.mark.parametrize("alias", ["", "bian_hao"])
@pytest.mark.parametrize("by", ["widgetName", "name"])
def test_a_widget_may_be_named_in_the_manifest_by_number_or_alias(
    at_work: Office, alias: str, by: str
) -> None:
    widget = next(each for each in at_work.form(FORM).widgets if each["label"] == "合同编号")
    widget.update(label="编号", name=alias or widget["widgetName"])
    assert at_work.platform.check_form(load_forms()[FORM]) == (
        "缺少“合同编号”（别名 contract_no，单行文本、多行文本）。",
    )
    fields = {FORM: {"contract_no": widget[by]}}
    options = {"app": at_work.jdy.app, "forms": at_work.entries, "fields": fields}
    named = adapter("jiandaoyun").connect(at_work.connection(options=options))
    assert named.check_form(load_forms()[FORM]) == ()


@pytest.mark.parametrize("form", load_forms().values(), ids=lambda each: each.name)
def test_no_form_of_ours_has_a_label_twice(form) -> None:
    """Then a form built from the printed list needs no aliases."""
    labels = [each.label for each in asked_of(form)]
    assert len(labels) == len(set(labels)) and len(RESULT) == 3


def test_the_probe_names_what_is_wrong(at_work: Office) -> None:
    options = {"app": at_work.jdy.app, "forms": {**at_work.entries, "om_start": "5b" * 12}}
    other = adapter("jiandaoyun").connect(at_work.connection(options=options, signature="v1"))
    said = {each.name: (each.ok, each.said) for each in other.probe()}
    assert said["签名方式"][0] is False and "jiandaoyun" in said["签名方式"][1]
    assert said["表单"][0] is False and "om_start" in said["表单"][1]
    at_work.jdy.now.moved = timedelta(minutes=5)  # type: ignore[attr-defined]
    assert {each.name: each.ok for each in at_work.platform.probe()}["时钟"] is False


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"app": "a", "forms": {FORM: "b"}}, []),
        ({"app": "a", "forms": {FORM: "b"}, "fields": {FORM: {"contract_no": "_widget_1"}}}, []),
        ({}, ["options.app", "options.forms"]),
        ({"app": 5, "forms": {FORM: 7}}, ["options.app", "加引号"]),
        ({"app": "a", "forms": {"contract_filling": "b"}}, ["contract_filing"]),
        ({"app": "a", "forms": {FORM: "b"}, "colour": 1}, ["colour"]),
        (
            {"app": "a", "forms": {FORM: "b"}, "fields": {FORM: {"contract": "x"}}},
            ["没有名为“contract”的字段"],
        ),
        ({"app": "a", "forms": {FORM: "b"}, "fields": []}, ["options.fields"]),
    ],
)
def test_options_are_checked_and_every_mistake_named(options: dict[str, object], says: list[str]) -> None:
    found = problems("jiandaoyun", options)
    assert len(found) == len(says)
    assert all(word in sentence for word, sentence in zip(says, found, strict=True)), found
