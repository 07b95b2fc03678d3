"""Where values stand on the wire: read from a request, held against their forms, put into a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import quote

from plugin.platforms.signing.content import as_bytes, names_in, pairs, parameter, separators
from plugin.platforms.signing.model import (
    MAX_SIGNATURE_HEADER_BYTES,
    MAX_SIGNATURES,
    Request,
    SignatureRefused,
)
from plugin.platforms.signing.schemes import Scheme
from plugin.platforms.signing.times import FORMATS

SIGNATURE = "signature"
_TEXT = {"base64": "[A-Za-z0-9+/]+={0,2}", "hex": "[0-9a-f]+", "plain": "[!-~]+"}
_LISTED = re.compile(r"([a-z0-9]{1,16},)([A-Za-z0-9+/_-]+={0,2})")
_TARGET = re.compile("[!-~]*")


def required(row: Scheme) -> frozenset[str]:
    """The values that a request has to carry for its signature to be computed."""
    return names_in(row.content, optional=False) & row.at.keys()


def given(row: Scheme, request: Request) -> dict[str, str]:
    """What stands where the row says values stand; an absent one is empty."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    query: dict[str, str] = {}
    for encoded, value in pairs(as_bytes(request.query)):
        name, text = parameter(encoded).decode("latin-1"), parameter(value).decode("latin-1")
        # Given twice, no two readers need agree on which one counts: together they are well-formed for nobody.
        query[name] = f"{query[name]}\n{text}" if name in query else text
    return {
        name: query.get(place[1:], "") if place.startswith("?") else headers.get(place.lower(), "")
        for name, place in row.at.items()
    }


def malformed(row: Scheme, request: Request, values: Mapping[str, str]) -> list[str]:
    """The places whose value does not have its form, or is not there though it is required."""
    wrong = [
        place
        for name, place in row.at.items()
        if name != SIGNATURE and not _well_formed(row, name, values.get(name, ""))
    ]
    signed = names_in(row.content, optional=False)
    target = {"path": request.path, "query": request.query}
    return wrong + [name for name, text in target.items() if name in signed and not _TARGET.fullmatch(text)]


def presented(row: Scheme, header: str) -> list[tuple[str, bytes]]:
    """The (label, signature) pairs of the header. Labels we do not know stay in: they match nothing."""
    entries = header.split(" ") if row.listed else [header]
    if len(header) > MAX_SIGNATURE_HEADER_BYTES or len(entries) > MAX_SIGNATURES:
        raise SignatureRefused("too_many")
    form = _LISTED if row.listed else _labelled(row.label, row.text)
    found = [form.fullmatch(each.lower() if row.any_case else each) for each in entries]
    matches = [(match[1], match[2].encode("ascii")) for match in found if match]
    if len(matches) != len(entries):
        raise SignatureRefused("malformed")
    return matches


def placed(row: Scheme, request: Request, values: Mapping[str, str]) -> Request:
    """The request with these values where they belong."""
    headers = {**request.headers, **row.fixed}
    query = [request.query] if request.query else []
    for name, value in values.items():
        place = row.at[name]
        if place.startswith("?"):
            query.append(f"{place[1:]}={quote(value, safe='')}")
        else:
            headers[place] = value
    return replace(request, headers=headers, query="&".join(query))


def _well_formed(row: Scheme, name: str, value: str) -> bool:
    if name == "time":
        return FORMATS[row.time].seconds(value) is not None
    if not value:
        return name not in required(row)
    return _value(separators(row.content)).fullmatch(value) is not None


@cache
def _value(forbidden: str) -> re.Pattern[str]:
    """Visible ASCII without the separators of the content."""
    return re.compile(rf"(?:(?![{re.escape(forbidden)}])[!-~]){{1,256}}" if forbidden else "[!-~]{1,256}")


@cache
def _labelled(label: str, text: str) -> re.Pattern[str]:
    return re.compile(f"({re.escape(label)})({_TEXT[text]})")
