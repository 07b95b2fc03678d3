"""Composition root of the web process and of the jobs: which part stands behind which protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask, Response, current_app, jsonify
from werkzeug.exceptions import HTTPException

from forms.definition import load_forms
from jobs.attachments import fetch_one
from jobs.couriers import FilingCourier, MessageCourier, WriteBackCourier
from jobs.inbox import take_one_event
from jobs.listening import every_s, listening_round
from jobs.notices import FilingNotices
from jobs.outbox import Sender
from jobs.reconciling import reconcile_one
from jobs.refold import Refolding
from jobs.reminders import Reminding
from jobs.scheduler import Job, Timetable
from plugin import console
from plugin.active import ActiveManifest
from plugin.adapters import adapter
from plugin.http import Door
from plugin.intake import Intake
from plugin.ledger import Ledger, LedgerError
from plugin.lifecycle import LifecycleClient
from plugin.mail import Login, Mailer
from plugin.manifest import Environ, Manifest, login_of, secrets_of, token_of
from plugin.openapi import openapi_text
from plugin.platforms.signing import Secret, read_secret
from plugin.reconcile import Reconciler
from plugin.reminding.channels import Channel, MailChannel, PlatformChannel
from plugin.remote import Remote
from plugin.resemblance import Resemblance
from plugin.sdk import Connection, Platform, Registry
from webhooks.feeds import bp as feeds
from webhooks.routes import Receiver, bp, problem

Clock = Callable[[], datetime]
LARGEST_BODY = 4 * 1024 * 1024  # the routes hold the real limit; this one only bounds what is read at all


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one process."""

    ledger: Ledger
    manifest: Callable[[], Manifest]
    intake: Intake
    platforms: Registry
    lifecycle: LifecycleClient
    environ: Environ
    clock: Clock
    counts: Counter[str]
    file: Path | None = None  # the manifest that proposals are written to


def build(
    ledger: Ledger,
    environ: Environ,
    clock: Clock,
    file: Path | None = None,
    adapt: Callable[[Manifest], Manifest] = lambda each: each,
) -> Services:
    """Wire the parts over an open ledger. `adapt` lets the demo put its own addresses into the manifest."""
    manifest = ActiveManifest(ledger, file.parent if file else None, adapt)
    settings = manifest()
    door = _door(settings)
    platform = platform_of(settings, environ, clock)
    lifecycle = LifecycleClient(
        _remote("全生命周期管理系统", door, settings.lifecycle, lambda: manifest().lifecycle, environ, clock)
    )
    intake = Intake(
        ledger, load_forms(), manifest, Resemblance(ledger, lambda unit: manifest().unit_name(unit))
    )
    return Services(
        ledger,
        manifest,
        intake,
        Registry({platform.name: platform}),
        lifecycle,
        environ,
        clock,
        Counter(),
        file,
    )


def platform_of(manifest: Manifest, environ: Environ, clock: Clock) -> Platform:
    """The adapter that the manifest names, connected. Keys are read at each use. Raises AdapterUnusable."""
    settings = manifest.platform
    return adapter(settings.name).connect(
        Connection(
            base_url=settings.base_url,
            signature=settings.signature,
            secrets=lambda: secrets(settings, environ),
            token=lambda: token_of(settings, environ),
            options=settings.options,
            forms=load_forms(),
            door=_door(manifest),
            clock=clock,
        )
    )


def _door(manifest: Manifest) -> Door:
    limits = manifest.limits_technical
    return Door(
        allowed_hosts=manifest.allowed_hosts,
        connect_s=limits.connect_seconds,
        read_s=limits.read_seconds,
        total_s=limits.total_seconds,
        max_reply_bytes=limits.reply_bytes,
        ca_bundle=manifest.ca_bundle,
    )


def _remote(
    name: str, door: Door, settings: Any, current: Callable[[], Any], environ: Environ, clock: Clock
) -> Remote:
    return Remote(
        name, door, settings.base_url, lambda: secrets(current(), environ), settings.signature, clock
    )


def secrets(settings: Any, environ: Environ) -> tuple[Secret, ...]:
    """The keys as they are now: a changed key file needs no restart."""
    return tuple(read_secret(settings.signature, text) for text in secrets_of(settings, environ))


