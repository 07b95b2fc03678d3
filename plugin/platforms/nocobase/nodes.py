"""What a workflow is made of: steps in a tree, each under a key of ours, and the words in which they refer to one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
EVERY_END = [1, -1, -2, -3, -4, -5, -6]  # resolved, failed, error, aborted, canceled, rejected, to be retried
REFUSED = -1


@dataclass(frozen=True, slots=True)
class Node:
    """One step. `branches`: what follows only on that outcome (1 true, 0 false)."""

    key: str
    type: str
    title: str
    config: Json
    branches: Mapping[int, tuple[Node, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One workflow, all its steps in order."""

    key: str
    title: str
    type: str
    sync: bool
    config: Json
    nodes: tuple[Node, ...]

    def as_json(self) -> dict[str, Any]:
        """The body of workflows:create: switched off until its nodes are there."""
        options = {"deleteExecutionOnStatus": EVERY_END, "stackLimit": 1}
        head = {"key": self.key, "title": self.title, "type": self.type, "sync": self.sync}
        return {**head, "config": dict(self.config), "options": options, "enabled": False}

    def steps(self) -> tuple[dict[str, Any], ...]:
        """The nodes in the order in which they must be made: key, type, title, config, upstream (a key), branchIndex."""
        return tuple(_flat(self.nodes, None, None))


def _flat(nodes: Iterable[Node], upstream: str | None, branch: int | None) -> Iterator[dict[str, Any]]:
    for node in nodes:
        step = {"key": node.key, "type": node.type, "title": node.title, "config": dict(node.config)}
        yield {**step, "upstream": upstream, "branchIndex": branch}
        for index, inner in node.branches.items():
            yield from _flat(inner, node.key, index)
        upstream, branch = node.key, None


def data(path: str) -> str:
    """The variable that holds a part of the record."""
    return f"{{{{$context.data.{path}}}}}"


def result(node: str, path: str) -> str:
    """The variable that holds a part of another node's result."""
    return f"{{{{$jobsMapByNodeKey.{node}.{path}}}}}"


def equal(left: Any, right: Any, calculator: str = "equal") -> Json:
    return {"group": {"type": "and", "calculations": [{"calculator": calculator, "operands": [left, right]}]}}


def condition(key: str, title: str, calculation: Json, branches: Mapping[int, tuple[Node, ...]]) -> Node:
    config = {"rejectOnFalse": False, "engine": "basic", "calculation": calculation}
    return Node(key, "condition", title, config, branches)


def refuse(key: str, message: str) -> tuple[Node, ...]:
    """Show the person a sentence and save nothing."""
    return (
        Node(f"{key}-message", "response-message", "告知填报人", {"message": message}),
        Node(f"{key}-end", "end", "不保存", {"endStatus": REFUSED}),
    )
