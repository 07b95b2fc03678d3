"""The demo as a newcomer starts it: a process of its own on ephemeral ports, stopped and started again as months pass."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

PROJECTS = 2000
READY = "按 Ctrl-C 结束"
PATIENCE_S = 300.0
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(slots=True)
class Town:
    """The running demo. Its clock starts at the moment it is told, and never goes back."""

    data: Path
    moment: datetime | None = None
    said: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def at(self, moment: str) -> Town:
        """The demo on a day not before `moment` (Shanghai): started again if it is earlier there."""
        wanted = datetime.fromisoformat(moment)
        if self.moment is None or self.moment < wanted:
            self.stop()
            self.moment = wanted
            self._start()
        return self

    def stop(self) -> None:
        """As Ctrl-C does; what it held is on the disk."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            assert self._process.wait(60) == 0
            self._process = None

    @property
    def platform(self) -> str:
        return self._address("填报平台")

    @property
    def lifecycle(self) -> str:
        return self._address("全生命周期管理系统")

    @property
    def console(self) -> str:
        return self._address("政项控制台") + "/console"

    def _start(self) -> None:
        assert self.moment
        self.said = []
        command = [sys.executable, "-m", "plugin.cli", "demo", "--projects", str(PROJECTS), "--port", "0"]
        command += ["--data", str(self.data), "--now", f"{self.moment:%Y-%m-%dT%H:%M}"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self._process, ready), daemon=True).start()
        assert ready.wait(PATIENCE_S), "\n".join(self.said)
        assert self._process.poll() is None, "\n".join(self.said)

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout
        for line in process.stdout:
            self.said.append(line.rstrip())
            if READY in line:
                ready.set()
        ready.set()  # it ended: the caller looks why

    def _address(self, name: str) -> str:
        line = next(each for each in self.said if name in each and "http" in each)
        found = ADDRESS.search(line)
        assert found, line
        return found[0]
