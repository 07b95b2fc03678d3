"""The working days that the State Council announces: known years, the notice as text, entering a year."""

from plugin.holidays.known import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarInvalid,
    Year,
    calendar_for,
    corrections,
)
from plugin.holidays.notice import Notice, NoticeInvalid, read_notice

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "CalendarInvalid",
    "Notice",
    "NoticeInvalid",
    "Year",
    "calendar_for",
    "corrections",
    "read_notice",
]
