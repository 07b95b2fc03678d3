"""Broken manifests: the starter with one piece replaced, and what must be said of it, where."""

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """`old` → `new` in the starter; `mark` stands in the line that the problem must name (None: `new` itself)."""

    name: str
    old: str
    new: str
    code: str
    pointer: str
    mark: str | None = None
    severity: str = "error"


HIGH = "/limits/high_value_yuan"
OF_HIGH = "{from: 2023-12-01, value: 5000000, source: 歙政办秘〔2023〕63号}"
EMPTY = "    values: []\n"


def values(*entries: str) -> str:
    """The procurement limit with these entries."""
    return "    values:\n" + "".join(f"      - {{{each}}}\n" for each in entries)


PROCUREMENT = "/limits/decentralised_procurement_yuan/values"
TWO = ("from: 2024-01-01, value: 400000, source: 甲", "from: 2025-01-01, value: 500000, source: 乙")

CASES = (
    Broken("unknown section", "\nreadings:", "\nreading:", "UNKNOWN-KEY", "/reading", "\nreading:"),
    Broken("unknown key", "  county: 歙县", "  county: 歙县\n  countyy: 歙县", "UNKNOWN-KEY", "/identity/countyy", "countyy"),
    Broken("unknown policy", "extension_max_months", "extension_months", "UNKNOWN-KEY", "/policy/extension_months"),
    Broken("no version", "manifest_version: 1\n", "", "MISSING", "/manifest_version", "pack: shexian"),
    Broken("a later version", "manifest_version: 1", "manifest_version: 2", "OUT-OF-RANGE", "/manifest_version"),
    Broken("no county", "  county: 歙县\n", "", "MISSING", "/identity/county", "identity:"),
    Broken("blank bureau", "bureau: 歙县数据资源局", 'bureau: "  "', "BLANK", "/identity/bureau"),
    Broken("bureau left open", "bureau: 歙县数据资源局", "bureau:", "NULL", "/identity/bureau"),
    Broken("a number for words", "county: 歙县", "county: 341021", "NOT-TEXT", "/identity/county"),
    Broken("hidden characters", "county: 歙县", 'county: "歙\\u200b县"', "BAD-TEXT", "/identity/county"),
    Broken("small prefix", "code_prefix: SX", "code_prefix: sx", "BAD-FORM", "/identity/code_prefix"),
    Broken("words for a list", "[歙县数据资源局, 歙县财政局]", "歙县财政局", "LIST", "/identity/interpreters"),
    Broken("no day", "valid_until: null", "valid_until: 2028-02-30", "NOT-A-DAY", "/identity/valid_until"),
    Broken("no such pack", "pack: shexian-2023-63", "pack: shexian-2024", "PACK-NOT-FOUND", "/pack"),
    Broken("no such article", "article: 25", "article: 54", "UNKNOWN-ARTICLE", f"{HIGH}/article"),
    Broken("no such item", "article: 20(1)", "article: 20(9)",
           "UNKNOWN-ARTICLE", "/limits/decentralised_procurement_yuan/article"),
    Broken("article in words", "article: 25", "article: 第二十五条", "BAD-ARTICLE", f"{HIGH}/article"),
    Broken("unknown unit", "unit: percent", "unit: 百分比", "NOT-A-CHOICE", "/limits/adjustment_percent/unit"),
    Broken("money in words", "value: 5000000", "value: 500万", "NOT-A-NUMBER", f"{HIGH}/values/0/value"),
    Broken("money in quotes", "value: 5000000", 'value: "5000000"', "NOT-A-NUMBER", f"{HIGH}/values/0/value"),
    Broken("negative money", "value: 5000000", "value: -5000000", "NEGATIVE", f"{HIGH}/values/0/value"),
    Broken("thousandths", "value: 5000000", "value: 5000000.005", "TOO-PRECISE", f"{HIGH}/values/0/value"),
    Broken("half a month", "value: 6,", "value: 6.5,",
           "NOT-A-COUNT", "/limits/acceptance_application_months/values/0/value"),
    Broken("no such day of the year", '"12-31"', '"02-30"',
           "BAD-MONTH-DAY", "/limits/performance_report_month_day/values/0/value"),
    Broken("month and day as a number", '"12-31"', "1231",
           "BAD-MONTH-DAY", "/limits/performance_report_month_day/values/0/value"),
    Broken("no source", OF_HIGH, "{from: 2023-12-01, value: 5000000}", "MISSING", f"{HIGH}/values/0/source"),
    Broken("blank source", OF_HIGH, "{from: 2023-12-01, value: 5000000, source: ''}", "BLANK", f"{HIGH}/values/0/source"),
    Broken("day in quotes", OF_HIGH, "{from: '2023-12-01', value: 1, source: 甲}", "NOT-A-DAY", f"{HIGH}/values/0/from"),
    Broken("day with slashes", OF_HIGH, "{from: 2023/12/1, value: 1, source: 甲}", "NOT-A-DAY", f"{HIGH}/values/0/from"),
    Broken("descending", EMPTY, values(*reversed(TWO)), "NOT-ASCENDING", f"{PROCUREMENT}/1/from", TWO[0]),
    Broken("same day twice", EMPTY, values(TWO[0], TWO[0] + "丙"), "NOT-ASCENDING", f"{PROCUREMENT}/1/from", "甲丙"),
    Broken("overlapping until", EMPTY, values(TWO[0] + ", until: 2025-01-01", TWO[1]),
           "OVERLAP", f"{PROCUREMENT}/1/from", TWO[1]),
    Broken("until before from", EMPTY, values(TWO[0] + ", until: 2023-12-31"),
           "UNTIL-BEFORE-FROM", f"{PROCUREMENT}/0/until", "until: 2023-12-31"),
    Broken("unknown category", EMPTY, values(TWO[0] + ", category: 服务"),
           "NOT-A-CHOICE", f"{PROCUREMENT}/0/category", "category: 服务"),
    Broken("an entry that is no group", EMPTY, "    values: [500000]\n", "GROUP", f"{PROCUREMENT}/0", "[500000]"),
    Broken("a limit left out", "  high_value_yuan:", "  hight_value_yuan:", "LIMIT-MISSING", HIGH, "\nlimits:"),
    Broken("a limit named in Chinese", "  high_value_yuan:", "  高额标准:", "BAD-NAME", "/limits/高额标准"),
    Broken("window closes first", "value: 24,", "value: 6,", "WINDOW",
           "/limits/self_evaluation_closes_months", "  self_evaluation_closes_months:"),
    Broken("unknown reading", "holiday_roll:", "holidays_roll:", "UNKNOWN-KEY", "/readings/holidays_roll"),
    Broken("reading out of its choices", "boundary: upper", "boundary: middle",
           "NOT-A-CHOICE", "/readings/procurement_boundary"),
    Broken("yes for a switch", "om_exempt: false", "om_exempt: no", "NOT-A-FLAG", "/readings/supplement_om_exempt"),
    Broken("enforce misspelt", "  enforce: block", "  enforce: blok", "NOT-A-CHOICE", "/policy/enforce"),
    Broken("enforce as a list", "  enforce: block", "  enforce: [block]", "NOT-A-CHOICE", "/policy/enforce"),
    Broken("unknown rule in enforce", "  enforce: block", "  enforce: {rules: {TRIAL-MONHT: advise}}",
           "UNKNOWN-RULE", "/policy/enforce/rules/TRIAL-MONHT"),
    Broken("enforce of a rule", "  enforce: block", "  enforce: {rules: {TRIAL-MONTH: warn}}",
           "NOT-A-CHOICE", "/policy/enforce/rules/TRIAL-MONTH"),
    Broken("days in words", "days_before: [30, 7, 1]", "days_before: [30, 七]",
           "NOT-A-COUNT", "/policy/reminders/days_before/1"),
    Broken("an hour past the day", "hour: 9", "hour: 24", "OUT-OF-RANGE", "/policy/reminders/hour"),
    Broken("an hour as a time", "hour: 9", "hour: 9:30", "NOT-A-COUNT", "/policy/reminders/hour"),
    Broken("no hours left", "until_hour: 17", "until_hour: 9", "HOURS", "/policy/reminders/until_hour"),
    Broken("an unknown duty", "      self_evaluation: [90", "      self_evalution: [90",
           "UNKNOWN-DUTY", "/policy/reminders/by_duty/self_evalution"),
    Broken("no reminders a minute", "per_minute: 60", "per_minute: 0", "OUT-OF-RANGE", "/policy/reminders/per_minute"),
    Broken("escalation to nobody", "unit_head_after_days", "head_after_days",
           "UNKNOWN-KEY", "/policy/reminders/escalate/head_after_days"),
    Broken("a day that not every year has", '"11-01"', '"02-29"', "BAD-MONTH-DAY", "/policy/rhythm/reports_announced"),
    Broken("a month of thirty days", "collection_opens: null", 'collection_opens: "09-31"',
           "BAD-MONTH-DAY", "/policy/collection_opens"),
    Broken("an unknown channel", "persons: {}", "persons: {u1: {channels: [sms]}}",
           "NOT-A-CHOICE", "/persons/u1/channels/0"),
    Broken("mail to no address", "persons: {}", "persons: {u1: {channels: [email]}}", "EMAIL-MISSING", "/persons/u1"),
    Broken("a line break in an address", "persons: {}", 'persons: {u1: {email: "a@b.cn\\nBcc: c@d.cn"}}',
           "BAD-FORM", "/persons/u1/email"),
    Broken("two dots in an address", "persons: {}", "persons: {u1: {email: zhang..san@b.cn}}", "BAD-FORM", "/persons/u1/email"),
    Broken("a dot before the at", "persons: {}", "persons: {u1: {email: zhangsan.@b.cn}}", "BAD-FORM", "/persons/u1/email"),
    Broken("mail in the clear", "mail: null", "mail: {host: smtp.b.cn, sender: a@b.cn, security: none}",
           "NOT-A-CHOICE", "/mail/security"),
    Broken("a mail server in disguise", "mail: null", "mail: {host: 'smtp.b.cn/x', sender: a@b.cn}", "BAD-FORM", "/mail/host"),
    Broken("a link with a foreign place", "form_link: null", "form_link: '/forms/{record}'", "BAD-FORM", "/platform/form_link"),
    Broken("no days at all", "contract_filing_days: null", "contract_filing_days: 0",
           "OUT-OF-RANGE", "/policy/contract_filing_days"),
    Broken("no scheme", "https://platform.example.gov.cn", "platform.example.gov.cn", "BAD-URL", "/platform/base_url"),
    Broken("password in the address", "https://platform.example", "https://a:b@platform.example",
           "BAD-URL", "/platform/base_url"),
    Broken("no such port", "https://platform.example.gov.cn", "https://platform.example.gov.cn:99999",
           "BAD-URL", "/platform/base_url"),
    Broken("half an IPv6 address", "https://platform.example.gov.cn", "https://[::::]", "BAD-URL", "/platform/base_url"),
    Broken("host not allowed", "allowed_hosts: []", "allowed_hosts: ['https://platform.example.gov.cn']",
           "HOST-NOT-ALLOWED", "/lifecycle/base_url", "https://lifecycle.example.gov.cn"),
    Broken("bad host in the list", "allowed_hosts: []", "allowed_hosts: ['ftp://platform.example.gov.cn']",
           "BAD-URL", "/network/allowed_hosts/0"),
    Broken("another signature", "v1 # v1：", "md5 # v1：", "NOT-A-CHOICE", "/platform/signature"),
    Broken("a key for its name", "secret_env: ZHENGXIANG_WEBHOOK_SECRETS", "secret_env: whsec_QUJDREVGR0g=",
           "LITERAL-SECRET", "/platform/secret_env"),
    Broken("a key in a comment", "# 一次提交", "# whsec_QUJDREVGR0g=", "LITERAL-SECRET", ""),
    Broken("no guidance", "  guidance_text:", "  guidance:", "MISSING", "/classified/guidance_text", "\nclassified:"),
    Broken("a section left empty", "\nplatform:\n  name: standard\n", "\nplatform: standard\nother:\n",
           "GROUP", "/platform", "platform: standard"),
    Broken("no bytes", "body_bytes: 262144", "body_bytes: 0", "OUT-OF-RANGE", "/limits_technical/body_bytes"),
    # doubts
    Broken("plain http", "https://platform.example.gov.cn", "http://platform.example.gov.cn",
           "URL-PLAIN", "/platform/base_url", severity="warning"),
    Broken("mail without a server", "persons: {}", "persons: {u1: {channels: [email], email: a@b.cn}}",
           "NO-MAIL", "/persons/u1", severity="warning"),
    Broken("a year to file", "contract_filing_days: null", "contract_filing_days: 300",
           "UNUSUAL", "/policy/contract_filing_days", severity="warning"),
    Broken("most of the money", "value: 15,", "value: 150,",
           "UNUSUAL", "/limits/adjustment_percent/values/0/value", severity="warning"),
    Broken("nothing for the first month", EMPTY, values(TWO[0]), "LIMIT-GAP", f"{PROCUREMENT}/0/from", TWO[0], "warning"),
    # YAML
    Broken("doubled key", "  county: 歙县", "  county: 歙县\n  county: 黟县", "YAML-DOUBLED-KEY", "/identity/county", "黟县"),
    Broken("anchor", "county: 歙县", "county: &a 歙县", "YAML-ANCHOR", "/identity/county"),
    Broken("alias", "[歙县数据资源局, 歙县财政局]", "[*a]", "YAML-ALIAS", "/identity/interpreters/0"),
    Broken("tag", "county: 歙县", "county: !!str 歙县", "YAML-TAG", "/identity/county"),
    Broken("leading nought", "hour: 9", "hour: 09", "YAML-NUMBER", "/policy/reminders/hour"),
    Broken("syntax", "county: 歙县", "county: 歙县: 局", "YAML-SYNTAX", ""),
    Broken("tab", "\n  county: 歙县", "\n\tcounty: 歙县", "YAML-SYNTAX", ""),
    Broken("too deep", "county: 歙县", "county: " + "[" * 30 + "]" * 30, "YAML-TOO-DEEP", "/identity/county" + "/0" * 18),
)  # fmt: skip
