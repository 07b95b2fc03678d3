"""What stands around the program: systemd units that can write what they must and nothing else, nginx in front."""

from __future__ import annotations

import configparser
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import trustme

from plugin.app import LARGEST_BODY
from plugin.serving import in_background, web_server
from tests.console.conftest import House

from .conftest import DEPLOY

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
NGINX = (DEPLOY / "nginx" / "zhengxiang.conf").read_text(encoding="utf-8")
FENCES = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "CapabilityBoundingSet": "", "RestrictSUIDSGID": "yes", "User": "zhengxiang",
}  # fmt: skip
WRITES = {
    "zhengxiang-web.service": {"/var/lib/zhengxiang", "/etc/zhengxiang/manifest"},
    "zhengxiang-jobs.service": {"/var/lib/zhengxiang"},
    "zhengxiang-backup.service": {"/var/lib/zhengxiang", "/var/backups/zhengxiang"},
}


def section(path: Path) -> configparser.SectionProxy:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    unit.read(path, encoding="utf-8")
    return unit["Service"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_fenced_in_and_writes_only_where_it_must(path: Path) -> None:
    service = section(path)
    assert {name: service.get(name) for name in FENCES} == FENCES
    assert set(service["ReadWritePaths"].split()) == WRITES[path.name]
    settings = (DEPLOY / "zhengxiang.env").read_text(encoding="utf-8").replace("@ROOT@", "")
    places = dict(re.findall(r"^ZHENGXIANG_(DATA|MANIFEST)=(.*)$", settings, re.M))
    assert places["DATA"] in WRITES[path.name]
    assert str(Path(places["MANIFEST"]).parent) in WRITES["zhengxiang-web.service"]
    assert service["EnvironmentFile"] == "/etc/zhengxiang/zhengxiang.env"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for each in UNITS.iterdir():
        text = each.read_text(encoding="utf-8").replace(
            "/opt/zhengxiang/current/bin/zhengxiang", str(program)
        )
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.glob("zhengxiang-*")))
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "Unknown" not in said.stderr, said.stderr


def test_nginx_takes_what_the_program_takes_and_writes_none_of_it_to_disk() -> None:
    sizes = re.findall(r"client_(?:max_body|body_buffer)_size +(\d+)m;", NGINX)
    assert [int(each) * 1024 * 1024 for each in sizes] == [LARGEST_BODY, LARGEST_BODY]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def nginx_before(port: int, folder: Path) -> Iterator[tuple[str, str]]:
    """Our file, with ports and certificate of this test; the address, and the authority to believe."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "tls.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "tls.crt")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    plain, tls = free_port(), free_port()
    ours = NGINX.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace(
        "listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"
    )
    ours = ours.replace("127.0.0.1:8700", f"127.0.0.1:{port}").replace(
        "/etc/nginx/tls/zhengxiang", str(folder / "tls")
    )
    around = (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log {folder}/access.log; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{ours}\n}}\n"
    )
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    running = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            assert running.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield f"https://127.0.0.1:{tls}", str(folder / "ca.pem")
    finally:
        running.terminate()
        running.wait(10)


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_through_nginx_people_and_platforms_come_in_and_nobody_else(house: House, tmp_path: Path) -> None:
    server = web_server(house.app, "127.0.0.1", 0)
    with (
        in_background(server),
        nginx_before(server.effective_port, tmp_path) as (address, authority),
        requests.Session() as outside,
    ):
        outside.trust_env, outside.verify = False, authority

        def status(path: str, **more: object) -> int:
            return outside.request(
                str(more.pop("method", "GET")), address + path, timeout=10, **more
            ).status_code  # type: ignore[arg-type]

        assert [status(each) for each in ("/healthz", "/readyz", "/openapi.yaml")] == [200, 200, 200]
        assert status("/metrics") == 404 and status("/anything") == 404
        signing_in = outside.get(f"{address}/console/sign-in", timeout=10)
        assert "登录" in signing_in.text
        # unsigned, yet read by the program: the refusal is its own
        refused = outside.post(f"{address}/webhooks/sandbox/demand_collection", json={}, timeout=10)
        assert refused.json()["code"].startswith(("SIGNATURE_", "UNKNOWN_"))
        assert status("/v1/verdicts/demand_collection", method="POST", data=b"x" * (LARGEST_BODY + 1)) == 413
        assert status("/openapi.yaml", headers={"X-Long": "x" * 40_000}) == 400
        link = "/calendar/token-of-somebody.ics"
        assert status(link) == 404 and link not in (tmp_path / "access.log").read_text()
        tries = [status("/console/sign-in", method="POST", data={}) for _ in range(14)]
        assert tries[0] != 429 and tries[-1] == 429
        assert not [each for each in (tmp_path / "b").rglob("*") if each.is_file()]
