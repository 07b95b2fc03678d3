"""A file becomes projects: whole or not at all, the same file twice is once, duties are there, nobody is flooded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from plugin import outgoing
from plugin.clock import shanghai_day
from plugin.importing.entering import CHANGED, NEW, UNCHANGED, NotTaken, import_file
from plugin.importing.report import lines
from plugin.ledger import IMPORTED
from plugin.regulation.history import Standing, replay
from plugin.regulation.obligations import duty_key
from plugin.regulation.states import State
from plugin.sdk import Actor, EventKind, FormEvent
from tests.flow.conftest import ROUND
from tests.importing.conftest import COMPLETED, FORM, RUNNING, Office, xlsx

SECRET = "某某专项工程"


def whats(office: Office, *rows: dict[str, Any], keep: bool = True) -> list[tuple[str, str]]:
    done = office.import_(*rows, keep=keep)
    assert done.problems == ()
    return [(each.code, each.what) for each in done.projects]


def recalled(office: Office, code: str, until: datetime) -> list[str]:
    """Duty and mark of every moment that has come up to then, in the order of their mornings."""
    office.looked(until)
    return [f"{row.key}:{row.mark.partition('@')[0]}" for row in office.ledger.reminders.list(code)]


def persons(office: Office, code: str) -> set[tuple[str, str]]:
    """Platform and id of whom the duties of the project are recalled to."""
    return {(each.platform, each.person) for each in office.ledger.watched.of_project(code)}


def report(office: Office, *rows: dict[str, Any], keep: bool = True) -> str:
    done = office.import_(*rows, keep=keep)
    return "\n".join(lines(done, office.intake.manifest().pack.cite))


def test_each_row_becomes_a_project_where_the_bureau_says_it_stands(office: Office) -> None:
    other = {**COMPLETED, "项目名称": "水利平台", "项目编码": "SL-07"}
    assert whats(office, RUNNING, other) == [("SX-2025-0001", NEW), ("SL-07", NEW)]
    first, second = office.ledger.projects.get("SX-2025-0001"), office.ledger.projects.get("SL-07")
    assert first and second
    assert (first.state, first.name, first.unit) == (State.IMPLEMENTING, "基层治理平台", "县农业农村局")
    assert second.state == State.COMPLETED
    duties = {each.key: (each.state, each.due_on) for each in office.ledger.obligations.of_project("SL-07")}
    assert duties["preliminary_acceptance"] == ("open", date(2025, 1, 31))
    assert duties["acceptance_application"] == ("open", date(2025, 4, 30))
    assert duties["performance_report:2024"] == ("fulfilled", date(2024, 12, 31))
    assert duties[duty_key("contract_filing", "HT-1")][0] == "fulfilled"


def test_what_is_past_is_in_the_report_and_not_in_the_post(office: Office) -> None:
    """The preliminary acceptance is overdue; of the application's moments 2025-03-31, 04-23 and 04-29 lie ahead."""
    office.desk.now += timedelta(minutes=1)
    told = report(office, COMPLETED)
    assert "已逾期：初步验收（第三十九条第一款），应于2025-01-31前（含当日）完成，已逾期" in told
    assert "待办：竣工验收申请（第三十九条第一款），2025-04-30前（含当日）完成" in told
    assert "不补发" in told and "不向全生命周期管理系统补报备案" in told
    code = "SX-2025-0001"
    assert recalled(office, code, office.desk.now) == []
    assert persons(office, code) == {("standard", "u7")}
    later = recalled(office, code, office.desk.now + timedelta(days=52))
    assert [each for each in later if each.startswith("acceptance_application")] == [
        *(f"acceptance_application:{mark}" for mark in ("before:30", "before:7", "before:1", "due"))
    ]
    assert "preliminary_acceptance:overdue:6" in later  # its repeats, in their own time
    assert all(row.wanted_at > office.desk.now for row in office.ledger.reminders.list(code))
    assert office.ledger.outbox.list() == []


