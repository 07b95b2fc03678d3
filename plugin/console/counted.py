"""What the process counted, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def counter(name: str) -> str:
    """A counter of the process in words: what was taken, what was refused and why."""
    if name.startswith("refused."):
        return f"拒收：{REFUSED.get(name.removeprefix('refused.'), name.removeprefix('refused.'))}"
    if name.startswith("jobs.") and name.endswith((".failed", ".skipped")):
        return f"后台任务 {name.split('.')[1]} {'出错' if name.endswith('failed') else '上次未完，跳过一次'}"
    return COUNTED.get(name, name)


COUNTED: Mapping[str, str] = {
    "delivery.new": "核验通过并收下",
    "delivery.known": "重复送达",
    "delivery.conflict": "同一编号内容不同",
    "delivery.kept_out": "涉密或内网，未接收（不留内容）",
    "console.refused": "控制台登录未通过",
    "jobs.clock_step": "系统时间跳变",
}
REFUSED: Mapping[str, str] = {
    "SIGNATURE_MISSING": "没有签名",
    "SIGNATURE_MALFORMED": "签名格式不对",
    "SIGNATURE_CLOCK_SKEW": "时间相差过大",
    "SIGNATURE_UNKNOWN_SIGNATURE": "签名不符",
    "SIGNATURE_TOO_MANY": "签名过多",
    "UNKNOWN_FORM": "没有这个表单",
    "UNKNOWN_PLATFORM": "没有这个平台",
    "NOT_UNDERSTOOD": "内容不合约定",
    "LENGTH_REQUIRED": "没有写明长度",
    "TOO_LARGE": "内容过大",
    "NOT_JSON": "不是 JSON",
    "SECRETS_UNREADABLE": "密钥不能读取",
    "LEDGER_UNAVAILABLE": "台账暂时不能写入",
}
