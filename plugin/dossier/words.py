"""The ledger's codes in the words of an archive's reader, and values as a form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forms.fields import Field
from plugin.clock import SHANGHAI

STATES: Mapping[str, str] = {
    "none": "未申报", "demand_submitted": "需求已提交", "project_pool": "已入项目库", "planned": "已列入年度计划",
    "supplement": "增补审核中", "supplemented": "计划外增补已获批", "in_review": "审批中", "design_review": "初步设计审批中",
    "approved": "已批复", "requirement_review": "采购需求审核中", "tendering": "采购中", "implementing": "实施中",
    "adjustment_review": "调整审批中", "completed": "已建成待初验", "preliminary_accepted": "已通过初验",
    "trial_operation": "试运行中", "trial_done": "试运行已结束", "acceptance_applied": "已申请竣工验收",
    "acceptance_organised": "正在组织竣工验收", "acceptance_failed": "竣工验收未通过", "accepted": "已通过竣工验收",
    "operating": "已投入运行", "self_evaluated": "已报送自评价", "closed": "已结束",
}  # fmt: skip
STANDINGS: Mapping[str, str] = {
    "taken": "已受理", "returned": "已退回", "awaiting_override": "待核准", "unattached": "未归入项目",
}  # fmt: skip
EVENTS: Mapping[str, str] = {"created": "新建", "updated": "修改", "deleted": "删除", "restored": "恢复"}
POST: Mapping[str, str] = {"writeback": "结论回写", "message": "消息", "filing": "备案"}
SENDING: Mapping[str, str] = {
    "pending": "待发", "leased": "发送中", "sent": "已送达", "cancelled": "已撤回", "dead": "未送达，转人工",
}  # fmt: skip
ROLES: Mapping[str, str] = {
    "responsible": "责任人", "unit_head": "单位负责人", "data_bureau": "数据资源局", "departments": "各单位",
}  # fmt: skip
OUTCOMES: Mapping[str, str] = {"told": "已告知", "rested": "发出前已办理、变更或者暂停，未发"}
CHANNELS: Mapping[str, str] = {"platform": "平台消息", "email": "电子邮件"}
TRIES: Mapping[str, str] = {"sent": "已送达", "failed": "未送达", "unclear": "是否送达不明"}
ACTIONS: Mapping[str, str] = {
    "submission.taken": "受理提交",
    "submission.deleted": "平台删除了记录",
    "console.exported": "导出列表",
    "console.archived": "导出归档包",
    "submission.override": "核准放行",
    "submission.attached": "关联到项目",
    "obligation.added": "产生应办事项",
    "obligation.changed": "应办事项变更",
    "obligation.closed": "应办事项已办",
    "obligation.cancelled": "应办事项取消",
    "obligation.moved": "期限变动",
    "outbox.queued": "排入发送",
    "outbox.sent": "已送达",
    "outbox.dead": "送达失败",
    "outbox.cancelled": "撤回发送",
    "outbox.replayed": "重新发送",
    "outbox.requeued": "对方已无此件，再次发送",
    "inbox.conflict": "同一编号内容不同，已隔离",
    "inbox.dead": "处理失败",
    "inbox.replayed": "重新处理",
    "record.purged": "涉密，已清除",
    "manifest.applied": "参数文件生效",
    "proposal.made": "提出参数修改",
    "proposal.applied": "确认参数修改",
    "proposal.withdrawn": "撤回参数修改",
    "proposal.outdated": "参数修改作废",
    "projects.imported": "导入项目",
    "projects.purged": "清除导入的涉密项目",
    "ledger.backup": "备份台账",
    "calendar_feed.added": "建立日历链接",
    "calendar_feed.revoked": "撤销日历链接",
    "person.added": "新建账号",
    "person.signed_in": "登录",
    "person.signed_out": "退出",
    "person.refused": "密码错误",
    "person.locked": "账号锁定",
    "person.password_set": "设置密码",
    "person.disabled": "停用账号",
}
DUTY: Mapping[str, str] = {"open": "待办", "fulfilled": "已办", "cancelled": "已取消"}
YES_NO = {True: "是", False: "否"}


def instant(at: datetime) -> str:
    """Shanghai time to the second."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def shown(value: Any, field: Field | None = None) -> str:
    """One value that is no table: options by their labels, files by their names."""
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, list):
        return "、".join(shown(each, field) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("url") or value.get("id") or dict(value))
    text = "" if value is None else str(value)
    return field.options.get(text, text) if field else text
