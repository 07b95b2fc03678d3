"""Dead letters: what was given up, in and out, until a person has mended the cause and replays it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from plugin.errors import PluginError
from plugin.ledger import InboxItem, Ledger, OutboxRow

OUT, IN = "O", "I"
_NO = re.compile(r"([OIoi]?)([0-9]{1,18})")
KINDS = {"writeback": "写回结论", "message": "消息", "reminder": "到期提醒", "filing": "备案"}


class NoSuchLetter(PluginError):
    """The number names no dead letter: which, and where to look (Chinese)."""

    code = "NO_SUCH_LETTER"


@dataclass(frozen=True, slots=True)
class Letter:
    """`no` is how a person names it."""

    no: str
    kind: str
    project_code: str
    what: str
    why: str
    since: datetime


def letter_no(direction: str, id: int) -> str:
    """O12 of the outbox, I7 of the inbox."""
    return f"{direction}{id}"


def dead_letters(ledger: Ledger) -> Iterator[Letter]:
    """What came in first, then what should have left; each the oldest first."""
    for item, error in ledger.inbox.dead_letters():
        yield _came_in(item, error)
    for row in ledger.outbox.list(state="dead"):
        yield _should_leave(row)


def replay(ledger: Ledger, no: str, now: datetime, by: str) -> str:
    """Try one again, at the next tick. A bare number is one of the outbox. Returns its number as we write it."""
    match = _NO.fullmatch(no)
    if match is None:
        raise NoSuchLetter(f"“{no}”不是死信编号。编号形如 O12、I7，运行 zhengxiang jobs dead 可列出全部。")
    direction, id = match[1].upper() or OUT, int(match[2])
    known = ledger.inbox.replay(id, now, by) if direction == IN else ledger.outbox.replay(id, now, by)
    if not known:
        raise NoSuchLetter(
            f"没有编号为{letter_no(direction, id)}的死信：可能已经重发，或者已由新的内容代替。"
        )
    return letter_no(direction, id)


def _came_in(item: InboxItem, error: str) -> Letter:
    what = f"{item.form} {item.record}"
    return Letter(letter_no(IN, item.id), "受理提交", "", what, f"程序错误 {error}", item.received_at)


def _should_leave(row: OutboxRow) -> Letter:
    payload = row.payload
    digest = f"发给{payload['person']}的{row.subject.split(':')[1]}提醒" if "person" in payload else None
    what = (
        digest
        or payload.get("step_title")
        or payload.get("title")
        or payload.get("duty")
        or payload.get("record")
    )
    return Letter(
        no=letter_no(OUT, row.id),
        kind=KINDS[row.kind],
        project_code=row.project_code or "",
        what=f"{what or row.key}（第{row.revision}版）",
        why=row.error or "",
        since=row.updated_at,
    )
