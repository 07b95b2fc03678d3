"""One whole site: NocoBase with all our forms pushed, its people, and the plugin's two processes beside it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from e2e import nocobase
from forms.definition import load_forms

ROOT = Path(__file__).parent.parent
PASSWORD = "Passw0rd!"
PEOPLE = {"zhangsan": ("张三", "zhengxiang_unit"), "wangwu": ("王五", "zhengxiang_bureau")}
SECRETS = {
    "ZHENGXIANG_WEBHOOK_SECRETS": "whsec_" + base64.b64encode(b"e2e-secret-not-a-secret-32-bytes").decode(),
    "ZHENGXIANG_LIFECYCLE_SECRETS": "whsec_" + base64.b64encode(b"e2e-lifecycle-no-secret-32-bytes").decode(),
}


@dataclass
class Session:
    """One person's calls to the platform, as a browser makes them."""

    url: str
    token: str
    id: int = 0

    def call(self, method: str, action: str, body: Any = None, **query: Any) -> requests.Response:
        params = {
            name: json.dumps(value) if isinstance(value, dict) else value for name, value in query.items()
        }
        return requests.request(
            method,
            f"{self.url}/api/{action}",
            params=params,
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )

    def save(self, form: str, fields: Mapping[str, Any], record: Any = None) -> requests.Response:
        """Press 提交 on a form, new or again. The page names the tables whose rows go with it, or they are dropped."""
        tables = [
            each.name for each in load_forms()[form].fields if each.type == "table" and each.name in fields
        ]
        query: dict[str, Any] = {"updateAssociationValues[]": tables}
        if record is None:
            return self.call("POST", f"zx_{form}:create", dict(fields), **query)
        return self.call("POST", f"zx_{form}:update", dict(fields), filterByTk=record, **query)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """A file as the platform keeps it, to be put into a file field."""
        reply = requests.post(
            f"{self.url}/api/attachments:create",
            files={"file": (name, content)},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        reply.raise_for_status()
        return dict(reply.json()["data"])

    def record(self, form: str, id: Any) -> dict[str, Any]:
        return dict(self.call("GET", f"zx_{form}:get", filterByTk=id).json()["data"])

    def messages(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "myInAppMessages:list").json()["data"]["messages"])


def sign_in(url: str, account: str, password: str = PASSWORD) -> Session:
    reply = requests.post(
        f"{url}/api/auth:signIn",
        json={"account": account, "password": password},
        headers={"X-Authenticator": "basic"},
        timeout=60,
    )
    reply.raise_for_status()
    data = reply.json()["data"]
    return Session(url, data["token"], data["user"]["id"])


