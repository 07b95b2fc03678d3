"""YAML as a bureau means it: the traps of YAML 1.1, exact scalars, and no tricks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.strict_yaml import MAX_BYTES, YamlInvalid, parse, read_yaml


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("Off", "Off"), ("n", "n"), ("true", True), ("False", False),
        ("9:30", "9:30"), ("1:30:00", "1:30:00"), ("12-31", "12-31"), ("1_000", "1_000"), ("0559-1234567", "0559-1234567"),
        ("3.10", Decimal("3.10")), ("5000000.00", Decimal("5000000.00")), ("1e3", Decimal("1e3")), ("-1.5", Decimal("-1.5")),
        ("7", 7), ("-7", -7), ("0", 0), (".inf", ".inf"), (".nan", ".nan"), ("0x1F", "0x1F"), ("1.2.3", "1.2.3"),
        ("2023-12-01", date(2023, 12, 1)), ("2023-02-30", "2023-02-30"), ("2023-12-01 09:00:00", "2023-12-01 09:00:00"),
        ("'2023-12-01'", "2023-12-01"), ('"no"', "no"), ("'7'", "7"), ("~", None), ("", None), ("null", None),
        ("=", "="), ("〔2023〕63号", "〔2023〕63号"), ("１２", "１２"), ("100万", "100万"),
    ],
)  # fmt: skip
def test_a_scalar_is_what_a_person_reads(written: str, read: Any) -> None:
    found = read_yaml(f"a: {written}\n")["a"]
    assert found == read and type(found) is type(read)
    if isinstance(read, Decimal):
        assert str(found) == str(read)


@pytest.mark.parametrize(
    "written", ["0102", "007", "00", "-01", "1e99", "1e-99", "1" * 31, "0." + "1" * 40, "1e9999999999"]
)
def test_a_number_that_can_be_read_in_two_ways_is_refused(written: str) -> None:
    document = parse(f"x: 1\na: {written}\n", "f")
    assert [(each.code, each.line, each.pointer) for each in document.problems] == [("YAML-NUMBER", 2, "/a")]
    assert read_yaml(f'a: "{written}"\n') == {"a": written}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: 2", "YAML-ANCHOR", 1),
        ("a: 1\nb: *x", "YAML-ALIAS", 2),
        ("a: 1\nb: !!int '3'", "YAML-TAG", 2),
        ("a: !python/object:os.system x", "YAML-TAG", 1),
        ("a: 1\nb: 2\na: 3", "YAML-DOUBLED-KEY", 3),
        ("a: {b: 1, b: 1}", "YAML-DOUBLED-KEY", 1),
        ("? [1, 2]\n: 3", "YAML-KEY", 1),
        ("%YAML 1.1\n---\na: no", "YAML-DIRECTIVE", 2),
        ("a: 1\n---\nb: 2", "YAML-DOCUMENTS", 2),
        ("a: 1\n  b: 2", "YAML-SYNTAX", 2),
        ("a: 'open", "YAML-SYNTAX", 1),
        ("a: 1\n\tb: 2", "YAML-SYNTAX", 2),
        ("[" * 50_000, "YAML-TOO-DEEP", 1),
        ("a: " + "x" * MAX_BYTES, "YAML-TOO-LARGE", 1),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_trick_is_refused_in_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(YamlInvalid) as caught:
        read_yaml(text)
    assert (code, line) in [(each.code, each.line) for each in caught.value.problems]


def test_a_bomb_of_shared_references_costs_nothing() -> None:
    layers = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    document = parse("\n".join(layers), "bomb.yaml")
    assert {each.code for each in document.problems} == {"YAML-ANCHOR", "YAML-ALIAS"}


def test_the_first_of_two_equal_keys_stands_and_both_lines_are_named() -> None:
    document = parse("a: 1\nb: 2\na: {c: 3}\n", "f")
    (problem,) = document.problems
    assert problem.line == 3 and "第1行" in problem.message
    assert document.value["a"] == 1 and document.places["/a"].line == 1


def test_depth_is_allowed_up_to_the_limit() -> None:
    assert not parse("a: " + "[" * 19 + "]" * 19, "f").problems
    assert [each.code for each in parse("a: " + "[" * 20 + "]" * 20, "f").problems] == ["YAML-TOO-DEEP"]


def test_what_is_not_utf8_names_its_line() -> None:
    (problem,) = parse("a: 1\nb: 歙县".encode("gb18030"), "f").problems
    assert (problem.code, problem.line) == ("YAML-NOT-UTF8", 2)


def test_a_place_is_found_by_its_json_pointer() -> None:
    document = parse("a/b:\n  - x\n  - {c~d: 1}\n", "f")
    assert document.places["/a~1b/1/c~0d"].line == 3
    document.report("/a~1b/1/none", "X", "无")
    assert document.problems[0].line == 3


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    document = parse(text, "f")
    for problem in document.problems:
        assert problem.line >= 1 and problem.message


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    for problem in parse(content, "f").problems:
        assert problem.line >= 1 and problem.message


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_every_amount_is_read_to_the_cent(amount: Decimal) -> None:
    assert str(read_yaml(f"a: {amount}")["a"]) == str(amount)
