"""Classified later: no file of the folder holds a word of a purged record, and the rest stays."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from plugin.ledger import Difference, Ledger, Proposal
from tests.ledger.makers import CODE, NOW, duty, head, outgoing, project, remember, version, watched

SEED = 3
SECRET = "绝密内容甲乙丙丁"


def files_with(text: str, folder: Path) -> list[str]:
    planted = (text.encode(), text.encode("utf-16-le"))
    return [file.name for file in folder.iterdir() if any(each in file.read_bytes() for each in planted)]


def fill(ledger: Ledger, record: str, text: str, size: int = 1) -> None:
    """One record as intake leaves it: delivery, versions, head, verdicts, project, duties, outgoing."""
    remember(ledger, f"key-{record}", record=record, name=text * size)
    ledger.submissions.add_version(version(record, name=text * size), "h1")
    ledger.submissions.put_head(head(record, values={"project_name": text * size}))
    ledger.submissions.override("standard", record, "TRIAL-MONTH", "王某", text, NOW)
    for turn in ("1", "2"):
        ledger.verdicts.put("standard", record, {"message": text, "turn": turn}, "1", NOW)
    ledger.projects.put(project(name=text, facts={"project_name": text}))
    ledger.search.put(CODE, text, text * size)
    ledger.obligations.sync(CODE, [duty(detail={"text": text})], NOW)
    ledger.watched.sync(CODE, [watched(person=text)], NOW)
    wanted = [outgoing(f"writeback:standard:{record}", text=text), outgoing("filing:x", lane="2", text=text)]
    ledger.outbox.sync(f"record:standard:{record}", wanted, NOW)
    ledger.replies.keep(ledger.outbox.list()[-1].id, "refused", 422, text * size, NOW)
    named = [
        {"project_code": code, "project_name": each} for code, each in ((CODE, text), ("OTHER", "别的项目"))
    ]
    ledger.proposals.add(
        Proposal(1, "change", "v1", "v2", "{}", "{}", (), {"projects": named}, True, "王五", "理由", NOW)
    )
    ledger.differences.put(CODE, [Difference(CODE, "filing:x:1", "extra", text, True)], NOW)


def rewrite(ledger: Ledger, record: str, text: str, turn: int) -> None:
    """The record once more, with another text."""
    ledger.submissions.add_version(version(record, name=f"{text}{turn}"), f"h{turn}")
    ledger.submissions.put_head(head(record, values={"project_name": text}))
    ledger.verdicts.put("standard", record, {"m": text, "n": str(turn)}, "1", NOW)
    ledger.projects.put(project(name=text))
    ledger.outbox.sync(f"record:standard:{record}", [outgoing(f"message:standard:{record}", t=text)], NOW)


class TestPurge:
    def test_no_file_of_the_folder_holds_a_word_of_a_purged_record(self, ledger: Ledger) -> None:
        fill(ledger, "rec1", SECRET, size=700)
        sent = ledger.outbox.claim(("filing",), NOW)
        assert sent is not None
        ledger.outbox.sent(sent.id, {"no": "R1"}, NOW)
        assert files_with(SECRET, ledger.path.parent) != []
        removed = ledger.purge_record("standard", "rec1", NOW)
        assert files_with(SECRET, ledger.path.parent) == []
        assert removed == {
            "outgoing": 2,
            "versions": 1,
            "heads": 1,
            "overrides": 1,
            "verdicts": 2,
            "quarantined": 0,
            "deliveries": 1,
            "duties_watched": 1,
            "previews": 1,
            "project_facts": 1,
            "project_verdicts": 0,
            "duty_details": 1,
            "differences": 1,
            "duty_revisions": 1,
            "search_texts": 1,
        }
        assert ledger.outbox.previous_receipt("writeback:standard:rec1", 2) == {"no": "R1"}
        [proposal] = ledger.proposals.list()
        assert [each["project_code"] for each in proposal.preview["projects"]] == ["OTHER"]
        assert ledger.audit.latest(1)[0].action == "record.purged"
        assert ledger.is_purged("standard", "rec1")
        assert not ledger.inbox.knows("standard", "rec1")
        assert ledger.doctor() == []

    def test_whatever_moved_about_in_the_pages_before(self, ledger: Ledger) -> None:
        """Pages split, cells move; with this seed secure_delete alone leaves a copy (SQLite 3.40)."""
        chance = random.Random(SEED)
        with ledger.write_tx():
            for turn in range(400):
                planted = chance.random() < 0.3
                record = "planted" if planted else f"r{chance.randint(0, 150)}"
                text = (SECRET if planted else "普通") * chance.randint(1, 120)
                rewrite(ledger, record, text, turn)
        ledger.projects.put(project())
        ledger.purge_record("standard", "planted", NOW)
        assert files_with(SECRET, ledger.path.parent) == []
        assert ledger.rows("SELECT count(*) FROM submissions")[0][0] > 100

    def test_other_records_and_projects_keep_theirs_and_a_late_repeat_is_still_known(
        self, ledger: Ledger
    ) -> None:
        fill(ledger, "rec10", "其他")
        other = outgoing("writeback:standard:rec10")
        ledger.purge_record("standard", "rec1", NOW)
        head_of_other = ledger.submissions.head("standard", "rec10")
        assert head_of_other is not None
        assert [row.state for row in ledger.outbox.list()] == ["pending", "pending"]
        assert other.subject in {row.subject for row in ledger.outbox.list()}
        ledger.purge_record("standard", "rec10", NOW)
        assert remember(ledger, "key-rec10", record="rec10").value == "known"

    def test_a_reader_in_the_way_delays_the_erasing_and_doctor_says_so(self, ledger: Ledger) -> None:
        ledger.connection.execute("PRAGMA busy_timeout = 50")
        fill(ledger, "rec1", SECRET)
        reads, ends = threading.Event(), threading.Event()

        def read() -> None:
            with ledger.read():
                ledger.projects.get(CODE)
                reads.set()
                ends.wait()

        reader = threading.Thread(target=read)
        reader.start()
        reads.wait()
        ledger.purge_record("standard", "rec1", NOW)
        assert [problem.code for problem in ledger.doctor()] == ["PURGE_UNFINISHED"]
        ends.set()
        reader.join()
        assert ledger.finish_purges()
        assert files_with(SECRET, ledger.path.parent) == []

    def test_a_purge_inside_the_callers_transaction_erases_after_its_commit(self, ledger: Ledger) -> None:
        fill(ledger, "rec1", SECRET)
        with ledger.write_tx():
            ledger.purge_record("standard", "rec1", NOW)
            ledger.projects.put(project())
        assert files_with(SECRET, ledger.path.parent) == []
