"""Running projects by the console: a check that writes nothing, the import of exactly what it showed, no trace of what is classified."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from plugin.clock import shanghai_day
from plugin.console.access import Role
from plugin.console.pages import imports
from plugin.importing.template import template_of
from plugin.ledger import IMPORTED
from plugin.regulation.states import State
from tests.importing.conftest import COMPLETED, FORM, RUNNING, xlsx

from .conftest import NOW, Browser, House

PAGE = "/console/import"
SECRET = "某某专项工程"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
WATER = {**COMPLETED, "项目名称": "水利平台"}


@pytest.fixture
def desk(house: House) -> Browser:
    browser = house.browser(Role.ADMIN)
    browser.get(PAGE)
    return browser


def sent(browser: Browser, data: bytes, name: str = "台账.xlsx") -> Any:
    return browser.post(PAGE, {"file": (BytesIO(data), name), "do": "check"})


def text(reply: Any) -> str:
    """What the person reads, without blanks."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", reply.get_data(as_text=True))))


def carried(reply: Any) -> dict[str, str]:
    """The hidden fields of the page's import, none if there is no button."""
    page = reply.get_data(as_text=True)
    if 'value="import"' not in page:
        return {}
    found = dict(HIDDEN.findall(page))
    return {name: unescape(found[name]) for name in ("content", "seen")} | {"do": "import"}


def trace(house: House) -> list[Any]:
    """Everything the ledger holds, but when people were last seen."""
    tables = house.ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    names = [name for (name,) in tables if name != "sessions"]
    return [(name, house.ledger.rows(f'SELECT * FROM "{name}"')) for name in names]


def test_the_template_is_the_one_of_the_command(desk: Browser, house: House) -> None:
    reply = desk.get("/console/import.xlsx")
    assert "%E9%A1%B9%E7%9B%AE%E5%8F%B0%E8%B4%A6.xlsx" in reply.headers["Content-Disposition"]
    pack = house.services.manifest().pack
    assert sheets(reply.data) == sheets(template_of(FORM, pack, shanghai_day(NOW)))
    assert "没有项目" in text(sent(desk, reply.data))  # its example is passed over


