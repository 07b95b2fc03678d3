"""Mail to a real server on this machine, over TLS with a certificate of our own, and to servers that break off."""

from __future__ import annotations

import email
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from plugin.mail import Login, Mailer, compose, message_id, one_line
from plugin.manifest import MailSettings, SecretsUnreadable, login_of
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SENDER, TO = "zhengxiang@example.gov.cn", "zhangsan@example.gov.cn"
TITLE, TEXT = (
    "提醒：竣工验收申请——农情一张图",
    "截至2026-03-02（星期一），您有1项事项。\n.点开头的一行\n办理：https://platform.example.gov.cn/forms/f?project_code=SX-1",
)
LOGIN = Login("zx", "s3cret:with colon")


class Post:
    """Keeps every message it takes; `answers` are given to RCPT and DATA in the place of taking it."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.rcpt: str | None = None
        self.data: str | None = None

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.data:
            return self.data
        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted"


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = (
        isinstance(data, LoginPassword) and data.login == b"zx" and data.password == LOGIN.password.encode()
    )
    return AuthResult(success=good, handled=False)


class StartTls(Controller):
    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            tls_context=self.context,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=self.auth,
        )

    context: ssl.SSLContext
    auth = False


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_bundle(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def server_side(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def serving(post: Post, context: ssl.SSLContext, security: str, auth: bool = False) -> Iterator[int]:
    if security == "tls":
        controller: Controller = Controller(post, "127.0.0.1", free_port(), ssl_context=context)
    else:
        controller = StartTls(post, "127.0.0.1", free_port())
        controller.context, controller.auth = context, auth  # type: ignore[attr-defined]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mailer(port: int, ca_bundle: str | None, security: str = "tls", login: Login | None = None) -> Mailer:
    return Mailer("127.0.0.1", port, security, SENDER, lambda: login, ca_bundle, read_s=2, total_s=3)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_chinese_message_arrives_whole(authority: trustme.CA, ca_bundle: str, security: str) -> None:
    post = Post()
    with serving(post, server_side(authority), security) as port:
        receipt = mailer(port, ca_bundle, security).send(TO, TITLE, TEXT, key="digest:1", now=NOW)
    [message] = post.taken
    assert message["Subject"] == TITLE and message["To"] == TO and SENDER in message["From"]
    assert message["Message-ID"] == receipt["message_id"] == message_id("digest:1", SENDER)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").strip() == TEXT
    assert receipt["said"].startswith("250 ")


def test_a_repeat_carries_the_same_id_and_another_key_another(authority: trustme.CA, ca_bundle: str) -> None:
    post = Post()
    with serving(post, server_side(authority), "tls") as port:
        for key in ("digest:1", "digest:1", "digest:2"):
            mailer(port, ca_bundle).send(TO, TITLE, TEXT, key=key, now=NOW)
    first, again, other = (message["Message-ID"] for message in post.taken)
    assert first == again != other


def test_a_login_is_used_where_the_server_asks_for_one(authority: trustme.CA, ca_bundle: str) -> None:
    post = Post()
    with serving(post, server_side(authority), "starttls", auth=True) as port:
        mailer(port, ca_bundle, "starttls", LOGIN).send(TO, TITLE, TEXT, key="k", now=NOW)
        with pytest.raises(RemoteUnavailable) as caught:
            mailer(port, ca_bundle, "starttls", Login("zx", "wrong")).send(TO, TITLE, TEXT, key="k", now=NOW)
    assert len(post.taken) == 1
    assert "535" in str(caught.value) and "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "trusted"),
    [("127.0.0.1", False), ("smtp.elsewhere.example", True)],
    ids=["stranger", "other name"],
)
def test_nothing_is_said_to_a_server_that_is_not_who_it_should_be(
    authority: trustme.CA, ca_bundle: str, name: str, trusted: bool
) -> None:
    post = Post()
    issuer = authority if trusted else trustme.CA()
    for security in ("tls", "starttls"):
        with serving(post, server_side(issuer, name), security) as port, pytest.raises(RemoteUnavailable):
            mailer(port, ca_bundle, security).send(TO, TITLE, TEXT, key="k", now=NOW)
    assert post.taken == []


def test_nothing_goes_in_the_clear(ca_bundle: str) -> None:
    post = Post()
    controller = Controller(post, "127.0.0.1", free_port())
    controller.start()
    try:
        for security in ("tls", "starttls"):
            with pytest.raises(RemoteUnavailable):
                mailer(controller.port, ca_bundle, security, LOGIN).send(TO, TITLE, TEXT, key="k", now=NOW)
    finally:
        controller.stop()
    assert post.taken == []


@pytest.mark.parametrize(
    ("where", "answer", "raises"),
    [
        ("rcpt", "550 No such user", RemoteRejected),
        ("rcpt", "450 Mailbox busy", RemoteUnavailable),
        ("data", "554 Refused", RemoteRejected),
        ("data", "451 Try later", RemoteUnavailable),
    ],
)
def test_a_clear_answer_says_whether_to_try_again(
    authority: trustme.CA, ca_bundle: str, where: str, answer: str, raises: type[Exception]
) -> None:
    post = Post()
    setattr(post, where, answer)
    with serving(post, server_side(authority), "tls") as port, pytest.raises(raises) as caught:
        mailer(port, ca_bundle).send(TO, TITLE, TEXT, key="k", now=NOW)
    assert answer[:3] in str(caught.value)


def test_nobody_there_is_to_be_tried_again(ca_bundle: str) -> None:
    with pytest.raises(RemoteUnavailable):
        mailer(free_port(), ca_bundle).send(TO, TITLE, TEXT, key="k", now=NOW)


GREETING = ("220 there", "EHLO", "250 there", "MAIL", "250 ok", "RCPT", "250 ok", "DATA", "354 go on")


@contextmanager
def breaking_off(
    authority: trustme.CA, script: tuple[str, ...], then: Callable[[Any], None] = lambda _connection: None
) -> Iterator[int]:
    """A server that plays its part up to a point: words are sent, names of commands waited for."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = server_side(authority)

    def play() -> None:
        plain, _ = listening.accept()
        with context.wrap_socket(plain, server_side=True) as connection, connection.makefile("rb") as said:
            for line in script:
                if line[0].isdigit():
                    connection.sendall(f"{line}\r\n".encode())
                else:
                    said.readline()
            then(said)

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        thread.join(5)
        listening.close()


