"""What of the law a function of the regulation reads, taken from its code, so that there is no list to fall behind. Pure.

By name, and rather too much than too little: an attribute, or a text, that is called like a limit, a reading or a habit
counts as read, in the function and in all that it calls. tests/whatif/test_reads.py compares this with what rules really
ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from plugin.regulation.duties import MAKERS
from plugin.regulation.law import Policy
from plugin.regulation.readings import Readings

CALENDAR, ROUTES = "calendar", "routes"  # the working days; the pack's table of papers
READINGS = frozenset(each.name for each in fields(Readings))
HABITS = frozenset(each.name for each in fields(Policy)) - {"advise", "classified_guidance"}
OF_DUTIES = frozenset({"due_now", "obligations_of"})  # they read for the duty named beside them


@cache
def words_of(function: Callable[..., Any]) -> frozenset[str]:
    """Every name and text in the function and in the functions of the regulation that it calls."""
    found: set[str] = set()
    _gather(function, found, set())
    return frozenset(found)


def _gather(function: Any, found: set[str], seen: set[int]) -> None:
    if not isinstance(function, FunctionType) or id(function) in seen:
        return
    if not function.__module__.startswith("plugin.regulation."):
        return
    seen.add(id(function))
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    own = {each for each in held if isinstance(each, str)}
    called: list[Any] = list(held)
    for code in _codes(function.__code__):
        own |= set(code.co_names) | set(_texts(code.co_consts))
        called += [function.__globals__.get(name) for name in code.co_names if name not in OF_DUTIES]
    if own & OF_DUTIES:
        called += makers_of(own)
    found |= own
    for each in called:
        _gather(each, found, seen)


def makers_of(words: set[str]) -> list[Callable[..., Any]]:
    """What makes the duties that are named among the words; where none is, what makes any."""
    named = [make for duties, _of_construction, make in MAKERS if words & set(duties)]
    return named or [make for _duties, _of_construction, make in MAKERS]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code and what is nested in it: lambdas, comprehensions."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _texts(constants: Any) -> Iterator[str]:
    for each in constants:
        if isinstance(each, str):
            yield each
        elif isinstance(each, (tuple, frozenset)):
            yield from _texts(each)
