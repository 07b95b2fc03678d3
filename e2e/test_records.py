"""Without a browser: what officials save, in numbers, under trouble, and what must leave no trace."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from e2e.papers import paper, without
from e2e.site import Session, Site, sign_in, wait_until

WRITERS, EACH = 8, 25
COMPARED = ("demand_summary", "necessity", "objectives", "main_content", "technical_route")
PLANTED = "绝密级试验靶场迁建工程"


def demand(person: Session, name: str, **changes: Any) -> dict[str, Any]:
    """A good demand that resembles no other: words of its own in every text that is compared."""
    _form, values = paper("demand", lambda file: person.upload(file, b"%PDF-1.4"), datetime.now(UTC).date())
    words = Random(name)
    own = {each: "".join(chr(words.randrange(0x4E00, 0x9000)) for _ in range(60)) for each in COMPARED}
    return {**values, **own, "construction_unit": f"{name}管理局（演示）", "project_name": name, **changes}


@pytest.fixture(scope="module")
def zhangsan(site: Site) -> Session:
    return sign_in(site.url, "zhangsan")


def test_everything_is_pushed_and_a_second_push_has_nothing_to_do(site: Site) -> None:
    planned = site.zhengxiang("forms", "plan", check=False)
    assert planned.returncode == 0, planned.stdout[-2000:]
    tried = site.zhengxiang("platform", "test", "--plugin-url", site.plugin_url)
    assert "未通过" not in tried.stdout and tried.stdout.count("通过  ") >= 5, tried.stdout


def test_a_refusal_shows_every_finding_and_saves_nothing(site: Site, zhangsan: Session) -> None:
    reply = zhangsan.save("demand_collection", demand(zhangsan, "乡镇自建", construction_unit_type="town"))
    assert reply.status_code == 400
    said = reply.json()["errors"][0]["message"]
    assert "第十三条" in said and "县直有关部门" in said, said
    listed = site.root.call("GET", "zx_demand_collection:list", filter={"project_name": "乡镇自建"})
    assert listed.json()["data"] == []


def test_two_hundred_records_by_eight_writers_are_judged_once_each(site: Site) -> None:
    def write(number: int) -> list[int]:
        person = sign_in(site.url, "zhangsan")
        saved = []
        for turn in range(EACH):
            reply = person.save("demand_collection", demand(person, f"并发项目{number}-{turn}"))
            assert reply.status_code == 200, reply.text[:500]
            saved.append(reply.json()["data"]["id"])
        return saved

    with ThreadPoolExecutor(WRITERS) as pool:
        records = [str(each) for found in pool.map(write, range(WRITERS)) for each in found]
    assert len(set(records)) == WRITERS * EACH

    def waiting() -> list[Any]:
        pending = {"$and": [{"project_name": {"$includes": "并发项目"}}, {"zx_status": "pending"}]}
        return list(site.root.call("GET", "zx_demand_collection:list", filter=pending).json()["data"])

    wait_until(lambda: not waiting(), 90, "some records stay without a verdict")
    with closing(sqlite3.connect(f"file:{site.data / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        verdicts = Counter(record for (record,) in ledger.execute("SELECT record FROM verdicts"))
        taken = dict(
            ledger.execute("SELECT record, project_code FROM submissions WHERE form = 'demand_collection'")
        )
    assert {verdicts[each] for each in records} == {1}
    codes = {taken[each] for each in records}
    assert len(codes) == len(records) and None not in codes


def test_a_changed_record_is_judged_again_and_our_own_writing_is_not(site: Site, zhangsan: Session) -> None:
    record = zhangsan.save("demand_collection", demand(zhangsan, "改名之前")).json()["data"]["id"]
    first = site.judged("demand_collection", record)
    assert first["zx_status"] == "passed" and first["project_code"]
    changed = zhangsan.save("demand_collection", {"project_name": "改名之后"}, record)
    assert changed.status_code == 200, changed.text[:500]
    wait_until(
        lambda: site.root.record("demand_collection", record)["zx_revision"] == 2, 30, "not judged again"
    )
    time.sleep(2)
    assert site.root.record("demand_collection", record)["zx_revision"] == 2
    assert site.root.record("demand_collection", record)["project_code"] == first["project_code"]


def test_while_we_are_away_the_form_decides_and_nothing_is_lost(site: Site, zhangsan: Session) -> None:
    """The platform never sends again: what was saved meanwhile is found by asking."""
    site.stop("serve")
    refused = zhangsan.save("plan_supplement", {"classified": "否", "project_name": "增补"})
    assert refused.status_code == 400 and "暂时连不上" in refused.json()["errors"][0]["message"], (
        refused.text[:300]
    )
    classified = zhangsan.save("demand_collection", demand(zhangsan, PLANTED, classified="是"))
    assert classified.status_code == 400, classified.text[:300]
    records = []
    for number in range(50):
        reply = zhangsan.save("demand_collection", demand(zhangsan, f"离线项目{number}"))
        assert reply.status_code == 200, reply.text[:300]
        records.append(reply.json()["data"]["id"])
    site.start("serve")
    for record in records:
        assert site.judged("demand_collection", record, 120)["zx_status"] in ("passed", "warned")


def test_files_are_fetched_and_kept_by_their_hash(site: Site, zhangsan: Session) -> None:
    file = zhangsan.upload("../../奇怪 名字.pdf", b"%PDF-1.4 e2e")
    record = zhangsan.save("demand_collection", demand(zhangsan, "带附件", basis_file=[file])).json()["data"][
        "id"
    ]
    site.judged("demand_collection", record)

    def stored() -> list[Path]:
        return [
            each
            for each in (site.data / "attachments").rglob("*")
            if each.is_file() and each.read_bytes() == b"%PDF-1.4 e2e"
        ]

    wait_until(lambda: len(stored()) == 1, 40, "the file was not fetched")
    assert len(stored()[0].name) == 64


def test_a_classified_submission_leaves_no_trace_anywhere(
    site: Site, zhangsan: Session, tmp_path: Path
) -> None:
    reply = zhangsan.save(
        "demand_collection", demand(zhangsan, PLANTED, classified="是", demand_summary=PLANTED)
    )
    assert reply.status_code == 400 and "不得在本系统填报" in reply.json()["errors"][0]["message"]
    unanswered = without(demand(zhangsan, PLANTED), "classified")
    assert zhangsan.save("demand_collection", unanswered).status_code == 400
    time.sleep(3)  # for workflows to end and logs to be written
    dump = tmp_path / "dump.sql"
    dump.touch(mode=0o666)
    tmp_path.chmod(0o777)
    site.running.postgres.dump(dump)
    places = [
        dump,
        *(
            each
            for folder in (site.data, site.folder, site.running.app / "storage")
            for each in folder.rglob("*")
            if each.is_file()
        ),
    ]
    assert len(places) > 5
    assert [str(each) for each in places if PLANTED.encode() in each.read_bytes()] == []
