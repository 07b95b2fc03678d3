"""The attachments that the papers name. The ledger keeps what it fetched of them; what it has not is listed as absent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

from forms.fields import Field, FormDefinition
from plugin.dossier.contents import Record
from plugin.ledger import Ledger

HASH = re.compile(r"[0-9a-f]{64}")
INCLUDED, ABSENT, DIFFERENT = "已收入", "未提供", "与登记的校验值不符，未收入"


@dataclass(frozen=True, slots=True, order=True)
class Attachment:
    """One file as a record names it. `sha256` where the platform states it, `kept` where the ledger has its content."""

    record: str
    name: str
    sha256: str | None
    reference: str | None  # how the platform names it, or where it lies
    kept: str | None = None  # the hash of the content that was fetched


Source = Callable[[Attachment], bytes | None]


def kept_by(ledger: Ledger) -> Source:
    """The contents that the ledger keeps beside it."""

    def find(attachment: Attachment) -> bytes | None:
        if attachment.kept is None:
            return None
        try:
            return ledger.attachments.path(attachment.kept).read_bytes()
        except FileNotFoundError:
            return None

    return find


def attachments_of(record: Record, form: FormDefinition | None) -> list[Attachment]:
    """Every file that any version of the record names, each once."""
    if form is None:
        return []
    kept = {each.ref: each.sha256 for each in record.files}
    named = (
        _attachment(record.head.record, value, kept)
        for fields in (*(each.saved.fields for each in record.versions), record.head.values)
        for value in _files(form.fields, fields)
    )
    return sorted(set(named), key=lambda each: (each.name, each.sha256 or "", each.reference or ""))


def _files(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[Any]:
    for field in fields:
        value = values.get(field.name)
        if field.type == "file" and value:
            yield from value if isinstance(value, list) else [value]
        elif field.type == "table" and isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping):
                    yield from _files(field.columns, row)


def _attachment(record: str, value: Any, kept: Mapping[str, str | None]) -> Attachment:
    """A text is a name or an address, an object has a reference or an address. `kept`: hashes by reference."""
    given = dict(value) if isinstance(value, Mapping) else {"name": str(value)}
    reference = next((str(given[key]) for key in ("ref", "url", "id") if given.get(key)), None)
    named = str(given.get("name") or reference or "")
    if "://" in named:
        reference, named = reference or named, unquote(urlsplit(named).path.rsplit("/", 1)[-1]) or named
    hashes = (str(given[key]).lower() for key in ("sha256", "hash") if given.get(key))
    stated = next((each for each in hashes if HASH.fullmatch(each)), None)
    return Attachment(record, named, stated, reference, kept.get(reference or ""))


def fetched(attachment: Attachment, source: Source) -> tuple[bytes | None, str]:
    """The bytes, if they are there and are those on record; what to say of them."""
    content = source(attachment)
    if content is None:
        return None, ABSENT
    found = sha256(content).hexdigest()
    if any(expected not in (None, found) for expected in (attachment.sha256, attachment.kept)):
        return None, DIFFERENT
    return content, INCLUDED