@pytest.mark.parametrize(
    ("completed", "left"),
    [
        (date(2024, 9, 20), ["before:7", "before:1"]),  # due on 2025-03-20
        (date(2024, 9, 13), ["before:1"]),  # the seventh day before was 2025-03-06
        (date(2024, 9, 11), []),  # the day before is today at nine, a minute before the import
    ],
)
def test_no_moment_before_the_import_is_made_up_for(office: Office, completed: date, left: list[str]) -> None:
    code = "SX-2025-0001"
    office.desk.now += timedelta(minutes=1)
    office.import_({**COMPLETED, "建设完成日期": completed, "2024年度绩效评价报送日期": None})
    assert recalled(office, code, office.desk.now) == []
    office.desk.now += timedelta(days=1)
    office.intake.refresh(code, office.desk.now)  # nor later, when the project is folded again
    found = recalled(office, code, office.desk.now + timedelta(days=9))
    assert [
        each.removeprefix("acceptance_application:") for each in found if "application:before" in each
    ] == left


def test_a_past_duty_that_moves_is_not_made_up_for(office: Office) -> None:
    """Other habits, another calendar, a mended day: what lies before the import stays unsent."""
    code = "SX-2025-0001"
    office.import_(COMPLETED)
    office.looked(office.desk.now)
    known = office.ledger.watched.get(code, "preliminary_acceptance")
    assert known and known.due_on == date(2025, 1, 31)
    moved = replace(known, due_on=date(2025, 2, 3), overdue_after=date(2025, 2, 5))
    office.desk.now += timedelta(hours=1)
    office.ledger.watched.sync(code, [moved], office.desk.now)
    assert [each for each in recalled(office, code, office.desk.now) if each.startswith("prelim")] == []


def test_the_next_paper_goes_on_from_there_and_is_filed(office: Office) -> None:
    office.import_({**COMPLETED, "初验通过日期": date(2025, 1, 20), "所处阶段": "已通过初验"})
    common = {**ROUND["demand"].fields, "project_code": "SX-2025-0001", "project_name": "基层治理平台"}
    fields = {**common, "plan_year": 2024, "trial_started_on": "2025-03-10", "kind": "new"}
    now = office.desk.now + timedelta(hours=1)
    office.desk.now = now
    event = FormEvent("standard", "trial_operation", "t1", EventKind.CREATED, now, "k1", fields, Actor("u9"))
    office.desk.accept(event)
    office.desk.take_all()
    project = office.ledger.projects.get("SX-2025-0001")
    assert project and project.state == State.TRIAL_OPERATION
    assert [row.payload["step"] for row in office.ledger.outbox.list("filing")] == ["trial_operation"]
    assert persons(office, "SX-2025-0001") == {("standard", "u9")}


def test_the_same_file_twice_changes_nothing_at_all(office: Office) -> None:
    data = xlsx(RUNNING, {**COMPLETED, "项目名称": "水利平台"})
    office.take(data)
    before = office.trace()
    office.desk.now += timedelta(days=3)
    assert [each.what for each in office.take(data).projects] == [UNCHANGED, UNCHANGED]
    assert office.trace() == before


def test_what_the_person_has_not_seen_is_undone(office: Office) -> None:
    """Between the check and the import the ledger may have moved on: then nothing is written, and all is told anew."""
    new = {"agreed": lambda found: found.count(NEW) == 1}
    assert import_file(office.intake, xlsx(RUNNING), "王五", office.desk.now, **new).kept
    before = office.trace()
    done = import_file(office.intake, xlsx(COMPLETED), "王五", office.desk.now, **new)
    assert ([each.what for each in done.projects], done.kept) == ([CHANGED], False)
    assert office.trace() == before


def test_another_spelling_of_the_same_values_is_no_change(office: Office) -> None:
    office.import_(RUNNING)
    respelled = {**RUNNING, "投资额（元）": "356.8万元", "批复日期": "2024年2月1日", "项目类型": "new"}
    assert whats(office, respelled) == [("SX-2025-0001", UNCHANGED)]


def test_a_changed_row_changes_its_own_project(office: Office) -> None:
    office.import_(RUNNING, {**RUNNING, "项目名称": "水利平台"})
    office.desk.now += timedelta(days=1)
    changed = {**COMPLETED, "提醒接收人": "u8"}
    assert whats(office, changed, {**RUNNING, "项目名称": "水利平台"}) == [
        ("SX-2025-0001", CHANGED),
        ("SX-2025-0002", UNCHANGED),
    ]
    project = office.ledger.projects.get("SX-2025-0001")
    assert project and project.state == State.COMPLETED
    assert len(office.ledger.submissions.versions(IMPORTED, "SX-2025-0001")) == 2
    assert persons(office, "SX-2025-0001") == {("standard", "u8")}


