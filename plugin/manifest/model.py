"""What a manifest says, frozen: one submission is judged and answered by one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from plugin.errors import PluginError
from plugin.regulation.law import LawBook
from plugin.regulation.pack import Pack
from plugin.strict_yaml import Problem

Environ = Mapping[str, str]


class ManifestInvalid(PluginError):
    """The manifest has mistakes; `problems` names all of them. Mend the file and check again."""

    code: ClassVar[str] = "MANIFEST_INVALID"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class ManifestNotFound(PluginError):
    """No manifest at the place named, or nowhere. Run `zhengxiang init`."""

    code: ClassVar[str] = "MANIFEST_NOT_FOUND"


class HasSecrets(Protocol):
    """Anything whose keys stand in an environment variable, in the form of its way of signing."""

    @property
    def secret_env(self) -> str: ...

    @property
    def signature(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """The low-code platform: which adapter, where it is, how requests are signed, which variables hold the keys."""

    name: str
    base_url: str
    secret_env: str
    signature: str = "v1"
    token_env: str | None = None
    form_link: str | None = None  # where a person fills in {form} of {project_code}
    options: Mapping[str, Any] = field(default_factory=dict)  # the adapter's own


@dataclass(frozen=True, slots=True)
class LifecycleSettings:
    """The provincial life-cycle system, likewise."""

    base_url: str
    secret_env: str
    signature: str = "v1"


@dataclass(frozen=True, slots=True)
class Reminders:
    """When people are reminded: days before, hours of a working day (Shanghai), what is repeated, how many a minute."""

    days_before: tuple[int, ...] = (30, 7, 1)
    by_duty: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    hour: int = 9
    until_hour: int = 17
    overdue_every_days: int | None = 7
    undated_every_days: int | None = 30  # where the regulation sets a duty and no day
    escalate: tuple[tuple[str, int], ...] = (("unit_head", 7), ("data_bureau", 14))  # role, days overdue
    per_minute: int = 60


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The days of every year on which something is recalled, as 11-01; None: not at all."""

    reports_announced: str | None = "11-01"
    validity_check: str | None = "03-01"
    plan_rollover: str | None = "12-01"
    security_test: str | None = None


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """How a person is reached: channels in the order of preference, a mail address."""

    channels: tuple[str, ...] = ("platform",)
    email: str | None = None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server. `secret_env` names the variable with user:password; None: it asks for no login."""

    host: str
    port: int
    security: str
    sender: str
    secret_env: str | None = None


@dataclass(frozen=True, slots=True)
class TechnicalLimits:
    """How much one request, file or call may cost."""

    body_bytes: int = 256 * 1024
    table_body_bytes: int = 2 * 1024 * 1024
    json_depth: int = 32
    json_keys_per_object: int = 200
    json_keys_in_all: int = 20_000
    string_chars: int = 20_000
    number_digits: int = 30
    header_bytes: int = 16 * 1024
    signatures: int = 5
    replay_seconds: int = 300
    attachment_bytes: int = 20 * 1024 * 1024
    xlsx_packed_bytes: int = 5 * 1024 * 1024
    xlsx_unpacked_bytes: int = 50 * 1024 * 1024
    xlsx_rows: int = 20_000
    connect_seconds: int = 3
    read_seconds: int = 10
    total_seconds: int = 15
    reply_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked manifest. `text` is the file as it was read, `beside` what it names (see beside.py): together one version."""

    version: str
    county: str
    bureau: str
    code_prefix: str
    legal_basis: tuple[str, ...]
    interpreters: tuple[str, ...]
    valid_until: date | None
    book: LawBook
    reminders: Reminders
    rhythm: Rhythm
    max_attempts: int
    former_units: Mapping[str, str]  # a unit's former name → its present one
    successors: Mapping[str, str]  # a person who left → who took over, as the platform knows them
    unit_heads: Mapping[str, tuple[str, ...]]
    persons: Mapping[str, PersonSettings]
    recipients: Mapping[str, tuple[str, ...]]
    platform: PlatformSettings
    lifecycle: LifecycleSettings
    mail: MailSettings | None
    extra_hosts: tuple[str, ...]
    ca_bundle: str | None
    classified_guidance: str
    limits_technical: TechnicalLimits
    text: str = field(repr=False)
    beside: str = field(default="", repr=False)
    corrections: str = "calendar.d"  # the folder of the years entered, from where the manifest stands
    warnings: tuple[Problem, ...] = field(default=(), repr=False, compare=False)

    @property
    def pack(self) -> Pack:
        return self.book.pack

    def unit_name(self, name: str) -> str:
        """The present name of a unit that was renamed or merged."""
        return self.former_units.get(name, name)

    def person(self, id: str) -> str:
        """Who answers for this person's papers now."""
        for _ in self.successors:  # a chain of successors ends; a circle does too
            if id not in self.successors:
                break
            id = self.successors[id]
        return id

    def reminder_days(self, duty: str) -> tuple[int, ...]:
        """The days before the due day on which this duty is recalled."""
        return self.reminders.by_duty.get(duty, self.reminders.days_before)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """The only web addresses that anything may be sent to."""
        more = (each for each in self.extra_hosts if each.startswith("http"))
        return tuple(dict.fromkeys((self.platform.base_url, self.lifecycle.base_url, *more)))

    def person_settings(self, id: str) -> PersonSettings:
        """How this person is reached; whoever is not named, by messages of the platform."""
        return self.persons.get(id) or PersonSettings()
