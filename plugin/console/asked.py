"""A list's address → what is asked of the ledger, and back. Whatever comes in, a page comes out."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from plugin.console.listing import NotReadable, Spec
from plugin.ledger import Query
from plugin.ledger.listings import LISTINGS

LONGEST_TEXT = 100
LONGEST_KEY = 500
GREATEST = 2**63 - 1  # that a row's number can be


@dataclass(frozen=True, slots=True)
class Asked:
    """The query, the address's own words for it, and what of them was not understood."""

    query: Query
    chosen: Mapping[str, str]
    problems: tuple[str, ...] = field(default=())

    @property
    def sort(self) -> str:
        return self.query.sort or LISTINGS[self.query.list].default

    @property
    def descending(self) -> bool:
        listing = LISTINGS[self.query.list]
        return listing.descends(self.sort) if self.query.descending is None else self.query.descending

    def address(self, **changes: Any) -> str:
        """The query string with these parts changed; None takes one out. Keys of a page never survive a change."""
        kept = {name: value for name, value in self.chosen.items() if name not in ("after", "before")}
        return urlencode({name: value for name, value in (kept | changes).items() if value not in (None, "")})

    def sorted_by(self, name: str) -> str:
        """The address of this list in that order; a second time the other way round."""
        listing = LISTINGS[self.query.list]
        turned = not self.descending if name == self.sort else listing.descends(name)
        return self.address(sort=name, dir="desc" if turned else "asc")


def asked(spec: Spec, args: Mapping[str, str], today: date, unit: str | None) -> Asked:
    """Read the address. Unknown names are passed over; a value that makes no sense is named and left out."""
    filters, problems, chosen = dict[str, str](), list[str](), dict[str, str]()
    for each in spec.filters:
        value = args.get(each.name, "").strip()
        if not value:
            continue
        if each.kind == "choice" and value not in each.choices():
            continue
        try:
            filters |= each.read(value, today)
        except NotReadable as error:
            problems.append(f"“{each.label}”没有生效：{error}。")
        chosen[each.name] = value
    listing = LISTINGS[spec.name]
    sort = args.get("sort") if args.get("sort") in listing.sorts else None
    direction = {"desc": True, "asc": False}.get(args.get("dir", ""))
    text = args.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT] if spec.searched else ""
    chosen |= {name: args[name] for name in ("sort", "dir") if sort and args.get(name)}
    if text:
        chosen["q"] = text
    before, after = key_of(args.get("before")), key_of(args.get("after"))
    key = before or after
    fits = key is not None and len(key) == 1 + len(listing.key)
    query = Query(
        spec.name, filters, text, sort, direction, unit, key if fits else None, fits and before is not None
    )
    return Asked(query, chosen, tuple(problems))


def as_key(key: tuple[Any, ...] | None) -> str | None:
    """Where a page begins, as it stands in an address."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def key_of(text: str | None) -> tuple[Any, ...] | None:
    """The inverse of `as_key`; None for anything that is none."""
    if not text or len(text) > LONGEST_KEY:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    return tuple(value) if isinstance(value, list) and all(map(_can_stand, value)) else None


def _can_stand(part: Any) -> bool:
    """Whether a ledger can hold it at all; half a character, which JSON can write, is none."""
    if isinstance(part, str):
        return part == part.encode(errors="ignore").decode()
    return isinstance(part, int) and abs(part) <= GREATEST


def row_number(text: str) -> int:
    """A row's number in an address; ValueError for what none can be."""
    if not 0 <= (number := int(text)) <= GREATEST:
        raise ValueError("no row has this number")
    return number
