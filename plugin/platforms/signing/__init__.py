"""Who sent this, and is it what they sent: signatures of requests in and out, one table of schemes.

`schemes.py` is the table; `signer.py` signs and verifies by any row of it. `sign` and `verify` are Standard Webhooks as
the receiver and the sandbox use them: `id.timestamp.body` under an HMAC, base64, several keys at a time.
"""

from plugin.platforms.signing.digests import Sm3Missing
from plugin.platforms.signing.digests import _hashlib_has_sm3 as _hashlib_has_sm3
from plugin.platforms.signing.exchange_key import AesMissing, KeyNotUnwrapped, unwrapped_key
from plugin.platforms.signing.model import (
    MAX_SIGNATURE_HEADER_BYTES,
    MAX_SIGNATURES,
    REASONS,
    SECRET_PREFIX,
    Request,
    Secret,
    SignatureRefused,
    SignedHead,
)
from plugin.platforms.signing.schemes import SCHEMES, BodySigned, Scheme, apisix
from plugin.platforms.signing.signer import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    TOLERANCE_S,
    mac,
    new_nonce,
    read_secret,
    sign,
    sign_request,
    verify,
    verify_request,
)

__all__ = [
    "ID_HEADER",
    "MAX_SIGNATURES",
    "MAX_SIGNATURE_HEADER_BYTES",
    "REASONS",
    "SCHEMES",
    "SECRET_PREFIX",
    "SIGNATURE_HEADER",
    "TIMESTAMP_HEADER",
    "TOLERANCE_S",
    "AesMissing",
    "BodySigned",
    "KeyNotUnwrapped",
    "Request",
    "Scheme",
    "Secret",
    "SignatureRefused",
    "SignedHead",
    "Sm3Missing",
    "apisix",
    "mac",
    "new_nonce",
    "read_secret",
    "sign",
    "sign_request",
    "unwrapped_key",
    "verify",
    "verify_request",
]
