"""The sections of manifest.yaml: which names there are, what each takes, what it means (Chinese)."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

from marshmallow import fields

from plugin.manifest.enforcing import Enforce
from plugin.manifest.fields import (
    Anything,
    Article,
    Choice,
    Count,
    Day,
    Flag,
    Number,
    Section,
    Share,
    Text,
    Value,
)
from plugin.manifest.groups import Items, Part, Table
from plugin.manifest.model import TechnicalLimits
from plugin.manifest.reminding import (
    ENVIRONMENT,
    MailSection,
    MonthDay,
    PersonSection,
    RemindersSection,
    RhythmSection,
)
from plugin.platforms.signing import SCHEMES
from plugin.regulation.calendar import Roll
from plugin.regulation.readings import Readings

UNITS = ("yuan", "percent", "months", "month_day", "count", "days", "working_days")
SIGNATURES = {name: row.meaning for name, row in SCHEMES.items()}
NAME = r"\S(?:.{0,98}\S)?"  # of a unit, or a person's on the platform, in any script
START_EVENTS = ("tender_start", "contract_filing", "implementation_start")
READING_CHOICES: dict[str, tuple[str, ...]] = {
    "procurement_boundary": ("upper", "lower"),
    "procurement_category": ("goods", "services", "works"),
    "investment_base": ("total_incl_fees", "total_excl_fees"),
    "co_built_base": ("county_portion", "total"),
    "start_events": START_EVENTS,
    "sharing_chapter_in_scheme": ("warn", "block", "off"),
    "adjustment_basis": ("cumulative_gross", "single_gross", "single_net"),
    "holiday_roll": tuple(Roll),
    "trial_operation_unit": ("month", "days30"),
    "half_year_unit": ("months", "days183"),
    "restriction_scope": ("unit", "system"),
    "video_gate_steps": Readings().video_gate_steps,
}


def zh(text: str) -> dict[str, str]:
    """What an editor shows beside the name."""
    return {"zh": text}


def texts(meaning: str, inner: fields.Field[Any] | None = None, **kwargs: Any) -> Items:
    return Items(inner or Text(), metadata=zh(meaning), **kwargs)


class Identity(Section):
    county = Text(required=True, metadata=zh("县（区、单位）名称"))
    bureau = Text(required=True, metadata=zh("数据资源局名称"))
    code_prefix = Text(
        required=True, pattern="[A-Z][A-Z0-9]{0,7}", example="SX", metadata=zh("项目编码前缀，大写字母")
    )
    interpreters = texts("有权解释本办法的部门", load_default=list)
    legal_basis = texts("制定依据", load_default=list)
    valid_until = Day(allow_none=True, load_default=None, metadata=zh("有效期止；没有规定的填 null"))


class LimitEntry(Section):
    since = Day(required=True, data_key="from", metadata=zh("起始日期（含当日）"))
    value = Number(required=True, metadata=zh("数值；单位见 unit"))
    source = Text(required=True, example="某政办〔2026〕1号", metadata=zh("依据的文号"))
    until = Day(allow_none=True, load_default=None, metadata=zh("截止日期（含当日），通常不填"))
    category = Choice(
        "goods", "services", "works", allow_none=True, load_default=None, metadata=zh("采购类别")
    )


class LimitSection(Section):
    label = Text(required=True, metadata=zh("中文名称"))
    article = Article(required=True, metadata=zh("条款：条写 25，款或项写 39(1)"))
    unit = Choice(*UNITS, required=True, metadata=zh("单位"))
    values = Items(Part(LimitEntry), required=True, metadata=zh("按起始日期先后排列；后一条生效时前一条失效"))


def _reading(name: str, default: Any) -> Value | Items:
    choices = READING_CHOICES.get(name)
    one: Value = Choice(*choices) if choices else Text()
    if isinstance(default, bool):
        return Flag()
    if isinstance(default, tuple):
        return Items(one)
    if isinstance(default, float):
        return Share()
    return one


ReadingsSection = Section.from_dict(
    {each.name: _reading(each.name, each.default) for each in fields_of(Readings)}
)


class Retries(Section):
    max_attempts = Count(1, 100, load_default=12, metadata=zh("外发失败后最多尝试几次"))


class PolicySection(Section):
    contract_filing_days = Count(
        1, 365, allow_none=True, load_default=None, metadata=zh("合同备案天数；办法未规定")
    )
    contract_filing_unit = Choice(
        "working_days", "calendar_days", load_default="working_days", metadata=zh("合同备案天数的单位")
    )
    acceptance_filing_days = Count(
        1, 365, allow_none=True, load_default=None, metadata=zh("验收报告备案天数；办法未规定")
    )
    plan_filing_days = Count(
        1, 365, allow_none=True, load_default=None, metadata=zh("年度计划备案天数；办法未规定")
    )
    extension_max_months = Count(
        1, 60, allow_none=True, load_default=None, metadata=zh("延期验收最多几个月；办法未规定")
    )
    collection_opens = MonthDay(
        allow_none=True, load_default=None, metadata=zh("需求征集开始的月日，如 10-01；全年征集填 null")
    )
    collection_closes = MonthDay(
        allow_none=True, load_default=None, metadata=zh("需求征集截止的月日（含当日）")
    )
    collection_year = Count(2023, 2099, allow_none=True, load_default=None, metadata=zh("正在征集的年度"))
    enforce = Enforce(load_default=lambda: ("block", {}), metadata=zh("block：拦截；advise：只提示不拦截"))
    reminders = Part(RemindersSection, load_default=lambda: RemindersSection().load({}), metadata=zh("提醒"))
    rhythm = Part(
        RhythmSection, load_default=lambda: RhythmSection().load({}), metadata=zh("一年中的固定日子")
    )
    retries = Part(Retries, load_default=lambda: Retries().load({}), metadata=zh("重试"))


class Remote(Section):
    base_url = Text(required=True, example="https://platform.example.gov.cn", metadata=zh("接口地址"))
    secret_env = Text(
        required=True,
        pattern=ENVIRONMENT,
        example="ZHENGXIANG_WEBHOOK_SECRETS",
        metadata=zh("存放密钥的环境变量名"),
    )
    signature = Choice(
        *SIGNATURES,
        load_default="v1",
        metadata=zh("签名方式。" + "；".join(f"{name}：{meaning}" for name, meaning in SIGNATURES.items())),
    )


class PlatformSection(Remote):
    name = Text(
        pattern="[a-z][a-z0-9_]{1,30}",
        example="standard",
        load_default="standard",
        metadata=zh("低代码平台的适配器：standard、nocobase、jiandaoyun，或另行安装的适配器"),
    )
    token_env = Text(
        pattern=ENVIRONMENT,
        example="ZHENGXIANG_PLATFORM_TOKEN",
        allow_none=True,
        load_default=None,
        metadata=zh("存放平台接口令牌的环境变量名；平台不用令牌的不填"),
    )
    form_link = Text(
        pattern=r"(?:https?://[^\s{}]+)?/(?:[^\s{}]|\{form\}|\{project_code\})*",
        example="/forms/{form}?project_code={project_code}",
        longest=500,
        allow_none=True,
        load_default=None,
        metadata=zh(
            "填报页面的地址，{form}、{project_code} 处换成表单和项目编码；以 / 开头的接在 base_url 后面"
        ),
    )
    options = Table(Anything(), load_default=dict, metadata=zh("适配器自己的选项，见该适配器的说明"))


class Network(Section):
    allowed_hosts = texts("允许外发的地址；不填则只许上面两个系统的地址", load_default=list)
    ca_bundle = Text(allow_none=True, load_default=None, metadata=zh("自备的根证书文件"))


class CalendarSection(Section):
    corrections = Text(load_default="calendar.d", metadata=zh("节假日补充文件所在目录"))


class Classified(Section):
    guidance_text = Text(required=True, longest=2000, metadata=zh("涉密项目的告知文字"))


TechnicalSection = Section.from_dict(
    {each.name: Count(1, 2**30, load_default=each.default) for each in fields_of(TechnicalLimits)}
)


class ManifestSchema(Section):
    manifest_version = Count(1, 1, required=True, metadata=zh("参数文件的格式版本，填 1"))
    pack = Text(required=True, metadata=zh("规则包：随附的名称，或文件路径"))
    identity = Part(Identity, required=True, metadata=zh("本地信息"))
    limits = Table(Part(LimitSection), required=True, metadata=zh("办法规定的各项标准"))
    readings = Part(ReadingsSection, load_default=dict, metadata=zh("解释口径"))
    policy = Part(
        PolicySection, load_default=lambda: PolicySection().load({}), metadata=zh("本局自定的管理习惯")
    )
    units = Table(Items(Text()), NAME, load_default=dict, metadata=zh("更名、合并的单位：现名到曾用名"))
    people = Table(Text(), NAME, load_default=dict, metadata=zh("人员变动：原用户名到接任者用户名"))
    unit_heads = Table(
        Items(Text()), NAME, load_default=dict, metadata=zh("单位负责人：单位名称到平台用户名")
    )
    persons = Table(
        Part(PersonSection),
        NAME,
        load_default=dict,
        metadata=zh("个人的提醒渠道：平台用户名到渠道和地址；不写的只收平台消息"),
    )
    recipients = Table(Items(Text()), load_default=dict, metadata=zh("各事项或角色的接收人"))
    platform = Part(PlatformSection, required=True, metadata=zh("低代码平台"))
    lifecycle = Part(Remote, required=True, metadata=zh("信息化项目全生命周期管理系统"))
    mail = Part(
        MailSection, allow_none=True, load_default=None, metadata=zh("邮件服务器；不用电子邮件的不写")
    )
    network = Part(Network, load_default=lambda: Network().load({}), metadata=zh("网络"))
    calendar = Part(CalendarSection, load_default=lambda: CalendarSection().load({}), metadata=zh("节假日"))
    classified = Part(Classified, required=True, metadata=zh("涉密项目"))
    limits_technical = Part(
        TechnicalSection, load_default=lambda: TechnicalSection().load({}), metadata=zh("技术上限")
    )
