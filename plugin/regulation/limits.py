"""The regulation's numbers, each dated, sourced and cited, and what of them is in force on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Number = Decimal | int | str  # str: a month and day, "12-31"


class LimitMissing(LookupError):
    """No value is in force that day. The bureau enters it in manifest.yaml: amount, first day, source."""

    def __init__(self, name: str, label: str, on: date) -> None:
        super().__init__(name)
        self.name, self.label, self.on = name, label, on


@dataclass(frozen=True, slots=True)
class LimitValue:
    """A value in force from `since` on, until the next one of its category or `until` (inclusive)."""

    since: date
    value: Number
    source: str
    until: date | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit with all its values, oldest first. `unit` is yuan, percent, months, month_day or count."""

    name: str
    label: str
    article: str
    unit: str
    values: tuple[LimitValue, ...] = ()

    def on(self, day: date, category: str | None = None) -> Number:
        """The value in force on `day`; a value without a category serves every category."""
        for entry in reversed(self.values):
            fits = entry.category is None or entry.category == category
            if fits and entry.since <= day and (entry.until is None or day <= entry.until):
                return entry.value
        raise LimitMissing(self.name, self.label, day)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits as they stand on one day. Reading one that has no value raises `LimitMissing`."""

    day: date
    table: Mapping[str, Limit]
    category: str | None = None

    def __getitem__(self, name: str) -> Number:
        if name not in self.table:
            raise LimitMissing(name, name, self.day)
        return self.table[name].on(self.day, self.category)

    def has(self, name: str) -> bool:
        """Whether a value is in force."""
        try:
            self[name]
        except LimitMissing:
            return False
        return True

    def yuan(self, name: str) -> Decimal:
        return Decimal(self[name])

    def count(self, name: str) -> int:
        return int(self[name])

    @property
    def high_value_yuan(self) -> Decimal:
        return self.yuan("high_value_yuan")

    @property
    def decentralised_procurement_yuan(self) -> Decimal:
        return self.yuan("decentralised_procurement_yuan")

    @property
    def adjustment_percent(self) -> Decimal:
        return self.yuan("adjustment_percent")

    @property
    def preliminary_acceptance_months(self) -> int:
        return self.count("preliminary_acceptance_months")

    @property
    def acceptance_application_months(self) -> int:
        return self.count("acceptance_application_months")

    @property
    def trial_operation_months(self) -> int:
        return self.count("trial_operation_months")

    @property
    def self_evaluation_opens_months(self) -> int:
        return self.count("self_evaluation_opens_months")

    @property
    def self_evaluation_closes_months(self) -> int:
        return self.count("self_evaluation_closes_months")

    @property
    def performance_report_month_day(self) -> tuple[int, int]:
        month, day = str(self["performance_report_month_day"]).split("-")
        return int(month), int(day)