@pytest.mark.parametrize("length", [0, 1, 3, 5, 7])
def test_a_connection_that_breaks_before_the_content_sent_nothing(
    authority: trustme.CA, ca_bundle: str, length: int
) -> None:
    with breaking_off(authority, GREETING[:length]) as port, pytest.raises(RemoteUnavailable):
        mailer(port, ca_bundle).send(TO, TITLE, TEXT, key="k", now=NOW)


def whole_content(said: Any) -> None:
    while said.readline() not in (b".\r\n", b""):
        pass


def test_a_connection_that_breaks_after_the_content_is_unclear(authority: trustme.CA, ca_bundle: str) -> None:
    with breaking_off(authority, GREETING, whole_content) as port, pytest.raises(RemoteUnclear):
        mailer(port, ca_bundle).send(TO, TITLE, TEXT, key="k", now=NOW)


def test_a_server_that_drips_is_cut_off_in_time(authority: trustme.CA, ca_bundle: str) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip() -> None:
        plain, _ = listening.accept()
        with server_side(authority).wrap_socket(plain, server_side=True) as connection:
            while not done.wait(0.3):
                try:
                    connection.sendall(b"220-still greeting\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    quick = Mailer(
        "127.0.0.1", listening.getsockname()[1], "tls", SENDER, lambda: None, ca_bundle, read_s=2, total_s=1
    )
    before = datetime.now(UTC)
    with pytest.raises(RemoteUnavailable):
        quick.send(TO, TITLE, TEXT, key="k", now=NOW)
    assert (datetime.now(UTC) - before).total_seconds() < 5
    done.set()
    thread.join(5)
    listening.close()


@pytest.mark.parametrize(
    "title", ["提醒\r\nBcc: spy@example.com", "提醒\nX-Evil: 1", "提\x00醒\x1b[31m", "a\u2028b", "很长" * 300]
)
def test_no_header_can_be_slipped_in(title: str) -> None:
    message = compose(SENDER, TO, title, "text\r\n.\r\nRCPT TO:<spy@example.com>", "k", NOW)
    raw = message.as_bytes(policy=policy.SMTP)
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(
        [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Type", b"MIME-Version",
         b"Content-Transfer-Encoding"]
    )  # fmt: skip
    assert max(map(len, raw.split(b"\r\n"))) <= 998 and raw.isascii()
    parsed = email.message_from_bytes(raw, policy=policy.default)
    assert parsed["Subject"].replace(" ", "") == one_line(title).replace(" ", "")


@pytest.mark.parametrize("content", ["", "user", "user:", ":password", "\n"])
def test_half_a_login_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "login"
    path.write_text(content, encoding="ascii")
    settings = MailSettings("smtp.example.gov.cn", 465, "tls", SENDER, "ZHENGXIANG_MAIL_LOGIN")
    with pytest.raises(SecretsUnreadable):
        login_of(settings, {"ZHENGXIANG_MAIL_LOGIN_FILE": str(path)})


def test_a_login_is_read_from_the_variable_or_the_file(tmp_path: Path) -> None:
    path = tmp_path / "login"
    path.write_text("zx:s3cret:with colon\n", encoding="ascii")
    settings = MailSettings("smtp.example.gov.cn", 465, "tls", SENDER, "ZHENGXIANG_MAIL_LOGIN")
    assert login_of(settings, {"ZHENGXIANG_MAIL_LOGIN_FILE": str(path)}) == ("zx", "s3cret:with colon")
    assert login_of(settings, {"ZHENGXIANG_MAIL_LOGIN": "a:b"}) == ("a", "b")
    open_server = MailSettings("smtp.example.gov.cn", 465, "tls", SENDER)
    assert login_of(open_server, {}) is None


def test_a_login_that_cannot_be_read_stops_nothing_else(ca_bundle: str) -> None:
    def unreadable() -> Login | None:
        raise SecretsUnreadable("没有设置。")

    broken = Mailer("127.0.0.1", 9, "tls", SENDER, unreadable, ca_bundle)
    with pytest.raises(RemoteUnavailable):
        broken.send(TO, TITLE, TEXT, key="k", now=NOW)
