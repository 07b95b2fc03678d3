"""The handbook names only what exists: commands with their options, files, pages, numbers to watch, codes of the doctor."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from plugin.cli import main

from .conftest import DEPLOY, ROOT

HANDBOOK = ROOT / "docs" / "handbook"
PAGES = (*sorted(HANDBOOK.glob("*.md")), *sorted((ROOT / "docs").glob("*.zh.md")))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
BLOCK = re.compile(r"^```.*?\n(.*?)^```", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
PROSE = re.compile(
    r"[，。；：\u3000].*|\s{2,}[^-\s].*| \[.*"
)  # what stands behind a command in a list of them


def codes(text: str) -> Iterator[str]:
    """What stands as code: lines of blocks, and spans."""
    for block in BLOCK.findall(text):
        yield from block.splitlines()
    yield from SPAN.findall(BLOCK.sub("", text))


def commands(text: str) -> Iterator[list[str]]:
    for each in codes(text):
        if each.startswith("zhengxiang "):
            yield shlex.split(PROSE.sub("", each), comments=True)[1:]


def wrong(words: list[str]) -> str | None:
    """What is wrong with a command line, None if it can be given so."""
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.commands.get(rest.pop(0))
        if found is None:
            return "no such command"
        command = found
    if isinstance(command, click.Group):
        return "a group takes no more" if rest else None
    try:
        _given, surplus, _order = command.make_parser(click.Context(command)).parse_args(rest)
    except click.UsageError as error:
        return str(error)
    return f"too much: {surplus}" if surplus else None


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_can_be_given_as_they_stand(path: Path) -> None:
    found = list(commands(path.read_text(encoding="utf-8")))
    assert [(each, wrong(each)) for each in found if wrong(each)] == []
    if path.name in ("operator.zh.md", "admin.zh.md"):
        assert len(found) >= 10


def test_units_start_commands_that_exist() -> None:
    lines = [re.findall(r"^ExecStart=\S+/bin/zhengxiang (.*)$", each.read_text(), re.M) for each in UNITS]
    started = [shlex.split(line) for found in lines for line in found]
    assert len(started) == 2 and not any(map(wrong, started))


def test_a_wrong_command_would_be_found() -> None:
    for line in ("replay", "jobs replya", "backup --lst", "people add --rolle admin", "doctor now"):
        assert wrong(line.split()), line
    assert list(commands("用 `zhengxiang jobs list`，再 `systemctl x`。\n```text\nzhengxiang check   # 核对\n```\n")) == [
        ["check"], ["jobs", "list"],
    ]  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_files_and_links_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r"\b((?:deploy|docs)/[\w./-]+\.\w+)", text):
        assert (ROOT / name).is_file(), name
    for target in re.findall(r"\]\(([^)]+)\)", text):
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_every_picture_is_shown_somewhere_and_all_together_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").iterdir())
    texts = "".join(
        each.read_text(encoding="utf-8") for each in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    )
    assert [each.name for each in pictures if f"images/{each.name}" not in texts] == []
    assert sum(each.stat().st_size for each in pictures) < 2_000_000


def anchors(file: Path) -> set[str]:
    """Of the headings, as GitHub and most viewers make them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}


def test_places_are_those_of_the_scripts() -> None:
    """Where the handbook says things are, install.sh and the units put them."""
    known = "".join(each.read_text(encoding="utf-8") for each in DEPLOY.rglob("*") if each.is_file())
    known = re.sub(r"\$ETC", "/etc/zhengxiang", re.sub(r"\$HOME_DIR", "/opt/zhengxiang", known))
    for name in re.findall(
        r"`(/(?:etc|opt|var)/[\w./-]*zhengxiang[\w./-]*)`", (HANDBOOK / "operator.zh.md").read_text()
    ):
        assert name.rstrip("/") in known, name
    for name in re.findall(r"`(\w+\.(?:keys|login|token))`", (HANDBOOK / "operator.zh.md").read_text()):
        assert f"/keys/{name}" in known, name


def test_numbers_codes_and_variables_are_those_of_the_program() -> None:
    sources = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "plugin").rglob("*.py"))
    sources += (ROOT / "manifest.yaml").read_text(encoding="utf-8")
    for path in (*sorted(HANDBOOK.glob("*.md")), DEPLOY / "zhengxiang.env"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"\bzhengxiang_[a-z_]+[a-z]", text):
            assert name.removesuffix("_total") in sources, name
        for name in re.findall(r"`([A-Z]+[_-][A-Z_]+)`", text):
            assert name in sources or name == "KEEP_DAYS", name
        for name in re.findall(r"\bZHENGXIANG_[A-Z_]+[A-Z]", text):
            assert name.removesuffix("_FILE") in sources, name
