"""Strict JSON: what is refused and why, that limits hold to the number, and that no body is slow or fatal."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.jsonbody import BadJson, JsonLimits, parse_json


def nested(depth):
    return b"[" * depth + b"]" * depth


def wide(keys):
    return json.dumps({f"k{n}": n for n in range(keys)}).encode()


def rows(count, keys):
    return json.dumps([{f"k{n}": n for n in range(keys)} for _ in range(count)]).encode()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b" 1 ", 1),
        (b"0.1", Decimal("0.1")),
        (b"-0", 0),
        (b"1.50e+02", Decimal("150")),
        (b"1e20", Decimal("1e20")),
        (b"1E-0020", Decimal("1e-20")),
        (b"9" * 30, int("9" * 30)),
        ('{"名称":"𠮷","a":[null,true,false]}'.encode(), {"名称": "𠮷", "a": [None, True, False]}),
        (b'"\\ud842\\udfb7"', "𠮷"),
        (b'"[[[[{{{{\\"[[\\\\"', '[[[[{{{{"[[\\'),
        (b'"' + b"x" * 20_000 + b'"', "x" * 20_000),
    ],
)
def test_good_values_are_read_exactly(body, value):
    read = parse_json(body)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "语法"),
        (b"{", "语法"),
        (b"[1,]", "语法"),
        (b"[01]", "语法"),
        (b"[1.]", "语法"),
        (b"{'a':1}", "语法"),
        (b"1 2", "语法"),
        (b'"\x00"', "语法"),
        (b'"a\nb"', "语法"),
        (b'"abc\\', "语法"),
        ("[１２]".encode(), "语法"),
        (b"\xef\xbb\xbf{}", "语法"),
        (b"\xff", "UTF-8"),
        ('"政项"'.encode("gbk"), "UTF-8"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "-Infinity"),
        (b'{"a":1,"a":1}', "重复"),
        (b'{"a":1,"\\u0061":2}', "重复"),
        (nested(33), "32层"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "32层"),
        (wide(201), "最多200个"),
        (rows(101, 200), "20000"),
        (b'["' + b"x" * 20_001 + b'"]', "最多20000个"),
        (b'{"' + b"x" * 20_001 + b'":1}', "最多20000个"),
        (b"1" * 31, "30位"),
        (b"0." + b"1" * 30, "30位"),
        (b"1e21", "指数"),
        (b"1e-21", "指数"),
        (b"1e999999999", "指数"),
        (b"1e" + b"9" * 5000, "指数"),
        (b'"\\ud800"', "代理码"),
        (b'{"\\udc00":1}', "代理码"),
    ],
)
def test_bad_bodies_are_refused_with_a_reason(body, reason):
    with pytest.raises(BadJson) as caught:
        parse_json(body)
    assert reason in caught.value.reason_zh
    assert str(caught.value).endswith("。")


@pytest.mark.parametrize("body", [nested(32), wide(200), rows(100, 200)])
def test_the_limits_themselves_are_still_allowed(body):
    assert parse_json(body) == json.loads(body)


def test_the_position_points_at_the_mistake():
    for body, position in [(b'{"a":1,]', 7), (b"[" * 33, 32), (b'"ab\xff"', 3)]:
        with pytest.raises(BadJson) as caught:
            parse_json(body)
        assert caught.value.position == position


def test_a_form_with_a_table_may_have_other_limits():
    assert parse_json(b"[[1]]", JsonLimits(depth=2)) == [[1]]
    with pytest.raises(BadJson):
        parse_json(b"[[1]]", JsonLimits(depth=1))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 262_144,
        b'{"a":' * 50_000,
        b'"' + b'\\"' * 131_000,
        b'"' * 262_143,
        b"1" * 262_144,
        b"[],".join([b""] * 87_000),
        b"x" * 262_144,
        b'["' + b"\\u0041" * 40_000 + b'"]',
    ],
    ids=lambda body: repr(body[:6]),
)
def test_no_body_of_the_largest_size_takes_long(body):
    started = time.perf_counter()
    with pytest.raises(BadJson):
        parse_json(body)
    assert time.perf_counter() - started < 2  # a quadratic scan would take a minute


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(alphabet='{}[]":,\\0123456789.eE+-nulltrue ', max_size=60)))
def test_anything_is_either_read_as_json_reads_it_or_refused(body):
    raw = body if isinstance(body, bytes) else body.encode()
    try:
        value = parse_json(raw)
    except BadJson:
        return
    assert json.loads(raw, parse_float=Decimal) == value
