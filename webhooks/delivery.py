"""One delivery of a platform, proven and parsed: headers + bytes + secrets + now → Delivery. No I/O here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.jsonbody import DEFAULT_LIMITS, JsonLimits, parse_json
from plugin.platforms.signing import Secret, verify


@dataclass(frozen=True)
class Delivery:
    """What came, from whom it should. The body is kept out of repr: it may yet turn out to be classified."""

    id: str
    timestamp: int
    body: Any = field(repr=False)
    raw_digest: str

    @classmethod
    def verified(
        cls,
        headers: Mapping[str, str],
        body: bytes,
        *,
        secrets: Sequence[Secret],
        now: datetime,
        limits: JsonLimits = DEFAULT_LIMITS,
    ) -> Delivery:
        """Signature first, on the raw bytes, then JSON. Raises SignatureRefused (401) or BadJson (400)."""
        head = verify(headers, body, secrets, now)
        return cls(
            id=head.id,
            timestamp=head.timestamp,
            body=parse_json(body, limits),
            raw_digest=hashlib.sha256(body).hexdigest(),
        )
