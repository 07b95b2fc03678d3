"""Numbers on the console: read, changed by a proposal whose effects are shown first, confirmed by a second person, gone back on."""

from __future__ import annotations

import csv
import io
import re
import threading
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from plugin.app import Services, build, timetable
from plugin.console.access import Role
from plugin.console.proposing import PREVIEWS
from plugin.ledger import Ledger, ProposalState
from plugin.manifest import load_manifest
from plugin.whatif import Summary

from .conftest import ENVIRON, NOW, Browser, House

HIGH = "/console/limits/high_value_yuan"
HABIT = "/console/limits/policy.contract_filing_days"
LOWERED = {
    "value": "200万元", "since": "2025-03-10", "source": "某政办〔2025〕1号", "reason": "市局调整权限", "do": "preview",
}  # fmt: skip
LINE = "      - {from: 2025-03-10, value: 2000000, source: 某政办〔2025〕1号}\n"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def plain(reply: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", text(reply)))


def looking(house: House, path: str, *, second: bool = False, role: Role = Role.ADMIN) -> Browser:
    browser = house.browser(role, second=second)
    assert browser.get(path).status_code == 200
    return browser


def proposed(house: House, fields: dict[str, str] = LOWERED, path: str = HIGH) -> int:
    """Previewed, then proposed; the number it got."""
    browser = looking(house, path)
    shown = browser.post(path, fields)
    found = SEEN.search(text(shown))
    assert found, plain(shown)
    reply = browser.post(path, {**fields, "do": "propose", "seen": found[1]})
    assert reply.status_code == 302, plain(reply)
    return int(reply.headers["Location"].rpartition("/")[2])


def confirmed(house: House, id: int) -> str:
    """By the second admin; what the page says afterwards."""
    browser = looking(house, f"/console/proposals/{id}", second=True)
    reply = browser.post(f"/console/proposals/{id}/confirm")
    assert reply.status_code == 302, plain(reply)
    return plain(browser.get(f"/console/proposals/{id}"))


def test_the_list_says_what_holds_since_when_and_on_what(stocked: House) -> None:
    page = plain(looking(stocked, HIGH, role=Role.READER).get("/console/limits"))
    version = stocked.ledger.manifests.active_version()
    assert f"现行版本{version}，2025-03-1009:00生效（test）" in page
    assert "须报市、省数据资源局审核的投资额（含本数）500万元2023-12-01第二十五条" in page
    for group in ("办法规定的标准", "解释口径", "本局习惯"):
        assert group in page
    assert "乡镇申报运维类项目的只提示第十三条" in page and "口径I-13" in page
    assert "合同备案天数未设" in page


def test_the_list_is_searched_by_words(stocked: House) -> None:
    browser = looking(stocked, "/console/limits")
    for words, count in (("500万元", 1), ("验收 6个月", 2), ("I-13", 2), ("没有这样的参数", 0)):
        assert f"共{count}项" in plain(browser.get("/console/limits", query_string={"q": words})), words


def test_the_list_as_csv_and_workbook(stocked: House) -> None:
    browser = looking(stocked, "/console/limits")
    listed = browser.get("/console/limits.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(listed)))
    assert (rows[0]["名称"][:6], rows[0]["现行值"], rows[0]["自何日起"]) == (
        "须报市、省数",
        "500万元",
        "2023-12-01",
    )
    assert {each["类别"] for each in rows} == {"办法规定的标准", "解释口径", "本局习惯"}
    assert browser.get("/console/limits.xlsx").get_data().startswith(b"PK")
    found = browser.get("/console/limits.csv?q=500万元").get_data().decode("utf-8-sig")
    assert len(found.splitlines()) == 2
    page = text(browser.get("/console/limits?q=500万元"))
    assert 'href="/console/limits.csv?q=500%E4%B8%87%E5%85%83"' in page


def test_the_effects_are_shown_first_and_nothing_is_written(stocked: House) -> None:
    browser = looking(stocked, HIGH)
    entries, file = len(stocked.ledger.audit.latest(1000)), stocked.manifest_file.read_text(encoding="utf-8")
    reply = browser.post(HIGH, LOWERED)
    page = plain(reply)
    assert reply.status_code == 200
    assert "增加2025-03-10起200万元，依据某政办〔2025〕1号" in page
    assert "受影响1个，投资额合计" in page and "农情一张图DEMO-2025-0001" in page
    assert 'href="/console/projects/DEMO-2025-0001"' in text(reply)
    assert "上级审核：不需要→市数据资源局、省数据资源局（第二十五条）" in page
    assert "须由另一名管理员确认才生效" in page
    assert 'value="200万元"' in text(reply)
    assert stocked.ledger.proposals.list() == []
    assert len(stocked.ledger.audit.latest(1000)) == entries
    assert stocked.manifest_file.read_text(encoding="utf-8") == file


def test_what_was_not_shown_is_not_proposed(stocked: House) -> None:
    browser = looking(stocked, HIGH)
    found = SEEN.search(text(browser.post(HIGH, LOWERED)))
    assert found
    other = {**LOWERED, "value": "300万元", "do": "propose"}
    for sent in ({**other, "seen": found[1]}, other):
        reply = browser.post(HIGH, sent)
        assert (reply.status_code, "请核对后再提出" in plain(reply)) == (422, True)
        assert "300万元" in plain(reply)
    assert stocked.ledger.proposals.list() == []


def test_the_proposer_sees_why_not_instead_of_a_button_that_fails(stocked: House) -> None:
    stocked.account(Role.ADMIN, second=True)
    id = proposed(stocked)
    mine = looking(stocked, f"/console/proposals/{id}")
    page = mine.get(f"/console/proposals/{id}")
    assert "您不能确认自己的提议。可以确认的：另一admin。" in plain(page)
    assert "确认生效" not in text(page) and "撤回" in text(page)
    reply = mine.post(f"/console/proposals/{id}/confirm")
    assert (reply.status_code, "须由提出人（某admin）以外的第二人确认" in plain(reply)) == (422, True)
    found = stocked.ledger.proposals.get(id)
    assert found and (found.state, found.proposed_by, found.reason) == ("open", "某admin", "市局调整权限")


def test_where_there_is_no_second_admin_the_page_says_what_to_do(stocked: House) -> None:
    id = proposed(stocked)
    page = plain(looking(stocked, f"/console/proposals/{id}").get(f"/console/proposals/{id}"))
    assert "目前没有其他管理员账号" in page


def test_a_second_admin_confirms_and_the_projects_follow(stocked: House) -> None:
    before = stocked.manifest_file.read_text(encoding="utf-8")
    id = proposed(stocked)
    with closing(
        Ledger.open(stocked.ledger.path)
    ) as ledger:  # the jobs' process, which nobody tells of the new version
        jobs = build(ledger, ENVIRON, stocked.clock, stocked.manifest_file)
        assert jobs.manifest().version == stocked.ledger.manifests.active_version()
        followed(stocked, jobs, id, before)


def followed(stocked: House, jobs: Services, id: int, before: str) -> None:
    overview = plain(looking(stocked, "/console/overview", second=True).get("/console/overview"))
    assert "待确认的参数修改1" in overview
    page = confirmed(stocked, id)
    assert "还有1个项目等待后台任务按此版本重新判断" in page
    after = stocked.manifest_file.read_text(encoding="utf-8")
    assert after != before and after.replace(LINE, "") == before  # comments and all
    version = load_manifest(stocked.manifest_file, {}).version
    assert stocked.ledger.manifests.active_version() == version == stocked.services.manifest().version
    assert stocked.services.manifest().book.limits["high_value_yuan"].on(date(2025, 3, 10)) == 2_000_000
    [entry] = stocked.ledger.audit.of(f"proposal:{id}")[:1]
    assert (entry.action, entry.actor) == ("proposal.applied", "另一admin")
    refold(jobs)
    browser = looking(stocked, f"/console/proposals/{id}")
    assert "全部项目已按此版本判断" in plain(browser.get(f"/console/proposals/{id}"))
    project = stocked.ledger.projects.get("DEMO-2025-0001")
    assert project and stocked.ledger.projects.outdated_count(version) == 0
    page = plain(browser.get("/console/versions"))
    assert "现行" in page and "某admin提出，另一admin确认" in page
    assert "增加2025-03-10起200万元" in page and "最早的版本" in page


def refold(services: Services) -> None:
    """The job, until nothing is due."""
    job = next(each for each in timetable(services, Random(1)).jobs if each.name == "refold")
    while job.step(NOW + timedelta(minutes=1)):
        pass


def test_going_back_is_the_same_act(stocked: House) -> None:
    first, before = (
        stocked.ledger.manifests.active_version(),
        stocked.manifest_file.read_text(encoding="utf-8"),
    )
    confirmed(stocked, proposed(stocked))
    place = f"/console/versions/{first}"
    browser = looking(stocked, place)
    page = plain(browser.get(place))
    assert "删去2025-03-10起200万元" in page and "−删去-{from:2025-03-10" in page
    reply = browser.post(place, {"reason": " ", "do": "preview"})
    assert (reply.status_code, "请填写“理由”" in plain(reply)) == (422, True)
    shown = browser.post(place, {"reason": "误改", "do": "preview"})
    found = SEEN.search(text(shown))
    assert found and "现在还没有写入任何内容" in plain(shown)
    assert [each.kind for each in stocked.ledger.proposals.list()] == ["change"]
    reply = browser.post(place, {"reason": "误改", "do": "propose", "seen": found[1]})
    id = int(reply.headers["Location"].rpartition("/")[2])
    assert browser.post(f"/console/proposals/{id}/confirm").status_code == 422  # still two people
    confirmed(stocked, id)
    assert stocked.manifest_file.read_text(encoding="utf-8") == before
    assert stocked.ledger.manifests.active_version() == first
    assert "这是现行版本" in plain(browser.get(place))


def test_a_habit_may_be_confirmed_by_whoever_proposed_it(stocked: House) -> None:
    id = proposed(stocked, {"value": "10天", "reason": "便于督促", "do": "preview"}, HABIT)
    browser = looking(stocked, f"/console/proposals/{id}")
    assert "确认生效" in plain(browser.get(f"/console/proposals/{id}"))
    assert browser.post(f"/console/proposals/{id}/confirm").status_code == 302
    assert "contract_filing_days: 10 # 合同" in stocked.manifest_file.read_text(encoding="utf-8")
    assert stocked.services.manifest().book.policy.contract_filing_days == 10


def test_a_reading_is_chosen_and_needs_two(stocked: House) -> None:
    path = "/console/limits/readings.town_om_blocked"
    id = proposed(stocked, {"value": "true", "reason": "两局会商", "do": "preview"}, path)
    page = confirmed(stocked, id)
    assert "乡镇申报运维类项目的”（town_om_blocked）：只提示→不予通过" in page
    assert stocked.services.manifest().book.readings.town_om_blocked is True


def test_an_outdated_proposal_says_so(stocked: House) -> None:
    first = proposed(stocked)
    second = proposed(stocked, {**LOWERED, "value": "300万元"})
    confirmed(stocked, first)
    browser = looking(stocked, f"/console/proposals/{second}", second=True)
    page = plain(browser.get(f"/console/proposals/{second}"))
    assert "请按现行版本重新提出" in page and "确认生效" not in page
    reply = browser.post(f"/console/proposals/{second}/confirm")
    assert (reply.status_code, "已经过时" in plain(reply)) == (422, True)


def test_a_proposal_is_withdrawn_and_stays_in_the_list(stocked: House) -> None:
    id = proposed(stocked)
    browser = looking(stocked, f"/console/proposals/{id}", second=True)
    assert browser.post(f"/console/proposals/{id}/withdraw").status_code == 302
    found = stocked.ledger.proposals.get(id)
    assert found and found.state == ProposalState.WITHDRAWN
    assert browser.post(f"/console/proposals/{id}/withdraw").status_code == 422
    page = plain(browser.get("/console/proposals"))
    assert f"第{id}号已撤回" in page and "市局调整权限" in page


def test_a_proposal_shows_the_lines_of_the_file(stocked: House) -> None:
    page = looking(stocked, HIGH, role=Role.AUDITOR).get(f"/console/proposals/{proposed(stocked)}")
    assert "<ins>      - {from: 2025-03-10, value: 2000000, source: 某政办〔2025〕1号}</ins>" in text(page)
    assert "＋增加" in plain(page)
    assert "确认生效" not in text(page) and "撤回" not in plain(page)  # an auditor only looks


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ("请填写“新的数值”", "请填写“自何日起”", "请填写“依据文件”", "请填写“理由”")),
        (
            {**LOWERED, "value": "很多", "since": "明天", "source": "长" * 501},
            ("“很多”不是确定的金额", "这里不是有效的日期", "“依据文件”超过500字"),
        ),
        ({**LOWERED, "value": "-1", "reason": "理\u200b由"}, ("“理由”含有不可见的字符",)),
        ({**LOWERED, "value": "-1"}, ("-1是负数",)),
        (
            {**LOWERED, "value": "500万", "since": "2023-12-01", "source": "歙政办秘〔2023〕63号"},
            ("没有差别",),
        ),
    ],
    ids=["nothing", "all of it", "hidden signs", "the manifest's own rule", "no change"],
)
def test_all_mistakes_are_told_at_once_and_what_was_typed_stays(
    stocked: House, fields: dict[str, str], said: tuple[str, ...]
) -> None:
    reply = looking(stocked, HIGH).post(HIGH, fields)
    assert reply.status_code == 422
    for each in said:
        assert each in plain(reply), each
    for name in ("value", "since", "source"):
        assert f'value="{fields.get(name, "")}"' in text(reply)
    assert stocked.ledger.proposals.list() == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("policy.contract_filing_days", "很久", "请写整数"),
        ("policy.contract_filing_days", "9999", "9999超出范围。应在1至365之间。"),
        ("policy.reminders.hour", "", "不能为空"),
        ("readings.town_om_blocked", "也许", "请选择一项"),
        ("self_evaluation_opens_months", "半年", "请写整数"),
    ],
)
def test_each_kind_of_value_says_what_is_wrong(stocked: House, name: str, value: str, said: str) -> None:
    path = f"/console/limits/{name}"
    reply = looking(stocked, path).post(path, {**LOWERED, "value": value})
    assert (reply.status_code, said in plain(reply)) == (422, True)


