"""What a rule or an article says and asks: the law's words, our rules and duties on it, our reading, who can mend."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plugin.regulation.judgement import ALL_RULES, DUTIES
from plugin.regulation.law import LawBook
from plugin.regulation.pack import DIGITS, Effect, Pack, UnknownArticle
from plugin.regulation.verdict import Rule
from plugin.reminders import DUTIES as NAMES

EFFECTS = {
    Effect.BLOCK: "不予通过",
    Effect.OVERRIDABLE: "不予通过，经授权人员核准并记录理由的可以放行",
    Effect.WARN: "提示，不影响提交",
    Effect.LATE: "照常受理，记为逾期",
    Effect.INFO: "仅供参考",
    Effect.OFF: "本规则包未启用",
}
TREATMENTS = {
    "rule": "规则",
    "obligation": "应办事项",
    "route": "办理流程",
    "gate": "准入关口",
    "exempt": "不作系统检查",
}
PLACE = re.compile(r"\{\w*\}")  # where a message names a value of the submission
CHINESE = re.compile(r"第([零一二三四五六七八九十]+)条(?:第（?([一二三四五六七八九十]+)）?[款项])?")


class NothingKnown(LookupError):
    """Neither a rule code nor an article of this regulation."""


def explain(wanted: str, book: LawBook) -> str:
    """The text for `39`, `39(1)`, `第三十九条第一款` or a rule code. Raises NothingKnown."""
    rules = {rule.code: rule for rule in ALL_RULES}
    if wanted.upper() in rules:
        return "\n".join(_about_rule(rules[wanted.upper()], book))
    reference = reference_of(wanted)
    try:
        return "\n".join(_about_article(reference, book))
    except UnknownArticle as error:
        raise NothingKnown(f"没有名为“{wanted}”的规则或条款。") from error


def reference_of(text: str) -> str:
    """`第三十九条第一款` → `39(1)`; anything else unchanged."""
    match = CHINESE.fullmatch(text.strip().replace("(", "（").replace(")", "）"))
    if match is None:
        return text.strip()
    return str(number_of(match[1])) + (f"({number_of(match[2])})" if match[2] else "")


def number_of(chinese: str) -> int:
    """三十九 → 39."""
    tens, found, ones = chinese.partition("十")
    if not found:
        return DIGITS.index(chinese)
    return (DIGITS.index(tens) if tens else 1) * 10 + (DIGITS.index(ones) if ones else 0)


def _about_article(reference: str, book: LawBook) -> Iterator[str]:
    pack = book.pack
    yield f"{pack.title}（{pack.document}）{pack.cite(reference)}"
    yield pack.words(reference)
    article = pack.articles[int(reference.partition("(")[0])]
    yield f"处理方式：{TREATMENTS.get(article.treatment, article.treatment)}——{article.reason}"
    for rule in ALL_RULES:
        if rule.code in pack.rules and within(pack.rules[rule.code].article, reference):
            yield ""
            yield from _rule_lines(rule, pack)
    for duty, code in DUTIES.items():
        citation = pack.rules[code]
        if citation.effect is not Effect.OFF and within(citation.article, reference):
            yield f"\n应办事项：{NAMES[duty]}（{pack.cite(citation.article)}）"


def within(cited: str, reference: str) -> bool:
    """A rule on 39(1) stands on 39; one on 39 is told for 39(1) too."""
    return (
        cited == reference
        or ("(" not in reference and cited.partition("(")[0] == reference)
        or cited == reference.partition("(")[0]
    )


def _about_rule(rule: Rule, book: LawBook) -> Iterator[str]:
    yield from _rule_lines(rule, book.pack)
    citation = book.pack.rules.get(rule.code)
    if citation:
        yield f"  原文：{book.pack.words(citation.article)}"


def _rule_lines(rule: Rule, pack: Pack) -> Iterator[str]:
    citation = pack.rules.get(rule.code)
    where = pack.cite(citation.article) if citation else "本规则包未引用"
    yield f"规则 {rule.code}（{where}）"
    yield f"  不符合时：{EFFECTS[citation.effect if citation else Effect.OFF]}"
    yield f"  提示：{PLACE.sub('…', (citation and citation.message) or rule.message)}"
    yield f"  改正：{PLACE.sub('…', rule.remedy)}（{rule.mender}）"
    if citation and citation.reading:
        yield f"  解释口径：{citation.reading}，见解释口径表"
