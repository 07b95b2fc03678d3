"""What people write → exact values: money, dates, numbers, yes and no, text. Tolerant in reading, never rounding, never guessing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = range(2000, 2100)
MAX_DIGITS, MAX_EXPONENT = 30, 20
MAX_MONEY = Decimal("999999999999999.99")  # beyond any budget, and still whole 分 in 64 bits
CENT = Decimal("0.01")
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0x2212: 0x2D,
    0xFFE5: 0xA5,
}
UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
NUMBER = r"[+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,8})?"
MONEY = re.compile(rf"(?:人民币|RMB|¥)?\s*({NUMBER})\s*(亿元|亿|万元|万|元|)\s*[整正]?", re.ASCII)
PLAIN = re.compile(rf"({NUMBER})", re.ASCII)
DAY = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*日?", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
CHINESE_DAY = re.compile(
    r"([〇○零一二三四五六七八九]{4})年(元|[一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
DIGITS = {
    sign: number
    for number, signs in enumerate(("〇○零", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
# controls, bidirectional marks, zero-width marks, line separators, lone surrogates, the sign of a broken encoding, non-characters
BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
BREAKS = re.compile(r"[\n\r\t]")
SHOWN = 60


class Unreadable(ValueError):
    """The value cannot be taken. `code` is stable; `why` ends the sentence an official reads; `remedy` says what would be right."""

    def __init__(self, code: str, why: str, remedy: str) -> None:
        super().__init__(code)
        self.code, self.why, self.remedy = code, why, remedy


def blank(value: Any) -> bool:
    """Null, empty and blanks alone say nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def narrow(value: str) -> str:
    """Full-width digits, letters and signs as half-width ones. Not NFKC: that would read 5² as 52."""
    return value.translate(WIDE).strip()


