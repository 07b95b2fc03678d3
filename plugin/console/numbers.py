"""The numbers, readings and habits in force as one list, and what a form says of a new value. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from forms import values
from forms.values import Unreadable
from plugin.console.listing import Column, Spec
from plugin.manifest import CATEGORIES, Manifest
from plugin.manifest_edit import Edit, EditRefused, NewSetting, NewValue
from plugin.manifest_edit.reading import limit_value
from plugin.regulation.limits import Limit, LimitValue
from plugin.settings import Setting, settings
from plugin.thresholds import limit_rows

LAW, READINGS, HABITS = "办法规定的标准", "解释口径", "本局习惯"
GROUPS = (LAW, READINGS, HABITS)
EXAMPLES: Mapping[str, str] = {
    "yuan": "如 8000000 或 800万元", "percent": "如 15", "months": "如 6", "month_day": "如 12月31日", "count": "如 3",
    "days": "如 10", "working_days": "如 10", "counts": "几个数用顿号隔开，如 30、7、1", "share": "如 0.5",
}  # fmt: skip
BY_CATEGORY = frozenset(
    {"decentralised_procurement_yuan"}
)  # where the catalogue has a value for each category
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `articles` as the regulation counts them: 39(1)."""

    group: str
    name: str
    label: str
    value: str
    since: date | None = None
    articles: tuple[str, ...] = ()
    number: str | None = None  # of the register of readings
    source: str | None = None
    next_change: str | None = None

    def says(self, words: Iterable[str]) -> bool:
        """Whether all these words stand somewhere in the line."""
        shown = " ".join(str(each) for each in asdict(self).values() if each).casefold()
        return all(word in shown for word in words)


def rows(manifest: Manifest, today: date) -> list[Row]:
    """What the law fixes, then readings, then habits."""
    limits = manifest.book.limits
    law = [
        Row(
            LAW, each.name, each.label, each.value, each.since, (limits[each.name].article,), None, each.source, each.next_change
        )
        for each in limit_rows(manifest, today)
    ]  # fmt: skip
    return law + [_row(each) for each in settings(manifest)]


def _row(each: Setting) -> Row:
    group = READINGS if each.path[0] == "readings" else HABITS
    return Row(group, each.name, each.label, each.text, articles=each.articles, number=each.number)


def spec(manifest: Manifest) -> Spec:
    """The same list as a workbook; its rows are `Row` as mappings."""

    def text(name: str) -> Callable[[Mapping[str, Any]], Any]:
        return lambda row: row[name]

    cite = manifest.pack.cite
    columns = (
        Column("类别", text("group")),
        Column("名称", text("label"), width=40),
        Column("现行值", text("value"), width=24),
        Column("自何日起", lambda row: row["since"] and row["since"].isoformat(), "day", width=12),
        Column("条款", lambda row: "、".join(map(cite, row["articles"])) or None),
        Column("口径编号", text("number"), width=10),
        Column("依据文件", text("source"), width=24),
        Column("下一次调整", text("next_change"), width=36),
        Column("代码", text("name"), width=32),
    )
    return Spec("limits", "参数一览", "项", columns, ())


@dataclass(frozen=True, slots=True)
class Entry:
    """A form as it was filled in: what was typed, what is wrong with it (field → sentence), what it means."""

    given: Mapping[str, Any] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    edit: Edit | None = None
    reason: str = ""


def has_categories(limit: Limit) -> bool:
    return limit.name in BY_CATEGORY or any(each.category for each in limit.values)


def standing(entry: LimitValue, limit: Limit, today: date) -> str:
    """What one dated value is today."""
    if entry.since > today:
        return "未到起始日"
    later = (each.since for each in limit.values if each.category == entry.category)
    replaced = any(entry.since < each <= today for each in later)
    return "以前" if replaced or (entry.until and entry.until < today) else "现行"


def read_limit(limit: Limit, posted: MultiDict[str, str]) -> Entry:
    """A dated value. All mistakes at once."""
    given = {
        name: posted.get(name, "").strip() for name in ("value", "since", "source", "category", "reason")
    }
    mistakes = _missing(given, value="新的数值", since="自何日起", source="依据文件", reason="理由")
    value = _tried(mistakes, "value", lambda: limit_value(given["value"], limit.unit))
    since = _tried(mistakes, "since", lambda: values.day(given["since"]))
    category = given["category"] if given["category"] in CATEGORIES and has_categories(limit) else None
    if mistakes:
        return Entry(given, mistakes)
    return Entry(
        given, edit=NewValue(limit.name, value, since, given["source"], category), reason=given["reason"]
    )


def read_setting(setting: Setting, posted: MultiDict[str, str]) -> Entry:
    """Another value of a reading or habit, likewise."""
    sent, reason = posted.getlist("value")[:LONGEST], posted.get("reason", "").strip()
    given = {"value": sent, "reason": reason}
    mistakes = _missing({"reason": reason}, reason="理由")
    value = _tried(mistakes, "value", lambda: setting.read(sent))
    if mistakes:
        return Entry(given, mistakes)
    return Entry(given, edit=NewSetting(setting.path, value), reason=reason)


def _missing(given: Mapping[str, str], **labels: str) -> dict[str, str]:
    found = {name: wrong_words(label, given[name]) for name, label in labels.items()}
    return {name: said for name, said in found.items() if said}


def wrong_words(label: str, text: str) -> str | None:
    """What is wrong with words that somebody filled in, if anything."""
    if not text.strip():
        return f"请填写“{label}”。"
    if len(text) > LONGEST:
        return f"“{label}”超过{LONGEST}字，请缩短。"
    return f"“{label}”含有不可见的字符，请重新键入。" if values.BAD.search(text) else None


def _tried(mistakes: dict[str, str], name: str, read: Callable[[], Any]) -> Any:
    """The value, or None with the mistake noted. What is missing is not read."""
    if name in mistakes:
        return None
    try:
        return read()
    except EditRefused as error:
        mistakes[name] = str(error)
    except Unreadable as error:
        mistakes[name] = f"这里{error.why}。{error.remedy}"
    return None
