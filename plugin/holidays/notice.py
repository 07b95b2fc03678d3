"""The State Council's notice as text → days off and days worked, or everything in it that does not fit.

Two kinds: the yearly notice (关于2026年部分节假日安排的通知), whose numbered items name every holiday, and one that changes
single days of a year already announced (2015, 2019, 2020). Every clause that names a day must be understood, every weekday
and every number of days must be right: a notice is never read halfway.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from plugin.errors import PluginError
from plugin.regulation.calendar import ONE_DAY

WEEKDAYS = "一二三四五六日"
STATUTORY = ((2025, 13), (2008, 11))  # 全国年节及纪念日放假办法, as amended in 2024 and 2007: days off a year
LONGEST = 31  # days in one stretch
HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_YEARLY = re.compile(r"(\d{4})年部分节假日安排")
_CHANGE = re.compile(r"关于[^。]{2,60}?(?:假期|放假)[^。]{0,6}的通知")
_NUMBER = re.compile(r"(国办?发明电)[〔\[(](\d{4})[〕\])](\d+)号")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}、((?:[^、:。,\d]{2,5}、)*[^、:。,\d]{2,5}):")
_END = re.compile(r"节假日期间|国务院办公厅\d{4}年")
_ASIDE = re.compile(
    r"(?<=日)\(([^()]*)\)"
)  # what stands in brackets behind a day: the weekday, the lunar day
_DAY = re.compile(r"(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日(?:\(([一二三四五六日])\))?")
_DAYS = r"(?P<days>(?:\d{4}年)?\d{1,2}月[\d年月日至、和()一二三四五六~—-]*日(?:\([一二三四五六日]\))?)"
_OFF = re.compile(_DAYS + r"(?:全国)?(?:放假调休|调休放假|放假公休|放假|补休|调休)(?:(?P<count>\d+)天)?")
_WORKED = re.compile(_DAYS + r"(?P<on>起正常)?上班")
_PROLONGED = re.compile(r"延长(?:\d{4}年)?\w{2,4}假期至" + _DAYS)
_TOTAL = re.compile(r"共(\d+)天")
_LEAD = re.compile(r"^(?:.*:|[一二三四五六七八九十]{1,3}、|其中)+")


class NoticeInvalid(PluginError):
    """The text is no notice we can take whole; `problems` names everything (Chinese). Compare it with the original."""

    code: ClassVar[str] = "NOTICE_INVALID"

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says. `whole`: of its year, else it changes what is in force; `prolonged_to`: the last holiday up to then."""

    year: int
    source: str
    off: frozenset[date]
    worked: frozenset[date]
    whole: bool = True
    prolonged_to: date | None = None

    @property
    def doubt(self) -> str | None:
        """A yearly notice gives as many workdays more than it takes weekends as there are statutory days; if not, what to look at."""
        days = next((count for since, count in STATUTORY if self.year >= since), None)
        given = sum(day.weekday() < 5 for day in self.off) - len(self.worked)
        if not self.whole or days is None or given == days:
            return None
        return (
            f"放假的工作日比补班日多{given}天，{self.year}年的法定节假日是{days}天，两者本应相等。"
            "请核对是否漏了放假或上班的日子；法定天数已修改的，可不理会。"
        )


