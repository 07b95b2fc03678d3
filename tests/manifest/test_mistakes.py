"""Every mistake in a manifest is named with its line, its place, a code and a cure; all at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from plugin.manifest import ManifestInvalid, Problem, check, load_manifest, load_text, starter_text
from tests.manifest.broken import CASES, EMPTY, TWO, Broken, values

TODAY = date(2026, 3, 1)


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        return load_text(text, "manifest.yaml").warnings
    except ManifestInvalid as error:
        return error.problems


def broken(*cases: Broken) -> str:
    text = starter_text()
    for case in cases:
        assert case.old in text, case.name
        text = text.replace(case.old, case.new, 1)
    return text


def line_of(text: str, mark: str) -> int:
    before = text[: text.index(mark) + len(mark) - len(mark.lstrip("\n"))]
    return before.count("\n") + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_named_in_its_line(case: Broken) -> None:
    text = broken(case)
    found = [(each.line, each.pointer, each.code, each.severity) for each in problems_of(text)]
    mark = case.mark if case.mark is not None else case.new
    assert (line_of(text, mark), case.pointer, case.code, case.severity) in found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_said_in_chinese_with_a_cure(case: Broken) -> None:
    (problem, *_) = [each for each in problems_of(broken(case)) if each.code == case.code]
    assert any("一" <= sign <= "鿿" for sign in problem.message) and problem.message.endswith("。")
    assert problem.hint or problem.code == "PACK-NOT-FOUND"  # whose message lists the packs itself
    assert "None" not in problem.message


def test_all_mistakes_come_at_once() -> None:
    chosen = {"small prefix", "no such article", "unknown unit", "negative money", "enforce misspelt", "no such port",
              "no guidance", "doubled key", "a key in a comment", "window closes first"}  # fmt: skip
    cases = [case for case in CASES if case.name in chosen]
    assert len(cases) == len(chosen)
    found = {(each.pointer, each.code) for each in problems_of(broken(*cases))}
    assert found >= {(case.pointer, case.code) for case in cases}


def test_a_bad_entry_hides_no_mistake_in_the_entries_after_it() -> None:
    entries = values("from: 2024-01-01, value: 1", TWO[1], TWO[0])
    found = {(each.pointer, each.code) for each in problems_of(starter_text().replace(EMPTY, entries))}
    place = "/limits/decentralised_procurement_yuan/values"
    assert found >= {(f"{place}/0/source", "MISSING"), (f"{place}/2/from", "NOT-ASCENDING")}


def test_problems_stand_in_the_order_of_the_file() -> None:
    chosen = {"an hour past the day", "small prefix", "no such port", "unknown unit", "no bytes"}
    found = problems_of(broken(*(case for case in CASES if case.name in chosen)))
    assert len(found) >= len(chosen)
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_an_unknown_name_is_told_the_nearest_one() -> None:
    text = starter_text().replace("holiday_roll:", "holidays_roll:")
    (problem,) = [each for each in problems_of(text) if each.code == "UNKNOWN-KEY"]
    assert problem.hint == "是否想写“holiday_roll”？"


def test_a_key_in_the_file_is_never_repeated() -> None:
    key = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    said = "\n".join(map(str, problems_of(starter_text().replace("county: 歙县", f"county: {key}"))))
    assert "LITERAL" not in said and key not in said and "QUJDREVG" not in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n# nothing\n",
        b"[]",
        b"text",
        b"1",
        b"\xff\xfe",
        b"a: \x00",
        b"a: b: c",
        b"- [",
        b"x" * 70_000,
        b"? [1]\n: 2",
    ],
    ids=repr,
)
def test_what_is_no_manifest_at_all_is_refused_without_a_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes(content)
    report = check(path, {}, TODAY)
    assert report.exit_code in (1, 2) and report.problems


@pytest.mark.parametrize(
    "place", ["identity", "limits", "readings", "policy", "platform", "network", "calendar", "pack"]
)
@pytest.mark.parametrize("junk", ["null", "[]", "{}", "7", "text", "[null]", "{a: null}", "2024-01-01"])
def test_junk_in_a_section_is_refused_or_read_and_never_crashes(place: str, junk: str) -> None:
    lines = starter_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{place}:"))
    end = next(
        (n for n in range(start + 1, len(lines)) if lines[n] and not lines[n].startswith((" ", "#"))),
        len(lines),
    )
    text = "\n".join([*lines[:start], f"{place}: {junk}", *lines[end:]])
    harmless = junk == "{}" and place in ("readings", "policy", "network", "calendar")
    assert harmless or any(each.severity == "error" for each in problems_of(text))


def test_mistakes_in_a_pack_of_ones_own_come_with_the_packs_lines(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "pack: own\ntitle: 本地办法\ndocumnt: 〔2026〕1号\n", encoding="utf-8"
    )
    path = tmp_path / "manifest.yaml"
    path.write_text(starter_text().replace("pack: shexian-2023-63", "pack: pack.yaml"), encoding="utf-8")
    with pytest.raises(ManifestInvalid) as caught:
        load_manifest(path, {})
    found = {(Path(each.file).name, each.line, each.pointer, each.code) for each in caught.value.problems}
    assert ("pack.yaml", 3, "/documnt", "UNKNOWN-KEY") in found and (
        "pack.yaml",
        1,
        "/articles",
        "MISSING",
    ) in found


def test_the_exit_code_tells_mistakes_from_an_unusable_file(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    assert check(path, {}, TODAY).exit_code == 2
    assert check(tmp_path, {}, TODAY).exit_code == 2
    path.write_text(starter_text(), encoding="utf-8")
    assert check(path, {}, TODAY).exit_code == 0
    path.write_text(starter_text().replace("hour: 9", "hour: 25"), encoding="utf-8")
    assert check(path, {}, TODAY).exit_code == 1
    path.write_text("a: [", encoding="utf-8")
    assert check(path, {}, TODAY).exit_code == 2


def test_the_report_is_one_line_a_problem_and_json_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    text = starter_text().replace("hour: 9", "hour: 25").replace("code_prefix: SX", "code_prefix: sx")
    path.write_text(text, encoding="utf-8")
    report = check(path, {}, TODAY)
    *lines, last = report.as_text().splitlines()
    assert len(lines) == len(report.problems) and "共2处错误" in last
    assert (
        f"{path}:{line_of(text, 'hour: 25')}  /policy/reminders/hour  25超出范围。  → 应在0至23之间。"
        in lines
    )
    told = json.loads(report.as_json())
    assert told["exit_code"] == 1 and [each["code"] for each in told["errors"]] == [
        p.code for p in report.problems
    ]
