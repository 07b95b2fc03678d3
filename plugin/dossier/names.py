"""File names that Windows, Linux and an archive's reader all take: Chinese as it is, nothing reserved, not too long."""

from __future__ import annotations

import re

RESERVED = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]'
)
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
LONGEST = 60  # signs; of four bytes each it is still a file name everywhere
SUFFIX = re.compile(r"\.[0-9A-Za-z]{1,8}$")


def safe_name(text: str) -> str:
    """The text as one file name. Another text may give the same name: number what must differ."""
    name = RESERVED.sub("_", text).strip(" .") or "_"
    if DEVICES.fullmatch(name):
        name = f"_{name}"
    if len(name) <= LONGEST:
        return name
    suffix = SUFFIX.search(name)
    end = suffix[0] if suffix else ""
    return name[: LONGEST - len(end)].rstrip(" .") + end
