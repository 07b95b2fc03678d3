"""Where things stand in the text, by the parser's marks, and lines put behind others. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node


def composed(text: str) -> Node:
    """The tree of the text."""
    root: Node = YAML(typ="safe", pure=True).compose(text)
    return root


def pair(node: Node | None, name: str) -> tuple[Node, Node] | None:
    """Key and value of that name, where the node is a group that has it."""
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next(((key, value) for key, value in pairs if key.value == name), None)


def child(node: Node | None, name: str) -> Any:
    """The value of that name, or None."""
    found = pair(node, name)
    return found[1] if found else None


def since(entry: Node) -> date:
    """The first day of one value of a limit."""
    return date.fromisoformat(child(entry, "from").value)


def category(entry: Node) -> str | None:
    """What it holds for, None = everything."""
    node = child(entry, "category")
    return node.value if node is not None and node.value not in ("null", "~", "") else None


def start(node: Any) -> int:
    return int(node.start_mark.index)


def end(node: Any) -> int:
    return int(node.end_mark.index)


def last(node: Node) -> int:
    """Where the node's last word ends: a block's own end lies behind the comments that follow it."""
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return end(node)
    final = node.value[-1]
    return last(final[1] if isinstance(node, MappingNode) else final)


def line_behind(text: str, at: int, line: str) -> str:
    """The line behind the one that holds the place, its comment included."""
    stop = text.find("\n", at)
    if stop < 0:
        return f"{text}{newline(text)}{line}{newline(text)}"
    return f"{text[: stop + 1]}{line}{newline(text)}{text[stop + 1 :]}"


def newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
