"""A form of 简道云 beside ours: which widget is which field, what its values mean, and what is missing.

A widget has an id that never changes (`_widget_1529400746031`) and, where the form's designer set one, an alias that
takes the id's place in pushes and in the interface. We know it by either, and by its label where nothing else fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from forms.fields import Field
from plugin.clock import shanghai_day
from plugin.sdk import Attachment

# What we write into a record; the form on the platform has to have them.
RESULT = (
    Field("zx_status", "系统审查结论", "text"),
    Field("zx_message", "系统审查意见", "longtext", max_length=20_000),
    Field("zx_revision", "系统审查版次", "text"),
)
_CHOICE, _TEXT = ("radiogroup", "combo"), ("text", "textarea")
_PEOPLE = ("user", "usergroup", "dept", "deptgroup")
FITTING: Mapping[str, tuple[str, ...]] = {
    "text": (*_TEXT, *_CHOICE, *_PEOPLE, "sn", "phone", "address", "linkdata", "lookup"),
    "longtext": ("textarea", "text"),
    "money": ("number", "text"),
    "decimal": ("number", "text"),
    "int": ("number", "text"),
    "date": ("datetime",),
    "bool": _CHOICE,
    "enum": _CHOICE,
    "multi": ("checkboxgroup", "combocheck", *_TEXT),
    "file": ("upload", "image"),
    "ref": (*_TEXT, *_CHOICE, *_PEOPLE, "sn", "linkdata", "lookup"),
    "table": ("subform",),
}
WORDS = {
    "text": "单行文本", "textarea": "多行文本", "number": "数字", "datetime": "日期时间", "radiogroup": "单选按钮组",
    "combo": "下拉框", "checkboxgroup": "复选框组", "combocheck": "下拉复选框", "upload": "附件", "image": "图片",
    "subform": "子表单", "sn": "流水号", "phone": "手机", "address": "地址", "linkdata": "选择数据", "lookup": "关联数据",
    "user": "成员单选", "usergroup": "成员多选", "dept": "部门单选", "deptgroup": "部门多选", "signature": "手写签名",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget of a form. `name` is its alias, or its id where it has none."""

    id: str
    name: str
    label: str
    type: str
    items: tuple[Widget, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The widgets of one form or subform, and which of our fields each of them holds."""

    widgets: tuple[Widget, ...]
    fields: Mapping[str, tuple[Field, Widget]]  # by our name
    columns: Mapping[str, Layout]  # of our tables
    ambiguous: frozenset[str] = frozenset()  # our fields whose label stands on several widgets
    keys: Mapping[str, Field] = field(init=False)  # what a value may be called → our field

    def __post_init__(self) -> None:
        pairs = [(key, each) for each, widget in self.fields.values() for key in (widget.id, widget.name)]
        object.__setattr__(self, "keys", dict(pairs))

    def knows(self, key: str) -> bool:
        """Whether a widget goes by this name now, ours or not."""
        return any(key in (each.id, each.name) for each in self.widgets)


def widgets_of(listed: Any) -> tuple[Widget, ...]:
    """The answer of widget/list; what has no name is left out."""
    found: list[Widget] = []
    for each in listed if isinstance(listed, list) else ():
        name = each.get("name") or each.get("widgetName") if isinstance(each, Mapping) else None
        if isinstance(name, str):
            id, label = str(each.get("widgetName") or name), str(each.get("label") or "")
            found.append(Widget(id, name, label, str(each.get("type")), widgets_of(each.get("items"))))
    return tuple(found)


def layout_of(asked: Iterable[Field], widgets: tuple[Widget, ...], named: Mapping[str, str]) -> Layout:
    """Find each field's widget: as `named` in the manifest (id or alias), else by alias, else by a label that stands once."""
    fields: dict[str, tuple[Field, Widget]] = {}
    ambiguous: set[str] = set()
    labels = Counter(each.label for each in widgets)
    for each in asked:
        wanted = named.get(each.name, each.name)
        found = [widget for widget in widgets if wanted in (widget.id, widget.name)]
        if not found and each.name not in named:
            found = [widget for widget in widgets if widget.label == each.label]
            if labels[each.label] > 1:
                ambiguous.add(each.name)
                continue
        if found:
            fields[each.name] = (each, found[0])
    columns = {
        name: layout_of(each.columns, widget.items, {})
        for name, (each, widget) in fields.items()
        if each.type == "table"
    }
    return Layout(widgets, fields, columns, frozenset(ambiguous))


def differences(asked: Iterable[Field], layout: Layout, within: str = "") -> Iterator[str]:
    """What the platform's form lacks or has otherwise, a Chinese sentence each."""
    for each in asked:
        place = f"{within}“{each.label}”"
        if each.name in layout.ambiguous:
            yield f"有多个字段名为{place}，请把其中一个的别名设为 {each.name}。"
        elif each.name not in layout.fields:
            wanted = "、".join(WORDS[name] for name in FITTING[each.type][:2])
            yield f"缺少{place}（别名 {each.name}，{wanted}）。"
        else:
            widget = layout.fields[each.name][1]
            if widget.type not in FITTING[each.type]:
                wanted = "、".join(WORDS[name] for name in FITTING[each.type])
                yield f"{place}的类型是{WORDS.get(widget.type, widget.type)}，应为{wanted}。"
            elif each.type == "table":
                yield from differences(each.columns, layout.columns[each.name], f"{within}“{each.label}”的")


def values_in(layout: Layout, record: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The values of a record in our names; columns that are none of ours are dropped. `place` leads back to a file."""
    return {
        layout.keys[key].name: _value(layout, layout.keys[key], value, place)
        for key, value in record.items()
        if key in layout.keys
    }


def _value(layout: Layout, asked: Field, value: Any, place: str) -> Any:
    if asked.type == "table":
        rows = value if isinstance(value, list) else []
        inner = layout.columns[asked.name]
        return [values_in(inner, row, place) for row in rows if isinstance(row, Mapping)]
    if asked.type == "file":
        files = value if isinstance(value, list) else [value]
        return [_file(each, place) for each in files if isinstance(each, Mapping) and each.get("url")]
    if asked.type == "date" and isinstance(value, str):
        return _day(value)
    if isinstance(value, list) and asked.type != "multi":
        return "、".join(str(_word(each)) for each in value)
    return _word(value)


def _word(value: Any) -> Any:
    """A person, a department, a linked record, a telephone or an address as the word that a person would read."""
    if not isinstance(value, Mapping):
        return value
    if "province" in value or "detail" in value:
        return "".join(str(value.get(part) or "") for part in ("province", "city", "district", "detail"))
    return next((value[key] for key in ("name", "phone", "key") if value.get(key)), None)


def _day(value: str) -> str:
    """Instants are UTC on the wire: the day is the one it was in Shanghai. Anything else the form will complain of."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return shanghai_day(at).isoformat() if at.tzinfo else value


def path_of(url: str) -> str:
    """The part of a file's address that does not run out."""
    try:
        return urlsplit(url).path.lstrip("/")
    except ValueError:  # no address at all: fetching it will say so
        return ""


def _file(value: Mapping[str, Any], place: str) -> dict[str, Any]:
    url, size = str(value["url"]), value.get("size")
    # The address ends after 15 days; what stays is the record it belongs to, and the path without the permission.
    ref = f"{place}/{path_of(url)}"
    return Attachment(
        ref, str(value.get("name") or ""), url, size if isinstance(size, int) else None
    ).as_json()
