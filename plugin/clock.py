"""The zone in which a day is a day, whatever the host's."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_day(at: datetime) -> date:
    """The calendar day of an instant."""
    return at.astimezone(SHANGHAI).date()