def test_with_its_code_a_project_may_change_its_name(office: Office) -> None:
    office.import_(RUNNING)
    office.desk.now += timedelta(days=1)
    assert whats(office, {**RUNNING, "项目编码": "SX-2025-0001", "项目名称": "新名称"}) == [
        ("SX-2025-0001", CHANGED)
    ]
    assert len(office.ledger.projects.list()) == 1


def test_a_unit_may_have_been_renamed_between_two_imports(office: Office) -> None:
    office.import_(RUNNING)
    manifest = replace(office.intake.manifest(), former_units={"县农业农村局": "县农业农村和水利局"})
    office.intake = replace(office.intake, manifest=lambda: manifest)
    office.desk.now += timedelta(days=1)
    assert whats(office, {**RUNNING, "项目建设单位": "县农业农村和水利局"}) == [("SX-2025-0001", CHANGED)]


def test_yearly_maintenance_of_one_name_is_one_project_a_year(office: Office) -> None:
    upkeep = {**RUNNING, "项目类型": "运维", "项目名称": "系统运维"}
    assert whats(office, upkeep, {**upkeep, "计划年度": 2025}) == [
        ("SX-2025-0001", NEW),
        ("SX-2025-0002", NEW),
    ]
    told = report(office, {**upkeep, "计划年度": 2026}, keep=False)
    assert "提示：台账中有该单位的同名项目（SX-2025-0001、SX-2025-0002，计划年度不同）" in told


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([RUNNING, {**RUNNING, "项目类型": "新"}], "第3行“项目类型”"),
        ([RUNNING, RUNNING], "第3行：与第2行是同一个项目"),
        ([{**RUNNING, "项目编码": "SX-2024-0077"}], "台账中没有项目“SX-2024-0077”"),
        ([{**RUNNING, "项目编码": "歙数〔2024〕7号"}], "不能用于备案"),
        (
            [{**RUNNING, "项目编码": "A-1"}, {**RUNNING, "项目名称": "乙", "项目编码": "A-1"}],
            "第3行：与第2行",
        ),
        ([RUNNING, {**RUNNING, "项目名称": SECRET, "是否涉密": "是"}], "第3行：“是否涉密”没有明确填写“否”"),
        ([RUNNING, {**RUNNING, "项目名称": SECRET, "是否涉密": None}], "第3行：“是否涉密”没有明确填写“否”"),
    ],
    ids=["value", "twice", "unknown code", "code of Chinese", "code twice", "classified", "not said"],
)
def test_one_bad_row_and_nothing_is_written(office: Office, rows: list[dict[str, Any]], said: str) -> None:
    before = office.trace()
    told = report(office, *rows)
    assert said in told and told.startswith("没有导入")
    assert SECRET not in told
    assert office.trace() == before
    assert SECRET not in str(before)


def test_a_check_says_what_an_import_would_do_and_does_nothing(office: Office) -> None:
    before = office.trace()
    told = report(office, COMPLETED, keep=False)
    assert office.trace() == before
    assert told.startswith("检查通过，没有写入") and "编码在导入时编发" in told and "已逾期：初步验收" in told
    assert whats(office, COMPLETED) == [("SX-2025-0001", NEW)]  # the check used up no code


def test_a_project_that_papers_founded_is_not_guessed_to_be_the_same(office: Office) -> None:
    office.desk.save("demand", project_name="基层治理平台", construction_unit="县农业农村局")
    code = office.desk.code_of("demand")
    [problem] = office.import_(RUNNING).problems
    assert str(code) in problem.message and "由表单申报" in problem.message
    office.desk.now += timedelta(days=1)
    assert whats(office, {**RUNNING, "项目编码": code}) == [(str(code), NEW)]
    project = office.ledger.projects.get(str(code))
    assert project and project.state == State.IMPLEMENTING


def test_a_project_entered_on_the_platform_is_mended_there(office: Office) -> None:
    office.import_(RUNNING)
    imported = office.ledger.submissions.head(IMPORTED, "SX-2025-0001")
    assert imported
    event = FormEvent(
        "standard", FORM.name, "g12", EventKind.CREATED, office.desk.now, "k9",
        {**imported.values, "project_name": "平台登记", "project_code": None}, Actor("b1"),
    )  # fmt: skip
    office.desk.accept(event)
    office.desk.take_all()
    code = office.desk.code_of("g12")
    assert code == "SX-2025-0002"
    written = office.ledger.outbox.list("writeback")
    assert [row.payload["record"] for row in written] == ["g12"]
    [problem] = office.import_({**RUNNING, "项目名称": "平台登记", "项目编码": code}).problems
    assert "已在平台上登记" in problem.message


