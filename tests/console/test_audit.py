"""The audit as a list: every action in words, its subject, what filters keep, what it costs, whether its chain was whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import plugin
from plugin.commands.doctor import doctor
from plugin.console import auditing
from plugin.console.access import Role
from plugin.console.asked import asked
from plugin.console.lists import SPECS
from plugin.dossier.words import ACTIONS
from plugin.ledger import Query, listings
from plugin.ledger.outbox import _FINISH
from plugin.ledger.proposals import ProposalState
from plugin.ledger.purge import _OF_PROJECT, _OF_RECORD
from plugin.serving import opened

from .conftest import NOW, House, full_disk
from .test_lists import exported

ROOT = Path(plugin.__file__).parent.parent
SOURCES = sorted(path for name in ("plugin", "jobs", "webhooks") for path in (ROOT / name).rglob("*.py"))
MADE = {  # actions whose last part the code puts in, and what it can be
    "obligation.": ("added", "changed", "closed", "cancelled"),
    "outbox.": tuple(_FINISH),
    "proposal.": tuple(state.value for state in ProposalState if state != ProposalState.OPEN),
}


def actions(tree: ast.Module) -> Iterator[str]:
    """What a module hands to the audit as the action."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if re.search(r"\baudit\.append$", ast.unparse(call.func).replace("_audit", "audit")):
                yield from said(call.args[2], function, tree)


def said(node: ast.expr, function: ast.FunctionDef, tree: ast.Module) -> Iterator[str]:
    """Every value that the expression can have; what cannot be told fails the test."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from said(node.body, function, tree)
        yield from said(node.orelse, function, tree)
    elif isinstance(node, ast.JoinedStr):
        assert isinstance(node.values[0], ast.Constant)
        yield from (f"{node.values[0].value}{each}" for each in MADE[node.values[0].value])
    else:
        assert isinstance(node, ast.Name), ast.unparse(node)
        given = [
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == node.id
        ]
        names = [argument.arg for argument in function.args.args]
        if node.id in names:
            at = names.index(node.id) - 1  # without self
            given += [
                each.args[at]
                for each in ast.walk(tree)
                if isinstance(each, ast.Call) and ast.unparse(each.func) == f"self.{function.name}"
            ]
        assert given, (function.name, node.id)
        for each in given:
            yield from said(each, function, tree)


def recorded() -> set[str]:
    return {
        each for path in SOURCES for each in actions(ast.parse(path.read_text())) if path.name != "audit.py"
    }


def test_every_action_of_the_code_has_words_and_a_group() -> None:
    found = recorded()
    assert {"person.locked", "outbox.queued", "projects.purged", "submission.deleted"} <= found
    assert len(found) > 30
    assert found - ACTIONS.keys() == set()
    assert {each.partition(".")[0] for each in found} == auditing.GROUPS.keys()


def test_every_count_of_a_purge_and_every_filter_has_words() -> None:
    assert {"outgoing", *_OF_RECORD, *_OF_PROJECT} == auditing.PURGED.keys()
    filters = {name for listing in listings.LISTINGS.values() for name in listing.filters}
    assert filters | {"q"} == auditing.FILTERS.keys()
    assert {*SPECS, "limits"} == auditing.LISTS.keys()
    assert all(auditing.LISTS[name] == spec.title for name, spec in SPECS.items())


@pytest.fixture
def busy(stocked: House) -> House:
    """What a county's day leaves: papers, an account, an export, a proposal, a purge, a dead letter sent again."""
    ledger = stocked.ledger
    code = stocked.desk.code_of("demand")
    rows = (
        ("王某", "submission.override", "standard:demand", {"rule": "R-07-01"}),
        ("王某", "submission.attached", "standard:demand", {"project": code}),
        ("system", "obligation.moved", f"project:{code}", {"key": "acceptance_application", "revision": 2, "before": None, "now": "2026-05-06"}),
        ("王某", "proposal.made", "proposal:7", {"base": "000000000001", "version": "000000000002", "digest": "d" * 64}),
        ("system", "record.purged", "standard:gone", {"versions": 2, "heads": 1, "overrides": 0}),
        ("王某", "console.exported", "list:projects", {"kind": "csv", "filters": ["state", "from_fen"]}),
        ("system", "inbox.conflict", "standard:gone", {"key": "k-1", "original": "a" * 64, "other": "b" * 64}),
        ("某甲<b>", "person.disabled", "person:li", {}),
        ("system", "ledger.backup", "ledger", {"bytes": 3 * 1024 * 1024}),
        ("王某", "projects.imported", "import", {"file": "f" * 64, "new": 3, "changed": 1}),
        ("system", "future.action", "thing:1", {"what": 1}),
    )  # fmt: skip
    for number, (actor, action, subject, detail) in enumerate(rows):
        ledger.audit.append(NOW + timedelta(hours=number), actor, action, subject, detail)
    return stocked


