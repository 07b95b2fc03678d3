"""The sections about reminders: when, to whom, through what. What they take, what they mean, how they become settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from plugin.manifest.fields import Choice, Count, Section, Text, refuse
from plugin.manifest.groups import Items, Part, Table
from plugin.manifest.model import MailSettings, PersonSettings, Reminders, Rhythm
from plugin.reminders import DUTIES
from plugin.strict_yaml import Document, pointer_to

ENVIRONMENT = "[A-Z][A-Z0-9_]{2,80}"
HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+"
CHANNELS = ("platform", "email")
PORTS = {"tls": 465, "starttls": 587}
LONGEST_DAYS = 365


def _zh(text: str) -> dict[str, str]:
    return {"zh": text}


class MonthDay(Text):
    """A day of every year, as 12-31. 29 February is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pattern="(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", example='"12-31"', **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        try:
            date.fromisoformat(f"2023-{text}")
        except ValueError:
            refuse("BAD-MONTH-DAY", f"“{text}”不是每年都有的日子。", "请写成 12-31 的样子。")
        return text


class EscalateSection(Section):
    unit_head_after_days = Count(
        1,
        LONGEST_DAYS,
        allow_none=True,
        load_default=7,
        metadata=_zh("逾期几天后同时提醒单位负责人；null 不提醒"),
    )
    data_bureau_after_days = Count(
        1,
        LONGEST_DAYS,
        allow_none=True,
        load_default=14,
        metadata=_zh("逾期几天后同时提醒数据资源局；null 不提醒"),
    )


class RemindersSection(Section):
    days_before = Items(
        Count(0, LONGEST_DAYS),
        load_default=lambda: [30, 7, 1],
        metadata=_zh("到期前几天提醒；到期当天总会提醒"),
    )
    by_duty = Table(Items(Count(0, LONGEST_DAYS)), load_default=dict, metadata=_zh("个别事项另定的提醒天数"))
    hour = Count(0, 23, load_default=9, metadata=_zh("从几点起发送（时，北京时间）；只在工作日发送"))
    until_hour = Count(1, 24, load_default=17, metadata=_zh("到几点为止；没有发完的下一个工作日再发"))
    overdue_every_days = Count(
        1,
        LONGEST_DAYS,
        allow_none=True,
        load_default=7,
        metadata=_zh("逾期后每隔几天提醒一次；null 只提醒一次"),
    )
    undated_every_days = Count(
        1,
        LONGEST_DAYS,
        allow_none=True,
        load_default=30,
        metadata=_zh("办法没有规定期限的事项每隔几天提醒一次；null 不提醒"),
    )
    escalate = Part(
        EscalateSection, load_default=lambda: EscalateSection().load({}), metadata=_zh("逾期后逐级提醒")
    )
    per_minute = Count(1, 6000, load_default=60, metadata=_zh("每分钟最多发出几条提醒"))


class RhythmSection(Section):
    reports_announced = MonthDay(
        allow_none=True, load_default="11-01", metadata=_zh("从哪天起提醒年度绩效评价报告（第三十五条）")
    )
    validity_check = MonthDay(
        allow_none=True, load_default="03-01", metadata=_zh("没有写明有效期时，每年提醒数据资源局核对的日子")
    )
    plan_rollover = MonthDay(
        allow_none=True,
        load_default="12-01",
        metadata=_zh("每年提醒数据资源局清理年度计划的日子（第十二、十五条）"),
    )
    security_test = MonthDay(
        allow_none=True,
        load_default=None,
        metadata=_zh("每年提醒安全检测与风险评估的日子（第三十二条未定周期）"),
    )


class PersonSection(Section):
    channels = Items(
        Choice(*CHANNELS),
        load_default=lambda: ["platform"],
        metadata=_zh("按先后使用的渠道：前一个不通时用后一个，最后总是平台消息"),
    )
    email = Text(
        pattern=ADDRESS,
        example="zhangsan@example.gov.cn",
        longest=254,
        allow_none=True,
        load_default=None,
        metadata=_zh("电子邮件地址"),
    )


