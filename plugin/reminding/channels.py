"""The ways a digest can go, behind one interface: a message of the platform, electronic mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from plugin.mail import Mailer
from plugin.manifest import Manifest
from plugin.sdk import Message, Registry


@dataclass(frozen=True, slots=True)
class Note:
    """What one person is to read, and where that person is reached."""

    platform: str
    person: str
    email: str | None
    title: str
    text: str
    link: str | None = None


class Channel(Protocol):
    """One way to a person. Raises RemoteUnavailable, RemoteUnclear or RemoteRejected like every outward call."""

    def reaches(self, note: Note) -> bool:
        """Whether this person can be reached this way at all."""

    def answers_for_key(self, note: Note) -> bool:
        """Whether it can say if something with a key arrived."""

    def send(self, note: Note, key: str, now: datetime) -> Mapping[str, Any]:
        """The receipt. The same key twice is once, where the channel can tell."""

    def find(self, note: Note, key: str) -> Mapping[str, Any] | None:
        """The receipt of an earlier try, None if it did not arrive. Only asked where it answers for keys."""


@dataclass(frozen=True, slots=True)
class PlatformChannel:
    """A message in the person's box on the low-code platform."""

    platforms: Registry

    def reaches(self, note: Note) -> bool:
        return note.platform in self.platforms and self.platforms[note.platform].capabilities.messages

    def answers_for_key(self, note: Note) -> bool:
        return self.platforms[note.platform].capabilities.answers_for_key

    def send(self, note: Note, key: str, now: datetime) -> Mapping[str, Any]:
        message = Message(to=note.person, title=note.title, text=note.text, link=note.link)
        return self.platforms[note.platform].send(message, key=key)

    def find(self, note: Note, key: str) -> Mapping[str, Any] | None:
        wanted = Message(to=note.person, title=note.title, text=note.text)
        return self.platforms[note.platform].find(wanted, key=key)


@dataclass(frozen=True, slots=True)
class MailChannel:
    """A mail. SMTP cannot say later what arrived: a repeat carries the same Message-ID and is counted."""

    mailer: Callable[[], Mailer | None]

    def reaches(self, note: Note) -> bool:
        return note.email is not None and self.mailer() is not None

    def answers_for_key(self, note: Note) -> bool:
        return False

    def send(self, note: Note, key: str, now: datetime) -> Mapping[str, Any]:
        mailer = self.mailer()
        if mailer is None or note.email is None:
            raise LookupError("no mail server, or no address")  # reaches() was not asked
        return mailer.send(note.email, note.title, note.text, key=key, now=now)

    def find(self, note: Note, key: str) -> Mapping[str, Any] | None:
        return None


def usable(channels: Mapping[str, Channel], note: Note, manifest: Manifest) -> list[tuple[str, Channel]]:
    """The channels to this person in the order of preference; the platform's message last, whatever was preferred."""
    preferred = dict.fromkeys((*manifest.person_settings(note.person).channels, "platform"))
    found = [(name, channels[name]) for name in preferred if channels[name].reaches(note)]
    return found or [("platform", channels["platform"])]