def test_numbers_that_contradict_each_other_are_told_by_their_labels(stocked: House) -> None:
    path = "/console/limits/self_evaluation_opens_months"
    reply = looking(stocked, path).post(path, {**LOWERED, "value": "30"})
    assert "“自评价最早开展时间（通过验收并投入运行后）”（30）大于“自评价最迟报送时间" in plain(reply)


def test_a_value_of_one_category_is_entered_as_such(stocked: House) -> None:
    path = "/console/limits/decentralised_procurement_yuan"
    id = proposed(stocked, {**LOWERED, "category": "goods"}, path)
    found = stocked.ledger.proposals.get(id)
    assert found and "category: goods" in found.text
    id = proposed(stocked, {**LOWERED, "category": "goods"})  # this limit has none
    found = stocked.ledger.proposals.get(id)
    assert found and LINE in found.text


@pytest.mark.parametrize(
    "path", ["limits/no_such", "limits/policy.no_such", "proposals/7", "versions/0", "versions/000000000000"]
)
def test_what_there_is_not_is_not_found(stocked: House, path: str) -> None:
    assert stocked.browser(Role.ADMIN).get(f"/console/{path}").status_code == 404


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_row_can_have_is_not_found(stocked: House, number: int) -> None:
    browser = stocked.browser(Role.ADMIN)
    assert browser.get(f"/console/proposals/{number}").status_code == 404
    assert browser.get(f"/console/versions?before={number}").status_code == 200
    for path in (
        f"proposals/{number}/confirm",
        f"projects/views/{number}/drop",
        f"people/feeds/{number}/revoke",
    ):
        assert browser.post(f"/console/{path}").status_code in (404, 405), path


