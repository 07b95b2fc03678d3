"""The county's year: the round, the validity, the plan's end, filings of plans; each once, known before its day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from jobs.refold import Refolding
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import COUNTY, Kind, Ledger, Outgoing, WatchedDuty
from plugin.manifest import Manifest, Rhythm
from plugin.owing import Owing
from plugin.regulation.pack import Effect
from plugin.reminding.county import county_duties, day_of
from plugin.reminding.lines import Wording
from plugin.reminding.watching import look_once
from plugin.resemblance import Resemblance
from tests.flow.conftest import ROUND, Desk
from tests.rhythm import papers

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)  # half past eight in the morning


def manifest_with(rhythm: Rhythm | None = None, **policy: Any) -> Manifest:
    manifest = demo_manifest({})
    book = replace(manifest.book, policy=replace(manifest.book.policy, **policy))
    return replace(manifest, book=book, rhythm=rhythm or manifest.rhythm)


def made(manifest: Manifest, today: date = TODAY) -> dict[str, WatchedDuty]:
    return {each.key: each for each in county_duties(manifest, (), today)}


def test_the_round_opens_and_closes_every_year_and_is_known_a_year_ahead() -> None:
    found = made(manifest_with(collection_opens="10-01", collection_closes="10-31"))
    this, following = found["collection_round:2026"], found["collection_round:2027"]
    assert (this.opens_on, this.due_on, this.role) == (date(2026, 10, 1), date(2026, 10, 31), "departments")
    assert this.overdue_after == this.due_on and this.notice and this.article == "12"
    assert following.opens_on == date(2027, 10, 1)


def test_a_round_over_new_year_closes_in_the_next() -> None:
    found = made(manifest_with(collection_opens="12-15", collection_closes="01-15"))
    assert found["collection_round:2026"].due_on == date(2027, 1, 15)


def test_where_demands_are_taken_all_year_or_not_at_all_there_is_no_round() -> None:
    assert "collection_round:2026" not in made(manifest_with())
    manifest = manifest_with(collection_opens="10-01", collection_closes="10-31")
    rules = {
        **manifest.pack.rules,
        "DEMAND-ROUND": replace(manifest.pack.rules["DEMAND-ROUND"], effect=Effect.OFF),
    }
    without = replace(manifest, book=replace(manifest.book, pack=replace(manifest.pack, rules=rules)))
    assert "collection_round:2026" not in made(without)


def test_a_regulation_without_an_end_is_looked_after_yearly_and_one_with_an_end_before_it() -> None:
    assert made(manifest_with())["validity_check:2026"].opens_on == date(2026, 3, 1)
    ending = made(replace(manifest_with(), valid_until=date(2027, 11, 30)))
    assert ending["validity_end:2027"].due_on == date(2027, 11, 30)
    assert not any(key.startswith("validity_check") for key in ending)
    assert made(manifest_with(Rhythm(validity_check=None, plan_rollover=None))) == {}


@pytest.mark.parametrize(
    ("month_day", "day"), [("12-31", date(2026, 12, 31)), ("02-29", date(2026, 2, 28)), (None, None)]
)
def test_a_day_of_the_year_exists_in_every_year(month_day: str | None, day: date | None) -> None:
    assert day_of(month_day, 2026) == day


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        yield opened


def desk_over(ledger: Ledger, manifest: Manifest) -> Desk:
    return Desk(Intake(ledger, load_forms(), lambda: manifest, Resemblance(ledger, manifest.unit_name)), NOW)


def county(ledger: Ledger) -> dict[str, WatchedDuty]:
    return {each.key: each for each in ledger.watched.of_project(COUNTY)}


PLAN = {
    "classified": "否", "plan_type": "annual_plan", "year": 2026, "step": "government_approval", "expert_review": "passed",
    "city_review": "passed", "province_review": "passed", "government_approved_on": "2026-02-27", "items": [],
}  # fmt: skip
FILED = {"step": "filing", "filed_city_on": "2026-03-02", "filed_province_on": "2026-03-02"}


def plan(desk: Desk, record: str = "plan", **changes: Any) -> None:
    desk.now += timedelta(minutes=1)
    event = replace(
        desk.event("demand", record=record, at=desk.now), form="plan_record", fields={**PLAN, **changes}
    )
    desk.accept(event)
    desk.take_all()


def test_an_approved_plan_is_to_be_filed_above_until_it_was(ledger: Ledger) -> None:
    manifest = manifest_with(plan_filing_days=10)
    desk = desk_over(ledger, manifest)
    plan(desk)
    plan(desk, "next", year=2027)
    duty = county(ledger)["plan_filing:2026"]
    assert (duty.due_on, duty.role, duty.notice, duty.article) == (
        date(2026, 3, 12),
        "data_bureau",
        False,
        "12",
    )
    assert "plan_filing:2027" in county(ledger)
    plan(desk, "filing", **FILED)  # in a record of its own, as the bureau takes its steps
    assert "plan_filing:2026" not in county(ledger) and "plan_filing:2027" in county(ledger)


def test_a_plan_without_a_number_of_days_is_recalled_from_its_approval(ledger: Ledger) -> None:
    plan(desk_over(ledger, manifest_with()))
    duty = county(ledger)["plan_filing:2026"]
    assert (duty.due_on, duty.anchored_on) == (None, date(2026, 2, 27))


def test_the_day_is_turned_once_under_each_manifest(ledger: Ledger) -> None:
    manifest = manifest_with()
    owing = Owing(ledger, load_forms(), manifest, NOW)
    assert owing.turn_day() and not owing.turn_day()
    assert replace(owing, now=NOW + timedelta(days=1)).turn_day()
    assert replace(owing, manifest=replace(manifest, version="other"), now=NOW + timedelta(days=1)).turn_day()


def lines(ledger: Ledger, manifest: Manifest, now: datetime) -> list[str]:
    """What would be said of everything recorded by then."""
    while look_once(ledger, manifest, now):
        pass
    wording = Wording(ledger, load_forms(), manifest)
    rows = [row for row in ledger.reminders.list() if row.person]
    return [f"{each.duty} {each.more}" for each in wording.lines(rows, now.date()).said]


def test_at_its_end_the_plan_names_what_was_not_approved(ledger: Ledger) -> None:
    manifest = replace(manifest_with(), recipients={"data_bureau": ("bureau",)})
    desk = desk_over(ledger, manifest)
    desk.save("demand", target_plan_year=2027)
    code = desk.code_of("demand")
    plan(desk, items=[{"plan_item_id": "1", "project_code": code, "project_name": "农情一张图"}])
    Owing(ledger, load_forms(), manifest, NOW).turn_day()
    said = lines(ledger, manifest, datetime(2026, 12, 1, 2, tzinfo=UTC))
    assert f"plan_rollover 2026年度计划中尚未批复的项目：农情一张图（{code}）。" in said


def test_the_round_says_for_which_year(ledger: Ledger) -> None:
    manifest = replace(
        manifest_with(collection_opens="10-01", collection_closes="10-31"),
        recipients={"departments": ("d1", "d2")},
    )
    Owing(ledger, load_forms(), manifest, NOW).turn_day()
    assert lines(ledger, manifest, datetime(2026, 10, 9, 2, tzinfo=UTC)) == [
        "collection_round 本次征集2027年度建设需求，请各单位在征集期内提交。"
    ]
    assert {row.person for row in ledger.reminders.list()} == {"d1", "d2", ""}  # the bureau has nobody here


def operating(desk: Desk) -> str:
    """A project in operation."""
    desk.save("demand", target_plan_year=2027)
    code = desk.code_of("demand") or ""
    head = {**papers.head("农情一张图", "县农业农村局（演示）"), "project_code": code}
    for form, fields in (
        ("sharing_confirmation", papers.sharing(date(2026, 2, 10))),
        ("acceptance_conclusion", papers.conclusion(date(2026, 2, 20))),
        ("operation_start", papers.operation(date(2026, 2, 24))),
    ):
        desk.now += timedelta(minutes=1)
        desk.accept(
            replace(desk.event("demand", record=form, at=desk.now), form=form, fields={**head, **fields})
        )
        desk.take_all()
    return code


@pytest.mark.parametrize(("month_day", "expected"), [(None, set()), ("06-01", {"security_test:2026"})])
def test_a_system_in_operation_is_asked_for_its_yearly_test_where_the_bureau_says_so(
    ledger: Ledger, month_day: str | None, expected: set[str]
) -> None:
    code = operating(desk_over(ledger, manifest_with(Rhythm(security_test=month_day))))
    found = {each.key: each for each in ledger.watched.of_project(code)}
    assert {key for key in found if key.startswith("security")} == expected
    if month_day:
        test = found["security_test:2026"]
        assert (test.article, test.person, test.opens_on) == ("32", "u1", date(2026, 6, 1))


def test_a_clock_that_was_ahead_for_a_while_leaves_nothing_unturned(ledger: Ledger) -> None:
    """It stood in the next year and was set right: this year's days are watched again, and New Year turns as ever."""
    manifest = manifest_with(collection_opens="10-01", collection_closes="10-31")
    ahead, new_year = datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, 1, tzinfo=UTC)
    turned = []
    for now in (NOW, ahead, NOW, new_year):
        owing = Owing(ledger, load_forms(), manifest, now)
        turned.append((owing.turn_year(), owing.turn_day(), owing.turn_year(), owing.turn_day()))
        if now == NOW:
            assert "collection_round:2026" in county(ledger)
    assert turned == [(True, True, False, False)] * 4


