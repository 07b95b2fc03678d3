"""What stands on the platform now, as far as it concerns us. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plugin.platforms.nocobase.access import BUREAU, RUNTIME, UNIT, Grant
from plugin.platforms.nocobase.client import Client
from plugin.platforms.nocobase.names import CHANNEL, SECRET_VARIABLE

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StandingWorkflow:
    """The version of a workflow that is in force, its steps in our order of naming."""

    id: int
    head: Json  # title, type, sync, config, options, enabled
    steps: Mapping[str, Json]  # node key → type, title, config, upstream (a key), branchIndex


@dataclass(frozen=True, slots=True)
class StandingRole:
    """A role with what it may do, by collection, and the menu entries it sees."""

    resources: Mapping[str, tuple[int, tuple[Grant, ...]]]
    menus: frozenset[int]


@dataclass(frozen=True, slots=True)
class Actual:
    """The platform as read."""

    version: str
    collections: Mapping[str, Json]  # name → {"title", "titleField", "fields": name → field}
    workflows: Mapping[str, StandingWorkflow]
    routes: Mapping[str, Json]  # name of the page or group → the menu entry
    roles: Mapping[str, StandingRole]
    own_scope: int  # the platform's scope “own records”
    runtime_user: int | None
    channel: bool
    secret: bool


OUR_ROLES = (RUNTIME, UNIT, BUREAU)


def read(client: Client, prefix: str, runtime_user: str) -> Actual:
    """Everything in a dozen calls, whatever the number of forms."""
    names = {"name": {"$startsWith": prefix}}
    collections = client.every("collections:list", filter=names, **{"appends[]": "fields"})
    users = client.get("users:list", filter={"username": runtime_user})
    scopes = client.get("dataSourcesRolesResourcesScopes:list", filter={"key": "own"})
    return Actual(
        version=str(client.get("app:getInfo").get("version")),
        collections={each["name"]: _collection(each) for each in collections},
        workflows=_workflows(
            client.every(
                "workflows:list",
                filter={"current": True, "key": {"$startsWith": prefix}},
                **{"appends[]": "nodes"},
            )
        ),
        routes={
            each["schemaUid"]: each
            for each in client.every("desktopRoutes:list", filter={"schemaUid": {"$startsWith": prefix}})
        },
        roles=_roles(client),
        own_scope=scopes[0]["id"],
        runtime_user=users[0]["id"] if users else None,
        channel=bool(client.get("notificationChannels:list", filter={"name": CHANNEL})),
        secret=any(each["name"] == SECRET_VARIABLE for each in client.get("environmentVariables:list")),
    )


def _collection(found: Json) -> Json:
    fields = {each["name"]: each for each in found["fields"]}
    return {"title": found.get("title"), "titleField": found.get("titleField"), "fields": fields}


def _workflows(found: Iterable[Json]) -> dict[str, StandingWorkflow]:
    return {each["key"]: StandingWorkflow(each["id"], each, _steps(each["nodes"])) for each in found}


def _steps(nodes: Iterable[Json]) -> dict[str, Json]:
    """The nodes by key; what is upstream is named by its key too."""
    nodes = list(nodes)
    keys = {each["id"]: each["key"] for each in nodes}
    shown = ("key", "type", "title", "config", "branchIndex")
    return {
        each["key"]: {
            **{name: each.get(name) for name in shown},
            "upstream": keys.get(each.get("upstreamId")),
        }
        for each in nodes
    }


def _roles(client: Client) -> dict[str, StandingRole]:
    ours = {"$in": list(OUR_ROLES)}
    found = client.every("roles:list", filter={"name": ours}, **{"appends[]": "desktopRoutes"})
    resources = client.every(
        "dataSourcesRolesResources:list",
        filter={"roleName": ours, "dataSourceKey": "main"},
        **{"appends[]": "actions"},
    )
    return {
        each["name"]: StandingRole(
            {
                resource["name"]: (resource["id"], _grants(resource))
                for resource in resources
                if resource["roleName"] == each["name"]
            },
            frozenset(route["id"] for route in each["desktopRoutes"]),
        )
        for each in found
    }


def _grants(resource: Json) -> tuple[Grant, ...]:
    if not resource.get("usingActionsConfig"):
        return ()
    return tuple(
        Grant(each["name"], tuple(each.get("fields") or ()), own=each.get("scopeId") is not None)
        for each in resource["actions"]
    )
