"""The Chinese of the pages: states, standings, duties, kinds, what an audit entry says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forms.definition import load_forms
from plugin.clock import SHANGHAI
from plugin.ledger import CONSOLE, IMPORTED
from plugin.ledger.lists import COUNTED
from plugin.regulation.states import NAMES as STATES
from plugin.regulation.wording import money as in_words
from plugin.reminders import DUTIES, WEEKDAYS

PHASES: Mapping[str, tuple[str, ...]] = {
    "需求与计划": ("none", "demand_submitted", "project_pool", "planned", "supplement", "supplemented"),
    "方案审批": ("in_review", "design_review", "approved"),
    "采购": ("requirement_review", "tendering"),
    "建设": ("implementing", "adjustment_review", "completed"),
    "验收": (
        "preliminary_accepted", "trial_operation", "trial_done", "acceptance_applied", "acceptance_organised",
        "acceptance_failed", "accepted",
    ),
    "运行与评价": ("operating", "self_evaluated", "closed"),
}  # fmt: skip
SUPERVISION: Mapping[str, str] = {
    "normal": "正常",
    "rectifying": "整改中",
    "overdue": "整改逾期",
    "criticised": "已通报批评",
    "funds_or_plan_suspended": "暂停计划或资金",
    "project_suspended": "暂停建设",
    "terminated": "终止",
}
KINDS: Mapping[str, str] = {
    "new": "新建",
    "upgrade": "升级",
    "operation_maintenance": "运维",
    "purchase_of_service": "政府购买服务",
}
STANDINGS: Mapping[str, str] = {
    "taken": "已受理",
    "returned": "已退回",
    "awaiting_override": "待核准",
    "unattached": "待关联项目",
}
TONES: Mapping[str, str] = {
    "taken": "good", "returned": "bad", "awaiting_override": "wait", "unattached": "wait", "open": "plain",
    "fulfilled": "good", "cancelled": "quiet", "pending": "wait", "leased": "wait", "sent": "good", "dead": "bad",
    "done": "good", "purged": "quiet", "allow": "good", "route": "good", "warn": "wait", "block": "bad",
}  # fmt: skip
DECISIONS: Mapping[str, str] = {
    "allow": "符合规定",
    "warn": "符合规定，有提示",
    "route": "符合规定，须转报",
    "block": "不符合规定",
}
EFFECTS: Mapping[str, str] = {
    "block": "必须改正",
    "overridable_block": "须经核准",
    "warn": "请注意",
    "late": "已逾期",
    "info": "提示",
}
DUTY_STATES: Mapping[str, str] = {"open": "未办", "fulfilled": "已办", "cancelled": "已取消"}
OUTBOX: Mapping[str, str] = {
    "pending": "待发送",
    "leased": "发送中",
    "sent": "已送达",
    "cancelled": "已撤回",
    "dead": "送达失败",
}
OUTGOING: Mapping[str, str] = {
    "writeback": "结论写回",
    "message": "消息",
    "reminder": "到期提醒",
    "filing": "备案",
}
CHANNELS: Mapping[str, str] = {"platform": "平台消息", "email": "电子邮件"}
ATTACHMENTS: Mapping[str, str] = {"open": "待取回", "stored": "已取回", "refused": "未能取回"}
INBOX: Mapping[str, str] = {"open": "待处理", "done": "已处理", "dead": "处理失败", "purged": "涉密，已清除"}
OUTCOMES: Mapping[str, str] = {
    "taken": "已受理",
    "unchanged": "内容未变",
    "recorded": "仅记录",
    "nothing_stored": "没有可存内容",
}
SOURCES: Mapping[str, str] = {CONSOLE: "控制台", IMPORTED: "导入文件"}  # of records that no platform holds
PLATFORMS: Mapping[str, str] = {"standard": "填报平台", "nocobase": "NocoBase", "jiandaoyun": "简道云"}
EVENTS: Mapping[str, str] = {
    "created": "新建",
    "updated": "修改",
    "deleted": "删除",
    "restored": "恢复",
    "other": "其他",
}
ACTORS: Mapping[str, str] = {"system": "系统", "platform": "填报平台"}


def duty(name: str) -> str:
    return DUTIES.get(name, name)


def form_title(name: str) -> str:
    forms = load_forms()
    return forms[name].title if name in forms else name


def moment(value: datetime | str | None) -> str:
    """An instant as an official reads it, Beijing time."""
    if value is None:
        return "—"
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{read.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def day(value: date | str | None) -> str:
    """2026-03-10（周二）."""
    if value is None:
        return "—"
    read = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{read}（周{WEEKDAYS[read.weekday()]}）"


def money(value: Decimal | str | int | None) -> str:
    """500万元, 52.35万元, 1,234.50元."""
    return "—" if value is None else in_words(Decimal(value))


def size(count: int) -> str:
    """Of a file."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(1, count // 1024)} KB"


def counted(count: int) -> str:
    """How many, as far as lists are counted."""
    return "超过1万" if count > COUNTED else f"{count:,}"


def distance(last: date | None, today: date) -> str:
    """How far off a day is."""
    if last is None:
        return "未定期限"
    days = (last - today).days
    return f"还有{days}天" if days > 0 else "今天到期" if days == 0 else f"逾期{-days}天"


def nearness(last: date | None, today: date) -> str:
    """Which colour goes with it."""
    if last is None:
        return "quiet"
    days = (last - today).days
    return "bad" if days < 0 else "wait" if days <= 30 else "plain"


def as_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def source(platform: str) -> str:
    """Where a record was filled in."""
    return SOURCES.get(platform) or PLATFORMS.get(platform, f"平台 {platform}")


def actor(name: str) -> str:
    return ACTORS.get(name, name)


def filters() -> Mapping[str, Any]:
    """For the templates."""
    return {
        "state": lambda name: STATES.get(name, name),
        "duty": duty,
        "form_title": form_title,
        "moment": moment,
        "day": day,
        "money": money,
        "size": size,
        "counted": counted,
        "tone": lambda name: TONES.get(name, "plain"),
        "actor": actor,
    }