def test_two_of_one_key_are_told_apart_by_code(office: Office) -> None:
    office.import_({**RUNNING, "项目编码": "A-1"}, {**RUNNING, "项目编码": "A-2", "项目名称": "乙"})
    office.desk.now += timedelta(days=1)
    office.import_({**RUNNING, "项目编码": "A-2"})
    [problem] = office.import_(RUNNING).problems
    assert "A-1、A-2" in problem.message


@pytest.mark.parametrize("question", ["是否涉密", "是否电子政务内网项目"])
def test_a_project_that_must_be_kept_out_now_leaves_no_trace(office: Office, question: str) -> None:
    named = {**RUNNING, "项目名称": SECRET}
    office.import_(named, {**RUNNING, "项目名称": "水利平台"})
    assert SECRET in str(office.trace())
    office.desk.now += timedelta(days=1)
    classified = {**named, question: "是"}
    checked = office.import_(classified, keep=False)
    assert (checked.purged, checked.to_purge) == ({}, {2: "SX-2025-0001"})
    assert "检查不作清除" in report(office, classified, keep=False)
    assert SECRET in str(office.trace())
    told = report(office, classified)
    assert "此前登记的内容已经清除" in told and SECRET not in told
    assert SECRET not in str(office.trace())
    assert "水利平台" in str(office.trace())
    refused = office.import_({**named, "项目编码": "SX-2025-0001"}).problems
    assert [(each.column, SECRET in each.message) for each in refused] == [(None, False)]


def test_an_imported_project_that_other_rules_return_is_told_to_the_bureau(office: Office) -> None:
    """On the platform in use: there is none by the name of the import, and no record to open on it."""
    office.import_(RUNNING)
    head = office.ledger.submissions.head(IMPORTED, "SX-2025-0001")
    manifest = replace(office.intake.manifest(), recipients={"data_bureau": ("bureau1",)})
    stored = office.ledger.verdicts.latest(IMPORTED, "SX-2025-0001")
    assert head and stored
    verdict, now = stored.verdict, office.desk.now
    [told] = outgoing.about_the_bureau(FORM, head, "awaiting_override", verdict, manifest, now)
    assert (told.payload["platform"], told.payload["to"], told.payload["record"]) == (
        *("standard", "bureau1", None),
    )
    assert outgoing.about_record(FORM, head, "awaiting_override", verdict, now) == []


def test_who_imported_which_file_is_on_record(office: Office) -> None:
    office.import_(RUNNING)
    [entry] = office.ledger.audit.of("import")
    assert (entry.actor, entry.action) == ("王五", "projects.imported")
    assert entry.detail["new"] == 1 and len(entry.detail["file"]) == 64
    [taken] = [
        each for each in office.ledger.audit.of("import:SX-2025-0001") if each.action == "submission.taken"
    ]
    assert taken.actor == "王五"


def test_if_a_record_is_not_taken_after_all_nothing_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The law of another body may ask more of the form than the reading knows."""
    before = office.trace()
    monkeypatch.setattr("plugin.settling.replay", _returning_everything)
    with pytest.raises(NotTaken, match="第2行没有被受理"):
        office.import_(RUNNING)
    assert office.trace() == before


def _returning_everything(papers: Any, book: Any, known: Any = None, today: Any = None) -> Any:
    history = replay(papers, book, known, today)
    return replace(
        history, judged=tuple(replace(each, standing=Standing.RETURNED) for each in history.judged)
    )


def test_nobody_is_flooded_on_the_first_morning(office: Office) -> None:
    """Many projects, every one with something overdue, and not one message; then never more than one a person and day."""
    office.desk.now += timedelta(minutes=1)
    rows = [{**COMPLETED, "项目名称": f"平台{number}"} for number in range(30)]
    done = office.import_(*rows)
    past = [
        each for project in done.projects for each in project.open if (each.due_on or done.today) < done.today
    ]
    assert len(past) == 30
    ledger, now = office.ledger, office.desk.now
    office.looked(now)
    assert not ledger.reminders.gather_next(now, shanghai_day(now))
    assert ledger.outbox.list() == []
    for _ in range(14):
        now += timedelta(days=1)
        office.looked(now)
        while ledger.reminders.gather_next(now, shanghai_day(now)):
            pass
    digests = ledger.outbox.list("reminder")
    assert digests and len({row.subject for row in digests}) == len(digests)
    assert len(digests) < len(past)
