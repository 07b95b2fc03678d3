"""How a list looks: columns, filters and orders with their Chinese labels. What they mean in SQL is the ledger's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from plugin.clock import SHANGHAI
from plugin.ledger.text import stamp

YEARS = (1900, 9998)  # whose days have an instant in every time zone
Row = Mapping[str, Any]
Link = tuple[str, dict[str, Any]]  # endpoint and its values


class NotReadable(ValueError):
    """A filter's value makes no sense: it is left out, and the page says so."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, day, moment, money, number or mark: how a cell stands on the page and in a workbook."""

    label: str
    value: Callable[[Row], Any]
    kind: str = "text"
    sort: str | None = None
    link: Callable[[Row], Link | None] | None = None
    tone: Callable[[Row], str] | None = None
    width: int = 16
    aside: bool = False  # in exports only


@dataclass(frozen=True, slots=True)
class Filter:
    """`read` gives the ledger's filters for what was chosen. `choices`: value → label; empty for free input."""

    name: str
    label: str
    read: Callable[[str, date], Mapping[str, str]]
    choices: Callable[[], Mapping[str, str]] = field(default=dict)
    kind: str = "choice"
    main: bool = True


@dataclass(frozen=True, slots=True)
class Spec:
    name: str
    title: str
    counted: str  # what one row is called
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    searched: str = "名称、单位、编码或者填报内容"  # empty: a list that is not searched


def same(name: str) -> Callable[[str, date], Mapping[str, str]]:
    """The value as it is."""
    return lambda value, _today: {name: value}


def day_of(value: str) -> date:
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise NotReadable(f"“{value[:20]}”不是日期，应写成 2026-01-05 的样子") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise NotReadable(f"“{value[:20]}”超出范围，年份应在{YEARS[0]}至{YEARS[1]}之间")
    return day


def days(name: str) -> Callable[[str, date], Mapping[str, str]]:
    return lambda value, _today: {name: day_of(value).isoformat()}


def instants(name: str, plus: int = 0) -> Callable[[str, date], Mapping[str, str]]:
    """The beginning of a Shanghai day as the ledger writes instants; `plus` days later for an end that counts."""

    def read(value: str, _today: date) -> Mapping[str, str]:
        day = date.fromordinal(day_of(value).toordinal() + plus)
        return {name: stamp(datetime.combine(day, time(), SHANGHAI))}

    return read


def both(
    *reads: Callable[[str, date], Mapping[str, str]],
) -> Callable[[str, date], Mapping[str, str]]:
    """Several of the ledger's filters for one choice."""
    return lambda value, today: {name: each for read in reads for name, each in read(value, today).items()}


def wan(name: str) -> Callable[[str, date], Mapping[str, str]]:
    """万元 as 分."""

    def read(value: str, _today: date) -> Mapping[str, str]:
        try:
            amount = Decimal(value.strip())
        except ArithmeticError:
            raise NotReadable(f"“{value[:20]}”不是金额，请只写以万元计的数字") from None
        if not amount.is_finite() or not 0 <= amount < 10**9:
            raise NotReadable("金额超出范围")
        return {name: str(int(amount * 1_000_000))}

    return read
