"""One delivery of a platform, proven and parsed: request + the platform's way of signing → Delivery. No I/O here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plugin.jsonbody import DEFAULT_LIMITS, JsonLimits, parse_json
from plugin.sdk import Request, SignedHead


@dataclass(frozen=True)
class Delivery:
    """What came, from whom it should. The body is kept out of repr: it may yet turn out to be classified."""

    head: SignedHead
    body: Any = field(repr=False)
    raw_digest: str

    @classmethod
    def verified(
        cls,
        request: Request,
        authenticate: Callable[[Request], SignedHead],
        limits: JsonLimits = DEFAULT_LIMITS,
    ) -> Delivery:
        """Signature first, on the raw bytes, then JSON. Raises SignatureRefused (401) or BadJson (400)."""
        head = authenticate(request)
        return cls(head, parse_json(request.body, limits), hashlib.sha256(request.body).hexdigest())

    @property
    def id(self) -> str:
        """The delivery's own id, or a digest of it where the platform gives none."""
        return self.head.id or self.raw_digest[:32]
