"""Which platforms can be spoken to: adapters found by their entry points, ours and other people's alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar

from plugin.errors import PluginError
from plugin.sdk import ENTRY_POINTS, Adapter


class AdapterUnusable(PluginError):
    """No such adapter is installed, or it cannot be loaded. Name another one, or install its package."""

    code: ClassVar[str] = "ADAPTER_UNUSABLE"


def installed() -> Mapping[str, EntryPoint]:
    """The adapters of this environment by name, not yet loaded."""
    return {each.name: each for each in entry_points(group=ENTRY_POINTS)}


def adapter(name: str) -> Adapter:
    """The adapter of that name, ready to connect. Raises AdapterUnusable."""
    known = installed()
    if name not in known:
        names = "、".join(sorted(known)) or "无"
        raise AdapterUnusable(f"没有名为“{name}”的平台适配器；已安装：{names}。")
    try:
        found = known[name].load()
    except Exception as error:
        raise AdapterUnusable(
            f"平台适配器“{name}”不能加载（{type(error).__name__}），请检查它的安装。"
        ) from error
    if not isinstance(found, Adapter):
        raise AdapterUnusable(f"“{name}”不是平台适配器：它的入口应为 plugin.sdk.Adapter。")
    return found


def problems(name: str, options: Mapping[str, Any]) -> Iterable[str]:
    """What is wrong with the name or the options of a platform, a Chinese sentence each."""
    try:
        return tuple(adapter(name).check_options(options))
    except AdapterUnusable as error:
        return (str(error),)
