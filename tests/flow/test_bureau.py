"""The bureau's acts on single records, and what changes of names and people do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.couriers import MessageCourier
from plugin.bureau import NotPossible, Override, attached, overridden
from plugin.ledger import OutboxItem
from plugin.sdk import Message, Registry
from tests.flow.conftest import NOW, Desk
from tests.flow.test_intake import RESTRICTION, bureau_event, codes, minutes, verdict_of


def test_a_named_person_lets_a_rule_through_with_a_reason(desk: Desk) -> None:
    desk.save("late_demand")
    desk.save("overridable", project_code=desk.code_of("late_demand"))
    overridden(desk.intake, Override("standard", "overridable", "IN-PLAN", "王五", "县政府会议同意"), NOW)
    head = desk.intake.ledger.submissions.head("standard", "overridable")
    assert head and head.standing == "taken"
    [kept] = head.overrides
    assert (kept["rule_code"], kept["by"], kept["reason"]) == ("IN-PLAN", "王五", "县政府会议同意")
    assert "IN-PLAN" in codes(verdict_of(desk, "overridable"))  # it stays visible


@pytest.mark.parametrize("rule", ["CATALOGUE", "NO-SUCH-RULE"])
def test_what_nobody_may_let_through_stays(desk: Desk, rule: str) -> None:
    desk.save("demand")
    desk.save("refused", project_code=desk.code_of("demand"))
    with pytest.raises(NotPossible, match="没有可以由规则"):
        overridden(desk.intake, Override("standard", "refused", rule, "王五", "x"), NOW)
    assert not desk.intake.ledger.submissions.head("standard", "refused").overrides


def test_a_record_with_a_wrong_code_is_attached_by_the_bureau(desk: Desk) -> None:
    desk.save("demand")
    code = desk.code_of("demand") or ""
    desk.save("corrected", project_code="WRONG-2025-0009")
    attached(desk.intake, "standard", "corrected", code, "王五", NOW)
    head = desk.intake.ledger.submissions.head("standard", "corrected")
    assert head and (head.project_code, head.standing) == (code, "taken")
    with pytest.raises(NotPossible):
        attached(desk.intake, "standard", "corrected", code, "王五", NOW)
    with pytest.raises(NotPossible):
        attached(desk.intake, "standard", "corrected", "WRONG-2025-0009", "王五", NOW)


def renamed(desk: Desk, **names: Any) -> None:
    manifest = replace(desk.intake.manifest(), **names)
    resemblance = replace(desk.intake.resemblance, present=manifest.unit_name)
    desk.intake = replace(desk.intake, manifest=lambda: manifest, resemblance=resemblance)


def test_a_restriction_follows_a_unit_through_its_new_name(desk: Desk) -> None:
    renamed(desk, former_units={"县农业农村局（演示）": "县农业农村和水利局（演示）"})
    desk.accept(bureau_event(desk, "unit_restriction", "limit", RESTRICTION))
    desk.take_all()
    answer = desk.ask("demand", construction_unit="县农业农村和水利局（演示）")
    assert "UNIT-SHARING" in codes(answer)
    desk.save("large_demand")
    desk.now += minutes(1)
    assert {project.unit for project in desk.intake.ledger.projects.list()} == {"县水利局（演示）"}


def test_parts_of_a_merged_unit_are_seen_together(desk: Desk) -> None:
    renamed(desk, former_units={"县水利局（演示）": "县农业农村局（演示）"})
    half = {
        "estimated_investment_yuan": "260万元",
        "funding": [{"source": "县级财政", "amount_yuan": "260万元"}],
    }
    desk.save("demand", **half)
    answer = desk.ask("demand", **half, construction_unit="县水利局（演示）", project_name="农情监测平台")
    assert "SPLIT-POSSIBLE" in codes(answer)


class Told:
    """A platform that only remembers whom it was told to tell."""

    name = "standard"
    capabilities = None

    def __init__(self) -> None:
        self.people: list[str] = []

    def send(self, message: Message, *, key: str) -> dict[str, Any]:
        self.people.append(message.to)
        return {}


@pytest.mark.parametrize(
    ("left", "to"),
    [({}, "u1"), ({"u1": "u2"}, "u2"), ({"u1": "u2", "u2": "u3"}, "u3"), ({"u1": "u2", "u2": "u1"}, "u1")],
)
def test_messages_reach_who_took_over(desk: Desk, left: dict[str, str], to: str) -> None:
    manifest, told = replace(desk.intake.manifest(), successors=left), Told()
    courier = MessageCourier(Registry({"standard": told}), manifest.person)
    payload = {"platform": "standard", "to": "u1", "title": "a", "text": "b", "form": "f", "record": "r"}
    courier.send(OutboxItem(1, "k", "message", "s", 1, "l", None, payload, 1, False, False, NOW), NOW)
    assert told.people == [to]
