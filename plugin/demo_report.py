"""What `zhengxiang demo --once` prints: each submission with its findings, then duties, reminders and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from plugin.app import Services
from plugin.clock import shanghai_day
from plugin.demo_round import Step
from plugin.regulation.wording import text
from plugin.reminders import DUTIES, compose
from plugin.reminding.lines import Wording
from plugin.reminding.simulating import simulate
from plugin.reminding.snapshot import of_ledger
from plugin.sandbox.client import SandboxPlatform
from plugin.sandbox.desk import Submitted

WORDS = {"allow": "通过", "warn": "通过（有提示）", "route": "受理并转报", "block": "不通过"}


class Report:
    """Collects the round and prints it. What it prints it has read back from ledger and sandbox."""

    def __init__(self, services: Services, platform: SandboxPlatform) -> None:
        self._services, self._platform = services, platform
        self._played: list[tuple[Step, Submitted]] = []

    def submitted(self, step: Step, outcome: Submitted) -> None:
        self._played.append((step, outcome))
        verdict = outcome.verdict
        saved = "已保存" if outcome.record else "未保存"
        print(f"\n■ {step.title}\n  结论：{_conclusion(verdict)}，{saved}")
        if outcome.classified:
            print(f"  {outcome.refusal}")
            return
        for finding in verdict.get("findings", ()):
            where = finding["citation"] or "表单填写要求"
            print(f"  · 【{where}】{finding['message']}\n    {finding['remedy']}（{finding['mender']}）")
        review = (verdict.get("route") or {}).get("superior_review")
        if review:
            print(f"  须报：{text(review)}")

    def settled(self) -> bool:
        """Every saved record has its verdict written back, and nothing due waits in inbox or outbox."""
        ledger = self._services.ledger
        if ledger.inbox.counts()["open"] or any(self._result(step) is None for step in self._saved()):
            return False
        now = self._services.clock()
        return not any(
            row.state in ("pending", "leased") and row.wanted_at <= now for row in ledger.outbox.list()
        )

    def printed(self) -> bool:
        """Print duties, reminders, receipts. Whether everything that should arrive did."""
        problems = [
            f"{step.title}：结论与预期不符"
            for step, outcome in self._played
            if not _as_expected(step, outcome)
        ]
        problems += [f"{step.title}：没有写回结论" for step in self._saved() if self._result(step) is None]
        print("\n■ 项目与应办事项")
        for project in self._services.ledger.projects.list():
            print(f"  {project.code} {project.name}（{project.unit}）")
            for duty in self._services.ledger.obligations.of_project(project.code):
                print(f"    {DUTIES.get(duty.duty, duty.duty)}：{_days(duty)}")
        self._print_reminders()
        problems += self._print_sent("filing", "备案回执", lambda row: (row.receipt or {}).get("receipt_no"))
        print("\n" + ("全部到达。" if not problems else "\n".join(["未全部到达：", *problems])))
        return not problems

    def _print_reminders(self) -> None:
        """What was told by now, and the digest of the next working morning as it would leave."""
        services = self._services
        print("\n■ 提醒（每人每个工作日一条，只在工作日的发送时间内）")
        for row in services.ledger.reminders.list():
            if row.outcome == "told":
                print(
                    f"  已发给{row.person}：{row.project_code} {DUTIES.get(row.key.partition(':')[0], row.key)}"
                )
        manifest, today = services.manifest(), shanghai_day(services.clock())
        soon = today + timedelta(10)
        for digest in simulate(of_ledger(services.ledger, manifest, today, soon), manifest, today, soon)[:1]:
            wording = Wording(services.ledger, services.intake.forms, manifest)
            lines = [wording.shown(item.known.duty, item.role, item.marks) for item in digest.items.values()]
            title, text = compose(lines, digest.day)
            print(f"  {digest.day}将发给{digest.person}：{title}")
            print("\n".join(f"  | {line}" for line in text.splitlines()))

    def _print_sent(self, kind: str, title: str, detail: Any) -> list[str]:
        print(f"\n■ {title}")
        problems = []
        for row in self._services.ledger.outbox.list(kind=kind):
            name = row.payload.get("step_title") or DUTIES.get(row.payload.get("duty", ""), kind)
            if row.state == "sent":
                print(f"  {row.project_code} {name}：{detail(row)}")
            elif row.state == "dead" or (
                row.wanted_at <= self._services.clock() and row.state != "cancelled"
            ):
                problems.append(f"{row.project_code} {name}：{row.state} {row.error or ''}")
        return problems

    def _saved(self) -> list[Step]:
        return [step for step, outcome in self._played if outcome.record]

    def _result(self, step: Step) -> dict[str, Any] | None:
        return self._platform.result(step.form, f"demo-{step.name}")


def _conclusion(verdict: Mapping[str, Any]) -> str:
    """An overridable refusal is not final: the record is kept until the bureau has decided."""
    return "待核准" if verdict.get("overridable") else WORDS.get(str(verdict.get("decision")), "（无）")


def _as_expected(step: Step, outcome: Submitted) -> bool:
    return outcome.verdict.get("decision") == step.expects and bool(outcome.record) is step.saved


def _days(duty: Any) -> str:
    if duty.fulfilled_on:
        return f"已于{duty.fulfilled_on}办理"
    if duty.due_on is None:
        return "条文未规定期限，请及时办理"
    rolled = f"，顺延后最后一天 {duty.overdue_after}" if duty.overdue_after not in (None, duty.due_on) else ""
    return f"{duty.due_on}{rolled}{'（假期安排未公布，暂定）' if duty.provisional else ''}"