def cells(page: str) -> dict[str, list[str]]:
    """By action as it is said: the cells of its latest row, with what marks them up."""
    found: dict[str, list[str]] = {}
    for row in re.findall(r"<tr>\s*(<td.*?)</tr>", page, re.S):
        texts = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        found.setdefault(texts[3], texts)
    return found


def test_the_page_says_who_did_what_to_what(busy: House) -> None:
    page = busy.browser(Role.AUDITOR).get("/console/audit").get_data(as_text=True)
    rows, code = cells(page), busy.desk.code_of("demand")
    assert rows["核准放行"][1:] == [
        "2025-03-10 09:00", "王某", "核准放行", '<a href="/console/submissions/standard/demand">记录 demand</a>', "规则：R-07-01",
    ]  # fmt: skip
    assert rows["期限变动"][2] == "系统"
    assert rows["期限变动"][4] == f'<a href="/console/projects/{code}">项目 {code}</a>'
    assert rows["期限变动"][5] == "事项：竣工验收申请；原期限：未定；现期限：2026-05-06；版次：2"
    assert rows["提出参数修改"][4] == '<a href="/console/proposals/7">第7号提议</a>'
    assert rows["提出参数修改"][5] == "依据的版本：000000000001；版本：000000000002；校验值：dddddddddddd"
    assert rows["涉密，已清除"][4:] == ["记录 gone", "历次内容2处；现行内容1处"]
    assert rows["导出列表"][4:] == ["清单“项目”", "格式：CSV；筛选：状态、投资额不低于"]
    assert (
        rows["同一编号内容不同，已隔离"][5]
        == "编号：k-1；原内容校验值：aaaaaaaaaaaa；新内容校验值：bbbbbbbbbbbb"
    )
    assert rows["停用账号"][2:5] == ["某甲&lt;b&gt;", "停用账号", '<a href="/console/people">账号 li</a>']
    assert rows["新建账号"][4:] == ['<a href="/console/people">账号 auditor-person</a>', "角色：审计人员"]
    assert rows["登录"][5] == "方式：密码"
    assert rows["备份台账"][4:] == ["台账", "大小：3.0 MB"]
    assert rows["导入项目"][5] == "新增：3个；更新：1个；文件校验值：ffffffffffff"
    assert re.search(r">备案 DEMO-2025-0001 [^<:]+</a>", page)
    assert rows["future.action"][5] == "what：1"
    assert f'<a href="/console/projects/{code}">' in rows["排入发送"][4]
    assert '<a href="/console/submissions/standard/' in rows["受理提交"][4]
    numbers = [int(each) for each in re.findall(r'<td data-label="编号"[^>]*>(\d+)</td>', page)]
    assert numbers == sorted(numbers, reverse=True)


