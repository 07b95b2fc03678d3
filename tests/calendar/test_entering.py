"""What a notice makes of the years in force, and the files it leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plugin.holidays import Notice, Year, calendar_for, corrections
from plugin.holidays.entering import BUILT_IN, NotAnnounced, write_year, years_of

NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
NEW_YEAR = Notice(
    2027, "甲", frozenset({date(2026, 12, 31), date(2027, 1, 1)}), frozenset({date(2026, 12, 26), date(2027, 1, 3)})
)  # fmt: skip


def test_a_yearly_notice_is_its_year_and_changes_the_december_before() -> None:
    found = years_of(NEW_YEAR, calendar_for(range(2004, 2100), None), {})
    assert found[2027] == Year(frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}), "甲")
    before = calendar_for([2026], None)
    assert found[2026].holidays == before.holidays | {date(2026, 12, 31)}
    assert found[2026].make_up_days == before.make_up_days | {date(2026, 12, 26)}
    assert found[2026].source == f"{BUILT_IN}；甲"
    assert (
        years_of(NEW_YEAR, calendar_for([2026], None), {2026: found[2026]})[2026].source == f"{BUILT_IN}；甲"
    )


def test_a_day_once_off_can_be_worked_and_the_other_way_round() -> None:
    change = Notice(2026, "乙", frozenset({date(2026, 5, 9)}), frozenset({date(2026, 5, 2)}), whole=False)
    (changed,) = years_of(change, calendar_for([2026], None), {}).values()
    assert date(2026, 5, 9) in changed.holidays and date(2026, 5, 9) not in changed.make_up_days
    assert date(2026, 5, 2) in changed.make_up_days and date(2026, 5, 2) not in changed.holidays


def test_a_change_of_a_year_without_a_notice_is_refused() -> None:
    change = Notice(2098, "丙", frozenset({date(2098, 5, 2)}), frozenset(), whole=False)
    with pytest.raises(NotAnnounced, match="请先导入2098年的通知"):
        years_of(change, calendar_for([2026], None), {})
    prolonged = Notice(2098, "丁", frozenset(), frozenset(), whole=False, prolonged_to=date(2098, 2, 2))
    with pytest.raises(NotAnnounced):
        years_of(prolonged, calendar_for([2026], None), {})


def test_a_file_is_written_whole_read_back_and_the_one_before_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "calendar.d"
    first = Year(frozenset({date(2027, 1, 1)}), frozenset(), '国办发明电〔2026〕7号"#：')
    assert write_year(folder, 2027, first, NOW) is None
    assert corrections(folder) == {2027: first}
    text = (folder / "2027.yaml").read_text(encoding="utf-8")
    assert "  - 2027-01-01 # 周五" in text and "make_up_days: []" in text
    second = Year(first.holidays, frozenset({date(2027, 1, 3)}), "乙")
    kept = write_year(folder, 2027, second, NOW)
    assert kept is not None and kept.read_text(encoding="utf-8") == text
    assert corrections(folder) == {2027: second}
    assert sorted(path.name for path in folder.iterdir()) == ["2027.yaml", "2027.yaml.20261105T020000.bak"]
