"""What a project's people were told, one line each: messages, and the moments of duties that digests told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.console import words
from plugin.ledger import Kind, Ledger, OutboxRow, ReminderRow


@dataclass(frozen=True, slots=True)
class Told:
    """`tone` is a colour, `state` the words on it, `why` what went wrong."""

    at: datetime
    what: str
    to: str
    state: str
    tone: str
    why: str | None = None


def told(ledger: Ledger, code: str, outgoing: list[OutboxRow], names: Mapping[str, str]) -> list[Told]:
    """The newest first. `outgoing`: the project's rows of the outbox; `names` by the platform's ids of people."""
    messages = [
        _message(row, names) for row in outgoing if row.kind == Kind.MESSAGE and row.state != "cancelled"
    ]
    reminders = [_reminder(ledger, row, names) for row in ledger.reminders.list(code)]
    return sorted((*messages, *reminders), key=lambda each: each.at, reverse=True)


def _message(row: OutboxRow, names: Mapping[str, str]) -> Told:
    return Told(
        at=row.updated_at if row.state == "sent" else row.wanted_at,
        what=row.payload.get("title") or "（内容已清除）",
        to=_person(row.payload.get("to"), names),
        state=words.OUTBOX[row.state],
        tone=words.TONES[row.state],
        why=None if row.state == "sent" else row.error,
    )


def _reminder(ledger: Ledger, row: ReminderRow, names: Mapping[str, str]) -> Told:
    tries = ledger.attempts.of(row.digest) if row.digest else []
    last = tries[-1] if tries else None
    state, tone = _reached(row)
    return Told(
        at=last.started_at if last else row.wanted_at,
        what=f"提醒：{words.duty(row.key.partition(':')[0])}",
        to=_person(row.person, names),
        state=f"{state}（{words.CHANNELS[last.channel]}）" if last and row.outcome == "told" else state,
        tone=tone,
        why=last.error if last and row.outcome is None else None,
    )


def _person(id: str | None, names: Mapping[str, str]) -> str:
    return names.get(id, id) if id else "—"


def _reached(row: ReminderRow) -> tuple[str, str]:
    if row.outcome == "told":
        return "已送达", "good"
    if row.outcome == "rested":
        return "届时已不必提醒", "quiet"
    if not row.person:
        return "没有可提醒的人", "bad"
    return ("发送中" if row.digest else "待发送"), "wait"
