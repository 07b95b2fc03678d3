"""What happens when an official presses 提交: the verdict, then record and webhook in one transaction."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Record, Store
from plugin.sandbox.web import said_no
from plugin.sandbox.wire import VerdictAway, Wire

CLASSIFIED_GUIDANCE = (
    "涉密项目不得在本平台填报。请立即停止填写，不要截图、转发已经填写的内容，"
    "并按照保密规定，通过涉密渠道联系本单位保密工作机构和数据资源局办理。"
)
GONE = "这条记录已经清除，不能再修改。"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The outcome. `record` is None where nothing was saved; `refusal` then says why, in Chinese."""

    record: str | None = None
    verdict: Mapping[str, Any] = field(default_factory=dict)
    refusal: str | None = None
    classified: bool = False
    away: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "record": self.record,
            "verdict": dict(self.verdict) or None,
            "refusal": self.refusal,
            "classified": self.classified,
            "away": self.away,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Submitted:
        """The inverse of `as_json`."""
        return cls(
            record=value["record"],
            verdict=value["verdict"] or {},
            refusal=value["refusal"],
            classified=value["classified"],
            away=value["away"],
        )


class Desk:
    """The platform's save button. Pages and the JSON door go through here alike."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings, self._wire = store, settings, Wire(settings)

    def submit(
        self, form: str, fields: Mapping[str, Any], submitter: Mapping[str, str], record: str | None = None
    ) -> Submitted:
        """Ask, then save if it may be saved. Without a verdict nothing is saved."""
        known = self._store.records.get(record) if record else None
        if known and known.erased:
            return Submitted(refusal=GONE)
        verdict, away = self._verdict(form, known.record if known else None, submitter, fields)
        if not said_no(fields.get("classified")):
            return self._refuse_classified(verdict, known)
        if away:
            return Submitted(refusal=away, away=True)
        if not verdict["may_save"]:
            refusal = str(verdict.get("message") or "不符合规定，本次填报没有保存。")
            return Submitted(verdict=verdict, refusal=refusal)
        if known and dict(known.fields) == dict(fields):
            return Submitted(record=known.record, verdict=verdict)  # nothing was changed, nobody need be told
        name, moment = record or f"rec_{randomness.token_hex(8)}", self._settings.here_and_now()
        self._store.records.save(
            Record(name, form, moment, dict(submitter), dict(fields), verdict), _delivery_id()
        )
        return Submitted(record=name, verdict=verdict)

    def _verdict(
        self, form: str, record: str | None, submitter: Mapping[str, str], fields: Mapping[str, Any]
    ) -> tuple[dict[str, Any], str | None]:
        """The verdict, or why there is none."""
        try:
            return self._wire.ask(form, record, submitter, fields), None
        except VerdictAway as error:
            return {}, str(error)

    def _refuse_classified(self, verdict: Mapping[str, Any], known: Record | None) -> Submitted:
        """Guidance only. A record that turns out to be classified is erased, here and at the plugin."""
        if known is not None:
            self._store.records.erase(known.record, self._settings.here_and_now(), _delivery_id())
            self._store.forget_deleted()
        guidance = str(verdict.get("guidance") or CLASSIFIED_GUIDANCE)
        return Submitted(verdict=verdict, refusal=guidance, classified=True)


def _delivery_id() -> str:
    return f"evt_{randomness.token_hex(12)}"
