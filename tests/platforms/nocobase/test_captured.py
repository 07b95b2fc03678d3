"""What a NocoBase 2.2.15 really sent: recorded deliveries, kept byte for byte."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugin.platforms.signing import Request, Secret, SignatureRefused, read_secret, verify, verify_request

IN = Path(__file__).parent / "captured" / "in"
SECRET = Secret.parse("whsec_" + base64.b64encode(b"e2e-secret-not-a-secret-32-bytes").decode())
SIGNED = sorted(path for path in IN.glob("*.json") if "token" not in path.stem)


@pytest.mark.parametrize("path", SIGNED, ids=lambda path: path.stem)
def test_the_signature_covers_the_bytes_on_the_wire(path: Path) -> None:
    sent = json.loads(path.read_text(encoding="utf-8"))
    body = sent["raw"].encode()
    now = datetime.fromtimestamp(int(sent["headers"]["webhook-timestamp"]), UTC)
    head = verify(sent["headers"], body, [SECRET], now)
    assert head.id
    assert sent["headers"]["content-type"] == "application/json"
    assert int(sent["headers"]["content-length"]) == len(body)
    with pytest.raises(SignatureRefused):
        verify(sent["headers"], body.replace(b"contract", b"Contract", 1), [SECRET], now)


def test_a_saved_record_has_one_stable_id_per_save() -> None:
    ids = [json.loads(path.read_text())["headers"]["webhook-id"] for path in SIGNED if "told" in path.stem]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("path", sorted(IN.glob("*token*.json")), ids=lambda path: path.stem)
def test_a_token_is_shown_as_our_scheme_expects_it(path: Path) -> None:
    sent = json.loads(path.read_text(encoding="utf-8"))
    request = Request("POST", sent["path"], "", sent["headers"], sent["raw"].encode())
    token = read_secret("static_token", "a-token-for-tests-only-24")
    assert verify_request("static_token", request, [token], datetime.now(UTC))
    with pytest.raises(SignatureRefused):
        other = read_secret("static_token", "another-token-for-tests-24")
        verify_request("static_token", request, [other], datetime.now(UTC))
