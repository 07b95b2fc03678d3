"""Who may do what: one table of all pages, asked before every request. What is not in the table is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the console."""

    ADMIN = "admin"
    READER = "reader"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    UNIT = "unit"


NAMES: Mapping[Role, str] = {
    Role.ADMIN: "数据资源局管理员",
    Role.READER: "数据资源局查阅人员",
    Role.AUDITOR: "审计人员",
    Role.OPERATOR: "运维人员",
    Role.UNIT: "建设单位查阅人员",
}
ANYBODY: frozenset[Role] | None = None  # signed in or not
SIGNED_IN = frozenset(Role)
LOOK = SIGNED_IN - {Role.OPERATOR}  # projects and what belongs to them; a unit sees its own only
BUREAU = LOOK - {Role.UNIT}  # what concerns several units
ACT = frozenset({Role.ADMIN})
KEEP = LOOK - {Role.AUDITOR}  # the auditor changes nothing, not even a view of his own
SYSTEM = frozenset({Role.ADMIN, Role.AUDITOR, Role.OPERATOR})
REPAIR = frozenset({Role.ADMIN, Role.OPERATOR})
WATCH = frozenset({Role.ADMIN, Role.AUDITOR})

MAY: Mapping[str, frozenset[Role] | None] = {
    "console.static": ANYBODY,
    "console.nowhere": ANYBODY,
    "console.signin.ask": ANYBODY,
    "console.signin.enter": ANYBODY,
    "console.signin.link": ANYBODY,
    "console.signin.enter_by_link": ANYBODY,
    "console.signin.leave": SIGNED_IN,
    "console.signin.password": SIGNED_IN,
    "console.signin.change_password": SIGNED_IN,
    "console.home": SIGNED_IN,
    "console.lists.show": LOOK,
    "console.lists.export": LOOK,
    "console.lists.save_view": KEEP,
    "console.lists.drop_view": KEEP,
    "console.lists.deliveries": SYSTEM,
    "console.lists.export_deliveries": SYSTEM,
    "console.projects.show": LOOK,
    "console.projects.archive": LOOK,
    "console.submissions.show": LOOK,
    "console.submissions.override": ACT,
    "console.submissions.attach": ACT,
    "console.acts.ask": ACT,
    "console.acts.save": ACT,
    "console.acts.ask_part": ACT,
    "console.acts.save_part": ACT,
    "console.overview.show": SIGNED_IN,
    "console.operations.show": SYSTEM,
    "console.operations.interface": SYSTEM,
    "console.operations.replay": REPAIR,
    "console.imports.ask": ACT,
    "console.imports.template": ACT,
    "console.imports.take": ACT,
    "console.similar.show": BUREAU,
    "console.similar.compare": BUREAU,
    "console.limits.show": BUREAU,
    "console.limits.export": BUREAU,
    "console.limits.ask": BUREAU,
    "console.limits.propose": ACT,
    "console.proposals.show_all": BUREAU,
    "console.proposals.show": BUREAU,
    "console.proposals.confirm": ACT,
    "console.proposals.withdraw": ACT,
    "console.versions.show_all": BUREAU,
    "console.versions.show": BUREAU,
    "console.versions.propose": ACT,
    "console.lists.audit": WATCH,
    "console.lists.export_audit": WATCH,
    "console.people.show": WATCH,
    "console.people.add_feed": ACT,
    "console.people.revoke_feed": ACT,
}
OPEN_WITH_FIRST_PASSWORD = frozenset(
    {"console.static", "console.signin.leave", "console.signin.password", "console.signin.change_password"}
)


def allowed(endpoint: str | None, role: str | None) -> bool:
    """Whether that role (None: nobody signed in) may use the page."""
    if endpoint is None or endpoint not in MAY:
        return False
    roles = MAY[endpoint]
    return roles is None or (role is not None and role in roles)
