"""What a bureau decides about its NocoBase: `platform.options` of the manifest, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

AWAY = "校验服务暂时连不上，本次没有保存。请保留已填的内容，过几分钟再提交；多次不成功的，请联系数据资源局。"
_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_PREFIX = re.compile(r"[a-z][a-z0-9]{0,7}_")


class Auth(StrEnum):
    """How the platform proves itself to us: a signature over the bytes, or a token in a header."""

    HMAC = "hmac"
    TOKEN = "token"  # noqa: S105 - the name of a way, not a token


class Away(StrEnum):
    """What a person gets who saves while we cannot be reached."""

    REFUSE = "refuse"
    SAVE = "save_and_judge_later"


@dataclass(frozen=True, slots=True)
class NocobaseSettings:
    """`base_url` is how we reach the platform, `plugin_url` how the platform reaches us (needed to push only).

    `on_unreachable` may differ by form. What is not declared unclassified is refused in any case.
    """

    base_url: str
    plugin_url: str = ""
    prefix: str = "zx_"
    auth: Auth = Auth.HMAC
    on_unreachable: Away = Away.REFUSE
    on_unreachable_of: Mapping[str, Away] = field(default_factory=lambda: MappingProxyType({}))
    away_message: str = AWAY
    runtime_user: str = "zhengxiang"
    timeout_ms: int = 5000

    def away(self, form: str) -> Away:
        """What holds for one form."""
        return self.on_unreachable_of.get(form, self.on_unreachable)

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], *, base_url: str, auth: Auth = Auth.HMAC
    ) -> NocobaseSettings:
        """From `platform.options`; address and way of proof are the platform section's own. ValueError names every mistake."""
        problems = tuple(mistakes(options))
        if problems:
            raise ValueError("\n".join(problems))
        by_form = {form: Away(way) for form, way in (options.get("on_unreachable_of") or {}).items()}
        given = {
            **options,
            "plugin_url": options.get("plugin_url", "").rstrip("/"),
            "on_unreachable": Away(options.get("on_unreachable", Away.REFUSE)),
            "on_unreachable_of": MappingProxyType(by_form),
        }
        return cls(base_url=base_url.rstrip("/"), auth=auth, **given)


OPTIONS = tuple(each.name for each in fields(NocobaseSettings) if each.name not in ("base_url", "auth"))


def mistakes(options: Mapping[str, Any]) -> Iterable[str]:
    """What is wrong with the options, each with what would be right."""
    yield from (
        f"没有名为“{name}”的选项；可用的有：{'、'.join(OPTIONS)}。" for name in options if name not in OPTIONS
    )
    if "plugin_url" in options and not _fits(options["plugin_url"], _URL):
        yield "plugin_url 应为平台能访问到的接收端地址，例如 http://10.0.0.5:8700。"
    if not _fits(options.get("prefix", "zx_"), _PREFIX):
        yield "prefix 应为小写字母开头、下划线结尾的短名，例如 zx_。"
    yield from _choices("on_unreachable", options.get("on_unreachable", Away.REFUSE), Away)
    yield from _by_form(options.get("on_unreachable_of") or {})
    for name in ("away_message", "runtime_user"):
        if not isinstance(options.get(name, "-"), str) or not options.get(name, "-").strip():
            yield f"{name} 应为不空的文字。"
    timeout = options.get("timeout_ms", 5000)
    if not isinstance(timeout, int) or isinstance(timeout, bool) or not 500 <= timeout <= 60_000:
        yield "timeout_ms 应为500至60000之间的整数（毫秒）。"


def _by_form(ways: Any) -> Iterable[str]:
    if not isinstance(ways, Mapping):
        yield "on_unreachable_of 应为“表单标识: 处理方式”的对照。"
        return
    for form, way in ways.items():
        yield from _choices(f"on_unreachable_of.{form}", way, Away)


def _fits(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _choices(name: str, value: Any, kind: type[StrEnum]) -> Iterable[str]:
    if value not in [each.value for each in kind]:
        yield f"{name} 应为 {' 或 '.join(each.value for each in kind)}。"
