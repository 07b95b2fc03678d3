"""What changes of readings, habits and reminders, a sentence a change, in the words of the pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from marshmallow import Schema

from plugin.manifest.model import Manifest, Reminders, Rhythm
from plugin.manifest.reminding import EscalateSection, RemindersSection, RhythmSection
from plugin.manifest.shape import PolicySection
from plugin.reminders import DUTIES
from plugin.settings_words import POLICY, READINGS


def settings_lines(old: Manifest, new: Manifest) -> Iterator[str]:
    """Readings, then habits, then reminders and the days of the year."""
    for name, was, now in _differing(vars_of(old.book.readings), vars_of(new.book.readings)):
        known = READINGS[name].values
        label = READINGS[name].label.replace("“", "‘").replace("”", "’")
        yield f"解释口径“{label}”（{name}）：{_worded(was, known)} → {_worded(now, known)}"
    for name, was, now in _differing(vars_of(old.book.policy), vars_of(new.book.policy)):
        known = POLICY.get(name, {})
        yield f"管理习惯{_named(name)}：{_worded(was, known)} → {_worded(now, known)}"
    for label, was, now in _differing(_reminders(old.reminders), _reminders(new.reminders)):
        yield f"提醒“{label}”：{said(was)} → {said(now)}"
    for label, was, now in _differing(_rhythm(old.rhythm), _rhythm(new.rhythm)):
        yield f"一年中的固定日子“{label}”：{said(was)} → {said(now)}"


def vars_of(group: Any) -> dict[str, Any]:
    """The fields of a dataclass, what is in them untouched."""
    return {each.name: getattr(group, each.name) for each in fields(group)}


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _worded(value: Any, known: Mapping[str, str]) -> str:
    """The value in its own words where it has some."""
    if isinstance(value, bool) and known:
        return known["true" if value else "false"]
    if isinstance(value, tuple) and known:
        return "、".join(known.get(each, each) for each in value) or "未设"
    return known.get(value, said(value)) if isinstance(value, str) else said(value)


def _named(name: str) -> str:
    """“合同备案天数”, as the bureau's editor shows it."""
    return "“只提示、不拦截的规则”" if name == "advise" else f"“{_meaning(PolicySection(), name) or name}”"


def _meaning(section: Schema, name: str) -> str:
    field = section.fields.get(name)
    return re.split("[；，]", str(field.metadata["zh"]))[0] if field else ""


def _reminders(each: Reminders) -> dict[str, Any]:
    """Meaning → value, of every single one."""
    of_duties = {f"{DUTIES.get(duty, duty)}的提醒天数": days for duty, days in each.by_duty.items()}
    above = {_meaning(EscalateSection(), f"{role}_after_days"): days for role, days in each.escalate}
    plain = {
        _meaning(RemindersSection(), name): value
        for name, value in vars_of(each).items()
        if name not in ("by_duty", "escalate")
    }
    return plain | of_duties | above


def _rhythm(each: Rhythm) -> dict[str, Any]:
    return {_meaning(RhythmSection(), name): value for name, value in vars_of(each).items()}


def said(value: Any) -> str:
    """A value for a person."""
    if value is None or value in ((), frozenset()):
        return "未设"
    if value == frozenset({"*"}):
        return "全部"
    if isinstance(value, (tuple, frozenset)):
        return "、".join(map(str, sorted(value) if isinstance(value, frozenset) else value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if hasattr(value, "__dataclass_fields__"):
        return "，".join(f"{name}={each}" for name, each in asdict(value).items())
    return str(value)
