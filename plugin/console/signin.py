"""Who is who: passwords, the lock after wrong ones, sessions, the platform's signed link. No Flask here.

An OIDC provider would be one more way to a `Person`: find the account by the subject, then `open_session`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets as randomness
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from plugin.errors import PluginError
from plugin.ledger import LedgerError, Person
from plugin.ledger.people import People
from plugin.platforms.signing import Secret, sign, verify

ALLOWED_FAILURES = 5
LOCK = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)  # a working day
SEEN_EVERY = timedelta(seconds=60)  # a page view writes at most so often
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are mistaken for another


class Refused(PluginError):
    """Nobody was signed in; the sentence says what may be done, never which half was wrong."""

    code = "SIGN_IN_REFUSED"


class PasswordRefused(PluginError):
    """The new password is not good enough, and why."""

    code = "PASSWORD_REFUSED"


WRONG = (
    f"用户名或密码不正确，或者账号已停用、已锁定。连续输错{ALLOWED_FAILURES}次锁定{LOCK.seconds // 60}分钟。"
)


@dataclass(frozen=True, slots=True)
class Door:
    """Lets people in. The hasher's cost is a setting of its own, so that tests need not wait."""

    people: People
    hasher: PasswordHasher = field(default_factory=PasswordHasher)

    def by_password(self, login: str, password: str, now: datetime) -> Person:
        """The person, or Refused. A login that nobody has costs as much time as one that somebody has."""
        person = self.people.by_login(login)
        if person is None or person.disabled_at is not None or person.is_locked(now):
            self.hasher.hash(password[:LONGEST_PASSWORD])
            raise Refused(WRONG)
        if not self.fits(person, password):
            self.people.failed(person, ALLOWED_FAILURES, now + LOCK, now)
            raise Refused(WRONG)
        if self.hasher.check_needs_rehash(person.password_hash):
            self.people.rehash(person, self.hasher.hash(password))
        return person

    def fits(self, person: Person, password: str) -> bool:
        try:
            return self.hasher.verify(person.password_hash, password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False

    def by_link(self, link: Mapping[str, str], secrets: Sequence[Secret], now: datetime) -> Person:
        """The person a signed link names. Used once, within five minutes of its making; Refused otherwise."""
        person = self.people.by_platform_id(named_by(link, secrets, now))
        if person is None or person.disabled_at is not None or person.is_locked(now):
            raise Refused("该平台用户在控制台没有可用的账号，请联系数据资源局管理员。")
        if not self.people.use_link(link["id"], now):
            raise Refused("这个登录链接已经用过，请从平台重新进入。")
        return person

    def open_session(self, person: Person, how: str, now: datetime) -> str:
        """A new session's token: what the browser keeps, and we only as a digest."""
        token = randomness.token_urlsafe(32)
        self.people.start_session(person, digest_of(token), how, now - LONGEST, now)
        return token

    def of_token(self, token: str, now: datetime) -> Person | None:
        """Whose session it is, if it is still open."""
        digest = digest_of(token)
        found = self.people.of_session(digest, started=now - LONGEST, seen=now - IDLE)
        if found is None:
            return None
        person, seen_at = found
        if now - seen_at > SEEN_EVERY:
            with suppress(LedgerError):  # with a full disk one may still look
                self.people.seen(digest, now)
        return person

    def change_password(self, person: Person, old: str, new: str, now: datetime) -> None:
        """The person's own choice. PasswordRefused says what is missing."""
        if person.is_locked(now):
            raise PasswordRefused(f"原密码多次输错，账号已锁定，请{LOCK.seconds // 60}分钟后再试。")
        if not self.fits(person, old):
            self.people.failed(person, ALLOWED_FAILURES, now + LOCK, now)
            raise PasswordRefused("原密码不正确。")
        problem = weakness(new, person.login) or ("新密码不能与原密码相同。" if new == old else None)
        if problem:
            raise PasswordRefused(problem)
        self.people.set_password(person, self.hasher.hash(new), False, person.login, now)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def first_password() -> str:
    """Shown once, to be changed at first use."""
    return "".join(randomness.choice(LETTERS) for _ in range(16))


def weakness(password: str, login: str) -> str | None:
    """What is wrong with a new password, None if nothing is."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"新密码应为{SHORTEST_PASSWORD}至{LONGEST_PASSWORD}个字符。"
    if not (re.search(r"[A-Za-z]", password) and re.search(r"[0-9]", password)):
        return "新密码应同时含有字母和数字。"
    if login.lower() in password.lower() or len(set(password)) < SHORTEST_PASSWORD // 2:
        return "新密码不能含有用户名，也不能只由几个字符重复组成。"
    return None


def signed_link(
    platform_id: str, secrets: Sequence[Secret], now: datetime, algorithm: str = "v1"
) -> dict[str, str]:
    """The parameters of a link that signs a person of the platform in (docs/security.md)."""
    id, timestamp = randomness.token_hex(16), int(now.timestamp())
    body = json.dumps({"person": platform_id}, ensure_ascii=False).encode()
    headers = sign(body, id=id, timestamp=timestamp, secrets=secrets, algorithm=algorithm)
    person = base64.urlsafe_b64encode(body).decode()
    return {"id": id, "at": str(timestamp), "who": person, "signature": headers["webhook-signature"]}


def named_by(link: Mapping[str, str], secrets: Sequence[Secret], now: datetime) -> str:
    """The platform's id of the person. SignatureRefused or Refused."""
    try:
        body = base64.urlsafe_b64decode(link["who"].encode())
    except (KeyError, ValueError):
        raise Refused("登录链接不完整，请从平台重新进入。") from None
    names = {"webhook-id": "id", "webhook-timestamp": "at", "webhook-signature": "signature"}
    verify({header: link.get(name, "") for header, name in names.items()}, body, secrets, now)
    try:
        who = json.loads(body)["person"]
    except (ValueError, KeyError, TypeError):
        raise Refused("登录链接没有写明用户，请联系平台维护人员。") from None
    return str(who)
