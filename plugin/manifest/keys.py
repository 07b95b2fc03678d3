"""The keys behind `secret_env`, read anew on every call: changing a key needs no restart."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from plugin.errors import PluginError
from plugin.manifest.model import Environ, HasSecrets, MailSettings, PlatformSettings
from plugin.platforms.signing import MAX_SIGNATURES, read_secret

MAX_FILE_BYTES = 16 * 1024


class SecretsUnreadable(PluginError):
    """No usable key right now (unset, empty, half written). Try again; never go on without a key."""

    code: ClassVar[str] = "SECRETS_UNREADABLE"


def secrets_of(settings: HasSecrets, environ: Environ) -> tuple[str, ...]:
    """The keys in force, newest first as written. Raises SecretsUnreadable; no message shows a key."""
    found, where = _held_by(settings.secret_env, environ)
    for number, each in enumerate(found, 1):
        try:
            read_secret(settings.signature, each)
        except ValueError as error:
            raise SecretsUnreadable(f"{where}中第{number}个密钥不完整：{error}文件可能正在写入。") from None
    return found


def token_of(settings: PlatformSettings, environ: Environ) -> str:
    """The platform's key for our own calls, empty where the platform uses none. Raises SecretsUnreadable."""
    return _held_by(settings.token_env, environ)[0][0] if settings.token_env else ""


def login_of(settings: MailSettings, environ: Environ) -> tuple[str, str] | None:
    """User and password of the mail server, None where it asks for none. Raises SecretsUnreadable; no message shows them."""
    if settings.secret_env is None:
        return None
    found, where = _content_of(settings.secret_env, environ)
    user, colon, password = found.strip().partition(":")
    if not (user and colon and password):
        raise SecretsUnreadable(f"{where}应为“用户名:密码”，文件可能正在写入。")
    return user, password


def _held_by(name: str, environ: Environ) -> tuple[tuple[str, ...], str]:
    """What the variable or its file holds, and where that is as it stands in a Chinese sentence."""
    content, where = _content_of(name, environ)
    found = tuple(content.split())
    if not 1 <= len(found) <= MAX_SIGNATURES:
        raise SecretsUnreadable(
            f"{where}中有{len(found)}个密钥，应有1至{MAX_SIGNATURES}个，文件可能正在写入。"
        )
    return found, where


def _content_of(name: str, environ: Environ) -> tuple[str, str]:
    direct, path = environ.get(name), environ.get(f"{name}_FILE")
    if direct and path:
        raise SecretsUnreadable(f"{name} 与 {name}_FILE 同时设置，请只留一个。")
    if not direct and not path:
        raise SecretsUnreadable(f"没有设置 {name}，也没有设置 {name}_FILE。")
    where = name if direct else f"{name}_FILE 所指的文件"
    return direct or _content(str(path), where), where


def _content(path: str, where: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_FILE_BYTES).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SecretsUnreadable(f"{where}不能读取（{type(error).__name__}）。") from None
