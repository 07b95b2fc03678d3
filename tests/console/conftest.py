"""The console over a real ledger, a person of each role, and a browser's half of the conversation."""

from __future__ import annotations

import re
import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms.definition import load_forms
from plugin.app import build, create_app
from plugin.console.access import Role
from plugin.demo import demo_manifest
from plugin.ledger import Ledger
from plugin.manifest import load_manifest
from tests.flow.conftest import ROUND, Desk

NOW = datetime(2025, 3, 10, 1, 0, tzinfo=UTC)  # Monday, nine in the morning in Shanghai
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # cheap: there is nothing to protect here
KEY = "whsec_" + "A" * 43 + "="
UNIT = "县农业农村局（演示）"
PASSWORD = "correct horse 1"
ENVIRON = {
    "ZHENGXIANG_SESSION_SECRETS": KEY,
    "ZHENGXIANG_SSO_SECRETS": "whsec_" + "B" * 43 + "=",
    "ZHENGXIANG_WEBHOOK_SECRETS": "whsec_" + "C" * 43 + "=",
    "ZHENGXIANG_LIFECYCLE_SECRETS": "whsec_" + "D" * 43 + "=",
}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Clock:
    """A clock that stands where it is put."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class House:
    """The application and what is behind it."""

    app: Flask
    ledger: Ledger
    desk: Desk
    clock: Clock
    services: Any
    manifest_file: Path
    accounts: set[str] = field(default_factory=set)

    def account(self, role: str, *, first: bool = False, second: bool = False) -> str:
        """The login of a person of that role, made if need be; `second`: of another one."""
        login = f"{role}-{'first' if first else 'second' if second else 'person'}"
        if login not in self.accounts:
            self.accounts.add(login)
            unit = UNIT if role == Role.UNIT else None
            people = self.ledger.people
            people.add(
                login,
                f"{'另一' if second else '某'}{role}",
                role,
                HASHER.hash(PASSWORD),
                "test",
                NOW,
                unit=unit,
                platform_id=f"p-{login}",
            )
            if not first:
                person = people.by_login(login)
                assert person
                people.set_password(person, HASHER.hash(PASSWORD), False, "test", NOW)
        return login

    def file(self, form: str, record: str, fields: Mapping[str, Any], at: datetime | None = None) -> None:
        """A paper saved on the platform, and taken."""
        self.desk.now = at or self.desk.now
        event = replace(self.desk.event("demand", record=record, at=at), form=form, fields=fields)
        self.desk.accept(event)
        self.desk.take_all()

    def browser(self, role: str | None = None, *, second: bool = False) -> Browser:
        """A browser in which a person of that role is signed in, or nobody."""
        opened = Browser(self.app.test_client())
        if role is not None:
            reply = opened.sign_in(self.account(role, second=second))
            assert reply.status_code == 302, reply.get_data(as_text=True)
        return opened


@dataclass
class Browser:
    """Keeps cookies and sends the token of the last page, as a browser does with the forms on it."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self._noted(self.client.get(path, base_url="https://console.test", buffered=True, **kwargs))

    def post(self, path: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        fields = {"csrf_token": self.token, **(data or {})}
        headers = {"Referer": "https://console.test/console/"}
        return self._noted(
            self.client.post(path, base_url="https://console.test", data=fields, headers=headers, **kwargs)
        )

    def sign_in(self, login: str, password: str = PASSWORD, **extra: str) -> TestResponse:
        self.get("/console/sign-in")
        reply = self.post("/console/sign-in", {"login": login, "password": password, **extra})
        if reply.status_code == 302:
            self.get("/console/password")  # the old token went with the old session
        return reply

    def _noted(self, reply: TestResponse) -> TestResponse:
        if reply.mimetype == "text/html":
            found = TOKEN.search(reply.get_data(as_text=True))
            self.token = found[1] if found else self.token
        return reply


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow, nor be written beyond its first page, as long as this lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))  # Python ignores the signal: writing fails
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as ledger:

        def make(environ: Mapping[str, str] = ENVIRON) -> House:
            file = tmp_path / "manifest.yaml"
            file.write_text(demo_manifest({}).text, encoding="utf-8")
            manifest = load_manifest(file, {})
            ledger.manifests.apply(manifest.version, manifest.text, "test", NOW, manifest.beside)
            clock = Clock()
            services = build(ledger, environ, clock, file)
            app = create_app(services)
            door = app.extensions.get("console_door")
            if door:
                app.extensions["console_door"] = type(door)(ledger.people, HASHER)
            return House(app, ledger, Desk(services.intake, now=NOW), clock, services, file)

        yield make


@pytest.fixture
def stocked(house: House) -> House:
    """One project of the unit's own, with a paper whose second half is the bureau's."""
    house.desk.save("demand")
    shared = {
        **common(house),
        "catalogue_ref": "ML-1",
        "mounted_resources": "1",
        "must_share_items": "2",
        "shared_items": "2",
    }
    house.file("sharing_confirmation", "share", shared)
    return house


def common(house: House) -> dict[str, Any]:
    """What every paper of the project says."""
    fields = {
        name: value
        for name, value in ROUND["contract"].fields.items()
        if load_forms()["sharing_confirmation"].has(name)
    }
    return {**fields, "project_code": house.desk.code_of("demand")}


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()
