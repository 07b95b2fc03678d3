"""How strictly rules are applied: all of them blocking, advice only, or rule by rule."""

from __future__ import annotations

from typing import Any

from plugin.manifest.fields import Choice, Section, Value, refuse
from plugin.manifest.groups import Table


class Enforce(Value):
    """block, advise, or {default, rules: {CODE: …}} → the default and the exceptions."""

    words = Choice("block", "advise")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, dict[str, str]]:
        if isinstance(value, dict):
            found = EnforceGroup().load(value)
            return found["default"], found["rules"]
        if not isinstance(value, str):
            refuse(
                "NOT-A-CHOICE",
                f"“{value}”不在可选范围内。",
                "请写 block 或 advise，或分 default 与 rules 两项。",
            )
        return self.words.deserialize(value), {}


class EnforceGroup(Section):
    default = Choice("block", "advise", load_default="block", metadata={"zh": "其余规则"})
    rules = Table(
        Choice("block", "advise"),
        "[A-Z][A-Z0-9-]*",
        load_default=dict,
        metadata={"zh": "逐条规则：规则代码到 block 或 advise"},
    )
