"""A change is proposed on one version, confirmed by a second person, written over that version only, and applied with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench.lives import Life
from forms.definition import load_forms
from plugin.active import NothingApplied
from plugin.ledger import Ledger, ProposalState
from plugin.manifest import ManifestInvalid, load_manifest
from plugin.manifest_edit import EditRefused, NewSetting, NewValue
from plugin.proposals import Office, ProposalRefused, same_person
from tests.whatif.conftest import OLD, folded

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
RAISED = NewValue("high_value_yuan", 8_000_000, date(2031, 5, 1), "某政办〔2031〕1号")
LOWERED = NewValue("high_value_yuan", 3_000_000, date(2031, 6, 1), "某政办〔2031〕2号")
HABIT = NewSetting(("policy", "contract_filing_days"), 10)
LINE = "      - {from: 2031-05-01, value: 8000000, source: 某政办〔2031〕1号}\n"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    file = tmp_path / "manifest.yaml"
    file.write_text(OLD.text, encoding="utf-8")
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        folded(ledger, (Life(amount=6_000_000, papers=1), Life(papers=10)))
        active = load_manifest(file, {})
        ledger.manifests.apply(active.version, active.text, "王五", NOW, active.beside)
        yield Office(ledger, load_forms(), file)


def test_a_legal_number_needs_a_second_person_and_both_are_on_record(office: Office) -> None:
    made = office.propose(RAISED, "张三", "市局调整权限", NOW)
    assert made.needs_second and made.preview["affected"] == 1
    assert "增加 2031-05-01起 800万元" in made.changes[0]
    assert office.file.read_text(encoding="utf-8") == OLD.text  # nothing is in force yet
    with pytest.raises(ProposalRefused, match="须由提出人（张三）以外的第二人确认"):
        office.confirm(made.id, "张　三 ", NOW)
    done = office.confirm(made.id, "李四", NOW)
    assert (done.state, done.decided_by) == (ProposalState.APPLIED, "李四")
    text = office.file.read_text(encoding="utf-8")
    assert text.replace(LINE, "") == OLD.text and text != OLD.text  # comments and all
    active = office.ledger.manifests.active()
    assert active and (active.text, active.version) == (text, made.version)
    assert load_manifest(office.file, {}).version == made.version
    assert office.ledger.manifests.history()[0].applied_by == "张三提出，李四确认"
    entry = office.ledger.audit.of(f"proposal:{made.id}")[0]
    assert (entry.action, entry.actor, entry.detail["proposed_by"]) == ("proposal.applied", "李四", "张三")
    assert office.ledger.projects.outdated_count(made.version) == 2


def test_a_habit_needs_no_second_person(office: Office) -> None:
    made = office.propose(HABIT, "张三", "便于督促", NOW)
    assert not made.needs_second
    office.confirm(made.id, "张三", NOW)
    assert office.ledger.manifests.history()[0].applied_by == "张三"
    assert "contract_filing_days: 10 # 合同" in office.file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "edit",
    [RAISED, NewSetting(("readings", "town_om_blocked"), True), NewSetting(("policy", "enforce"), "advise")],
    ids=["a limit", "a reading", "which rules bind"],
)
def test_what_the_law_says_is_never_one_persons_decision(office: Office, edit: NewValue | NewSetting) -> None:
    assert office.propose(edit, "张三", "理由", NOW).needs_second


def test_of_two_proposals_on_one_version_the_second_falls(office: Office) -> None:
    first, second = (office.propose(each, "张三", "理由", NOW) for each in (RAISED, LOWERED))
    office.confirm(first.id, "李四", NOW)
    with pytest.raises(ProposalRefused, match="它所依据的内容已经过时。请按现行版本重新提出"):
        office.confirm(second.id, "李四", NOW)
    again = office.propose(LOWERED, "张三", "理由", NOW)
    office.confirm(again.id, "李四", NOW)
    assert LINE in office.file.read_text(encoding="utf-8")


def test_a_draft_shows_what_would_change_and_writes_nothing(office: Office) -> None:
    entries = len(office.ledger.audit.latest(100))
    draft = office.draft(RAISED, "张三", "理由", NOW)
    assert [each["project_code"] for each in draft.preview["projects"]] == ["SX-2025-0001"]
    assert any("→" in each["said"] for each in draft.preview["projects"][0]["changes"])
    assert office.ledger.proposals.list() == [] and len(office.ledger.audit.latest(100)) == entries
    assert office.keep(draft).id == 1


def test_a_draft_on_a_version_that_is_gone_is_not_kept(office: Office) -> None:
    draft = office.draft(RAISED, "张三", "理由", NOW)
    made = office.propose(HABIT, "张三", "便于督促", NOW)
    office.confirm(made.id, "张三", NOW)
    with pytest.raises(ProposalRefused, match=r"没有提出：.*请按现行版本重新提出"):
        office.keep(draft)
    assert [each.id for each in office.ledger.proposals.list()] == [made.id]


def test_a_preview_names_the_first_projects_and_counts_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugin.proposals.MOST_NAMED", 0)
    preview = office.draft(RAISED, "张三", "理由", NOW).preview
    assert (preview["affected"], preview["projects"]) == (1, [])


def test_two_people_who_confirm_at_once_apply_one(office: Office, tmp_path: Path) -> None:
    made = [office.propose(each, "张三", "理由", NOW).id for each in (RAISED, LOWERED)]
    outcomes: list[str] = []

    def confirmed(id: int) -> None:
        with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
            try:
                outcomes.append(Office(ledger, load_forms(), office.file).confirm(id, "李四", NOW).state)
            except ProposalRefused:
                outcomes.append("refused")

    threads = [threading.Thread(target=confirmed, args=(id,)) for id in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["applied", "refused"]
    active = office.ledger.manifests.active()
    assert active and active.text == office.file.read_text(encoding="utf-8")


def test_another_version_applied_by_hand_makes_proposals_fall_too(office: Office) -> None:
    made = office.propose(RAISED, "张三", "理由", NOW)
    office.file.write_text(OLD.text.replace("hour: 9", "hour: 8"), encoding="utf-8")
    by_hand = load_manifest(office.file, {})
    office.ledger.manifests.apply(by_hand.version, by_hand.text, "王五", NOW, by_hand.beside)
    with pytest.raises(ProposalRefused, match="已经过时"):
        office.confirm(made.id, "李四", NOW)


def test_a_file_that_somebody_is_editing_is_not_written_over(office: Office) -> None:
    made = office.propose(RAISED, "张三", "理由", NOW)
    office.file.write_text(OLD.text + "# 正在编辑\n", encoding="utf-8")
    with pytest.raises(ProposalRefused, match="系统不会覆盖它"):
        office.confirm(made.id, "李四", NOW)
    assert office.file.read_text(encoding="utf-8").endswith("# 正在编辑\n")
    with pytest.raises(ProposalRefused, match="系统不会覆盖它"):
        office.propose(LOWERED, "张三", "理由", NOW)
    found = office.ledger.proposals.get(made.id)
    assert found and found.state == ProposalState.OPEN  # the file restored, it can be confirmed
    office.file.write_text(OLD.text, encoding="utf-8")
    office.confirm(made.id, "李四", NOW)


def test_power_that_fails_between_file_and_ledger_is_made_good_by_confirming_again(
    office: Office, tmp_path: Path
) -> None:
    made = office.propose(RAISED, "张三", "理由", NOW)

    def crash(point: str) -> None:
        if point == "before-commit":
            raise KeyboardInterrupt

    with (
        closing(Ledger.open(tmp_path / "ledger.db", crash=crash)) as ledger,
        pytest.raises(KeyboardInterrupt),
    ):
        Office(ledger, load_forms(), office.file).confirm(made.id, "李四", NOW)
    assert LINE in office.file.read_text(encoding="utf-8")
    assert office.ledger.manifests.active_version() == made.base_version
    assert office.confirm(made.id, "李四", NOW).state == ProposalState.APPLIED
    assert office.ledger.manifests.active_version() == made.version


def test_a_file_that_cannot_be_written_undoes_everything(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.propose(RAISED, "张三", "理由", NOW)

    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ProposalRefused, match="没有任何改动"):
        office.confirm(made.id, "李四", NOW)
    assert office.ledger.manifests.active_version() == made.base_version
    assert [each.name for each in office.file.parent.glob(".*.part")] == []
    found = office.ledger.proposals.get(made.id)
    assert found and found.state == ProposalState.OPEN


def test_mode_mark_and_link_of_the_file_stay(office: Office, tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + OLD.text.encode())
    real.chmod(0o640)
    office.file.unlink()
    office.file.symlink_to(real)
    made = office.propose(RAISED, "张三", "理由", NOW)
    office.confirm(made.id, "李四", NOW)
    assert office.file.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"\xef\xbb\xbf#") and LINE.encode() in real.read_bytes()


def test_going_back_is_a_proposal_like_any_other(office: Office) -> None:
    first = office.ledger.manifests.active_version() or ""
    made = office.propose(RAISED, "张三", "理由", NOW)
    office.confirm(made.id, "李四", NOW)
    back = office.roll_back(first[:6], "李四", "误改", NOW)
    assert (back.kind, back.needs_second, back.version) == ("rollback", True, first)
    assert (back.preview["day"], back.preview["affected"]) == (
        "2031-05-01",
        1,
    )  # as of the day that is taken back
    with pytest.raises(ProposalRefused, match="第二人"):
        office.confirm(back.id, "李四", NOW)
    office.confirm(back.id, "张三", NOW)
    assert office.file.read_text(encoding="utf-8") == OLD.text
    assert [each.version for each in office.ledger.manifests.history()] == [first, made.version, first]


@pytest.mark.parametrize("version", ["", "zzz"])
def test_a_version_that_never_was_is_refused(office: Office, version: str) -> None:
    with pytest.raises(ProposalRefused, match="没有生效过"):
        office.roll_back(version, "张三", "理由", NOW)


def test_working_days_entered_meanwhile_survive_going_back(office: Office) -> None:
    first = office.ledger.manifests.active_version() or ""
    folder = office.file.parent / "calendar.d"
    folder.mkdir()
    notice = "holidays: [2031-01-01]\nmake_up_days: []\nsource: 通知\n"
    (folder / "2031.yaml").write_text(notice, encoding="utf-8")
    with_days = load_manifest(office.file, {})
    office.ledger.manifests.apply(with_days.version, with_days.text, "王五", NOW, with_days.beside)
    changed = office.propose(RAISED, "张三", "理由", NOW)
    office.confirm(changed.id, "李四", NOW)
    back = office.roll_back(first, "张三", "误改", NOW)
    assert back.version == with_days.version and "2031-01-01" in back.beside


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda office: office.propose(RAISED, " ", "理由", NOW), "写明提出人"),
        (lambda office: office.propose(RAISED, "张三", "", NOW), "理由"),
        (
            lambda office: office.propose(
                NewSetting(("policy", "reminders", "hour"), 9), "张三", "理由", NOW
            ),
            "没有差别",
        ),
        (lambda office: office.confirm(7, "李四", NOW), "没有第7号提议"),
        (lambda office: office.withdraw(7, " ", NOW), "写明"),
    ],
)
def test_what_makes_no_sense_is_refused(office: Office, act: Callable[[Office], object], words: str) -> None:
    with pytest.raises(ProposalRefused, match=words):
        act(office)


def test_every_mistake_of_a_proposed_value_is_told_and_nothing_kept(office: Office) -> None:
    with pytest.raises(ManifestInvalid) as wrong:
        office.propose(NewSetting(("policy", "contract_filing_days"), 9999), "张三", "理由", NOW)
    assert [each.code for each in wrong.value.problems] == ["OUT-OF-RANGE"]
    with pytest.raises(EditRefused, match="是否想写“high_value_yuan”"):
        office.propose(NewValue("high_value_yan", 1, date(2031, 1, 1), "x"), "张三", "理由", NOW)
    assert office.ledger.proposals.list() == []


def test_a_withdrawn_proposal_is_not_confirmed(office: Office) -> None:
    made = office.propose(RAISED, "张三", "理由", NOW)
    assert office.withdraw(made.id, "张三", NOW).state == ProposalState.WITHDRAWN
    with pytest.raises(ProposalRefused, match="已由张三撤回"):
        office.confirm(made.id, "李四", NOW)
    assert office.ledger.proposals.list(ProposalState.OPEN) == []


def test_before_anything_is_in_force_there_is_nothing_to_change(tmp_path: Path) -> None:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger, pytest.raises(NothingApplied):
        Office(ledger, load_forms(), tmp_path / "manifest.yaml").propose(RAISED, "张三", "理由", NOW)


def test_a_file_that_is_gone_is_told(office: Office) -> None:
    office.file.unlink()
    with pytest.raises(ProposalRefused, match="不能读取"):
        office.propose(RAISED, "张三", "理由", NOW)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("张三", "张 三", True), ("ＡＢ", "ab", True), ("张三", "张三丰", False), ("张三", "李四", False)],
)
def test_a_name_is_the_same_however_it_is_typed(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
