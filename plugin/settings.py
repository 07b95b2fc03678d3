"""The readings and habits of a manifest as a bureau reads and changes them: what each is called, what it may be, what it is.

What may be written is the manifest's own shape (plugin/manifest/shape.py); only the words are added. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from forms import values
from forms.values import Unreadable
from plugin.manifest import Manifest, value_text
from plugin.manifest.enforcing import Enforce
from plugin.manifest.fields import Choice, Count, Flag, Share
from plugin.manifest.groups import Items, Part, Table
from plugin.manifest.reminding import MonthDay
from plugin.manifest.shape import PolicySection, ReadingsSection
from plugin.manifest_edit import EditRefused
from plugin.manifest_edit.reading import limit_value
from plugin.regulation.pack import Pack
from plugin.reminders import DUTIES
from plugin.settings_words import POLICY, READINGS, UNITS
from plugin.strict_yaml import parse

UNSET = "未设"


class Kind(StrEnum):
    """How a value is asked for."""

    CHOICE = "choice"
    CHOICES = "choices"  # several, or none
    COUNT = "count"
    COUNTS = "counts"  # 30、7、1
    SHARE = "share"  # 0 to 1
    MONTH_DAY = "month_day"


@dataclass(frozen=True, slots=True)
class Setting:
    """One reading or habit. `value` is as the file would hold it, `None` = not set."""

    path: tuple[str, ...]
    label: str
    kind: Kind
    value: Any
    choices: Mapping[str, str] = field(default_factory=dict)  # as posted → in words
    nullable: bool = False
    unit: str = ""
    help: str = ""
    number: str | None = None  # of the register, of a reading
    articles: tuple[str, ...] = ()  # that the pack puts on it: 39(1)
    by_hand: bool = False  # written rule by rule: only in the file

    @property
    def name(self) -> str:
        """policy.reminders.hour."""
        return ".".join(self.path)

    @property
    def text(self) -> str:
        return self.shown(self.value)

    def shown(self, value: Any) -> str:
        """A value in words."""
        if value in (None, [], ()):
            return UNSET
        if isinstance(value, (list, tuple)):
            return "、".join(map(self._word, value)) + self.unit
        if isinstance(value, dict):
            return "逐条规则另定"
        if self.kind is Kind.MONTH_DAY:
            return value_text(value, "month_day")
        return self._word(value) + ("" if self.choices else self.unit)

    def posted(self, value: Any) -> str:
        """One value as a form sends it."""
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)

    def _word(self, value: Any) -> str:
        return self.choices.get(self.posted(value), str(value))

    def read(self, given: list[str]) -> Any:
        """What was filled in → the value. Raises EditRefused."""
        if self.kind is Kind.CHOICES:
            return [each for each in self.choices if each in given]
        text = values.narrow(given[0] if given else "")
        if self.kind is Kind.CHOICE:
            if text not in self.choices:
                raise EditRefused(f"“{self.label}”请选择一项。")
            return {"true": True, "false": False}.get(text, text)
        if not text:
            if self.nullable:
                return None
            raise EditRefused(f"“{self.label}”不能为空。")
        return self._typed(text)

    def _typed(self, text: str) -> Any:
        if self.kind is Kind.COUNTS:
            return [limit_value(each, "count") for each in _parts(text)]
        if self.kind is Kind.SHARE:
            return self._share(text)
        return limit_value(text.removesuffix(self.unit or "\0"), self.kind.value)

    def _share(self, text: str) -> Decimal:
        try:
            return values.decimal(text)
        except Unreadable as error:
            raise EditRefused(f"“{text}”{error.why}。{error.remedy}") from None


def settings(manifest: Manifest) -> tuple[Setting, ...]:
    """Every reading, then every habit, in the order of the shape."""
    return (*_readings(manifest), *_policy(manifest))


def _readings(manifest: Manifest) -> Iterator[Setting]:
    for name, shape in ReadingsSection().fields.items():
        words = READINGS[name]
        value = getattr(manifest.book.readings, name)
        value = str(value) if isinstance(value, str) else value
        known = {each: words.values.get(each, each) for each in _known(shape)} or dict(words.values)
        if isinstance(value, tuple):  # words that only the file's author knows stay
            known |= {each: each for each in value if each not in known}
        articles = tuple(dict.fromkeys(_articles(manifest.pack, words.number)))
        path = ("readings", name)
        yield Setting(path, words.label, _kind(shape), value, known, number=words.number, articles=articles)


def _policy(manifest: Manifest) -> Iterator[Setting]:
    written = parse(manifest.text, "manifest").value.get("policy") or {}
    yield from _section(("policy",), PolicySection().fields, PolicySection().load(written), written)


def _section(
    path: tuple[str, ...], shapes: Mapping[str, Any], loaded: Mapping[str, Any], written: Mapping[str, Any]
) -> Iterator[Setting]:
    for name, shape in shapes.items():
        here, value = (*path, name), loaded[name]
        if isinstance(shape, Part):
            yield from _section(here, shape.schema.fields, value, written.get(name) or {})
        elif isinstance(shape, Table):
            for duty, days in value.items():
                yield Setting(
                    (*here, duty), f"提醒天数：{DUTIES.get(duty, duty)}", Kind.COUNTS, days, unit="天"
                )
        else:
            yield _habit(here, shape, value)


def _habit(path: tuple[str, ...], shape: Any, value: Any) -> Setting:
    label, _semicolon, help = _plain(shape.metadata["zh"]).partition("；")
    if isinstance(shape, Enforce):
        default, rules = value
        label, value, help = "规则的执行方式", {"default": default, **rules} if rules else default, ""
        return Setting(path, label, Kind.CHOICE, value, POLICY["enforce"], by_hand=bool(rules))
    if path[1] == "reminders" and "提醒" not in label:
        label = f"提醒：{label}"
    known = {each: POLICY.get(path[-1], {}).get(each, each) for each in _known(shape)}
    unit = UNITS.get(path[-1], "")
    return Setting(path, label, _kind(shape), value, known, bool(shape.allow_none), unit, help)


def _plain(meaning: str) -> str:
    """The meaning in a file, for somebody who sees a form."""
    return meaning.replace("填 null", "留空").replace("null ", "留空时").replace("，如 10-01", "")


def _articles(pack: Pack, number: str | None) -> Iterator[str]:
    """Of the rules that stand on the reading."""
    return (cited.article for cited in pack.rules.values() if number and cited.reading == number)


def _known(shape: Any) -> tuple[str, ...]:
    """What may be chosen, as posted; nothing where the shape takes any word."""
    one = shape.inner if isinstance(shape, Items) else shape
    if isinstance(one, Flag):
        return ("true", "false")
    return tuple(map(str, one.choices)) if isinstance(one, Choice) else ()


def _kind(shape: Any) -> Kind:
    if isinstance(shape, Items):
        return Kind.COUNTS if isinstance(shape.inner, Count) else Kind.CHOICES
    if isinstance(shape, Count):
        return Kind.COUNT
    if isinstance(shape, Share):
        return Kind.SHARE
    return Kind.MONTH_DAY if isinstance(shape, MonthDay) else Kind.CHOICE


def _parts(text: str) -> list[str]:
    """30、7、1 and 30, 7, 1."""
    return [each.strip() for each in text.replace("、", ",").replace(" ", ",").split(",") if each.strip()]