def shown(value: Any) -> str:
    """The value as a message may show it: short, on one line, with hidden characters spelled out."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, str):
        value = _shown_other(value)
    text = value[: SHOWN + 1]
    text = BREAKS.sub(" ", BAD.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))
    return text if len(value) <= SHOWN else f"{text[:SHOWN]}…"


def _shown_other(value: Any) -> str:
    """What is no text. Nothing is spelled out that could be endless: Python refuses to print an integer of 5000 digits."""
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"超过{MAX_DIGITS}位的整数"
    if isinstance(value, (int, float, Decimal, date)):
        return str(value)
    return f"{len(value)}项内容" if isinstance(value, (list, Mapping)) else "无法识别的内容"


def exact(number: Decimal) -> Decimal | None:
    """The number if it is finite and of a sane size. The size is looked at first: 1E+99999999 hangs in arithmetic."""
    _sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or len(digits) > MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
        return None
    return number


def number(value: Any, pattern: re.Pattern[str] = PLAIN) -> tuple[Decimal, str] | None:
    """A number and its unit. None: not a number of a sane size."""
    if isinstance(value, bool):
        return None
    unit = ""
    if isinstance(value, str):
        found = pattern.fullmatch(narrow(value)) if len(value) <= 2 * SHOWN else None
        if not found:
            return None
        unit = found[2] if pattern is MONEY else ""
        value = found[1].replace(",", "").replace(" ", "")
    elif isinstance(value, float):
        value = repr(value)
    elif isinstance(value, int):
        value = value if abs(value) < 10**MAX_DIGITS else "NaN"
    elif not isinstance(value, Decimal):
        return None
    read = exact(Decimal(value))
    return None if read is None else (read, unit)


def money(value: Any) -> Decimal:
    """Exact yuan with two places. 100万元 and １００万 are read; what is finer than a 分 is refused, not rounded."""
    read = number(value, MONEY)
    if read is None:
        raise Unreadable("NOT-MONEY", "不是确定的金额", "请填写数字，例如 3000000 或 300万元。")
    with localcontext(Context(prec=2 * MAX_DIGITS)):
        yuan = read[0] * UNITS[read[1]]
        if abs(yuan) > MAX_MONEY:
            raise Unreadable("OUT-OF-RANGE", "数额过大", "请核对金额和单位（元、万元、亿元）。")
        cents = yuan.quantize(CENT)
        if cents != yuan:
            raise Unreadable(
                "TOO-MANY-DECIMALS",
                "精确到了分以下",
                "金额最多保留到分（两位小数），请核对后填写，系统不代为取舍。",
            )
        return abs(cents) if cents.is_zero() else cents


def decimal(value: Any) -> Decimal:
    """An exact number; a percent sign may follow."""
    read = number(narrow(value).removesuffix("%") if isinstance(value, str) else value)
    if read is None:
        raise Unreadable("NOT-A-NUMBER", "不是数字", "请填写数字，例如 12 或 12.5。")
    return read[0]


def integer(value: Any) -> int:
    """A whole number; a year may be followed by 年 or 年度. 1.9 is not 1."""
    text = re.sub(r"(?<=^\d{4})年度?$", "", narrow(value)) if isinstance(value, str) else value
    read = number(text)
    if read is None or read[0] != read[0].to_integral_value():
        raise Unreadable("NOT-A-NUMBER", "不是整数", "请填写整数，例如 12。")
    return int(read[0])


def day(value: Any) -> date:
    """A calendar day of this century. An instant with an offset is the day it is in Shanghai."""
    found = _day(narrow(value) if isinstance(value, str) else value)
    if found is None:
        raise Unreadable(
            "NOT-A-DATE", "不是有效的日期", "请按年月日填写实际存在的日期，例如 2026-01-05 或 2026年1月5日。"
        )
    if found.year not in YEARS:
        raise Unreadable("OUT-OF-RANGE", "不在2000年至2099年之间", "请核对年份。")
    return found


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) > SHOWN:
        return None
    text = _from_chinese(value)
    found = DAY.fullmatch(text)
    if found and (found[2], found[4]) in {("-", "-"), ("/", "/"), (".", "."), ("年", "月")}:
        return _valid(found[1], found[3], found[5])
    compact = COMPACT.fullmatch(text)
    if compact:
        return _valid(*compact.groups())
    return _instant(text) if INSTANT.fullmatch(text) else None


def _valid(year: str, month: str, day_of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def _instant(value: str | datetime) -> date | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value.replace(" Z", "Z"))
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def _from_chinese(text: str) -> str:
    """二〇二六年一月五日 with Arabic digits; anything else as it is."""
    found = CHINESE_DAY.fullmatch(text)
    if not found:
        return text
    year = "".join(str(DIGITS[sign]) for sign in found[1])
    return f"{year}-{_below_hundred(found[2])}-{_below_hundred(found[3])}"


def _below_hundred(signs: str) -> int:
    if signs == "元":
        return 1
    tens, ten, ones = signs.rpartition("十")
    return (DIGITS[tens[0]] if tens else 1) * 10 * bool(ten) + (DIGITS[ones[0]] if ones else 0)


YES_NO: Mapping[str, bool] = {"是": True, "true": True, "否": False, "false": False}


def yes_no(value: Any) -> bool:
    """Yes or no, said explicitly."""
    if isinstance(value, bool):
        return value
    answer = YES_NO.get(narrow(value).lower()) if isinstance(value, str) else None
    if answer is None:
        raise Unreadable("NOT-YES-NO", "不是“是”或“否”", "请选择“是”或“否”。")
    return answer


def text(value: Any, max_length: int, *, lines: bool) -> str:
    """Trimmed text without hidden characters. A whole number is taken as its digits: phone numbers, codes."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_DIGITS:
        value = str(value)
    if not isinstance(value, str):
        raise Unreadable("NOT-TEXT", "不是文字", "请填写文字。")
    clean = value.strip().replace("\r\n", "\n").replace("\r", "\n")
    if len(clean) > max_length:
        raise Unreadable(
            "TOO-LONG", f"有{len(clean)}个字，超过{max_length}个字", f"请压缩到{max_length}个字以内。"
        )
    if BAD.search(clean):
        raise Unreadable(
            "BAD-CHARACTERS",
            "含有看不见的控制字符或者乱码",
            "请删除后重新输入，不要从网页或者其他文件直接粘贴。",
        )
    if not lines and BREAKS.search(clean):
        raise Unreadable("BAD-CHARACTERS", "含有换行或者制表符", "本栏只能填写一行，请删除换行。")
    return clean
