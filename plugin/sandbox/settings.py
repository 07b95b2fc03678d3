"""What the sandbox is told when it starts: where its data lies, whom it calls, its keys, its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from plugin.platforms.signing import Secret

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Frozen for the life of the process. `retry_scale` shortens the waits between attempts."""

    data_dir: Path
    plugin_url: str
    now: Callable[[], datetime]
    webhook_secrets: tuple[Secret, ...] = field(repr=False)
    lifecycle_secrets: tuple[Secret, ...] = field(repr=False)
    platform_port: int = 0  # 0: any free port
    lifecycle_port: int = 0
    algorithm: str = "v1"
    retry_scale: float = 1.0
    verdict_timeout_s: float = 10.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.plugin_url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError(
                f"沙箱只连接本机：plugin_url 应为 http://127.0.0.1:端口，现为 {self.plugin_url}。"
            )

    @property
    def database(self) -> Path:
        """The sandbox's own file, apart from the plugin's ledger."""
        return self.data_dir / "sandbox.db"

    def here_and_now(self) -> datetime:
        """The present instant as officials read it."""
        return self.now().astimezone(SHANGHAI)
