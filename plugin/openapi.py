"""docs/openapi.yaml: what we offer to platforms, as text."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def openapi_text() -> str:
    """Packaged in the wheel, beside the packages in a checkout."""
    packaged = files("plugin").joinpath("openapi.yaml")
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / "docs" / "openapi.yaml").read_text(encoding="utf-8")
