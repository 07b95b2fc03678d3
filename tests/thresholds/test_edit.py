"""A change in the text of a manifest touches the lines it is meant for, and nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plugin.manifest import ManifestInvalid, load_text
from plugin.manifest_edit import Edit, EditRefused, NewSetting, NewValue, edited
from plugin.manifest_edit.scalars import scalar
from plugin.strict_yaml import parse, read_yaml

ROOT = Path(__file__).parents[2]
FILES = {
    "starter": ROOT / "manifest.yaml",
    "demo": ROOT / "plugin" / "demo_manifest.yaml",
    **{path.parent.name: path for path in sorted((ROOT / "docs" / "examples").glob("*/manifest.yaml"))},
}
DAY, SOURCE = date(2031, 5, 1), "某政办〔2031〕1号"
VALUES: dict[str, Any] = {"yuan": 7_000_000, "percent": 12, "month_day": "11-30"}


def text_of(name: str) -> str:
    return FILES[name].read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines taken away and those put in."""
    told = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [each[2:] for each in told if each[:2] == "- "], [each[2:] for each in told if each[:2] == "+ "]


def limits() -> Iterator[Any]:
    for name in FILES:
        for limit, given in parse(text_of(name), name).value["limits"].items():
            yield pytest.param(name, limit, VALUES.get(given["unit"], 4), id=f"{name}-{limit}")


@pytest.mark.parametrize(("name", "limit", "value"), list(limits()))
def test_a_value_is_added_to_any_limit_of_any_manifest_of_ours(name: str, limit: str, value: Any) -> None:
    before = text_of(name)
    after = edited(before, NewValue(limit, value, DAY, SOURCE))
    gone, come = changed_lines(before, after)
    written = f"{{from: 2031-05-01, value: {scalar(value)}, source: {SOURCE}}}"
    if gone == ["    values: []"]:
        assert come == ["    values:", f"      - {written}"]
    elif gone:  # the whole limit stands in one line
        assert [each.replace(f", {written}", "") for each in come] == gone
    else:
        assert come == [f"      - {written}"]
    entries = parse(after, name).value["limits"][limit]["values"]
    assert entries[-1] == {"from": DAY, "value": value, "source": SOURCE}


def settings() -> Iterator[Any]:
    for name in FILES:
        content = parse(text_of(name), name).value
        for section in ("readings", "policy"):
            for path, value in _leaves(content.get(section) or {}, (section,)):
                yield pytest.param(name, path, value, id=f"{name}-{'.'.join(path)}")


