"""Values as an official reads them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plugin.regulation.wording import say, text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "（未填写）"),
        (True, "是"),
        (False, "否"),
        (Decimal("5000000.00"), "500万元"),
        (Decimal("523500.00"), "52.35万元"),
        (Decimal("1234567.89"), "1,234,567.89元"),
        (Decimal("9999.99"), "9,999.99元"),
        (date(2025, 3, 10), "2025-03-10"),
        ("finance_bureau", "财政部门"),
        ("县农业农村局", "县农业农村局"),
        (("finance_bureau", "审计局"), "财政部门、审计局"),
        (2025, "2025"),
    ],
)
def test_a_value_reads_as_in_a_sentence(value: Any, words: str) -> None:
    assert text(value) == words


def test_a_sentence_that_names_a_value_it_lacks_is_a_defect() -> None:
    assert say("{a:>3}", {"a": "x"}) == "  x"
    with pytest.raises(KeyError):
        say("{b}", {"a": 1})
