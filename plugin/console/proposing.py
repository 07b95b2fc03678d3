"""How the pages come to a proposal: the preview first, one at a time, and what was shown is what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request

from forms.definition import load_forms
from plugin.console.access import Role
from plugin.console.parts import ledger, parts, person
from plugin.ledger import Proposal
from plugin.manifest import Manifest, ManifestInvalid
from plugin.manifest_edit import EditRefused
from plugin.proposals import Office, ProposalRefused, same_person
from plugin.whatif.words import WHEN

PREVIEWS = threading.Lock()  # a preview may take seconds: the threads are for those who file
BUSY = "另一项影响推算正在进行，请稍候几秒再试。填写的内容都还在。"
ANOTHER = "没有提出：推算以后内容有改动，或者参数文件已有新的版本生效。下面是重新推算的结果，请核对后再提出。"
NO_FILE = "没有办理：本服务启动时没有指明参数文件，不能改写。请运维人员用 zhengxiang serve --manifest 启动。"
AREAS = {
    "standing": "检查结论", "finding": "检查结论", "state": "项目状态", "form": "去向和审核", "review": "去向和审核",
    "flow": "去向和审核", "papers": "应编报材料", "duty": "期限", "room": "自行调整上限",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: the preview, what is wrong, the proposal where it was kept."""

    draft: Proposal | None = None
    problems: tuple[str, ...] = ()
    kept: Proposal | None = None

    @property
    def seen(self) -> str:
        """Stands for what the preview showed: the version it was made from and the one it would make."""
        return f"{self.draft.base_version}:{self.draft.version}" if self.draft else ""


NO_OUTCOME = Outcome()


def office() -> Office:
    """Raises ProposalRefused where the process does not know the file."""
    file = parts().file
    if file is None:
        raise ProposalRefused(NO_FILE)
    return Office(ledger(), load_forms(), file)


def considered(make: Callable[[Office], Proposal]) -> Outcome:
    """The draft with its preview; kept if the person asks for it and has seen this very preview."""
    try:
        outcome = Outcome(_alone(make))
        if request.form.get("do") != "propose":
            return outcome
        if request.form.get("seen") != outcome.seen:
            return Outcome(outcome.draft, (ANOTHER,))
        return Outcome(outcome.draft, kept=office().keep(outcome.draft)) if outcome.draft else outcome
    except (EditRefused, ProposalRefused) as error:
        return Outcome(problems=(str(error),))
    except ManifestInvalid as error:
        manifest = parts().manifest()
        return Outcome(
            problems=tuple(_labelled(f"{each.message}{each.hint}", manifest) for each in error.problems)
        )


def _alone(make: Callable[[Office], Proposal]) -> Proposal:
    if not PREVIEWS.acquire(blocking=False):
        raise ProposalRefused(BUSY)
    try:
        return make(office())
    finally:
        PREVIEWS.release()


def _labelled(message: str, manifest: Manifest) -> str:
    """The limits by the names that people know."""
    for name, limit in sorted(manifest.book.limits.items(), key=lambda each: -len(each[0])):
        message = message.replace(name, f"“{limit.label}”")
    return message


def others(proposal: Proposal) -> list[str]:
    """The admins who may confirm what this one proposed."""
    everybody = ledger().people.everybody()
    return [
        each.name
        for each in everybody
        if each.role == Role.ADMIN
        and not each.disabled_at
        and not same_person(each.name, proposal.proposed_by)
    ]


def is_own(proposal: Proposal) -> bool:
    return same_person(proposal.proposed_by, person().name)


def for_preview() -> dict[str, Any]:
    """What the template of a preview needs."""
    return {"areas": AREAS, "whens": WHEN}
