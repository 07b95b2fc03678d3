"""One change written into the text of a manifest: nothing else in it moves, not a comment, a blank or a quote. Pure.

The places are those that ruamel's parser names. What was written is read again and compared with what was meant: where a
file is laid out in a way that this cannot write in, it says so and changes nothing.
"""

from __future__ import annotations

from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from plugin.manifest_edit.edits import SECTIONS, Edit, EditRefused, NewSetting, NewValue, put
from plugin.manifest_edit.places import (
    category,
    child,
    composed,
    end,
    last,
    line_behind,
    newline,
    pair,
    since,
    start,
)
from plugin.manifest_edit.scalars import scalar
from plugin.strict_yaml import parse

BY_HAND = "请直接编辑文件，再运行 zhengxiang apply。"


def edited(text: str, edit: Edit) -> str:
    """The text with the change, and nothing else changed. Raises EditRefused."""
    root = composed(text)
    wanted = deepcopy(parse(text, "manifest").value)
    made = _with_value(text, root, edit) if isinstance(edit, NewValue) else _with_setting(text, root, edit)
    put(wanted, edit)
    read = parse(made, "manifest")
    if read.problems or read.value != wanted:
        raise EditRefused(f"参数文件这一处的写法无法由系统改写，{BY_HAND}")
    return made


def _with_value(text: str, root: Node, edit: NewValue) -> str:
    limits = child(root, "limits")
    limit = child(limits, edit.limit)
    if limit is None:
        known = [key.value for key, _value in limits.value] if limits else []
        near = get_close_matches(edit.limit, known, 1)
        hint = f"是否想写“{near[0]}”？" if near else f"现有的标准：{'、'.join(known)}。"
        raise EditRefused(f"参数文件中没有名为“{edit.limit}”的标准。{hint}")
    values = child(limit, "values")
    if not isinstance(values, SequenceNode):
        raise EditRefused(f"标准“{edit.limit}”没有 values 一项，请先在参数文件中补上。")
    for entry in values.value:
        if since(entry) == edit.since and category(entry) == edit.category:
            return _corrected(text, entry, edit)
    return _inserted(text, limit, values, edit)


def _corrected(text: str, entry: Node, edit: NewValue) -> str:
    """Value and source of the entry replaced, the later one first so that the places still hold."""
    written = {"value": scalar(edit.value), "source": scalar(edit.source)}
    places = sorted(
        ((child(entry, name), new) for name, new in written.items()), key=lambda each: -start(each[0])
    )
    for node, new in places:
        text = text[: start(node)] + new + text[end(node) :]
    return text


def _inserted(text: str, limit: Any, values: SequenceNode, edit: NewValue) -> str:
    """The entry behind those that begin earlier."""
    written = _entry(edit)
    earlier = [entry for entry in values.value if since(entry) < edit.since]
    if not values.value:
        return _first(text, limit, values, written)
    if values.flow_style:
        if earlier:
            at = end(earlier[-1])
            return f"{text[:at]}, {written}{text[at:]}"
        at = start(values.value[0])
        return f"{text[:at]}{written}, {text[at:]}"
    dash = " " * values.start_mark.column + "- "
    if earlier:
        return line_behind(text, last(earlier[-1]), dash + written)
    at = start(values)
    return f"{text[:at]}- {written}{newline(text)}{dash[:-2]}{text[at:]}"


def _first(text: str, limit: Any, values: SequenceNode, written: str) -> str:
    """The first value of a limit that had none: on a line of its own where the limit itself is written in lines."""
    begins, ends = start(values), end(values)
    if limit.flow_style:
        return f"{text[:begins]}[{written}]{text[ends:]}"
    key = next(key for key, value in limit.value if value is values)
    emptied = text[:begins].rstrip(" ") + text[ends:]
    return line_behind(emptied, end(key), " " * (key.start_mark.column + 2) + "- " + written)


def _entry(edit: NewValue) -> str:
    category = f", category: {edit.category}" if edit.category else ""
    return f"{{from: {edit.since}, value: {scalar(edit.value)}{category}, source: {scalar(edit.source)}}}"


def _with_setting(text: str, root: Node, edit: NewSetting) -> str:
    _known_section(edit)
    node, left = root, list(edit.path)
    while left and (below := pair(node, left[0])) is not None:
        key, node = below
        left.pop(0)
    if left:
        return _added(text, node, left, edit)
    if isinstance(node, CollectionNode) and not node.flow_style:
        raise EditRefused(f"“{_named(edit)}”在参数文件中分行书写，{BY_HAND}")
    if isinstance(node, ScalarNode) and not node.value and node.style is None:  # nothing after the colon
        at = text.index(":", end(key)) + 1
        return f"{text[:at]} {scalar(edit.value)}{text[at:]}"
    return text[: start(node)] + scalar(edit.value) + text[end(node) :]


def _added(text: str, node: Any, left: list[str], edit: NewSetting) -> str:
    """A setting that was not written: behind its neighbours, in their way."""
    if not isinstance(node, MappingNode):
        raise EditRefused(f"参数文件中“{_named(edit)}”的上级不是一组设置，{BY_HAND}")
    if node.flow_style:
        at = text.rindex("}", 0, end(node))
        return f"{text[:at].rstrip(' ')}{', ' if node.value else ''}{_nested(left, edit.value)}{text[at:]}"
    written = _nested(left, edit.value)
    if left[0] in SECTIONS:  # not even its section was there
        written = f"{left[0]}:{newline(text)}  {_nested(left[1:], edit.value)}"
    return line_behind(text, last(node), " " * node.start_mark.column + written)


def _nested(names: list[str], value: Any) -> str:
    written = scalar(value)
    for name in reversed(names[1:]):
        written = f"{{{name}: {written}}}"
    return f"{names[0]}: {written}"


def _named(edit: NewSetting) -> str:
    return ".".join(edit.path)


def _known_section(edit: NewSetting) -> None:
    if edit.path[0] not in SECTIONS or len(edit.path) < 2:
        raise EditRefused(
            f"“{_named(edit)}”不能由系统修改；可以修改的是标准（limits）、解释口径（readings）和管理习惯（policy）。"
            f"其他内容{BY_HAND}"
        )
