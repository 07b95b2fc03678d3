"""The root of our own exceptions: a machine code, and a Chinese sentence for the person who reads it."""

from __future__ import annotations

from typing import ClassVar


class PluginError(Exception):
    """Something went wrong that a person may have to read about. `str(error)` is the Chinese sentence."""

    code: ClassVar[str] = "PLUGIN_ERROR"
