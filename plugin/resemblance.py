"""Declarations in the ledger that resemble one another: keeps the index of plugin/similar.py in step with what was saved.

The index lives in this process and is brought up to date by the version numbers of the ledger, so that a declaration is
found as soon as it is taken, whoever took it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plugin.ledger import Ledger, Submission
from plugin.similar import EXAMINED, SPLIT, Declaration, Hint, Index

DEMAND, FINDING = "demand_collection", "similarity_finding"
SHOWN = 5  # hints an official reads; a project may be split into more parts


@dataclass(slots=True)
class Resemblance:
    """What resembles a declaration. A hint for people: the bureau decides, and what it decided is not raised again."""

    ledger: Ledger
    present: Callable[[str], str] = str  # a unit's present name
    _index: Index = field(default_factory=Index)
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def facts_of(self, where: str, values: Mapping[str, Any], code: str | None) -> dict[str, Any]:
        """What rules ask about: the declarations that may be parts of one, and everything that resembles this one."""
        me = declaration_of(where, values, self.present)
        alike = [(hint, each) for hint in self.hints(me, code) if (each := self._declared(hint)) is not None]
        parts = [each for hint, each in alike if hint.relation == SPLIT]
        undecided = [(hint, each) for hint, each in alike if not self._is_decided(hint, code)]
        return {
            "declarations": tuple(_row(each) for each in (me, *parts)) if parts else (),
            "resembling": tuple(self._resembling(hint, each) for hint, each in undecided[:SHOWN]),
        }

    def _resembling(self, hint: Hint, each: Declaration) -> dict[str, Any]:
        head = self._head(hint.id)
        return {
            "project_code": head.project_code if head else None,
            "project_name": each.name,
            "unit": each.unit,
            "score": f"{hint.score:.0%}",
            "passages": list(hint.passages[:2]),
        }

    def hints(self, me: Declaration, code: str | None) -> tuple[Hint, ...]:
        """The most alike of all declarations, without those on which the bureau has decided."""
        with self._lock:
            self._catch_up()
            found = self._index.similar(me, limit=EXAMINED)
        settled = self._settled(code)
        return tuple(hint for hint in found if not self._codes(hint.id) & settled)

    def forget(self, where: str) -> None:
        """The record was purged."""
        with self._lock:
            self._index.remove(where)

    def _catch_up(self) -> None:
        for version, submission in self.ledger.submissions.changed_since(DEMAND, self._seen):
            self._seen = max(self._seen, version)
            where = f"{submission.platform}:{submission.record}"
            self._index.remove(where)
            if not submission.deleted:
                self._index.add(declaration_of(where, submission.values, self.present))

    def _declared(self, hint: Hint) -> Declaration | None:
        """What was declared, if it still stands: another process may have purged it."""
        head = self._head(hint.id)
        return declaration_of(hint.id, head.values, self.present) if head and not head.deleted else None

    def _settled(self, code: str | None) -> set[str]:
        """The projects of which the bureau has found that they have nothing to do with this one."""
        return _named(
            each
            for each in self._findings(code)
            if not (each.values.get("split_found") or each.values.get("duplicate_found"))
        )

    def _is_decided(self, hint: Hint, code: str | None) -> bool:
        """Whether the bureau has held the two against each other, whatever it found and with whichever it recorded it."""
        others = self._codes(hint.id)
        return bool(others & _named(self._findings(code))) or any(
            code in _named(self._findings(other)) for other in others
        )

    def _findings(self, code: str | None) -> list[Submission]:
        papers = self.ledger.submissions.of_project(code) if code else []
        return [each for each in papers if each.form == FINDING]

    def _codes(self, where: str) -> set[str]:
        head = self._head(where)
        return {head.project_code} if head and head.project_code else set()

    def _head(self, where: str) -> Submission | None:
        platform, _colon, record = where.partition(":")
        return self.ledger.submissions.head(platform, record)


def _named(findings: Iterable[Submission]) -> set[str]:
    return {code for each in findings for code in each.values.get("other_projects", ())}


def declaration_of(where: str, values: Mapping[str, Any], present: Callable[[str], str]) -> Declaration:
    """A demand as it is compared."""
    amount = values.get("estimated_investment_yuan")
    return Declaration(
        id=where,
        unit=present(values.get("construction_unit") or ""),
        plan_year=values.get("target_plan_year"),
        name=values.get("project_name") or "",
        objectives=values.get("objectives") or "",
        main_content=values.get("main_content") or "",
        technical_route=values.get("technical_route") or "",
        amount_yuan=None if amount is None else Decimal(amount),
    )


def _row(each: Declaration) -> dict[str, Any]:
    """`similar_group`: that they resemble each other is found already."""
    return {
        "unit": each.unit,
        "plan_year": each.plan_year,
        "amount_yuan": each.amount_yuan or Decimal(0),
        "similar_group": "found",
    }
