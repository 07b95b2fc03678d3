"""A file or a text → a checked `Manifest`, or every mistake in it at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from plugin.holidays import FIRST_YEAR, LAST_YEAR, CalendarInvalid, calendar_for
from plugin.manifest import reminding
from plugin.manifest.beside import Beside, Days
from plugin.manifest.meaning import check_meaning, refuse_literal_secrets, uncovered
from plugin.manifest.model import (
    Environ,
    LifecycleSettings,
    Manifest,
    ManifestInvalid,
    ManifestNotFound,
    PlatformSettings,
    TechnicalLimits,
)  # fmt: skip
from plugin.manifest.shaping import load_shape
from plugin.packs import LoadedPack, PackInvalid, PackNotFound, load_pack, read_pack
from plugin.regulation.calendar import Calendar, Roll
from plugin.regulation.law import LawBook, Policy
from plugin.regulation.limits import Limit, LimitValue
from plugin.regulation.readings import Readings
from plugin.strict_yaml import Document, parse

VARIABLE = "ZHENGXIANG_MANIFEST"
FILE_NAME = "manifest.yaml"
NOTHING_BESIDE = Beside()


def find_manifest(option: Path | None, environ: Environ, cwd: Path) -> Path:
    """--manifest, else the environment variable, else ./manifest.yaml. Raises ManifestNotFound."""
    named = option or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    path = cwd / (named or FILE_NAME)
    if not path.is_file():
        raise ManifestNotFound(
            f"没有找到参数文件 {path}。可用 --manifest 指定，或运行 zhengxiang init 生成样本。"
        )
    return path


def load_manifest(
    path: Path, environ: Environ, *, today: date | None = None, base: Path | None = None
) -> Manifest:
    """The manifest in a file, doubts in `.warnings`. Raises ManifestInvalid with all mistakes.

    `base`: the folder it is meant for, from which pack and days are read; else its own.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestNotFound(
            f"参数文件 {path} 不能读取（{type(error).__name__}）。请检查路径和权限。"
        ) from error
    return _load(content, str(path), base or path.parent, environ, today)


def load_text(text: str, file: str, *, base: Path | None = None, beside: Beside = NOTHING_BESIDE) -> Manifest:
    """The manifest in a text, as the ledger keeps it with what stood beside it; what is not there is read from `base`."""
    return _load(text.encode(), file, base or Path(), None, None, beside)


def _load(
    content: bytes,
    file: str,
    base: Path,
    environ: Environ | None,
    today: date | None,
    beside: Beside = NOTHING_BESIDE,
) -> Manifest:
    document = parse(content, file)
    if document.value is None and document.problems:
        raise ManifestInvalid(tuple(document.problems))
    text = content.decode("utf-8-sig")
    refuse_literal_secrets(document, text)
    data = load_shape(document)
    loaded = _pack(document, data, base, beside.pack)
    calendar = _calendar(document, data, base, today, beside.days)
    check_meaning(document, data, loaded)
    _secrets_named(document, data, environ)
    problems = sorted(document.problems, key=lambda each: (each.file != file, each.line, each.column))
    if loaded is None or calendar is None or any(each.severity == "error" for each in problems):
        raise ManifestInvalid(tuple(problems))
    carried = Beside(loaded.text, Days.of(calendar)).as_json()
    manifest = _build(data, version_of(document.value, carried), text, carried, loaded, calendar)
    object.__setattr__(manifest, "warnings", tuple(problems))
    return manifest


