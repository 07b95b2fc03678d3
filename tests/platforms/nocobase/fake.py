"""A small stand-in for the few calls of NocoBase's interface that a push uses, over real HTTP.

It keeps what it is given and answers in the shapes of captured/standing.json; test_push.py holds it against that file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "admin-token"
RUNTIME_SESSION = "runtime-session"


class Refusal(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class FakeNocobase:
    """State by kind. `refuse` names actions that are to fail from now on."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.refuse: dict[str, int] = {}
        self.collections: dict[str, dict[str, Any]] = {}
        self.records: dict[str, int] = {}
        self.workflows: list[dict[str, Any]] = []
        self.routes: list[dict[str, Any]] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, dict[str, Any]] = {}
        self.resources: list[dict[str, Any]] = []
        self.users: dict[str, dict[str, Any]] = {}
        self.keys: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []
        self.variables: dict[str, str] = {}
        self.url = ""
        self._next = 1000

    def answer(self, path: str, query: dict[str, Any], body: Any, token: str) -> Any:
        action = path.removeprefix("/api/")
        self.calls.append(action)
        if token not in (TOKEN, RUNTIME_SESSION) and action != "auth:signIn":
            raise Refusal(401, "Your session has expired. Please sign in again.")
        if action in self.refuse:
            raise Refusal(self.refuse[action], "no")
        resource, _, verb = action.partition(":")
        first, *rest = resource.split("/")
        handler = getattr(self, f"_{first}_{rest[-1] + '_' if rest else ''}{verb}", None)
        if handler is None and verb == "list" and first in self.collections:
            return {"data": [], "meta": {"count": self.records.get(first, 0)}}
        assert handler is not None, f"the fake does not know {action}"
        return {"data": handler(query, body, *rest[:1])}

    def number(self) -> int:
        self._next += 1
        return self._next

    # what is there

    def _app_getInfo(self, _query: Any, _body: Any) -> Any:
        return {"version": "2.2.15", "database": {"dialect": "postgres"}}

    def _collections_list(self, query: Any, _body: Any) -> Any:
        prefix = query["filter"]["name"]["$startsWith"]
        return [each for name, each in self.collections.items() if name.startswith(prefix)]

    def _collections_listMeta(self, _query: Any, _body: Any) -> Any:
        return list(self.collections.values())

    def _workflows_list(self, query: Any, _body: Any) -> Any:
        prefix = query["filter"]["key"]["$startsWith"]
        return [each for each in self.workflows if each["current"] and each["key"].startswith(prefix)]

    def _desktopRoutes_list(self, query: Any, _body: Any) -> Any:
        prefix = query["filter"]["schemaUid"]["$startsWith"]
        return [each for each in self.routes if each["schemaUid"].startswith(prefix)]

    def _roles_list(self, query: Any, _body: Any) -> Any:
        return [each for name, each in self.roles.items() if name in query["filter"]["name"]["$in"]]

    def _dataSourcesRolesResources_list(self, query: Any, _body: Any) -> Any:
        return [each for each in self.resources if each["roleName"] in query["filter"]["roleName"]["$in"]]

    def _dataSourcesRolesResourcesScopes_list(self, _query: Any, _body: Any) -> Any:
        return [{"id": 7, "key": "own"}]

    def _users_list(self, query: Any, _body: Any) -> Any:
        return [each for name, each in self.users.items() if name == query["filter"]["username"]]

    def _notificationChannels_list(self, query: Any, _body: Any) -> Any:
        return [each for each in self.channels if each["name"] == query["filter"]["name"]]

    def _environmentVariables_list(self, _query: Any, _body: Any) -> Any:
        return [{"name": name, "type": "secret", "value": None} for name in self.variables]

    # what is made

    def _collections_create(self, _query: Any, body: Any) -> Any:
        if body["name"] in self.collections:
            raise Refusal(400, "collection exists")
        missing = [
            each["target"]
            for each in body["fields"]
            if each["type"] == "hasMany" and each["target"] not in self.collections
        ]
        assert not missing, f"rows come first: {missing}"
        self.collections[body["name"]] = {**body, "key": f"k{self.number()}"}
        return body

    def _collections_update(self, query: Any, body: Any) -> Any:
        self.collections[query["filterByTk"]].update(body)
        return [body]

    def _collections_destroy(self, query: Any, _body: Any) -> Any:
        return 1 if self.collections.pop(query["filterByTk"], None) else 0

    def _collections_fields_create(self, _query: Any, body: Any, collection: str) -> Any:
        self.collections[collection]["fields"].append(body)
        return body

    def _collections_fields_update(self, query: Any, body: Any, collection: str) -> Any:
        found = next(e for e in self.collections[collection]["fields"] if e["name"] == query["filterByTk"])
        found.update(body)
        return [found]

    def _workflows_create(self, _query: Any, body: Any) -> Any:
        made = {**body, "id": self.number(), "current": None, "nodes": []}
        self.workflows.append(made)
        return made

    def _workflows_nodes_create(self, _query: Any, body: Any, workflow: str) -> Any:
        found = self._workflow(int(workflow))
        assert body["upstreamId"] is None or body["upstreamId"] in {each["id"] for each in found["nodes"]}
        node = {**body, "id": self.number()}
        found["nodes"].append(node)
        return node

    def _workflows_update(self, query: Any, body: Any) -> Any:
        found = self._workflow(int(query["filterByTk"]))
        if body.get("enabled"):  # the version switched on is the one in force
            for each in self.workflows:
                if each["key"] == found["key"]:
                    each |= {"current": None, "enabled": False}
            found |= {"current": True, "enabled": True}
        return [found]

    def _workflows_destroy(self, query: Any, _body: Any) -> Any:
        keys = query["filter"]["key"]["$in"]
        self.workflows = [each for each in self.workflows if each["key"] not in keys]
        return len(keys)

    def _workflow(self, id: int) -> dict[str, Any]:
        return next(each for each in self.workflows if each["id"] == id)

    def _desktopRoutes_create(self, _query: Any, body: Any) -> Any:
        children = [{**each, "id": self.number()} for each in body.pop("children", [])]
        made = {**body, "id": self.number()}
        self.routes += [made, *children]
        return {**made, "children": children}

    def _desktopRoutes_update(self, query: Any, body: Any) -> Any:
        found = next(each for each in self.routes if each["id"] == int(query["filterByTk"]))
        found.update(body)
        return [found]

    def _desktopRoutes_destroy(self, query: Any, _body: Any) -> Any:
        gone = next(each for each in self.routes if each["id"] == int(query["filterByTk"]))
        stem = gone["schemaUid"]
        self.routes = [each for each in self.routes if not each["schemaUid"].startswith(stem)]
        return 1

    def _flowModels_save(self, _query: Any, body: Any) -> Any:
        assert body["uid"] not in self.models, "a model is drawn anew, never over the old one"
        self.models[body["uid"]] = body
        return body["uid"]

    def _flowModels_destroy(self, query: Any, _body: Any) -> Any:
        self.models.pop(query["filterByTk"], None)
        return "ok"

    def _roles_create(self, _query: Any, body: Any) -> Any:
        self.roles[body["name"]] = {**body, "desktopRoutes": []}
        return body

    def _roles_update(self, query: Any, body: Any) -> Any:
        self.roles[query["filterByTk"]].update(body)
        return [body]

    def _roles_desktopRoutes_add(self, _query: Any, body: Any, role: str) -> Any:
        known = {each["id"] for each in self.routes}
        assert set(body) <= known
        self.roles[role]["desktopRoutes"] += [{"id": each} for each in body]
        return None

    def _roles_dataSourceResources_create(self, _query: Any, body: Any, role: str) -> Any:
        self.resources.append({**body, "id": self.number(), "roleName": role})
        return body

    def _roles_dataSourceResources_update(self, query: Any, body: Any, role: str) -> Any:
        found = next(each for each in self.resources if each["id"] == int(query["filterByTk"]))
        assert found["roleName"] == role
        found.update(body)
        return [found]

    def _dataSourcesRolesResources_destroy(self, query: Any, _body: Any) -> Any:
        names = query["filter"]["name"]["$in"]
        self.resources = [each for each in self.resources if each["name"] not in names]
        return 1

    def _users_create(self, _query: Any, body: Any) -> Any:
        self.users[body["username"]] = {**body, "id": self.number()}
        return body

    def _users_update(self, query: Any, body: Any) -> Any:
        self.users[query["filter"]["username"]].update(body)
        return [body]

    def _auth_signIn(self, _query: Any, body: Any) -> Any:
        if self.users[body["account"]]["password"] != body["password"]:
            raise Refusal(401, "wrong password")
        return {"token": RUNTIME_SESSION}

    def _apiKeys_create(self, _query: Any, body: Any) -> Any:
        role = self.roles[body["role"]["name"]]
        if "pm.api-keys.configuration" not in role["snippets"]:
            raise Refusal(403, "No permissions")
        self.keys.append(body)
        return {"token": f"runtime-key-{len(self.keys)}"}

    def _notificationChannels_create(self, _query: Any, body: Any) -> Any:
        self.channels.append(body)
        return body

    def _environmentVariables_create(self, _query: Any, body: Any) -> Any:
        self.variables[body["name"]] = body["value"]
        return body

    def _environmentVariables_update(self, query: Any, body: Any) -> Any:
        self.variables[query["filterByTk"]] = body["value"]
        return [body]


@contextmanager
def serving(fake: FakeNocobase) -> Iterator[FakeNocobase]:
    """The fake behind a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # head and body in one packet: two would wait for each other

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            parts = urlsplit(self.path)
            query = {name: _read(value) for name, value in parse_qsl(parts.query)}
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            try:
                status, told = 200, fake.answer(parts.path, query, body, token)
            except Refusal as error:
                status, told = error.status, {"errors": [{"message": str(error)}]}
            content = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _read(value: str) -> Any:
    return json.loads(value) if value[:1] in "{[" else value
