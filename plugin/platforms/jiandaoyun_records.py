"""The records and the layouts of one application of 简道云, as its interface gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from forms.fields import Field, FormDefinition
from plugin.platforms.jiandaoyun_api import NAME, Api
from plugin.platforms.jiandaoyun_fields import RESULT, Layout, layout_of, path_of, widgets_of
from plugin.sdk import RemoteRejected, RemoteUnavailable, RemoteUnclear, WriteBack

PAGE = 100
FRESH = timedelta(minutes=1)
STATUS: Mapping[str, str] = {
    "passed": "符合",
    "warned": "符合，有提示",
    "returned": "退回修改",
    "awaiting_override": "待核准",
    "unattached": "待归入项目",
}


@dataclass(frozen=True)
class Records:
    """`entries`: our form's name → its number there. `named`: fields whose widget the manifest names itself."""

    api: Api
    app: str
    entries: Mapping[str, str]
    named: Mapping[str, Mapping[str, str]]
    forms: Mapping[str, FormDefinition]
    clock: Callable[[], datetime]
    _read: dict[str, tuple[Layout, datetime]] = field(default_factory=dict)

    def layout(self, form: str, *, fresh: bool = False) -> Layout:
        """The form's widgets as last read; `fresh`: read within the last minute, for a designer may change them."""
        layout, read_at = self._read.get(form, (None, None))
        now = self.clock()
        if layout is None or read_at is None or (fresh and not now - FRESH < read_at <= now):
            listed = self.api.call("/v5/app/entry/widget/list", self.at(form))
            layout = layout_of(
                asked_of(self.forms[form]), widgets_of(listed.get("widgets")), self.named.get(form, {})
            )
            self._read[form] = (layout, now)
        return layout

    def layout_for_results(self, form: str) -> Layout:
        """The same, with the columns for our results in it."""
        layout = self.layout(form, fresh=True)
        missing = [each.label for each in RESULT if each.name not in layout.fields]
        if missing:
            said = f"{NAME}的表单“{self.forms[form].title}”缺少字段{'、'.join(missing)}，补上后会自动重试。"
            raise RemoteUnavailable(said)
        return layout

    def forget(self, form: str) -> None:
        """The form has changed."""
        self._read.pop(form, None)

    def get(self, entry: str, record: str) -> Mapping[str, Any]:
        """One record as it is now."""
        found = self.api.call(
            "/v5/app/entry/data/get", {"app_id": self.app, "entry_id": entry, "data_id": record}
        ).get("data")
        if not isinstance(found, Mapping) or not found:
            raise RemoteRejected(f"{NAME}没有编号为 {record} 的记录，可能已被删除。", "记录不存在。")
        return found

    def all(self, form: str) -> Iterator[Mapping[str, Any]]:
        """All records of a form in the order of their numbers, a page at a time."""
        last = ""
        while True:
            payload = self.at(form, limit=PAGE, **({"data_id": last} if last else {}))
            page = self.api.call("/v5/app/entry/data/list", payload).get("data")
            if not isinstance(page, list) or not all(isinstance(each, Mapping) for each in page):
                raise RemoteUnclear(f"{NAME}的答复没有 data。")
            yield from page
            if len(page) < PAGE:
                return
            before, last = last, str(page[-1].get("_id"))
            if last == before:
                raise RemoteUnclear(f"{NAME}两次答复了同一页。")

    def write(self, form: str, record: str, data: Mapping[str, Any]) -> None:
        """Change these widgets of a record; automations of the form are not started."""
        payload = self.at(form, data_id=record, data=data, is_start_trigger=False)
        self.api.call("/v5/app/entry/data/update", payload, "write")

    def seen(self) -> tuple[set[str], datetime | None]:
        """The numbers of the forms that our key may see, and what time it is there."""
        found: set[str] = set()
        while True:
            reply = self.api.exchange(
                "/v5/app/entry/list", {"app_id": self.app, "limit": PAGE, "skip": len(found)}
            )
            page = self.api.answered(reply).get("forms")
            listed = page if isinstance(page, list) else []
            new = {str(each.get("entry_id")) for each in listed if isinstance(each, Mapping)}
            if len(new) < PAGE or new <= found:
                return found | new, _date(reply.headers.get("date", ""))
            found |= new

    def present_url(self, entry: str, record: str, path: str) -> str | None:
        """Where a file of a record lies today."""
        stack: list[Any] = [self.get(entry, record)]
        while stack:
            each = stack.pop()
            if isinstance(each, Mapping):
                if isinstance(each.get("url"), str) and path_of(each["url"]) == path:
                    return str(each["url"])
                stack += each.values()
            elif isinstance(each, list):
                stack += each
        return None

    def entry(self, form: str) -> str:
        """The number of a form; RemoteRejected where the manifest names none."""
        if form not in self.entries:
            said = f"参数文件 platform.options.forms 没有写 {form} 的表单编号。"
            raise RemoteRejected(said, said)
        return self.entries[form]

    def at(self, form: str, **more: Any) -> dict[str, Any]:
        return {"app_id": self.app, "entry_id": self.entry(form), **more}


def asked_of(form: FormDefinition) -> tuple[Field, ...]:
    """What the platform's form has to ask for, our results included."""
    return (*(each for each in form.fields if each.by != "computed"), *RESULT)


def shown(layout: Layout, record: Mapping[str, Any]) -> dict[str, Any]:
    """The result that a record shows: revision (0: none yet), status and message.

    A person may copy a record with all that stands in it: a revision counts in the record that it was written for.
    """
    found = {each.name: _value(layout, each.name, record) for each in RESULT}
    own = re.fullmatch("([0-9]{1,9})@(.+)", str(found["zx_revision"]))
    revision = int(own[1]) if own and own[2] == record.get("_id") else 0
    return {"revision": revision, "status": found["zx_status"], "message": found["zx_message"]}


def written(layout: Layout, result: WriteBack, record: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a write: every value wrapped. A project code that is there already is not touched."""
    values: dict[str, Any] = {
        "zx_status": STATUS.get(result.status, result.status),
        "zx_message": result.message,
        "zx_revision": f"{result.revision}@{result.record}",
    }
    if result.project_code and not _value(layout, "project_code", record):
        values["project_code"] = result.project_code
    return {
        layout.fields[name][1].name: {"value": value}
        for name, value in values.items()
        if name in layout.fields
    }


def _value(layout: Layout, name: str, record: Mapping[str, Any]) -> Any:
    if name not in layout.fields:
        return None
    widget = layout.fields[name][1]
    return record.get(widget.name, record.get(widget.id))


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    return found if found.tzinfo else None
