"""What 简道云 pushes: which event it is, about which record, when and by whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plugin.sdk import Actor, EventKind, NotUnderstood

KINDS: Mapping[str, EventKind] = {
    "data_create": EventKind.CREATED,
    "data_update": EventKind.UPDATED,
    "data_remove": EventKind.DELETED,
    "data_recover": EventKind.RESTORED,
}
# What stands beside the widgets of a record.
SYSTEM = frozenset(
    {
        *(
            "_id",
            "appId",
            "entryId",
            "formName",
            "createTime",
            "updateTime",
            "deleteTime",
            "creator",
            "updater",
        ),
        *("deleter", "flowState", "chargers", "ext", "extParams", "wx_open_id", "wx_nickname", "wx_gender"),
    }
)


def text(value: Mapping[str, Any], name: str) -> str:
    """A short text that has to be there."""
    found = value.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= 100:
        raise NotUnderstood(f"{name} 应为 1 至 100 个字符的字符串")
    return found


def instant(value: Mapping[str, Any], name: str) -> datetime:
    """An ISO 8601 instant in UTC."""
    try:
        found = datetime.fromisoformat(text(value, name))
    except ValueError as error:  # NotUnderstood is one, too
        raise NotUnderstood(f"{name} 应为 ISO 8601 时刻") from error
    if found.tzinfo is None:
        raise NotUnderstood(f"{name} 应带时区")
    return found


def happened_at(body: Mapping[str, Any], data: Mapping[str, Any]) -> datetime:
    """When the operation took place: opTime, or what the record says where an older push has none."""
    milliseconds = body.get("opTime")
    if milliseconds is None:
        return instant(data, "deleteTime" if "deleteTime" in data else "updateTime")
    if type(milliseconds) is not int or not 0 < milliseconds < 10**14:
        raise NotUnderstood("opTime 应为13位毫秒时间戳")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def key_of(op: str, data: Mapping[str, Any], at: datetime) -> str:
    """The delivery key. Each part of it stands in the signed body, which X-JDY-DeliverId does not."""
    names = (text(data, "appId"), text(data, "entryId"), text(data, "_id"))
    return ":".join((*names, op, at.isoformat(timespec="milliseconds")))


def actor(data: Mapping[str, Any], *places: str) -> Actor | None:
    """The member at the first of these places that names one."""
    for each in places:
        member = data.get(each)
        if isinstance(member, Mapping) and isinstance(member.get("username"), str):
            return Actor(member["username"], str(member.get("name") or ""))
    return None