def version_of(value: Any, beside: str) -> str:
    """The same content has the same version, whatever its comments and layout; its own pack and the days are part of it."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{canonical}\n{beside}".encode()).hexdigest()[:12]


def _pack(document: Document, data: Mapping[str, Any], base: Path, carried: str | None) -> LoadedPack | None:
    if "pack" not in data:
        return None
    try:
        return read_pack(carried, data["pack"]) if carried else load_pack(data["pack"], base)
    except PackNotFound as error:
        document.report("/pack", "PACK-NOT-FOUND", str(error))
    except PackInvalid as error:
        document.report(
            "/pack", "PACK-INVALID", "规则包有错误，详见其各行。", "请改正规则包，或换用随附的规则包。"
        )
        document.problems += error.problems
    return None


def _calendar(
    document: Document, data: Mapping[str, Any], base: Path, today: date | None, carried: Days | None
) -> Calendar | None:
    roll = Roll((data.get("readings") or {}).get("holiday_roll", Readings().holiday_roll))
    if carried:
        return carried.calendar(roll)
    folder = base / (data.get("calendar") or {}).get("corrections", "calendar.d")
    try:
        calendar = calendar_for(range(FIRST_YEAR, LAST_YEAR + 1), folder, roll)
    except CalendarInvalid as error:
        document.problems += error.problems
        return None
    year = uncovered(calendar.years, today) if today else None
    if year:
        message = f"没有{year}年的节假日安排，该年的顺延日期暂不能确定。"
        hint = "请用 zhengxiang calendar import 导入国务院办公厅的通知。"
        document.report("/calendar", "CALENDAR-YEAR", message, hint, severity="warning")
    return calendar


def _secrets_named(document: Document, data: Mapping[str, Any], environ: Environ | None) -> None:
    for section, key in (
        ("platform", "secret_env"),
        ("platform", "token_env"),
        ("lifecycle", "secret_env"),
        ("mail", "secret_env"),
    ):
        name = (data.get(section) or {}).get(key)
        if environ is None or not name or environ.get(name) or environ.get(f"{name}_FILE"):
            continue
        hint = f"运行前请设置 {name}，或用 {name}_FILE 指明密钥文件。"
        document.report(
            f"/{section}/{key}", "SECRET-UNSET", f"环境变量 {name} 没有设置。", hint, severity="warning"
        )


def _build(
    data: Mapping[str, Any],
    version: str,
    text: str,
    beside: str,
    loaded: LoadedPack,
    calendar: Calendar,
) -> Manifest:
    policy, identity, network = data["policy"], data["identity"], data["network"]
    platform, lifecycle = data["platform"], data["lifecycle"]
    book = LawBook(
        version,
        loaded.pack,
        _limits(data["limits"]),
        _readings(data["readings"]),
        calendar,
        _policy(policy, data["classified"]["guidance_text"]),
    )
    return Manifest(
        version=version,
        county=identity["county"],
        bureau=identity["bureau"],
        code_prefix=identity["code_prefix"],
        legal_basis=tuple(identity["legal_basis"]),
        interpreters=tuple(identity["interpreters"]),
        valid_until=identity["valid_until"],
        book=book,
        **reminding.settings(data),
        max_attempts=policy["retries"]["max_attempts"],
        former_units={old: present for present, names in data["units"].items() for old in names},
        successors=dict(data["people"]),
        recipients={role: tuple(names) for role, names in data["recipients"].items()},
        platform=PlatformSettings(**platform),
        lifecycle=LifecycleSettings(lifecycle["base_url"], lifecycle["secret_env"], lifecycle["signature"]),
        extra_hosts=tuple(network["allowed_hosts"]),
        ca_bundle=network["ca_bundle"],
        classified_guidance=data["classified"]["guidance_text"],
        limits_technical=TechnicalLimits(**data["limits_technical"]),
        text=text,
        beside=beside,
        corrections=data["calendar"]["corrections"],
    )


def _limits(raw: Mapping[str, Any]) -> dict[str, Limit]:
    return {
        name: Limit(
            name, each["label"], each["article"], each["unit"], tuple(LimitValue(**v) for v in each["values"])
        )
        for name, each in raw.items()
    }


def _readings(raw: Mapping[str, Any]) -> Readings:
    values: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in raw.items()
    }
    if "holiday_roll" in values:
        values["holiday_roll"] = Roll(values["holiday_roll"])
    return Readings(**values)


def _policy(raw: Mapping[str, Any], guidance: str) -> Policy:
    default, rules = raw["enforce"]
    advise = frozenset(code for code, what in rules.items() if what == "advise")
    own = {
        name: value
        for name, value in raw.items()
        if name not in ("enforce", "reminders", "rhythm", "retries")
    }
    advised = advise | ({"*"} if default == "advise" else frozenset())
    return Policy(**own, advise=advised, classified_guidance=guidance)


def starter_text() -> str:
    """The commented starter: packaged in the wheel, the manifest of the checkout otherwise."""
    packaged = files("plugin").joinpath("starter.yaml")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / FILE_NAME).read_text(encoding="utf-8")