def sheets(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook without the moment it was made."""
    with ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if not name.startswith("docProps")}


def test_a_check_tells_every_row_and_writes_nothing(desk: Browser, house: House) -> None:
    before = trace(house)
    reply = sent(desk, xlsx(RUNNING, WATER))
    said = text(reply)
    assert reply.status_code == 200 and trace(house) == before
    assert "核对通过，还没有写入" in said and "共2个项目：新增2个、更新0个、未变0个" in said
    assert "第2行新增基层治理平台编码在导入时编发" in said and "第3行新增水利平台" in said
    assert "已逾期：初步验收（第三十九条第一款），应于2025-01-31前（含当日）完成" in said
    assert "已逾期的事项1项" in said and "导入2个项目" in said


def test_what_was_shown_is_imported_with_its_audit_and_links(desk: Browser, house: House) -> None:
    data = xlsx(RUNNING, WATER)
    reply = desk.post(PAGE, carried(sent(desk, data)))
    said, page = text(reply), reply.get_data(as_text=True)
    assert "导入完成" in said and "新增2个" in said
    codes = re.findall(r'href="/console/projects/([\w-]+)"', page)
    assert codes == ["DEMO-2025-0001", "DEMO-2025-0002"]
    project = house.ledger.projects.get(codes[1])
    assert project and (project.state, project.name) == (State.COMPLETED, "水利平台")
    assert desk.get(f"/console/projects/{codes[1]}").status_code == 200
    [entry] = house.ledger.audit.of("import")
    assert (entry.action, entry.actor) == ("projects.imported", "admin-person")
    assert entry.detail == {"file": sha256(data).hexdigest(), "new": 2, "changed": 0}
    assert 'value="import"' not in page


def test_the_same_file_again_is_unchanged_and_has_no_button(desk: Browser, house: House) -> None:
    data = xlsx(RUNNING, WATER)
    fields = carried(sent(desk, data))
    desk.post(PAGE, fields)
    before = trace(house)
    house.clock.at += timedelta(minutes=5)
    for reply in (sent(desk, data), desk.post(PAGE, fields)):  # chosen again; the button pressed twice
        assert "不需要导入：文件的内容已经全部在台账中" in text(reply) and "未变2个" in text(reply)
        assert carried(reply) == {}
    assert trace(house) == before


def test_a_changed_row_updates_its_own_project(desk: Browser, house: House) -> None:
    desk.post(PAGE, carried(sent(desk, xlsx(RUNNING, WATER))))
    checked = sent(desk, xlsx({**RUNNING, "提醒接收人": "u9"}, WATER))
    assert "新增0个、更新1个、未变1个" in text(checked) and "DEMO-2025-0001" in text(checked)
    desk.post(PAGE, carried(checked))
    head = house.ledger.submissions.head(IMPORTED, "DEMO-2025-0001")
    assert head and head.values["remind_to"] == "u9"


def test_all_mistakes_stand_there_at_once_with_value_rule_and_cure(desk: Browser, house: House) -> None:
    before = trace(house)
    wrong = {**RUNNING, "投资额（元）": 356.8, "合同签订日期": "2024-13-01"}
    reply = sent(desk, xlsx(wrong, {**WATER, "项目责任人": None}))
    said = text(reply)
    assert reply.status_code == 422 and trace(house) == before
    assert "没有导入：有3处需要改正" in said
    assert "第2行基层治理平台投资额（元）356.8" in said and "请写明单位" in said
    assert "合同签订日期2024-13-01" in said
    assert "第3行水利平台项目责任人—" in said
    assert carried(reply) == {}


def test_nothing_is_imported_if_the_ledger_moved_on_since_the_check(desk: Browser, house: House) -> None:
    fields = carried(sent(desk, xlsx(RUNNING, WATER)))
    other = house.browser(Role.ADMIN, second=True)
    other.get(PAGE)
    other.post(PAGE, carried(sent(other, xlsx(RUNNING))))
    reply = desk.post(PAGE, fields)
    assert "还没有导入" in text(reply) and "结果与当时不同" in text(reply)
    assert "新增1个、更新0个、未变1个" in text(reply) and len(house.ledger.projects.list()) == 1
    assert "导入完成" in text(desk.post(PAGE, carried(reply)))
    assert len(house.ledger.projects.list()) == 2


def test_a_day_later_the_overdue_days_differ_so_it_is_shown_anew(desk: Browser, house: House) -> None:
    fields = carried(sent(desk, xlsx(WATER)))
    house.clock.at = NOW + timedelta(hours=15, minutes=1)  # past midnight in Shanghai
    again = house.browser(Role.ADMIN)
    again.get(PAGE)
    assert "还没有导入" in text(again.post(PAGE, fields))
    assert house.ledger.projects.list() == []


def test_a_button_without_its_file_or_without_a_check_imports_nothing(desk: Browser, house: House) -> None:
    for fields in ({"content": "", "seen": ""}, {"content": "%%%", "seen": "x"}, {}):
        assert desk.post(PAGE, {**fields, "do": "import"}).status_code == 422
    fields = {"content": b64encode(xlsx(RUNNING)).decode(), "seen": "", "do": "import"}
    assert "还没有导入" in text(desk.post(PAGE, fields))
    assert house.ledger.projects.list() == []


def bomb() -> bytes:
    out = BytesIO(xlsx(RUNNING))
    with ZipFile(out, "a", 8) as packed:
        packed.writestr("xl/media/a.xml", b" " * 30_000_000)
    return out.getvalue()


def test_a_file_that_is_not_usable_is_told_why(desk: Browser, house: House) -> None:
    before = trace(house)
    for data, said, status in (
        (b"", "请选择文件", 422),
        (b"a,b\n1,2\n", "不是xlsx文件", 422),
        (bomb(), "文件解压后过大", 422),
        (xlsx(RUNNING, sheet="Sheet1"), "没有名为“项目”的工作表", 422),
        (b"PK" + b"x" * imports.LARGEST_FILE, "超过上限1024KB", 422),
        (xlsx(*[{"是否涉密": "否"}] * (imports.MOST_ROWS + 1)), f"超过{imports.MOST_ROWS}行", 422),
        (b"x" * 2 * 1024 * 1024, "最大1024KB", 413),
    ):
        reply = sent(desk, data)
        assert reply.status_code == status, said
        assert said in text(reply)
    assert trace(house) == before


def test_the_largest_file_that_is_checked_can_be_imported(desk: Browser, house: House) -> None:
    """What the page carries is a third larger, and its form has room for it."""
    out = BytesIO(xlsx(RUNNING))
    with ZipFile(out, "a") as packed:  # stored, not packed
        packed.writestr("xl/media/picture.bin", b"\0" * (imports.LARGEST_FILE - len(out.getvalue()) - 500))
    assert imports.LARGEST_FILE - 1000 < len(out.getvalue()) <= imports.LARGEST_FILE
    assert "导入完成" in text(desk.post(PAGE, carried(sent(desk, out.getvalue()))))


def test_a_classified_row_leaves_no_trace_on_disk_or_page(
    desk: Browser, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    before = trace(house)
    for stated in ("是", None, "不清楚"):
        row = {**RUNNING, "项目名称": SECRET, "合同编号": SECRET, "是否涉密": stated}
        reply = sent(desk, xlsx(RUNNING, row), f"{SECRET}.xlsx")
        assert reply.status_code == 422 and "第3行——" in text(reply)
        assert SECRET not in reply.get_data(as_text=True) and carried(reply) == {}
    assert trace(house) == before and SECRET not in caplog.text
    for file in house.ledger.path.parent.rglob("*"):
        assert file.is_dir() or SECRET.encode() not in file.read_bytes(), file


def test_what_was_imported_and_is_classified_now_is_purged_when_the_person_is_sure(
    desk: Browser, house: House
) -> None:
    desk.post(PAGE, carried(sent(desk, xlsx({**RUNNING, "项目名称": SECRET}, WATER))))
    reply = sent(desk, xlsx({**RUNNING, "项目名称": SECRET, "是否涉密": "是"}, WATER))
    assert "第2行的项目以前导入过" in text(reply) and SECRET not in text(reply)
    assert SECRET in str(trace(house))
    fields = {"do": "purge", "record": "DEMO-2025-0001"}
    assert f'name="record" value="{fields["record"]}"' in reply.get_data(as_text=True)
    assert "没有清除" in followed(desk, fields)
    data = xlsx({**RUNNING, "项目名称": SECRET, "是否涉密": "是"})
    desk.post(PAGE, {"do": "import", "content": b64encode(data).decode(), "seen": "x"})
    assert SECRET in str(trace(house))
    assert "已清除1个项目" in followed(desk, {**fields, "sure": "1"})
    assert SECRET not in str(trace(house)) and "水利平台" in str(trace(house))
    assert "没有清除" in followed(desk, {**fields, "sure": "1"})  # it is gone already
    [entry] = [each for each in house.ledger.audit.of("import") if each.action == "projects.purged"]
    assert (entry.actor, entry.detail) == ("admin-person", {"count": 1})


def followed(browser: Browser, fields: dict[str, str]) -> str:
    """What the page says to which the answer leads."""
    return text(browser.get(browser.post(PAGE, fields).headers["Location"]))


def test_the_list_of_projects_leads_there_for_the_admin_alone(house: House) -> None:
    assert b'href="/console/import"' in house.browser(Role.ADMIN).get("/console/projects").data
    for role in (Role.READER, Role.AUDITOR, Role.UNIT):
        assert b"/console/import" not in house.browser(role).get("/console/projects").data
