"""简道云: signed pushes, an interface that validates nothing and tells nobody, and no way to message a member.

How to set it up, and what is not documented of it, stands in docs/jiandaoyun.zh.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from typing import Any, ClassVar

from forms.definition import load_forms
from plugin.platforms.jiandaoyun_api import NAME, PER_SECOND, Api
from plugin.platforms.jiandaoyun_events import KINDS, SYSTEM, actor, happened_at, instant, key_of, text
from plugin.platforms.jiandaoyun_fields import RESULT, differences, values_in
from plugin.platforms.jiandaoyun_records import Records, asked_of, shown, written
from plugin.remote import json_bytes
from plugin.sdk import (
    Adapter,
    Attachment,
    Capabilities,
    Check,
    Connection,
    EventKind,
    FormDefinition,
    FormEvent,
    Message,
    NotUnderstood,
    Question,
    RemoteRejected,
    RemoteUnavailable,
    RemoteUnclear,
    Request,
    Secret,
    SignedHead,
    WriteBack,
    new_nonce,
    sign_request,
    verify_request,
)

SCHEME = "jiandaoyun"
MAX_SKEW_S = 60
GONE = frozenset({401, 403, 404, 410})  # how a file's address answers when its days are over


class Jiandaoyun:
    """One application of 简道云 with our forms in it."""

    name: ClassVar[str] = "jiandaoyun"
    capabilities: ClassVar[Capabilities] = Capabilities(
        delivery_id=False,  # X-JDY-DeliverId is not signed, nor is it documented that a repeat keeps it
        body_signed=True,
        time_signed=True,
        retries=False,  # how often is not documented, and after many failures the push is switched off
        asks_before_saving=False,
        max_ack_ms=2000,
        silent=("import", "batch_edit", "batch_delete", "batch_recover", "api_write"),
        api_write_emits_event=False,
        answers_for_key=True,  # the record shows which revision of its result it has
        validates_api_write=False,
        partial_update="subform_replaced",
        messages=False,
        lists_changes=True,
        describes_forms=True,
        attachments="url",
        attachment_days=15,
        calls_per_second=PER_SECOND,
    )

    def __init__(self, connection: Connection) -> None:
        self._to = connection
        self._api = Api(connection.door, connection.base_url, connection.token)
        options = connection.options
        self._records = Records(
            self._api,
            options.get("app", ""),
            options.get("forms", {}),
            options.get("fields", {}),
            connection.forms,
            connection.clock,
        )

    # what comes in

    def authenticate(self, request: Request, secrets: Sequence[Secret], now: datetime) -> SignedHead:
        return verify_request(SCHEME, request, secrets, now)

    def hello(self, form: str, secrets: Sequence[Secret], now: datetime) -> Request:
        body = json_bytes({"op": "connection_test", "opTime": int(now.timestamp() * 1000)})
        headers = {"Content-Type": "application/json"}
        request = Request("POST", f"/webhooks/{self.name}/{form}", "", headers, body)
        nonce = new_nonce(SCHEME, now, sha256(body).digest()[:16])  # one a millisecond is enough of a test
        return sign_request(SCHEME, request, secrets=secrets, now=now, nonce=nonce)

    def parse(self, form: str, body: Any, head: SignedHead) -> tuple[FormEvent, ...]:
        if not isinstance(body, Mapping):
            raise NotUnderstood("请求内容应为对象")
        op, data = str(body.get("op")), body.get("data")
        if op == "form_update":
            self._records.forget(form)
        if op not in KINDS:
            return self._other(form, op, body)
        if not isinstance(data, Mapping):
            raise NotUnderstood("data 应为对象")
        # The address is not signed, the form's number in the body is: they have to be about the same form.
        if (data.get("appId"), data.get("entryId")) != (self._records.app, self._records.entries.get(form)):
            raise NotUnderstood("appId、entryId 不是这个地址对应的表单，请核对简道云数据推送的地址")
        at = happened_at(body, data)
        return (self._event(form, data, KINDS[op], at, key_of(op, data, at)),)

    def question(self, form: str, body: Any) -> Question:
        raise NotUnderstood(f"{NAME}在保存前不提问")

    def _other(self, form: str, op: str, body: Mapping[str, Any]) -> tuple[FormEvent, ...]:
        """Acknowledged whatever it is, a connection test too; recorded where it is about a record."""
        data = body.get("data")
        if not isinstance(data, Mapping):
            return ()
        try:
            at = happened_at(body, data)
            key = key_of(op[:50], data, at)
        except NotUnderstood:
            return ()
        return (FormEvent(self.name, form, text(data, "_id"), EventKind.OTHER, at, key, {}),)

    def _event(
        self, form: str, data: Mapping[str, Any], kind: EventKind, at: datetime, key: str
    ) -> FormEvent:
        record = text(data, "_id")
        who = actor(data, "deleter", "updater", "creator")
        if kind not in (EventKind.CREATED, EventKind.UPDATED):
            return FormEvent(self.name, form, record, kind, at, key, {}, who)
        layout = self._records.layout(form)
        if not all(name in SYSTEM or layout.knows(name) for name in data):
            layout = self._records.layout(form, fresh=True)
        found = values_in(layout, data, f"{self._records.entry(form)}/{record}")
        ours = {each.name for each in RESULT}
        fields = {name: value for name, value in found.items() if name not in ours}
        return FormEvent(self.name, form, record, kind, instant(data, "updateTime"), key, fields, who)

    # what goes out

    def write_back(self, result: WriteBack, *, key: str) -> Mapping[str, Any]:
        layout = self._records.layout_for_results(result.form)
        record = self._records.get(self._records.entry(result.form), result.record)
        before = shown(layout, record)
        if before["revision"] >= result.revision:
            return before  # an older result never replaces a newer one
        self._records.write(result.form, result.record, written(layout, result, record))
        return {"revision": result.revision, "status": result.status, "message": result.message}

    def send(self, message: Message, *, key: str) -> Mapping[str, Any]:
        raise RemoteRejected(f"{NAME}没有向成员发送消息的接口。", "没有发送消息的接口。")

    def find(self, what: WriteBack | Message, *, key: str) -> Mapping[str, Any] | None:
        if isinstance(what, Message):
            return None
        layout = self._records.layout_for_results(what.form)
        found = shown(layout, self._records.get(self._records.entry(what.form), what.record))
        return found if found["revision"] >= what.revision else None

    # what can be asked

    def changed(self, forms: Collection[str], since: datetime) -> Iterator[FormEvent]:
        """Every record is looked at: that one can filter by the time of saving is not documented."""
        for form in (each for each in forms if each in self._records.entries):
            layout = self._records.layout(form, fresh=True)
            for record in self._records.all(form):
                try:
                    at = instant(record, "updateTime")
                    if at >= since or not shown(layout, record)["revision"]:
                        yield self._listed(form, record, at)
                except NotUnderstood as error:
                    raise RemoteUnclear(f"{NAME}的记录读不懂：{error}。") from error

    def _listed(self, form: str, record: Mapping[str, Any], at: datetime) -> FormEvent:
        # After a write of ours whoever owns our key was the last to save: the person is the one who created it.
        author = {name: value for name, value in record.items() if name != "updater"}
        own = {**author, "appId": self._records.app, "entryId": self._records.entry(form)}
        return self._event(form, author, EventKind.UPDATED, at, key_of("listed", own, at))

    def fetch(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """From the address that came with the record, or the one it has today where that has run out."""
        if (attachment.size or 0) > limit_bytes:
            said = f"附件“{attachment.name}”有{attachment.size}字节，超过{limit_bytes}字节的上限。"
            raise RemoteRejected(said, said)
        reply = self._api.download(attachment.url, limit_bytes)
        if reply.status in GONE and attachment.ref.count("/") >= 2:
            present = self._records.present_url(*attachment.ref.split("/", 2))
            reply = self._api.download(present, limit_bytes) if present else reply
        if reply.status in GONE:
            said = f"附件“{attachment.name}”已不能下载，请重新上传。"
            raise RemoteRejected(said, said)
        if reply.status != 200:
            raise RemoteUnavailable(f"附件“{attachment.name}”暂时不能下载（HTTP {reply.status}）。")
        return reply.body

    def check_form(self, form: FormDefinition) -> tuple[str, ...]:
        if form.name not in self._records.entries:
            return (f"参数文件 platform.options.forms 没有写 {form.name} 的表单编号。",)
        self._records.forget(form.name)
        return tuple(differences(asked_of(form), self._records.layout(form.name)))

    def probe(self) -> Iterable[Check]:
        """Listing the forms that our key may see tries network, key, scope and clock, and changes nothing."""
        right = self._to.signature == SCHEME
        yield Check("签名方式", right, "一致。" if right else f"参数文件 platform.signature 应写 {SCHEME}。")
        try:
            seen, theirs = self._records.seen()
        except (RemoteUnavailable, RemoteUnclear, RemoteRejected) as error:
            yield Check("连接", False, str(error))
            return
        yield Check("连接", True, f"{self._to.base_url} 可以连通，密钥有效。")
        hidden = [form for form, entry in self._records.entries.items() if entry not in seen]
        said = f"密钥看不到这些表单：{'、'.join(hidden)}。请核对编号和密钥的应用范围。"
        yield Check("表单", not hidden, said if hidden else f"{len(self._records.entries)}张表单都能看到。")
        if theirs is not None:
            skew_s = abs((theirs - self._to.clock()).total_seconds())
            yield Check("时钟", skew_s < MAX_SKEW_S, f"两边时钟相差{skew_s:.0f}秒，应小于{MAX_SKEW_S}秒。")


def check_options(options: Mapping[str, Any]) -> Iterator[str]:
    """app, forms {our name: number}, fields {our form: {our field: widget id or alias}}."""
    yield from (f"没有名为“{name}”的选项。" for name in options if name not in ("app", "forms", "fields"))
    if not isinstance(options.get("app"), str):
        yield "options.app 应为简道云的应用编号，是文字：全是数字的请加引号。"
    forms, fields = options.get("forms"), options.get("fields", {})
    if not isinstance(forms, Mapping) or not forms:
        yield "options.forms 应写明每张表单的编号，例如 contract_filing: 5b237267b22ab14884086cc9。"
        forms = {}
    if not isinstance(fields, Mapping) or not all(isinstance(each, Mapping) for each in fields.values()):
        yield "options.fields 应按表单分组，每项为字段名到简道云字段的编号或别名。"
        fields = {}
    for form in dict.fromkeys((*forms, *fields)):
        if form not in load_forms():
            near = get_close_matches(str(form), load_forms(), 1)
            yield f"没有名为“{form}”的表单。" + (f"是否想写“{near[0]}”？" if near else "")
    values = [*forms.values(), *(each for group in fields.values() for each in group.values())]
    if not all(isinstance(each, str) and each for each in values):
        yield "options 中的编号和别名应为文字：全是数字的请加引号。"
    for form, group in fields.items():
        if form in load_forms():
            wrong = [str(name) for name in group if not load_forms()[form].has(str(name))]
            yield from (f"表单 {form} 没有名为“{name}”的字段。" for name in wrong)


ADAPTER = Adapter(Jiandaoyun, check_options)
