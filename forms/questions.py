"""One question of a form as a marshmallow field: the tolerant readers of values.py behind marshmallow's protocol.

A reader raises values.Unreadable; the field turns it into a ValidationError that carries a FieldError, so that the
messages of marshmallow itself, which are English and know neither label nor value, never reach an official.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow.fields import Field as MarshmallowField
from marshmallow.fields import Nested

from forms import values
from forms.errors import FieldError, unreadable
from forms.fields import Field
from forms.values import Unreadable

Reader = Callable[[Any], Any]
SEPARATORS = re.compile(r"[、，,；;\n]+")
FILE_LENGTH, FILES = 2000, 50  # a signed address is long


class Shape(ValidationError):
    """A ValidationError that carries our own error."""

    def __init__(self, error: FieldError) -> None:
        super().__init__([error.code])
        self.error = error


class Question(MarshmallowField[Any]):
    """A field that reads as people write."""

    def __init__(self, asked: Field, read: Reader) -> None:
        super().__init__(allow_none=True)
        self.asked, self._read = asked, read

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if values.blank(value) or value in ([], {}):
            return None
        try:
            return self._read(value)
        except Unreadable as error:
            raise Shape(unreadable(self.asked, value, error)) from error


class Table(Nested):
    """The rows of a table, read by one schema."""

    def __init__(self, asked: Field, rows: Schema) -> None:
        super().__init__(rows, many=True, required=False, allow_none=True)
        self.asked = asked


def question(asked: Field, nested: Schema | None) -> MarshmallowField[Any]:
    """The marshmallow field of a question."""
    return Table(asked, nested) if nested is not None else Question(asked, reader(asked))


def reader(asked: Field) -> Reader:
    """How the value of this question is read."""
    plain: dict[str, Reader] = {
        "money": lambda value: within(asked, values.money(value), Decimal(0)),
        "decimal": lambda value: within(asked, values.decimal(value)),
        "int": lambda value: within(asked, values.integer(value)),
        "date": values.day,
        "bool": values.yes_no,
        "enum": partial(option, asked),
        "multi": partial(several, asked),
        "file": attached,
    }
    return plain.get(asked.type, partial(written, asked))


def within(asked: Field, number: Any, least: Any = None) -> Any:
    """The number, if it lies where the form wants it. Money is not negative unless the form says so."""
    low = least if asked.min is None else asked.min
    if low is not None and number < low:
        raise Unreadable("OUT-OF-RANGE", f"小于{low}", f"请填写不小于{low}的数。")
    if asked.max is not None and number > asked.max:
        raise Unreadable("OUT-OF-RANGE", f"大于{asked.max}", f"请填写不大于{asked.max}的数。")
    return number


def written(asked: Field, value: Any) -> str:
    """Text, of the form's length and pattern."""
    text = values.text(value, asked.max_length, lines=asked.type == "longtext")
    if asked.pattern and not re.fullmatch(asked.pattern, values.narrow(text)):
        raise Unreadable("BAD-FORMAT", "格式不对", asked.help or "请核对后重新填写。")
    return values.narrow(text) if asked.pattern else text


def option(asked: Field, value: Any) -> str:
    """One of the options, by its identifier or its label."""
    given = values.narrow(value) if isinstance(value, str) else value
    for identifier, label in asked.options.items():
        if given in (identifier, values.narrow(label)):
            return identifier
    choices = "、".join(asked.options.values())
    raise Unreadable("NOT-AN-OPTION", "不是可选的答案", f"请从以下选项中选择：{choices}。")


def several(asked: Field, value: Any) -> list[str] | None:
    """A list, or one text with 、 between; each entry an option where the form has options."""
    if isinstance(value, str):
        value = [part for part in SEPARATORS.split(value) if part.strip()]
    if not isinstance(value, list):
        raise Unreadable("NOT-A-LIST", "不是一组答案", "请逐项选择，或用顿号隔开填写。")
    read: Reader = (
        (lambda each: option(asked, each))
        if asked.options
        else (lambda each: values.text(each, asked.max_length, lines=False))
    )
    return list(dict.fromkeys(read(each) for each in value if not values.blank(each))) or None


def attached(value: Any) -> Any:
    """A file as the platform hands it over: a name or address, an object, or several."""
    if not isinstance(value, list):
        return one_file(value)
    files = [one_file(each) for each in value if not values.blank(each)]
    if len(files) > FILES:
        raise Unreadable("TOO-LONG", f"，超过{FILES}个文件", f"请合并后上传，不超过{FILES}个文件。")
    return files or None


def one_file(value: Any) -> Any:
    """One file. Of an object only plain texts and numbers are kept, and those are as clean as any other text."""
    if isinstance(value, str):
        return values.text(value, FILE_LENGTH, lines=False)
    if isinstance(value, Mapping) and any(
        isinstance(value.get(key), (str, int)) for key in ("name", "url", "id", "hash")
    ):
        kept = {
            key: each for key, each in value.items() if isinstance(key, str) and isinstance(each, (str, int))
        }
        return {
            values.text(key, FILE_LENGTH, lines=False): each
            if isinstance(each, bool)
            else values.text(each, FILE_LENGTH, lines=False)
            if isinstance(each, str)
            else values.integer(each)
            for key, each in kept.items()
        }
    raise Unreadable("NOT-A-FILE", "不是附件", "请重新上传附件。")
