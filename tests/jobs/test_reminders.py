"""The job of reminders over a real ledger: one digest a person and working day, silence, escalation, fall-back, repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from forms.definition import load_forms
from jobs.reminders import Reminding
from plugin.clock import SHANGHAI
from plugin.demo import demo_manifest
from plugin.ledger import IMPORTED, Ledger, ProjectRow, Submission, WatchedDuty
from plugin.letters import dead_letters
from plugin.manifest import Manifest, PersonSettings, Rhythm, SecretsUnreadable
from plugin.reminding.channels import Note
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

CODE = "SX-2026-0001"
DAY = date(2026, 6, 10)  # a Wednesday


def at(text: str) -> datetime:
    """That instant of 2026, or of the year it names."""
    return datetime.fromisoformat(text if text.startswith("20") else f"2026-{text}").replace(tzinfo=SHANGHAI)


@dataclass
class FakeChannel:
    """Keeps what arrives by key, fails on demand, before or after it arrives."""

    answers: bool = True
    reached: bool = True
    notes: list[tuple[str, Note]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    arrives_before_failing: bool = False

    def reaches(self, note: Note) -> bool:
        return self.reached

    def answers_for_key(self, note: Note) -> bool:
        return self.answers

    def send(self, note: Note, key: str, now: datetime) -> Mapping[str, Any]:
        if self.failures:
            if self.arrives_before_failing:
                self.notes.append((key, note))
            raise self.failures.pop(0)
        self.notes.append((key, note))
        return {"id": len(self.notes)}

    def find(self, note: Note, key: str) -> Mapping[str, Any] | None:
        return next(({"id": n} for n, (known, _) in enumerate(self.notes, 1) if known == key), None)


class Desk:
    """The job with its ledger, its clock and two channels."""

    def __init__(self, ledger: Ledger, manifest: Manifest) -> None:
        self.ledger, self.manifest = ledger, manifest
        self.platform, self.email = FakeChannel(), FakeChannel(answers=False)
        channels = {"platform": self.platform, "email": self.email}
        self.job = Reminding(ledger, load_forms(), lambda: self.manifest, channels, Random(1))
        self.now = at("05-01T12:00")

    def duties(self, *changes: Mapping[str, Any], code: str = CODE) -> None:
        project = ProjectRow(code, "农情一张图", "县农业农村局", "implementing", {}, "1", self.now)
        self.ledger.projects.put(project)
        self.ledger.watched.sync(code, [duty(project_code=code, **each) for each in changes], self.now)

    def run(self, text: str) -> int:
        """Jump to that moment and work until nothing is due. Returns how many digests arrived."""
        before = len(self.platform.notes) + len(self.email.notes)
        self.now = at(text)
        while self.job.step(self.now):
            pass
        return len(self.platform.notes) + len(self.email.notes) - before

    def days(self, *texts: str) -> list[int]:
        return [self.run(f"{text}T09:00") for text in texts]

    @property
    def text(self) -> str:
        return self.platform.notes[-1][1].text

    def outcomes(self) -> list[tuple[str, str | None, bool]]:
        return [(each.channel, each.outcome, each.repeat) for each in reversed(self.ledger.attempts.list())]


def duty(**changes: Any) -> WatchedDuty:
    given: dict[str, Any] = {
        "project_code": CODE, "key": "acceptance_application", "duty": "acceptance_application", "article": "39(1)",
        "opens_on": None, "due_on": DAY, "overdue_after": DAY, "anchored_on": None, "role": "responsible",
        "notice": False, "platform": "standard", "person": "u1",
    }  # fmt: skip
    if "key" in changes:
        changes.setdefault("duty", changes["key"].partition(":")[0])
    return WatchedDuty(**(given | changes))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        manifest = replace(
            demo_manifest({}),
            rhythm=Rhythm(validity_check=None, plan_rollover=None),
            unit_heads={"县农业农村局": ("head",)},
            recipients={"data_bureau": ("bureau",), "departments": ("u1", "u2")},
        )
        yield Desk(ledger, manifest)


def test_every_moment_leaves_once_on_its_morning(desk: Desk) -> None:
    desk.duties({})
    assert desk.days("05-08", "05-11", "05-12", "06-03", "06-09", "06-10", "06-11", "06-12") == [
        *(0, 1, 0, 1, 1, 1, 1, 0)
    ]
    assert {note.person for _, note in desk.platform.notes} == {"u1"}
    assert "已逾期1天" in desk.text


def test_nothing_before_the_day_a_project_entered_is_made_up_for(desk: Desk) -> None:
    """What is past when the bureau enters a running project is shown; what comes later is recalled as it comes (23)."""
    entered_at = at("06-04T12:00")
    record = Submission(
        IMPORTED, "existing_project", CODE, CODE, "taken", {}, entered_at, None, "hash", deleted=False
    )
    desk.ledger.submissions.put_head(record)
    desk.now = entered_at
    past = {"key": "contract_filing", "due_on": date(2026, 5, 20), "overdue_after": date(2026, 5, 20)}
    desk.duties({}, past)
    assert desk.days("06-05", "06-08", "06-09", "06-10") == [0, 0, 1, 3]
    told = {(each.key, each.mark.partition("@")[0]) for each in desk.ledger.reminders.list()}
    assert told == {
        ("acceptance_application", "before:1"),
        ("acceptance_application", "due"),
        ("contract_filing", "unit_head:2"),  # its repeats, in their own time
        ("contract_filing", "data_bureau:1"),
    }


def test_a_duty_that_arises_after_the_project_entered_is_made_up_for(desk: Desk) -> None:
    entered_at = at("05-04T12:00")
    record = Submission(
        IMPORTED, "existing_project", CODE, CODE, "taken", {}, entered_at, None, "hash", deleted=False
    )
    desk.ledger.submissions.put_head(record)
    desk.now = at("06-04T12:00")
    desk.duties({})
    assert desk.run("06-05T09:00") == 1


def test_nothing_leaves_outside_the_hours_or_on_a_day_off(desk: Desk) -> None:
    desk.duties({})
    assert [desk.run(each) for each in ("05-11T08:59", "05-11T17:00", "05-11T23:00")] == [0, 0, 0]
    desk.duties({"due_on": date(2026, 6, 8), "overdue_after": date(2026, 6, 8)})
    assert [desk.run(each) for each in ("05-30T10:00", "05-31T10:00", "06-01T10:00")] == [0, 0, 1]


def test_all_of_a_person_is_one_digest_a_day(desk: Desk) -> None:
    desk.duties(*({"key": f"contract_filing:{n}"} for n in range(10)))
    desk.duties({}, code="SX-2026-0002")
    assert desk.run("05-11T09:00") == 1
    assert desk.text.count("距今还有30天") == 11
    desk.duties({"key": "rectification:1", "due_on": date(2026, 5, 12), "overdue_after": date(2026, 5, 12)})
    assert desk.days("05-11", "05-12") == [0, 1]  # it arose after today's digest had left


@pytest.mark.parametrize("now", ["05-11T08:59", "05-11T09:00"])
def test_a_duty_that_was_done_or_came_to_rest_is_left_out(desk: Desk, now: str) -> None:
    """Also between the moment a digest was gathered and the moment it leaves."""
    desk.duties({}, {"key": "contract_filing:1"})
    desk.platform.failures = [RemoteUnavailable("忙")] if now.endswith("09:00") else []
    desk.run(now)
    desk.duties({"key": "contract_filing:1"})
    assert desk.run("05-11T10:00") == 1
    assert "合同备案" in desk.text and "竣工验收申请：" not in desk.text


def test_a_digest_of_which_nothing_is_left_does_not_leave(desk: Desk) -> None:
    desk.duties({})
    desk.platform.failures = [RemoteUnavailable("忙")]
    desk.run("05-11T09:00")
    desk.duties()
    assert desk.run("05-11T10:00") == 0
    [row] = desk.ledger.outbox.list(kind="reminder")
    assert row.state == "cancelled" and "无需提醒" in (row.error or "")


def test_an_extension_starts_the_moments_anew(desk: Desk) -> None:
    desk.duties({})
    assert desk.days("05-11", "06-03") == [1, 1]
    desk.duties({"due_on": date(2026, 7, 10), "overdue_after": date(2026, 7, 10)})
    assert desk.days("06-09", "06-10", "06-11") == [0, 1, 0]  # thirty days before the new day
    assert "2026-07-10" in desk.text


def test_what_rested_is_taken_up_with_its_latest_moment(desk: Desk) -> None:
    desk.duties({})
    desk.days("05-11")
    desk.duties()  # suspended
    assert desk.days("06-03", "06-04") == [0, 0]
    desk.now = at("06-04T15:00")
    desk.duties({})  # lifted
    assert desk.days("06-05", "06-08", "06-09") == [1, 0, 1]
    assert desk.ledger.reminders.list()[1].mark == "before:7@2026-06-10"


def test_undone_it_climbs_to_the_head_of_the_unit_and_to_the_bureau(desk: Desk) -> None:
    desk.duties({})
    desk.days("05-11", "06-03", "06-09", "06-10")
    told = {}
    for day in ("06-11", "06-17", "06-18", "06-24", "06-25"):
        seen = len(desk.platform.notes)
        desk.days(day)
        told[day] = {note.person for _, note in desk.platform.notes[seen:]}
    assert told == {
        "06-11": {"u1"},
        "06-17": {"head"},
        "06-18": {"u1"},
        "06-24": {"head", "bureau"},
        "06-25": {"u1"},
    }
    heads = [note.text for _, note in desk.platform.notes if note.person == "head"]
    assert all("本单位事项，责任人u1" in text for text in heads)


def test_where_nobody_answers_for_a_duty_the_head_or_the_bureau_is_told(desk: Desk) -> None:
    desk.duties({"person": ""})
    desk.days("05-11")
    desk.manifest = replace(desk.manifest, unit_heads={})
    desk.days("06-03")
    desk.manifest = replace(desk.manifest, recipients={})
    desk.days("06-09")
    assert [note.person for _, note in desk.platform.notes] == ["head", "bureau"]
    assert [row.person for row in desk.ledger.reminders.list()] == ["head", "bureau", ""]


def test_who_took_over_is_told(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, successors={"u1": "u9"})
    desk.duties({})
    desk.days("05-11")
    assert desk.platform.notes[0][1].person == "u9"


def test_another_manifest_is_followed_from_its_first_day_on(desk: Desk) -> None:
    desk.duties({})
    desk.days("05-11")
    habits = replace(desk.manifest.reminders, days_before=(25, 20, 7), by_duty={})
    desk.manifest = replace(desk.manifest, version="other", reminders=habits)
    assert desk.days("05-18", "05-21") == [1, 1]
    desk.manifest = replace(desk.manifest, version="third", reminders=replace(habits, days_before=(60, 20)))
    assert desk.days("05-22", "06-03") == [0, 0]  # sixty days before lies behind: nothing is made up for


PREFERS_MAIL = {"u1": PersonSettings(("email", "platform"), "u1@example.gov.cn")}


def test_a_person_is_reached_as_preferred_and_otherwise_by_the_next_way(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, persons=PREFERS_MAIL)
    desk.duties({})
    desk.days("05-11")
    assert [note.email for _, note in desk.email.notes] == ["u1@example.gov.cn"] and not desk.platform.notes
    desk.email.failures = [RemoteUnavailable("连不上")]
    assert desk.days("06-03") == [1]
    desk.email.failures = [RemoteRejected("没有这个用户", "550")]
    assert desk.days("06-09") == [1]
    assert len(desk.platform.notes) == 2
    desk.email.failures = [SecretsUnreadable("没有设置。")]  # before anything is sent
    assert desk.days("06-10") == [1]
    assert desk.outcomes() == [
        ("email", "sent", False),
        *[("email", "failed", False), ("platform", "sent", False)] * 3,
    ]
    [row, *_] = reversed(desk.ledger.outbox.list(kind="reminder"))
    assert row.receipt == {"channel": "platform", "id": 3}


def test_a_way_that_does_not_reach_is_not_tried(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, persons={"u1": PersonSettings(("email",))})
    desk.email.reached = False
    desk.duties({})
    assert desk.days("05-11") == [1] and desk.outcomes() == [("platform", "sent", False)]


def test_who_reads_mail_alone_is_reached_on_the_platform_where_mail_fails(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, persons={"u1": PersonSettings(("email",), "u1@example.gov.cn")})
    desk.duties({})
    desk.email.failures = [RemoteRejected("没有这个用户", "550")]
    assert desk.days("05-11") == [1] and len(desk.platform.notes) == 1
    desk.platform.reached, desk.email.failures = False, [RemoteUnavailable("连不上")]
    assert desk.days("06-03") == [0] and desk.outcomes()[-1] == ("email", "failed", False)


def test_refused_on_every_way_it_waits_for_a_person(desk: Desk) -> None:
    desk.duties({})
    desk.platform.failures = [RemoteRejected("没有这个用户", "")]
    desk.days("05-11")
    [row] = desk.ledger.outbox.list(kind="reminder")
    assert row.state == "dead" and "没有这个用户" in (row.error or "")
    assert [letter.what for letter in dead_letters(desk.ledger)] == ["发给u1的2026-05-11提醒（第1版）"]
    assert desk.run("05-11T10:00") == 0
    assert desk.days("05-12") == [1]  # the next day's digest takes it up
    assert "迟发：原定2026-05-11发送" in desk.text


def test_an_unclear_outcome_is_asked_for_before_anything_is_sent_again(desk: Desk) -> None:
    desk.duties({})
    desk.platform.failures, desk.platform.arrives_before_failing = [RemoteUnclear("超时")], True
    assert desk.run("05-11T09:00") == 1
    assert desk.run("05-11T10:00") == 0
    assert desk.outcomes() == [("platform", "sent", False)]
    assert [row.outcome for row in desk.ledger.reminders.list()] == ["told"]


def test_what_did_not_arrive_is_sent_again_under_its_key(desk: Desk) -> None:
    desk.duties({})
    desk.platform.failures = [RemoteUnclear("超时")]
    assert [desk.run("05-11T09:00"), desk.run("05-11T10:00")] == [0, 1]
    assert desk.outcomes() == [("platform", "failed", False), ("platform", "sent", False)]


def test_a_way_that_cannot_answer_is_used_again_and_the_repeat_is_counted(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, persons=PREFERS_MAIL)
    desk.duties({})
    desk.email.failures, desk.email.arrives_before_failing = [RemoteUnclear("断线")], True
    assert [desk.run("05-11T09:00"), desk.run("05-11T10:00")] == [1, 1]
    assert desk.outcomes() == [("email", "unclear", False), ("email", "sent", True)]
    keys = {key for key, _ in desk.email.notes}
    assert len(keys) == 1


def test_a_process_that_dies_before_or_after_sending_repeats_nothing(desk: Desk) -> None:
    desk.duties({})
    send = desk.platform.send
    for arrives in (False, True):

        def dies(note: Note, key: str, now: datetime, arrives: bool = arrives) -> Mapping[str, Any]:
            if arrives:
                send(note, key, now)
            raise KeyboardInterrupt

        desk.platform.send = dies  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            desk.run("05-11T09:00" if not arrives else "05-11T09:10")
    desk.platform.send = send  # type: ignore[method-assign]
    desk.run("05-11T09:20")
    assert len(desk.platform.notes) == 1
    assert desk.outcomes() == [("platform", "failed", False), ("platform", "sent", False)]


def test_what_a_day_did_not_manage_goes_into_the_next_working_day(desk: Desk) -> None:
    desk.duties(
        {}, {"key": "contract_filing:1", "due_on": date(2026, 6, 11), "overdue_after": date(2026, 6, 11)}
    )
    desk.platform.failures = [RemoteUnavailable("忙") for _ in range(12)]
    for hour in range(9, 18):
        desk.run(f"05-11T{hour:02}:30")
    assert desk.platform.notes == []
    desk.platform.failures = []
    assert [desk.run("05-11T17:30"), desk.run("05-12T09:00"), desk.run("05-12T16:00")] == [0, 1, 0]
    assert desk.text.count("迟发：原定2026-05-11发送") == 1  # the contract's own morning is today
    states = [row.state for row in desk.ledger.outbox.list(kind="reminder")]
    assert states == ["cancelled", "sent"]


def test_a_digest_that_may_have_arrived_is_asked_for_the_next_day_and_not_taken_up_twice(desk: Desk) -> None:
    desk.duties(
        {}, {"key": "contract_filing:1", "due_on": date(2026, 6, 11), "overdue_after": date(2026, 6, 11)}
    )
    desk.platform.failures, desk.platform.arrives_before_failing = [RemoteUnclear("超时")], True
    assert desk.run("05-11T16:59") == 1
    assert desk.days("05-12") == [1]
    assert "合同备案" in desk.text and "竣工验收申请：" not in desk.text


def test_a_week_away_loses_nothing_repeats_nothing_and_never_says_before_after_the_day(desk: Desk) -> None:
    for number in range(30):
        desk.duties({"person": f"u{number}"}, code=f"SX-2026-{number:04d}")
    desk.manifest = replace(desk.manifest, reminders=replace(desk.manifest.reminders, per_minute=10))
    assert [desk.run(f"05-11T09:0{minute}") for minute in range(3)] == [10, 10, 10]
    desk.platform.notes.clear()
    arrived = [desk.run(f"06-11T09:0{minute}") for minute in range(5)]
    assert arrived == [10, 10, 10, 0, 0]
    assert {note.person for _, note in desk.platform.notes} == {f"u{n}" for n in range(30)}
    for _, note in desk.platform.notes:
        assert "距今还有" not in note.text and "今天已逾期1天" in note.text
        assert "迟发：原定2026-06-03、2026-06-09、2026-06-10发送。" in note.text
    assert desk.days("06-12", "06-15", "06-16") == [0, 0, 0]
    assert {row.outcome for row in desk.ledger.reminders.list()} == {"told"}


def test_a_minute_takes_no_more_than_its_number_whoever_sends(desk: Desk) -> None:
    for number in range(4):
        desk.duties({"person": f"u{number}"}, code=f"SX-2026-{number:04d}")
    desk.manifest = replace(desk.manifest, reminders=replace(desk.manifest.reminders, per_minute=3))
    other = Reminding(desk.ledger, load_forms(), lambda: desk.manifest, desk.job.channels, Random(2))
    desk.run("05-11T09:00")
    while other.step(desk.now):
        pass
    assert len(desk.platform.notes) == 3
    assert desk.run("05-11T09:01") == 1


def test_what_a_clock_that_was_ahead_sent_takes_nothing_from_the_minute(desk: Desk) -> None:
    for number in range(3):
        desk.duties({"person": f"u{number}"}, code=f"SX-2026-{number:04d}")
    desk.manifest = replace(desk.manifest, reminders=replace(desk.manifest.reminders, per_minute=3))
    assert desk.run("06-03T09:00") == 3
    assert desk.run("05-11T09:00") == 0  # told already
    desk.duties({"person": "u9"}, code="SX-2026-0009")
    assert desk.run("05-12T09:00") == 1


def test_nothing_is_looked_at_before_its_time(desk: Desk) -> None:
    desk.duties({})
    desk.run("05-08T09:00")
    looked = desk.ledger.watched.to_look_at(at("05-10T09:00"), desk.manifest.version, 10)
    assert [each.key for each in looked if each.project_code] == []


def test_a_day_of_the_year_that_fell_into_an_absence_is_told_late_and_once(desk: Desk) -> None:
    book = desk.manifest.book
    policy = replace(book.policy, collection_opens="10-01", collection_closes="10-31")
    desk.manifest = replace(desk.manifest, book=replace(book, policy=policy))
    assert desk.days("09-28", "09-30") == [0, 0]
    assert desk.days("10-12", "10-13") == [2, 0]  # u1 and u2, the contacts of the departments
    assert "2026年度需求征集" in desk.text and "迟发：原定2026-10-08发送" in desk.text
    assert desk.days("10-23", "10-30", "11-02", "11-20") == [2, 2, 0, 0]


def test_a_day_at_the_end_of_the_year_is_told_to_whoever_was_away_over_new_year(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, rhythm=Rhythm(validity_check=None, plan_rollover="12-30"))
    assert desk.days("12-29") == [0]
    assert desk.days("2027-01-04", "2027-01-05", "2027-12-30") == [1, 0, 1]
    assert "迟发：原定2026-12-30发送" in desk.platform.notes[0][1].text
    assert "2027年度计划清理" in desk.text


def test_the_day_of_a_year_before_the_first_start_is_not_told(desk: Desk) -> None:
    desk.manifest = replace(desk.manifest, rhythm=Rhythm(validity_check=None, plan_rollover="12-30"))
    assert desk.days("2027-01-04", "2027-01-05") == [0, 0]


def test_a_round_over_new_year_is_recalled_until_it_closes(desk: Desk) -> None:
    book = desk.manifest.book
    policy = replace(book.policy, collection_opens="12-15", collection_closes="01-15")
    desk.manifest = replace(desk.manifest, book=replace(book, policy=policy))
    assert desk.days("12-14", "12-15", "12-31") == [0, 2, 0]
    assert desk.days("2027-01-04", "2027-01-08", "2027-01-14", "2027-01-15") == [0, 2, 2, 2]
    assert desk.days("2027-01-18") == [0]
