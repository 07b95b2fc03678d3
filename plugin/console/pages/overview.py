"""The first page: what is due, what waits, how many projects stand where, how much money goes where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from plugin.console import scope, words
from plugin.console.access import Role
from plugin.console.asked import asked
from plugin.console.charts import Bar, Pair, bars, columns
from plugin.console.lists import SPECS
from plugin.console.parts import ledger, now, parts, person, today
from plugin.console.way import ABOUT_SEVERAL
from plugin.ledger import Query
from plugin.regulation import states

bp = Blueprint("overview", __name__)
AT_THE_BUREAU = (  # states in which the next step is the bureau's
    "demand_submitted", "supplement", "in_review", "design_review", "requirement_review", "adjustment_review",
    "acceptance_applied", "acceptance_organised",
)  # fmt: skip
GRANTED = frozenset(states.NAMES) - {
    "none", "demand_submitted", "project_pool", "planned", "supplement", "supplemented", "in_review", "design_review",
}  # fmt: skip
YEARS, SHOWN = 5, 8


@bp.get("/overview")
def show() -> ResponseReturnValue:
    if person().role == Role.OPERATOR:
        return redirect(url_for("console.operations.show"))
    unit, on, lists = scope.unit(), today(), ledger().lists

    def of(name: str, **chosen: str) -> Query:
        """What the list shows for this choice: a number here is the number there."""
        return replace(asked(SPECS[name], chosen, on, unit).query, limit=SHOWN)

    over, soon = of("obligations", when="over"), of("obligations", when="near")
    held, filings = of("submissions", held="1"), of("filings", open="1")
    with ledger().read():
        states, money = ledger().overview.states(unit), ledger().overview.money(unit)
        return render_template(
            "overview.html",
            over=lists.page(over).rows,
            soon=lists.page(soon).rows,
            held=lists.page(held).rows,
            counts={
                "over": lists.count(over),
                "soon": lists.count(soon),
                "held": lists.count(held),
                "proposals": ledger().proposals.open_count(),
                "filings": lists.count(filings),
            },
            at_the_bureau=[(each, states[each]) for each in AT_THE_BUREAU if states.get(each)],
            phases=_phases(states),
            years=_years(money),
            phase_chart=bars("phases", "各阶段项目数", _phases(states)),
            money_chart=columns("money", "各年度投资额", _years(money), "已批复部分"),
            last_delivery=ledger().overview.last_delivery_at(),
            last_tick=max((tick.at for tick in ledger().overview.ticks()), default=None),
            pack=parts().manifest().pack,
            today=on,
            about_several=ABOUT_SEVERAL,
            stale=now() - timedelta(minutes=5),
        )


def _phases(states: Mapping[str, int]) -> list[Bar]:
    counted = {phase: sum(states.get(each, 0) for each in inside) for phase, inside in words.PHASES.items()}
    return [
        Bar(phase, count, f"{count:,}个", url_for("console.lists.show", name="projects", phase=phase))
        for phase, count in counted.items()
    ]


def _years(money: list[tuple[int, str, int]]) -> list[Pair]:
    """The latest plan years: what was declared, and what of it the bureau has approved. Figures in 万元."""
    whole, granted = defaultdict[int, int](int), defaultdict[int, int](int)
    for year, state, fen in money:
        whole[year] += fen
        granted[year] += fen if state in GRANTED else 0
    return [
        Pair(f"{year}年度", whole[year], granted[year], _wan(whole[year])) for year in sorted(whole)[-YEARS:]
    ]


def _wan(fen: int) -> str:
    """Short enough for a column: 1,234万元, 1.23亿元."""
    yuan = Decimal(fen) / 100
    return f"{yuan / 100_000_000:.2f}亿元" if yuan >= 100_000_000 else f"{yuan / 10_000:,.0f}万元"
