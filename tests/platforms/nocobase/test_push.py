"""Plan, push, plan again, remove: over HTTP, against the stand-in, and the stand-in against the recording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.http import Door
from plugin.platforms.nocobase import actual
from plugin.platforms.nocobase.client import Client
from plugin.platforms.nocobase.desired import Desired
from plugin.platforms.nocobase.plan import Change, Kind, Wanted, empty, plan
from plugin.platforms.nocobase.push import push
from plugin.platforms.nocobase.removal import RecordsStand, removal
from plugin.platforms.nocobase.steps import Hands
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear
from tests.platforms.nocobase.conftest import wanted
from tests.platforms.nocobase.fake import TOKEN, FakeNocobase

FORMS = ("contract_filing", "data_catalogue", "om_start")


class Site:
    def __init__(self, fake: FakeNocobase, token: str = TOKEN) -> None:
        self.client = Client(Door([fake.url]), fake.url, token)
        self.keys: list[str] = []
        self.pauses: list[float] = []

    def read(self) -> actual.Actual:
        return actual.read(self.client, "zx_", "zhengxiang")

    def push(self, want: Desired, forms: tuple[str, ...] = FORMS, **also: bool) -> int:
        have = self.read()
        return self.carry_out(plan(want, have, forms, Wanted(**also)), want, have)

    def carry_out(self, changes: tuple[Change, ...], want: Desired, have: actual.Actual) -> int:
        hands = Hands(
            client=self.client,
            names=want.names,
            own_scope=have.own_scope,
            secret=lambda: "whsec_the-secret",
            keep_key=self.keys.append,
            pause=self.pauses.append,
            password=lambda: "nobody-knows",
            routes={name: each["id"] for name, each in have.routes.items()},
        )
        return push(changes, hands)


@pytest.fixture
def site(fake: FakeNocobase) -> Site:
    return Site(fake)


def test_a_second_push_changes_nothing(site: Site, want: Desired, fake: FakeNocobase) -> None:
    assert site.push(want) > 50
    calls = len(fake.calls)
    assert site.push(want) == 0
    assert not [each for each in fake.calls[calls:] if not each.endswith((":list", ":getInfo"))]


def test_all_forms_stand_after_one_push(site: Site, want: Desired, fake: FakeNocobase) -> None:
    site.push(want, tuple(want.forms))
    assert plan(want, site.read()) == ()
    assert len(fake.workflows) == 5 * len(load_forms()) + 1
    assert all(each["enabled"] for each in fake.workflows)


def test_the_stand_in_keeps_what_the_real_one_keeps(site: Site, want: Desired, fake: FakeNocobase) -> None:
    """Every key that we look at has in the recording the value that the stand-in gives back."""
    site.push(want, ("contract_filing",))
    real = json.loads((Path(__file__).parent / "captured" / "standing.json").read_text(encoding="utf-8"))
    ours = {each["name"]: each for each in fake.collections.values()}
    for each in real["collections:list"]:
        fields = {field["name"]: field for field in each["fields"]}
        for field in ours[each["name"]]["fields"]:
            assert contains(fields[field["name"]], field), field["name"]
    standing = {each["key"]: each for each in real["workflows:list"]}
    for each in fake.workflows:
        twin = standing[each["key"]]
        assert contains(twin["config"], each["config"])
        assert {node["key"]: node["config"] for node in twin["nodes"]} == {
            node["key"]: node["config"] for node in each["nodes"]
        }


def contains(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(contains(found.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and all(map(contains, found, wanted))
    return bool(found == wanted)


def test_a_push_that_broke_off_is_taken_up_by_the_next(site: Site, want: Desired, fake: FakeNocobase) -> None:
    fake.refuse["flowModels:save"] = 400
    with pytest.raises(RemoteRejected, match="flowModels:save"):
        site.push(want)
    del fake.refuse["flowModels:save"]
    site.push(want)
    assert empty(plan(want, site.read(), FORMS))


def test_a_workflow_gets_a_new_version_and_the_old_one_stays(site: Site, fake: FakeNocobase) -> None:
    site.push(wanted())
    moved = wanted(timeout_ms=8000)
    changes = plan(moved, site.read(), FORMS)
    assert {each.kind for each in changes} == {Kind.CHANGE}
    assert len(changes) == 4 * len(FORMS)
    site.push(moved)
    asked = [each for each in fake.workflows if each["key"] == "zx_om_start-ask-create"]
    assert [each["enabled"] for each in asked] == [False, True]
    assert empty(plan(moved, site.read(), FORMS))


def test_a_page_is_drawn_anew_when_its_form_changed(site: Site, want: Desired, fake: FakeNocobase) -> None:
    site.push(want)
    models = set(fake.models)
    things = want.forms["om_start"]
    newer = replace(things, page=replace(things.page, digest="newer"))
    site.push(replace(want, forms={**want.forms, "om_start": newer}))
    route = next(each for each in fake.routes if each["schemaUid"] == "zx_om_start-page")
    assert route["options"]["zhengxiang"]["digest"] == "newer"
    assert set(fake.models) == models


def test_the_runtime_gets_a_key_and_nobody_a_password(site: Site, want: Desired, fake: FakeNocobase) -> None:
    site.push(want, runtime_key=True)
    assert site.keys == ["runtime-key-1"]
    assert fake.keys[0]["role"] == {"name": "zhengxiang"}
    assert fake.roles["zhengxiang"]["snippets"] == ["!ui.*", "!pm", "!pm.*"]
    assert site.pauses == [1.1]


def test_the_right_to_make_keys_is_taken_back_even_if_it_fails(
    site: Site, want: Desired, fake: FakeNocobase
) -> None:
    fake.refuse["apiKeys:create"] = 500
    with pytest.raises(RemoteUnclear):
        site.push(want, runtime_key=True)
    assert fake.roles["zhengxiang"]["snippets"] == ["!ui.*", "!pm", "!pm.*"]


def test_the_webhooks_secret_becomes_a_variable_of_the_platform(
    site: Site, want: Desired, fake: FakeNocobase
) -> None:
    site.push(want)
    assert fake.variables == {"ZX_WEBHOOK_SECRET": "whsec_the-secret"}
    fake.variables["ZX_WEBHOOK_SECRET"] = "old"
    site.push(want)
    assert fake.variables["ZX_WEBHOOK_SECRET"] == "old"
    site.push(want, secret_anew=True)
    assert fake.variables["ZX_WEBHOOK_SECRET"] == "whsec_the-secret"


def test_a_form_with_records_is_not_removed(site: Site, want: Desired, fake: FakeNocobase) -> None:
    site.push(want)
    with pytest.raises(RecordsStand, match="还有3条记录"):
        removal(want, site.read(), "contract_filing", 3, with_records=False)


def test_removing_a_form_leaves_the_others(site: Site, want: Desired, fake: FakeNocobase) -> None:
    site.push(want)
    have = site.read()
    changes = removal(want, have, "contract_filing", 3, with_records=True)
    assert "连同其中的3条记录" in str(changes[-2])
    assert site.carry_out(changes, want, have) == len(changes) == 5
    left = (
        fake.collections,
        fake.models,
        [e["key"] for e in fake.workflows],
        [e["name"] for e in fake.resources],
    )
    assert not [name for names in left for name in names if "contract_filing" in name]
    assert empty(plan(want, site.read(), ("data_catalogue", "om_start")))
    assert removal(want, site.read(), "contract_filing", 0, with_records=False) == ()


def test_a_wrong_token_is_told_in_a_sentence(fake: FakeNocobase) -> None:
    with pytest.raises(RemoteRejected, match="凭据无效或已过期"):
        Site(fake, "wrong").read()


def test_a_platform_that_is_away_is_told_in_a_sentence(fake: FakeNocobase) -> None:
    nowhere = Client(Door(["http://127.0.0.1:1"]), "http://127.0.0.1:1", TOKEN)
    with pytest.raises(RemoteUnavailable, match="NocoBase 暂时连不上"):
        actual.read(nowhere, "zx_", "zhengxiang")


def test_the_token_is_in_no_repr(fake: FakeNocobase) -> None:
    assert TOKEN not in repr(Site(fake).client)
