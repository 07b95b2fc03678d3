"""Definition files → forms, strictly: every mistake is reported with its file and field, none is guessed away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from forms.fields import TYPES, Condition, Field, FormDefinition, FormError

COMMON = "common"
NAME = re.compile(r"[a-z][a-z0-9_]*")
MISSING = object()
HEADER: Mapping[str, tuple[type, bool]] = {  # key → its type, whether it must be there
    "form": (str, True),
    "code": (str, True),
    "title": (str, True),
    "article": (str, True),
    "filled_by": (str, True),
    "intro": (str, True),
    "act_day": (str, False),
    "dated_by": (str, False),
    "or_dated_by": (str, False),
    "files": (bool, True),
    "common": (str, True),
    "fields": (list, True),
}
CHOICES = {
    "filled_by": ("unit", "bureau"),
    "common": ("full", "bureau"),
    "by": ("filler", "bureau", "computed"),
}
LENGTHS = {"longtext": 20_000, "ref": 100}
FIELD_KEYS = frozenset(
    [
        "name",
        "label",
        "type",
        "required",
        "rule",
        "required_when",
        "article",
        "options",
        "columns",
        "min_rows",
        "max_rows",
        "help",
        "by",
        "fact",
        "max_length",
        "min",
        "max",
        "pattern",
        "same_as",
    ]
)
COMMON_KEYS = frozenset(
    {"absent_on", "optional_on", "rule_on", "bureau"}
)  # how the common block differs from form to form
CONDITION_KEYS = frozenset({"field", "is", "in", "filled"})


class Reader:
    """Reads the definition files given as texts. Mistakes are collected and raised together."""

    def __init__(self, texts: Mapping[str, str], order: Sequence[str]) -> None:
        self.order = order
        self.problems: list[str] = []
        self.raw = {name: self._parse(name, text) for name, text in texts.items()}

    def forms(self) -> dict[str, FormDefinition]:
        """All forms in order, or FormError."""
        for name in sorted(self.raw.keys() - set(self.order) - {COMMON}):
            self._problem(name, None, "is not a form of the list")
        found = [self._form(name) for name in self.order if self._present(name)]
        if self.problems:
            raise FormError(tuple(self.problems))
        return {form.name: form for form in found if form}

    def _present(self, name: str) -> bool:
        if name not in self.raw:
            self._problem(name, None, "the file is missing")
        return name in self.raw

    def _problem(self, form: str, where: str | None, what: str) -> None:
        self.problems.append(f"{form}.yaml: {where}: {what}" if where else f"{form}.yaml: {what}")

    def _parse(self, name: str, text: str) -> dict[str, Any]:
        try:
            data = YAML(typ="safe", pure=True).load(text)
        except YAMLError as error:
            self._problem(name, None, f"is not YAML: {' '.join(str(error).split())}")
            return {}
        if isinstance(data, dict):
            return data
        self._problem(name, None, "is not a mapping")
        return {}

    def _form(self, name: str) -> FormDefinition | None:
        raw = self.raw[name]
        before = len(self.problems)
        self._header(name, raw)
        if len(self.problems) > before:
            return None
        own = self._fields(name, raw["fields"], ())
        fields = (
            self._common(name, raw["common"], "fields") + own + self._common(name, raw["common"], "closing")
        )
        self._doubled(name, "fields", fields)
        self._conditions(name, fields, fields)
        names = {each.name for each in fields}
        for key in ("dated_by", "or_dated_by"):
            if raw.get(key) and raw[key] not in names:
                self._problem(name, key, f"names the unknown field {raw[key]!r}")
        head = {key: value for key, value in raw.items() if key not in ("form", "fields")}
        return FormDefinition(name=name, fields=fields, **head)

    def _header(self, name: str, raw: Mapping[str, Any]) -> None:
        for key in raw.keys() - HEADER.keys():
            self._problem(name, str(key), "unknown key")
        for key, (kind, needed) in HEADER.items():
            value = raw.get(key, MISSING)
            if value is MISSING and needed:
                self._problem(name, key, "is missing")
            elif value is not MISSING and not isinstance(value, kind):
                self._problem(name, key, f"must be {kind.__name__}")
            elif key in CHOICES and value not in CHOICES[key]:
                self._problem(name, key, f"must be one of {', '.join(CHOICES[key])}")
        if raw.get("form", name) != name:
            self._problem(name, "form", "differs from the file's name")

    def _common(self, form: str, block: str, part: str) -> tuple[Field, ...]:
        """The common block as this form has it: `bureau` records carry only the few fields so marked."""
        chosen: list[dict[str, Any]] = []
        for raw in self.raw.get(COMMON, {}).get(part, []):
            if form in raw.get("absent_on", ()) or (block == "bureau" and not raw.get("bureau")):
                continue
            own = {key: value for key, value in raw.items() if key not in COMMON_KEYS}
            if form in raw.get("rule_on", ()):
                own |= {"required": False, "rule": True}
            if form in raw.get("optional_on", ()):
                own |= {"required": False, "rule": False}
            chosen.append(own)
        return self._fields(COMMON, chosen, ())

    def _fields(self, form: str, raws: Any, path: tuple[str, ...]) -> tuple[Field, ...]:
        if not isinstance(raws, list):
            self._problem(form, ".".join(path) or "fields", "must be a list")
            return ()
        found = [self._field(form, raw, path, number) for number, raw in enumerate(raws, 1)]
        return tuple(each for each in found if each)

    def _field(self, form: str, raw: Any, path: tuple[str, ...], number: int) -> Field | None:
        where = ".".join(
            (*path, str(raw.get("name", f"#{number}")) if isinstance(raw, dict) else f"#{number}")
        )
        if not isinstance(raw, dict) or not NAME.fullmatch(str(raw.get("name", ""))):
            self._problem(form, where, "needs a name of small letters, digits and _")
            return None
        raw = self._inherited(form, where, raw)
        before = len(self.problems)
        self._check(form, where, raw)
        if len(self.problems) > before:
            return None
        kept = {key: value for key, value in raw.items() if key not in ("required_when", "columns")}
        return Field(
            **{"max_length": LENGTHS.get(raw["type"], 500), "fact": raw["name"], **kept},
            required_when=self._when(form, where, raw.get("required_when", [])),
            columns=self._columns(form, raw, (*path, raw["name"])),
        )

    def _inherited(self, form: str, where: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """`same_as: other_form` takes the field of the same name from there; keys given here win."""
        source = raw.get("same_as")
        own = {key: value for key, value in raw.items() if key != "same_as"}
        if source is None:
            return own
        others = self.raw.get(source, {}).get("fields", [])
        match = next((each for each in others if each.get("name") == raw["name"]), None)
        if match is None:
            self._problem(form, where, f"same_as: {source!r} has no such field")
            return own
        return self._inherited(str(source), where, match) | own

    def _check(self, form: str, where: str, raw: Mapping[str, Any]) -> None:
        for key in raw.keys() - FIELD_KEYS:
            self._problem(form, where, f"unknown key {key!r}")
        if not isinstance(raw.get("label"), str) or not raw["label"].strip():
            self._problem(form, where, "has no label")
        kind = raw.get("type")
        if kind not in TYPES:
            self._problem(form, where, f"unknown type {kind!r}")
        for key, kinds in (("options", ("enum", "multi")), ("columns", ("table",))):
            if key in raw and kind not in kinds:
                self._problem(form, where, f"{key} on a {kind}")
        if (kind == "enum" and not raw.get("options")) or (kind == "table" and not raw.get("columns")):
            self._problem(form, where, f"a {kind} needs {'options' if kind == 'enum' else 'columns'}")
        options = raw.get("options", {})
        if not isinstance(options, dict) or not all(
            isinstance(each, str) for pair in options.items() for each in pair
        ):
            self._problem(form, where, "options must map identifiers to labels")
        if raw.get("by", "filler") not in CHOICES["by"]:
            self._problem(form, where, "by must be filler, bureau or computed")
        if raw.get("by", "filler") != "filler" and (raw.get("required") or raw.get("rule")):
            self._problem(
                form, where, "what the bureau or the system fills in cannot be required of the filler"
            )
        if raw.get("required") and raw.get("rule"):
            self._problem(form, where, "is either required by shape or by a rule")

    def _columns(self, form: str, raw: Mapping[str, Any], path: tuple[str, ...]) -> tuple[Field, ...]:
        if raw["type"] != "table":
            return ()
        columns = self._fields(form, raw["columns"], path)
        self._doubled(form, ".".join(path), columns)
        self._conditions(form, columns, columns)
        return columns

    def _when(self, form: str, where: str, raw: Any) -> tuple[Condition, ...]:
        found = []
        for each in raw if isinstance(raw, list) else [raw]:
            keys = set(each) if isinstance(each, dict) else set()
            if "field" not in keys or len(keys) != 2 or keys - CONDITION_KEYS:
                self._problem(form, where, "required_when needs field and one of is, in, filled")
                continue
            values = tuple(each["in"]) if "in" in each else (each["is"],) if "is" in each else ()
            found.append(Condition(each["field"], values, each.get("filled")))
        return tuple(found)

    def _doubled(self, form: str, where: str, fields: Sequence[Field]) -> None:
        names = [each.name for each in fields]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._problem(form, where, f"the name {name!r} is doubled")

    def _conditions(self, form: str, fields: Sequence[Field], known: Sequence[Field]) -> None:
        """A condition names a field beside it, and only values that field can have."""
        beside = {each.name: each for each in known}
        for each in fields:
            for condition in each.required_when:
                other = beside.get(condition.field)
                if other is None:
                    self._problem(
                        form, each.name, f"required_when names the unknown field {condition.field!r}"
                    )
                elif other.options and not set(condition.values) <= set(other.options):
                    self._problem(form, each.name, f"required_when: {condition.field} has no such option")
