"""A new version of the law reaches the projects: one by one, each once, and nobody is told what has not changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jobs.refold import Refolding
from plugin.demo import demo_manifest
from plugin.intake import Intake
from plugin.ledger import LedgerError
from plugin.manifest import Manifest, load_text
from plugin.settling import Settling
from tests.flow.conftest import NOW, Desk

TEXT = demo_manifest({}).text
SIGNED_FEES = "contract_filing_days: null", "contract_filing_days: 5"


def under(desk: Desk, *changes: tuple[str, str]) -> Manifest:
    """The desk works under the demo manifest with these changes of its text from now on."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    manifest = load_text(text, "manifest.yaml")
    desk.intake = replace(desk.intake, manifest=lambda: manifest)
    return manifest


def drained(refolding: Refolding) -> int:
    done = 0
    while refolding.one(NOW):
        done += 1
    return done


def with_a_project(desk: Desk) -> str:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("contract", project_code=code)
    return code


def test_a_new_number_reaches_the_project_and_its_duties(desk: Desk) -> None:
    code = with_a_project(desk)
    ledger = desk.intake.ledger
    assert [
        each.due_on for each in ledger.obligations.of_project(code) if each.duty == "contract_filing"
    ] == [None]
    manifest = under(desk, SIGNED_FEES)
    assert ledger.projects.outdated_count(manifest.version) == 1
    assert drained(Refolding(desk.intake)) == 1
    assert ledger.projects.outdated_count(manifest.version) == 0
    [filing] = [each for each in ledger.obligations.of_project(code) if each.duty == "contract_filing"]
    assert filing.due_on is not None
    project = ledger.projects.get(code)
    assert project and project.law_version == manifest.version


def test_what_the_new_version_says_alike_is_not_said_again(desk: Desk) -> None:
    code = with_a_project(desk)
    ledger = desk.intake.ledger
    before = (ledger.outbox.list(), ledger.verdicts.history("standard", "contract"))
    under(desk, ("max_attempts: 12", "max_attempts: 13"))
    assert drained(Refolding(desk.intake)) == 1
    assert (ledger.outbox.list(), ledger.verdicts.history("standard", "contract")) == before
    assert ledger.projects.get(code).law_version != before[1][0].law_version


def test_two_processes_fold_a_project_once(desk: Desk) -> None:
    code = with_a_project(desk)
    under(desk, SIGNED_FEES)
    assert desk.intake.refold(code, NOW)
    assert not desk.intake.refold(code, NOW)


def test_a_project_that_our_code_cannot_fold_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = with_a_project(desk)
    desk.save("late_demand")
    fold = Settling.project

    def fails(self: Settling, code: str) -> None:
        if code == broken:
            raise RuntimeError("农情一张图")
        fold(self, code)

    monkeypatch.setattr(Settling, "project", fails)
    manifest, refolding = under(desk, SIGNED_FEES), Refolding(desk.intake)
    assert drained(refolding) == 2
    assert desk.intake.ledger.projects.outdated(manifest.version, 9) == (broken,)
    assert f"project {broken} was not folded anew: RuntimeError" in caplog.messages
    monkeypatch.undo()
    assert drained(refolding) == 0  # not again under this version by this process
    assert drained(Refolding(desk.intake)) == 1


def test_a_ledger_in_trouble_is_not_the_projects_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_project(desk)
    under(desk, SIGNED_FEES)
    refolding = Refolding(desk.intake)

    def full(*_: Any) -> bool:
        raise LedgerError("LEDGER_FULL", "磁盘已满")

    monkeypatch.setattr(Intake, "refold", full)
    with pytest.raises(LedgerError):
        refolding.one(NOW)
    monkeypatch.undo()
    assert drained(refolding) == 1


@pytest.mark.parametrize(
    ("fields", "latest"),
    [({}, date(2025, 3, 10)), ({"completed_on": "2025-03-31", "held_on": "2025-03-05"}, date(2025, 3, 31))],
)
def test_the_latest_day_whose_numbers_a_paper_asks_for_is_kept(
    desk: Desk, fields: dict[str, Any], latest: date
) -> None:
    code = with_a_project(desk)
    desk.save("completion", project_code=code, **fields)
    project = desk.intake.ledger.projects.get(code)
    assert project and project.latest_on == latest
