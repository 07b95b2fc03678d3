"""The verdict as a caller of ours reads it, and a client that asks for one. Part of plugin/sdk.py.

The wire form is docs/openapi.yaml, /v1/verdicts/{form}.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from plugin.remote import Remote


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the regulation wants it: `message` says what, `remedy` how to mend it (Chinese)."""

    code: str
    effect: str  # block, overridable_block, warn, late or info
    message: str
    remedy: str
    citation: str | None = None  # 第三十九条第一款
    field: str | None = None
    row: int | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Finding:
        fields: dict[str, Any] = {name: value.get(name) for name in cls.__slots__}
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a question: every finding at once. `raw` is the whole answer as it came."""

    form: str
    decision: str  # allow, warn, block or route
    may_save: bool
    message: str  # all of it in sentences, as an official reads it
    findings: tuple[Finding, ...]
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Verdict:
        """KeyError where the answer is not the contract's."""
        findings = tuple(Finding.from_json(each) for each in value["findings"])
        return cls(
            value["form"], value["decision"], value["may_save"] is True, value["message"], findings, value
        )


@dataclass(frozen=True)
class VerdictClient:
    """Asks a running 政项 for verdicts: for platforms and scripts that call us in Python.

    `remote` holds our address, the shared key and the limits of every call.
    """

    remote: Remote

    def ask(
        self,
        form: str,
        fields: Mapping[str, Any],
        *,
        record: str | None = None,
        submitter: Mapping[str, str] | None = None,
    ) -> Verdict:
        """Judge a form that is about to be saved; nothing is stored. Raises RemoteUnavailable, RemoteUnclear or
        RemoteRejected."""
        question = {"record": record, "submitter": submitter, "fields": dict(fields)}
        reply = self.remote.call(
            "POST", f"/v1/verdicts/{quote(form)}", key=randomness.token_hex(8), payload=question
        )
        if reply.status != 200:
            raise self.remote.refusal(reply)
        return Verdict.from_json(self.remote.answered(reply))
