"""Whether what stands is what was wanted, field by field. Pure.

The platform adds keys of its own to everything, so only the keys that we set are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugin.platforms.nocobase.actual import StandingWorkflow
from plugin.platforms.nocobase.nodes import Workflow


def differences(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """The paths at which what stands lacks what was wanted, or has it otherwise."""
    if isinstance(wanted, Mapping):
        for key, value in wanted.items():
            inner = found.get(key) if isinstance(found, Mapping) else None
            yield from differences(value, inner, f"{path}.{key}" if path else str(key))
    elif isinstance(wanted, Sequence) and not isinstance(wanted, str):
        same_length = isinstance(found, Sequence) and not isinstance(found, str) and len(found) == len(wanted)
        if not same_length:
            yield path
            return
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif wanted != found:
        yield path


def workflow_differences(wanted: Workflow, found: StandingWorkflow) -> Iterator[str]:
    """Likewise for a workflow and its steps, which may have no step more."""
    head = {**wanted.as_json(), "enabled": True}
    yield from differences(head, found.head)
    steps = {each["key"]: each for each in wanted.steps()}
    yield from (f"多出节点 {key}" for key in found.steps if key not in steps)
    for key, step in steps.items():
        if key in found.steps:
            yield from (f"节点 {key}：{path}" for path in differences(step, found.steps[key]))
        else:
            yield f"缺少节点 {key}"