def test_every_link_of_the_page_leads_somewhere(busy: House) -> None:
    browser = busy.browser(Role.AUDITOR)
    page = browser.get("/console/audit").get_data(as_text=True)
    links = {each for each in re.findall(r'<td[^>]*><a href="([^"]+)"', page) if "/proposals/7" not in each}
    assert len(links) >= 3
    assert {browser.get(each).status_code for each in links} == {200}


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("group=submission&actor=王某", 2),
        ("group=record", 1),
        ("actor=王某", 5),
        ("actor=王某&group=person", 0),
        ("from=2025-03-11", 0),
        ("from=2025-03-10&until=2025-03-10&actor=王某", 5),
        ("until=2025-03-09", 0),
        ("group=proposal&from=2025-03-01&until=2025-03-31", 1),
        ("group=no-such-group&actor=王某", 5),
        ("q=水库&actor=王某", 5),
    ],
)
def test_filters_keep_what_fits(busy: House, query: str, number: int) -> None:
    busy.clock.at = NOW
    page = busy.browser(Role.AUDITOR).get(f"/console/audit?{query}").get_data(as_text=True)
    assert f"共 {number} 条记录" in page


@pytest.mark.parametrize("day", ["2025-03-08", "2025-03-10", "2025-03-12"])
def test_days_find_every_row_though_a_clock_went_wrong(house: House, day: str) -> None:
    """Rows of other days stand between: the numbers of rows are no order of time then."""
    at = [NOW + timedelta(days=each, hours=7) for each in (0, -9, 2, -2, 0, 400, -2, 1, 0)]
    for number, each in enumerate(at):
        house.ledger.audit.append(each, "某乙", "ledger.backup", f"x:{number}", {})
    with house.app.app_context():
        for args, fits in (
            ({"from": day}, lambda it: it >= day),
            ({"until": day}, lambda it: it <= day),
            ({"from": day, "until": day}, lambda it: it == day),
        ):
            query = asked(SPECS["audit"], {**args, "actor": "某乙"}, NOW.date(), None).query
            found = [row["subject"] for row in house.ledger.lists.page(query).rows]
            wanted = [
                number for number, each in enumerate(at) if fits(f"{each + timedelta(hours=8):%Y-%m-%d}")
            ]
            assert found == [f"x:{number}" for number in reversed(wanted)], args


def test_pages_follow_one_another_without_a_gap(busy: House) -> None:
    seen: list[int] = []
    query = Query("audit", {"actor": "system"}, limit=2)
    page = busy.ledger.lists.page(query)
    seen += [row["id"] for row in page.rows]
    while page.next:
        page = busy.ledger.lists.page(Query("audit", {"actor": "system"}, after=page.next, limit=2))
        seen += [row["id"] for row in page.rows]
    every = [entry.id for entry in busy.ledger.audit.latest() if entry.actor == "system"]
    assert seen == every


@pytest.mark.parametrize(
    "day",
    [{}, {"from": "2025-03-01"}, {"until": "2025-03-31"}, {"from": "2025-03-01", "until": "2025-03-31"}],
)
@pytest.mark.parametrize(
    ("named", "index"),
    [
        ({}, ""),
        ({"group": "record"}, "audit_group"),
        ({"actor": "王某"}, "audit_actor"),
        ({"group": "record", "actor": "王某"}, "audit_actor_group"),
    ],
)
@pytest.mark.parametrize("after", [None, (5, 5)])
def test_no_page_reads_the_whole_audit(
    busy: House,
    monkeypatch: pytest.MonkeyPatch,
    day: dict[str, str],
    named: dict[str, str],
    index: str,
    after: Any,
) -> None:
    """Rows come in the order of an index: nothing is sorted, and nothing is gone through but in that order."""
    asked_for: list[tuple[str, tuple[Any, ...]]] = []
    store = type(busy.ledger)
    rows = store.rows
    monkeypatch.setattr(
        store, "rows", lambda self, sql, *values: asked_for.append((sql, values)) or rows(self, sql, *values)
    )
    with busy.app.app_context():
        query = asked(SPECS["audit"], {**day, **named}, NOW.date(), None).query
    busy.ledger.lists.page(Query("audit", query.filters, after=after))
    [(sql, values)] = [each for each in asked_for if " FROM audit AS a " in each[0]]
    plan = [row[3] for row in rows(busy.ledger, f"EXPLAIN QUERY PLAN {sql}", *values)]
    assert not [each for each in plan if "TEMP B-TREE" in each], plan
    assert not index or f"SEARCH a USING INDEX {index} (" in " ".join(plan), plan
    scans = [
        each for each in plan if each.startswith("SCAN") and each not in ("SCAN days", "SCAN CONSTANT ROW")
    ]
    assert scans == ([] if day or named or after else ["SCAN a"]), plan


