"""Files are fetched with the platform's help, kept by hash, given up on with a reason, and go when a record is purged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from forms.definition import load_forms
from jobs.attachments import MAX_ATTEMPTS, fetch_one
from plugin.files import files_of
from plugin.ledger import AttachmentRow, Ledger, Submission
from plugin.sdk import Attachment, Registry, RemoteRejected, RemoteUnavailable

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
FILE = {"ref": "7", "name": "../../etc/合同.pdf", "url": "https://p.example/files/7", "size": 4}
ROW = AttachmentRow("other", "r1", "7", "contract_filing", "contract_file", "合同.pdf", "https://p.example/7")


class Files:
    """A platform that gives out files as told."""

    name = "other"

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Attachment, int]] = []

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        self.asked.append((attachment, limit_bytes))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        yield opened


def fetch(ledger: Ledger, files: Files, now: datetime = NOW) -> bool:
    return fetch_one(ledger, Registry({"other": files}), 100, Random(1), now)  # type: ignore[dict-item]


def test_a_file_is_kept_under_its_hash_and_for_its_owner_only(ledger: Ledger) -> None:
    ledger.attachments.note([ROW], NOW)
    files = Files(b"%PDF")
    assert fetch(ledger, files) and not fetch(ledger, files)
    assert files.asked == [(Attachment("7", "合同.pdf", "https://p.example/7"), 100)]
    (row,) = ledger.attachments.of_record("other", "r1")
    assert (row.state, row.sha256, row.size) == ("stored", sha256(b"%PDF").hexdigest(), 4)
    path = ledger.attachments.path(row.sha256)
    assert path.read_bytes() == b"%PDF" and path.stat().st_mode & 0o077 == 0
    ledger.attachments.note([ROW], NOW)
    assert not fetch(ledger, files), "known files are not fetched again"


def test_a_platform_that_is_away_is_asked_later_and_a_refusal_is_final(ledger: Ledger) -> None:
    ledger.attachments.note([ROW], NOW)
    files = Files(RemoteUnavailable("连不上", 60), RemoteRejected("附件过大", "附件过大"))
    assert fetch(ledger, files) and not fetch(ledger, files)
    assert fetch(ledger, files, NOW + timedelta(hours=1))
    (row,) = ledger.attachments.of_record("other", "r1")
    assert (row.state, row.error, row.attempts) == ("refused", "附件过大", 2)


def test_it_is_given_up_in_the_end(ledger: Ledger) -> None:
    ledger.attachments.note([ROW], NOW)
    files = Files(*[RemoteUnavailable("连不上")] * MAX_ATTEMPTS)
    for day in range(MAX_ATTEMPTS):
        assert fetch(ledger, files, NOW + timedelta(days=day))
    assert not fetch(ledger, files, NOW + timedelta(days=365))
    assert ledger.attachments.of_record("other", "r1")[0].state == "refused"


def test_a_purge_takes_the_contents_that_no_other_record_names(ledger: Ledger) -> None:
    other = AttachmentRow(
        "other", "r2", "8", "contract_filing", "contract_file", "同一文件.pdf", "https://p.example/8"
    )
    secret = AttachmentRow(
        "other", "r1", "9", "contract_filing", "attachments", "密.pdf", "https://p.example/9"
    )
    ledger.attachments.note([ROW, other, secret], NOW)
    files = Files(b"same", b"same", b"secret")
    while fetch(ledger, files):
        pass
    kept, gone = (ledger.attachments.path(sha256(each).hexdigest()) for each in (b"same", b"secret"))
    ledger.purge_record("other", "r1", NOW)
    assert kept.exists() and not gone.exists() and not ledger.attachments.of_record("other", "r1")


def test_no_name_from_outside_reaches_the_file_system(ledger: Ledger) -> None:
    for odd in ("../../etc/passwd", "", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            ledger.attachments.path(odd)


@pytest.mark.parametrize(
    ("value", "refs"),
    [
        ([FILE], ["7"]),
        (FILE, ["7"]),
        ("合同.pdf", []),
        (["合同.pdf"], []),
        ([{"name": "无地址"}], []),
        (None, []),
    ],
)
def test_the_files_of_a_submission_are_those_with_an_address(value: Any, refs: list[str]) -> None:
    form = load_forms()["acceptance_application"]
    table = next(each for each in form.fields if each.type == "table")
    column = next(each for each in table.columns if each.type == "file")
    values = {"attachments": value, table.name: [{column.name: value}]}
    submission = Submission("other", form.name, "r1", None, "taken", values, NOW, None, "h")
    found = list(files_of(form, submission))
    assert [each.ref for each in found] == refs * 2
    assert not refs or {each.field for each in found} == {"attachments", f"{table.name}.{column.name}"}
