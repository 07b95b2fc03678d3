"""What the contract suite stands on: a door that fails on demand, the stand-in it expects, good sample values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from forms.fields import Field, FormDefinition
from plugin.http import Door, Reply, Unclear, Unreachable
from plugin.sdk import Platform, Request, Secret

REFUSAL = '{"type":"about:blank","title":"不能接受","status":422,"detail":"样例：内容不合要求。"}'


class TroubledDoor(Door):
    """A door that a test can make fail: `down` before sending, `lost` after the other side acted, `refused`."""

    trouble: str | None = None

    def request(self, method: str, url: str, **given: Any) -> Reply:
        if self.trouble == "down":
            raise Unreachable("连不上（测试）。")
        if self.trouble == "refused":
            return Reply(422, {"content-type": "application/problem+json"}, REFUSAL.encode())
        reply = super().request(method, url, **given)
        if self.trouble == "lost":
            raise Unclear("没有收到完整的答复（测试）。")
        return reply


class Harness(Protocol):
    """One adapter over a stand-in of its platform. `person` is someone who fills in forms there."""

    platform: Platform
    secrets: Sequence[Secret]
    door: TroubledDoor
    person: str

    def now(self) -> datetime:
        """The instant that platform and adapter both believe in."""

    def save(self, form: str, fields: Mapping[str, Any], record: str | None = None) -> tuple[str, Request]:
        """The person saves a record, new or again: its id, and the request that the platform sends us."""

    def ask(self, form: str, fields: Mapping[str, Any]) -> Request:
        """The request that asks before saving."""

    def shown(self, form: str, record: str) -> tuple[str, str] | None:
        """Status and message that the record shows after a write-back."""

    def inbox(self) -> Sequence[str]:
        """The titles of the messages that the person sees."""

    def echoes(self) -> Sequence[Request]:
        """The requests that our own writes made the platform send, since the last call."""


def sample(form: FormDefinition) -> dict[str, Any]:
    """One good value for every question but files, with 涉密 answered 否: what a person could have filled in."""
    return {each.name: _value(each) for each in form.fields if each.by != "computed" and each.type != "file"}


def _value(field: Field) -> Any:
    match field.type:
        case "bool":
            return False
        case "money":
            return "1234567.80"
        case "decimal":
            return "12.5"
        case "int":
            return int(field.min or 1)
        case "date":
            return "2025-03-10"
        case "enum":
            return next(iter(field.options))
        case "multi":
            return [next(iter(field.options), "样例")]
        case "table":
            columns = [each for each in field.columns if each.type != "file"]
            return [{each.name: _value(each) for each in columns}] * max(1, min(2, field.max_rows))
        case _:
            special = {"construction_unit_code": "91340000123456789X", "phone": "0559-6510000"}
            return special.get(field.name, "样例“引号”&<b>\\反斜杠")


def raises(kind: type[Exception], act: Callable[[], object]) -> Exception:
    """The exception of that kind which the act ends with; AssertionError if it ends otherwise."""
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, nothing was raised")


@contextmanager
def troubled(door: TroubledDoor, trouble: str) -> Iterator[None]:
    """Inside the block the door fails in that way."""
    door.trouble = trouble
    try:
        yield
    finally:
        door.trouble = None
