"""How gateways write an instant: seconds, milliseconds, RFC 1123 in GMT, ISO 8601 in +08:00. Read strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from types import MappingProxyType

_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """`write` an aware instant; `read` gives Unix seconds of a text that matches `form`, or raises ValueError."""

    form: re.Pattern[str]
    write: Callable[[datetime], str]
    read: Callable[[str], float]

    def seconds(self, text: str) -> float | None:
        """None for anything that is no instant in this format."""
        if self.form.fullmatch(text) is None:
            return None
        try:
            return self.read(text)
        except ValueError:  # the 31st of February
            return None


FORMATS: Mapping[str, TimeFormat] = MappingProxyType(
    {
        "s": TimeFormat(re.compile("[0-9]{1,12}"), lambda at: str(int(at.timestamp())), int),
        # Always 13 digits, so that none can move over to a value that follows without a separator.
        "ms": TimeFormat(
            re.compile("[0-9]{13}"),
            lambda at: str(milliseconds(at)),
            lambda text: int(text) / 1000,
        ),
        "rfc1123": TimeFormat(
            re.compile("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
            lambda at: format_datetime(at.astimezone(UTC), usegmt=True),
            lambda text: parsedate_to_datetime(text).timestamp(),
        ),
        "iso+08:00": TimeFormat(
            re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+08:00"),
            lambda at: at.astimezone(_BEIJING).isoformat(timespec="milliseconds"),
            lambda text: datetime.fromisoformat(text).timestamp(),
        ),
    }
)


def milliseconds(at: datetime) -> int:
    """Unix milliseconds, exactly: a float of seconds could be one off."""
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
