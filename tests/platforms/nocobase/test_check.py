"""A form made by hand, held against its field list."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from forms.definition import load_forms
from plugin.platforms.nocobase.check import check
from tests.platforms.nocobase.conftest import wanted

FORM = load_forms()["contract_filing"]
OWN, ROWS = "zx_contract_filing", "zx_contract_filing_payment_nodes"


def by_hand(change: Callable[[dict[str, Any]], Any] = lambda _found: None) -> dict[str, Any]:
    found = {
        each.name: {"fields": {field["name"]: copy.deepcopy(dict(field)) for field in each.fields}}
        for each in wanted().forms["contract_filing"].collections
    }
    change(found)
    return found


def test_what_a_push_makes_fits() -> None:
    for form, things in wanted().forms.items():
        every = {each.name: {"fields": {f["name"]: f for f in each.fields}} for each in things.collections}
        assert check(things.form, every, f"zx_{form}") == ()


def own(found: dict[str, Any], name: str) -> dict[str, Any]:
    return found[OWN]["fields"][name]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.clear(), "平台上没有名为 zx_contract_filing 的数据表。"),
        (lambda f: f[OWN]["fields"].pop("supplier"), "缺少“供应商”（supplier），应为单行文本。"),
        (
            lambda f: own(f, "amount_yuan").update(type="double"),
            "“合同金额”（amount_yuan）的类型是 double，应为两位小数的定点数（decimal）；浮点数会使金额出现误差。",
        ),
        (lambda f: own(f, "amount_yuan").update(scale=0), "“合同金额”（amount_yuan）的小数位数是 0，应为 2。"),
        (
            lambda f: own(f, "classified").update(type="boolean"),
            "“是否涉密”（classified）的类型是 boolean，应为“是”“否”的单选；勾选框不勾就等于“否”。",
        ),
        (
            lambda f: own(f, "classified")["uiSchema"]["enum"].pop(),
            "“是否涉密”（classified）缺少选项：否。",
        ),
        (lambda f: own(f, "kind")["uiSchema"]["enum"].pop(0), "“项目类型”（kind）缺少选项：新建（new）。"),
        (lambda f: own(f, "signed_on").update(type="string"), "“合同签订日期”（signed_on）的类型是 string，应为不带时间的日期（dateOnly）。"),
        (lambda f: own(f, "contract_file").update(type="string"), "“合同文本”（contract_file）的类型是 string，应为附件字段。"),
        (lambda f: own(f, "contract_file").update(target="users"), "“合同文本”（contract_file）应为附件字段。"),
        (lambda f: own(f, "payment_nodes").update(type="json"), "“付款节点”（payment_nodes）的类型是 json，应为一对多的子表单。"),
        (lambda f: f.pop(ROWS), f"“付款节点”（payment_nodes）指向的数据表 {ROWS} 不存在。"),
        (
            lambda f: f[ROWS]["fields"].pop("due_on"),
            "缺少“付款节点”（payment_nodes）的列“约定付款日期”（due_on），应为日期。",
        ),
        (lambda f: f[OWN]["fields"].pop("zx_status"), "缺少写回字段“校验状态”（zx_status，string）。"),
        (lambda f: own(f, "zx_verdict").update(type="text"), "写回字段“校验结果”（zx_verdict）的类型是 text，应为 json。"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_sentence(change: Callable[[dict[str, Any]], Any], told: str) -> None:
    assert check(FORM, by_hand(change), OWN) == (told,)


def test_another_box_that_holds_the_same_answer_is_no_mistake() -> None:
    def other(found: dict[str, Any]) -> None:
        own(found, "supplier").update(type="text", interface="textarea")
        own(found, "plan_year").update(type="integer")
        own(found, "kind").update(interface="radioGroup")

    assert check(FORM, by_hand(other), OWN) == ()
