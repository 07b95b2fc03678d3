"""Starts both stand-in systems and the thread that delivers webhooks; stops them cleanly."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from forms.definition import load_forms
from plugin.sandbox.delivery import Deliverer
from plugin.sandbox.faults import Faults
from plugin.sandbox.gateway import Gateway
from plugin.sandbox.lifecycle import create_lifecycle
from plugin.sandbox.platform import create_platform
from plugin.sandbox.settings import Settings
from plugin.sandbox.store import Store

HOST = "127.0.0.1"
STOP_S = 5.0


class Served:
    """One application on one port, served by a thread of its own."""

    def __init__(self, app: Flask, port: int) -> None:
        self._map: dict[Any, Any] = {}
        self._server = create_server(
            app,
            map=self._map,
            host=HOST,
            port=port,
            threads=8,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        self._thread = threading.Thread(target=self._server.run, name=app.import_name, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.effective_port}"

    def stop(self) -> None:
        """Close the sockets inside the serving thread, which then has nothing left to wait for."""
        with suppress(
            OSError
        ):  # the loop was awake already, did as told and closed the trigger before it was pulled
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map, ignore_all=True))
        self._thread.join(STOP_S)
        self._server.task_dispatcher.shutdown(timeout=STOP_S)


@dataclass(frozen=True, slots=True)
class Running:
    """The sandbox at work."""

    platform_url: str
    lifecycle_url: str
    gateway_url: str  # where filings are sent: the life-cycle system, going wrong on demand
    store: Store
    faults: Faults
    _parts: tuple[Served | Gateway, ...]
    _delivering: threading.Thread
    _stop: threading.Event

    def stop(self) -> None:
        """Stop delivering, then serving, then close the file. What was queued goes out at the next start."""
        self._stop.set()
        self._delivering.join(STOP_S)
        for part in self._parts:
            part.stop()
        self.store.close()


def serve_sandbox(settings: Settings) -> Running:
    """Both systems and the deliveries. OSError where a port is taken."""
    store, faults = Store(settings.database), Faults()
    platform_app, lifecycle_app = (
        create_platform(store, load_forms(), settings),
        create_lifecycle(store, settings, faults),
    )
    lifecycle = Served(lifecycle_app, settings.lifecycle_port)
    try:
        platform = Served(platform_app, settings.platform_port)
    except OSError:
        lifecycle.stop()
        store.close()
        raise
    for app in (platform_app, lifecycle_app):
        app.config["ADDRESSES"] = {"platform": platform.url, "lifecycle": lifecycle.url}
    stop = threading.Event()
    delivering = threading.Thread(
        target=Deliverer(store, settings).run, args=(stop,), name="sandbox deliveries", daemon=True
    )
    delivering.start()
    gateway = Gateway(lifecycle.url, faults)
    parts = (gateway, platform, lifecycle)
    return Running(platform.url, lifecycle.url, gateway.url, store, faults, parts, delivering, stop)
