"""What is signed: a scheme's template filled from a request. Bytes, because a body is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import quote, unquote_to_bytes

from plugin.platforms.signing.model import Request
from plugin.platforms.signing.schemes import Scheme

_TOKEN = re.compile(r"\{([a-z_]+)\}|([\[\]])|([^{\[\]]+)")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Group:
    """Literal bytes and names of values. An optional group is left out where its first value is empty."""

    optional: bool
    pieces: tuple[bytes | str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each for each in self.pieces if isinstance(each, str))


@cache
def groups(template: str) -> tuple[Group, ...]:
    """`{a}[,{b}]` → a, and (`,` b) if there is a b."""
    found: list[list[bytes | str]] = [[]]
    for name, bracket, literal in _TOKEN.findall(template):
        if bracket:
            found.append([])
        else:
            found[-1].append(name or literal.encode("ascii"))
    return tuple(Group(number % 2 == 1, tuple(pieces)) for number, pieces in enumerate(found))


@cache
def names_in(template: str, *, optional: bool) -> frozenset[str]:
    """The values that a template needs, or those it can do without."""
    return frozenset(name for each in groups(template) if each.optional is optional for name in each.names)


@cache
def separators(template: str) -> str:
    """The punctuation between values. It may not stand in them: with a dot in the id, `a.1` + `2` and `a` + `1.2`
    would sign alike, and with a comma in the nonce a user could be made up."""
    literals = b"".join(
        piece for each in groups(template) for piece in each.pieces if isinstance(piece, bytes)
    )
    return "".join(sorted({chr(each) for each in literals if not chr(each).isalnum()}))


def filled(template: str, values: Mapping[str, bytes]) -> bytes:
    """The content."""
    parts: list[bytes] = []
    for group in groups(template):
        if not (group.optional and not values[group.names[0]]):
            parts += [values[each] if isinstance(each, str) else each for each in group.pieces]
    return b"".join(parts)


def from_request(scheme: Scheme, request: Request) -> dict[str, bytes]:
    """Those values of the template that are the request's own."""
    needed = names_in(scheme.content, optional=False) | names_in(scheme.content, optional=True)
    return {name: read(scheme, request) for name, read in _OWN.items() if name in needed}


def as_bytes(text: str) -> bytes:
    """Never an error: what no sender could have signed will not match."""
    return text.encode("utf-8", "surrogatepass")


def pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and value of each parameter, still encoded. One without = has an empty value."""
    for each in query.split(b"&"):
        if each:
            name, _, value = each.partition(b"=")
            yield name, value


def parameter(text: bytes) -> bytes:
    """A name or value of a form or query as it was meant."""
    return unquote_to_bytes(text.replace(b"+", b" "))


def _canonical_query(scheme: Scheme, request: Request) -> bytes:
    write = _QUERY[scheme.query]
    return b"&".join(
        b"=".join(each) for each in sorted((write(n), write(v)) for n, v in pairs(as_bytes(request.query)))
    )


_QUERY: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "raw": lambda text: text,
        "decoded": unquote_to_bytes,
        "encoded": lambda text: quote(unquote_to_bytes(text), safe="-._~").encode("ascii"),
    }
)


def _params(_scheme: Scheme, request: Request) -> bytes:
    """The parameters of query and form, decoded, sorted as whole pairs. Other bodies have none."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    found = list(pairs(as_bytes(request.query)))
    if headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        found += pairs(request.body)
    return b"&".join(sorted(b"=".join(map(parameter, each)) for each in found))


_OWN: Mapping[str, Callable[[Scheme, Request], bytes]] = MappingProxyType(
    {
        "method": lambda _, request: as_bytes(request.method.upper()),
        "path": lambda _, request: as_bytes(request.path),
        "query": _canonical_query,
        "params": _params,
        "body": lambda _, request: request.body,
    }
)
