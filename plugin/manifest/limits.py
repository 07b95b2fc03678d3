"""Limits that make sense: values of their unit, in order, on an article that exists, and all that the pack needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from plugin.packs import LoadedPack
from plugin.regulation.limits import Limits
from plugin.regulation.pack import Pack, UnknownArticle
from plugin.strict_yaml import Document, pointer_to

MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
RULE_LIMITS = tuple(name for name, each in vars(Limits).items() if isinstance(each, property))


def check_limits(document: Document, limits: Mapping[str, Any], loaded: LoadedPack | None) -> None:
    """Every limit by itself, and all against the pack. `limits` may lack what the shape refused."""
    for name, limit in limits.items():
        pointer = pointer_to("/limits", name)
        if loaded and "article" in limit:
            _article_exists(document, f"{pointer}/article", limit["article"], loaded.pack)
        _values(document, pointer, limit)
    written = document.value.get("limits") if isinstance(document.value, dict) else None
    if loaded and isinstance(written, dict):
        _needed_limits(document, written, loaded)
        _covers_the_pack(document, limits, loaded.pack)
    _windows(document, limits)


def _article_exists(document: Document, pointer: str, reference: str, pack: Pack) -> None:
    try:
        pack.cite(reference)
    except UnknownArticle as error:
        document.report(pointer, "UNKNOWN-ARTICLE", f"{error}。", "请核对条、款、项的序号。")


def _values(document: Document, pointer: str, limit: Mapping[str, Any]) -> None:
    entries = limit.get("values") or []
    if not entries:
        if limit.get("values") == []:
            message = f"“{limit.get('label', '')}”还没有录入数值，用到它的提交会被暂停受理。"
            hint = "请录入数值、起始日期和文号，然后运行 zhengxiang apply。"
            document.report(f"{pointer}/values", "LIMIT-EMPTY", message, hint, severity="warning")
        return
    last: dict[str | None, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries):
        if entry is None:  # refused whole by the shape
            continue
        here = f"{pointer}/values/{number}"
        if "value" in entry and "unit" in limit:
            _of_unit(document, f"{here}/value", entry["value"], limit["unit"])
        if "since" not in entry:
            continue
        _in_order(document, here, entry, last.get(entry.get("category")))
        last[entry.get("category")] = entry


def _in_order(
    document: Document, here: str, entry: Mapping[str, Any], before: Mapping[str, Any] | None
) -> None:
    since, until = entry["since"], entry.get("until")
    if until and until < since:
        document.report(
            f"{here}/until", "UNTIL-BEFORE-FROM", f"截止日{until}早于起始日{since}。", "请核对两个日期。"
        )
    if before is None:
        return
    if since <= before["since"]:
        message = f"起始日{since}没有晚于前一条的{before['since']}。"
        document.report(
            f"{here}/from", "NOT-ASCENDING", message, "请按起始日期从早到晚排列，同一天只写一条。"
        )
    elif before.get("until") and before["until"] >= since:
        message = f"前一条的截止日{before['until']}不早于本条的起始日{since}，两条重叠。"
        document.report(f"{here}/from", "OVERLAP", message, "通常不必写 until：后一条生效时前一条自动失效。")


def _of_unit(document: Document, pointer: str, value: Any, unit: str) -> None:
    if unit == "month_day":
        if not (isinstance(value, str) and MONTH_DAY.fullmatch(value) and _exists(value)):
            document.report(pointer, "BAD-MONTH-DAY", f"“{value}”不是月日。", "请写成 12-31 的样子。")
        return
    if isinstance(value, str):
        document.report(
            pointer,
            "NOT-A-NUMBER",
            f"“{value}”不是数字。",
            "请写阿拉伯数字，不加引号、逗号和单位，如 3000000。",
        )
    elif value < 0:
        document.report(pointer, "NEGATIVE", f"{value}是负数。", "请写零或正数。")
    elif unit == "yuan" and Decimal(value) != round(Decimal(value), 2):
        document.report(
            pointer, "TOO-PRECISE", f"{value}元的小数超过两位。", "金额以元为单位，最多两位小数。"
        )
    elif unit not in ("yuan", "percent") and value != int(value):
        document.report(pointer, "NOT-A-COUNT", f"{value}不是整数。", "月数、天数和个数只能是整数。")


def _exists(month_day: str) -> bool:
    try:
        date.fromisoformat(f"2023-{month_day}")
    except ValueError:
        return False
    return True


def _needed_limits(document: Document, written: Mapping[str, Any], loaded: LoadedPack) -> None:
    routes = [name for route in loaded.pack.routes for name in (route.floor, route.ceiling) if name]
    rules = RULE_LIMITS if loaded.lists_all_rules else ()
    for name in dict.fromkeys((*routes, *rules)):
        if name not in written:
            near = get_close_matches(name, [each for each in written if each not in rules], 1, 0.8)
            hint = f"是否误写成了“{near[0]}”？" if near else "请补上；尚无数值的，values 填 []。"
            document.report(
                pointer_to("/limits", name), "LIMIT-MISSING", f"规则包要用到标准“{name}”，文件中没有。", hint
            )


def _covers_the_pack(document: Document, limits: Mapping[str, Any], pack: Pack) -> None:
    for name, limit in limits.items():
        days = [entry["since"] for entry in limit.get("values") or [] if entry and "since" in entry]
        if days and min(days) > pack.effective_from:
            message = f"{pack.effective_from}至{min(days)}（不含）没有数值，其间的事项不能判断。"
            pointer = f"{pointer_to('/limits', name)}/values/0/from"
            document.report(pointer, "LIMIT-GAP", message, "如此前另有标准，请补录。", severity="warning")


def _windows(document: Document, limits: Mapping[str, Any]) -> None:
    """A window that closes before it opens, an application due before the preliminary acceptance."""
    for first, second in (
        ("self_evaluation_opens_months", "self_evaluation_closes_months"),
        ("preliminary_acceptance_months", "acceptance_application_months"),
    ):
        low, high = _latest(limits, first), _latest(limits, second)
        if low is not None and high is not None and low > high:
            message = f"{first}（{low}）大于{second}（{high}）。"
            document.report(
                pointer_to("/limits", second), "WINDOW", message, "请核对两项的月数。", at_key=True
            )


def _latest(limits: Mapping[str, Any], name: str) -> int | None:
    values = [each.get("value") for each in limits.get(name, {}).get("values") or [] if each]
    return values[-1] if values and isinstance(values[-1], int) else None
