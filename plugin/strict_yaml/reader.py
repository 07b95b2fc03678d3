"""Events of ruamel's parser → values: no anchors, aliases, tags, directives or doubled keys, a bounded size and depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from plugin.strict_yaml.document import Document, Place, Problem, YamlInvalid, pointer_to
from plugin.strict_yaml.scalars import plain

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20


def read_yaml(text: str, file: str = "<yaml>", max_bytes: int = MAX_BYTES) -> Any:
    """The value of the text, or YamlInvalid."""
    document = parse(text, file, max_bytes)
    if document.problems:
        raise YamlInvalid(tuple(document.problems))
    return document.value


def parse(text: str | bytes, file: str, max_bytes: int = MAX_BYTES) -> Document:
    """Read everything; problems are collected. After a syntax error nothing more can be said."""
    document = Document(file)
    decoded = _decoded(text, document, max_bytes)
    if decoded is not None:
        try:
            _Builder(document, decoded).read()
        except YAMLError as error:
            _syntax(document, error)
        except _TooDeep as deep:
            document.value = None
            document.problems = [deep.problem]
    return document


def _decoded(text: str | bytes, document: Document, max_bytes: int) -> str | None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > max_bytes:
        document.report(
            "", "YAML-TOO-LARGE", f"文件有{len(raw)}字节，最多{max_bytes}字节。", "请删去多余的内容。"
        )
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(
            document.file, line, 1, "", "YAML-NOT-UTF8", "文件不是 UTF-8 编码。", "请另存为 UTF-8。"
        )
        document.problems.append(problem)
        return None


def _syntax(document: Document, error: YAMLError) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = error.problem if isinstance(error, MarkedYAMLError) and error.problem else type(error).__name__
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    hint = "请检查这一行及上一行的缩进、冒号后的空格、引号和括号；缩进只能用空格。"
    message = f"不是规范的 YAML：{' '.join(str(what).split())}。"
    document.value = None
    document.problems = [Problem(document.file, line, column, "", "YAML-SYNTAX", message, hint)]


class _TooDeep(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Builder:
    """Events → values. Recursion is bounded by MAX_DEPTH."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))

    def read(self) -> None:
        started = False
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    self._at(
                        event,
                        "",
                        "YAML-DOCUMENTS",
                        "一个文件只能有一份内容。",
                        "请删去多出的“---”及其后的内容。",
                    )
                    return
                started = True
                if event.version or event.tags:
                    self._at(event, "", "YAML-DIRECTIVE", "不接受以 % 开头的指令行。", "请删去这一行。")
            elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
                self._document.value = self._value(event, "", event, 0)

    def _value(self, event: Any, pointer: str, key: Any, depth: int) -> Any:
        at_key = key.start_mark
        # What is left open has no place of its own: the parser gives that of the next line.
        left_open = isinstance(event, ScalarEvent) and event.style is None and not event.value
        start = at_key if left_open else event.start_mark
        self._document.places[pointer] = Place(
            start.line + 1, start.column + 1, at_key.line + 1, at_key.column + 1
        )
        if isinstance(event, AliasEvent):
            self._at(event, pointer, "YAML-ALIAS", "不接受别名（*）。", "请把内容直接写在这里。")
            return None
        self._refuse_marks(event, pointer)
        if isinstance(event, ScalarEvent):
            self._document.raw[pointer] = event.value
            return self._scalar(event, pointer)
        if depth >= MAX_DEPTH:
            raise _TooDeep(
                self._problem(event, pointer, "YAML-TOO-DEEP", f"嵌套超过{MAX_DEPTH}层。", "请减少层次。")
            )
        build = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
        return build(pointer, depth + 1)

    def _mapping(self, pointer: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not isinstance(key := next(self._events), MappingEndEvent):
            name = self._key(key, pointer, depth)
            inner = pointer_to(pointer, name)
            value_event = next(self._events)
            if name in found:
                message = f"“{name}”写了两次，第一次在第{lines[name]}行。"
                self._at(key, inner, "YAML-DOUBLED-KEY", message, "请保留一处，删去另一处。")
                self._skip(value_event, inner, depth)
                continue
            lines[name] = key.start_mark.line + 1
            found[name] = self._value(value_event, inner, key, depth)
        return found

    def _key(self, key: Any, pointer: str, depth: int) -> str:
        if isinstance(key, ScalarEvent):
            self._refuse_marks(key, pointer)
            return str(key.value)
        self._at(key, pointer, "YAML-KEY", "名称只能是文字。", "请检查方括号、花括号和问号的用法。")
        self._skip(key, pointer, depth)
        return ""

    def _skip(self, event: Any, pointer: str, depth: int) -> None:
        """Read past a value without forgetting where the first of that name stands."""
        kept = self._document.places.get(pointer)
        self._value(event, pointer, event, depth)
        if kept:
            self._document.places[pointer] = kept

    def _sequence(self, pointer: str, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._value(event, pointer_to(pointer, len(found)), event, depth))
        return found

    def _refuse_marks(self, event: Any, pointer: str) -> None:
        if event.anchor is not None:
            self._at(event, pointer, "YAML-ANCHOR", "不接受锚点（&）。", "请把内容在每一处分别写出。")
        if getattr(event, "tag", None) is not None:
            self._at(event, pointer, "YAML-TAG", "不接受标签（!）。", "请删去标签；文字可加引号。")

    def _scalar(self, event: ScalarEvent, pointer: str) -> Any:
        value, raw = event.value, str(event.value)
        if event.style is not None or getattr(event, "tag", None) is not None:
            return raw
        try:
            value = plain(raw)
        except ValueError as error:
            self._at(event, pointer, "YAML-NUMBER", str(error), "请写成普通数字；若是编号，请加引号。")
            return None
        return value

    def _at(self, event: Any, pointer: str, code: str, message: str, hint: str) -> None:
        self._document.problems.append(self._problem(event, pointer, code, message, hint))

    def _problem(self, event: Any, pointer: str, code: str, message: str, hint: str) -> Problem:
        mark = event.start_mark
        return Problem(self._document.file, mark.line + 1, mark.column + 1, pointer, code, message, hint)