def read_notice(text: str) -> Notice:
    """The notice in a text, blanks and line breaks anywhere. Raises NoticeInvalid with all mistakes."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    number = _NUMBER.search(plain)
    source = f"{number[1]}〔{number[2]}〕{number[3]}号" if number else None
    if found := _YEARLY.search(plain):
        reader = _Reader(int(found[1]), strict=True)
        reader.items(plain)
        source = source or f"国务院办公厅关于{found[1]}年部分节假日安排的通知"
    elif (title := _CHANGE.search(plain)) and (found := re.search(r"(\d{4})年", plain[title.start() :])):
        reader = _Reader(int(found[1]), strict=False)
        reader.sentences(plain)
        source = source or f"关于{reader.year}年节假日调整的通知"
    else:
        raise NoticeInvalid(
            ("没有找到通知的年份。请连同标题一起导入，例如“国务院办公厅关于2026年部分节假日安排的通知”。",)
        )
    return reader.notice(source)


@dataclass
class _Reader:
    """Goes through the clauses and keeps what they say and what is wrong with them."""

    year: int
    strict: bool  # whether a clause without a day must be understood too
    off: set[date] = field(default_factory=set)
    worked: set[date] = field(default_factory=set)
    prolonged_to: date | None = None
    problems: list[str] = field(default_factory=list)
    item: str = ""
    stated: list[date] = field(default_factory=list)  # the days off of the last clause

    def notice(self, source: str) -> Notice:
        both = self.off & self.worked
        self.problems += [f"{each}既写为放假又写为上班。" for each in sorted(both)]
        if not self.off and self.prolonged_to is None and not self.problems:
            self.problems.append("通知中没有找到放假的日期。")
        if self.problems:
            raise NoticeInvalid(tuple(dict.fromkeys(self.problems)))
        off, worked = frozenset(self.off), frozenset(self.worked)
        return Notice(self.year, source, off, worked, self.strict, self.prolonged_to)

    def items(self, plain: str) -> None:
        """The numbered holidays of a yearly notice; what stands before and behind them says no day."""
        starts = list(_ITEM.finditer(plain))
        ends = [*(each.start() for each in starts[1:]), len(plain)]
        named: set[str] = set()
        for start, end in zip(starts, ends, strict=False):  # without an item there is still one end
            self.item = f"{start[1]}："
            named |= set(start[1].split("、"))
            self.sentences(_END.split(plain[start.end() : end])[0])
        self.item = ""
        self.problems += [
            f"没有找到{name}的安排，请核对通知是否完整。" for name in HOLIDAYS if name not in named
        ]

    def sentences(self, text: str) -> None:
        for sentence in re.split("[。;]", _ASIDE.sub(_weekday_only, text)):
            if sentence.startswith("鼓励"):  # to take leave of one's own: no day off for all
                continue
            self.stated = []
            for clause in filter(None, (_LEAD.sub("", each) for each in sentence.split(","))):
                self._clause(clause)

    def _clause(self, clause: str) -> None:
        if found := _OFF.fullmatch(clause):
            self.stated = list(self._days(found["days"]))
            self.off |= set(self.stated)
            self._count(found["count"], clause)
        elif found := _WORKED.fullmatch(clause):
            days = list(self._days(found["days"]))
            self._worked(days, ordinary=bool(found["on"]))
        elif found := _PROLONGED.fullmatch(clause):
            self.prolonged_to = next(iter(self._days(found["days"])), None)
        elif found := _TOTAL.fullmatch(clause):
            self._count(found[1], clause)
        elif clause == "与周末连休":
            self._beside_a_weekend()
        elif clause != "不调休" and (self.strict or _says_a_day(clause)):
            self._wrong(
                f"这一句没有读懂：“{clause}”。请与通知原文核对；与放假、上班无关的说明可以删去后再导入。"
            )

    def _worked(self, days: list[date], *, ordinary: bool) -> None:
        """Work on a weekend; or the first ordinary day after a holiday, which says nothing new."""
        for day in days:
            if day.weekday() >= 5:
                self.worked.add(day)
            elif not ordinary:
                self._wrong(f"{day}是{weekday(day)}，不是周末，不会是补班日。")

    def _count(self, said: str | None, clause: str) -> None:
        if said and self.stated and int(said) != len(self.stated):
            first, last = self.stated[0], self.stated[-1]
            self._wrong(f"{first}至{last}是{len(self.stated)}天，通知写的是“{clause}”。")

    def _beside_a_weekend(self) -> None:
        if self.stated and {self.stated[0].weekday(), self.stated[-1].weekday()}.isdisjoint({0, 4}):
            self._wrong(
                f"{self.stated[0]}（{weekday(self.stated[0])}）不与周末相连，通知写的是“与周末连休”。"
            )

    def _days(self, text: str) -> Iterator[date]:
        """Every day of “1月1日至3日、5日”. Year and month, once said, hold for the days behind them."""
        said: date | None = None
        for span in re.split("[、和]", text):
            ends: list[date] = []
            for part in re.split("[至~—-]", span):
                said = self._day(part, said)
                if said is None:
                    return
                ends.append(said)
            length = (ends[-1] - ends[0]).days + 1
            if not 1 <= length <= LONGEST or len(ends) > 2:
                self._wrong(f"“{span}”的起止日期不对。")
                return
            yield from (ends[0] + number * ONE_DAY for number in range(length))

    def _day(self, text: str, said: date | None) -> date | None:
        found = _DAY.fullmatch(text)
        if found is None or (said is None and found[2] is None):
            self._wrong(f"“{text}”不是完整的日期。")
            return None
        year = int(found[1] or (said.year if said and not found[2] else self.year))
        month = int(found[2] or (said.month if said else 0))
        try:
            day = date(year, month, int(found[3]))
        except ValueError:
            self._wrong(f"没有{year}年{month}月{found[3]}日这一天。")
            return None
        if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
            self._wrong(f"{day}不在{self.year}年。")
        if found[4] and WEEKDAYS[day.weekday()] != found[4]:
            self._wrong(f"{day}是{weekday(day)}，通知写的是“周{found[4]}”。")
        return day

    def _wrong(self, said: str) -> None:
        self.problems.append(self.item + said)


def weekday(day: date) -> str:
    """周一 to 周日."""
    return f"周{WEEKDAYS[day.weekday()]}"


def _weekday_only(aside: re.Match[str]) -> str:
    """“（农历除夕、周二）” says Tuesday; what else stands there says no day."""
    found = re.search("(?:周|星期)([一二三四五六日天])", aside[1])
    return f"({found[1].replace('天', '日')})" if found else ""


def _says_a_day(clause: str) -> bool:
    return bool(re.search(r"\d月\d+日", clause) and re.search("放假|假期|调休|补休|上班", clause))