class Site:
    """NocoBase at `url`, the plugin at `plugin_url`; `serving` and `ticking` are its processes."""

    def __init__(self, running: nocobase.Running, folder: Path, port: int) -> None:
        self.running, self.url, self.folder = running, running.url, folder
        self.plugin_url = f"http://127.0.0.1:{port}"
        self.data, self.manifest, self.key = folder / "data", folder / "manifest.yaml", folder / "runtime.key"
        self.root = sign_in(self.url, nocobase.ADMIN["account"], nocobase.ADMIN["password"])
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self, on_unreachable: Mapping[str, str]) -> None:
        """Push every form, make the people. With the state of an earlier run there is nothing left to do."""
        self.manifest.write_text(self._manifest(on_unreachable), encoding="utf-8")
        self.zhengxiang("forms", "push", "--yes", "--key-file", str(self.key))
        known = {each["username"] for each in self.root.call("GET", "users:list").json()["data"]}
        for username, (name, role) in PEOPLE.items():
            person = {"username": username, "nickname": name, "password": PASSWORD, "roles": [role]}
            if username not in known:
                self.root.call("POST", "users:create", person).raise_for_status()

    def _manifest(self, on_unreachable: Mapping[str, str]) -> str:
        text = (ROOT / "plugin" / "demo_manifest.yaml").read_text(encoding="utf-8")
        start, end = text.index("\nplatform:"), text.index("\nlifecycle:")
        options = {"plugin_url": self.plugin_url, "on_unreachable_of": dict(on_unreachable)}
        platform = {
            "name": "nocobase",
            "base_url": self.url,
            "secret_env": "ZHENGXIANG_WEBHOOK_SECRETS",
            "token_env": "ZHENGXIANG_PLATFORM_TOKEN",
            "options": options,
        }
        return f"{text[:start]}\nplatform: {json.dumps(platform)}\n{text[end:]}"

    def environ(self) -> dict[str, str]:
        token = {"ZHENGXIANG_PLATFORM_TOKEN_FILE": str(self.key)} if self.key.exists() else {}
        admin = {"ZHENGXIANG_NOCOBASE_ADMIN_TOKEN": self.root.token}
        return {**os.environ, **SECRETS, **admin, **token, "PYTHONUNBUFFERED": "1"}

    def zhengxiang(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of ours against this site."""
        done = subprocess.run(
            [sys.executable, "-m", "plugin.cli", *arguments, "--manifest", str(self.manifest)],
            cwd=ROOT,
            env=self.environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, which: str) -> None:
        """`serve` or `jobs`, in the background."""
        more = ["--port", self.plugin_url.rsplit(":", 1)[1]] if which == "serve" else []
        command = [
            sys.executable,
            "-m",
            "plugin.cli",
            which,
            "--data",
            str(self.data),
            "--manifest",
            str(self.manifest),
        ]
        with (self.folder / f"{which}.log").open("ab") as log:
            self._processes[which] = subprocess.Popen(
                [*command, *more], cwd=ROOT, env=self.environ(), stdout=log, stderr=log
            )
        if which == "serve":
            wait_until(self._answers, 30, "the receiver does not answer")

    def _answers(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.plugin_url}/readyz", timeout=2).status_code == 200
        return False

    def stop(self, which: str) -> None:
        process = self._processes.pop(which, None)
        if process:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def status(self, form: str, record: Any) -> str:
        """What the record shows of our verdict."""
        return str(self.root.record(form, record)["zx_status"])

    def judged(self, form: str, record: Any, seconds: float = 30) -> dict[str, Any]:
        """The record, once the verdict is written back."""
        wait_until(
            lambda: self.status(form, record) != "pending",
            seconds,
            f"{form} {record} stays without a verdict",
        )
        return self.root.record(form, record)


@contextlib.contextmanager
def site(folder: Path, on_unreachable: Mapping[str, str]) -> Iterator[Site]:
    """Everything up inside the block. A platform that was pushed by this very code is taken from the cache."""
    kept = nocobase.cache() / f"pushed-{digest_of_what_is_pushed(on_unreachable)}"
    warm = (kept / "port").exists()
    port = int((kept / "port").read_text()) if warm else nocobase.free_port()
    with nocobase.running(kept / "dump.sql" if warm else None) as running:
        made = Site(running, folder, port)
        if warm:
            shutil.copy(kept / "runtime.key", made.key)
        try:
            made.prepare(on_unreachable)
            if not warm:
                keep(made, kept, port)
            made.start("serve")
            made.start("jobs")
            yield made
        finally:
            made.stop("jobs")
            made.stop("serve")


def keep(made: Site, folder: Path, port: int) -> None:
    """For the next run; the port last, so that a half-kept state is none. What older code pushed goes."""
    for older in nocobase.cache().glob("pushed-*"):
        shutil.rmtree(older)
    folder.mkdir()
    made.running.postgres.dump(folder / "dump.sql")
    shutil.copy(made.key, folder / "runtime.key")
    (folder / "port").write_text(str(port))


def digest_of_what_is_pushed(on_unreachable: Mapping[str, str]) -> str:
    """Changes with the forms, with the code that pushes them, and with the version of the platform."""
    found = hashlib.sha256(json.dumps([nocobase.VERSION, dict(on_unreachable)]).encode())
    for path in sorted(
        [*(ROOT / "forms").rglob("*.*"), *(ROOT / "plugin" / "platforms" / "nocobase").glob("*.py")]
    ):
        if path.suffix in (".py", ".yaml"):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def wait_until(done: Any, seconds: float, said: str) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, said
        time.sleep(0.1)
