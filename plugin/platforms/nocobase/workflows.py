"""The workflows that ask us before saving, note the time of saving, tell us afterwards, and show people their messages.

A workflow is a tree of nodes. Workflows and nodes carry keys of ours, so that a node can name another's result, and a
second push knows what it made. No execution is kept, whatever became of it: it would hold the submitted values, and
while it runs the key that signs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.fields import FormDefinition
from plugin.platforms.nocobase.names import CHANNEL, SAVED_AT, SAVED_BY, SECRET_VARIABLE, STATUS, Names
from plugin.platforms.nocobase.nodes import Node, Workflow, condition, data, equal, refuse, result
from plugin.platforms.nocobase.settings import Auth, Away, NocobaseSettings

Json = Mapping[str, Any]
ONE_BY_ONE = "请打开单条记录修改后提交，不能批量修改。"
# id.timestamp.body under HMAC-SHA256, as in Standard Webhooks. There is no Buffer here, hence createSecretKey.
SIGN = """\
const crypto = require('crypto');
const body = JSON.stringify(envelope);
const timestamp = String(Math.floor(Date.now() / 1000));
const id = named.filter(Boolean).join('_').replace(/[^0-9A-Za-z_-]/g, '') || crypto.randomUUID();
const key = crypto.createSecretKey(secret.slice(6), 'base64');
const mac = crypto.createHmac('sha256', key).update(id + '.' + timestamp + '.' + body).digest('base64');
return { id, timestamp, signature: 'v1,' + mac, body };
"""


def workflows_of(form: FormDefinition, settings: NocobaseSettings) -> tuple[Workflow, ...]:
    """The five of one form."""
    made = Workflows(form, settings)
    return (made.ask("create"), made.ask("update"), made.stamp(), made.tell_saved(), made.tell_deleted())


@dataclass(frozen=True, slots=True)
class Workflows:
    """The workflows of one form under the settings."""

    form: FormDefinition
    settings: NocobaseSettings

    @property
    def collection(self) -> str:
        return Names(self.settings.prefix).collection(self.form.name)

    def ask(self, action: str) -> Workflow:
        """Before saving: ask for the verdict, refuse with its message. Our own writing is not asked about."""
        envelope = {
            "action": action,
            "form": self.form.name,
            "record": "{{$context.params.filterByTk}}" if action == "update" else None,
            "user": {name: f"{{{{$context.user.{name}}}}}" for name in ("id", "username", "nickname")},
            "values": "{{$context.params.values}}",
        }
        asking = (*self._sent(f"/v1/verdicts/{self.form.name}", envelope, [], quiet=True), self._judged())
        if action == "update":
            many = equal("{{$context.params.filterByTk}}", None)
            asking = (condition("one", "逐条修改", many, {1: refuse("many", ONE_BY_ONE), 0: asking}),)
        by_others = equal("{{$context.user.username}}", self.settings.runtime_user, "notEqual")
        intercepted = ["create", "updateOrCreate"] if action == "create" else ["update"]
        return self._workflow(
            f"ask-{action}",
            "保存前校验（新填）" if action == "create" else "保存前校验（修改）",
            "request-interception",
            {"collection": self.collection, "global": True, "actions": intercepted},
            (condition("others", "不是政项写回的", by_others, {1: asking}),),
            sync=True,
        )

    def _judged(self) -> Node:
        away = condition(
            "refused",
            "校验不通过",
            equal(result("send", "may_save"), False),
            {1: refuse("verdict", result("send", "message")), 0: self._away()},
        )
        return condition("passed", "校验通过", equal(result("send", "may_save"), True), {0: (away,)})

    def _away(self) -> tuple[Node, ...]:
        """Nobody answered. What is not declared unclassified stays out, whatever the bureau chose."""
        refused = refuse("away", self.settings.away_message)
        if self.settings.away(self.form.name) is Away.REFUSE:
            return refused
        declared = equal("{{$context.params.values.classified}}", "否")
        return (condition("declared", "已声明不涉密", declared, {0: refused}),)

    def stamp(self) -> Workflow:
        """Inside the saving transaction: note when and by whom it was saved, and that it waits for a verdict."""
        ours = {"updatedBy": {"username": {"$ne": self.settings.runtime_user}}}
        config = {
            "collection": self.collection,
            "mode": 3,
            "appends": [],
            "condition": {"$or": [ours, {"updatedById": {"$empty": True}}]},
        }
        write = {
            "individualHooks": True,
            "filter": {"$and": [{"id": {"$eq": "{{$context.data.id}}"}}]},
            "values": {SAVED_AT: "{{$system.now}}", SAVED_BY: data("updatedById"), STATUS: "pending"},
        }
        node = Node("stamp", "update", "记下提交时间", {"collection": self.collection, "params": write})
        return self._workflow("stamp", "记下提交时间", "collection", config, (node,), sync=True)

    def tell_saved(self) -> Workflow:
        """After the transaction: the whole record, once for each time a person saved it."""
        config = {
            "collection": self.collection,
            "mode": 2,
            "changed": [SAVED_AT],
            "appends": list(self._appends()),
        }
        names = (
            "id",
            "createdAt",
            "createdById",
            "updatedById",
            SAVED_AT,
            *(each.name for each in self.form.fields),
        )
        envelope = {
            "type": "record.saved",
            "form": self.form.name,
            "record": {name: data(name) for name in names},
            "submitter": {name: data(f"{SAVED_BY}.{name}") for name in ("id", "username", "nickname")},
            "sent_at": "{{$system.now}}",
        }
        return self._tell("tell-saved", "保存后告知", config, envelope, ["saved", data("id"), data(SAVED_AT)])

    def tell_deleted(self) -> Workflow:
        """After a deletion: which record, and nothing of its content."""
        envelope = {
            "type": "record.deleted",
            "form": self.form.name,
            "record": {name: data(name) for name in ("id", "createdAt", SAVED_AT)},
            "submitter": None,
            "sent_at": "{{$system.now}}",
        }
        config = {"collection": self.collection, "mode": 4}
        return self._tell("tell-deleted", "删除后告知", config, envelope, ["deleted", data("id")])

    def _tell(self, purpose: str, title: str, config: Json, envelope: Json, named: list[str]) -> Workflow:
        nodes = self._sent(f"/webhooks/nocobase/{self.form.name}", envelope, named, quiet=False)
        return self._workflow(purpose, title, "collection", config, nodes, sync=False)

    def _appends(self) -> Iterator[str]:
        yield SAVED_BY
        for each in self.form.fields:
            if each.type in ("file", "table"):
                yield each.name
                yield from (
                    f"{each.name}.{inner.name}" for inner in each.columns if inner.type in ("file", "table")
                )

    def _sent(self, path: str, envelope: Json, named: list[str], *, quiet: bool) -> tuple[Node, ...]:
        """The request, proven. `quiet`: a failure is an outcome to decide on, not the end."""
        call = {
            "url": self.settings.plugin_url + path,
            "method": "POST",
            "contentType": "application/json",
            "params": [],
            "timeout": self.settings.timeout_ms,
            "ignoreFail": quiet,
            "onlyData": True,
        }
        if self.settings.auth is Auth.TOKEN:
            bearer = [{"name": "Authorization", "value": f"Bearer {{{{$env.{SECRET_VARIABLE}}}}}"}]
            return (Node("send", "request", "发送", {**call, "headers": bearer, "data": envelope}),)
        given = {"envelope": envelope, "named": named, "secret": f"{{{{$env.{SECRET_VARIABLE}}}}}"}
        script = {
            "content": SIGN,
            "timeout": 3000,
            "continue": quiet,
            "arguments": [{"name": name, "value": value} for name, value in given.items()],
        }
        headers = [
            {"name": f"webhook-{part}", "value": result("sign", part)}
            for part in ("id", "timestamp", "signature")
        ]
        send = {**call, "headers": headers, "data": result("sign", "body")}
        return (Node("sign", "script", "签名", script), Node("send", "request", "发送", send))

    def _workflow(
        self, purpose: str, title: str, type: str, config: Json, nodes: tuple[Node, ...], *, sync: bool
    ) -> Workflow:
        key = Names(self.settings.prefix).workflow(self.form.name, purpose)
        return Workflow(key, f"政项·{self.form.title}·{title}", type, sync, config, nodes)


def notify(names: Names) -> Workflow:
    """A new message → its person sees it, at once where a page is open.

    The title is fixed: the platform fills in a title's variables twice, so that one which came from a record could read
    the platform's secrets. The content is filled in once.
    """
    config = {"collection": names.messages, "mode": 1, "appends": []}
    message = {
        "channelName": CHANNEL,
        "receivers": [data("to_user")],
        "title": "政项提醒",
        "content": f"{data('title')}\n{data('text')}",
        "options": {"url": data("link"), "duration": 10},
        "ignoreFail": False,
    }
    node = Node("notify", "notification", "站内信", message)
    return Workflow(
        names.workflow("messages", "notify"), "政项·消息·站内信", "collection", False, config, (node,)
    )
