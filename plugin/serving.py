"""The long-running processes: the web server and the timetable, started and stopped cleanly."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

from jobs.scheduler import running
from plugin.active import ActiveManifest
from plugin.app import LARGEST_BODY, build, create_app, timetable
from plugin.ledger import Ledger, LedgerError
from plugin.manifest import Manifest

log = logging.getLogger("zhengxiang")
THREADS = 16
STOP_S = 5.0
CONNECTIONS = 1000  # slow clients hold connections, not threads
IN_MEMORY = LARGEST_BODY  # else waitress puts bodies of half a megabyte into files: they may be classified


def run_web(data: Path, manifest: Manifest, file: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    with closing(opened(data, manifest, file.parent)) as ledger:
        app = create_app(build(ledger, os.environ, lambda: datetime.now(UTC), file))
        server = web_server(app, host, port)
        signal.signal(signal.SIGTERM, _interrupt)
        log.info("serving on http://%s:%s", host, port)
        try:
            server.run()
        finally:
            server.close()


def web_server(app: Flask, host: str, port: int) -> Any:
    """Listening, not yet serving. Forwarding headers are kept: /metrics tells by them that a proxy stands between.

    Nothing believes them: without a trusted proxy waitress takes no address from them.
    """
    return waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        clear_untrusted_proxy_headers=False,
        inbuf_overflow=IN_MEMORY,
        max_request_body_size=IN_MEMORY,
    )


@contextmanager
def in_background(server: Any) -> Iterator[str]:
    """Serve in a thread of its own; the address. That thread closes the sockets: taken from it, it would end in an error."""
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    try:
        yield f"http://{server.effective_host}:{server.effective_port}"
    finally:
        with suppress(OSError):  # awake already, it did as told and closed the trigger before it was pulled
            server.trigger.pull_trigger(partial(wasyncore.close_all, server._map, ignore_all=True))
        thread.join(STOP_S)


def run_jobs(data: Path, manifest: Manifest, file: Path) -> None:
    """Tick until SIGTERM or Ctrl-C; what is under way finishes."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with closing(opened(data, manifest, file.parent)) as ledger:
        services = build(ledger, os.environ, lambda: datetime.now(UTC), file)
        with running(timetable(services, Random())):  # noqa: S311 - jitter, no secret
            log.info("timetable running")
            stop.wait()


def opened(data: Path, manifest: Manifest, base: Path) -> Ledger:
    """The ledger; a new one takes the file's manifest, an old one keeps its own and says where they differ.

    A damaged ledger is not written to: LedgerError, with what to do.
    """
    data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger.open(data / "ledger.db")
    for problem in ledger.doctor(datetime.now(UTC)):
        log.error("%s %s", problem.code, problem.message)
        if problem.code == "LEDGER_CORRUPT":
            ledger.close()
            raise LedgerError(problem.code, problem.message)
    if ledger.manifests.active_version() is None:
        now = datetime.now(UTC)
        ledger.manifests.apply(manifest.version, manifest.text, "first start", now, manifest.beside)
    elif ActiveManifest(ledger, base)().version != manifest.version:
        log.warning("the manifest file differs from the version in force: run `zhengxiang apply`")
    return ledger


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
