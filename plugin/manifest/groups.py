"""Groups, lists and tables of values. What is right in them goes on to later checks, so that all mistakes come at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from plugin.manifest.fields import STANDARD, Fault, Value


class Part(fields.Nested):
    """A group below."""

    default_error_messages = STANDARD


class Items(fields.List[Any]):
    """A list of values of one kind. Each stays in its own place, right or wrong."""

    default_error_messages = STANDARD

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError(["LIST"])
        tried = [_tried(self.inner, each) for each in value]
        if any(wrong for _good, wrong in tried):
            numbered = {number: wrong for number, (_good, wrong) in enumerate(tried) if wrong}
            raise ValidationError(numbered, valid_data=[good for good, _wrong in tried])
        return [good for good, _wrong in tried]


class Table(Value):
    """Freely named entries of one kind."""

    def __init__(self, inner: fields.Field[Any], names: str = r"[a-z][a-z0-9_]*", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner, self.names = inner, names

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError(["GROUP"])
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {}
        for name, each in value.items():
            if not re.fullmatch(self.names, name):
                wrong[name] = [
                    Fault(
                        "BAD-NAME",
                        f"“{name}”不能作名称。",
                        "名称只用小写字母、数字和下划线；规则代码用大写。",
                        at_key=True,
                    )
                ]
                continue
            good, bad = _tried(self.inner, each)
            if good is not None or not bad:
                found[name] = good
            if bad:
                wrong[name] = bad
        if wrong:
            raise ValidationError(wrong, valid_data=found)
        return found


def _tried(field: fields.Field[Any], value: Any) -> tuple[Any, Any]:
    """The value, or what of it is right (of a group or list, else None) and what is wrong."""
    try:
        return field.deserialize(value), None
    except ValidationError as error:
        right = error.valid_data
        return (right if isinstance(right, (dict, list)) else None), error.messages
