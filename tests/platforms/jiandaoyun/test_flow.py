"""The whole way on 简道云: a push, the verdict in the record, the file fetched, what nobody pushed found, nothing classified kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms.definition import load_forms
from jobs.scheduler import Timetable
from plugin.app import build, create_app, timetable
from plugin.demo import demo_manifest
from plugin.ledger import Ledger
from plugin.manifest import load_text
from plugin.platforms.jiandaoyun_api import PAUSE_S
from plugin.sdk import Request
from plugin.sdk_testing import sample
from tests.webhooks.conftest import SECRETS

from .office import KEY, PERSON, SECRET, SHANGHAI, Office, office

FORM = "demand_collection"


@dataclass
class County:
    """The plugin beside an office."""

    office: Office
    client: FlaskClient
    ledger: Ledger
    jobs: Timetable

    def send(self, request: Request) -> TestResponse:
        return self.client.post(
            request.path, query_string=request.query, headers=request.headers, data=request.body
        )

    def run(self, name: str) -> int:
        (job,) = (each for each in self.jobs.jobs if each.name == name)
        done = 0
        while job.step(self.office.now()):
            done += 1
        return done

    def record(self, number: str) -> dict[str, Any]:
        form = self.office.form(FORM)
        return self.office.jdy.read(form, form.records[number])


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with office() as at_work, closing(Ledger.open(tmp_path / "ledger.db")) as ledger:
        entries = "".join(f"\n      {form}: '{entry}'" for form, entry in at_work.entries.items())
        text = re.sub(
            r"(?s)\nplatform:\n.*?\n\n",
            f"""
platform:
  name: jiandaoyun
  base_url: {at_work.jdy.url}/api
  secret_env: PUSH_SECRET
  token_env: JDY_KEY
  signature: jiandaoyun
  options:
    app: {at_work.jdy.app}
    forms:{entries}

""",
            demo_manifest({}).text,
        )
        environ = {"PUSH_SECRET": SECRET, "JDY_KEY": KEY, "ZHENGXIANG_LIFECYCLE_SECRETS": SECRETS[0]}
        manifest = load_text(text, "manifest.yaml")
        ledger.manifests.apply(manifest.version, text, "test", at_work.now())
        services = build(ledger, environ, at_work.now)
        yield County(at_work, create_app(services).test_client(), ledger, timetable(services, Random(1)))


def demand(**changes: Any) -> dict[str, Any]:
    """What the regulation lets pass."""
    good = {"project_code": "", "parent_unit": "", "target_plan_year": datetime.now(SHANGHAI).year + 1}
    return {**sample(load_forms()[FORM]), **good, **changes}


def test_a_submission_gets_verdict_and_project_code_into_its_record(county: County) -> None:
    number, push = county.office.save(FORM, demand())
    assert county.send(push).status_code == 202
    assert county.send(push).get_json()["duplicate"] is True
    assert county.run("inbox") == 1 and county.run("write_backs") >= 1
    shown = county.record(number)
    head = county.ledger.submissions.head("jiandaoyun", number)
    assert head and head.project_code and shown["project_code"] == head.project_code
    assert shown["zx_status"].startswith("符合") and shown["zx_revision"].endswith(f"@{number}")
    assert county.office.echoes()[1:] == []  # the person's own push, and none for what we wrote


def test_a_submission_that_breaks_the_regulation_is_sent_back_and_mended(county: County) -> None:
    number, push = county.office.save(FORM, demand(target_plan_year=2000))
    county.send(push)
    county.run("inbox")
    county.run("write_backs")
    assert (
        county.record(number)["zx_status"] == "退回修改" and "第十二条" in county.record(number)["zx_message"]
    )
    _number, again = county.office.save(FORM, demand(), number)
    county.send(again)
    county.run("inbox")
    county.run("write_backs")
    assert county.record(number)["zx_status"].startswith("符合") and county.record(number)["project_code"]


def test_a_push_that_is_not_the_platforms_is_refused(county: County) -> None:
    _number, push = county.office.save(FORM, demand())
    forged = replace(push, body=push.body.replace("样例".encode(), "假的".encode()))
    assert county.send(forged).status_code == 401
    assert county.send(replace(push, query="")).status_code == 401
    elsewhere = replace(push, path="/webhooks/jiandaoyun/contract_filing")
    assert county.send(elsewhere).get_json()["code"] == "NOT_UNDERSTOOD"


def test_while_the_platform_is_slow_a_push_waits_and_is_not_lost(county: County) -> None:
    number, push = county.office.save(FORM, demand())
    county.office.jdy.trouble = [502]
    refused = county.send(push)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "PLATFORM_UNAVAILABLE")
    assert int(refused.headers["Retry-After"]) > PAUSE_S
    sleep(PAUSE_S)
    assert county.run("listening_jiandaoyun") == 0
    assert county.run("inbox") == 1
    assert county.ledger.submissions.head("jiandaoyun", number)


def test_an_imported_record_is_found_once_though_its_files_lie_elsewhere_every_time(county: County) -> None:
    office = county.office
    values = office.values(FORM, demand())
    widget = next(each for each in office.form(FORM).widgets if each["label"] == "其他附件")
    values[widget["widgetName"]] = [office.jdy.attach("方案.pdf", b"%PDF-1.7")]
    number = office.jdy.imported(office.entries[FORM], values, PERSON)
    county.run("listening_jiandaoyun")
    assert county.run("inbox") == 1 and county.run("attachments") == 1
    (row,) = county.ledger.attachments.of_record("jiandaoyun", number)
    assert (row.state, row.name) == ("stored", "方案.pdf")
    for days in (1, 20):
        office.jdy.now.moved = timedelta(days=days)  # type: ignore[attr-defined]
        county.run("listening_jiandaoyun")
        assert county.run("inbox") == 0


def test_a_classified_submission_leaves_no_trace(county: County) -> None:
    number, push = county.office.save(FORM, demand(classified=True, project_name="机密项目甲"))
    assert county.send(push).status_code == 200
    county.run("listening_jiandaoyun")
    assert county.run("inbox") == 0
    assert county.ledger.submissions.head("jiandaoyun", number) is None
    for file in county.ledger.path.parent.glob("ledger*"):
        assert file.is_dir() or "机密项目甲".encode() not in file.read_bytes()


def test_a_removed_record_is_taken_as_removed(county: County) -> None:
    number, push = county.office.save(FORM, demand())
    county.send(push)
    county.office.jdy.remove(county.office.entries[FORM], number, PERSON)
    assert county.send(county.office.pushed(FORM)).status_code == 202
    assert county.run("inbox") == 2
    head = county.ledger.submissions.head("jiandaoyun", number)
    assert head is None or head.deleted
