"""The steps of a push that concern people: roles, what they may do and see, the runtime's user and its key."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.platforms.nocobase.access import NO_SETTINGS, RUNTIME, Grant, Role
from plugin.platforms.nocobase.client import Client
from plugin.platforms.nocobase.steps import Hands

NEVER = "never"
A_SECOND = 1.1  # the platform distrusts a session begun within the second of a change of password


@dataclass(frozen=True, slots=True)
class MakeRole:
    role: Role

    def run(self, hands: Hands) -> None:
        hands.client.post("roles:create", self.role.as_json())


@dataclass(frozen=True, slots=True)
class SetGrants:
    """What a role may do on one collection, whole."""

    role: str
    collection: str
    grants: tuple[Grant, ...]
    standing: int | None = None

    def run(self, hands: Hands) -> None:
        actions = [
            {
                "name": each.action,
                "fields": list(each.fields),
                "scopeId": hands.own_scope if each.own else None,
            }
            for each in self.grants
        ]
        body = {
            "dataSourceKey": "main",
            "name": self.collection,
            "usingActionsConfig": True,
            "actions": actions,
        }
        action = f"roles/{self.role}/dataSourceResources"
        if self.standing is None:
            hands.client.post(f"{action}:create", body)
        else:
            hands.client.post(
                f"{action}:update",
                body,
                filterByTk=self.standing,
                filter={"dataSourceKey": "main", "name": self.collection},
            )


@dataclass(frozen=True, slots=True)
class ShowMenus:
    """Let a role see pages."""

    role: str
    pages: tuple[str, ...]

    def run(self, hands: Hands) -> None:
        hands.client.post(f"roles/{self.role}/desktopRoutes:add", [hands.routes[name] for name in self.pages])


@dataclass(frozen=True, slots=True)
class MakeUser:
    """The runtime's user. Its password is forgotten at once: it comes with a key."""

    username: str

    def run(self, hands: Hands) -> None:
        person = {
            "username": self.username,
            "nickname": "政项",
            "password": hands.password(),
            "roles": [RUNTIME],
        }
        hands.client.post("users:create", person)


@dataclass(frozen=True, slots=True)
class MakeKey:
    """A key for the runtime's user. Only a user itself can make one, so it signs in once, under a password of the moment."""

    username: str

    def run(self, hands: Hands) -> None:
        client, password = hands.client, hands.password()
        client.post("users:update", {"password": password}, filter={"username": self.username})
        client.post("roles:update", {"snippets": ["pm.api-keys.configuration"]}, filterByTk=RUNTIME)
        try:
            hands.pause(A_SECOND)
            signed_in = client.post("auth:signIn", {"account": self.username, "password": password})
            as_itself = Client(client.door, client.base_url, signed_in["token"])
            key = {"name": "zhengxiang", "expiresIn": NEVER, "role": {"name": RUNTIME}}
            hands.keep_key(as_itself.post("apiKeys:create", key)["token"])
        finally:
            client.post("roles:update", {"snippets": list(NO_SETTINGS)}, filterByTk=RUNTIME)
            client.post("users:update", {"password": hands.password()}, filter={"username": self.username})
