"""Everything on one machine: the real plugin, a stand-in platform, a stand-in life-cycle system, invented data.

What is real here: HTTP, signatures, the database, the jobs. Started again on the same folder it goes on where it was
stopped or killed: every record of the round has an id of its own, and what is known is not taken twice.
"""

from __future__ import annotations

import secrets as randomness
import signal
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from typing import Any

from argon2 import PasswordHasher
from waitress.server import create_server

from jobs.reconciling import ROUND
from jobs.scheduler import running
from plugin.app import Services, build, create_app, timetable
from plugin.clock import shanghai_day
from plugin.console.access import NAMES, Role
from plugin.demo_bulk import fill
from plugin.demo_report import Report
from plugin.demo_round import Step, steps
from plugin.ledger import Ledger
from plugin.lifecycle import Receipt
from plugin.manifest import Manifest, load_manifest
from plugin.manifest.loading import FILE_NAME
from plugin.platforms.signing import Secret
from plugin.sandbox.client import SandboxPlatform
from plugin.sandbox.desk import Submitted
from plugin.sandbox.server import Running, serve_sandbox
from plugin.sandbox.settings import Settings
from plugin.serving import in_background

HOST = "127.0.0.1"
OFFICIAL = {"id": "u1", "name": "张三", "unit": "县农业农村局（演示）"}
PATIENCE_S = 15.0
SHARED = ("ZHENGXIANG_WEBHOOK_SECRETS", "ZHENGXIANG_LIFECYCLE_SECRETS")
SECRETS = (*SHARED, "ZHENGXIANG_SESSION_SECRETS", "ZHENGXIANG_SSO_SECRETS")
PASSWORD = "demo-2026-demo"  # noqa: S105 - of invented people, on loopback, printed at every start
ACCOUNTS = (
    ("wangwu", "王五", Role.ADMIN, None),
    ("lijiu", "李九", Role.ADMIN, None),  # who confirms what 王五 proposes
    ("zhaoliu", "赵六", Role.READER, None),
    ("sunqi", "孙七", Role.AUDITOR, None),
    ("zhouba", "周八", Role.OPERATOR, None),
    ("zhangsan", "张三", Role.UNIT, "县农业农村局（演示）"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo at work."""

    services: Services
    sandbox: Running
    platform: SandboxPlatform
    plugin_url: str
    now: Callable[[], datetime]


@contextmanager
def started(data: Path, start: datetime | None = None, port: int = 0, projects: int = 0) -> Iterator[Demo]:
    """The demo over the folder `data`; ports from `port` on, 0 = any free ones. The jobs wait for invented projects."""
    now = clock(start)
    environ = _secrets(data)
    with ExitStack() as stack:
        listening = stack.enter_context(_bound(port))
        plugin_url = f"http://{HOST}:{listening.getsockname()[1]}"
        sandbox = serve_sandbox(_sandbox_settings(data, plugin_url, now, environ, port))
        stack.callback(sandbox.stop)
        ledger = stack.enter_context(closing(Ledger.open(data / "ledger.db")))
        file = own_manifest(data)
        manifest = load_manifest(file, environ)
        ledger.manifests.apply(manifest.version, manifest.text, "demo", now(), manifest.beside)
        _accounts(ledger, now())
        services = build(ledger, environ, now, file, adapt=lambda each: at_home(each, sandbox))
        stack.enter_context(_serving(services, listening))
        if projects:
            _invent(services, sandbox, projects)
        stack.enter_context(running(timetable(services, Random())))  # noqa: S311 - jitter, no secret
        settings = _sandbox_settings(data, plugin_url, now, environ, port)
        yield Demo(
            services,
            sandbox,
            SandboxPlatform(sandbox.platform_url, sandbox.lifecycle_url, settings),
            plugin_url,
            now,
        )


def run(data: Path, port: int, start: datetime | None, projects: int = 0) -> int:
    """Until Ctrl-C. The projects of the round are there from the beginning."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with started(data, start, port, projects) as demo:
        print(
            f"政项演示已启动（沙箱与演示数据，非真实系统）：\n"
            f"  填报平台（沙箱）          {demo.sandbox.platform_url}\n"
            f"  全生命周期管理系统（沙箱）{demo.sandbox.lifecycle_url}\n"
            f"  政项控制台                {demo.plugin_url}/console/\n{_accounts_text()}"
            f"  政项插件                  {demo.plugin_url}/readyz  {demo.plugin_url}/openapi.yaml\n"
            f"  数据目录                  {data}\n按 Ctrl-C 结束。",
            flush=True,
        )
        for step in steps(shanghai_day(demo.now())):
            if stop.is_set():
                break
            play(demo, step)
        stop.wait()
    return 0


def play_once(data: Path, start: datetime | None) -> int:
    """Play the round, print what came of it, 0 only if everything arrived."""
    began = time.monotonic()
    with started(data, start) as demo:
        report = Report(demo.services, demo.platform)
        for step in steps(shanghai_day(demo.now())):
            report.submitted(step, play(demo, step))
        wait_until(report.settled, PATIENCE_S)
        arrived = report.printed()
    print(f"用时 {time.monotonic() - began:.1f} 秒。", flush=True)
    return 0 if arrived else 1


def play(demo: Demo, step: Step) -> Submitted:
    """Fill in one form as an official does; a form that needs a project waits for its code."""
    fields = dict(step.fields)
    if step.project_of:
        fields["project_code"] = _code_of(demo, f"demo-{step.project_of}")
    return demo.platform.submit(step.form, fields, OFFICIAL, record=f"demo-{step.name}")


def _code_of(demo: Demo, record: str) -> str | None:
    """The code that was written back into the record that founded the project."""
    found: list[str] = []

    def known() -> bool:
        result = demo.platform.result("demand_collection", record)
        found[:] = [result["project_code"]] if result and result.get("project_code") else []
        return bool(found)

    wait_until(known, PATIENCE_S)
    return found[0] if found else None


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask every tenth of a second, at most so long."""
    deadline = time.monotonic() + seconds
    while not (there := done()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return there


def clock(start: datetime | None) -> Callable[[], datetime]:
    """The real clock, or one that starts at `start` now and runs on."""
    offset = start.astimezone(UTC) - datetime.now(UTC) if start else timedelta()
    return lambda: datetime.now(UTC) + offset


def demo_manifest(environ: dict[str, str]) -> Manifest:
    with as_file(files("plugin").joinpath("demo_manifest.yaml")) as path:
        return load_manifest(path, environ)


def own_manifest(data: Path) -> Path:
    """The demo manifest as a file of this folder, so that it can be changed and stays changed."""
    file = data / FILE_NAME
    if not file.exists():
        file.write_text(demo_manifest({}).text, encoding="utf-8")
    return file


def at_home(manifest: Manifest, sandbox: Running) -> Manifest:
    """The demo manifest with the addresses of this run."""
    return replace(
        manifest,
        platform=replace(manifest.platform, base_url=sandbox.platform_url),
        lifecycle=replace(manifest.lifecycle, base_url=sandbox.gateway_url),
    )


def _invent(services: Services, sandbox: Running, count: int) -> None:
    """Projects over all stages, to look at pages with."""
    began, now = time.monotonic(), services.clock()

    def receive(filings: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        return [
            asdict(Receipt(each.receipt_no, each.key, now.isoformat(), each.digest, each.lifecycle_no))
            for each in sandbox.store.filings.put_new(filings, now)
        ]

    _settle_in(services.ledger, now)
    papers = fill(services.intake, count, now, receive)
    took = time.monotonic() - began
    print(
        f"已生成演示项目{count}个、提交{papers}份，用时{took:.0f}秒。"
        if papers
        else "演示项目已经有了，没有再生成。",
        flush=True,
    )


def _settle_in(ledger: Ledger, now: datetime) -> None:
    """What is about to be folded and filed needs neither this year's fold nor tonight's comparison."""
    with ledger.write_tx():
        ledger.marks.move("year", now)
    if night := ledger.rounds.claim(ROUND, shanghai_day(now), now):
        ledger.rounds.finish(night, now)


def _accounts(ledger: Ledger, now: datetime) -> None:
    """One person of each role, whose password need not be changed."""
    hasher = PasswordHasher()
    for login, name, role, unit in ACCOUNTS:
        if ledger.people.by_login(login) is None:
            ledger.people.add(login, name, role, "", "demo", now, unit=unit, platform_id=f"demo-{login}")
            if person := ledger.people.by_login(login):
                ledger.people.set_password(person, hasher.hash(PASSWORD), False, "demo", now)


def _accounts_text() -> str:
    """Who may sign in to the demo's console, for the screen."""
    people = "".join(f"    {login:<10}{name}  {NAMES[role]}\n" for login, name, role, _unit in ACCOUNTS)
    return f"{people}    以上演示账号的密码都是 {PASSWORD}\n"


def _secrets(data: Path) -> dict[str, str]:
    """Keys made once for this folder, readable by their owner only; handed on by file name."""
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True)
    for name in SECRETS:
        path = folder / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text("whsec_" + b64encode(randomness.token_bytes(32)).decode(), encoding="ascii")
    return {f"{name}_FILE": str(folder / name) for name in SECRETS}


def _sandbox_settings(
    data: Path, plugin_url: str, now: Callable[[], datetime], environ: dict[str, str], port: int
) -> Settings:
    webhook, lifecycle = (
        (Secret.parse(Path(environ[f"{name}_FILE"]).read_text(encoding="ascii")),) for name in SHARED
    )
    return Settings(
        data_dir=data / "sandbox",
        plugin_url=plugin_url,
        now=now,
        webhook_secrets=webhook,
        lifecycle_secrets=lifecycle,
        platform_port=port + 1 if port else 0,
        lifecycle_port=port + 2 if port else 0,
        retry_scale=0.1,
    )


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    """The plugin's socket, before anything else starts: the sandbox must know its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        yield listening


@contextmanager
def _serving(services: Services, listening: socket.socket) -> Iterator[None]:
    server = create_server(create_app(services), sockets=[listening], threads=8, connection_limit=200)
    with in_background(server):
        yield
