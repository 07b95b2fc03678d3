"""Sign and verify by a row of the table. Nothing here knows one scheme from another but by its row."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from plugin.platforms.signing import digests, wire
from plugin.platforms.signing.content import as_bytes, filled, from_request, names_in, separators
from plugin.platforms.signing.digests import Sm3Missing
from plugin.platforms.signing.model import MAX_SIGNATURES, Request, Secret, SignatureRefused, SignedHead
from plugin.platforms.signing.schemes import SCHEMES, Scheme
from plugin.platforms.signing.times import FORMATS, milliseconds

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_S = 300


def read_secret(scheme: str, text: str, name: str = "") -> Secret:
    """A key as it stands in a variable or file: `whsec_…`, or the scheme's ids and the key with colons between.

    The ValueError's message never shows the text.
    """
    row = SCHEMES[scheme]
    if row.key == "whsec":
        return Secret.parse(text, name)
    *ids, key = text.split(":", len(row.ids))
    if len(ids) < len(row.ids) or not all((*ids, key)) or not re.fullmatch("[!-~]+", text):
        form = ":".join((*row.ids, "密钥"))
        raise ValueError(f"密钥{name}应写成“{form}”，只用可见的 ASCII 字符。")
    if len(key) < row.shortest_key:
        raise ValueError(f"密钥{name}有{len(key)}个字符，至少应有{row.shortest_key}个。")
    return Secret(key.encode("ascii"), name, tuple(ids))


def new_nonce(scheme: str, now: datetime, random: bytes) -> str:
    """A nonce in the scheme's form, from 16 random bytes."""
    if SCHEMES[scheme].nonce == "ms+4":
        return f"{milliseconds(now)}{int.from_bytes(random, 'big') % 10_000:04d}"
    return random.hex()


def sign_request(
    scheme: str, request: Request, *, secrets: Sequence[Secret], now: datetime, id: str = "", nonce: str = ""
) -> Request:
    """The request with its signature: by the first key, or one by each where the scheme lists several.

    Raises ValueError for what nobody could verify, Sm3Missing where the host has no SM3.
    """
    row = SCHEMES[scheme]
    if not 1 <= len(secrets) <= MAX_SIGNATURES:
        raise ValueError(f"签名要用1至{MAX_SIGNATURES}个密钥，现有{len(secrets)}个。")
    signers = secrets if row.listed else secrets[:1]
    own = _own_values(row, signers[0], now, id, nonce)
    values = {**wire.given(row, request), **own}
    if wrong := wire.malformed(row, request, values):
        forbidden = " ".join(separators(row.content).replace("\n", ""))
        raise ValueError(f"{wrong[0]} 只能用可见的 ASCII 字符，不含 {forbidden or '空格'}，最多256个。")
    signatures = [
        row.label + _signature(row, each, content).decode("ascii")
        for each, content in _contents(row, request, values, signers)
    ]
    return wire.placed(row, request, {**own, wire.SIGNATURE: " ".join(signatures)})


def verify_request(
    scheme: str, request: Request, secrets: Sequence[Secret], now: datetime, *, tolerance_s: int | None = None
) -> SignedHead:
    """Hold a request against its signature; SignatureRefused is the only way out for bad input.

    Where one header lists signatures of several schemes, any of them will do: the sender may be changing over.
    """
    row = SCHEMES[scheme]
    rows = [each for each in SCHEMES.values() if each.listed and each.at == row.at] if row.listed else [row]
    return _verified(rows, request, secrets, now, row.tolerance_s if tolerance_s is None else tolerance_s)


def sign(
    body: bytes, *, id: str, timestamp: int, secrets: Sequence[Secret], algorithm: str = "v1"
) -> dict[str, str]:
    """The three headers to send with `body`: one signature a key, so that the receiver may change later."""
    now = datetime.fromtimestamp(timestamp, UTC)
    return dict(sign_request(algorithm, Request(body=body), secrets=secrets, now=now, id=id).headers)


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[Secret],
    now: datetime,
    *,
    tolerance_s: int = TOLERANCE_S,
) -> SignedHead:
    """Hold the raw bytes against the headers; SignatureRefused is the only way out for bad input."""
    return verify_request("v1", Request(headers=headers, body=body), secrets, now, tolerance_s=tolerance_s)


