"""One body's regulation as data: its articles' words, and for each rule the article it stands on and its effect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

DIGITS = "零一二三四五六七八九"
REFERENCE = re.compile(r"(\d+)(?:\((\d+)\))?")


class Effect(StrEnum):
    """What a breach does to the submission."""

    BLOCK = "block"  # 应当、须、不得
    OVERRIDABLE = "overridable_block"  # 原则上: a named person may let it through with a recorded reason
    WARN = "warn"
    LATE = "late"  # taken and flagged
    INFO = "info"
    OFF = "off"


class UnknownArticle(LookupError):
    """The pack has no such article, paragraph or item."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article's words. `treatment` is rule, obligation, route, gate or exempt; `reason` says why."""

    number: int
    chapter: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    treatment: str
    reason: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands in this body's regulation and what a breach of it does."""

    article: str  # "39(1)", as the regulation counts: an item where the article has items, else a paragraph
    effect: Effect
    message: str | None = None  # this body's own wording of the finding
    reading: str | None = None  # I-nn of the register


@dataclass(frozen=True, slots=True)
class Paper:
    """The papers that projects of some kinds and amounts need: `floor` and `ceiling` name limits, None = no bound.

    A floor is 及以上 (the pack's `from`) or 超过 (`above`); a ceiling is 以下, not included (`below`), or 不超过 (`up_to`).
    """

    kinds: tuple[str, ...]
    floor: str | None
    ceiling: str | None
    papers: tuple[str, ...]
    superior_review: tuple[str, ...]
    floor_included: bool = True
    ceiling_included: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    """A regulation. `routes` is its table of papers and reviews by kind and amount."""

    name: str
    title: str
    document: str
    effective_from: date
    articles: Mapping[int, Article]
    rules: Mapping[str, Citation]
    routes: tuple[Paper, ...]
    form_articles: bool = False  # the articles named in the form definitions are this regulation's
    prompts: Mapping[str, str] = field(default_factory=dict)  # what is recalled every year → its article

    def words(self, reference: str) -> str:
        """The law's own words at a reference. Raises `UnknownArticle`."""
        article, part = self._find(reference)
        if part is None:
            return "".join((*article.paragraphs, *article.items))
        return (article.items or article.paragraphs)[part - 1]

    def cite(self, reference: str) -> str:
        """第三十九条第一款, 第二十条第（三）项. Raises `UnknownArticle`."""
        article, part = self._find(reference)
        head = f"第{chinese_number(article.number)}条"
        if part is None:
            return head
        return head + (f"第（{chinese_number(part)}）项" if article.items else f"第{chinese_number(part)}款")

    def shown(self, reference: str) -> tuple[str, str]:
        """Citation and words for people. What the ledger holds may cite the pack before, until its project is folded anew."""
        try:
            return self.cite(reference), self.words(reference)
        except UnknownArticle:
            said = f"{self.title}没有这一条款，是按此前的规则包引用的，等待按现行规则包重新判断。"
            return f"原条款{reference}", said

    def _find(self, reference: str) -> tuple[Article, int | None]:
        match = REFERENCE.fullmatch(reference)
        article = self.articles.get(int(match[1])) if match else None
        part = int(match[2]) if match and match[2] else None
        if article is None or (part is not None and part > len(article.items or article.paragraphs)):
            raise UnknownArticle(f"{self.title}没有“{reference}”所指的条款")
        return article, part


def chinese_number(number: int) -> str:
    """1..99 as the regulation writes it: 三十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")
