"""What `zhengxiang check` and `apply` show: the problems of a file, and what a new one would change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from plugin.holidays.changes import changes
from plugin.manifest.loading import load_manifest
from plugin.manifest.model import Environ, Manifest, ManifestInvalid, ManifestNotFound
from plugin.manifest.saying import said, settings_lines
from plugin.regulation.limits import Limit, LimitValue, Number
from plugin.regulation.wording import money
from plugin.strict_yaml import Problem

UNUSABLE = frozenset({"NOT-FOUND", "YAML-SYNTAX", "YAML-NOT-UTF8", "YAML-TOO-LARGE", "YAML-TOO-DEEP"})
UNITS = {"percent": "%", "months": "个月", "days": "天", "working_days": "个工作日", "count": "个"}
CATEGORIES = {"goods": "货物", "services": "服务", "works": "工程"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """0 = usable (warnings included), 1 = mistakes in the file, 2 = no file, unreadable, or not YAML."""

    file: str
    problems: tuple[Problem, ...]
    version: str | None = None

    @property
    def exit_code(self) -> int:
        if any(each.code in UNUSABLE for each in self.problems):
            return 2
        return int(any(each.severity == "error" for each in self.problems))

    def as_text(self) -> str:
        """One line a problem, and a last one that sums up."""
        errors = sum(each.severity == "error" for each in self.problems)
        doubts = len(self.problems) - errors
        end = (
            f"共{errors}处错误、{doubts}处提醒，请改正后重新检查。"
            if errors
            else f"检查通过，{doubts}处提醒。"
        )
        version = f"版本 {self.version}。" if self.version else ""
        return "\n".join([*map(str, self.problems), end + version])

    def as_json(self) -> str:
        """Like a problem document of RFC 9457, with one entry a problem."""
        content = {
            "type": "about:blank",
            "title": "参数文件有错误" if self.exit_code else "检查通过",
            "file": self.file,
            "version": self.version,
            "exit_code": self.exit_code,
            "errors": [asdict(each) for each in self.problems],
        }
        return json.dumps(content, ensure_ascii=False, indent=2)


def check(path: Path, environ: Environ, today: date) -> CheckReport:
    """Look at a file as it is now; never raises for what is in it."""
    try:
        manifest = load_manifest(path, environ, today=today)
    except ManifestNotFound as error:
        return CheckReport(str(path), (Problem(str(path), 1, 1, "", "NOT-FOUND", str(error)),))
    except ManifestInvalid as error:
        return CheckReport(str(path), error.problems)
    return CheckReport(str(path), manifest.warnings, manifest.version)


def diff(old: Manifest, new: Manifest) -> list[str]:
    """What would change, a sentence a change."""
    lines = [*_limit_lines(old.book.limits, new.book.limits), *settings_lines(old, new)]
    for name, label in _PLAIN.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            lines.append(f"{label}：{said(before)} → {said(after)}")
    lines += changes(old.book.calendar, new.book.calendar)
    if old.pack != new.pack:
        lines.insert(
            0,
            f"规则包：{old.pack.title}（{old.pack.name}）→ {new.pack.title}（{new.pack.name}），条文或效力有变化",
        )
    return lines


_PLAIN = {
    "county": "县区", "bureau": "数据资源局", "code_prefix": "项目编码前缀", "legal_basis": "制定依据",
    "interpreters": "解释部门", "valid_until": "有效期止", "max_attempts": "重试次数",
    "former_units": "更名、合并的单位", "successors": "人员变动", "unit_heads": "单位负责人", "persons": "个人的提醒渠道", "recipients": "接收人", "mail": "邮件服务器", "platform": "低代码平台", "lifecycle": "全生命周期管理系统", "extra_hosts": "允许外发的地址",
    "ca_bundle": "根证书", "classified_guidance": "涉密告知文字", "limits_technical": "技术上限",
}  # fmt: skip


def _limit_lines(old: Mapping[str, Limit], new: Mapping[str, Limit]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            yield f"标准“{(before or after or _NONE).label}”：{'新增' if after else '删去'}"
        had, has = before.values if before else (), after.values if after else ()
        label = (after or before or _NONE).label
        unit = (after or before or _NONE).unit
        yield from (f"标准“{label}”：删去 {_entry(each, unit)}" for each in had if each not in has)
        yield from (f"标准“{label}”：增加 {_entry(each, unit)}" for each in has if each not in had)
        if (
            before
            and after
            and (before.label, before.article, before.unit) != (after.label, after.article, after.unit)
        ):
            yield f"标准“{label}”：名称、条款或单位有变化（{before.article} → {after.article}，{before.unit} → {after.unit}）"


_NONE = Limit("", "", "", "")


def value_text(value: Number, unit: str) -> str:
    """500万元, 15%, 6个月, 12月31日."""
    if unit == "yuan":
        return money(Decimal(value))
    if unit == "month_day":
        month, _dash, day = str(value).partition("-")
        return f"{int(month)}月{int(day)}日"
    return f"{value}{UNITS.get(unit, '')}"


def _entry(entry: LimitValue, unit: str) -> str:
    value = value_text(entry.value, unit)
    until = f"至{entry.until}" if entry.until else "起"
    category = f"（{CATEGORIES[entry.category]}）" if entry.category else ""
    return f"{entry.since}{until} {value}{category}，依据 {entry.source}"
