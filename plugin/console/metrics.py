"""/metrics for Prometheus: numbers only, read from the ledger when asked."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from plugin.console.parts import Parts
from plugin.manifest import Environ

TOKEN_ENV = "ZHENGXIANG_METRICS_TOKEN"  # noqa: S105 - the name of a variable
CHANNELS = ("writeback", "message", "reminder", "filing")


class FromLedger(Collector):
    """One scrape is one look at the ledger."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        ledger, now = self._parts.ledger, self._parts.clock()
        yield _gauge("zhengxiang_projects", "Projects by state", "state", ledger.projects.counts())
        yield _gauge("zhengxiang_inbox", "Deliveries by state", "state", ledger.inbox.counts())
        channels = ledger.overview.channels(CHANNELS, now)
        waiting = {each.kind: float(each.waiting) for each in channels}
        yield _gauge("zhengxiang_outbox_due", "Outgoing items that are due and not sent", "kind", waiting)
        oldest = {
            each.kind: (now - each.oldest_wanted_at).total_seconds()
            for each in channels
            if each.oldest_wanted_at
        }
        yield _gauge(
            "zhengxiang_outbox_oldest_seconds", "How long the oldest of them has been due", "kind", oldest
        )
        dead = float(ledger.outbox.dead_count())
        yield GaugeMetricFamily("zhengxiang_outbox_dead", "Outgoing items that were given up", value=dead)
        ages = {tick.job: (now - tick.at).total_seconds() for tick in ledger.overview.ticks()}
        yield _gauge("zhengxiang_job_age_seconds", "Since a job last ran", "job", ages)
        age = [(now - datetime.fromisoformat(at)).total_seconds() for _path, at in ledger.backups()[-1:]]
        yield GaugeMetricFamily(
            "zhengxiang_backup_age_seconds", "Since the last backup", value=age[0] if age else None
        )
        counted = CounterMetricFamily(
            "zhengxiang_events", "What happened since the process started", labels=["event"]
        )
        for name, count in sorted(self._parts.counts.items()):
            counted.add_metric([name], count)
        yield counted


def _gauge(name: str, text: str, label: str, values: dict[str, float] | dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def answer(parts: Parts, registry: CollectorRegistry) -> Response:
    """To whoever has the token; where none is set, to this machine itself."""
    if not _allowed(parts.environ):
        return Response("403\n", 403, content_type="text/plain; charset=utf-8")
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _allowed(environ: Environ) -> bool:
    token = _token(environ)
    if token is None:
        proxied = any(request.headers.get(name) for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
        return request.remote_addr in ("127.0.0.1", "::1") and not proxied
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), token.encode())


def _token(environ: Environ) -> str | None:
    """None where there is none. An empty one is none: it would fit every request that carries no token."""
    path = environ.get(f"{TOKEN_ENV}_FILE")
    text = Path(path).read_text(encoding="utf-8") if path else environ.get(TOKEN_ENV, "")
    return text.strip() or None
