"""An office that fills in our forms on a stand-in of 简道云: forms as a person would have built them, pushes as it signs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forms.definition import load_forms
from forms.fields import Field
from plugin.adapters import adapter
from plugin.platforms.jiandaoyun_fields import RESULT
from plugin.platforms.jiandaoyun_records import STATUS
from plugin.platforms.signing import read_secret
from plugin.sdk import Connection, Request, Secret
from plugin.sdk_testing import TroubledDoor

from .fake import Form, Jdy, serving

PERSON = {"name": "张三", "username": "zhangsan", "status": 1, "type": 0, "departments": [3]}
SECRET, KEY = "push-secret", "jdy-key"
WIDGET = {
    "text": "text", "longtext": "textarea", "money": "number", "decimal": "number", "int": "number", "date": "datetime",
    "bool": "radiogroup", "enum": "combo", "multi": "checkboxgroup", "file": "upload", "ref": "text", "table": "subform",
}  # fmt: skip
FORMS = ("contract_filing", "demand_collection", "preliminary_design")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def built(entry: str, name: str, fields: Sequence[Field]) -> Form:
    """Every second field has an alias, the others go by their labels; our results have theirs."""
    return Form(entry, name, [_widget(number, each) for number, each in enumerate(fields)])


def _widget(number: int, asked: Field, parent: str = "") -> dict[str, Any]:
    id = f"_widget_{parent}{1529400746000 + number}"
    aliased = number % 2 or asked in RESULT
    items = [_widget(n, each, str(number)) for n, each in enumerate(asked.columns)]
    head = {"widgetName": id, "name": asked.name if aliased else id, "label": asked.label}
    return {**head, "type": WIDGET[asked.type], **({"items": items} if items else {})}


def as_filled_in(asked: Field, widget: Mapping[str, Any], value: Any, jdy: Jdy) -> Any:
    """What the platform holds when a person enters this."""
    match asked.type:
        case "bool":
            return "是" if value else "否"
        case "enum":
            return asked.options[value]
        case "multi":
            return [asked.options.get(each, each) for each in value]
        case "money" | "decimal":
            return float(value)
        case "date":
            day = date.fromisoformat(value)
            midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
            return midnight.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        case "table":
            return [{"_id": jdy.id(), **filled_in(asked.columns, widget["items"], row, jdy)} for row in value]
        case _:
            return value


def filled_in(
    fields: Sequence[Field], widgets: Sequence[Mapping[str, Any]], values: Mapping[str, Any], jdy: Jdy
) -> dict[str, Any]:
    asked = {each.name: (each, widget) for each, widget in zip(fields, widgets, strict=False)}
    return {
        asked[name][1]["widgetName"]: as_filled_in(*asked[name], value, jdy) for name, value in values.items()
    }


class Office:
    """One person, one application, our adapter."""

    person = PERSON["username"]

    def __init__(self, jdy: Jdy) -> None:
        self.jdy = jdy
        self.door = TroubledDoor([jdy.url])
        self.secrets: Sequence[Secret] = [read_secret("jiandaoyun", SECRET)]
        self.fields = {
            name: (*(each for each in load_forms()[name].fields if each.by != "computed"), *RESULT)
            for name in FORMS
        }
        self.entries = {name: jdy.id() for name in FORMS}
        for name, entry in self.entries.items():
            jdy.forms[entry] = built(entry, load_forms()[name].title, self.fields[name])
        self.platform = adapter("jiandaoyun").connect(self.connection())

    def connection(self, **changes: Any) -> Connection:
        given: dict[str, Any] = {
            "base_url": f"{self.jdy.url}/api",
            "signature": "jiandaoyun",
            "secrets": lambda: self.secrets,
            "token": lambda: KEY,
            "options": {"app": self.jdy.app, "forms": self.entries},
            "forms": load_forms(),
            "door": self.door,
            "clock": self.now,
        }
        return Connection(**{**given, **changes})

    def now(self) -> datetime:
        return self.jdy.now()

    def form(self, name: str) -> Form:
        return self.jdy.forms[self.entries[name]]

    def values(self, form: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        return filled_in(self.fields[form], self.form(form).widgets, fields, self.jdy)

    def save(self, form: str, fields: Mapping[str, Any], record: str | None = None) -> tuple[str, Request]:
        number = self.jdy.save(self.entries[form], self.values(form, fields), PERSON, record or "")
        return number, self.pushed(form)

    def pushed(self, form: str) -> Request:
        """The last push as it goes over the wire, signed as the document says and not by our code."""
        return sent(form, self.jdy.pushes[-1], self.now())

    def ask(self, form: str, fields: Mapping[str, Any]) -> Request:
        raise NotImplementedError  # it never asks

    def shown(self, form: str, record: str) -> tuple[str, str] | None:
        stored = self.jdy.read(self.form(form), self.form(form).records[record])
        words = {word: status for status, word in STATUS.items()}
        return (words[stored["zx_status"]], stored["zx_message"]) if "zx_status" in stored else None

    def inbox(self) -> Sequence[str]:
        return []

    def echoes(self) -> Sequence[Request]:
        """Nothing that the interface writes is pushed."""
        found = [sent("contract_filing", each, self.now()) for each in self.jdy.pushes]
        self.jdy.pushes.clear()
        return found


def sent(form: str, push: Any, now: datetime, secret: str = SECRET) -> Request:
    body = push if isinstance(push, bytes) else json.dumps(push, ensure_ascii=False).encode()
    timestamp, nonce = str(int(now.timestamp())), "0f5ade"
    digest = hashlib.sha1(f"{nonce}:".encode() + body + f":{secret}:{timestamp}".encode()).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-JDY-Signature": digest,
        "X-JDY-DeliverId": "72d3162e-cc78",
    }
    query = f"timestamp={timestamp}&nonce={nonce}"
    return Request("POST", f"/webhooks/jiandaoyun/{form}", query, headers, body)


class Ticking:
    """A clock that no two looks find at the same millisecond, and that a test can move."""

    def __init__(self) -> None:
        self.moved, self._last = timedelta(), datetime(2000, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._last = max(datetime.now(UTC) + self.moved, self._last + timedelta(milliseconds=1))
        return self._last


@contextmanager
def office() -> Iterator[Office]:
    with serving(Jdy(Ticking())) as jdy:
        yield Office(jdy)
