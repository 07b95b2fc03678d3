"""File names that every system takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.dossier.names import DEVICES, LONGEST, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("合同（终稿）.pdf", "合同（终稿）.pdf"),
        ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("结尾. ", "结尾"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("com¹", "_com¹"),
        ("console.pdf", "console.pdf"),
        ("a\nb\u202ec", "a_b_c"),
        ("", "_"),
        ("...", "_"),
        ("长" * 80 + ".pdf", "长" * 56 + ".pdf"),
        ("长" * 80, "长" * 60),
    ],
)  # fmt: skip
def test_a_name_keeps_what_it_can(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text())
def test_any_text_gives_a_name(text: str) -> None:
    name = safe_name(text)
    assert name and len(name) <= LONGEST and len(name.encode()) <= 255
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert not name.endswith((" ", ".")) and not DEVICES.fullmatch(name)
    assert safe_name(name) == name
