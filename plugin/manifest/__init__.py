"""manifest.yaml, the file a bureau edits: read strictly, checked whole, frozen. What others need of it."""

from plugin.manifest.beside import Beside
from plugin.manifest.json_schema import manifest_json_schema
from plugin.manifest.keys import SecretsUnreadable, login_of, secrets_of, token_of
from plugin.manifest.loading import find_manifest, load_manifest, load_text, starter_text
from plugin.manifest.model import (
    Environ,
    LifecycleSettings,
    MailSettings,
    Manifest,
    ManifestInvalid,
    ManifestNotFound,
    PersonSettings,
    PlatformSettings,
    Reminders,
    Rhythm,
    TechnicalLimits,
)
from plugin.manifest.report import CATEGORIES, CheckReport, check, diff, value_text
from plugin.strict_yaml import Problem

__all__ = [
    "CATEGORIES",
    "Beside",
    "CheckReport",
    "Environ",
    "LifecycleSettings",
    "MailSettings",
    "Manifest",
    "ManifestInvalid",
    "ManifestNotFound",
    "PersonSettings",
    "PlatformSettings",
    "Problem",
    "Reminders",
    "Rhythm",
    "SecretsUnreadable",
    "TechnicalLimits",
    "check",
    "diff",
    "find_manifest",
    "load_manifest",
    "load_text",
    "login_of",
    "manifest_json_schema",
    "secrets_of",
    "starter_text",
    "token_of",
    "value_text",
]
