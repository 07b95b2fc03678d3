"""Whom to tell, and in which words, that a filing was refused or could not be delivered. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugin.filings import ABOUT
from plugin.ledger import Kind, OutboxItem, Outgoing
from plugin.letters import OUT, letter_no

TITLE_CHARS = 100  # docs/platform-api.yaml
TEXT_CHARS = 5000


def about_undelivered(
    item: OutboxItem, why: str, *, refused: bool, platform: str, people: Iterable[str], now: datetime
) -> tuple[str, list[Outgoing]]:
    """Scope and messages. `platform`: where these people read them. The same reason for the same revision is said once, however often it is tried again."""
    about = item.payload[ABOUT]
    message = {
        "platform": platform,
        **_words(item, why, refused=refused),
        "form": about["form"],
        "record": about["record"] if about["platform"] == platform else None,
    }
    lane = f"{item.project_code}:{platform}:message"
    wanted = [
        Outgoing(
            kind=Kind.MESSAGE,
            subject=f"message:undelivered:{item.key}:{person}",
            lane=lane,
            project_code=item.project_code,
            due_at=now,
            payload={**message, "to": person},
        )
        for person in dict.fromkeys(people)
    ]
    # the record in the scope, so that a purge of it finds these words too
    return f"undelivered:{about['platform']}:{about['record']}:{item.key}", wanted


def _words(item: OutboxItem, why: str, *, refused: bool) -> dict[str, str]:
    payload, no = item.payload, letter_no(OUT, item.id)
    filing = f"{payload['step_title']}——{payload['project_name'] or payload['project_code']}"
    name = f"“{payload['project_name']}”" if payload["project_name"] else ""
    what = (
        f"{payload['project_code']}{name}的{payload['step_title']}"
        f"（发生日期{payload['happened_on']}，第{item.revision}版）"
    )
    return {
        "title": f"{'备案未被接收' if refused else '备案未送达'}：{filing}"[:TITLE_CHARS],
        "text": (_refused if refused else _unreached)(what, why, no)[:TEXT_CHARS],
    }


def _refused(what: str, why: str, no: str) -> str:
    return (
        f"{what}没有被全生命周期管理系统接收。对方的说明：{why}"
        f"请在原表单上改正后重新提交，系统会自动报送新的一版；内容无误的，请数据资源局与对方核对，"
        f"由运维人员重新发送（编号{no}）。"
    )


def _unreached(what: str, why: str, no: str) -> str:
    return (
        f"{what}多次尝试后仍没有送达全生命周期管理系统。最后一次的情况：{why}"
        f"请运维人员检查网络和对方系统，恢复后重新发送（编号{no}）。填报人不需要重新提交。"
    )
