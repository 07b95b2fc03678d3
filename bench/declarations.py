"""A seeded corpus of honest declarations, and paraphrases and split halves planted among them.

Honest texts share what real ones share: one domain's vocabulary, set phrases, the same platforms. Two of one domain
may well have a whole clause in common. Every name and place is invented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random

from plugin.similar import Declaration

DOMAINS = {
    "停车": "停车泊位 路内车位 停车场道闸 充电车位 停车诱导屏 欠费车辆 错时共享车位 停车收费终端",
    "养老": "居家老人 养老机构 助餐点 适老化改造家庭 护理员 老年人能力评估 紧急呼叫设备 高龄津贴",
    "教育": "学籍信息 课后服务 校园门禁 智慧课堂 教师研修 学生体质监测 校车运行 招生入学报名",
    "医疗": "电子病历 远程会诊 家庭医生签约 影像检查结果 慢病随访 检验互认 急救车辆 药品追溯",
    "水利": "小型水库 山洪灾害 河道水位 灌区闸门 水土保持图斑 取水许可 堤防险段 饮水工程水质",
    "林业": "古树名木 松材线虫病疫木 森林火险 护林员巡护 林地变更图斑 野生动物监测 采伐许可 湿地资源",
    "文旅": "景区客流 民宿登记 文物点位 非遗传承人 旅游厕所 导游执业 剧场演出 图书馆借阅",
    "应急": "危化品企业 应急物资 避难场所 值班值守 尾矿库 烟花爆竹网点 救援队伍 灾情速报",
    "农业": "高标准农田 农机作业 茶园病虫害 畜禽养殖场 农药经营门店 土地流转合同 农产品检测 种质资源",
    "城管": "垃圾清运车辆 户外广告 占道经营 餐饮油烟 路灯单灯 井盖状态 渣土车辆 公厕保洁",
    "交通": "客运班线 农村公路 桥梁健康 超限车辆 公交到站 出租汽车 航道船舶 施工占道",
    "环保": "空气微站 排污许可 危险废物 入河排口 噪声监测点 机动车尾气 重点污染源 固废转移联单",
    "住建": "房屋安全鉴定 在建工地 物业服务企业 维修资金 燃气管网 农村自建房 预售资金 电梯运行",
    "政务": "高频事项 电子证照 自助终端 综合窗口 好差评 帮代办人员 惠企政策 办件材料",
    "司法": "法律援助 人民调解 社区矫正对象 行政复议 公证事项 普法阵地 执法案卷 律师查询",
    "民政": "低保家庭 临时救助 殡葬服务 婚姻登记 留守儿童 残疾人补贴 地名标志 社会组织年检",
    "人社": "就业岗位 技能培训 农民工工资 社保待遇 劳动仲裁 人事档案 零工市场 创业贷款",
    "市场": "特种设备 食品小作坊 网络订餐 信用承诺 价格监测 计量器具 双随机检查 投诉举报",
    "财政": "惠农补贴 非税收入 国有资产 预算绩效 政府采购 债务台账 工程评审 电子票据",
    "统计": "经济普查 联网直报企业 住户调查 名录库 投资项目入库 人口抽样 能耗在线 劳动力调查",
    "档案": "馆藏档案 电子文件归档 档案数字化 库房温湿度 异地备份 查档利用 口述史料 声像档案",
    "自然资源": "不动产登记 地质灾害点 国土变更 卫片执法 规划许可 矿山储量 测绘成果 批而未供土地",
    "公安": "出租房屋 重点场所 警情 养犬登记 反诈预警 流动人口 电动自行车 大型活动",
    "消防": "消防水源 九小场所 消控室值守 微型消防站 消防车通道 火灾隐患 电气火灾监测 消防培训",
}
UNITS = "局 委员会 中心 服务中心 管理处 事务中心 执法大队 监测站".split()
SYSTEMS = "管理系统 监管平台 服务平台 一张图 指挥调度系统 综合应用 数字化场景 监测预警系统".split()
PLACE_FIRST = "青松云石龙凤金银桃柳梅竹兰溪泉湖白红黄紫东西南北上下大小长高清明新古安福永兴太平万千"
PLACE_LAST = "山岭坑村桥岸坞田塘湾川坪源潭渡坦墩庄里坊亭街铺洲峰岩口冲畈阳"
WHO = (
    "基层工作人员 分管领导 企业群众 乡镇干部 网格员 一线执法人员 业务科室 值班人员 社区居民 窗口人员".split()
)
HOW = "全程网上办理 自动比对核验 分级分类处置 动态更新 移动端采集 限时办结 闭环管理 按月通报 智能派单 在线会商 到期提醒 异常预警".split()
WITH = "物联感知设备 视频智能分析 遥感影像 二维码标识 北斗定位终端 短信与消息推送 电子地图 统一身份认证 电子签章 知识图谱 语音识别 规则引擎".split()
EFFECT = "减少重复填报 缩短办理时间 降低人工巡查成本 提高处置效率 消除监管盲区 统一数据口径 便于上级考核 避免漏报迟报 压减纸质材料 提升满意度 摸清底数 防止超期".split()
FROM = "人口库 法人库 空间地理库 电子证照库 信用信息库 视频共享平台 公共数据平台 省级业务系统 市级监测平台 历史台账".split()
STACK = "微服务架构 前后端分离 国产数据库 国产操作系统 消息队列 分布式缓存 容器部署 关系数据库 时空数据引擎 流式计算 报表工具 工作流引擎".split()
SAFE = "国密算法加密传输 三级等保要求 日志留存审计 数据脱敏展示 分权分域授权 双因子登录 异地数据备份 接口限流 漏洞定期扫描 水印溯源".split()

OBJECTIVES = (
    "建立{thing}与{thing2}的统一台账，做到{how}，{effect}",
    "针对{place}等{n}个片区{thing}底数不清的问题，通过{with_}实现{how}",
    "使{who}能够随时掌握{thing}情况，{effect}",
    "将{thing}纳入{how}，年内覆盖{n}处，{effect}",
    "打通{from_}与{thing}之间的数据，实现{how}",
    "以{place}为试点推进{thing}{how}，逐步推广到全县，{effect}",
    "围绕{thing}开展{with_}应用，力争{n}%以上的问题在当日处置",
    "解决{thing2}长期依靠手工登记、{who}反复跑腿的问题，{effect}",
    "形成{thing}发现、交办、处置、反馈的机制，{effect}",
    "对{thing}和{thing2}进行{how}，为{who}提供决策参考",
)
CONTENT = (
    "建设{thing}采集模块，支持{who}使用{with_}完成登记",
    "开发{thing2}分析功能，对接{from_}，提供{how}",
    "在{place}布设{with_}{n}套，接入{thing}数据",
    "改造现有{thing}模块，增加{how}和{how2}",
    "建设面向{who}的移动端，提供{thing}查询与{how}",
    "整理{place}、{place2}历年{thing2}资料约{n}条并入库",
    "建设{thing}专题库，汇聚{from_}与{from2}数据",
    "配置{thing}指标{n}项，向{who}推送{how}结果",
    "建设大屏展示{thing}与{thing2}态势，支持下钻到{place}",
    "开发{how}流程，衔接{who}与{place}服务站",
    "购置{with_}{n}台，用于{thing2}现场核查",
    "提供{n}年运行维护和{n}场{who}培训",
)
ROUTE = (
    "采用{stack}和{stack2}，部署在政务云",
    "通过{from_}接口获取数据，按{safe}保护",
    "以{stack}承载{thing}业务，利用{with_}完成{how}",
    "遵循{safe}，并落实{safe2}",
    "前端适配移动端，后端基于{stack}，与{from_}每日同步",
    "复用省平台组件，{thing}服务以{stack}实现",
    "数据经{stack}清洗后进入专题库，按{safe}开放",
)
SYNONYMS = {
    "建设": "搭建", "开发": "研发", "实现": "达到", "提供": "给予", "通过": "借助", "支持": "允许", "采用": "选用",
    "对接": "接通", "问题": "难题", "工作人员": "人员", "情况": "状况", "数据": "信息", "统一": "一体化", "管理": "管控",
    "提高": "提升", "减少": "减轻", "针对": "面向", "推进": "推动", "完成": "做好", "整理": "梳理", "购置": "采购",
}  # fmt: skip


def honest(count: int, seed: int = 1) -> Iterator[Declaration]:
    """`count` declarations by different units over six plan years, none copied from another."""
    random = Random(seed)
    for number in range(count):
        yield _declaration(random, f"d{number}")


def planted(source: Declaration, strength: str, random: Random) -> Declaration:
    """The source declared once more: light, medium or heavy (a split half)."""
    return replace(STRENGTHS[strength](source, random), id=f"{source.id}-{strength}")


def _declaration(random: Random, id_: str) -> Declaration:
    domain = random.choice(list(DOMAINS))
    things = DOMAINS[domain].split()
    return Declaration(
        id=id_,
        unit=f"{_place(random)}{domain}{random.choice(UNITS)}",
        plan_year=random.randint(2021, 2026),
        name=_name(random, domain, things),
        objectives=_clauses(random, OBJECTIVES, things, random.randint(3, 6)),
        main_content=_clauses(random, CONTENT, things, random.randint(4, 8)),
        technical_route=_clauses(random, ROUTE, things, random.randint(2, 4)),
        amount_yuan=Decimal(random.randint(5, 900) * 10_000),
    )


def _name(random: Random, domain: str, things: list[str]) -> str:
    return f"{_place(random)}{domain}{random.choice(things)}{random.choice(SYSTEMS)}项目"


def _place(random: Random) -> str:
    return random.choice(PLACE_FIRST) + random.choice(PLACE_LAST)


def _clauses(random: Random, forms: tuple[str, ...], things: list[str], count: int) -> str:
    return "；".join(_clause(random, form, things) for form in random.sample(forms, count)) + "。"


def _clause(random: Random, form: str, things: list[str]) -> str:
    (thing, thing2), (how, how2), (from_, from2) = (random.sample(pool, 2) for pool in (things, HOW, FROM))
    (stack, stack2), (safe, safe2) = (random.sample(pool, 2) for pool in (STACK, SAFE))
    return form.format(
        thing=thing, thing2=thing2, how=how, how2=how2, from_=from_, from2=from2, stack=stack, stack2=stack2,
        safe=safe, safe2=safe2, place=_place(random), place2=_place(random), n=random.randint(2, 400),
        who=random.choice(WHO), with_=random.choice(WITH), effect=random.choice(EFFECT),
    )  # fmt: skip


def _light(source: Declaration, random: Random) -> Declaration:
    """Other numbers, a few synonyms."""
    return _rewritten(source, lambda text: _reworded(_renumbered(text, random), random, 0.4))


def _medium(source: Declaration, random: Random) -> Declaration:
    """Renamed; clauses in another order, a third of them dropped, most synonyms replaced, other numbers."""
    shorter = _rewritten(source, lambda text: _kept(text, random, 2 / 3))
    return replace(
        _rewritten(shorter, lambda text: _reworded(_renumbered(text, random), random, 0.8)),
        name=_new_name(source, random),
    )


def _heavy(source: Declaration, random: Random) -> Declaration:
    """A split half: half of the objectives and content, renamed, other numbers, a route written anew."""
    fresh = _declaration(random, source.id)
    half = _rewritten(source, lambda text: _renumbered(_kept(text, random, 1 / 2), random))
    return replace(half, name=_new_name(source, random), technical_route=fresh.technical_route)


STRENGTHS: dict[str, Callable[[Declaration, Random], Declaration]] = {
    "light": _light, "medium": _medium, "heavy": _heavy,
}  # fmt: skip


def _rewritten(source: Declaration, rewrite: Callable[[str], str]) -> Declaration:
    name, objectives, content, route = map(
        rewrite, (source.name, source.objectives, source.main_content, source.technical_route)
    )
    return replace(source, name=name, objectives=objectives, main_content=content, technical_route=route)


def _new_name(source: Declaration, random: Random) -> str:
    domain = next(domain for domain in DOMAINS if domain in source.unit)
    return _name(random, domain, DOMAINS[domain].split())


def _kept(text: str, random: Random, share: float) -> str:
    clauses = text.rstrip("。").split("；")
    return "；".join(random.sample(clauses, max(1, round(len(clauses) * share))))


def _renumbered(text: str, random: Random) -> str:
    return re.sub(r"\d+", lambda _: str(random.randint(2, 400)), text)


def _reworded(text: str, random: Random, share: float) -> str:
    for word, other in SYNONYMS.items():
        if random.random() < share:
            text = text.replace(word, other)
    return text