def mac(algorithm: str, key: bytes, content: bytes) -> bytes:
    """The HMAC of one scheme; Sm3Missing where the host has no SM3 at all."""
    return digests.keyed(SCHEMES[algorithm].digest, key, content)


def _own_values(row: Scheme, secret: Secret, now: datetime, id: str, nonce: str) -> dict[str, str]:
    """What we put into a request: all but the user of somebody else's gateway."""
    if len(secret.ids) != len(row.ids):
        raise ValueError(f"{row.name} 的密钥要带{len(row.ids)}个编号（{'、'.join(row.ids)}）。")
    own = {"id": id, "nonce": nonce, **dict(zip(row.ids, secret.ids, strict=True))}
    if row.time:
        own["time"] = FORMATS[row.time].write(now)
    return {name: own[name] for name in row.at if name in own}


def _verified(
    rows: Sequence[Scheme], request: Request, secrets: Sequence[Secret], now: datetime, tolerance_s: int
) -> SignedHead:
    """By any of these rows, which differ in label and digest only."""
    row = rows[0]
    values = wire.given(row, request)
    if not all(values[name] for name in (*wire.required(row), wire.SIGNATURE)):
        raise SignatureRefused("missing")
    if wire.malformed(row, request, values):
        raise SignatureRefused("malformed")
    presented = wire.presented(row, values[wire.SIGNATURE])
    signed_at = FORMATS[row.time].read(values["time"]) if row.time else None
    if signed_at is not None and abs(now.timestamp() - signed_at) > tolerance_s:
        raise SignatureRefused("clock_skew")
    matched = [_any_matches(each, request, values, presented, secrets) for each in rows]
    if not any(matched):
        raise SignatureRefused("unknown_signature")
    signed_id = values["id"] if "id" in wire.required(row) else None
    return SignedHead(signed_id, None if signed_at is None else int(signed_at))


def _any_matches(
    row: Scheme,
    request: Request,
    values: Mapping[str, str],
    presented: Sequence[tuple[str, bytes]],
    secrets: Sequence[Secret],
) -> bool:
    """Compare everything with everything, so that the time does not tell which key came close."""
    shown = [text for label, text in presented if label == row.label]
    signed_ids = [(place, name) for place, name in enumerate(row.ids) if name in wire.required(row)]
    matched = False
    for secret, content in _contents(row, request, values, secrets) if shown else ():
        try:
            expected = _signature(row, secret, content)
        except Sm3Missing:
            break  # what this host cannot compute it cannot accept; the start-up check has said so
        is_theirs = all(secret.ids[place] == values[name] for place, name in signed_ids)
        for text in shown:
            matched |= is_theirs & hmac.compare_digest(expected, text)
    return matched


def _contents(
    row: Scheme, request: Request, values: Mapping[str, str], secrets: Sequence[Secret]
) -> list[tuple[Secret, bytes]]:
    """Each key with what it signs: the same bytes for all, but where the key is part of them."""
    known = {**{name: as_bytes(value) for name, value in values.items()}, **from_request(row, request)}
    if "secret" in names_in(row.content, optional=False):
        return [(each, filled(row.content, {**known, "secret": each.key})) for each in secrets]
    content = filled(row.content, known)
    return [(each, content) for each in secrets]


def _signature(row: Scheme, secret: Secret, content: bytes) -> bytes:
    if row.made_by == "itself":
        return content
    raw = (
        digests.keyed(row.digest, secret.key, content)
        if row.made_by == "hmac"
        else digests.plain(row.digest, content)
    )
    return base64.b64encode(raw) if row.text == "base64" else raw.hex().encode("ascii")
