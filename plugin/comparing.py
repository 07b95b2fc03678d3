"""What we filed against what the life-cycle system holds, for one project. Pure: each difference, and how it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from plugin.filings import SENT, content_of, settled
from plugin.ledger import Difference, OutboxRow
from plugin.letters import OUT, letter_no
from plugin.lifecycle import Held, digest_of


class Kind(StrEnum):
    MISSING = "missing"
    UNRECORDED = "unrecorded"
    EXTRA = "extra"
    DIFFERENT = "different"
    UNDELIVERED = "undelivered"
    UNCHECKED = "unchecked"


LABELS = {
    Kind.MISSING: "对方缺少",
    Kind.UNRECORDED: "回执未入账",
    Kind.EXTRA: "对方多余",
    Kind.DIFFERENT: "两边不一致",
    Kind.UNDELIVERED: "没有送达",
    Kind.UNCHECKED: "未能核对",
}
SEND_AGAIN, RECORD_RECEIPT = "send_again", "record_receipt"
VOID = "请通知对方注明作废。"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference. `repair` of the row `id` where the ledger is the authority; None where a person decides."""

    kind: Kind
    key: str
    message: str
    repair: str | None = None
    id: int = 0

    def of(self, project_code: str) -> Difference:
        return Difference(project_code, self.key, self.kind, self.message, self.repair is None)


def compare(
    ours: Iterable[OutboxRow], theirs: Iterable[Held], stands: Callable[[OutboxRow], bool]
) -> list[Finding]:
    """`ours` are the filings of the outbox, read before `theirs`; `stands` says whether a row's paper still does."""
    ours = list(ours)
    there: dict[str, list[Held]] = {}
    for each in theirs:
        there.setdefault(each.key, []).append(each)
    found = [finding for row in ours for finding in _of_row(row, there.pop(row.key, []), stands)]
    return found + [_unknown(each) for lines in there.values() for each in lines]


def _of_row(row: OutboxRow, lines: list[Held], stands: Callable[[OutboxRow], bool]) -> Iterator[Finding]:
    if len(lines) > 1:
        numbers = "、".join(each.receipt_no for each in lines)
        yield Finding(
            Kind.DIFFERENT,
            row.key,
            f"对方以同一编号收了{len(lines)}份（回执{numbers}）。请与对方核对，只留一份。",
        )
        return
    line = lines[0] if lines else None
    if row.state == "sent":
        yield from _sent(row, line, stands)
    elif line is None:
        if row.state == "dead" and not row.superseded and row.payload:
            how = f"请改正原表单后重新提交，或者核对后重新发送（编号{letter_no(OUT, row.id)}）。"
            yield Finding(Kind.UNDELIVERED, row.key, f"{row.error or '没有记下原因。'}{how}")
    elif not row.payload:
        yield Finding(Kind.EXTRA, row.key, f"原表单已按涉密要求清除，对方仍有这份备案（{_no(line)}）。{VOID}")
    elif row.state == "cancelled" or row.superseded:
        yield Finding(Kind.EXTRA, row.key, f"这一版已由后来的内容代替，对方却已收下（{_no(line)}）。{VOID}")
    elif line.digest == _digest(row, line):
        said = f"对方已收到（{_no(line)}），台账没有回执。已补记。"
        yield Finding(Kind.UNRECORDED, row.key, said, RECORD_RECEIPT, row.id)
    else:
        yield Finding(Kind.DIFFERENT, row.key, _other_content(line, "这一版尚未确认送达"))


def _sent(row: OutboxRow, line: Held | None, stands: Callable[[OutboxRow], bool]) -> Iterator[Finding]:
    receipt = row.receipt or {}
    number = receipt.get("receipt_no")
    if line is None:
        if row.payload and stands(row):
            said = f"台账中已备案（回执{number}），对方没有。已重新排队报送。"
            yield Finding(Kind.MISSING, row.key, said, SEND_AGAIN, row.id)
    elif line.receipt_no != number:
        said = f"对方的回执编号是{line.receipt_no}，台账中是{number}。请与对方核对后以一个为准。"
        yield Finding(Kind.DIFFERENT, row.key, said)
    elif line.digest != receipt.get("digest"):
        yield Finding(Kind.DIFFERENT, row.key, _other_content(line, "台账保存的是报送时的内容"))
    elif not row.payload:
        yield Finding(Kind.EXTRA, row.key, f"原表单已按涉密要求清除，对方仍有这份备案（{_no(line)}）。{VOID}")
    elif not stands(row):
        yield Finding(Kind.EXTRA, row.key, f"原表单已删除或者退回，对方仍有这份备案（{_no(line)}）。{VOID}")


def _unknown(line: Held) -> Finding:
    said = f"对方有这份备案（{_no(line)}），台账没有。请与对方核对来源；误报的，{VOID}"
    return Finding(Kind.EXTRA, line.key, said)


def _other_content(line: Held, ours: str) -> str:
    return (
        f"对方保存的内容与台账不一致（{_no(line)}，{ours}）。"
        "请与对方核对是谁改动的；以台账为准的，请在原表单上更正，系统会报送新的一版。"
    )


def _no(line: Held) -> str:
    return f"回执{line.receipt_no}"


def _digest(row: OutboxRow, line: Held) -> str:
    """Of what this row sent, or would have: then what it replaces is the other side's word."""
    sent = row.payload.get(SENT) or settled(row.payload, (), line.supersedes)
    return digest_of(content_of(row.payload, row.key, row.revision, sent))
