"""A real NocoBase 2.2.15 on this machine: installed once into a cache folder, then a fresh database for every run.

    python -m e2e.nocobase install | remove

From npm and from Debian's PostgreSQL only; it never leaves loopback. The database runs under an account that is not
root, because PostgreSQL refuses root; so the cache folder lies where that account may enter.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERSION, YARN = "2.2.15", "1.22.22"
ADMIN = {"account": "nocobase", "password": "admin123"}
TEMPLATE, DATABASE = "nocobase_installed", "nocobase"
INSTALLED = f"installed-{VERSION}"
START_S = 120
ENVIRONMENT = {
    "APP_ENV": "production",
    "NODE_ENV": "production",
    "APP_KEY": "e2e-only-not-a-secret",
    "APP_HOST": "127.0.0.1",
    "API_BASE_PATH": "/api/",
    "DB_LOGGING": "off",
    "DB_DIALECT": "postgres",
    "DB_HOST": "127.0.0.1",
    "DB_DATABASE": DATABASE,
    "DB_USER": "nocobase",
    "DB_PASSWORD": "nocobase",
    "TZ": "Asia/Shanghai",
    "INIT_APP_LANG": "zh-CN",
    "INIT_ROOT_EMAIL": "admin@example.com",
    "INIT_ROOT_PASSWORD": ADMIN["password"],
    "INIT_ROOT_NICKNAME": "管理员",
    "INIT_ROOT_USERNAME": ADMIN["account"],
    "DISABLE_PKG_DOWNLOAD": "true",
    "TELEMETRY_ENABLED": "false",
    "LOGGER_TRANSPORT": "file",
    "LOGGER_LEVEL": "error",  # at info it writes every submission into its log, refused ones too
    "SERVER_REQUEST_WHITELIST": "127.0.0.1,localhost",
    "WORKFLOW_SCRIPT_MODULES": "crypto",  # our workflows sign what they send
    "DB_POOL_MAX": "40",  # a save holds one connection and its workflows another: with the default 5 they wait for each other
}


def cache() -> Path:
    """Where everything is installed: ZHENGXIANG_E2E_CACHE, or a folder that the database's account may enter too."""
    named = os.environ.get("ZHENGXIANG_E2E_CACHE")
    return Path(named) if named else Path("/var/tmp") / f"zhengxiang-e2e-{os.getuid()}"


