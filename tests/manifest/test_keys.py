"""Keys come from a variable or a file, are read anew every time, and are never shown."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.app import secrets
from plugin.manifest import SecretsUnreadable, load_text, secrets_of, starter_text
from plugin.platforms.signing import Secret

SETTINGS = load_text(starter_text(), "manifest.yaml").platform
NAME = SETTINGS.secret_env


def key(byte: int) -> str:
    return "whsec_" + base64.b64encode(bytes([byte]) * 32).decode()


@pytest.mark.parametrize("blank", [" ", "\n", "\r\n", "\n\n  "])
def test_several_keys_stand_side_by_side(blank: str, tmp_path: Path) -> None:
    text = blank.join([key(1), key(2)]) + "\n"
    path = tmp_path / "keys"
    path.write_text(text, encoding="ascii")
    assert (
        secrets_of(SETTINGS, {NAME: text})
        == secrets_of(SETTINGS, {f"{NAME}_FILE": str(path)})
        == (key(1), key(2))
    )


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    environ = {f"{NAME}_FILE": str(path)}
    path.write_text(key(1), encoding="ascii")
    assert secrets_of(SETTINGS, environ) == (key(1),)
    path.write_text(key(2), encoding="ascii")
    assert secrets_of(SETTINGS, environ) == (key(2),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        key(1)[:4].encode(),
        key(1)[:30].encode(),
        (key(1) + "\n" + key(2)[:20]).encode(),
        b"secret",
        b"\xff\xfe",
    ],
    ids=["empty", "newline", "prefix cut", "cut", "second cut", "no prefix", "not ascii"],
)
def test_a_file_half_written_is_an_error_not_a_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(SecretsUnreadable) as caught:
        secrets_of(SETTINGS, {f"{NAME}_FILE": str(path)})
    assert f"{NAME}_FILE" in str(caught.value)
    assert key(1)[6:20] not in str(caught.value) and key(2)[6:20] not in str(caught.value)


def test_every_cut_of_a_key_is_refused_or_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    whole = key(3)
    for length in range(len(whole)):
        path.write_text(whole[:length], encoding="ascii")
        try:
            found = secrets_of(SETTINGS, {f"{NAME}_FILE": str(path)})
        except SecretsUnreadable:
            continue
        assert (
            len(base64.b64decode(found[0].removeprefix("whsec_"))) >= 24
        )  # long enough, yet it matches no signature


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "没有设置"),
        ({NAME: ""}, "没有设置"),
        ({NAME: "x", f"{NAME}_FILE": "y"}, "只留一个"),
        ({f"{NAME}_FILE": "/nowhere/at/all"}, "不能读取"),
        ({NAME: " ".join(map(key, range(6)))}, "有6个密钥"),
    ],
)
def test_what_is_wrong_is_said(environ: dict[str, str], says: str) -> None:
    with pytest.raises(SecretsUnreadable, match=says):
        secrets_of(SETTINGS, environ)


def test_a_gateways_key_is_read_in_the_gateways_form() -> None:
    gateway = replace(SETTINGS, signature="zhejiang_irs")
    old_and_new = {NAME: "ak-2:sk-2\nak-1:sk-1"}
    assert secrets(gateway, old_and_new) == (Secret(b"sk-2", ids=("ak-2",)), Secret(b"sk-1", ids=("ak-1",)))
    with pytest.raises(SecretsUnreadable, match="access_key:密钥") as caught:
        secrets(gateway, {NAME: "sk-2"})
    assert "sk-2" not in str(caught.value)