def test_one_preview_at_a_time(stocked: House) -> None:
    browser = looking(stocked, HIGH)
    with PREVIEWS:
        reply = browser.post(HIGH, LOWERED)
    assert (reply.status_code, "另一项影响推算正在进行" in plain(reply)) == (422, True)
    assert 'value="200万元"' in text(reply)
    assert browser.post(HIGH, LOWERED).status_code == 200


def test_a_preview_does_not_keep_others_from_writing(stocked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody files in the middle of the walk over the ledger."""
    seen, filed = Summary.seen, list[bool]()

    def meanwhile(summary: Summary, row: Any) -> None:
        if not filed:
            other = threading.Thread(target=stocked.desk.save, args=("late_demand",))
            other.start()
            other.join(5)
            filed.append(not other.is_alive() and stocked.ledger.projects.get("DEMO-2025-0002") is not None)
        seen(summary, row)

    monkeypatch.setattr(Summary, "seen", meanwhile)
    assert looking(stocked, HIGH).post(HIGH, LOWERED).status_code == 200
    assert filed == [True]


def test_a_file_that_cannot_be_written_is_told_and_nothing_changes(
    stocked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, version = proposed(stocked), stocked.ledger.manifests.active_version()
    browser = looking(stocked, f"/console/proposals/{id}", second=True)

    real = Path.open

    def opened(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "w" in mode:
            raise OSError(30, "read-only file system")
        return real(path, mode, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", opened)
        reply = browser.post(f"/console/proposals/{id}/confirm")
    assert (reply.status_code, "ReadWritePaths" in plain(reply)) == (422, True)
    assert "没有任何改动" in plain(reply)
    assert stocked.ledger.manifests.active_version() == version
    assert browser.post(f"/console/proposals/{id}/confirm").status_code == 302


def test_an_unfinished_edit_of_the_file_is_not_lost(stocked: House) -> None:
    id = proposed(stocked)
    stocked.manifest_file.write_text("# 正在编辑\n", encoding="utf-8")
    browser = looking(stocked, f"/console/proposals/{id}", second=True)
    reply = browser.post(f"/console/proposals/{id}/confirm")
    assert (reply.status_code, "系统不会覆盖它" in plain(reply)) == (422, True)
    assert stocked.manifest_file.read_text(encoding="utf-8") == "# 正在编辑\n"


def test_nothing_is_changed_without_the_token(stocked: House) -> None:
    id, version = proposed(stocked), stocked.ledger.manifests.active_version()
    browser = looking(stocked, f"/console/proposals/{id}", second=True)
    for path in (
        HIGH,
        f"/console/proposals/{id}/confirm",
        f"/console/proposals/{id}/withdraw",
        f"/console/versions/{version}",
    ):
        browser.token = ""
        assert browser.post(path, LOWERED).status_code == 400, path
    found = stocked.ledger.proposals.get(id)
    assert found and found.state == ProposalState.OPEN


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.UNIT, Role.OPERATOR])
def test_others_propose_and_confirm_nothing(stocked: House, role: Role) -> None:
    id = proposed(stocked)
    browser = stocked.browser(role)
    for path in (HIGH, f"/console/proposals/{id}/confirm", f"/console/proposals/{id}/withdraw"):
        assert browser.post(path, LOWERED).status_code == 403, path
    sees = role in (Role.READER, Role.AUDITOR)
    reply = browser.get(HIGH)
    assert (reply.status_code, "提出修改" in text(reply)) == (200 if sees else 403, False)
    menu = text(browser.get("/console/overview", follow_redirects=True))
    assert ('href="/console/limits"' in menu) is sees


def test_rules_that_weigh_one_by_one_are_left_to_the_file(stocked: House) -> None:
    text_now = stocked.manifest_file.read_text(encoding="utf-8").replace(
        "  enforce: block\n", "  enforce: {default: block, rules: {EXPERT-REVIEW: advise}}\n"
    )
    stocked.manifest_file.write_text(text_now, encoding="utf-8")
    made = load_manifest(stocked.manifest_file, {})
    stocked.ledger.manifests.apply(made.version, made.text, "test", NOW, made.beside)
    page = looking(stocked, "/console/limits/policy.enforce").get("/console/limits/policy.enforce")
    assert "逐条规则设置" in plain(page) and "提出修改" not in plain(page)


def test_versions_are_paged(stocked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugin.console.pages.versions.AT_ONCE", 3)
    for hour in range(1, 5):
        text_now = stocked.services.manifest().text
        made = re.sub(r"per_minute: \d+", f"per_minute: {hour + 100}", text_now)
        stocked.manifest_file.write_text(made, encoding="utf-8")
        loaded = load_manifest(stocked.manifest_file, {})
        stocked.ledger.manifests.apply(loaded.version, made, "test", NOW, loaded.beside)
    browser = looking(stocked, "/console/versions")
    page = text(browser.get("/console/versions"))
    assert page.count("<tr>") == 1 + 3 and "最早的版本" not in page
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found
    page = text(browser.get(found[1]))
    assert page.count("<tr>") == 1 + 2 and "最早的版本" in page and ">现行<" not in page