def run(command: Sequence[str], cwd: Path | None = None, log: Path | None = None, **environ: str) -> None:
    """One command to its end; its output into the log, which is shown where it fails."""
    where = log or cache() / "install.log"
    with where.open("ab") as out:
        done = subprocess.run(command, cwd=cwd, env=_environ(environ), stdout=out, stderr=out, check=False)
    if done.returncode:
        tail = where.read_text(errors="replace")[-3000:]
        raise SystemExit(f"failed: {' '.join(command)}\n{tail}")


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    """Our own yarn comes first on the path: NocoBase calls it by name."""
    path = f"{cache() / 'tools' / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, **more}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A private cluster in the cache folder, on a port of its own. Durable writes are off: it lives for one run."""

    folder: Path
    port: int

    @staticmethod
    def binaries() -> Path:
        """Debian's newest server, installed if this is root and there is none."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found and os.getuid() == 0:
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"]
            run(["apt-get", "update", "-qq"])
            run(install, DEBIAN_FRONTEND="noninteractive")
            found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
        return found[-1].parent

    def command(self, name: str, *arguments: str) -> list[str]:
        whole = [str(self.binaries() / name), *arguments]
        return ["runuser", "-u", "postgres", "--", *whole] if os.getuid() == 0 else whole

    def make(self) -> None:
        if (self.folder / "PG_VERSION").exists():
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(self.folder.parent, "postgres")
        run(
            self.command(
                "initdb",
                "-D",
                str(self.folder),
                "-A",
                "trust",
                "-U",
                "nocobase",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            )
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        log = self.folder / "server.log"
        run(self.command("pg_ctl", "-D", str(self.folder), "-o", settings, "-l", str(log), "-w", "start"))
        try:
            yield
        finally:
            run(self.command("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop"))

    def sql(self, statement: str, database: str = "postgres") -> None:
        target = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "nocobase", "-d", database]
        run([str(self.binaries() / "psql"), *target, "-qAtc", statement])

    def dump(self, into: Path) -> None:
        """The whole database as text, for those who search it or start from it."""
        run([str(self.binaries() / "pg_dump"), *self._target(), "-f", str(into)])

    def load(self, dump: Path) -> None:
        """What was dumped, into an empty database."""
        run(
            [
                str(self.binaries() / "psql"),
                *self._target(),
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-1",
                "-f",
                str(dump),
            ]
        )

    def _target(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "nocobase", "-d", DATABASE]


def install() -> None:
    """Everything that a run needs, once. Killed in the middle, the next call goes on."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    if (folder / INSTALLED).exists():
        return
    app, tools = folder / "app", folder / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "node_modules" / ".bin" / "yarn").exists():
        (tools / "package.json").write_text("{}")
        run(
            ["npm", "i", "--no-audit", "--no-fund", f"yarn@{YARN}", f"create-nocobase-app@{VERSION}"],
            cwd=tools,
        )
    if not (app / "package.json").exists():
        creator = tools / "node_modules" / "create-nocobase-app" / "bin" / "index.js"
        run(["node", str(creator), "app", "-d", "postgres", "--skip-dev-dependencies"], cwd=folder)
        _pin(app)
    if not (app / "node_modules" / "@nocobase" / "app").exists():
        yarn = tools / "node_modules" / ".bin" / "yarn"
        quiet = ["--production", "--ignore-engines", "--non-interactive"]
        run(
            [str(yarn), "install", *quiet],
            cwd=app,
            YARN_CACHE_FOLDER=str(folder / "yarn"),
            npm_config_nodedir="/usr",
        )
        shutil.rmtree(folder / "yarn", ignore_errors=True)
    postgres = Postgres(folder / "postgres" / "data", free_port())
    postgres.make()
    with postgres.running():
        postgres.sql(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        postgres.sql(f"CREATE DATABASE {TEMPLATE} ENCODING 'UTF8'")
        _settings(app, postgres.port, free_port(), DB_DATABASE=TEMPLATE)
        run(["node", "node_modules/.bin/nocobase-v1", "install", "--lang=zh-CN"], cwd=app)
    (folder / INSTALLED).touch()


def _pin(app: Path) -> None:
    """The one dependency that is not on npm is taken from there too; yarn 1 is told which registry npm is set up with."""
    package = json.loads((app / "package.json").read_text())
    package["resolutions"] = {**package.get("resolutions", {}), "xlsx": "0.18.5"}
    (app / "package.json").write_text(json.dumps(package, indent=2))
    registry = subprocess.run(
        ["npm", "config", "get", "registry"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (app / ".yarnrc").write_text(
        f'registry "{registry}"\ndisable-self-update-check true\nnetwork-timeout 600000\n'
    )


def _settings(app: Path, database_port: int, port: int, **more: str) -> None:
    values = {**ENVIRONMENT, "DB_PORT": str(database_port), "APP_PORT": str(port), **more}
    (app / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))


@dataclass(frozen=True, slots=True)
class Running:
    """A NocoBase that answers."""

    url: str
    postgres: Postgres
    app: Path


@contextlib.contextmanager
def running(earlier: Path | None = None) -> Iterator[Running]:
    """Installed, answering inside the block, with a fresh database or the one of an earlier dump.

    Everything it started ends with it.
    """
    install()
    folder = cache()
    app, postgres = folder / "app", Postgres(folder / "postgres" / "data", free_port())
    with postgres.running():
        postgres.sql(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        if earlier is None:
            postgres.sql(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}")
        else:
            postgres.sql(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8'")
            postgres.load(earlier)
        port = free_port()
        _settings(app, postgres.port, port)
        shutil.rmtree(app / "storage" / "logs", ignore_errors=True)
        (app / "storage" / "logs").mkdir(parents=True)
        with _process(
            app, {"APP_LAUNCH_MODE": "node", "APP_PORT": str(port)}, folder / "server.log"
        ) as process:
            url = f"http://127.0.0.1:{port}"
            _await(url, process)
            yield Running(url, postgres, app)


@contextlib.contextmanager
def _process(app: Path, environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["node", "node_modules/.bin/nocobase-v1", "start"],
            cwd=app,
            env=_environ(environ),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its database is thrown away
        process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{url}/api/__health_check", timeout=3) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise SystemExit(
        f"NocoBase did not start\n{(cache() / 'server.log').read_text(errors='replace')[-3000:]}"
    )


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["install"]:
            began = time.monotonic()
            install()
            print(f"installed in {cache()} after {time.monotonic() - began:.0f} s")
        case ["remove"]:
            shutil.rmtree(cache(), ignore_errors=True)
        case _:
            raise SystemExit(__doc__)
