"""The single steps of a push. Each is a value made by the plan; `run` carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from plugin.platforms.nocobase.client import Client
from plugin.platforms.nocobase.collections import Collection
from plugin.platforms.nocobase.names import CHANNEL, SECRET_VARIABLE, Names
from plugin.platforms.nocobase.nodes import Workflow
from plugin.platforms.nocobase.page import GROUPS, Page

Json = Mapping[str, Any]


@dataclass(slots=True)
class Hands:
    """What the steps work with: the client, what earlier steps made, and what must not stand in a plan."""

    client: Client
    names: Names
    own_scope: int
    secret: Callable[[], str]  # the key under which the platform proves itself to us
    keep_key: Callable[[str], None]  # takes the runtime's new key
    pause: Callable[[float], None]  # seconds
    password: Callable[[], str]  # one that nobody knows
    routes: dict[str, int] = field(default_factory=dict)  # page or group → its menu entry


class Step(Protocol):
    """One thing to do."""

    def run(self, hands: Hands) -> None:
        """Do it. Raises the client's errors."""


@dataclass(frozen=True, slots=True)
class MakeCollection:
    collection: Collection

    def run(self, hands: Hands) -> None:
        hands.client.post("collections:create", plain(self.collection.as_json()))


@dataclass(frozen=True, slots=True)
class ChangeCollection:
    collection: Collection

    def run(self, hands: Hands) -> None:
        head = {"title": self.collection.title, "titleField": self.collection.title_field}
        hands.client.post("collections:update", head, filterByTk=self.collection.name)


@dataclass(frozen=True, slots=True)
class AddField:
    collection: str
    field: Json

    def run(self, hands: Hands) -> None:
        hands.client.post(f"collections/{self.collection}/fields:create", plain(self.field))


@dataclass(frozen=True, slots=True)
class ChangeField:
    collection: str
    field: Json

    def run(self, hands: Hands) -> None:
        action = f"collections/{self.collection}/fields:update"
        hands.client.post(action, plain(self.field), filterByTk=self.field["name"])


@dataclass(frozen=True, slots=True)
class MakeWorkflow:
    """A whole new version under the same key, switched on when it is complete: one that ran cannot be changed."""

    workflow: Workflow

    def run(self, hands: Hands) -> None:
        made = hands.client.post("workflows:create", plain(self.workflow.as_json()))
        ids: dict[str, Any] = {}
        for step in self.workflow.steps():
            upstream = ids.get(step["upstream"]) if step["upstream"] else None
            body = {name: plain(value) for name, value in step.items() if name != "upstream"}
            node = hands.client.post(f"workflows/{made['id']}/nodes:create", {**body, "upstreamId": upstream})
            ids[step["key"]] = node["id"]
        hands.client.post("workflows:update", {"enabled": True}, filterByTk=made["id"])


@dataclass(frozen=True, slots=True)
class MakeGroup:
    filled_by: str

    def run(self, hands: Hands) -> None:
        name = hands.names.group(self.filled_by)
        head = {
            "type": "group",
            "title": GROUPS[self.filled_by],
            "icon": "FolderOpenOutlined",
            "schemaUid": name,
        }
        hands.routes[name] = hands.client.post("desktopRoutes:create", head)["id"]


@dataclass(frozen=True, slots=True)
class DrawPage:
    """Make the menu entry if there is none, then draw its content anew."""

    page: Page

    def run(self, hands: Hands) -> None:
        route = hands.routes.get(self.page.name)
        if route is None:
            group = hands.routes[hands.names.group(self.page.filled_by)]
            made = hands.client.post("desktopRoutes:create", self.page.route(group))
            hands.routes[self.page.name] = made["id"]
            hands.routes |= {each["schemaUid"]: each["id"] for each in made["children"]}
        for model in self.page.models:
            if route is not None:
                hands.client.post("flowModels:destroy", filterByTk=model["uid"])
            hands.client.post("flowModels:save", plain(model))
        if route is not None:
            head = {"title": self.page.title, "options": self.page.mark()}
            hands.client.post("desktopRoutes:update", head, filterByTk=route)


@dataclass(frozen=True, slots=True)
class MakeChannel:
    def run(self, hands: Hands) -> None:
        channel = {"name": CHANNEL, "title": "政项", "notificationType": "in-app-message", "options": {}}
        hands.client.post("notificationChannels:create", channel)


@dataclass(frozen=True, slots=True)
class SetSecret:
    """The platform's copy of the key, kept encrypted there and readable by its workflows only."""

    standing: bool

    def run(self, hands: Hands) -> None:
        if self.standing:
            hands.client.post(
                "environmentVariables:update", {"value": hands.secret()}, filterByTk=SECRET_VARIABLE
            )
        else:
            variable = {"name": SECRET_VARIABLE, "type": "secret", "value": hands.secret()}
            hands.client.post("environmentVariables:create", variable)


def plain(value: Any) -> Any:
    """Ready for JSON: tuples and read-only mappings become lists and objects."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value
