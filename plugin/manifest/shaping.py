"""A document held against the schema: exact values and defaults, and every mistake of shape in its place."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from plugin.manifest.fields import Fault
from plugin.manifest.shape import ManifestSchema
from plugin.strict_yaml import Document, pointer_to

MESSAGES = {  # what marshmallow itself finds
    "MISSING": ("缺少“{name}”。", "请补上这一项；写法见随附的参数文件样本。"),
    "NULL": ("“{name}”没有填写。", "请填写，或删去这一行。"),
    "GROUP": ("“{name}”之下应为各项设置。", "请另起一行，缩进两格，写“名称: 值”。"),
    "LIST": ("“{name}”应为列表。", "请写成 [甲, 乙]，或每行以“- ”开头。"),
}


def load_shape(document: Document) -> dict[str, Any]:
    """The content with exact types and defaults. Mistakes go into the document; what is right is returned."""
    if not isinstance(document.value, dict):
        document.report(
            "", "GROUP", "参数文件是空的，或不是“名称: 值”的形式。", "运行 zhengxiang init 可得到样本。"
        )
        return {}
    try:
        return dict(ManifestSchema().load(document.value))
    except ValidationError as error:
        _collect(document, "", error.messages)
        return dict(error.valid_data) if isinstance(error.valid_data, dict) else {}


def _collect(document: Document, pointer: str, messages: Any) -> None:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            _collect(document, pointer if name == "_schema" else pointer_to(pointer, name), inner)
        return
    for each in messages:
        if isinstance(each, Fault):
            document.report(pointer, each.code, each.message, each.hint, at_key=each.at_key)
        else:
            message, hint = MESSAGES[each]
            name = pointer.rpartition("/")[2] or "参数文件"
            document.report(pointer, each, message.format(name=name), hint)
