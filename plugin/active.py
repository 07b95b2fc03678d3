"""The manifest in force: a version in the ledger, a frozen snapshot in this process, swapped when the version changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from plugin.errors import PluginError
from plugin.ledger import Ledger
from plugin.manifest import Beside, Manifest, load_text


class NothingApplied(PluginError):
    """No manifest was ever applied to this ledger. Run `zhengxiang apply`."""

    code = "NOTHING_APPLIED"

    def __init__(self) -> None:
        super().__init__("台账中还没有生效的参数文件，请先运行 zhengxiang apply。")


class ActiveManifest:
    """Call it to get the snapshot in force, with the pack and the days it was applied with.

    A version from before these were carried takes them from the files under `base`.
    """

    def __init__(
        self,
        ledger: Ledger,
        base: Path | None = None,
        adapt: Callable[[Manifest], Manifest] = lambda each: each,
    ) -> None:
        self._ledger, self._base, self._adapt = ledger, base, adapt
        self._snapshot: tuple[str, Manifest] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Manifest:
        version = self._ledger.manifests.active_version()
        if version is None:
            raise NothingApplied
        snapshot = self._snapshot
        if snapshot is None or snapshot[0] != version:
            with self._lock:
                snapshot = self._snapshot = self._load()
        return snapshot[1]

    def _load(self) -> tuple[str, Manifest]:
        """The version in force by now, which need not be the one just asked for, and its manifest."""
        active = self._ledger.manifests.active()
        if active is None:
            raise NothingApplied
        beside, name = Beside.from_json(active.beside), f"ledger:{active.version}"
        return active.version, self._adapt(load_text(active.text, name, base=self._base, beside=beside))
