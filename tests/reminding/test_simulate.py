"""The calendar of what would be sent is what the job then sends, and the command shows it without changing anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from forms.definition import load_forms
from jobs.reminders import Reminding
from plugin.cli import main
from plugin.clock import SHANGHAI
from plugin.demo import demo_manifest
from plugin.ledger import COUNTY, Ledger, ProjectRow
from plugin.manifest import Manifest, starter_text
from plugin.reminding.county import county_duties
from plugin.reminding.invented import invented
from plugin.reminding.simulating import Digest, simulate
from plugin.reminding.snapshot import of_ledger
from tests.jobs.test_reminders import FakeChannel

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
NOW = datetime.combine(FIRST, time(), SHANGHAI) - timedelta(minutes=1)


@pytest.fixture
def manifest() -> Manifest:
    recipients = {"data_bureau": ("bureau",), "departments": ("u1", "d1")}
    return replace(demo_manifest({}), recipients=recipients, unit_heads={"演示单位3": ("head",)})


@pytest.fixture
def ledger(tmp_path: Path, manifest: Manifest) -> Iterator[Ledger]:
    """Forty invented projects, watched since the night before."""
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        known = list(invented(40, 7, manifest, FIRST))
        for each in known:
            code = each.duty.project_code
            row = ProjectRow(code, each.project_name, each.unit, "implementing", {}, manifest.version, NOW)
            opened.projects.put(row)
            opened.watched.sync(code, [k.duty for k in known if k.duty.project_code == code], NOW)
        opened.watched.sync(COUNTY, county_duties(manifest, (), FIRST), NOW)
        opened.marks.move("year", NOW)
        yield opened


def told(digests: list[Digest]) -> set[tuple[date, str, str, str]]:
    return {(each.day, each.person, *place) for each in digests for place in each.items}


def test_what_is_foretold_is_what_is_sent(ledger: Ledger, manifest: Manifest) -> None:
    foretold = told(simulate(of_ledger(ledger, manifest, FIRST, LAST), manifest, FIRST, LAST))
    assert len(foretold) > 200
    channel = FakeChannel()
    job = Reminding(
        ledger, load_forms(), lambda: manifest, {"platform": channel, "email": channel}, Random(1)
    )
    day = FIRST
    while day <= LAST:
        now = datetime.combine(day, time(9), SHANGHAI)
        for minute in range(3):
            while job.step(now + timedelta(minutes=minute)):
                pass
        day += timedelta(1)
    sent = {
        (row.digest_on, row.person, row.project_code, row.key)
        for row in ledger.reminders.list()
        if row.person
    }
    assert sent == foretold
    assert {row.outcome for row in ledger.reminders.list() if row.person} == {"told"}
    assert len({key for key, _ in channel.notes}) == len({(day, person) for day, person, *_ in foretold})


def test_what_was_recorded_already_is_not_foretold(ledger: Ledger, manifest: Manifest) -> None:
    whole = simulate(of_ledger(ledger, manifest, FIRST, LAST), manifest, FIRST, LAST)
    item = next(iter(whole[0].items.values()))
    mark = (item.known.duty.project_code, item.known.duty.key, item.marks[0])
    rest = simulate(of_ledger(ledger, manifest, FIRST, LAST), manifest, FIRST, LAST, {mark})
    assert len(told(whole) - told(rest)) == 1


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("manifest.yaml").write_text(starter_text(), encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(main, ["simulate", *arguments])


RANGE = ("--from", "2026-04-01", "--to", "2026-04-30")


def test_without_a_ledger_invented_projects_show_the_calendar(run: Run) -> None:
    said = run(*RANGE, "--projects", "20")
    assert said.exit_code == 0, said.output
    assert "2026-04-01（星期三）" in said.output and "2026-04-05" not in said.output
    assert "平台消息" in said.output and "人。参数文件版本" in said.output.splitlines()[-1]
    told = [line for line in said.output.splitlines() if line.startswith("    · ")]
    states = ("到期", "已逾期", "起可以办理", "没有规定期限")
    assert told and all(any(state in line for state in states) for line in told)
    assert run(*RANGE, "--projects", "20").output == said.output
    assert run(*RANGE, "--projects", "20", "--seed", "2").output != said.output


def test_programs_read_it_as_json(run: Run) -> None:
    digests = json.loads(run(*RANGE, "--projects", "20", "--format", "json").output)
    assert digests == sorted(digests, key=lambda each: (each["day"], each["person"]))
    assert {"day", "person", "channel", "duties"} == set(digests[0])
    assert {"project_code", "duty", "key", "due_on", "role", "moments"} == set(digests[0]["duties"][0])


def test_another_habit_shows_another_calendar(run: Run) -> None:
    before = run(*RANGE, "--projects", "20").output
    text = starter_text().replace("overdue_every_days: 7", "overdue_every_days: null")
    Path("manifest.yaml").write_text(text, encoding="utf-8")
    assert len(run(*RANGE, "--projects", "20").output) < len(before)


def test_a_ledger_is_shown_as_it_stands_and_left_as_it_is(run: Run, ledger: Ledger, tmp_path: Path) -> None:
    text = starter_text().replace("data_bureau: []", "data_bureau: [bureau]")
    Path("manifest.yaml").write_text(text, encoding="utf-8")
    said = run(*RANGE, "--data", str(tmp_path), "--manifest", "manifest.yaml")
    assert said.exit_code == 0 and "演示项目" in said.output and "bureau" in said.output
    assert ledger.reminders.list() == [] and ledger.outbox.list() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2026-04-30", "--to", "2026-04-01"), "早于起始日期"),
        ((*RANGE, "--data", "."), "没有台账"),
        ((*RANGE, "--manifest", "nowhere.yaml"), "没有找到参数文件"),
    ],
)
def test_what_cannot_be_simulated_is_said(run: Run, arguments: tuple[str, ...], words: str) -> None:
    said = run(*arguments)
    assert said.exit_code == 2 and words in said.output


def test_a_ledger_under_no_manifest_says_so(run: Run, ledger: Ledger, tmp_path: Path) -> None:
    said = run(*RANGE, "--data", str(tmp_path))
    assert said.exit_code == 2 and "zhengxiang apply" in said.output


def test_years_ahead_bring_their_reports_and_days(ledger: Ledger, manifest: Manifest) -> None:
    last = date(2028, 12, 31)
    facts = {"kind": "new", "construction_started_on": "2026-02-01"}
    ledger.projects.put(ProjectRow("SX-2026-9999", "久建", "某局", "implementing", facts, "1", NOW))
    digests = simulate(of_ledger(ledger, manifest, FIRST, last), manifest, FIRST, last)
    keys = {key for _, _, code, key in told(digests) if code in ("", "SX-2026-9999")}
    assert {
        "performance_report:2027",
        "performance_report:2028",
        "validity_check:2028",
        "plan_rollover:2028",
    } <= keys


def test_years_ahead_bring_their_security_tests(ledger: Ledger, manifest: Manifest) -> None:
    manifest = replace(manifest, rhythm=replace(manifest.rhythm, security_test="03-01"))
    facts = {"kind": "new", "state": "operating"}
    ledger.projects.put(ProjectRow("SX-2026-9999", "已建", "某局", "operating", facts, "1", NOW))
    digests = simulate(
        of_ledger(ledger, manifest, FIRST, date(2028, 12, 31)), manifest, FIRST, date(2028, 12, 31)
    )
    days = {(day, key) for day, _, code, key in told(digests) if code == "SX-2026-9999"}
    assert days == {(date(2027, 3, 1), "security_test:2027"), (date(2028, 3, 1), "security_test:2028")}