def test_what_a_clock_that_was_ahead_put_off_leaves_once_it_is_right(ledger: Ledger) -> None:
    manifest, ahead = manifest_with(), NOW + timedelta(days=40)
    for now in (NOW, ahead):
        Owing(ledger, load_forms(), manifest, now).turn_day()
    ledger.outbox.sync("s", [Outgoing(Kind.MESSAGE, "message:a", "a", None, ahead, {})], ahead)
    assert ledger.outbox.claim((Kind.MESSAGE,), NOW) is None
    Owing(ledger, load_forms(), manifest, NOW).turn_day()
    assert ledger.outbox.claim((Kind.MESSAGE,), NOW) is not None


def test_last_years_test_is_still_asked_for_after_new_year(ledger: Ledger) -> None:
    desk = desk_over(ledger, manifest_with(Rhythm(security_test="12-30")))
    code = operating(desk)
    new_year = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)
    desk.intake.refresh(code, new_year)
    tests = [each for each in ledger.watched.of_project(code) if each.duty == "security_test"]
    assert [(each.key, each.fresh) for each in tests] == [
        ("security_test:2026", True),
        ("security_test:2027", True),
    ]
    assert tests[0].seen_until and tests[0].seen_until.year == 2026


def test_a_new_year_owes_another_report_while_construction_goes_on(ledger: Ledger) -> None:
    manifest = manifest_with()
    desk = desk_over(ledger, manifest)
    desk.save("demand", target_plan_year=2027)
    code = desk.code_of("demand") or ""
    contract = {
        **ROUND["contract"].fields,
        "signed_on": "2026-02-02",
        "period_starts_on": "2026-02-02",
        "period_ends_on": "2026-11-30",
    }
    desk.save("contract", **{**contract, "project_code": code})

    def reports() -> set[str]:
        return {each.key for each in ledger.watched.of_project(code) if "report" in each.key}

    assert reports() == {"performance_report:2026"}
    new_year = datetime(2027, 1, 4, 0, 30, tzinfo=UTC)
    owing = Owing(ledger, load_forms(), manifest, new_year)
    assert owing.turn_year() and not owing.turn_year()
    job = Refolding(desk.intake).one
    while job(new_year):
        pass
    assert reports() == {"performance_report:2026", "performance_report:2027"}
    assert not replace(owing, now=new_year + timedelta(days=200)).turn_year()
