"""What a version of the manifest consists of besides its text: an own pack, and the working days.

Both stand in files that anybody may change at any time. A version in force therefore carries them: what was judged can be
judged again, a file half edited harms nothing, and a change of either is a new version that somebody applied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plugin.regulation.calendar import Calendar, Roll


@dataclass(frozen=True, slots=True)
class Days:
    """The years that were known and their days, whichever file or library said so."""

    holidays: tuple[str, ...]
    make_up_days: tuple[str, ...]
    years: tuple[int, ...]

    @classmethod
    def of(cls, calendar: Calendar) -> Days:
        days = (_texts(calendar.holidays), _texts(calendar.make_up_days))
        return cls(*days, tuple(sorted(calendar.years)))

    def calendar(self, roll: Roll) -> Calendar:
        return Calendar(_days(self.holidays), _days(self.make_up_days), frozenset(self.years), roll)


@dataclass(frozen=True, slots=True)
class Beside:
    """`None`: take it from where the manifest says (a shipped pack is never carried: it is part of the product)."""

    pack: str | None = None
    days: Days | None = None

    def as_json(self) -> str:
        """Canonical: the same content is the same text."""
        days = self.days and {
            "holidays": self.days.holidays,
            "make_up_days": self.days.make_up_days,
            "years": self.days.years,
        }
        return json.dumps({"pack": self.pack, "days": days}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | None) -> Beside:
        """The inverse; nothing for a version from before it was carried."""
        if text is None:
            return cls()
        value = json.loads(text)
        days = value["days"]
        return cls(value["pack"], days and Days(**{name: tuple(each) for name, each in days.items()}))


def _texts(days: Iterable[date]) -> tuple[str, ...]:
    return tuple(day.isoformat() for day in sorted(days))


def _days(texts: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))
