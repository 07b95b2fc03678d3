"""The ledger's files: where they may lie, who may write, how long a writer waits."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from plugin.ledger.errors import LedgerError, busy

WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.0002  # jobs rest 1 ms after every transaction, so a waiting receiver gets its turn
_NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "smb2",
        "9p",
        "afs",
        "ceph",
        "lustre",
        "glusterfs",
        "ncpfs",
        "coda",
        "gfs2",
        "ocfs2",
        "beegfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.ceph",
        "fuse.rclone",
        "fuse.davfs",
        "davfs",
        "virtiofs",
        "vboxsf",
    ]
)
_MOUNTS = Path("/proc/self/mountinfo")


def file_system_of(path: Path, mountinfo: str) -> str | None:
    """The type of the file system that holds this absolute path; the deepest, latest mount wins."""
    found: tuple[int, str] | None = None
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        mount_point = Path(left.split()[4].encode().decode("unicode_escape"))
        if path.is_relative_to(mount_point) and (found is None or len(mount_point.parts) >= found[0]):
            found = len(mount_point.parts), right.split()[0]
    return None if found is None else found[1]


def file_system_problem(path: Path, mountinfo: str | None = None) -> LedgerError | None:
    """Locks and shared memory do not hold across a network: two writers would ruin the file."""
    if mountinfo is None:
        mountinfo = _MOUNTS.read_text(errors="replace") if _MOUNTS.exists() else ""
    kind = file_system_of(path, mountinfo)
    if kind not in _NETWORK:
        return None
    return LedgerError(
        "LEDGER_NETWORK_FS",
        f"台账不能放在网络文件系统上（{path} 位于 {kind}），并发写入会损坏数据。请把数据目录改到本机磁盘。",
    )


def make_private(path: Path) -> None:
    """Make the file before SQLite does, so that nobody else may read it; its journal takes over the mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except FileNotFoundError as error:
        raise LedgerError(
            "LEDGER_MISSING", f"数据目录不存在：{path.parent}。请先建立目录或检查配置。"
        ) from error
    except PermissionError as error:
        raise LedgerError("LEDGER_READ_ONLY", f"无权读写台账文件：{path}。请检查文件权限。") from error


class WriterLock:
    """One writer at a time, over all threads and processes, without SQLite's long back-off."""

    def __init__(self, path: Path, wait_seconds: float = WAIT_SECONDS) -> None:
        self.path, self._wait = path, wait_seconds
        self._among_threads = Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take the lock or say that the ledger is busy. Opened anew each time: locks cross no fork."""
        until = time.monotonic() + self._wait
        if not self._among_threads.acquire(timeout=self._wait):
            raise busy()
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._take(handle, until)
                yield
            finally:
                os.close(handle)  # gives the lock back
        finally:
            self._among_threads.release()

    @staticmethod
    def _take(handle: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise busy() from None
                time.sleep(_POLL_SECONDS)
            else:
                return
