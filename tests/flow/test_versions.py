"""What counts as the content of a submission."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from forms.definition import load_forms
from plugin.sdk import EventKind, FormEvent
from plugin.versions import digest, own_fields

AT = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)
FORM = load_forms()["contract_filing"]


def content(**fields: Any) -> str:
    event = FormEvent("other", FORM.name, "r1", EventKind.UPDATED, AT, "k", fields)
    return digest(own_fields(event, FORM))


def file(url: str, ref: str = "7", name: str = "合同.pdf") -> list[Any]:
    return [{"ref": ref, "name": name, "url": url, "size": 4}, "附件一.pdf", {"url": url}]


def test_where_a_file_lies_is_no_content_and_which_file_it_is_is() -> None:
    """Or every listing of a platform that signs addresses anew would be a new version of every record."""
    known = content(contract_file=file("https://x/7?e=1")[:2])
    assert content(contract_file=file("https://x/7?e=2")[:2]) == known
    assert content(contract_file=file("https://x/8?e=1", ref="8")[:2]) != known
    assert content(contract_file=file("https://x/7?e=1", name="别的.pdf")[:2]) != known
    assert content(contract_file="合同.pdf") != known


def test_a_file_that_has_nothing_but_its_address_is_known_by_it() -> None:
    assert content(contract_file=file("https://x/7?e=1")[2:]) != content(
        contract_file=file("https://x/8")[2:]
    )


def test_rows_of_a_table_are_content_whatever_is_in_them() -> None:
    rows = [{"node": "预付", "amount_yuan": "1.00"}, "no row", {"unknown": 1}]
    assert content(payment_nodes=rows) == content(payment_nodes=[*rows])
    assert content(payment_nodes=rows[:1]) != content(payment_nodes=rows)
