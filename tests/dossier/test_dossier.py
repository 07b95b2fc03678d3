"""A project's dossier: every record is there, every hash fits, the same contents are the same bytes, nothing purged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZIP_STORED, ZipFile

import pytest
from click.testing import CliRunner

from forms.definition import load_forms
from plugin.bureau import Override, attached, offline_intake, overridden
from plugin.cli import main
from plugin.clock import shanghai_day
from plugin.dossier import Attachment, NothingToArchive, Source, contents_of, kept_by, write_dossier
from plugin.dossier.attachments import _attachment
from plugin.ledger import Ledger
from plugin.ledger.text import digest, dump, stamp
from plugin.reminding.watching import look_once
from plugin.sdk import Actor, EventKind, FormEvent
from tests.flow.conftest import NOW, ROUND, Desk, desk, ledger

__all__ = ["desk", "ledger"]

FORMS = load_forms()
PLANTED = "绝不应留存的涉密内容丁戊己"
NAME = '<b>农情</b>"一张图"'
WINDOWS = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$|[ .]/')


@pytest.fixture
def code(desk: Desk) -> str:
    """A project with a correction, a deletion, receipts and messages."""
    desk.save("demand", project_name=NAME, demand_summary="第一稿")
    found = desk.code_of("demand") or ""
    step(desk, "demand", kind=EventKind.UPDATED, project_name=NAME, demand_summary="第二稿")
    for name in ("corrected", "contract", "completion"):
        step(desk, name, project_code=found)
    send_all(desk)
    step(desk, "completion", project_code=found, record="mistaken")
    step(desk, "completion", kind=EventKind.DELETED, project_code=found, record="mistaken")
    send_all(desk)
    while desk.intake.ledger.audit.seal():
        pass
    return found


@pytest.fixture
def purged(desk: Desk, code: str) -> str:
    """The same after a record of it was sent, filed, and declared classified."""
    secret = {"project_code": code, "record": "secret", "contract_no": "HT-9", "contract_name": PLANTED}
    step(desk, "contract", **secret)
    send_all(desk)
    assert PLANTED.encode() in made(desk, code)
    step(desk, "contract", **secret, classified="是")
    return code


def step(
    desk: Desk, name: str, *, kind: EventKind = EventKind.CREATED, record: str | None = None, **changes: Any
) -> None:
    desk.now += timedelta(minutes=5)
    event = desk.event(name, record=record, **changes)
    desk.accept(replace(event, kind=kind))
    desk.take_all()


def send_all(desk: Desk) -> None:
    """Everything due arrives; the life-cycle system gives its receipts."""
    outbox = desk.intake.ledger.outbox
    while item := outbox.claim(("writeback", "message", "reminder", "filing"), desk.now):
        outbox.sent(item.id, {"receipt_no": f"R-{item.id}", "raw": {"收件人": "省平台"}}, desk.now)


def made(desk: Desk, code: str, source: Source = lambda _: None) -> bytes:
    out = BytesIO()
    cite = desk.intake.manifest().pack.cite
    contents = contents_of(desk.intake.ledger, code)
    write_dossier(out, contents, FORMS, bureau="数据资源局", cite=cite, source=source)
    return out.getvalue()


def files(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def read(found: dict[str, bytes], name: str) -> Any:
    return json.loads(found[name])


def test_every_record_version_and_verdict_is_there(desk: Desk, code: str) -> None:
    found = files(made(desk, code))
    index = read(found, "目录.json")
    kept = desk.intake.ledger.submissions.ever_of_project(code)
    assert [each["record"] for each in index["records"]] == [f"standard:{head.record}" for head in kept]
    assert {head.record for head in kept} == {"demand", "corrected", "contract", "completion", "mistaken"}
    for head, entry in zip(kept, index["records"], strict=True):
        versions = [read(found, each["json"]) for each in entry["versions"]]
        stored = desk.intake.ledger.submissions.versions("standard", head.record)
        assert [each["version"]["fields"] for each in versions] == [each.fields for each in stored]
        given = [verdict["verdict"] for each in versions for verdict in each["verdicts"]]
        assert given == [row.verdict for row in desk.intake.ledger.verdicts.history("standard", head.record)]
        assert read(found, entry["as_it_stands"])["values"] == head.values
    demand = next(each for each in index["records"] if each["form"] == "demand_collection")
    drafts = [read(found, each["json"])["version"]["fields"]["demand_summary"] for each in demand["versions"]]
    assert drafts == ["第一稿", "第二稿"]
    assert all(each["verdicts"] for each in demand["versions"])
    assert "已在平台上删除" in next(
        each["said"] for each in index["records"] if each["record"].endswith("mistaken")
    )


def test_duties_filings_messages_and_audit_are_there(desk: Desk, code: str) -> None:
    found, book = files(made(desk, code)), desk.intake.ledger
    duties = read(found, "应办事项/应办事项.json")
    assert [each["row"]["key"] for each in duties] == [row.key for row in book.obligations.of_project(code)]
    assert all(each["revisions"] for each in duties) and len(duties) > 2
    filings = read(found, "备案和回执/备案和回执.json")
    receipts = {each["key"]: each["receipt"] for each in filings if each["state"] == "sent"}
    assert receipts and all(receipt["raw"] == {"收件人": "省平台"} for receipt in receipts.values())
    assert receipts == {row.key: row.receipt for row in book.outbox.list("filing", "sent", code)}
    messages = read(found, "消息/消息.json")
    assert {each["kind"] for each in messages} == {"writeback", "message"}
    audit = read(found, "审计/审计.json")
    subjects = {each["subject"] for each in audit}
    assert {f"project:{code}", "standard:demand", "standard:mistaken"} <= subjects
    assert {"submission.taken", "submission.deleted", "outbox.sent"} <= {each["action"] for each in audit}


def test_every_reminder_is_there_with_the_way_it_went(desk: Desk, code: str) -> None:
    """What a person was told of the project, when, through which channel; nothing of other projects."""
    book, now = desk.intake.ledger, desk.now + timedelta(days=60)
    while look_once(book, desk.intake.manifest(), now):
        pass
    assert book.reminders.gather_next(now, shanghai_day(now))
    [digest] = {row.digest for row in book.reminders.list(code) if row.digest}
    failed = book.attempts.begin(digest, "platform", "u1", now, repeat=False)
    book.attempts.end(failed, "failed", now, "拒绝")
    book.attempts.end(
        book.attempts.begin(digest, "email", "u1", now, repeat=False), "sent", now, receipt={"id": 1}
    )
    book.reminders.told(digest)
    book.reminders.record(
        "SX-1", "contract_filing", "due@2025-01-01", "responsible", "standard", ("u1",), now
    )
    found = files(made(desk, code))
    listed = read(found, "提醒/提醒.json")
    assert [each["row"]["id"] for each in listed] == [row.id for row in book.reminders.list(code)]
    assert {each["row"]["project_code"] for each in listed} == {code}
    sent = [each["attempts"] for each in listed if each["row"]["digest"] == digest]
    assert sent and all([each["outcome"] for each in tries] == ["failed", "sent"] for tries in sent)
    page = found["提醒/提醒.html"].decode()
    assert "u1（责任人）" in page and "已告知" in page and "电子邮件" in page and "未送达" in page


def test_every_audit_row_can_be_checked_alone(desk: Desk, code: str) -> None:
    rows = read(files(made(desk, code)), "审计/审计.json")
    assert len(rows) > 20
    entries = {each.id: each for each in desk.intake.ledger.audit.latest(10_000)}
    for row in rows:
        at = stamp(entries[row["id"]].at)
        body = dump([row["id"], at, row["actor"], row["action"], row["subject"], dump(row["detail"])])
        assert row["hash"] == digest((row["previous_hash"] or "") + body)


def test_nothing_of_a_purged_record_is_in_it(desk: Desk, purged: str) -> None:
    """The zip is not compressed: what is not in its bytes is not in it."""
    data = made(desk, purged)
    assert PLANTED.encode() not in data
    assert b"standard:secret" not in data
    assert "第二稿".encode() in data


def test_a_purge_leaves_the_receipts_of_the_other_records(desk: Desk, purged: str) -> None:
    filings = read(files(made(desk, purged)), "备案和回执/备案和回执.json")
    secret = sha256(b"standard:secret").hexdigest()[:12]
    sent = {row.key for row in desk.intake.ledger.outbox.list("filing", "sent", purged)}
    assert any(secret in key for key in sent)
    assert {each["key"] for each in filings if each["state"] == "sent"} == {
        key for key in sent if secret not in key
    }


def test_a_record_not_declared_unclassified_is_left_out_whoever_stored_it(desk: Desk, code: str) -> None:
    submissions = desk.intake.ledger.submissions
    head = submissions.head("standard", "contract")
    assert head
    submissions.put_head(replace(head, values={**head.values, "classified": None, "contract_name": PLANTED}))
    found = files(made(desk, code))
    assert "standard:contract" not in [each["record"] for each in read(found, "目录.json")["records"]]
    assert not [name for name, content in found.items() if PLANTED.encode() in content]


def test_the_sums_fit_and_name_every_file(desk: Desk, code: str, tmp_path: Path) -> None:
    found = files(made(desk, code))
    lines = [line.split("  ", 1) for line in found["sha256sums"].decode().splitlines()]
    assert {name for _, name in lines} == found.keys() - {"sha256sums"}
    assert all(sha256(found[name]).hexdigest() == expected for expected, name in lines)
    with ZipFile(BytesIO(made(desk, code))) as packed:
        packed.extractall(tmp_path)
    program = shutil.which("sha256sum")
    if program:
        subprocess.run([program, "-c", "--quiet", "sha256sums"], cwd=tmp_path, check=True)
        (tmp_path / "目录.html").write_text("changed", encoding="utf-8")
        changed = subprocess.run(
            [program, "-c", "sha256sums"], check=False, cwd=tmp_path, capture_output=True
        )
        assert changed.returncode == 1


def test_the_same_contents_are_the_same_bytes(desk: Desk, code: str, tmp_path: Path) -> None:
    first = made(desk, code)
    assert made(desk, code) == first
    entries = ZipFile(BytesIO(first)).infolist()
    assert {(each.date_time, each.compress_type, each.create_system) for each in entries} == {
        ((1980, 1, 1, 0, 0, 0), ZIP_STORED, 3)
    }
    copy = Ledger.open(desk.intake.ledger.backup(tmp_path / "copy.db", NOW))
    other = Desk(replace(desk.intake, ledger=copy))
    assert made(other, code) == first
    copy.close()
    step(
        desk,
        "completion",
        project_code=code,
        record="completion",
        kind=EventKind.UPDATED,
        completion_confirmed_by="监理",
    )
    assert made(desk, code) != first


def test_it_can_be_streamed_to_where_nothing_can_be_sought(desk: Desk, code: str) -> None:
    class Pipe:
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def write(self, part: bytes) -> int:
            self.parts.append(bytes(part))
            return len(part)

        def flush(self) -> None: ...

    pipe, cite = Pipe(), desk.intake.manifest().pack.cite
    write_dossier(
        pipe,
        contents_of(desk.intake.ledger, code),
        FORMS,
        bureau="局",
        cite=cite,
        source=kept_by(desk.intake.ledger),
    )  # type: ignore[arg-type]
    assert len(pipe.parts) > 20
    assert files(b"".join(pipe.parts)).keys() == files(made(desk, code)).keys()


def test_the_pages_show_labels_and_escape_what_people_typed(desk: Desk, code: str) -> None:
    found = files(made(desk, code))
    index = read(found, "目录.json")
    pages = {name: content.decode() for name, content in found.items() if name.endswith(".html")}
    assert not [name for name, page in pages.items() if "<b>农情</b>" in page]
    demand = pages[index["records"][0]["versions"][0]["page"]]
    for words in (
        "<td>需求概述</td><td>第一稿</td>",
        "&lt;b&gt;农情",
        "资金来源",
        "审查结论",
        "张三",
        "<td>是否涉密</td><td>否</td>",
    ):
        assert words in demand, words
    assert not re.search(r"<td>(demand_summary|new|county_department)</td>", demand)
    listed = pages["目录.html"]
    assert "材料" in listed and "第四十一条" in listed and "sha256sum -c" in listed
    for each in re.findall(r'href="([^"]+)"', listed):
        assert unquote(each) in found


def test_names_are_good_on_every_system(desk: Desk, code: str) -> None:
    names = list(files(made(desk, code, lambda each: each.name.encode())))
    assert all(not WINDOWS.search(name) and len(name) <= 150 for name in names)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(part.encode()) <= 255 for name in names for part in name.split("/"))


def test_what_a_bureau_let_through_is_told(desk: Desk) -> None:
    desk.save("late_demand")
    code = desk.code_of("late_demand") or ""
    desk.save("overridable", project_code=code)
    overridden(desk.intake, Override("standard", "overridable", "IN-PLAN", "王五", "县政府会议同意"), NOW)
    found = files(made(desk, code))
    said = [each["said"] for each in read(found, "目录.json")["records"]]
    assert "已受理；规则IN-PLAN由王五核准：县政府会议同意" in said
    assert "县政府会议同意" in found["目录.html"].decode()


def test_what_was_said_before_a_record_was_attached_is_there(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    step(desk, "contract", project_code="WRONG-1", record="waiting")
    send_all(desk)
    attached(desk.intake, "standard", "waiting", code, "王五", desk.now)
    rows = read(files(made(desk, code)), "消息/消息.json")
    statuses = [row["payload"].get("status") for row in rows if row["payload"].get("record") == "waiting"]
    assert statuses[0] == "unattached" and "warned" in statuses


FILES: list[tuple[Any, Attachment]] = [
    ("合同.pdf", Attachment("r", "合同.pdf", None, None)),
    ("https://p.example/f/%E5%90%88%E5%90%8C.pdf?sign=1", Attachment("r", "合同.pdf", None, "https://p.example/f/%E5%90%88%E5%90%8C.pdf?sign=1")),
    ({"name": "合同.pdf", "url": "https://p.example/1", "sha256": "A" * 64}, Attachment("r", "合同.pdf", "a" * 64, "https://p.example/1")),
    ({"id": "77", "hash": "short"}, Attachment("r", "77", None, "77")),
    ({"ref": "f-1", "name": "合同.pdf", "url": "https://p.example/1?sign=2"}, Attachment("r", "合同.pdf", None, "f-1", "b" * 64)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "named"), FILES, ids=["name", "address", "object", "id", "kept"])
def test_an_attachment_is_known_however_the_platform_names_it(value: Any, named: Attachment) -> None:
    assert _attachment("r", value, {"f-1": "b" * 64}) == named


def test_attachments_are_kept_by_hash_with_their_names(desk: Desk) -> None:
    content = b"%PDF-1.7 contract"
    right, wrong = sha256(content).hexdigest(), sha256(b"other").hexdigest()
    desk.save("demand")
    code = desk.code_of("demand") or ""
    step(desk, "contract", project_code=code, contract_file={"name": "合同<终稿>.pdf", "sha256": right},
         win_notice=[{"name": "通知书.pdf", "sha256": wrong}, "缺失.pdf"])  # fmt: skip
    asked: list[str] = []

    def source(each: Attachment) -> bytes | None:
        asked.append(each.name)
        return None if each.name == "缺失.pdf" else content

    found = files(made(desk, code, source))
    listed = {
        each["name"]: each for each in read(found, "目录.json")["attachments"] if each["record"] == "contract"
    }
    assert listed["合同<终稿>.pdf"]["file"] == f"附件/{right} 合同_终稿_.pdf"
    assert found[f"附件/{right} 合同_终稿_.pdf"] == content
    assert (listed["通知书.pdf"]["file"], listed["通知书.pdf"]["said"]) == (
        None,
        "与登记的校验值不符，未收入",
    )
    assert listed["缺失.pdf"]["said"] == "未提供"
    assert "个附件没有收入" in found["目录.html"].decode()
    assert set(asked) >= set(listed)


@pytest.mark.parametrize("code", ["SX-2025-0404", ""])
def test_there_is_no_dossier_of_nothing(desk: Desk, code: str) -> None:
    with pytest.raises(NothingToArchive, match="没有"):
        contents_of(desk.intake.ledger, code)


def test_a_form_that_is_no_more_is_shown_as_it_was_stored(desk: Desk, code: str) -> None:
    out, contents = BytesIO(), contents_of(desk.intake.ledger, code)
    write_dossier(out, contents, {}, bureau="局", cite=lambda each: each, source=lambda _: None)
    found = files(out.getvalue())
    index = read(found, "目录.json")
    assert index["records"][0]["title"] == "demand_collection"
    assert (
        "<td>demand_summary</td><td>第一稿</td>" in found[index["records"][0]["versions"][0]["page"]].decode()
    )


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)
    for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()
    assert runner.invoke(main, ["init"]).exit_code == 0
    assert runner.invoke(main, ["apply", "--by", "王五", "--yes"]).exit_code == 0
    return lambda *arguments: runner.invoke(main, list(arguments))


def test_the_command_writes_it_once_with_the_files_that_the_ledger_keeps(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    book = Ledger.open(tmp_path / "data" / "ledger.db")
    desk = Desk(offline_intake(book, tmp_path))
    named = [
        {"ref": name, "name": f"../{name}.pdf", "url": f"https://p.example/{name}?sign=1"}
        for name in ("kept", "open", "lost", "damaged")
    ]
    fields = {**ROUND["demand"].fields, "attachments": named}
    desk.accept(
        FormEvent("standard", "demand_collection", "d1", EventKind.CREATED, NOW, "k", fields, Actor("u1"))
    )
    desk.take_all()
    code = desk.code_of("d1") or ""
    rows = {row.ref: row for row in book.attachments.of_record("standard", "d1")}
    for name in ("kept", "lost", "damaged"):
        book.attachments.stored(rows[name], name.encode())
    book.attachments.path(sha256(b"lost").hexdigest()).unlink()
    book.attachments.path(sha256(b"damaged").hexdigest()).write_bytes(b"other")
    book.close()
    done = run("dossier", code, "-o", "档案.zip")
    assert done.exit_code == 0 and "1份材料" in done.output
    found = files((tmp_path / "档案.zip").read_bytes())
    attached = {name: content for name, content in found.items() if name.startswith("附件/")}
    assert attached == {f"附件/{sha256(b'kept').hexdigest()} _kept.pdf": b"kept"}
    said = {each["reference"]: each["said"] for each in read(found, "目录.json")["attachments"]}
    different = "与登记的校验值不符，未收入"
    assert said == {"kept": "已收入", "open": "未提供", "lost": "未提供", "damaged": different}
    assert all(row["hash"] for row in read(found, "审计/审计.json"))
    again = run("dossier", code, "-o", "档案.zip")
    assert again.exit_code == 2 and "已存在" in again.output
    assert run("dossier", "SX-2025-0404", "-o", "b.zip").exit_code == 2
    assert run("dossier", code, "-o", "no/folder/b.zip").exit_code == 2
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["档案.zip"]
