"""The State Council's notices of fifteen years, as text, against two libraries, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays as second_source  # MIT; its table is checked by its authors against the notices, on its own
import pytest
from ruamel.yaml import YAML

from plugin.holidays import NoticeInvalid, calendar_for, read_notice
from plugin.holidays.entering import years_of
from plugin.regulation.calendar import Calendar

FIRST, LAST = date(2012, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(number) for number in range((LAST - FIRST).days + 1)]
NUMERALS = "一二三四五六七"
NOTICES: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("notices.yaml"))
CLOSING = "节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置。"

# Days on which the sources differ, each with the reason and with who is right. There are none.
DISAGREEMENTS: dict[date, str] = {}


def text_of(notice: dict[str, Any]) -> str:
    """The notice as it is published."""
    items = [f"{NUMERALS[n]}、{line}" for n, line in enumerate(notice.get("holidays", ()))]
    parts = [
        *(notice["title"], notice["number"], "各省、自治区、直辖市人民政府，国务院各部委、各直属机构："),
        *(notice.get("preamble", ""), *items, notice.get("text", ""), notice.get("closing", ""), CLOSING),
        *("国务院办公厅", f"{notice['number'].split('〔')[1][:4]}年11月4日"),
    ]
    return "\n\n　　".join(filter(None, parts))


def as_entered() -> Calendar:
    """All notices, imported one after the other into an empty calendar of the year before the first."""
    known = calendar_for([2011], None)
    entered: dict[int, Any] = {}
    for notice in NOTICES:
        calendar = calendar_for(range(2011, 2027), None, entered=entered)
        before = Calendar(calendar.holidays, calendar.make_up_days, frozenset({*entered, *known.years}))
        entered |= years_of(read_notice(text_of(notice)), before, entered)
    return calendar_for(entered, None, entered=entered)


def test_three_sources_agree_on_every_day_from_2012_to_2026() -> None:
    ours, theirs, entered = calendar_for(range(2012, 2027), None), second_source.China(), as_entered()
    assert len(DAYS) == 5479
    differing = {
        day: (ours.is_working(day), theirs.is_working_day(day), entered.is_working(day))
        for day in DAYS
        if len({ours.is_working(day), theirs.is_working_day(day), entered.is_working(day)}) > 1
    }
    assert differing.keys() == DISAGREEMENTS.keys(), differing


def test_the_notices_name_exactly_the_workdays_off_and_the_weekends_worked() -> None:
    ours, entered = calendar_for(range(2012, 2027), None), as_entered()
    assert {day for day in entered.make_up_days if day >= FIRST} == ours.make_up_days
    on_workdays = [
        {day for day in each.holidays if day >= FIRST and day.weekday() < 5} for each in (ours, entered)
    ]
    assert on_workdays[0] == on_workdays[1]
    assert date(2012, 6, 23) in entered.holidays  # 端午, a Saturday that chinesecalendar leaves out


@pytest.mark.parametrize("notice", NOTICES, ids=lambda each: each["number"])
def test_a_notice_says_where_it_stands(notice: dict[str, Any]) -> None:
    read = read_notice(text_of(notice))
    assert read.source == notice["number"]
    assert read.whole is ("holidays" in notice)


@pytest.mark.parametrize("notice", NOTICES, ids=lambda each: each["number"])
def test_every_notice_gives_as_many_days_as_the_law(notice: dict[str, Any]) -> None:
    assert read_notice(text_of(notice)).doubt is None


LATEST = text_of(NOTICES[-1])


def test_a_forgotten_day_is_doubted_not_refused() -> None:
    """Nothing in the words tells that a day worked was left out; the sum over the year does."""
    doubt = read_notice(LATEST.replace("、2月28日（周六）上班", "上班")).doubt
    assert doubt and "多14天，2026年的法定节假日是13天" in doubt


def test_line_breaks_and_other_forms_of_the_same_signs_change_nothing() -> None:
    wrapped = "\n".join(LATEST[start : start + 7] for start in range(0, len(LATEST), 7))
    assert read_notice(wrapped) == read_notice(LATEST)
    western = LATEST.translate(str.maketrans("（），：", "(),:")).replace("周日", "星期天").replace("至", "—")
    assert read_notice(western) == read_notice(LATEST)
    wide = LATEST.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert read_notice(wide) == read_notice(LATEST)


def test_without_a_number_the_title_is_the_source() -> None:
    assert read_notice(LATEST.replace(NOTICES[-1]["number"], "")).source == NOTICES[-1]["title"]
    change = text_of(next(each for each in NOTICES if each["number"] == "国办发明电〔2019〕3号"))
    assert read_notice(change.replace("国办发明电〔2019〕3号", "")).source == "关于2019年节假日调整的通知"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1月1日（周四）", "1月1日（周三）", "元旦：2026-01-01是周四，通知写的是“周三”。"),
        ("1月4日（周日）上班", "1月5日（周一）上班", "元旦：2026-01-05是周一，不是周末，不会是补班日。"),
        ("放假调休，共9天", "放假调休，共8天", "春节：2026-02-15至2026-02-23是9天，通知写的是“共8天”。"),
        ("元旦：1月1日（周四）至3日（周六）放假调休，共3天", "元旦：1月1日放假2天", "元旦：2026-01-01至2026-01-01是1天，"),
        ("4月4日（周六）至6日（周一）", "4月31日至5月2日", "清明节：没有2026年4月31日这一天。"),
        ("4月4日（周六）至6日（周一）", "4月6日至4日", "清明节：“4月6日至4日”的起止日期不对。"),
        ("4月4日（周六）至6日（周一）", "4月4日至5日至6日", "的起止日期不对。"),
        ("4月4日（周六）至6日（周一）", "2027年4月4日至6日", "清明节：2027-04-04不在2026年。"),
        ("放假，共3天。\n\n　　四、", "放假，与周末连休，高速公路免费。\n\n　　四、", "没有读懂：“高速公路免费”"),
        ("6月19日（周五）至21日（周日）放假，共3天", "6月19日起放假3天", "端午节：这一句没有读懂：“6月19日起放假3天”"),
        ("6月19日（周五）至21日（周日）放假，共3天", "6月17日放假，与周末连休", "2026-06-17（周三）不与周末相连"),
        ("5月9日（周六）上班", "5月9日（周六）上班，5月4日、9日放假", "2026-05-09既写为放假又写为上班。"),
        ("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。", "", "没有找到中秋节的安排，请核对通知是否完整。"),
        ("2026年部分节假日安排", "部分节假日安排", "没有找到通知的年份"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_plain_words(old: str, new: str, said: str) -> None:
    assert old in LATEST
    with pytest.raises(NoticeInvalid) as refused:
        read_notice(LATEST.replace(old, new))
    assert said in str(refused.value)


def test_all_mistakes_are_told_at_once_and_each_once() -> None:
    wrong = LATEST.replace("（周四）", "（周一）").replace("共5天", "共6天")
    with pytest.raises(NoticeInvalid) as refused:
        read_notice(wrong + wrong)
    assert len(refused.value.problems) == len(set(refused.value.problems)) == 3


def test_explanations_of_single_days_are_understood_or_refused() -> None:
    told = LATEST.replace(
        "放假调休，共3天。", "放假调休，共3天。其中，1月1日（周四）放假，1月2日（周五）调休。"
    )
    assert told != LATEST and read_notice(told) == read_notice(LATEST)
    with pytest.raises(NoticeInvalid, match=r"没有读懂：“1月1日\(四\)为法定节假日”"):
        read_notice(told.replace("1月1日（周四）放假，1", "1月1日（周四）为法定节假日，1"))


@pytest.mark.parametrize(
    "text",
    [
        "", "通知", "2027年的通知", "关于2027年部分节假日安排的通知",
        "关于2027年部分节假日安排的通知\n元旦：1月1日放假。", "关于2027年部分节假日安排的通知\n一、元旦：待定。",
    ],
)  # fmt: skip
def test_a_text_without_days_is_no_notice(text: str) -> None:
    with pytest.raises(NoticeInvalid):
        read_notice(text)


def test_a_change_with_a_day_that_is_not_understood_is_refused() -> None:
    change = text_of(next(each for each in NOTICES if each["number"] == "国办发明电〔2019〕3号"))
    with pytest.raises(NoticeInvalid, match="5月5日起取消放假"):
        read_notice(change.replace("二、各地区", "二、5月5日起取消放假。三、各地区"))
