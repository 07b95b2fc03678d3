"""The effects of a change in Chinese. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from forms.definition import load_forms
from plugin.regulation.judgement import ALL_RULES
from plugin.regulation.pack import Effect as Weight
from plugin.regulation.pack import UnknownArticle
from plugin.regulation.states import NAMES as STATES
from plugin.regulation.wording import money, text
from plugin.reminders import DUTIES
from plugin.whatif.change import Change
from plugin.whatif.effects import Item, Kind, When
from plugin.whatif.step import MISSING
from plugin.whatif.summary import EARLIER, GONE, LATE, LATER, NEW, NO_LONGER_LATE, OTHER, Line

PLACE = re.compile(r"\{\w*\}")
STANDINGS = {
    "taken": "受理",
    "warned": "受理（有提示）",
    "returned": "退回",
    "awaiting_override": "待核准",
}
WEIGHTS = {
    Weight.BLOCK: "不予通过",
    Weight.OVERRIDABLE: "不予通过（可核准）",
    Weight.WARN: "提示",
    Weight.LATE: "逾期标记",
}
WHEN = {When.PAST: "已办", When.NOW: "期限", When.NEXT: "下一步"}
LABELS = {
    Kind.STATE: "项目状态",
    Kind.FORM: "下一环节",
    Kind.PAPERS: "应编报材料",
    Kind.REVIEW: "上级审核",
    Kind.FLOW: "转送",
    Kind.ROOM: "可自行调整的上限",
}
NOTHING = {Kind.REVIEW: "不需要", Kind.FLOW: "不转送"}
MOVES = {
    EARLIER: "提前",
    LATER: "推后",
    NEW: "新设",
    GONE: "不再有",
    OTHER: "逾期与否有变化",
    LATE: "已办的改记为逾期",
    NO_LONGER_LATE: "已办的不再记为逾期",
}
ROOM_MOVES = {EARLIER: "降低", LATER: "提高", NEW: "新设", GONE: "不再有"}
RULES = {each.code: each for each in ALL_RULES}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one change. Articles are those of the proposed regulation, or of the present one where it has none."""

    change: Change

    def item(self, item: Item) -> str:
        """上级审核：市数据资源局、省数据资源局 → 不需要（第二十五条）."""
        if item.kind is Kind.FINDING:
            return self._finding(str(item.code), appears=item.was is None) + self.cite(item.article)
        show = SHOWN[item.kind]
        nothing = NOTHING.get(item.kind, "无")
        was, now = (nothing if each is None else show(each) for each in (item.was, item.now))
        return f"{self.label(item.kind, item.when, item.code)}：{was} → {now}{self.cite(item.article)}"

    def line(self, line: Line) -> str:
        """The same of many projects: of days and amounts only which way they move."""
        if line.kind not in (Kind.DUTY, Kind.ROOM):
            return self.item(Item(line.kind, line.when, line.code, line.was, line.now, line.article))
        moves = MOVES if line.kind is Kind.DUTY else ROOM_MOVES
        return f"{self.label(line.kind, line.when, line.code)}：{moves[line.now]}{self.cite(line.article)}"

    def cite(self, article: str | None) -> str:
        """（第二十五条）, nothing where no article is cited."""
        return f"（{self.citation(article)}）" if article else ""

    def citation(self, article: str | None) -> str:
        for book in (self.change.new, self.change.old):
            with suppress(UnknownArticle):
                return book.pack.cite(article) if article else ""
        return article or ""

    def label(self, kind: Kind, when: When, code: str | None) -> str:
        if kind is Kind.DUTY:
            return DUTIES.get(str(code), str(code)) + ("" if when is When.NOW else "（办理后）")
        if kind is Kind.STANDING:
            return f"{title(code)}的结论"
        if kind is Kind.PAPERS and code is not None:
            return "批复后还应编报"
        of_paper = when is When.PAST and kind is not Kind.STATE
        return (f"{title(code)}的" if of_paper else "") + LABELS[kind]

    def _finding(self, code: str, *, appears: bool) -> str:
        code, _colon, name = code.partition(":")
        if code == MISSING:
            limit = self.change.new.limits.get(name) or self.change.old.limits.get(name)
            said = f"因尚未录入“{limit.label if limit else name}”而不能判断"
            return said if appears else f"不再{said}"
        book = self.change.new if appears else self.change.old
        cited = book.pack.rules.get(code)
        weight = WEIGHTS.get(book.on(self.change.day).effect_of(code), "提示") if cited else "提示"
        message = RULES[code].message if code in RULES else code
        said = PLACE.sub("…", (cited and cited.message) or message)
        return f"{'新增' if appears else '不再有'}{weight}：{said}"


def title(form: str | None) -> str:
    """The form as people call it."""
    known = load_forms().get(str(form))
    return known.title if known else text(form)


def titles(forms: Iterable[str]) -> str:
    return "、".join(map(title, forms))


def days(value: tuple[Any, ...]) -> str:
    """(late?, due, overdue after, window opens), the last three, or of what was done only whether it was late."""
    if len(value) == 1:
        return "已办，逾期" if value[0] else "已办，未逾期"
    due, last, opens = value[-3:]
    late = "，已逾期" if len(value) == 4 and value[0] else ""
    if due is None:
        return f"{opens}起" if opens else "不设期限"
    rolled = "（节假日未公布，暂定）" if last is None else f"（顺延至{last}）" if last != due else ""
    return (f"{opens}至" if opens else "") + f"{due}{rolled}{late}"


SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.STANDING: STANDINGS.__getitem__,
    Kind.STATE: STATES.__getitem__,
    Kind.FORM: title,
    Kind.PAPERS: titles,
    Kind.REVIEW: text,
    Kind.FLOW: text,
    Kind.DUTY: days,
    Kind.ROOM: money,
}