def test_who_is_offered_is_who_is_there(busy: House) -> None:
    busy.account(Role.AUDITOR)
    names = busy.ledger.lists.choices("actor")
    assert names == sorted({entry.actor for entry in busy.ledger.audit.latest(1000)})
    page = busy.browser(Role.AUDITOR).get("/console/audit").get_data(as_text=True)
    assert '<option value="system">系统</option>' in page
    assert "搜索" not in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_goes_out_as_a_table_and_that_is_recorded_too(busy: House, kind: str) -> None:
    browser = busy.browser(Role.AUDITOR)
    rows = exported(browser.get(f"/console/audit.{kind}?group=proposal").data, kind)
    assert rows[0] == ["编号", "时间", "谁", "类别", "做了什么", "对象", "说明", "封存值"]
    assert rows[1][2:] == ["王某", "修改参数的提议", "提出参数修改", "第7号提议", "依据的版本：000000000001；版本：000000000002；校验值：dddddddddddd", "尚未封存"]  # fmt: skip
    assert len(rows) == 2
    [entry] = busy.ledger.audit.of("list:audit")
    assert (entry.actor, entry.action) == ("auditor-person", "console.exported")


def test_the_menu_offers_it_to_those_who_may(house: House) -> None:
    link = '<a href="/console/audit"'
    for role in Role:
        page = house.browser(role).get("/console/password").get_data(as_text=True)
        assert (link in page) is (role in (Role.ADMIN, Role.AUDITOR)), role


def test_whether_the_chain_was_whole_is_said_with_the_time(busy: House) -> None:
    browser, ledger = busy.browser(Role.AUDITOR), busy.ledger

    def line() -> str:
        return browser.get("/console/audit").get_data(as_text=True).partition('<p class="notice ')[2][:200]

    assert line().startswith('wait">审计记录是否完整，还没有核对过。')
    ledger.audit.seal()
    assert ledger.doctor(NOW) == []
    assert line().startswith('good">审计记录逐条封存、前后相连，2025-03-10 09:00核对完整')
    ledger.changed("DROP TRIGGER audit_keeps_words")
    ledger.changed("UPDATE audit SET actor = '李某' WHERE id = 3")
    ledger.doctor()
    assert line().startswith("good"), "not noted without a time"
    ledger.doctor(NOW + timedelta(hours=1))
    assert line().startswith('bad">审计记录于2025-03-10 10:00核对时与封存的不一致')
    with full_disk():
        assert "AUDIT_BROKEN" in [each.code for each in ledger.doctor(NOW + timedelta(hours=2))]
    assert "2025-03-10 10:00核对" in line()


def test_the_operators_command_leaves_what_it_found(house: House) -> None:
    folder = str(house.ledger.path.parent)
    CliRunner().invoke(doctor, ["--data", folder, "--manifest", str(house.manifest_file)])
    assert house.ledger.marks.get("audit-whole") is not None
    opened(Path(folder), house.services.manifest(), Path(folder)).close()
    assert "核对完整" in house.browser(Role.ADMIN).get("/console/audit").get_data(as_text=True)
