"""Electronic mail out: SMTP over TLS, one message a connection. smtplib lives here only.

What matters to the caller is whether the message may have left: RemoteUnavailable and RemoteRejected say no,
RemoteUnclear says perhaps. The Message-ID comes of the key, so that a reader's program knows a repeat.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from plugin.errors import PluginError
from plugin.remote import RemoteRejected, RemoteUnavailable, RemoteUnclear

SENDER_NAME = "政项提醒"
REASON_CHARS = 200
READY_FOR_DATA = 354


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str


@dataclass(frozen=True)
class Mailer:
    """One mail server. Keeps nothing, so any process may hold one. `login` is read at each use."""

    host: str
    port: int
    security: str  # tls or starttls
    sender: str
    login: Callable[[], Login | None]
    ca_bundle: str | None = None
    read_s: float = 10
    total_s: float = 30

    def send(self, to: str, title: str, text: str, *, key: str, now: datetime) -> Mapping[str, Any]:
        """Hand one message over. The receipt holds its Message-ID and the server's own words."""
        message = compose(self.sender, to, title, text, key, now)
        try:
            login = self.login()
        except PluginError as error:
            raise RemoteUnavailable(f"邮件服务器的登录信息读不出来：{error}") from error
        with self._connected(login) as server:
            said = _handed_over(server, self.sender, to, message.as_bytes(policy=SMTP))
        return {"message_id": message["Message-ID"], "said": said}

    @contextlib.contextmanager
    def _connected(self, login: Login | None) -> Iterator[smtplib.SMTP]:
        """A server that is greeted, encrypted and logged in to. Whatever fails before, nothing was sent."""
        with contextlib.ExitStack() as stack:
            try:
                server = stack.enter_context(self._greeted())
                if login is not None:
                    server.login(login.user, login.password)
            except (smtplib.SMTPException, OSError, ValueError) as error:
                raise RemoteUnavailable(
                    f"邮件服务器{self.host}:{self.port}连不上（{_kind(error)}）。"
                ) from error
            yield server

    @contextlib.contextmanager
    def _greeted(self) -> Iterator[smtplib.SMTP]:
        """Time limits of sockets are per read: a timer cuts what takes too long altogether."""
        context = ssl.create_default_context(cafile=self.ca_bundle)
        name = self.sender.partition("@")[2]
        with socket.create_connection((self.host, self.port), timeout=self.read_s) as plain:
            timer = threading.Timer(self.total_s, _cut, [plain.dup()])
            timer.daemon = True
            timer.start()
            try:
                with contextlib.closing(_Server(plain, self.host, name, context, self.security)) as server:
                    yield server
                    with contextlib.suppress(smtplib.SMTPException, OSError):  # the message is handed over
                        server.quit()
            finally:
                timer.cancel()


class _Server(smtplib.SMTP):
    """smtplib over a connection of ours, encrypted from the first byte or before anything is said."""

    def __init__(
        self, plain: socket.socket, host: str, name: str, context: ssl.SSLContext, security: str
    ) -> None:
        super().__init__(local_hostname=name)
        self._host = host  # smtplib checks the certificate against this name
        self.sock = context.wrap_socket(plain, server_hostname=host) if security == "tls" else plain
        code, said = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if security != "tls":
            self.ehlo_or_helo_if_needed()
            self.starttls(context=context)  # a server that offers none is refused: nothing goes in the clear


def compose(sender: str, to: str, title: str, text: str, key: str, now: datetime) -> EmailMessage:
    """The message: plain text, Chinese subject encoded, no way to slip a header in."""
    message = EmailMessage()
    message["From"] = Address(SENDER_NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = one_line(title)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("".join(c for c in text if c.isprintable() or c == "\n"), cte="base64")
    return message


def message_id(key: str, sender: str) -> str:
    """The same for the same key, for good."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.partition('@')[2]}>"


def one_line(text: str) -> str:
    """What may stand in a header: no line break, no control character."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _handed_over(server: smtplib.SMTP, sender: str, to: str, content: bytes) -> str:
    """Sender, recipient, content. Only once the whole content is out can the outcome be unclear."""
    try:
        server.ehlo_or_helo_if_needed()
        for answer in (server.mail(sender), server.rcpt(to)):
            _accepted(answer, 250, 251)
        _accepted(server.docmd("DATA"), READY_FOR_DATA)
    except (smtplib.SMTPException, OSError) as error:
        raise RemoteUnavailable(f"邮件服务器中断了连接（{_kind(error)}），未发送。") from error
    try:
        server.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise RemoteUnclear(f"邮件已发出，没有收到邮件服务器的答复（{_kind(error)}），结果不明。") from error
    return _accepted(answer, 250)


def _accepted(answer: tuple[int, bytes], *good: int) -> str:
    """The server's words, if they are good ones: 4xx means later, 5xx means a person must look."""
    code, words = answer
    said = one_line(words.decode("utf-8", "replace"))[:REASON_CHARS]
    if code in good:
        return f"{code} {said}"
    if 500 <= code < 600:
        raise RemoteRejected(f"邮件服务器不接受这封邮件（{code}）：{said}", said)
    raise RemoteUnavailable(f"邮件服务器现在不受理（{code}）：{said}")


def _kind(error: Exception) -> str:
    """What kind of failure; the words of a server may quote what was sent, a login too."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ + (f" {code}" if code else "")


def _cut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError), handle:
        handle.shutdown(socket.SHUT_RDWR)
