"""Pack files → `Pack`: one body's regulation, read strictly, every mistake with its line.

A pack is named by a shipped name or by a path. Each rule that the code knows must have an entry, so that nothing
is forgotten; a pack that says `rules_default: off` (a short regulation) lists only the rules it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from plugin.errors import PluginError
from plugin.regulation.judgement import ALL_RULES
from plugin.regulation.pack import Article, Citation, Effect, Pack, Paper, UnknownArticle
from plugin.strict_yaml import Document, YamlInvalid, parse, pointer_to

MAX_PACK_BYTES = 512 * 1024
PROMPTS = ("validity", "security_test")  # what is recalled every year and no rule stands on
TREATMENTS = ("rule", "obligation", "route", "gate", "exempt")
Shape = Mapping[str, tuple[type | tuple[type, ...], bool]]  # key → its type, whether it must be there
HEAD: Shape = {
    **dict.fromkeys(("pack", "title", "document"), (str, True)),
    "issued_on": (date, False),
    "effective_from": (date, True),
    "rules_default": (str, False),
    "form_articles": (bool, False),
    "prompts": (dict, False),
    "articles": (dict, True),
    "rules": (dict, True),
    "routes": (list, True),
}
ARTICLE: Shape = {
    "chapter": (str, True),
    "treatment": (str, True),
    "reason": (str, False),
    "paragraphs": (list, True),
    "items": (list, False),
}
RULE: Shape = {
    "article": ((str, int), True),
    "effect": (str, True),
    **dict.fromkeys(("reading", "message"), (str, False)),
}
ROUTE: Shape = {
    "kinds": (list, True),
    **dict.fromkeys(("from", "above", "below", "up_to"), (str, False)),
    "papers": (list, True),
    "superior_review": (list, False),
}
NAMES_OF_TYPES = {
    str: "文字",
    int: "整数",
    dict: "下级各项",
    list: "列表",
    bool: "true 或 false",
    date: "日期（如 2026-01-01）",
}


class PackInvalid(YamlInvalid):
    """The pack has mistakes; `problems` names all of them."""

    code: ClassVar[str] = "PACK_INVALID"


class PackNotFound(PluginError):
    """Neither a shipped pack nor a file."""

    code: ClassVar[str] = "PACK_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """The pack, whether it lists only the rules it has, and its text where it is a body's own and not a shipped one."""

    pack: Pack
    lists_all_rules: bool
    text: str | None = None


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with the product."""
    folder = files("plugin.regulation").joinpath("packs")
    return tuple(
        sorted(each.name.removesuffix(".yaml") for each in folder.iterdir() if each.name.endswith(".yaml"))
    )


def load_pack(name: str, base: Path | None = None) -> LoadedPack:
    """By shipped name, or by a path relative to `base`. Raises PackNotFound or PackInvalid."""
    if name in shipped_packs():
        text = files("plugin.regulation").joinpath("packs", f"{name}.yaml").read_bytes()
        return replace(read_pack(text, f"{name}.yaml"), text=None)
    path = (base or Path()) / name
    try:
        return read_pack(path.read_bytes(), str(path))
    except OSError:
        known = "、".join(shipped_packs())
        raise PackNotFound(f"没有名为“{name}”的规则包，也没有这个文件。随附的规则包：{known}。") from None


def read_pack(text: str | bytes, file: str) -> LoadedPack:
    """The pack in a text. Raises PackInvalid."""
    document = parse(text, file, MAX_PACK_BYTES)
    if not document.problems:
        _check(document)
    if document.problems:
        raise PackInvalid(tuple(document.problems))
    own = text if isinstance(text, str) else text.decode("utf-8-sig")
    return replace(_build(document.value), text=own)


def known_rules() -> frozenset[str]:
    """The codes of all rules."""
    return frozenset(rule.code for rule in ALL_RULES)


def _check(document: Document) -> None:
    if not _shaped(document, "", document.value, HEAD):
        return
    value = document.value
    for key, article in value["articles"].items():
        _check_article(document, pointer_to("/articles", key), key, article)
    for key, rule in value["rules"].items():
        _shaped(document, pointer_to("/rules", key), rule, RULE)
    for number, route in enumerate(value["routes"]):
        _check_route(document, f"/routes/{number}", route)
    if value.get("rules_default", "off") != "off":
        document.report("/rules_default", "PACK-DEFAULT", "rules_default 只能是 off。", "或删去此项。")
    if not document.problems:
        _check_rules(document, _build(value, complete=False).pack, known_rules())


def _shaped(document: Document, pointer: str, value: Any, shape: Shape) -> bool:
    """Whether the keys and types are right; says what is not."""
    if not isinstance(value, dict):
        document.report(pointer, "WRONG-TYPE", "这里应为下级各项。", f"应含：{'、'.join(shape)}。")
        return False
    before = len(document.problems)
    for key in value.keys() - shape.keys():
        near = get_close_matches(key, shape, 1)
        hint = f"是否想写“{near[0]}”？" if near else f"可用的名称：{'、'.join(shape)}。"
        document.report(pointer_to(pointer, key), "UNKNOWN-KEY", f"没有名为“{key}”的项。", hint, at_key=True)
    for key, (kind, needed) in shape.items():
        if value.get(key) is None:
            if needed:
                document.report(pointer_to(pointer, key), "MISSING", f"缺少“{key}”。")
        elif not isinstance(value[key], kind) or (isinstance(value[key], bool) and kind is not bool):
            wanted = "或".join(
                NAMES_OF_TYPES[each] for each in (kind if isinstance(kind, tuple) else (kind,))
            )
            document.report(pointer_to(pointer, key), "WRONG-TYPE", f"“{key}”应为{wanted}。")
    return len(document.problems) == before


def _check_article(document: Document, pointer: str, key: str, article: Any) -> None:
    if not (key.isascii() and key.isdigit() and 1 <= int(key) <= 99):
        document.report(
            pointer, "PACK-ARTICLE", f"“{key}”不是条的序号。", "请写 1 至 99 的数字。", at_key=True
        )
    if not _shaped(document, pointer, article, ARTICLE):
        return
    if article["treatment"] not in TREATMENTS:
        hint = f"可选：{'、'.join(TREATMENTS)}。"
        what = f"没有“{article['treatment']}”这种处理方式。"
        document.report(f"{pointer}/treatment", "PACK-TREATMENT", what, hint)
    _texts(document, f"{pointer}/paragraphs", article["paragraphs"])
    if article.get("items"):
        _texts(document, f"{pointer}/items", article["items"])


def _texts(document: Document, pointer: str, values: list[Any]) -> None:
    if not values:
        document.report(pointer, "EMPTY", "列表是空的。", "请至少写一项。")
    for number, each in enumerate(values):
        if not isinstance(each, str) or not each.strip():
            document.report(f"{pointer}/{number}", "WRONG-TYPE", "这里应为文字。", "请加引号。")


def _check_route(document: Document, pointer: str, route: Any) -> None:
    if _shaped(document, pointer, route, ROUTE):
        _texts(document, f"{pointer}/kinds", route["kinds"])
        for key in ("papers", "superior_review"):
            for number, each in enumerate(route.get(key) or []):
                if not isinstance(each, str):
                    document.report(f"{pointer}/{key}/{number}", "WRONG-TYPE", "这里应为文字。")


def _check_rules(document: Document, pack: Pack, codes: frozenset[str]) -> None:
    for name, article in (document.value.get("prompts") or {}).items():
        _check_prompt(document, pointer_to("/prompts", name), name, str(article), pack)
    for code, rule in document.value["rules"].items():
        pointer = pointer_to("/rules", code)
        try:
            pack.cite(str(rule["article"]))
        except UnknownArticle as error:
            document.report(f"{pointer}/article", "UNKNOWN-ARTICLE", f"{error}。", "请核对条、款、项的序号。")
        if rule["effect"] not in set(Effect):
            hint = f"可选：{'、'.join(Effect)}。"
            document.report(f"{pointer}/effect", "PACK-EFFECT", f"没有“{rule['effect']}”这种效力。", hint)
        if code not in codes:
            near = get_close_matches(code, codes, 1)
            hint = f"是否想写“{near[0]}”？" if near else "请核对规则代码。"
            document.report(pointer, "UNKNOWN-RULE", f"没有代码为“{code}”的规则。", hint, at_key=True)
    if document.value.get("rules_default") != "off":
        for code in sorted(codes - document.value["rules"].keys()):
            hint = "请写明条款和效力；不适用的写 effect: off。"
            document.report(pointer_to("/rules", code), "RULE-MISSING", f"规则“{code}”没有列出。", hint)


def _check_prompt(document: Document, pointer: str, name: str, article: str, pack: Pack) -> None:
    if name not in PROMPTS:
        hint = f"可用的名称：{'、'.join(PROMPTS)}。"
        document.report(pointer, "UNKNOWN-KEY", f"没有名为“{name}”的提醒。", hint, at_key=True)
    try:
        pack.cite(article)
    except UnknownArticle as error:
        document.report(pointer, "UNKNOWN-ARTICLE", f"{error}。", "请核对条、款、项的序号。")


def _build(value: Mapping[str, Any], *, complete: bool = True) -> LoadedPack:
    articles = {int(key): _article(int(key), each) for key, each in value["articles"].items()}
    rules = {code: _citation(each) for code, each in value["rules"].items()} if complete else {}
    lists_all = value.get("rules_default") != "off"
    if complete and not lists_all:
        absent = Citation(str(min(articles)), Effect.OFF)
        rules |= dict.fromkeys(known_rules() - rules.keys(), absent)
    pack = Pack(
        name=value["pack"],
        title=value["title"],
        document=value["document"],
        effective_from=value["effective_from"],
        articles=articles,
        rules=rules,
        routes=tuple(_paper(each) for each in value["routes"]),
        form_articles=value.get("form_articles", False),
        prompts={name: str(article) for name, article in (value.get("prompts") or {}).items()},
    )
    return LoadedPack(pack, lists_all)


def _article(number: int, value: Mapping[str, Any]) -> Article:
    paragraphs, items = tuple(value["paragraphs"]), tuple(value.get("items") or ())
    return Article(number, value["chapter"], paragraphs, items, value["treatment"], value.get("reason") or "")


def _citation(value: Mapping[str, Any]) -> Citation:
    return Citation(
        str(value["article"]), Effect(value["effect"]), value.get("message"), value.get("reading")
    )


def _paper(value: Mapping[str, Any]) -> Paper:
    return Paper(
        kinds=tuple(value["kinds"]),
        floor=value.get("from") or value.get("above"),
        ceiling=value.get("below") or value.get("up_to"),
        papers=tuple(value["papers"]),
        superior_review=tuple(value.get("superior_review") or ()),
        floor_included="above" not in value,
        ceiling_included="up_to" in value,
    )
