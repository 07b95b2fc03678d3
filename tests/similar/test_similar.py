"""What resembles what: halves, rewordings and copies are found, honest declarations are left alone."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.declarations import honest, planted
from plugin.similar import DUPLICATE, SHORT, SPLIT, Declaration, Index, passages

OBJECTIVES = "建成全县农情一张图，灾情上报时间由两天缩短到两小时，覆盖三百个监测点位。"
CONTENT = "建设农情采集、分析研判、灾情上报三个模块，接入气象、水利共享数据。"


def declaration(id: str, **given: object) -> Declaration:
    plain = {
        "unit": "甲局",
        "plan_year": 2026,
        "name": "农情一张图",
        "objectives": OBJECTIVES,
        "main_content": CONTENT,
    }
    return Declaration(id=id, **{**plain, **given})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def index() -> Index:
    made = Index()
    for each in honest(1500):
        made.add(each)
    return made


@pytest.mark.parametrize("strength", ["light", "medium", "heavy"])
def test_a_planted_copy_leads_back_to_its_source(index: Index, strength: str) -> None:
    rng = Random(5)
    for source in Random(4).sample(list(honest(1500)), 20):
        found = index.similar(planted(source, strength, rng))
        assert source.id in [hint.id for hint in found]


def test_honest_declarations_raise_no_alarm(index: Index) -> None:
    assert sum(bool(index.similar(each)) for each in list(honest(1600))[1500:]) <= 2


def test_the_same_unit_may_be_splitting_another_may_be_duplicating() -> None:
    made = Index()
    made.add(declaration("one"))
    made.add(declaration("later", plan_year=2027))
    made.add(declaration("elsewhere", unit="乙局"))
    found = {hint.id: hint.relation for hint in made.similar(declaration("two", name="农情监测平台"))}
    assert found == {"one": SPLIT, "later": DUPLICATE, "elsewhere": DUPLICATE}


def test_a_hint_shows_the_passages_both_have_longest_first() -> None:
    made = Index()
    made.add(declaration("one"))
    [hint] = made.similar(declaration("two", name="另一个名称", main_content="另写的内容，与前者没有关系。"))
    assert hint.passages[0] in OBJECTIVES.replace("，", "").replace("。", "")
    assert list(hint.passages) == sorted(hint.passages, key=len, reverse=True)


def test_a_new_declaration_is_found_at_once_a_removed_one_no_more() -> None:
    made = Index()
    assert made.similar(declaration("two")) == ()
    made.add(declaration("one"))
    assert [hint.id for hint in made.similar(declaration("two"))] == ["one"]
    made.add(
        declaration(
            "one", objectives="完全不同的另一件事情", main_content="与农情毫无关系的内容", name="学籍系统"
        )
    )
    assert made.similar(declaration("two")) == ()
    made.remove("one")
    assert len(made) == 0


def test_a_declaration_does_not_resemble_itself() -> None:
    made = Index()
    made.add(declaration("one"))
    assert made.similar(declaration("one")) == ()


@given(
    st.text(alphabet="农情监测平台建设采集分析研判灾情上报共享数据时间缩短小时", min_size=30, max_size=120),
    st.integers(0, 2**16),
)
def test_every_text_is_found_by_its_own_half(text: str, seed: int) -> None:
    made = Index()
    made.add(Declaration("whole", "甲局", 2026, "名称", text))
    for each in honest(20, seed):
        made.add(each)
    found = made.similar(Declaration("half", "甲局", 2026, "", text[: len(text) // 2 + 5]))
    assert found and found[0].id == "whole"
    assert 0.0 <= found[0].score <= 1.001


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("甲乙丙丁戊己庚", "子甲乙丙丁戊己丑", ("甲乙丙丁戊己",)), ("甲乙丙", "甲乙丙", ()), ("", "甲", ())],
)
def test_passages_are_runs_of_some_length(one: str, other: str, found: tuple[str, ...]) -> None:
    assert passages(one, other) == found


@pytest.mark.parametrize(("signs", "found"), [(SHORT - 1, []), (SHORT, ["one"])])
def test_a_text_of_a_few_signs_resembles_nothing(signs: int, found: list[str]) -> None:
    made = Index()
    made.add(declaration("one"))
    few = Declaration("two", "甲局", 2026, declaration("whole").text[:signs])
    assert [hint.id for hint in made.similar(few)] == found
