"""Honest declarations of a province's counties, and planted copies in three strengths. One seed, one corpus."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from plugin.similar import Declaration

FIELDS = "农业 水利 林业 教育 医保 民政 应急 城管 交通 文旅 人社 税务 档案 气象 消防 环保 住建 自然资源 市场监管 退役军人".split()
THINGS = (
    "一张图 监测平台 审批系统 综合管理平台 指挥调度系统 数据中台 服务门户 执法系统 预警系统 档案系统".split()
)
WHO = "种植大户 农技人员 网格员 社区干部 企业 群众 窗口人员 执法人员 巡查员 值班领导 学校 医院".split()
DO = "汇总 共享 核查 预警 派单 督办 评价 公示 统计 比对 归档 推送 签批 调度 监测 分析".split()
WHAT = "墒情 虫情 雨量 水位 客流 车流 投诉 证照 补贴 工单 视频 档案 合同 库存 人员 设备 隐患 污染源 地块 房屋 学籍 病历 线索 信访".split()
HOW = "依托省一体化平台 采用低代码工具 复用统一身份认证 接入电子证照 采用微服务架构 部署在政务云 采用国产数据库 通过接口共享 采用移动端填报 利用视频智能分析".split()
SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥东南西北中上下左右前后大小多少高低长短新旧远近"


def sentence(rng: Random) -> str:
    place = "".join(rng.choices(SIGNS, k=3))
    what, other = rng.sample(WHAT, 2)
    return (
        f"面向{place}的{rng.choice(WHO)}{rng.choice(DO)}{what}和{other}，{rng.choice(DO)}时间由{rng.randint(2, 30)}天"
        f"缩短到{rng.randint(1, 24)}小时，覆盖{rng.randint(3, 400)}个{rng.choice(WHAT)}点位。"
    )


def honest(count: int, seed: int = 1) -> Iterator[Declaration]:
    rng = Random(seed)
    for number in range(count):
        unit = f"{''.join(rng.choices(SIGNS, k=2))}县{rng.choice(FIELDS)}局"
        name = f"{''.join(rng.choices(SIGNS, k=2))}{rng.choice(FIELDS)}{rng.choice(THINGS)}"
        yield Declaration(
            id=f"d{number}", unit=unit, plan_year=2026, name=name,
            objectives="".join(sentence(rng) for _ in range(2)),
            main_content="".join(sentence(rng) for _ in range(3)),
            technical_route="，".join(rng.sample(HOW, 3)),
            amount_yuan=Decimal(rng.randint(20, 900) * 10_000),
        )  # fmt: skip


def planted(source: Declaration, strength: str, rng: Random) -> Declaration:
    """light: renamed. medium: renamed, a third of the words changed. heavy: renamed, half of the text, other numbers."""
    name = f"{''.join(rng.choices(SIGNS, k=3))}{rng.choice(THINGS)}"
    objectives, content = source.objectives, source.main_content
    if strength == "medium":
        objectives, content = reworded(objectives, rng, 0.3), reworded(content, rng, 0.3)
    if strength == "heavy":
        objectives = renumbered(objectives[: len(objectives) // 2], rng)
        content = renumbered(content[: len(content) // 2], rng)
    return Declaration(
        f"{source.id}-{strength}",
        source.unit,
        2026,
        name,
        objectives,
        content,
        source.technical_route,
        source.amount_yuan,
    )


def reworded(text: str, rng: Random, share: float) -> str:
    return "，".join(rng.choice(HOW) if rng.random() < share else part for part in text.split("，"))


def renumbered(text: str, rng: Random) -> str:
    return "".join(str(rng.randint(0, 9)) if sign.isdigit() else sign for sign in text)