def create_app(services: Services) -> Flask:
    """The web application: receiver, health, the API document."""
    app = Flask("zhengxiang", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, PROPAGATE_EXCEPTIONS=False
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it, the base class does not
    app.extensions["receiver"] = Receiver(
        intake=services.intake,
        platforms=services.platforms,
        secrets=lambda: secrets(services.manifest().platform, services.environ),
        now=services.clock,
        count=lambda name: services.counts.update([name]),
    )
    app.register_blueprint(bp)
    app.register_blueprint(feeds)
    console.register(app, services)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/healthz", view_func=lambda: jsonify(status="ok"), endpoint="healthz")
    app.add_url_rule("/readyz", view_func=lambda: _ready(services), endpoint="readyz")
    app.add_url_rule("/openapi.yaml", view_func=_openapi, endpoint="openapi")
    return app


def timetable(services: Services, rng: Random) -> Timetable:
    """The jobs of one process, one line each."""
    sender = _sender(services, rng)
    intake = services.intake
    reconciler = Reconciler(intake, services.lifecycle)

    def sending(*kinds: str) -> Callable[[datetime], bool]:
        return lambda now: sender.send_one(kinds, now)

    def fetching(now: datetime) -> bool:
        limit = services.manifest().limits_technical.attachment_bytes
        return fetch_one(services.ledger, services.platforms, limit, rng, now)

    def listening(platform: Platform) -> Callable[[datetime], bool]:
        return lambda now: listening_round(intake, platform, now)

    jobs = (
        Job("inbox", "受理平台送来的提交", 1, lambda now: take_one_event(intake, rng, now)),
        Job("write_backs", "把结论写回平台", 1, sending("writeback")),
        Job("messages", "发送消息", 1, sending("message")),
        Job("reminders", "发送到期提醒", 5, reminding(services, rng).step),
        Job("filings", "向全生命周期管理系统备案", 2, sending("filing")),
        Job("attachments", "取回附件", 5, fetching),
        *(
            Job(f"listening_{each.name}", "核对平台上的记录", every_s(each), listening(each))
            for each in services.platforms.platforms.values()
            if each.capabilities.lists_changes
        ),
        Job("refold", "按生效的参数文件重新判断项目", 2, Refolding(intake).one),
        Job("reconcile", "每夜与全生命周期管理系统核对", 60, lambda now: reconcile_one(reconciler, rng, now)),
        Job("audit", "封存审计记录", 60, lambda _now: services.ledger.audit.seal(limit=200) > 0),
    )

    def ticked(job: Job, now: datetime) -> None:
        services.ledger.overview.ticked(job.name, job.label, job.every_s, now)

    return Timetable(jobs, services.clock, lambda name: services.counts.update([name]), ticked)


def reminding(services: Services, rng: Random) -> Reminding:
    """The job of reminders, with the channels that the manifest in force sets up."""
    channels: dict[str, Channel] = {
        "platform": PlatformChannel(services.platforms),
        "email": MailChannel(lambda: _mailer(services)),
    }
    return Reminding(services.ledger, services.intake.forms, services.manifest, channels, rng)


def _mailer(services: Services) -> Mailer | None:
    """The mail server of the manifest in force, None if it has none."""
    manifest, environ = services.manifest(), services.environ
    settings = manifest.mail
    if settings is None:
        return None

    def login() -> Login | None:
        found = login_of(settings, environ)
        return Login(*found) if found else None

    return Mailer(settings.host, settings.port, settings.security, settings.sender, login, manifest.ca_bundle)


def _sender(services: Services, rng: Random) -> Sender:
    return Sender(
        ledger=services.ledger,
        couriers={
            "writeback": WriteBackCourier(services.platforms),
            "message": MessageCourier(services.platforms, lambda id: services.manifest().person(id)),
            "filing": FilingCourier(services.ledger, services.lifecycle),
        },
        rng=rng,
        max_attempts=services.manifest().max_attempts,
        notices={"filing": FilingNotices(services.ledger, services.manifest)},
    )


def _ready(services: Services) -> tuple[Response, int]:
    """Whether a delivery could be taken now. An empty transaction would touch no disk: something is written, each 5 s."""
    problems: list[str] = []
    now = services.clock()
    try:
        at = now.replace(second=now.second // 5 * 5, microsecond=0)
        if services.ledger.marks.get("readyz") != at:
            services.ledger.marks.put("readyz", at)
    except LedgerError as error:
        problems.append(str(error))
    return jsonify(status="ok" if not problems else "not ready", problems=problems), 503 if problems else 200


def _openapi() -> Response:
    return Response(openapi_text(), content_type="application/yaml; charset=utf-8")


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(status, f"HTTP_{status}", "请核对请求的地址、方法和大小。")


def _unexpected(error: Exception) -> Response:
    """Nothing of the request goes into the log: only what kind of error it was."""

    current_app.logger.error("unexpected %s", type(error).__name__)
    return problem(500, "INTERNAL", "系统内部错误，请联系运维人员。")