class MailSection(Section):
    host = Text(required=True, pattern=HOST, example="smtp.example.gov.cn", metadata=_zh("邮件服务器"))
    port = Count(
        1, 65535, allow_none=True, load_default=None, metadata=_zh("端口；不填时 tls 为 465，starttls 为 587")
    )
    security = Choice(*PORTS, load_default="tls", metadata=_zh("加密方式：tls 或 starttls；不加密的不发"))
    sender = Text(
        required=True, pattern=ADDRESS, example="zhengxiang@example.gov.cn", metadata=_zh("发件人地址")
    )
    secret_env = Text(
        pattern=ENVIRONMENT,
        example="ZHENGXIANG_MAIL_LOGIN",
        allow_none=True,
        load_default=None,
        metadata=_zh("存放“用户名:密码”的环境变量名；服务器不要求登录的不填"),
    )


def settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """What these sections add to a manifest, by the names of its fields."""
    policy, mail = data["policy"], data.get("mail")
    reminders = {**policy["reminders"], "days_before": tuple(policy["reminders"]["days_before"])}
    above = reminders.pop("escalate")
    days = {"unit_head": above["unit_head_after_days"], "data_bureau": above["data_bureau_after_days"]}
    reminders["escalate"] = tuple((role, after) for role, after in days.items() if after is not None)
    reminders["by_duty"] = {duty: tuple(each) for duty, each in reminders["by_duty"].items()}
    return {
        "reminders": Reminders(**reminders),
        "rhythm": Rhythm(**policy["rhythm"]),
        "unit_heads": {unit: tuple(heads) for unit, heads in data["unit_heads"].items()},
        "persons": {
            id: PersonSettings(tuple(each["channels"]), each["email"]) for id, each in data["persons"].items()
        },
        "mail": MailSettings(**{**mail, "port": mail["port"] or PORTS[mail["security"]]}) if mail else None,
    }


def check(document: Document, data: Mapping[str, Any]) -> None:
    """What one value alone cannot tell. `data` may lack what the shape refused."""
    reminders = (data.get("policy") or {}).get("reminders") or {}
    hour, until = reminders.get("hour"), reminders.get("until_hour")
    if hour is not None and until is not None and hour >= until:
        message = f"{hour}点开始、{until}点结束，没有可以发送的时间。"
        document.report(
            "/policy/reminders/until_hour",
            "HOURS",
            message,
            "结束的钟点（until_hour）应晚于开始的钟点（hour）。",
        )
    for duty in _unknown_duties(reminders.get("by_duty") or {}):
        near = get_close_matches(duty, DUTIES, 1)
        hint = f"是否想写“{near[0]}”？" if near else f"可用的名称：{'、'.join(DUTIES)}。"
        place = pointer_to("/policy/reminders/by_duty", duty)
        document.report(place, "UNKNOWN-DUTY", f"没有名为“{duty}”的应办事项。", hint, at_key=True)
    for id, person in (data.get("persons") or {}).items():
        _reachable(document, pointer_to("/persons", id), person or {}, bool(data.get("mail")))


def _unknown_duties(by_duty: Mapping[str, Any]) -> Iterator[str]:
    return (duty for duty in by_duty if duty not in DUTIES)


def _reachable(document: Document, pointer: str, person: Mapping[str, Any], mail: bool) -> None:
    """Whoever is written to has an address, and the county a mail server."""
    if "email" not in (person.get("channels") or ()):
        return
    if not person.get("email"):
        document.report(
            pointer, "EMAIL-MISSING", "选择了电子邮件，没有写地址。", "请补上 email，或去掉这个渠道。"
        )
    if not mail:
        message = "没有设置邮件服务器（mail），这个渠道不起作用，提醒改走其他渠道。"
        document.report(pointer, "NO-MAIL", message, "请设置 mail，或去掉这个渠道。", severity="warning")
