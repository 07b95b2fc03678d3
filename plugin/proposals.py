"""The manifest changed without an editor: proposed with what it would do, confirmed by a second person, written and applied.

The file on disk, the version in force and the proposal must agree: a proposal stands on one version, is written only over
exactly that text, and falls when another version comes into force. Going back to an earlier version is the same act.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from forms.definition import FormDefinition
from plugin.active import NothingApplied
from plugin.clock import shanghai_day
from plugin.errors import PluginError
from plugin.ledger import ActiveManifest, Ledger, Proposal, ProposalState
from plugin.manifest import Beside, Manifest, ManifestInvalid, diff, load_text
from plugin.manifest_edit import Edit, edited
from plugin.strict_yaml import parse
from plugin.whatif import Summary, WhatIf
from plugin.whatif.report import effect_json, summary_json, summary_lines
from plugin.whatif.words import Words

BOM = b"\xef\xbb\xbf"
MOST_NAMED = 100  # projects that a preview names; the counts are of all
STATES = {
    ProposalState.OPEN: "待确认",
    ProposalState.APPLIED: "已生效",
    ProposalState.WITHDRAWN: "已撤回",
    ProposalState.OUTDATED: "已过时",
}
DECIDED = {
    ProposalState.APPLIED: "已由{by}确认生效",
    ProposalState.WITHDRAWN: "已由{by}撤回",
    ProposalState.OUTDATED: "提出以后参数文件已有新的版本生效，它所依据的内容已经过时。请按现行版本重新提出",
}


class ProposalRefused(PluginError):
    """The act does not fit where things stand: why, and what to do (Chinese)."""

    code: ClassVar[str] = "PROPOSAL_REFUSED"


@dataclass(frozen=True, slots=True)
class Office:
    """Where it happens: the ledger, and the manifest's file beside its pack and days."""

    ledger: Ledger
    forms: Mapping[str, FormDefinition]
    file: Path

    def propose(self, edit: Edit, by: str, reason: str, now: datetime) -> Proposal:
        """One change of the version in force. Raises EditRefused, ManifestInvalid with all mistakes, ProposalRefused."""
        return self.keep(self.draft(edit, by, reason, now))

    def roll_back(self, version: str, by: str, reason: str, now: datetime) -> Proposal:
        """An earlier version again."""
        return self.keep(self.draft_back(version, by, reason, now))

    def draft(self, edit: Edit, by: str, reason: str, now: datetime) -> Proposal:
        """What `propose` would keep, with its preview; nothing is written. Raises the same."""
        active = self._active()
        text = edited(active.text, edit)
        return self._drafted("change", active, text, Beside.from_json(active.beside), (by, reason), now)

    def draft_back(self, version: str, by: str, reason: str, now: datetime) -> Proposal:
        """What `roll_back` would keep: the pack that version had; working days are facts and stay as they are known now."""
        active = self._active()
        earlier = self.ledger.manifests.earlier(version) if version else None
        if earlier is None:
            raise ProposalRefused(
                f"没有生效过版本“{version}”。zhengxiang proposals --versions 可列出历次版本。"
            )
        beside = Beside(Beside.from_json(earlier.beside).pack, Beside.from_json(active.beside).days)
        return self._drafted("rollback", active, earlier.text, beside, (by, reason), now)

    def keep(self, draft: Proposal) -> Proposal:
        """Make the draft a proposal, if the version it was made from is still in force."""
        with self.ledger.write_tx():
            if self._active().version != draft.base_version:
                raise ProposalRefused(f"没有提出：{DECIDED[ProposalState.OUTDATED]}。")
            return replace(draft, id=self.ledger.proposals.add(draft))

    def confirm(self, id: int, by: str, now: datetime) -> Proposal:
        """Write the file, apply the version, put both names on record: all of it or nothing."""
        with self.ledger.write_tx():
            proposal = self._open(id, by)
            if proposal.needs_second and same_person(proposal.proposed_by, by):
                raise ProposalRefused(
                    f"第{id}号提议修改的是办法规定的标准或者口径，须由提出人（{proposal.proposed_by}）以外的第二人确认。"
                )
            active = self._active()
            if active.version != proposal.base_version:  # apply() closes them in its own transaction
                raise ProposalRefused(f"第{id}号提议{DECIDED[ProposalState.OUTDATED]}。")
            self._loaded(proposal.text, Beside.from_json(proposal.beside))
            self._file_is(active.text, proposal.text)
            self.ledger.proposals.close(proposal, ProposalState.APPLIED, by, now)
            names = by if same_person(proposal.proposed_by, by) else f"{proposal.proposed_by}提出，{by}确认"
            self.ledger.manifests.apply(proposal.version, proposal.text, names, now, proposal.beside)
            self._write(proposal.text)  # last: whatever fails here undoes the rest
        return self._found(id)

    def withdraw(self, id: int, by: str, now: datetime) -> Proposal:
        """Nobody wants it any more: by whoever proposed it, or whoever would have to confirm it."""
        with self.ledger.write_tx():
            self.ledger.proposals.close(self._open(id, by), ProposalState.WITHDRAWN, by, now)
        return self._found(id)

    def _drafted(
        self,
        kind: str,
        active: ActiveManifest,
        text: str,
        beside: Beside,
        who: tuple[str, str],
        now: datetime,
    ) -> Proposal:
        by, reason = (each.strip() for each in who)
        if not by or not reason:
            raise ProposalRefused("请写明提出人和理由。")
        self._file_is(active.text)
        old = self._loaded(active.text, Beside.from_json(active.beside))
        new = self._loaded(text, beside)
        changes = diff(old, new)
        if not changes:
            raise ProposalRefused("提议的内容与生效的版本没有差别。")
        return Proposal(
            id=0,
            kind=kind,
            base_version=active.version,
            version=new.version,
            text=text,
            beside=new.beside,
            changes=tuple(changes),
            preview=self._preview(old, new, now),
            needs_second=of_the_law(old, new),
            proposed_by=by,
            reason=reason,
            proposed_at=now,
        )

    def _preview(self, old: Manifest, new: Manifest, now: datetime) -> dict[str, Any]:
        """The summary as JSON, `said`: its lines, `projects`: the first of those affected."""
        question, summary = WhatIf(self.ledger, self.forms, old, new, shanghai_day(now)), Summary()
        words, named = Words(question.change), list[dict[str, Any]]()
        for effect in question.effects(summary.seen):
            summary.add(effect)
            if len(named) < MOST_NAMED:
                named.append(effect_json(effect, words))
        said = list(summary_lines(summary, words))
        return {**summary_json(summary, words), "said": said, "projects": named}

    def _active(self) -> ActiveManifest:
        active = self.ledger.manifests.active()
        if active is None:
            raise NothingApplied
        return active

    def _loaded(self, text: str, beside: Beside) -> Manifest:
        try:
            return load_text(text, str(self.file), base=self.file.parent, beside=beside)
        except ManifestInvalid as error:  # what is only doubtful was so before
            raise ManifestInvalid(
                tuple(each for each in error.problems if each.severity == "error")
            ) from None

    def _open(self, id: int, by: str) -> Proposal:
        if not by.strip():
            raise ProposalRefused("请写明确认人或者撤回人的姓名。")
        proposal = self._found(id)
        if proposal.state != ProposalState.OPEN:
            told = DECIDED[ProposalState(proposal.state)].format(by=proposal.decided_by)
            raise ProposalRefused(f"第{id}号提议{told}。")
        return proposal

    def _found(self, id: int) -> Proposal:
        proposal = self.ledger.proposals.get(id)
        if proposal is None:
            raise ProposalRefused(f"没有第{id}号提议。zhengxiang proposals 可列出全部提议。")
        return proposal

    def _file_is(self, *texts: str) -> None:
        """The file holds one of these. The proposed text may stand there already: written, and then the power failed."""
        try:
            content = self.file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise ProposalRefused(f"参数文件 {self.file} 不能读取。请检查路径和权限。") from None
        if content not in texts:
            raise ProposalRefused(
                f"磁盘上的参数文件 {self.file} 与生效的版本不同，可能正在编辑。系统不会覆盖它："
                "请先运行 zhengxiang apply 使其生效，或恢复文件，再重新提出。"
            )

    def _write(self, text: str) -> None:
        """In one step: whoever reads the file finds the old text or the new one, never a part."""
        target = self.file.resolve()
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
        head = BOM if target.read_bytes().startswith(BOM) else b""
        try:
            with unfinished.open("wb") as out:
                os.fchmod(out.fileno(), target.stat().st_mode & 0o777)
                out.write(head + text.encode())
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(target)
            _sync(target.parent)
        except OSError as error:
            raise ProposalRefused(
                f"参数文件 {target} 不能写入（{type(error).__name__}），没有任何改动。请运维人员检查磁盘空间，并允许本进程改写"
                f"所在的文件夹（由 systemd 启动的，写入 ReadWritePaths）；也可以在服务器上运行 zhengxiang confirm。"
            ) from error
        finally:
            with suppress(OSError):
                unfinished.unlink()


def _sync(folder: Path) -> None:
    """The new name on disk too, not only the content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def of_the_law(old: Manifest, new: Manifest) -> bool:
    """Whether more than the bureau's own habits changes: then two people are needed. Which rules bind is no habit."""
    was, now = (parse(each.text, "manifest").value for each in (old, new))
    enforced = ((each.get("policy") or {}).get("enforce") for each in (was, now))
    if len(set(map(str, enforced))) > 1 or old.pack != new.pack:
        return True
    return {**was, "policy": None} != {**now, "policy": None}


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same name, however wide or spaced they were typed."""
    plain = ("".join(unicodedata.normalize("NFKC", each).split()).casefold() for each in (one, other))
    return len(set(plain)) == 1