def _leaves(content: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


@pytest.mark.parametrize(("name", "path", "was"), list(settings()))
def test_any_habit_and_reading_is_changed_in_its_own_line(name: str, path: tuple[str, ...], was: Any) -> None:
    before = text_of(name)
    value = (
        [60, 7] if isinstance(was, list) and was != [60, 7] else "别的" if not isinstance(was, list) else [1]
    )
    after = edited(before, NewSetting(path, value))
    gone, come = changed_lines(before, after)
    assert len(gone) == len(come) == 1
    assert come[0].split("#")[1:] == gone[0].split("#")[1:]  # the comment stays
    assert come[0].partition(":")[0] == gone[0].partition(":")[0]  # so do name and indent
    assert len(gone[0].split("#")[0]) - len(come[0].split("#")[0]) == len(_written(gone[0])) - len(
        scalar(value)
    )


def _written(line: str) -> str:
    return line.split("#", maxsplit=1)[0].partition(": ")[2].strip()


BLOCK = """limits:
  a_yuan:
    label: 甲
    unit: yuan
    values: # 依次排列
      - from: 2024-01-01
        value: 1
        source: 旧文 # 原件在档案室
      # 以下为调整
      - {from: 2026-01-01, value: 2, category: goods, source: 新文}

# 口径
readings:
  town_om_blocked: false
"""
CASES: list[tuple[str, str, Edit, str, str]] = [
    (
        "between two values, behind the comment of the first",
        BLOCK,
        NewValue("a_yuan", 3, date(2025, 1, 1), "中文件"),
        "旧文 # 原件在档案室\n",
        "旧文 # 原件在档案室\n      - {from: 2025-01-01, value: 3, source: 中文件}\n",
    ),
    (
        "before the first",
        BLOCK,
        NewValue("a_yuan", 3, date(2023, 1, 1), "早文"),
        "      - from: 2024-01-01\n",
        "      - {from: 2023-01-01, value: 3, source: 早文}\n      - from: 2024-01-01\n",
    ),
    (
        "the very day: corrected in place",
        BLOCK,
        NewValue("a_yuan", Decimal("1.50"), date(2024, 1, 1), "更正"),
        "        value: 1\n        source: 旧文 #",
        "        value: 1.50\n        source: 更正 #",
    ),
    (
        "the very day of another category: added",
        BLOCK,
        NewValue("a_yuan", 3, date(2026, 1, 1), "新文", "works"),
        "旧文 # 原件在档案室\n",
        "旧文 # 原件在档案室\n      - {from: 2026-01-01, value: 3, category: works, source: 新文}\n",
    ),
    (
        "a source that YAML would read otherwise",
        BLOCK,
        NewValue("a_yuan", 3, date(2027, 1, 1), "a: {b}, c # d"),
        "source: 新文}\n",
        'source: 新文}\n      - {from: 2027-01-01, value: 3, source: "a: {b}, c # d"}\n',
    ),
    (
        "a reading that is not written",
        BLOCK,
        NewSetting(("readings", "plan_year_strict"), True),
        "  town_om_blocked: false\n",
        "  town_om_blocked: false\n  plan_year_strict: true\n",
    ),
    (
        "a section that is not written, and a group in it",
        BLOCK,
        NewSetting(("policy", "reminders", "hour"), 10),
        "  town_om_blocked: false\n",
        "  town_om_blocked: false\npolicy:\n  reminders: {hour: 10}\n",
    ),
    (
        "a list in one line",
        "policy: {days: [1, 2], a: b}\n",
        NewSetting(("policy", "days"), [3]),
        "[1, 2]",
        "[3]",
    ),
    ("an empty group in one line", "policy: {}\n", NewSetting(("policy", "hour"), 9), "{}", "{hour: 9}"),
    (
        "one more in a group in one line",
        "policy: { a: b }\n",
        NewSetting(("policy", "c"), None),
        "a: b }",
        "a: b, c: null}",
    ),
    (
        "left open",
        "policy:\n  a: # 未定\n  b: 1\n",
        NewSetting(("policy", "a"), "10-01"),
        "a: #",
        'a: "10-01" #',
    ),
    ("no line end at the end", "policy:\n  a: 1", NewSetting(("policy", "b"), 2), "a: 1", "a: 1\n  b: 2\n"),
    (
        "lines that end as on Windows",
        "policy:\r\n  a: 1\r\n",
        NewSetting(("policy", "b"), 2),
        "a: 1\r\n",
        "a: 1\r\n  b: 2\r\n",
    ),
    ("quotes stay elsewhere", "policy:\n  a: 'x'\n  b: \"y\"\n", NewSetting(("policy", "a"), 1), "'x'", "1"),
]


@pytest.mark.parametrize(
    ("text", "edit", "gone", "come"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_the_text_is_changed_at_the_one_place(text: str, edit: Edit, gone: str, come: str) -> None:
    assert text.count(gone) == 1
    assert edited(text, edit) == text.replace(gone, come)


@pytest.mark.parametrize(
    ("text", "edit", "words"),
    [
        (BLOCK, NewValue("a_yuann", 3, DAY, "x"), "是否想写“a_yuan”"),
        (BLOCK, NewValue("completely_other", 3, DAY, "x"), "现有的标准：a_yuan"),
        ("limits: {a: {label: b}}\n", NewValue("a", 3, DAY, "x"), "没有 values"),
        (BLOCK, NewSetting(("recipients", "data_bureau"), []), "不能由系统修改"),
        (BLOCK, NewSetting(("policy",), 1), "不能由系统修改"),
        ("policy:\n  days:\n    - 1\n", NewSetting(("policy", "days"), [2]), "分行书写"),
        ("policy:\n  a: 1\n", NewSetting(("policy", "a", "b"), 2), "不是一组设置"),
        ("policy:\n  a: |\n    文字\n  b: 1\n", NewSetting(("policy", "a"), 2), "无法由系统改写"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(text: str, edit: Edit, words: str) -> None:
    with pytest.raises(EditRefused, match=words):
        edited(text, edit)


def test_what_is_written_is_checked_by_the_loader_with_all_mistakes() -> None:
    text = edited(text_of("starter"), NewValue("high_value_yuan", -5, date(2031, 1, 1), SOURCE))
    text = edited(text, NewSetting(("policy", "contract_filing_days"), 9999))
    with pytest.raises(ManifestInvalid) as wrong:
        load_text(text, "manifest.yaml")
    assert {each.code for each in wrong.value.problems} >= {"NEGATIVE", "OUT-OF-RANGE"}


@pytest.mark.parametrize(
    "value",
    [
        "12-31",
        "2026",
        "true",
        "null",
        "~",
        "-",
        "- x",
        "a b",
        "旧文",
        "〔2026〕1号",
        "1e5",
        "0123",
        "x: y",
        "",
        "是",
        "3.10",
    ],
)
def test_a_text_is_read_as_it_was_meant(value: str) -> None:
    assert read_yaml(f"a: {{b: {scalar(value)}, c: [{scalar(value)}]}}") == {"a": {"b": value, "c": [value]}}
